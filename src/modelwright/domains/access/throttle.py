"""Counting wrong guesses, so that passwords cannot be tried by the thousand. In memory of one process, bounded."""

from __future__ import annotations

import threading
import time

from modelwright.types.errors import Unavailable

_WINDOW_S = 300.0
_PER_PAIR, _PER_NAME, _PER_ADDRESS = 10, 100, 50  # a name alone has the widest bound: others could lock its owner out
_KEYS = 20_000


class TooManyGuesses(Unavailable):
    """Too many wrong passwords; wait before the next try."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too many wrong passwords; try again in {retry_after_s} s", where="password")
        self.retry_after_s = retry_after_s


class Throttle:
    """Wrong guesses by name, by address, and by both, within five minutes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._guesses: dict[tuple[str, str], list[float]] = {}

    def begin(self, name: str, address: str) -> None:
        """Count a guess before it is checked (side by side ones count too). Raises `TooManyGuesses`."""
        now = time.monotonic()
        keys = _keys(name, address)
        with self._lock:
            for key, most in keys:
                recent = [at for at in self._guesses.get(key, ()) if at > now - _WINDOW_S]
                if len(recent) >= most:
                    raise TooManyGuesses(int(recent[0] + _WINDOW_S - now) + 1)
                self._guesses[key] = recent
            for key, _ in keys:
                self._guesses[key].append(now)
            if len(self._guesses) > _KEYS:
                self._guesses = {
                    key: times for key, times in self._guesses.items() if times and times[-1] > now - _WINDOW_S
                }

    def right(self, name: str, address: str) -> None:
        """The guess was right: it does not count, and the pair starts afresh."""
        with self._lock:
            self._guesses.pop((name, address), None)
            for key in ((name, ""), ("", address)):
                times = self._guesses.get(key)
                if times:
                    times.pop()


def _keys(name: str, address: str) -> tuple[tuple[tuple[str, str], int], ...]:
    return ((name, address), _PER_PAIR), ((name, ""), _PER_NAME), (("", address), _PER_ADDRESS)
