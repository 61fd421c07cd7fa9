"""The points of one series in order, page by page. Decodes no more chunks than a page needs.

An order is `step` (step, time, value) or `time` (time, step, value); NaN comes after the numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from modelwright.domains.tracking.points import chunk
from modelwright.domains.tracking.points.chunk import Block
from modelwright.domains.tracking.queries import points as stored
from modelwright.domains.tracking.queries.points import Place
from modelwright.kit.db import Tx

Point = tuple[int, int, float]
_AHEAD = 64  # chunks read at once at most


def page(
    tx: Tx,
    run: int,
    key: str,
    where: str,
    *,
    by_time: bool,
    after: Point | None,
    limit: int,
    steps: tuple[int, int] | None = None,
    times: tuple[int, int] | None = None,
) -> Block:
    """The first `limit` points behind `after` (step, time, value), within ranges of steps and times (ends included)."""
    places = [place for place in stored.places(tx, run, key) if _within(place, by_time, after, steps, times)]
    places.sort(
        key=(lambda place: (place.first_ms, place.last_ms))
        if by_time
        else (lambda place: (place.first_step, place.last_step))
    )
    found: list[Block] = []
    count = 0
    held: list[Block] = []  # read, but what follows may come before some of it
    at = 0
    while count < limit and (at < len(places) or held):
        ahead = _enough(places, at, limit - count)
        data = stored.data(tx, [place.id for place in places[at : at + ahead]])
        held += [chunk.read(data[place.id], where) for place in places[at : at + ahead]]
        at += ahead
        block = _chosen(_sorted(chunk.join(held), by_time), by_time, after, steps, times)
        ready = len(block.steps)
        if at < len(places):
            bound = places[at].first_ms if by_time else places[at].first_step
            ready = int(np.searchsorted(block.times if by_time else block.steps, bound, "left"))
        found.append(chunk.cut(block, slice(0, ready)))
        count += ready
        rest = chunk.cut(block, slice(ready, None))
        held = [rest] if len(rest.steps) else []
    return chunk.cut(chunk.join(found), slice(0, limit))


def _enough(places: list[Place], at: int, wanted: int) -> int:
    """How many chunks from `at` on hold the points wanted."""
    number = 0
    while number < _AHEAD and at + number < len(places) and wanted > 0:
        wanted -= places[at + number].points
        number += 1
    return max(number, min(1, len(places) - at))


def _within(
    place: Place, by_time: bool, after: Point | None, steps: tuple[int, int] | None, times: tuple[int, int] | None
) -> bool:
    if after is not None and (place.last_ms < after[1] if by_time else place.last_step < after[0]):
        return False
    return (steps is None or (place.last_step >= steps[0] and place.first_step <= steps[1])) and (
        times is None or (place.last_ms >= times[0] and place.first_ms <= times[1])
    )


def _sorted(block: Block, by_time: bool) -> Block:
    major, minor = (block.times, block.steps) if by_time else (block.steps, block.times)
    if len(major) < 2:
        return block
    later = major[1:] > major[:-1]
    if bool(later.all()) or bool((later | ((major[1:] == major[:-1]) & (minor[1:] > minor[:-1]))).all()):
        return block
    return chunk.cut(block, np.lexsort((block.values, minor, major)))


def _chosen(
    block: Block, by_time: bool, after: Point | None, steps: tuple[int, int] | None, times: tuple[int, int] | None
) -> Block:
    chosen: Any = None
    for column, bounds in ((block.steps, steps), (block.times, times)):
        if bounds is not None:
            inside = (column >= bounds[0]) & (column <= bounds[1])
            chosen = inside if chosen is None else chosen & inside
    if after is not None:
        step, time_ms, value = after
        major, minor, first, second = (
            (block.times, block.steps, time_ms, step) if by_time else (block.steps, block.times, step, time_ms)
        )
        values = block.values
        further = ~np.isnan(values) & False if value != value else np.isnan(values) | (values > value)
        behind = (major > first) | ((major == first) & ((minor > second) | ((minor == second) & further)))
        chosen = behind if chosen is None else chosen & behind
    return block if chosen is None or bool(chosen.all()) else chunk.cut(block, chosen)
