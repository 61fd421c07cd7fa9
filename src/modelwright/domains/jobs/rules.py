"""Decisions about jobs: when to try again."""

from __future__ import annotations

_FIRST_MS = 1_000
_LONGEST_MS = 10 * 60 * 1_000


def backoff_ms(attempts: int) -> int:
    """How long to wait after the n-th failed attempt (1, 4, 16 … seconds, at most 10 minutes)."""
    return min(_FIRST_MS * 4 ** min(max(attempts - 1, 0), 8), _LONGEST_MS)
