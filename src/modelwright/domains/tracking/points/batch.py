"""What arrived for one series in one batch, ready to be stored: sorted, identical points once, with its summary.

All that can be done without asking the database is done here, in the caller's thread. Knows columns of numbers; refuses
to know what is stored already.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from modelwright.domains.tracking.points import chunk
from modelwright.domains.tracking.points.chunk import Block
from modelwright.domains.tracking.rules import limits
from modelwright.types.codec import number_in
from modelwright.types.errors import Invalid
from modelwright.types.tracking import Points

MOST = 5_000_000  # points in one batch
_INT64 = limits.INT64


class Series:
    """Points of one key. `steps` absent means that they count on from the last step stored."""

    __slots__ = (
        "arrived",
        "block",
        "count",
        "data",
        "first",
        "first_ms",
        "highest",
        "key",
        "last",
        "last_ms",
        "lowest",
        "nans",
        "open_steps",
        "total",
    )

    def __init__(self, key: str) -> None:
        self.key = key
        self.block: Block | None = None  # absent for a single point
        self.arrived: Block | None = None  # in the order of arrival, where steps are repeated
        self.first: tuple[int, int, float] = (0, 0, 0.0)  # least and greatest by (step, time, value)
        self.last: tuple[int, int, float] = (0, 0, 0.0)
        self.first_ms = 0
        self.last_ms = 0
        self.count = 0
        self.nans = 0
        self.lowest = math.inf
        self.highest = -math.inf
        self.total = 0.0
        self.data = b""
        self.open_steps: tuple[Any, Any] | None = None

    @property
    def columns(self) -> Block:
        """The points as arrays."""
        if self.block is not None:
            return self.block
        step, time_ms, value = self.first
        return Block(np.array((step,), np.int64), np.array((time_ms,), np.int64), np.array((value,), np.float64))


def one(key: str, step: int, time_ms: int, value: float) -> Series:
    """A series of a single point."""
    made = Series(key)
    made.first = made.last = (step, time_ms, value)
    made.first_ms = made.last_ms = time_ms
    made.count = 1
    if value != value:
        made.nans = 1
    else:
        made.lowest = made.highest = made.total = value
    made.data = chunk.single(step, time_ms, value)
    return made


def of(key: str, arrived: Block) -> Series:
    """A series of columns, in any order."""
    if len(arrived.steps) == 1:
        return one(key, int(arrived.steps[0]), int(arrived.times[0]), float(arrived.values[0]))
    made = Series(key)
    block = chunk.ordered(arrived)
    steps, times, values = block
    made.block = block
    if block is not arrived or bool((steps[1:] == steps[:-1]).any()):
        made.arrived = arrived
    made.count = len(steps)
    made.first = (int(steps[0]), int(times[0]), float(values[0]))
    made.last = (int(steps[-1]), int(times[-1]), float(values[-1]))
    made.first_ms = int(times.min())
    made.last_ms = int(times.max())
    summarize(made, values)
    made.data = chunk.fresh(block)
    return made


def summarize(made: Series, values: chunk.F8) -> None:
    """Set lowest, highest, total and the count of NaN."""
    with np.errstate(over="ignore", invalid="ignore"):
        made.total = float(values.sum())
        if made.total != made.total:
            missing = np.isnan(values)
            made.nans = int(missing.sum())
            values = values[~missing]
            made.total = float(values.sum())
    if len(values):
        made.lowest = float(values.min())
        made.highest = float(values.max())


def gather(points: Sequence[Points]) -> list[Series]:
    """The series of a batch, by key.

    Raises:
        Invalid: an empty key, columns of unequal length, a number that does not fit in 64 bits, a value that is no
        number.
    """
    if len(points) > 1 and len({item.key for item in points}) != len(points):
        return _merged(points)
    total = 0
    made: list[Series] = []
    for place, item in enumerate(points):
        total += len(item.values)
        if len(item.values):
            made.append(_read(item, place))
    if total > MOST:
        raise Invalid(
            f"{total:,} points in one batch; at most {MOST:,} are allowed", where="points", hint="send several batches"
        )
    return made


def _merged(points: Sequence[Points]) -> list[Series]:
    """Several columns of one key become one, in the order of arrival."""
    together: dict[str, list[Points]] = {}
    for item in points:
        together.setdefault(item.key, []).append(item)
    joined: list[Points] = []
    for key, items in together.items():
        if len(items) > 1 and len({len(item.steps) == 0 for item in items if len(item.values)}) > 1:
            raise Invalid("the key comes with steps and without them", where=f"points[{key!r}].steps")
        joined.append(
            items[0]
            if len(items) == 1
            else Points(
                key=key,
                steps=[step for item in items for step in item.steps],
                times_ms=[time for item in items for time in item.times_ms],
                values=[value for item in items for value in item.values],
            )
        )
    return gather(joined)


def _read(item: Points, place: int) -> Series:
    key = limits.key(item.key, f"points[{place}].key")
    count = len(item.values)
    if len(item.times_ms) != count or len(item.steps) not in (0, count):
        raise Invalid("steps, times_ms and values differ in length", where=f"points[{place}]")
    if count == 1 and len(item.steps):
        # Plain numbers: a range searches itself from end to end for any other type of integer.
        step, time_ms, value = int(item.steps[0]), int(item.times_ms[0]), item.values[0]
        if type(value) is not float:
            value = float(number_in(value, where=f"points[{place}].values"))
        if step not in _INT64 or time_ms not in _INT64:
            raise Invalid("the integer does not fit in 64 bits", where=f"points[{place}]")
        return one(key, step, time_ms, value)
    times = _integers(item.times_ms, f"points[{place}].times_ms")
    values = _floats(item.values, f"points[{place}].values")
    if not len(item.steps):
        made = Series(key)
        made.open_steps = (times, values)
        return made
    return of(key, Block(_integers(item.steps, f"points[{place}].steps"), times, values))


def counted_on(made: Series, last_step: int | None) -> Series:
    """The series with steps that follow `last_step` (0, 1, … when there is none). Raises `Invalid` past 64 bits."""
    assert made.open_steps is not None
    times, values = made.open_steps
    start = 0 if last_step is None else last_step + 1
    if start + len(times) - 1 not in _INT64:
        raise Invalid("the steps do not fit in 64 bits", where=f"points[{made.key!r}].steps")
    return of(made.key, Block(np.arange(start, start + len(times), dtype=np.int64), times, values))


def _integers(column: Any, where: str) -> chunk.I8:
    try:
        return np.array(column, np.int64)
    except (OverflowError, ValueError, TypeError):
        raise Invalid("an integer does not fit in 64 bits", where=where) from None


def _floats(column: Any, where: str) -> chunk.F8:
    if isinstance(column, np.ndarray):
        return np.array(column, np.float64)
    try:
        return np.array(column, np.float64)
    except (ValueError, OverflowError, TypeError):
        return np.array([number_in(value, where=where) for value in column], np.float64)
