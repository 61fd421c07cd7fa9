"""Many series on one bucket grid: reads what is needed of chunks and pyramids and brings every bucket to one cell.

On the axis of steps pyramids answer wherever their buckets fit into those of the grid; each stored point is counted by
exactly one of its chunk and the pyramids above it (`shift ≤ wanted < above`). Where chunks of a series overlap, which
merging mends, and on other axes, its points themselves are read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from modelwright.domains.tracking.points import cells, chunk, pyramid
from modelwright.domains.tracking.points.axis import Grid
from modelwright.domains.tracking.points.cells import CELL, Cells
from modelwright.domains.tracking.points.chunk import Block
from modelwright.domains.tracking.points.columns import I8
from modelwright.domains.tracking.queries import grids as stored
from modelwright.kit.db import Tx

_SHORT = 1 << 16  # buckets whose numbers fit in 16 bits
_NEAR = 16  # pyramids that are worked on together; of about 25 KB each


class Wanted(NamedTuple):
    """A series to draw."""

    run: int
    key: str
    name: str  # the run's id
    origin: int  # ms that are 0 on the axis of relative time

    @property
    def where(self) -> str:
        """Names it in refusals."""
        return f"run {self.name}, metric {self.key!r}"


class _Node(NamedTuple):
    """A chunk (`shift` −1) or pyramid of a line."""

    line: int
    first_step: int
    first_ms: int
    last_step: int
    last_ms: int
    shift: int
    data: bytes


def by_step(tx: Tx, wanted: Sequence[Wanted], grid: Grid, *, spread: bool) -> Cells:
    """Cells of all lines, line after line, `grid.buckets` each, on the axis of steps."""
    lines = {(item.run, item.key): line for line, item in enumerate(wanted)}
    low, high = grid.bounds
    nodes: list[_Node] = []
    for row in stored.cover(tx, [item.run for item in wanted], [item.key for item in wanted], grid.shift, low, high):
        line = lines.get((row[0], row[1]))
        if line is not None:
            nodes.append(_Node(line, *row[2:]))
    nodes.sort(key=lambda node: node[:5])
    tangled = _tangled(nodes)
    made = np.zeros(len(wanted) * grid.buckets, CELL)
    if tangled:
        nodes = [node for node in nodes if node.line not in tangled]
        for line in sorted(tangled):
            item = wanted[line]
            block = points(stored.chunks_by_step(tx, item.run, item.key, low, high), item.where)
            _place(made, line, grid, grid.whole(block.steps), block.values, spread)
    parts = [_roofs(nodes, wanted, grid, spread), _chunks(nodes, wanted, grid, low, high, spread)]
    present = [part for part in parts if part is not None]
    if not present:
        return made
    firsts = np.array([node.line for node in nodes], np.int64) * grid.buckets
    targets: list[I8] = []
    for keys, _ in present:
        ranks, columns = np.divmod(keys, grid.buckets)
        targets.append(firsts[ranks] + columns)
    _fill(made, targets[0], present[0][1], spread)
    if len(present) == 2:
        _fill_up(made, present, targets, spread)
    return made


def _fill(made: Cells, targets: I8, found: Cells, spread: bool) -> None:
    """Put cells where they belong, those of one place together."""
    if len(targets):
        at = cells.starts(targets)
        made[targets[at]] = found if len(at) == len(found) else cells.coarser(found, at, spread=spread)


def _fill_up(made: Cells, parts: Sequence[_Part], targets: Sequence[I8], spread: bool) -> None:
    """Put the second part's cells beside those of the first; only the few places that both reach are sorted anew."""
    (keys, found), (more_keys, more) = parts
    taken = np.zeros(len(made), bool)
    taken[targets[0]] = True
    both = taken[targets[1]]
    if not both.any():
        _fill(made, targets[1], more, spread)
        return
    _fill(made, targets[1][~both], more[~both], spread)
    taken[:] = False
    taken[targets[1][both]] = True
    here = np.flatnonzero(taken[targets[0]])
    order = np.argsort(np.concatenate((keys[here], more_keys[both])), kind="stable")
    places = np.concatenate((targets[0][here], targets[1][both]))[order]
    _fill(made, places, np.concatenate((found[here], more[both]))[order], spread)


def _tangled(nodes: list[_Node]) -> set[int]:
    """Lines whose nodes are not one behind the other by (step, time)."""
    found: set[int] = set()
    before: _Node | None = None
    for node in nodes:
        if (
            before is not None
            and before.line == node.line
            and (before.last_step, before.last_ms) >= (node.first_step, node.first_ms)
            and (before.last_step > node.first_step or before.last_ms >= node.first_ms)
        ):
            found.add(node.line)
        before = node
    return found


_Part = tuple[I8, Cells]  # rank of the node · buckets + bucket, and the cell there


