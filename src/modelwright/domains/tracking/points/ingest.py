"""Adding points to stored series: identical ones once, repeated steps by policy, the row of each series up to date.

Where (step, time) rises, nothing is looked up but the row of the series. It runs inside a transaction that holds the
run.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from modelwright.domains.tracking.points import batch, chunk
from modelwright.domains.tracking.points.batch import Series
from modelwright.domains.tracking.points.chunk import Block
from modelwright.domains.tracking.queries import points as stored
from modelwright.domains.tracking.queries.points import Head
from modelwright.kit.db import Row, Tx
from modelwright.types.errors import Conflict
from modelwright.types.tracking import StepPolicy

_ALL, _LAST, _ERROR = StepPolicy.ALL.value, StepPolicy.LAST.value, StepPolicy.ERROR.value
_FEW = 16  # up to this many new points are looked for one by one


def add(tx: Tx, run: int, experiment: int, name: str, series: Sequence[Series]) -> int:
    """Store what is new; returns how many points were.

    Args:
        run, experiment: the run's numbers.
        name: the run's id, for refusals.
        series: of distinct keys.

    Raises:
        Conflict: a step is taken and the policy of the metric refuses a second point.
        Invalid: stored points that had to be compared are damaged.
    """
    if not series:
        return 0
    heads = stored.heads(tx, run, [item.key for item in series])
    patterns = stored.policies(tx, run)
    rows: list[Row] = []
    chunks: list[Row] = []
    count = 0
    for item in series:
        head = heads.get(item.key)
        if item.open_steps is not None:
            item = batch.counted_on(item, head.last_step if head else None)
        policy = _policy(patterns, item.key) if patterns else _ALL
        new: Series | None = item
        if policy != _ALL:
            new, head = _by_policy(tx, run, f"run {name}, metric {item.key!r}", item, head, policy)
        elif head is not None and not _rises(item, head):
            new = _unknown(tx, run, f"run {name}, metric {item.key!r}", item, head)
        if new is None:
            continue
        count += new.count
        rows.append((run, experiment, *_grown(head, new)))
        chunks.append((run, new.key, 0, new.first[0], new.last[0], new.first_ms, new.last_ms, new.count, new.data))
    if rows:
        stored.put_heads(tx, rows)
        stored.put_chunks(tx, chunks)
    return count


def _rises(item: Series, head: Head) -> bool:
    step, time_ms, _ = item.first
    return step > head.last_step or (step == head.last_step and time_ms > head.last_ms)


def _grown(head: Head | None, new: Series) -> Head:
    """The row of a series with more points."""
    if head is None and new.count == 1 and not new.nans:
        step, time_ms, value = new.first
        return Head(new.key, value, step, time_ms, 1, 0, value, value, value, step, stored.weight(1))
    numbers = new.count - new.nans
    if head is None:
        head = Head(new.key, None, 0, 0, 0, 0, None, None, None, new.first[0], 0)
        greater = True
    else:
        before = (head.last_step, head.last_ms, head.last is None, head.last or 0.0)
        step, time_ms, value = new.last
        greater = (step, time_ms, value != value, value) >= before
    step, time_ms, value = (
        new.last if greater else (head.last_step, head.last_ms, math.nan if head.last is None else head.last)
    )
    lowest, highest, total = head.lowest, head.highest, head.total
    if numbers:
        if head.points - head.nans:
            assert lowest is not None and highest is not None
            lowest, highest = min(lowest, new.lowest), max(highest, new.highest)
            total = None if total is None else total + new.total
        else:
            lowest, highest, total = new.lowest, new.highest, new.total
    return Head(
        new.key,
        value if value == value else None,
        step,
        time_ms,
        head.points + new.count,
        head.nans + new.nans,
        lowest,
        highest,
        total if total == total else None,
        min(head.first_step, new.first[0]),
        head.fresh + stored.weight(new.count),
    )


def _policy(patterns: list[tuple[str, str]], key: str) -> str:
    """The policy of a metric: by its own name, else by the longest `prefix*`."""
    longest, found = -1, _ALL
    for pattern, policy in patterns:
        if pattern == key:
            return policy
        if pattern.endswith("*") and len(pattern) > longest and key.startswith(pattern[:-1]):
            longest, found = len(pattern), policy
    return found


def _unknown(tx: Tx, run: int, where: str, item: Series, head: Head) -> Series | None:
    """What of the batch is not stored yet; None when all of it is."""
    if item.first[0] > head.last_step:
        return item
    reach = stored.reaching(
        tx, run, item.key, (item.first[0], min(item.last[0], head.last_step)), (item.first_ms, item.last_ms)
    )
    if not reach:
        return item
    if item.block is None:
        step, time_ms, value = item.first
        for _, _, data in reach:
            alone = chunk.point(data, where)
            if alone is not None:
                if (
                    alone[0] == step
                    and alone[1] == time_ms
                    and (alone[2] == value or (alone[2] != alone[2] and value != value))
                ):
                    return None
            elif _known(chunk.read(data, where), item.columns)[0]:
                return None
        return item
    block = item.columns
    fresh = np.ones(len(block.steps), bool)
    for _, _, data in reach:
        fresh &= ~_known(chunk.read(data, where), block)
    if bool(fresh.all()):
        return item
    return batch.of(item.key, chunk.cut(block, fresh)) if bool(fresh.any()) else None


def _known(old: Block, new: Block) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which of the new points are among the old ones; both sorted."""
    if len(new.steps) <= _FEW:
        found = np.zeros(len(new.steps), bool)
        lows = np.searchsorted(old.steps, new.steps, "left")
        highs = np.searchsorted(old.steps, new.steps, "right")
        for place in range(len(new.steps)):
            low, high = int(lows[place]), int(highs[place])
            if low < high:
                value = new.values[place]
                values = old.values[low:high]
                same = np.isnan(values) if value != value else values == value
                found[place] = bool((same & (old.times[low:high] == new.times[place])).any())
        return found
    near = slice(
        int(np.searchsorted(old.steps, new.steps[0], "left")), int(np.searchsorted(old.steps, new.steps[-1], "right"))
    )
    old = chunk.cut(old, near)
    both = chunk.join([old, new])
    order = np.lexsort((np.arange(len(both.steps)), both.values, both.times, both.steps))
    steps, times, values = chunk.cut(both, order)
    same = np.zeros(len(order), bool)
    same[1:] = (
        (steps[1:] == steps[:-1])
        & (times[1:] == times[:-1])
        & ((values[1:] == values[:-1]) | (np.isnan(values[1:]) & np.isnan(values[:-1])))
    )
    found = np.zeros(len(order), bool)
    found[order] = same
    return found[len(old.steps) :]


