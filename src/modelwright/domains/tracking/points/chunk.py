"""One chunk: points of a series, sorted by (step, time, value), as bytes that carry a checksum.

Three forms: a single point, fresh columns (quick to write, 8 bytes a number unless it counts evenly) and packed columns
(small, made when chunks are merged). It knows bytes; it refuses to know runs, keys and where the bytes are kept.
"""

from __future__ import annotations

import struct
import zlib
from typing import Any, NamedTuple

import numpy as np
import zstandard

from modelwright.domains.tracking.points.columns import (
    F8,
    I8,
    damaged,
    pack_floats,
    pack_ints,
    unpack_floats,
    unpack_ints,
)

_SINGLE, _FRESH, _PACKED = 1, 2, 3
_HEAD = struct.Struct("<BI")  # form, crc32 of all that follows, begun with the form
_POINT = struct.Struct("<qqd")
_COUNT = struct.Struct("<IB")  # points, which of steps (1) and times (2) count evenly
_EVEN = struct.Struct("<qq")  # first, difference
_PLACES = struct.Struct("<III")  # points, place of the values, place of the times


class Block(NamedTuple):
    """Points of a series as columns of equal length; `times` is empty when it was not asked for."""

    steps: I8
    times: I8
    values: F8


NOTHING = Block(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64))


def _sealed(form: int, body: bytes) -> bytes:
    return _HEAD.pack(form, zlib.crc32(body, form)) + body


def single(step: int, time_ms: int, value: float) -> bytes:
    """A chunk of one point."""
    return _sealed(_SINGLE, _POINT.pack(step, time_ms, value))


def fresh(block: Block) -> bytes:
    """A chunk as it arrived: written fast."""
    flags = 0
    parts: list[Any] = [b""]
    for flag, numbers in ((1, block.steps), (2, block.times)):
        difference = int(numbers[-1]) - int(numbers[0])
        count = len(numbers) - 1
        each = difference // count if count else 0
        if each * count == difference and -(1 << 62) < difference < 1 << 62 and _even(numbers, each):
            flags |= flag
            parts.append(_EVEN.pack(int(numbers[0]), each))
        else:
            parts.append(np.ascontiguousarray(numbers, "<i8").tobytes())
    parts[0] = _COUNT.pack(len(block.steps), flags)
    parts.append(np.ascontiguousarray(block.values, "<f8").tobytes())
    return _sealed(_FRESH, b"".join(parts))


def _even(numbers: I8, each: int) -> bool:
    return bool((numbers[1:] - numbers[:-1] == each).all())


def packed(block: Block) -> bytes:
    """A chunk as it is kept: small."""
    steps, values, times = pack_ints(block.steps), pack_floats(block.values), pack_ints(block.times)
    at = _PLACES.size + len(steps)
    return _sealed(_PACKED, b"".join((_PLACES.pack(len(block.steps), at, at + len(values)), steps, values, times)))


def read(data: bytes, where: str, *, times: bool = True) -> Block:
    """The points of a chunk.

    Args:
        data: as stored.
        where: names run and key in the refusal of damaged bytes.
        times: False leaves the times out.

    Raises:
        Unavailable: the bytes are not what was written.
    """
    try:
        form, crc = _HEAD.unpack_from(data)
        body = memoryview(data)[_HEAD.size :]
        if zlib.crc32(body, form) != crc:
            raise damaged("a checksum does not match", where)
        if form == _PACKED:
            return _read_packed(body, times)
        if form == _SINGLE:
            step, time_ms, value = _POINT.unpack(body)
            return Block(np.array((step,), np.int64), np.array((time_ms,), np.int64), np.array((value,), np.float64))
        if form == _FRESH:
            return _read_fresh(body)
    except (struct.error, ValueError, IndexError, zstandard.ZstdError) as error:
        raise damaged(str(error), where) from None
    raise damaged("an unknown form of chunk", where)


def point(data: bytes, where: str) -> tuple[int, int, float] | None:
    """The point of a chunk that has one alone, without numpy; None for other chunks. Raises as `read`."""
    if len(data) != _HEAD.size + _POINT.size or data[0] != _SINGLE:
        return None
    body = data[_HEAD.size :]
    if zlib.crc32(body, _SINGLE) != _HEAD.unpack_from(data)[1]:
        raise damaged("a checksum does not match", where)
    return _POINT.unpack(body)


def _read_packed(body: memoryview, times: bool) -> Block:
    count, values_at, times_at = _PLACES.unpack_from(body)
    steps = np.empty(count, np.int64)
    values = np.empty(count, np.float64)
    unpack_ints(body, _PLACES.size, steps)
    unpack_floats(body, values_at, values)
    if not times:
        return Block(steps, NOTHING.times, values)
    stamps = np.empty(count, np.int64)
    unpack_ints(body, times_at, stamps)
    return Block(steps, stamps, values)


def _read_fresh(body: memoryview) -> Block:
    count, flags = _COUNT.unpack_from(body)
    at = _COUNT.size
    columns: list[I8] = []
    for flag in (1, 2):
        if flags & flag:
            first, each = _EVEN.unpack_from(body, at)
            at += _EVEN.size
            columns.append(np.arange(count, dtype=np.int64) * each + first)
        else:
            columns.append(np.frombuffer(body, "<i8", count, at))
            at += 8 * count
    return Block(columns[0], columns[1], np.frombuffer(body, "<f8", count, at))


def join(blocks: list[Block]) -> Block:
    """Blocks end to end."""
    if len(blocks) == 1:
        return blocks[0]
    if not blocks:
        return NOTHING
    return Block(*(np.concatenate(columns) for columns in zip(*blocks, strict=True)))


def cut(block: Block, chosen: Any) -> Block:
    """Some of the points: by slice, mask or places."""
    return Block(block.steps[chosen], block.times[chosen], block.values[chosen])


def ordered(block: Block) -> Block:
    """The points sorted by (step, time, value), NaN last, each identical one once."""
    if len(block.steps) < 2 or rising(block):
        return block
    block = cut(block, np.lexsort((block.values, block.times, block.steps)))
    new = np.empty(len(block.steps), bool)
    new[0] = True
    before, after = block.values[:-1], block.values[1:]
    same = (before == after) | (np.isnan(before) & np.isnan(after))
    new[1:] = (block.steps[1:] != block.steps[:-1]) | (block.times[1:] != block.times[:-1]) | ~same
    return block if bool(new.all()) else cut(block, new)


def rising(block: Block) -> bool:
    """Whether (step, time) rises strictly, so that there is nothing to sort and no two points are identical."""
    later = block.steps[1:] > block.steps[:-1]
    if bool(later.all()):
        return True
    level = (block.steps[1:] == block.steps[:-1]) & (block.times[1:] > block.times[:-1])
    return bool((later | level).all())
