"""Cells: what all points of a bucket come to. How points become cells, and cells coarser cells.

A cell keeps count, min, max, sum and squared deviations of its finite points, marks for NaN and ±Inf, and the last
value whatever it is. Cells of disjoint points add up exactly but for the rounding of sums; squared deviations by the
parallel formula of Chan, Golub and LeVeque (1979). Knows numbers; refuses to know steps, times and series.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelwright.domains.tracking.points.columns import F8, I8

NAN, POSITIVE, NEGATIVE = 1, 2, 4  # marks of values that are not finite

CELL = np.dtype(
    [
        ("bucket", "<u2"),  # less the first bucket of whoever holds the cells
        ("marks", "<u2"),  # of the points that are not finite
        ("count", "<u4"),  # finite points
        ("odd", "<u4"),  # others
        ("spread", "<f4"),  # of the finite points: Σ (value − mean)²
        ("low", "<f8"),
        ("high", "<f8"),
        ("total", "<f8"),  # of the finite points
        ("last", "<f8"),  # of all points
    ]
)
Cells = NDArray[Any]  # of CELL


def starts(keys: NDArray[Any]) -> I8:
    """Where each stretch of equal keys begins; `keys` is not empty and equal ones are neighbours."""
    return np.concatenate((np.zeros(1, np.int64), np.flatnonzero(keys[1:] != keys[:-1]) + 1))


def of_points(at: I8, values: F8, *, spread: bool) -> Cells:
    """One cell for each stretch of points.

    Args:
        at: where each stretch begins, as from `starts`.
        values: all points, in the order of which the last of a stretch is its last.
        spread: also squared deviations, which cost a second pass.
    """
    made = np.zeros(len(at), CELL)
    counts = np.diff(np.append(at, len(values)))
    made["last"] = values[at + counts - 1]
    with np.errstate(over="ignore", invalid="ignore"):
        totals = np.add.reduceat(values, at)
        finite = values
        if not np.isfinite(totals.sum()) and not (good := np.isfinite(values)).all():
            made["odd"] = np.add.reduceat((~good).astype(np.int64), at)
            made["marks"] = np.bitwise_or.reduceat(
                np.isnan(values) * np.uint16(NAN)
                | np.isposinf(values) * np.uint16(POSITIVE)
                | np.isneginf(values) * np.uint16(NEGATIVE),
                at,
            )
            counts = counts - made["odd"]
            finite = np.where(good, values, 0.0)
            totals = np.add.reduceat(finite, at)
            made["low"] = np.minimum.reduceat(np.where(good, values, np.inf), at)
            made["high"] = np.maximum.reduceat(np.where(good, values, -np.inf), at)
            if spread:
                deviations = np.where(
                    good, values - np.repeat(totals / counts, np.diff(np.append(at, len(values)))), 0.0
                )
                made["spread"] = np.add.reduceat(deviations * deviations, at)
        else:
            made["low"] = np.minimum.reduceat(values, at)
            made["high"] = np.maximum.reduceat(values, at)
            if spread:
                deviations = values - np.repeat(totals / counts, counts)
                made["spread"] = np.add.reduceat(deviations * deviations, at)
    made["count"] = counts
    made["total"] = totals
    return made


def coarser(fine: Cells, at: I8, *, spread: bool) -> Cells:
    """One cell for each stretch of cells, whose last one has the last value. `bucket` is left to the caller."""
    made = np.zeros(len(at), CELL)
    made["count"] = np.add.reduceat(fine["count"], at)
    made["odd"] = np.add.reduceat(fine["odd"], at)
    made["marks"] = np.bitwise_or.reduceat(fine["marks"], at)
    made["low"] = np.minimum.reduceat(fine["low"], at)
    made["high"] = np.maximum.reduceat(fine["high"], at)
    lengths = np.diff(np.append(at, len(fine)))
    made["last"] = fine["last"][at + lengths - 1]
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        made["total"] = np.add.reduceat(fine["total"], at)
        if spread:
            counts = fine["count"].astype(np.float64)
            means = np.where(counts > 0, fine["total"] / counts, 0.0)
            away = np.where(counts > 0, means - np.repeat(made["total"] / made["count"], lengths), 0.0)
            made["spread"] = np.add.reduceat(fine["spread"] + counts * away * away, at)
    return made
