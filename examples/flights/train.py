"""Train the candidates, each tracked as a run: live metrics per iteration, plots, the model.

Knows models and metrics. Refuses to know where the runs go: MODELWRIGHT_URL or the local spool decide.

    python -m flights.train [--cache FOLDER] [--quick]
"""

from __future__ import annotations

import argparse
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import modelwright as mw
from flights import data, features, plots

EXPERIMENT = "flight-delays"
GROW = 4
"""Trees between two looks at the data: every fit sorts all columns into bins again, so one at a time would be slow."""


@dataclass(frozen=True)
class Task:
    """The tables of one split in time."""

    train: pd.DataFrame
    train_label: np.ndarray
    valid: pd.DataFrame
    valid_label: np.ndarray


@dataclass(frozen=True)
class Candidate:
    """A model to try. `learn(model, task)` trains it, and after each iteration yields (iteration, chances in March)."""

    name: str
    params: dict[str, Any]
    build: Callable[[], Any]
    learn: Callable[[Any, Task], Iterator[tuple[int, np.ndarray]]]


def prepare(cache: Path) -> Task:
    """Fetch, join and split: January and February to learn from, March to be judged on."""
    flights = data.load(data.fetch(cache))
    rows = features.table(flights)
    early, late = data.split(flights)
    return Task(
        rows.loc[early.index], features.label(early), rows.loc[late.index], features.label(late)
    )


def logistic(strength: float, iterations: int) -> Candidate:
    """Logistic regression on one-hot categories; `strength` is sklearn's C, the inverse of the penalty."""

    def build() -> Any:
        columns = make_column_transformer(
            (OneHotEncoder(handle_unknown="ignore", min_frequency=50), features.CATEGORIES),
            (make_pipeline(SimpleImputer(add_indicator=True), StandardScaler()), features.NUMBERS),
        )
        return make_pipeline(columns, LogisticRegression(C=strength, max_iter=2, warm_start=True))

    def learn(model: Any, task: Task) -> Iterator[tuple[int, np.ndarray]]:
        columns, regression = model[0], model[-1]
        train, valid = columns.fit_transform(task.train), columns.transform(task.valid)
        for iteration in range(1, iterations + 1):
            with warnings.catch_warnings():  # two solver steps at a time never converge
                warnings.simplefilter("ignore", ConvergenceWarning)
                regression.fit(train, task.train_label)
            yield iteration, regression.predict_proba(valid)[:, 1]

    params = {"model": "logistic", "C": strength, "iterations": iterations}
    return Candidate(f"logistic C={strength:g}", params, build, learn)


def boosting(rate: float, leaves: int, penalty: float, iterations: int) -> Candidate:
    """Gradient-boosted trees: learning rate, leaves a tree, L2 penalty on leaf values."""
    params = {
        "model": "boosting", "learning_rate": rate, "max_leaf_nodes": leaves, "l2_regularization": penalty,
        "iterations": iterations,
    }

    def build() -> Any:
        return HistGradientBoostingClassifier(
            learning_rate=rate, max_leaf_nodes=leaves, l2_regularization=penalty,
            categorical_features="from_dtype", early_stopping=False, warm_start=True, random_state=7,
        )

    def learn(model: Any, task: Task) -> Iterator[tuple[int, np.ndarray]]:
        for grown in range(0, iterations, GROW):
            model.max_iter = min(grown + GROW, iterations)
            model.fit(task.train, task.train_label)
            stages = islice(model.staged_predict_proba(task.valid), grown, None)
            for iteration, chance in enumerate(stages, grown + 1):
                yield iteration, chance[:, 1]

    return Candidate(f"boosting lr={rate:g} leaves={leaves}", params, build, learn)


def candidates(*, quick: bool) -> list[Candidate]:
    """What is tried: one plain model to beat, and trees from cautious to greedy."""
    short = 3 if quick else 1
    return [
        logistic(0.05, 24 // short),
        boosting(0.10, 15, 1.0, 100 // short),
        boosting(0.05, 31, 1.0, 100 // short),
        boosting(0.10, 63, 0.0, 60 // short),
        boosting(0.30, 31, 0.0, 50 // short),
    ]


def score(label: np.ndarray, chance: np.ndarray) -> dict[str, float]:
    """Log loss and Brier score: lower is better. Areas under the ROC and precision-recall curves: higher is."""
    return {
        "log_loss": log_loss(label, chance),
        "brier": brier_score_loss(label, chance),
        "roc_auc": roc_auc_score(label, chance),
        "average_precision": average_precision_score(label, chance),
    }


def train(candidate: Candidate, task: Task, *, group: str) -> dict[str, float]:
    """One run: grow the model, log every iteration as it happens, keep the plots and the model."""
    config = {**candidate.params, "train_rows": len(task.train), "valid_rows": len(task.valid)}
    with mw.init(experiment=EXPERIMENT, name=candidate.name, group=group, config=config) as run:
        run.define_metric("valid/log_loss", goal="min")
        run.define_metric("valid/roc_auc", goal="max")
        model, best = candidate.build(), {"valid/log_loss": float("inf")}
        started = time.monotonic()
        for iteration, chance in candidate.learn(model, task):
            found = {f"valid/{name}": value for name, value in score(task.valid_label, chance).items()}
            run.log({**found, "seconds": time.monotonic() - started}, step=iteration)
            if found["valid/log_loss"] < best["valid/log_loss"]:
                best = {**found, "iteration": iteration}
        fitted = model.predict_proba(task.train)[:, 1]
        for name, value in score(task.train_label, fitted).items():
            run.summary[f"train/{name}"] = value  # far better than in March? then it has learnt by heart
        print(f"{candidate.name}: log loss {best['valid/log_loss']:.4f}, ROC AUC {best['valid/roc_auc']:.4f} "
              f"at iteration {best['iteration']} of {candidate.params['iterations']}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            for picture in plots.draw(Path(folder), model, task.valid, task.valid_label):
                run.log_artifact(picture, f"plots/{picture.name}")
            saved = Path(folder) / "model.joblib"
            joblib.dump(model, saved)
            run.log_artifact(saved, "model/model.joblib")
        for name, value in best.items():
            run.summary[f"best/{name}"] = value
    return best


def main() -> None:
    """Train every candidate and say which one won."""
    parser = argparse.ArgumentParser(description="Train the flight-delay candidates.")
    parser.add_argument("--cache", default="modelwright-data/cache", help="folder of the downloaded data")
    parser.add_argument("--quick", action="store_true", help="a third of the iterations")
    options = parser.parse_args()

    started = time.monotonic()
    print("Fetching and joining flights, planes and weather …", flush=True)
    task = prepare(Path(options.cache))
    print(f"January and February to learn from: {len(task.train):,} flights, {task.train_label.mean():.1%} late. "
          f"March to be judged on: {len(task.valid):,}, {task.valid_label.mean():.1%} late.", flush=True)
    group = time.strftime("first look %Y-%m-%d %H:%M")
    scores = {c.name: train(c, task, group=group) for c in candidates(quick=options.quick)}
    winner = min(scores, key=lambda name: scores[name]["valid/log_loss"])
    print(f"Best: {winner} ({time.monotonic() - started:.0f} s in all).", flush=True)


if __name__ == "__main__":
    main()
