"""Four pictures that say whether a classifier is any good.

Knows matplotlib. Refuses to know which model it looks at.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd

mpl.use("Agg")  # draw to files; no window is there

import matplotlib.pyplot as plt
from sklearn.calibration import calibration_curve
from sklearn.inspection import permutation_importance
from sklearn.metrics import precision_recall_curve, roc_curve


def draw(folder: Path, model: Any, rows: pd.DataFrame, label: np.ndarray) -> list[Path]:
    """Draw roc, precision_recall, calibration and importance as PNG files in `folder`; returns the paths."""
    chance = model.predict_proba(rows)[:, 1]
    base = float(label.mean())
    axes = ("False positive rate", "True positive rate")

    false, true, _ = roc_curve(label, chance)
    roc = _save(folder / "roc.png", [(false, true)], *axes, diagonal=True)

    precision, recall, _ = precision_recall_curve(label, chance)
    lines = [(recall, precision), ([0, 1], [base, base])]
    curve = _save(folder / "precision_recall.png", lines, "Recall", "Precision")

    seen, said = calibration_curve(label, chance, n_bins=10, strategy="quantile")
    axes = ("Said chance of delay", "Share delayed")
    match = _save(folder / "calibration.png", [(said, seen)], *axes, diagonal=True)
    return [roc, curve, match, _importance(folder / "importance.png", model, rows, label)]


def _save(path: Path, lines: list[tuple[Any, Any]], x: str, y: str, *, diagonal: bool = False) -> Path:
    figure, axes = plt.subplots(figsize=(5, 4), layout="constrained")
    if diagonal:
        axes.plot([0, 1], [0, 1], color="0.8", linewidth=1)
    for (xs, ys), colour in zip(lines, ["#2b6cb0", "0.6"], strict=False):
        axes.plot(xs, ys, color=colour, marker="o" if len(xs) <= 10 else None, markersize=4)
    axes.set(xlabel=x, ylabel=y)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=110)
    plt.close(figure)
    return path


def _importance(path: Path, model: Any, rows: pd.DataFrame, label: np.ndarray) -> Path:
    """How much ROC AUC falls when a column is shuffled, on at most 4,000 rows."""
    few = np.random.default_rng(7).permutation(len(rows))[:4000]
    found = permutation_importance(
        model, rows.iloc[few], label[few], scoring="roc_auc", n_repeats=2, random_state=7
    )
    order = np.argsort(found.importances_mean)[-12:]
    figure, axes = plt.subplots(figsize=(5, 4), layout="constrained")
    axes.barh(rows.columns[order], found.importances_mean[order], color="#2b6cb0")
    axes.set(xlabel="ROC AUC lost when the column is shuffled")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=110)
    plt.close(figure)
    return path
