"""What differs between the statistics of two versions. Pure: two profiles in, changes out."""

from __future__ import annotations

from bisect import bisect_right

from modelwright.types.data import Column, ColumnChange, Profile, TableChange, TableProfile

SHIFT = 0.1
"""A distance of distributions from here on is called a shift."""


def tables(before: Profile | None, now: Profile | None) -> list[TableChange]:
    """How the tables of two profiles differ; tables are the same by name, or where each has only one."""
    old = {table.name: table for table in before.tables} if before else {}
    new = {table.name: table for table in now.tables} if now else {}
    if len(old) == len(new) == 1 and set(old) != set(new):
        old = {next(iter(new)): next(iter(old.values()))}
    return [_table(name, old.get(name), new.get(name)) for name in sorted({*old, *new})]


def distance(before: Column, now: Column) -> float | None:
    """How far two distributions are apart, 0 to 1; None when nothing can be said.

    Numbers: the Kolmogorov-Smirnov statistic of the quantiles, straight lines between them. Others: total variation of
    the frequent values; all others count as one value.
    """
    if len(before.quantiles) > 1 and len(now.quantiles) > 1:
        points = sorted({*before.quantiles, *now.quantiles})
        # A step of one where the other is flat shows only right before the point.
        return max(
            max(abs(_share(before.quantiles, point, side) - _share(now.quantiles, point, side)) for side in (0, 1))
            for point in points
        )
    if before.top and now.top:
        old, new = _frequencies(before), _frequencies(now)
        named = {key for key in {*old, *new} if key}
        total = sum(abs(old.get(key, 0.0) - new.get(key, 0.0)) for key in named)
        rest_old = 1 - sum(old.get(key, 0.0) for key in named)
        rest_new = 1 - sum(new.get(key, 0.0) for key in named)
        return min((total + abs(rest_old - rest_new)) / 2, 1.0)
    return None


def _table(name: str, before: TableProfile | None, now: TableProfile | None) -> TableChange:
    old = {column.name: column for column in before.columns} if before else {}
    new = {column.name: column for column in now.columns} if now else {}
    order = [*new, *(key for key in old if key not in new)]
    return TableChange(
        name=name, rows=now.rows if now else None, previous_rows=before.rows if before else None,
        columns=[_column(key, old.get(key), new.get(key)) for key in order],
    )


def _column(name: str, before: Column | None, now: Column | None) -> ColumnChange:
    if before is None or now is None:
        present = now or before
        assert present is not None
        return ColumnChange(
            name=name, change="added" if now else "removed", type=now.type if now else "",
            previous_type=before.type if before else "", nulls=_nulls(now), previous_nulls=_nulls(before),
        )
    apart = distance(before, now)
    change = "same"
    if before.type != now.type:
        change = "retyped"
    elif (apart or 0.0) >= SHIFT or abs((_nulls(before) or 0.0) - (_nulls(now) or 0.0)) >= SHIFT:
        change = "shifted"
    return ColumnChange(
        name=name, change=change, type=now.type, previous_type=before.type, nulls=_nulls(now),
        previous_nulls=_nulls(before), mean=now.mean, previous_mean=before.mean, distance=apart,
    )


def _nulls(column: Column | None) -> float | None:
    if column is None:
        return None
    total = column.count + column.nulls
    return column.nulls / total if total else 0.0


def _share(quantiles: list[float], point: float, side: int) -> float:
    """The share of values at or below a point (side 1) or below it (side 0), by quantiles at equal distances."""
    last = len(quantiles) - 1
    if side == 0:
        first = next((place for place, value in enumerate(quantiles) if value >= point), last + 1)
        if first == 0:
            return 0.0
        if first > last:
            return 1.0
        low, high = quantiles[first - 1], quantiles[first]
        return (first - 1 + (point - low) / (high - low)) / last
    place = bisect_right(quantiles, point) - 1
    if place < 0:
        return 0.0
    if place >= last:
        return 1.0
    low, high = quantiles[place], quantiles[place + 1]
    return (place + (point - low) / (high - low)) / last


def _frequencies(column: Column) -> dict[str, float]:
    return {item.value: item.count / column.count for item in column.top} if column.count else {}
