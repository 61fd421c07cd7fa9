"""What params have to do with a metric: importance in a forest, rank correlation, and when nothing can be said.

Values count by their ranks, so that one diverged run does not outweigh all others and a learning rate needs no
logarithm. Rank correlation is Spearman's; its interval is Fisher's z with the variance (1 + r²/2)/(n − 3) of Bonett
and Wright, "Sample size requirements for estimating Pearson, Kendall and Spearman correlations" (2000).
Knows columns of numbers and texts; refuses to know where they come from.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from modelwright.domains.tracking.rules import forest
from modelwright.domains.tracking.rules.columns import Column
from modelwright.types.overview import ColumnKind, ParamImportance
from modelwright.types.tracking import Goal

FEW = 10  # runs below which no forest is grown
_PAIRS = 4  # runs below which a correlation has no interval
_NORMAL = 1.959963984540054  # 97.5 % of the normal distribution


class Said(NamedTuple):
    """Params, the most important first; how much of the metric they explain together; what to keep in mind."""

    params: list[ParamImportance]
    explained: float | None
    note: str


def of_params(values: NDArray[Any], params: Sequence[Column], goal: Goal | None) -> Said:
    """What the params have to do with the values of a metric.

    Args:
        values: finite numbers, one a run. params: columns of as many.
    """
    count = len(values)
    features = [_codes(column) for column in params]
    levels = [len(np.unique(codes)) for codes in features]
    varied = [place for place, number in enumerate(levels) if number > 1]
    target = _ranks(values)
    flat = count < 2 or float(np.ptp(values)) == 0.0
    found: forest.Found | None = None
    if count >= FEW and varied and not flat:
        codes = np.stack([features[place] for place in varied], axis=1)
        categories = np.array([params[place].textual for place in varied])
        found = forest.importance(codes, categories, (target - target.mean()) / target.std())
    said: list[ParamImportance] = []
    for place, column in enumerate(params):
        there = column.codes >= 0 if column.textual else ~np.isnan(column.numbers)
        more: dict[str, Any] = {}
        if found is not None and place in varied:
            at = varied.index(place)
            more = {
                "importance": _short(found.importance[at]),
                "importance_low": _short(found.low[at]),
                "importance_high": _short(found.high[at]),
            }
        if not column.textual and not flat and levels[place] > 1:
            more |= _correlated(column.numbers[there], values[there], goal)
        distinct = levels[place] - int(not there.all())
        kind = ColumnKind.TEXT if column.textual else ColumnKind.NUMBER
        said.append(
            ParamImportance(
                param=column.name.partition(".")[2], kind=kind, n=int(there.sum()), distinct=distinct, **more
            )
        )
    said.sort(key=lambda each: (-(each.importance or 0.0), -abs(each.correlation or 0.0), each.param))
    return Said(said, None if found is None else _short(found.explained), _note(count, flat, bool(varied), found))


def _note(count: int, flat: bool, varied: bool, found: forest.Found | None) -> str:
    if not count:
        return "no run has a finite value of the metric"
    if flat:
        return "the metric has the same value in all runs" if count > 1 else "one run tells nothing"
    if not varied:
        return "no param differs between the runs"
    if count < FEW:
        return f"too few runs for importances: {count}, and at least {FEW} are needed"
    if found is not None and found.explained < 0.05:
        return "these params explain next to nothing of the metric: read the importances as noise"
    if count < 3 * FEW:
        return f"only {count} runs: mind the intervals"
    return ""


def _codes(column: Column) -> NDArray[Any]:
    """Values as small whole numbers in their order; 0 for none."""
    if column.textual:
        return column.codes.astype(np.int64) + 1
    there = ~np.isnan(column.numbers)
    made = np.zeros(len(there), np.int64)
    made[there] = np.unique(column.numbers[there], return_inverse=True)[1] + 1
    return made


def _ranks(values: NDArray[Any]) -> NDArray[np.float64]:
    """Ranks from 0, the mean of their places for equal values."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts + 1) / 2)[inverse]


def _correlated(numbers: NDArray[Any], values: NDArray[Any], goal: Goal | None) -> dict[str, Any]:
    count = len(numbers)
    if count < _PAIRS or float(np.ptp(values)) == 0.0 or len(np.unique(numbers)) < 2:
        return {}
    one, other = _ranks(numbers), _ranks(values)
    one, other = one - one.mean(), other - other.mean()
    found = float((one * other).sum() / math.sqrt(float((one * one).sum()) * float((other * other).sum())))
    found = max(-1.0, min(1.0, found))
    reach = _NORMAL * math.sqrt((1 + found * found / 2) / (count - 3))
    middle = math.atanh(max(-1 + 1e-9, min(1 - 1e-9, found)))
    low, high = math.tanh(middle - reach), math.tanh(middle + reach)
    helps = None
    if goal is not None and (low > 0 or high < 0):
        helps = "up" if (low > 0) == (goal is Goal.MAX) else "down"
    return {
        "correlation": _short(found),
        "correlation_low": _short(low),
        "correlation_high": _short(high),
        "helps": helps,
    }


def _short(value: float) -> float:
    return round(float(value), 6)