def _roofs(nodes: list[_Node], wanted: Sequence[Wanted], grid: Grid, spread: bool) -> _Part | None:
    """The cells of pyramids, a few at a time: what a processor's own memory holds is worked on several times faster."""
    chosen = [(rank, node) for rank, node in enumerate(nodes) if node.shift >= 0]
    parts = [_seen(chosen[at : at + _NEAR], wanted, grid, spread) for at in range(0, len(chosen), _NEAR)]
    present = [part for part in parts if part is not None]
    if len(present) < 2:
        return present[0] if present else None
    return np.concatenate([keys for keys, _ in present]), np.concatenate([found for _, found in present])


def _seen(chosen: Sequence[tuple[int, _Node]], wanted: Sequence[Wanted], grid: Grid, spread: bool) -> _Part | None:
    """The cells of some pyramids; none of them is of a place of another's."""
    bodies = [pyramid.body(node.data, wanted[node.line].where) for _, node in chosen]
    found: Cells = np.frombuffer(b"".join(bodies), CELL)
    lengths = np.array([len(body) for body in bodies]) // CELL.itemsize
    ranks = np.repeat(np.array([rank for rank, _ in chosen]), lengths)
    finer = grid.shift - np.array([node.shift for _, node in chosen], np.int64)
    bases = np.array([node.first_step >> node.shift for _, node in chosen], np.int64)
    columns = ((found["bucket"] + np.repeat(bases, lengths)) >> np.repeat(finer, lengths)) - grid.first
    inside = (columns >= 0) & (columns < grid.buckets)
    if not inside.all():
        ranks, columns, found = ranks[inside], columns[inside], found[inside]
    keys = ranks * grid.buckets + columns
    if not len(keys):
        return None
    at = cells.starts(keys)
    return keys[at], found if len(at) == len(found) else cells.coarser(found, at, spread=spread)


def _chunks(
    nodes: list[_Node], wanted: Sequence[Wanted], grid: Grid, low: int, high: int, spread: bool
) -> _Part | None:
    """Cells of the points of chunks that no fitting pyramid covers."""
    steps: list[I8] = []
    values: list[chunk.F8] = []
    ranks: list[int] = []
    for rank, node in enumerate(nodes):
        if node.shift >= 0:
            continue
        block = chunk.read(node.data, wanted[node.line].where, times=False)
        start, end = 0, len(block.steps)
        if node.first_step < low:
            start = int(np.searchsorted(block.steps, low, "left"))
        if node.last_step > high:
            end = int(np.searchsorted(block.steps, high, "right"))
        if start < end:
            steps.append(block.steps[start:end])
            values.append(block.values[start:end])
            ranks.append(rank)
    if not ranks:
        return None
    columns = np.concatenate(steps)
    columns >>= grid.shift
    columns += np.repeat(np.array(ranks, np.int64) * grid.buckets - grid.first, np.array([len(each) for each in steps]))
    at = cells.starts(columns)
    return columns[at], cells.of_points(at, np.concatenate(values), spread=spread)


def by_time(tx: Tx, wanted: Sequence[Wanted], grid: Grid, *, relative: bool, spread: bool) -> Cells:
    """As `by_step`, on the axis of wall time, or of time since the start of each run, in ms."""
    made = np.zeros(len(wanted) * grid.buckets, CELL)
    low, high = grid.bounds
    for line, item in enumerate(wanted):
        origin = item.origin if relative else 0
        block = points(stored.chunks_by_time(tx, item.run, item.key, low + origin, high + origin), item.where)
        times, values = block.times - origin, block.values
        if len(times) and not (times[1:] >= times[:-1]).all():
            order = np.argsort(times, kind="stable")
            times, values = times[order], values[order]
        _place(made, line, grid, grid.whole(times), values, spread)
    return made


def by_metric(tx: Tx, wanted: Sequence[Wanted], grid: Grid, axis: str, *, spread: bool) -> Cells:
    """As `by_step`, where x is the last value of another metric at or before a point's step.

    A point's x is the value of the axis at the last step not behind its own; points without one, or at NaN or ±Inf, are
    left out. Points of a bucket are ordered by x, and then as their series is.
    """
    made = np.zeros(len(wanted) * grid.buckets, CELL)
    known: dict[int, Block] = {}
    for line, item in enumerate(wanted):
        if item.run not in known:
            known = {item.run: points(stored.all_chunks(tx, item.run, axis), f"run {item.name}, metric {axis!r}")}
        block = known[item.run]
        if item.key != axis:
            block = points(stored.all_chunks(tx, item.run, item.key), item.where)
        places, values = along(known[item.run], block)
        _place_by(made, line, grid, places, values, spread)
    return made


