"""The answer to a chart: picks the grid, has the cells read, brings lines and groups of lines to columns.

Knows what a `SeriesQuery` means; refuses to know users, workspaces and wires.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from modelwright.domains.tracking.points import axis, cells, grid
from modelwright.domains.tracking.points.axis import Grid
from modelwright.domains.tracking.points.cells import Cells
from modelwright.domains.tracking.points.columns import F8
from modelwright.domains.tracking.points.grid import Wanted
from modelwright.domains.tracking.queries import grids as stored
from modelwright.kit.db import Tx
from modelwright.types.codec import number_in, number_out
from modelwright.types.errors import Invalid
from modelwright.types.tracking import SeriesGrid, SeriesLine, SeriesQuery

BUCKETS = 20_000
CELLS = 4_000_000  # lines · buckets
SERIES = 20_000  # runs · metrics
_METRIC = "metric:"


class Drawn(NamedTuple):
    """Lines on a grid. Columns hold all lines one after the other, `grid.buckets` numbers each; NaN where a bucket is
    empty.

    `last` is the exact last point of the bucket, NaN and ±Inf too (of a group, the mean of its runs' last points).
    """

    grid: Grid
    lines: list[SeriesLine]  # without their numbers
    columns: dict[str, F8]


def draw(tx: Tx, query: SeriesQuery, runs: Mapping[str, tuple[int, int, str]]) -> Drawn:
    """Answer a query about runs: (seq, start in ms, group) by id.

    Raises:
        Invalid: an unknown x, band or group, a bad range, too many series or buckets; or stored points are damaged.
    """
    _check(query)
    asked = [
        Wanted(*runs[name][:1], key, name, runs[name][1])
        for name in dict.fromkeys(query.runs)
        for key in dict.fromkeys(query.metrics)
    ]
    known = stored.extents(tx, [item.run for item in asked], [item.key for item in asked])
    wanted = [item for item in asked if (item.run, item.key) in known]
    chosen = _grid(tx, query, wanted, known)
    if chosen.buckets * len(wanted) > CELLS:
        raise Invalid(
            f"{len(wanted):,} lines of {chosen.buckets:,} buckets are too many for one chart",
            where="buckets",
            hint="ask for fewer buckets, or for fewer runs at a time",
        )
    grouped = query.group_by is not None
    spread = grouped or query.band != "minmax"
    if query.x == "step":
        made = grid.by_step(tx, wanted, chosen, spread=spread)
    elif query.x in ("time", "relative"):
        made = grid.by_time(tx, wanted, chosen, relative=query.x == "relative", spread=spread)
    else:
        made = grid.by_metric(tx, wanted, chosen, query.x.removeprefix(_METRIC), spread=spread)
    if not grouped:
        lines = [SeriesLine(metric=item.key, run=item.name) for item in wanted]
        return _drawn(chosen, lines, made, made["last"], query.band if spread else "")
    names = _names(tx, query.group_by or "", wanted, runs)
    members: dict[tuple[str, str], list[int]] = {}
    for line, item in enumerate(wanted):
        members.setdefault((names[item.run], item.key), []).append(line)
    made, lasts = grid.together(made, list(members.values()), chosen.buckets)
    lines = [SeriesLine(metric=key, group=name, runs=len(each)) for (name, key), each in members.items()]
    return _drawn(chosen, lines, made, lasts, query.band)


def _check(query: SeriesQuery) -> None:
    if query.x not in ("step", "time", "relative") and not (
        query.x.startswith(_METRIC) and len(query.x) > len(_METRIC)
    ):
        raise Invalid(f"unknown x {query.x[:80]!r}", where="x", hint="step, time, relative, or metric:<key>")
    if query.band not in grid.BANDS:
        raise Invalid(f"unknown band {query.band[:80]!r}", where="band", hint="minmax, std or ci95")
    if not 1 <= query.buckets <= BUCKETS:
        raise Invalid(f"between 1 and {BUCKETS:,} buckets can be asked for", where="buckets")
    if len(query.runs) * len(query.metrics) > SERIES:
        raise Invalid(
            f"{len(query.runs):,} runs of {len(query.metrics):,} metrics are too many for one chart", where="runs"
        )


def _range(query: SeriesQuery) -> tuple[float, float] | None:
    if query.range is None:
        return None
    if len(query.range) != 2:
        raise Invalid("a range is [from, to]", where="range")
    low, high = (number_in(item, where="range") for item in query.range)
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise Invalid("a range is [from, to], two finite numbers in order", where="range")
    return low, high


def _grid(tx: Tx, query: SeriesQuery, wanted: Sequence[Wanted], known: Mapping[tuple[int, str], Any]) -> Grid:
    """The grid over the range asked for, or over all there is."""
    bounds = _range(query)
    if query.x.startswith(_METRIC):
        if bounds is None:
            bounds = _reach(tx, query.x.removeprefix(_METRIC), wanted)
        return axis.real(*bounds, query.buckets) if bounds else axis.real(0.0, 0.0, query.buckets)
    low, high = 0, 0
    if bounds is not None:
        low, high = (
            min(max(edge, -(1 << 63)), (1 << 63) - 1) for edge in (math.ceil(bounds[0]), math.floor(bounds[1]))
        )
        low = min(low, high)
    elif wanted and query.x == "step":
        rows = [known[item.run, item.key] for item in wanted]
        low, high = min(row[0] for row in rows), max(row[1] for row in rows)
    elif wanted:
        times = stored.times(tx, [item.run for item in wanted], [item.key for item in wanted])
        edges: list[int] = []
        for item in wanted:
            first, last = times.get((item.run, item.key), (0, 0))
            origin = item.origin if query.x == "relative" else 0
            edges += (first - origin, last - origin)
        low, high = min(edges), max(edges)
    return axis.whole(low, high, query.buckets)


def _reach(tx: Tx, key: str, wanted: Sequence[Wanted]) -> tuple[float, float] | None:
    """Least and greatest finite value of the metric that is the axis."""
    names = {item.run: item for item in wanted}
    edges: list[float] = []
    for (run, _), row in stored.extents(tx, list(names), [key]).items():
        low: float | None = row[3]
        high: float | None = row[4]
        if low is not None and high is not None and not (math.isfinite(low) and math.isfinite(high)):
            values: F8 = grid.points(stored.all_chunks(tx, run, key), f"run {names[run].name}, metric {key!r}").values
            values = values[np.isfinite(values)]
            low, high = (float(values.min()), float(values.max())) if len(values) else (None, None)
        if low is not None and high is not None:
            edges += [low, high]
    return (min(edges), max(edges)) if edges else None


def _names(tx: Tx, by: str, wanted: Sequence[Wanted], runs: Mapping[str, tuple[int, int, str]]) -> dict[int, str]:
    """The name of each run's group; empty for runs that have none."""
    numbers = sorted({item.run for item in wanted})
    if by == "group":
        return {run: name for run, _, name in runs.values()}
    found = stored.labels(tx, by, numbers)
    return {number: found.get(number, "") for number in numbers}


def _drawn(chosen: Grid, lines: list[SeriesLine], made: Cells, lasts: NDArray[Any], band: str) -> Drawn:
    count = made["count"]
    empty = count == 0
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(empty, np.nan, made["total"] / count)
    columns: dict[str, F8] = {
        "min": np.where(empty, np.nan, made["low"]),
        "max": np.where(empty, np.nan, made["high"]),
        "mean": mean,
        "last": np.where(empty & (made["odd"] == 0), np.nan, lasts),
    }
    if band:
        columns["low"], columns["high"] = grid.BANDS[band](made, mean)
    table = made.reshape(-1, chosen.buckets) if len(made) else made.reshape(0, max(1, chosen.buckets))
    points = table["count"].sum(axis=1, dtype=np.int64) + table["odd"].sum(axis=1, dtype=np.int64)
    single: Any = (table["count"] + table["odd"] <= 1).all(axis=1).tolist()
    marks: NDArray[np.uint16] = table["marks"]
    marked: Any = marks.any(axis=1).tolist()
    described: list[SeriesLine] = []
    for line, each in enumerate(lines):
        odd: dict[str, Any] = (
            {
                name: np.flatnonzero(marks[line] & mark).tolist()
                for name, mark in (("nan", cells.NAN), ("posinf", cells.POSITIVE), ("neginf", cells.NEGATIVE))
            }
            if marked[line]
            else {}
        )
        described.append(
            SeriesLine(
                metric=each.metric,
                run=each.run,
                group=each.group,
                runs=each.runs,
                points=int(points[line]),
                exact=single[line],
                **odd,
            )
        )
    return Drawn(chosen, described, columns)


def spelled(drawn: Drawn, x: str, took_ms: float) -> SeriesGrid:
    """The answer as values for JSON: null where a bucket is empty, texts for NaN and ±Inf."""
    size = drawn.grid.buckets
    lines: list[SeriesLine] = []
    for line, each in enumerate(drawn.lines):
        odd = set(each.nan)
        numbers: dict[str, list[Any]] = {}
        for name, column in drawn.columns.items():
            part = column[line * size : (line + 1) * size].tolist()
            numbers[name] = [
                number_out(value) if value == value else ("NaN" if name == "last" and place in odd else None)
                for place, value in enumerate(part)
            ]
        lines.append(
            SeriesLine(
                metric=each.metric,
                run=each.run,
                group=each.group,
                runs=each.runs,
                points=each.points,
                exact=each.exact,
                nan=each.nan,
                posinf=each.posinf,
                neginf=each.neginf,
                **numbers,
            )
        )
    return SeriesGrid(x=x, start=drawn.grid.start, width=drawn.grid.width, buckets=size, lines=lines, took_ms=took_ms)
