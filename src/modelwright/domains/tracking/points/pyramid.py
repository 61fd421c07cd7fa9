"""Pyramids: merged chunks seen from afar, as cells of power-of-two buckets of steps.

Tier 0 stands over one chunk, each further tier over several of the one below. How wide the buckets of one are follows
from how densely its points lie: about `EACH` points a cell at tier 0, `FAN` times as many with every tier. Knows points
and cells; refuses to know where they are stored.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

import numpy as np

from modelwright.domains.tracking.points import cells
from modelwright.domains.tracking.points.cells import CELL, Cells
from modelwright.domains.tracking.points.chunk import Block
from modelwright.domains.tracking.points.columns import damaged

EACH = 16
FAN = 4
_HEAD = struct.Struct("<II")  # crc32 of the cells, how many they are


def shift_for(first_step: int, last_step: int, most: int, least: int = 0) -> int:
    """The smallest width of buckets, as its power of two, that makes at most `most` + 1 of them."""
    shift = max(least, ((last_step - first_step) // (most + 1)).bit_length() - 1, 0)
    while (last_step >> shift) - (first_step >> shift) > most:
        shift += 1
    return shift


def over(block: Block) -> tuple[int, Cells]:
    """The pyramid over sorted points: (shift, cells)."""
    first, last = int(block.steps[0]), int(block.steps[-1])
    shift = shift_for(first, last, max(1, len(block.steps) // EACH))
    buckets = (block.steps >> shift) - (first >> shift)
    at = cells.starts(buckets)
    made = cells.of_points(at, block.values, spread=True)
    made["bucket"] = buckets[at]
    return shift, made


def above(parts: Sequence[tuple[int, int, int, Cells]]) -> tuple[int, Cells]:
    """The pyramid over several: (first_step, last_step, shift, cells) each, in order and disjoint; returns (shift,
    cells).
    """
    first, last = parts[0][0], parts[-1][1]
    size = max(1, sum(len(part[3]) for part in parts) // FAN)
    shift = shift_for(first, last, size, max(part[2] for part in parts))
    buckets = np.concatenate(
        [
            ((part[3]["bucket"].astype(np.int64) + (part[0] >> part[2])) >> (shift - part[2])) - (first >> shift)
            for part in parts
        ]
    )
    at = cells.starts(buckets)
    made = cells.coarser(np.concatenate([part[3] for part in parts]), at, spread=True)
    made["bucket"] = buckets[at]
    return shift, made


def pack(made: Cells) -> bytes:
    """Cells as bytes."""
    body = made.tobytes()
    return _HEAD.pack(zlib.crc32(body), len(made)) + body


def body(data: bytes, where: str) -> memoryview:
    """The checked bytes of the cells, each `CELL` wide.

    Raises:
        Unavailable: the bytes are not what was written.
    """
    if len(data) < _HEAD.size:
        raise damaged("a pyramid is cut short", where)
    crc, count = _HEAD.unpack_from(data)
    rest = memoryview(data)[_HEAD.size :]
    if len(rest) != count * CELL.itemsize or zlib.crc32(rest) != crc:
        raise damaged("a checksum does not match", where)
    return rest


def unpack(data: bytes, where: str) -> Cells:
    """Cells from bytes. Raises as `body`."""
    return np.frombuffer(body(data, where), CELL)