def along(axis: Block, block: Block) -> tuple[chunk.F8, chunk.F8]:
    """Values of a series by the values of another: (x, value) of the points that have a finite x, as the series is."""
    if _side_by_side(axis.steps, block.steps):
        places, values = axis.values, block.values
    else:
        at = np.searchsorted(axis.steps, block.steps, "right") - 1
        first = int(np.searchsorted(at, 0, "left"))  # `at` rises as the steps do
        places, values = axis.values[at[first:]], block.values[first:]
    finite = np.isfinite(places)
    return (places, values) if finite.all() else (places[finite], values[finite])


def _side_by_side(one: I8, other: I8) -> bool:
    """Whether two columns of steps are the same, with no step twice."""
    return len(one) == len(other) and bool((one == other).all()) and bool((one[1:] > one[:-1]).all())


def _place_by(made: Cells, line: int, grid: Grid, places: chunk.F8, values: chunk.F8, spread: bool) -> None:
    """Bring points of one line to its cells by their x, which is in no order.

    They are sorted by bucket alone, which for so few buckets takes a fraction of sorting by x; what needs the order by
    x, the last value of a bucket, is looked for by itself.
    """
    columns = grid.real(places)
    inside = (columns >= 0) & (columns < grid.buckets)
    if not inside.all():
        columns, places, values = columns[inside], places[inside], values[inside]
    if not len(columns):
        return
    if grid.buckets <= _SHORT:
        columns = columns.astype(np.uint16)  # numpy sorts these by radix
    order = np.argsort(columns, kind="stable")
    columns, places, values = columns[order], places[order], values[order]
    at = cells.starts(columns)
    found = cells.of_points(at, values, spread=spread)
    greatest = np.maximum.reduceat(places, at)
    lengths = np.diff(np.append(at, len(places)))
    ends = np.flatnonzero(places == np.repeat(greatest, lengths))
    owners = columns[ends]
    found["last"] = values[ends[np.append(owners[1:] != owners[:-1], True)]]
    made[line * grid.buckets + columns[at].astype(np.int64)] = found


def points(data: Sequence[bytes], where: str) -> Block:
    """All points of some chunks, sorted. Raises `Invalid` when one is damaged."""
    return chunk.ordered(chunk.join([chunk.read(item, where) for item in data]))


def _place(made: Cells, line: int, grid: Grid, columns: I8, values: chunk.F8, spread: bool) -> None:
    """Bring sorted points of one line to its cells."""
    start, end = np.searchsorted(columns, (0, grid.buckets))
    columns, values = columns[start:end], values[start:end]
    if len(columns):
        at = cells.starts(columns)
        made[line * grid.buckets + columns[at]] = cells.of_points(at, values, spread=spread)


def together(made: Cells, members: Sequence[Sequence[int]], buckets: int) -> tuple[Cells, NDArray[Any]]:
    """Cells of groups of lines over all their points, and the means of their lines' last values.

    Args:
        made: cells of lines; members: the lines of each group.
    """
    table = made.reshape(-1, buckets)
    grouped = np.zeros(len(members) * buckets, CELL)
    lasts = np.full(len(members) * buckets, np.nan)
    for group, lines in enumerate(members):
        flat = table[list(lines)].T.reshape(-1)
        present = np.flatnonzero((flat["count"] > 0) | (flat["odd"] > 0))
        if not len(present):
            continue
        columns = present // len(lines)
        at = cells.starts(columns)
        target = group * buckets + columns[at]
        flat = flat[present]
        grouped[target] = cells.coarser(flat, at, spread=True)
        with np.errstate(invalid="ignore", over="ignore"):
            lasts[target] = np.add.reduceat(flat["last"], at) / np.diff(np.append(at, len(flat)))
    return grouped, lasts


def _minmax(made: Cells, mean: chunk.F8) -> tuple[chunk.F8, chunk.F8]:
    empty = made["count"] == 0
    return np.where(empty, np.nan, made["low"]), np.where(empty, np.nan, made["high"])


def _deviation(made: Cells) -> chunk.F8:
    return np.sqrt(made["spread"] / np.maximum(made["count"].astype(np.float64) - 1.0, 1.0))


def _std(made: Cells, mean: chunk.F8) -> tuple[chunk.F8, chunk.F8]:
    reach = _deviation(made)
    return mean - reach, mean + reach


def _ci95(made: Cells, mean: chunk.F8) -> tuple[chunk.F8, chunk.F8]:
    reach = 1.96 * _deviation(made) / np.sqrt(np.maximum(made["count"], 1))
    return mean - reach, mean + reach


BANDS: dict[str, Callable[[Cells, chunk.F8], tuple[chunk.F8, chunk.F8]]] = {
    "minmax": _minmax,
    "std": _std,
    "ci95": _ci95,
}
"""How far a band reaches around the mean: to min and max, the sample's standard deviation, or 1.96 standard errors."""
