"""Time as a thing that is passed in, so that tests can move it. Knows nothing of time zones: all is Unix time, UTC."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Where `now` comes from."""

    def now_ms(self) -> int:
        """Unix milliseconds."""
        ...


class SystemClock:
    """The machine's clock."""

    def now_ms(self) -> int:
        """Unix milliseconds."""
        return time.time_ns() // 1_000_000


class ManualClock:
    """A clock that stands still until it is moved; for tests."""

    def __init__(self, at_ms: int = 1_700_000_000_000) -> None:
        self.at_ms = at_ms

    def now_ms(self) -> int:
        """Unix milliseconds."""
        return self.at_ms

    def advance(self, milliseconds: int) -> None:
        """Move forward."""
        self.at_ms += milliseconds
