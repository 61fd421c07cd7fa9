"""How console lines share blocks: small ones at the end, merged as they age, so that a long log is few large blocks.

Blocks of 1–7, 8–63, 64–511 and 512–4,095 lines are tiers; eight neighbours of a tier become one of the next, and a
block takes all smaller ones before it along. A line is so rewritten at most once a tier.
"""

from __future__ import annotations

from collections.abc import Sequence

FULL = 4_096  # lines of a block that is left alone
HEAVY = 1 << 20  # bytes of packed lines that make a block full, too
_FAN = 8
TAIL = 4 * _FAN  # blocks that must be known to plan


def tier(count: int, size: int = 0) -> int:
    """The tier of a block of `count` lines and `size` bytes; 4 is full."""
    if count >= FULL or size >= HEAVY:
        return 4
    found = 0
    while count >= _FAN:
        count //= _FAN
        found += 1
    return min(found, 4)


def to_merge(tail: Sequence[tuple[int, int]], arriving: int) -> int:
    """How many of the last blocks, newest first as (lines, bytes), shall become one with `arriving` new lines."""
    taken, lines = 0, arriving
    while True:
        own = tier(lines)
        rest = tail[taken:]
        smaller = 0
        while smaller < len(rest) and tier(*rest[smaller]) < own:
            smaller += 1
        alike = 0
        while smaller + alike < len(rest) and own < 4 and tier(*rest[smaller + alike]) == own:
            alike += 1
        more = smaller + alike if alike >= _FAN - 1 else smaller
        if not more:
            return taken
        lines += sum(count for count, _ in rest[:more])
        taken += more
