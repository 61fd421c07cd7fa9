"""Merging: the many small chunks of a series become few large ones, with pyramids over them.

Chunks are of three levels: 0 as they arrived, 1 merged but small, 2 sealed: of full size, under a pyramid, and disjoint
from all other sealed ones. Small ones are taken along by size (a point is rewritten about once for every eightfold
growth of its chunk), sealed ones only when points came late and fall among theirs. Everything is computed from a
snapshot; the write that follows is short, and is given up when what it read is there no longer.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from modelwright.domains.tracking.points import chunk, pyramid
from modelwright.domains.tracking.points.chunk import Block
from modelwright.domains.tracking.points.ingest import extent
from modelwright.domains.tracking.queries import points as stored
from modelwright.domains.tracking.queries.points import Place, Roof
from modelwright.kit import logs
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.errors import Unavailable

SIZE = 8_192  # points of a sealed chunk
_POINTS = 16 * SIZE  # points merged at once, about
_CHUNKS = 4_000  # chunks merged at once
_LATE = 16  # sealed chunks rewritten at once
_GROWTH = 8  # a small chunk this many times larger than what came is left alone
_SERIES = 500  # series merged in one round
_IDLE_MS = 60_000  # a series without points for so long is merged whole, however few its chunks are

_LOG = logs.get(__name__)


class _Plan(NamedTuple):
    """What a merge puts in place of what."""

    gone: list[Place]
    sealed: list[Block]
    small: list[Block]
    late: list[Block]


def run(ctx: Ctx) -> int:
    """Merge the series that have many small chunks, or several and nothing to come; returns how many were merged.

    A duty of the server.
    """
    merged = 0
    with ctx.db.read() as tx:
        waiting = stored.to_merge(tx, _SERIES, ctx.clock.now_ms() - _IDLE_MS)
    for number, key in waiting:
        try:
            while series(ctx, number, key, least=stored.IDLE):
                merged += 1
        except Unavailable as error:  # damaged bytes stay where they are; reading them says so
            _LOG.error("metric %r of run %s cannot be merged: %s", key, number, error)
    return merged


def series(ctx: Ctx, number: int, key: str, *, least: int = stored.FRESH) -> bool:
    """Merge one series of the run of this number when it has `least` chunks as they arrived; whether it was."""
    with ctx.db.read() as tx:
        name = stored.name_of(tx, number)
        plan = _plan(tx, number, key, f"run {name}, metric {key!r}", least)
    if plan is None:
        return False
    sealed = [(block, chunk.packed(block), *_roof(block)) for block in plan.sealed]
    small = [(block, chunk.packed(block), 1) for block in plan.small] + [
        (block, chunk.fresh(block), 0) for block in plan.late
    ]

    def write(tx: Tx) -> bool:
        ids = [place.id for place in plan.gone]
        if not stored.hold(tx, number) or stored.present(tx, ids) != len(ids):
            return False
        stored.unroof(tx, number, key, [place.id for place in plan.gone if place.level == 2])
        stored.drop_chunks(tx, ids)
        for block, data, shift, roof in sealed:
            span = (*extent(block), len(block.steps))
            parent = stored.put_roof(tx, (number, key, 0, shift, *span, roof))
            stored.put_sealed(tx, (number, key, 2, shift, parent, *span, data))
        stored.put_chunks(
            tx, [(number, key, level, *extent(block), len(block.steps), data) for block, data, level in small]
        )
        stored.merged(
            tx,
            number,
            key,
            sum(stored.weight(place.points) for place in plan.gone if place.level == 0)
            - sum(stored.weight(len(block.steps)) for block in plan.late),
        )
        return True

    if not ctx.db.submit(write, key=name).result():
        return False
    while _raise(ctx, number, key, name):
        pass
    return True


def _roof(block: Block) -> tuple[int, bytes]:
    shift, made = pyramid.over(block)
    return shift, pyramid.pack(made)


def before(one: Place | Roof, other: Place | Roof) -> bool:
    """Whether all points of one chunk (or pyramid) come before all of the other, by (step, time)."""
    return one.last_step < other.first_step or (one.last_step == other.first_step and one.last_ms < other.first_ms)


def _plan(tx: Tx, number: int, key: str, where: str, least: int) -> _Plan | None:
    places = stored.places(tx, number, key)
    fresh = sorted((place for place in places if place.level == 0), key=lambda place: place.id)
    if sum(stored.weight(place.points) for place in fresh) < least:
        return None
    taken: list[Place] = []
    count = 0
    for place in fresh[:_CHUNKS]:
        if taken and count + place.points > _POINTS:
            break
        taken.append(place)
        count += place.points
    for place in sorted((place for place in places if place.level == 1), key=lambda place: place.points):
        if place.points <= _GROWTH * count:
            taken.append(place)
            count += place.points
    sealed = sorted(
        (place for place in places if place.level == 2), key=lambda place: (place.first_step, place.first_ms)
    )
    points = _points(tx, taken, where)
    touched = [place for place in sealed if _falls_among(points, place)]
    late: list[Block] = []
    if len(touched) > _LATE:
        cut = touched[_LATE]
        bound = int(np.searchsorted(points.steps, cut.first_step, "left"))
        if bound:
            points, rest = chunk.cut(points, slice(0, bound)), chunk.cut(points, slice(bound, None))
            touched = [place for place in touched[:_LATE] if _falls_among(points, place)]
            late = _between(rest, [place for place in sealed if place.last_step >= cut.first_step], cuts_all=True)
    if touched:
        points = chunk.ordered(chunk.join([points, _points(tx, touched, where)]))
    away = {place.id for place in touched}
    full: list[Block] = []
    small: list[Block] = []
    for piece in _between(points, [place for place in sealed if place.id not in away]):
        for part in _portions(piece):
            (full if len(part.steps) >= SIZE else small).append(part)
    if full and small and _overlap(full, small):  # equal (step, time) beyond a chunk's size: not to be sealed
        small, full = small + full, []
    return _Plan(taken + touched, full, small, late)


def _points(tx: Tx, places: Sequence[Place], where: str) -> Block:
    data = stored.data(tx, [place.id for place in places])
    return chunk.ordered(chunk.join([chunk.read(data[place.id], where) for place in places]))


def _falls_among(points: Block, place: Place) -> bool:
    """Whether some point does not clearly lie before or behind a chunk."""
    low = int(np.searchsorted(points.steps, place.first_step, "left"))
    high = int(np.searchsorted(points.steps, place.last_step, "right"))
    if low >= high:
        return False
    steps, times = points.steps[low:high], points.times[low:high]
    clear = ((steps == place.first_step) & (times < place.first_ms)) | (
        (steps == place.last_step) & (times > place.last_ms)
    )
    return not bool(clear.all())


def _between(points: Block, sealed: Sequence[Place], *, cuts_all: bool = False) -> list[Block]:
    """The points in pieces that have no sealed chunk between their first and last point.

    With `cuts_all` pieces end at both ends of each chunk, for points that fall among those of the chunk itself.
    """
    cuts = {0, len(points.steps)}
    for place in sealed:
        # By time within the chunk's first step, as `before` says.
        low = int(np.searchsorted(points.steps, place.first_step, "left"))
        high = int(np.searchsorted(points.steps, place.first_step, "right"))
        cuts.add(low + int((points.times[low:high] < place.first_ms).sum()))
        if cuts_all:
            cuts.add(int(np.searchsorted(points.steps, place.last_step, "right")))
    ends = sorted(cuts)
    return [chunk.cut(points, slice(low, high)) for low, high in itertools.pairwise(ends) if low < high]


def _portions(points: Block) -> list[Block]:
    """Pieces of `SIZE` points (a few more where (step, time) is equal across the edge) and a rest."""
    parts: list[Block] = []
    at = 0
    while len(points.steps) - at >= SIZE:
        end = at + SIZE
        while (
            end < len(points.steps)
            and points.steps[end] == points.steps[end - 1]
            and points.times[end] <= _latest(points, at, end)
        ):
            end += 1
        parts.append(chunk.cut(points, slice(at, end)))
        at = end
    if at < len(points.steps):
        parts.append(chunk.cut(points, slice(at, None)))
    return parts


def _latest(points: Block, start: int, end: int) -> int:
    """The greatest time of the points at the last step before `end`."""
    return (
        int(points.times[end - 1])
        if points.times[end - 1] >= points.times[start]
        else int(points.times[start:end].max())
    )


def _overlap(full: list[Block], small: list[Block]) -> bool:
    spans = sorted(Place(0, 0, 0, None, *extent(block), 0) for block in [*full, *small])
    spans.sort(key=lambda place: (place.first_step, place.first_ms))
    return not all(before(one, other) for one, other in itertools.pairwise(spans))


def _raise(ctx: Ctx, number: int, key: str, name: str) -> bool:
    """Build one pyramid over several that stand side by side without one; whether there was a place for it."""
    where = f"run {name}, metric {key!r}"
    with ctx.db.read() as tx:
        found = _side_by_side(stored.roofs(tx, number, key), stored.roofless(tx, number, key))
        if found is None:
            return False
        data = stored.data(tx, [roof.id for roof in found], "pyramids")
    shift, made = pyramid.above(
        [(roof.first_step, roof.last_step, roof.shift, pyramid.unpack(data[roof.id], where)) for roof in found]
    )
    packed = pyramid.pack(made)

    def write(tx: Tx) -> bool:
        ids = [roof.id for roof in found]
        if not stored.hold(tx, number) or stored.present(tx, ids, "pyramids") != len(ids):
            return False
        span = (
            found[0].first_step,
            found[-1].last_step,
            min(roof.first_ms for roof in found),
            max(roof.last_ms for roof in found),
        )
        parent = stored.put_roof(
            tx, (number, key, found[0].tier + 1, shift, *span, sum(roof.points for roof in found), packed)
        )
        stored.cover(tx, ids, shift, parent)
        return True

    return ctx.db.submit(write, key=name).result()


def _side_by_side(roofs: list[Roof], loose: list[Place]) -> list[Roof] | None:
    """`FAN` pyramids of one tier in a row, none of them covered, with no loose chunk among them."""
    for tier in sorted({roof.tier for roof in roofs}):
        row: list[Roof] = []
        for roof in sorted(
            (roof for roof in roofs if roof.tier == tier), key=lambda roof: (roof.first_step, roof.first_ms)
        ):
            if roof.parent is not None or (row and not before(row[-1], roof)):
                row = []
            if roof.parent is None:
                row.append(roof)
            if len(row) == pyramid.FAN:
                if all(before(place, row[0]) or before(row[-1], place) for place in loose):
                    return row
                row = row[1:]
    return None
