"""Automatic logging: what a framework knows about a training becomes params and metrics, without a line in the script.

Knows when a framework is imported, and calls the one file that knows it. Refuses to import any framework itself, and
refuses to raise: whatever goes wrong in here is told once, and training goes on as if nothing were patched.
"""

from __future__ import annotations

from collections.abc import Iterable

from modelwright.sdk.autolog.hooks import when_imported
from modelwright.types.errors import Invalid

FRAMEWORKS = {
    "sklearn": "sklearn",
    "xgboost": "xgboost",
    "lightgbm": "lightgbm",
    "torch": "torch",
    "lightning": "lightning",
    "pytorch_lightning": "lightning",
    "transformers": "transformers",
    "keras": "keras",
}
"""Module that is waited for → file of this package."""


def autolog(*frameworks: str, models: bool = False) -> None:
    """Log trainings from now on, to the current run or to one opened for each training when there is none.

    Args:
        frameworks: any of sklearn, xgboost, lightgbm, torch, lightning, transformers, keras; none means all.
        models: also keep the trained models as artifacts.

    Raises:
        Invalid: a framework that is not known.
    """
    for name in _chosen(frameworks):
        when_imported(name, f"modelwright.sdk.autolog.{FRAMEWORKS[name]}", models=models)


def _chosen(frameworks: Iterable[str]) -> list[str]:
    names = list(frameworks) or list(FRAMEWORKS)
    for name in names:
        if name not in FRAMEWORKS:
            raise Invalid(
                f"autolog does not know {name!r}", where="frameworks", hint=f"it knows {', '.join(FRAMEWORKS)}"
            )
    return names
