"""Time-ordered ids: 32 hex characters, UUID version 7 (RFC 9562), so they sort by creation and fit foreign wires."""

from __future__ import annotations

import os
import re
import time

_RUN_ID = re.compile(r"[0-9a-f]{32}")


def new_id() -> str:
    """A new id: 48 bits of Unix milliseconds, version 7, 74 random bits, as 32 hex characters."""
    stamp = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    high = (stamp << 16) | 0x7000 | (random >> 68)
    low = 0x8000_0000_0000_0000 | (random & 0x3FFF_FFFF_FFFF_FFFF)
    return f"{high:016x}{low:016x}"


def is_id(text: str) -> bool:
    """Whether `text` has the form of an id (32 lower-case hex characters)."""
    return _RUN_ID.fullmatch(text) is not None