def _by_policy(
    tx: Tx, run: int, where: str, item: Series, head: Head | None, policy: str
) -> tuple[Series | None, Head | None]:
    """What to store of a batch whose metric keeps one point a step, and the row of the series before that."""
    if item.arrived is not None:
        item = _one_a_step(item, item.arrived, policy, where)
    if head is None or item.first[0] > head.last_step:
        return item, head
    reach = stored.reaching(tx, run, item.key, (item.first[0], min(item.last[0], head.last_step)))
    if policy == _ERROR:
        block = item.columns
        fresh = np.ones(len(block.steps), bool)
        for _, _, data in reach:
            old = chunk.read(data, where)
            fresh &= ~_known(old, block)
            taken = fresh & np.isin(block.steps, old.steps)
            if bool(taken.any()):
                raise Conflict(
                    f"step {int(block.steps[taken][0])} has a point already",
                    where=where,
                    hint="the metric is defined with policy 'error'; with 'last' or 'all' a step can be logged again",
                )
        if bool(fresh.all()):
            return item, head
        return (batch.of(item.key, chunk.cut(block, fresh)) if bool(fresh.any()) else None), head
    return _replace(tx, run, where, item, head, reach)


def _one_a_step(item: Series, arrived: Block, policy: str, where: str) -> Series:
    """The last point to arrive for each step; different ones are refused by policy `error`."""
    steps, places = np.unique(arrived.steps[::-1], return_index=True)
    if policy == _ERROR:
        block = item.columns
        twice = block.steps[1:][block.steps[1:] == block.steps[:-1]]
        if len(twice):
            raise Conflict(
                f"step {int(twice[0])} has several points in one batch",
                where=where,
                hint="the metric is defined with policy 'error'",
            )
        return item
    return batch.of(item.key, chunk.cut(arrived, len(arrived.steps) - 1 - places)) if len(steps) else item


def _replace(
    tx: Tx, run: int, where: str, item: Series, head: Head, reach: list[tuple[int, int, bytes]]
) -> tuple[Series | None, Head | None]:
    """Take stored points of the batch's steps away, so that the batch replaces them."""
    steps = item.columns.steps
    gone: list[int] = []
    kept: list[tuple[int, Block]] = []
    fresh = head.fresh
    for number, level, data in reach:
        old = chunk.read(data, where)
        stays = ~np.isin(old.steps, steps)
        if not bool(stays.all()):
            gone.append(number)
            left = int(stays.sum())
            if left:
                kept.append((min(level, 1), chunk.cut(old, stays)))
            if not level:
                fresh += (stored.weight(left) if left else 0) - stored.weight(len(stays))
    if not gone:
        return item, head
    stored.unroof(tx, run, item.key, gone)
    stored.drop_chunks(tx, gone)
    for level, block in kept:
        data = chunk.packed(block) if level else chunk.fresh(block)
        stored.put_chunks(tx, [(run, item.key, level, *extent(block), len(block.steps), data)])
    rest = [chunk.read(data, where) for data in stored.all_chunks(tx, run, item.key)]
    return item, anew(item.key, chunk.ordered(chunk.join(rest)), fresh)


def extent(block: Block) -> tuple[int, int, int, int]:
    """First and last step, least and greatest time of sorted points."""
    return int(block.steps[0]), int(block.steps[-1]), int(block.times.min()), int(block.times.max())


def anew(key: str, block: Block, fresh: int) -> Head | None:
    """The row of a series from all its points, sorted."""
    if not len(block.steps):
        return None
    whole = Series(key)
    whole.count = len(block.steps)
    whole.first = (int(block.steps[0]), int(block.times[0]), float(block.values[0]))
    whole.last = (int(block.steps[-1]), int(block.times[-1]), float(block.values[-1]))
    batch.summarize(whole, block.values)
    return _grown(None, whole)._replace(fresh=fresh)
