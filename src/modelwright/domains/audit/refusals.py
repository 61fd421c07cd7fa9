"""Denied attempts, told so that a flood of them cannot fill the log.

The first attempt of a kind (who, where, what) becomes a row at once; its like within a minute are counted and become
one row with their number. At most 60 kinds a minute have rows of their own; what goes beyond is counted together.
Counts wait in memory: a process that is killed loses those of the last minute, never a row.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from modelwright.kit import logs
from modelwright.kit.context import Ctx

WINDOW_S = 60.0
MOST_KINDS = 60
OTHERS = "refusals.others"
_LOCK_KEY = "audit.refusals"
_LOG = logs.get(__name__)

Write = Callable[[Ctx, str, str, Mapping[str, Any]], None]
_Kind = tuple[str, str, str]  # workspace, actor, action


class _Count:
    __slots__ = ("again", "ctx", "detail", "subject", "subjects")

    def __init__(self, ctx: Ctx, subject: str, detail: Mapping[str, Any]) -> None:
        self.ctx = ctx
        self.subject = subject
        self.detail = detail
        self.again = 0
        self.subjects: set[str] = {subject}


class Refusals:
    """Counts of one process; `write` appends a row and never waits."""

    def __init__(self, write: Write, *, window_s: float = WINDOW_S) -> None:
        self._write = write
        self._window = window_s
        self._lock = threading.Lock()
        self._kinds: dict[_Kind, _Count] = {}
        self._others = 0
        self._ctx: Ctx | None = None
        self._ends = 0.0
        self._timer: threading.Timer | None = None

    def add(self, ctx: Ctx, action: str, subject: str, detail: Mapping[str, Any]) -> None:
        """One denied attempt."""
        kind = (ctx.workspace, ctx.who, action)
        with self._lock:
            if time.monotonic() >= self._ends:
                self._flush()
                self._ends = time.monotonic() + self._window
            known = self._kinds.get(kind)
            if known is not None:
                known.again += 1
                if len(known.subjects) < 10:
                    known.subjects.add(subject)
                self._later()
                return
            if len(self._kinds) >= MOST_KINDS:
                self._others += 1
                self._ctx = ctx
                self._later()
                return
            self._kinds[kind] = _Count(ctx, subject, detail)
        self._write(ctx, action, subject, detail)

    def flush(self) -> None:
        """Write the counts now."""
        with self._lock:
            self._flush()

    def _later(self) -> None:
        if self._timer is None:
            self._timer = threading.Timer(max(self._ends - time.monotonic(), 0.05), self._end)
            self._timer.daemon = True
            self._timer.start()

    def _end(self) -> None:
        try:
            self.flush()
        except Exception as error:  # the server is stopping
            _LOG.warning("counts of denied attempts were lost: %s", error)

    def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        kinds, self._kinds = self._kinds, {}
        others, self._others = self._others, 0
        for (_, _, action), count in kinds.items():
            if count.again:
                more = {**count.detail, "times": count.again, "subjects": sorted(count.subjects)}
                self._write(count.ctx, action, count.subject, more)
        if others and self._ctx is not None:
            self._write(self._ctx, OTHERS, "", {"times": others})


def refusals(ctx: Ctx, write: Write) -> Refusals:
    """The counts of this process."""
    return ctx.local.setdefault(_LOCK_KEY, Refusals(write))
