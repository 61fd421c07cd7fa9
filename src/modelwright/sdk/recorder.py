"""From `log` to the spool: a buffer that training threads append to, and one thread that seals it.

`log` appends a tuple to a list and returns. Every 15 ms the sealing thread turns what arrived into columns and hands
them to the kernel in one `write()`, so a killed process loses at most that interval. When the disk refuses, frames
wait in memory (bounded) and go to disk when it has room again; what does not fit is counted in `dropped`.

Knows buffers, frames and time. Refuses to know HTTP, and refuses to raise into whoever logs.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from array import array
from collections import deque
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from modelwright.sdk.spool import Frame, Group, Meta, SpoolWriter, pack
from modelwright.sdk.values import number, whole
from modelwright.types.tracking import LogLine, MetricDefinition, RunUpdate

Row = tuple[tuple[str, ...], tuple[Any, ...], int, int]
"""(keys, values, step, time in ns): one call of `log`."""

SEAL_S = 0.015
BATCH_S = 0.5
BATCH_POINTS = 20_000
CALLS_A_FRAME = 2_000
CALLS_A_WRITE = 6_000
CROWDED_CALLS = 4_000
HARD_CALLS = 200_000
MEMORY_BYTES = 64 << 20
LINES_LIMIT = 100_000
KEY_LIMIT = 500


def columns(rows: list[Row]) -> tuple[list[Group], int]:
    """Rows as groups of equal keys, and how many values had to be left out. Order within a key is kept."""
    by_keys: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        keys = row[0]
        if keys in by_keys:
            by_keys[keys].append(row)
        else:
            by_keys[keys] = [row]
    groups: list[Group] = []
    lost = 0
    for keys, same in by_keys.items():
        if not keys:
            continue
        try:
            _, values, steps, times = zip(*same, strict=True)
            packed = array("d", list(chain.from_iterable(values)))
            stamps = [stamp // 1_000_000 for stamp in times]
            group = Group(keys, _bytes(array("q", steps)), _bytes(array("q", stamps)), _bytes(packed))
            if len(packed) != len(keys) * len(same) or not all(_good(key) for key in keys):
                raise ValueError
            groups.append(group)
        except Exception:
            salvaged, missing = _one_by_one(keys, same)
            groups += salvaged
            lost += missing
    return groups, lost


def _good(key: object) -> bool:
    return type(key) is str and 0 < len(key) <= KEY_LIMIT and key.isprintable()


def _bytes(column: array[Any]) -> bytes:
    if sys.byteorder == "big":
        column.byteswap()
    return column.tobytes()


def _one_by_one(keys: tuple[Any, ...], rows: Iterable[Row]) -> tuple[list[Group], int]:
    """The slow way, for rows with something odd in them: each value for itself."""
    groups: list[Group] = []
    lost = 0
    for _, values, step, stamp in rows:
        at = whole(step)
        for key, value in zip(keys, values, strict=False):
            name = key if isinstance(key, str) else str(key)
            value = number(value)
            if at is None or value is None or not _good(name):
                lost += 1
                continue
            groups.append(
                Group(
                    (name,),
                    _bytes(array("q", [at])),
                    _bytes(array("q", [stamp // 1_000_000])),
                    _bytes(array("d", [value])),
                )
            )
    return groups, lost


class Recorder:
    """The writing side of one run in one process.

    Args:
        folder: the run's folder in the spool.
        meta: what run it is.
        batch_s: a batch is ended after this time; the shipper sends whole batches.
    """

    def __init__(self, folder: Path, meta: Meta, *, batch_s: float = BATCH_S) -> None:
        self.folder = folder
        self.meta = meta
        self.rows: list[Row] = []
        self.lines: list[LogLine] = []
        self.dropped = 0  # values and lines that could not be kept, in total
        self.number = 0  # of the last frame
        self.closed = 0  # of the last frame that ended a batch
        self.batch_s = batch_s
        self.batch_ready = threading.Event()
        self.overflow: deque[Frame] = deque()
        self.overflow_bytes = 0
        self.disk_error = ""
        self.lock = threading.RLock()
        self._groups: list[Group] = []
        self._sides: list[dict[str, Any]] = []
        self._patterns: list[tuple[MetricDefinition, Callable[[str], bool]]] = []
        self._seen: set[tuple[str, ...]] = set()
        self._reported = 0
        self._turns = 0
        self._open_points = 0
        self._opened = 0.0
        self._retry_disk = 0.0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._spool: SpoolWriter | None = None
        self._open_spool()

    # What training threads call.

    def crowded(self) -> None:
        """For whoever logs when sealing has fallen behind: turn the oldest rows into columns here (memory only)."""
        if len(self.rows) < CROWDED_CALLS:
            return
        if not self.lock.acquire(blocking=False):
            # The sealing thread is at it. When its disk has hung for so long that this much waits, memory comes first.
            if len(self.rows) > HARD_CALLS:
                self.dropped += len(self.rows.pop()[0])
            self._turns += 1
            if not self._turns & 255:
                time.sleep(0)  # let it have the interpreter: at most one switch interval, and not for any disk
            return
        try:
            rows = self.rows[:512]
            del self.rows[:512]
            if sum(len(group.values) for group in self._groups) + self.overflow_bytes > MEMORY_BYTES:
                self.dropped += sum(len(row[0]) for row in rows)
                return
            groups, lost = columns(rows)
            self._groups += groups
            self.dropped += lost
        finally:
            self.lock.release()

    def line(self, line: LogLine) -> None:
        """Add a console line."""
        if len(self.lines) < LINES_LIMIT:
            self.lines.append(line)
        else:
            self.dropped += 1

    def add(self, **side: Any) -> None:
        """Add anything that is not a point or a line.

        That is `params`, `tags`, `summary` (dicts), `definitions` (list), `origin`, `update`. What is set twice
        in one interval counts as set once.
        """
        self._sides.append(side)

    def define_pattern(self, definition: MetricDefinition, matches: Callable[[str], bool]) -> None:
        """Define every metric whose name matches, those already seen and those to come."""
        with self.lock:
            self._patterns.append((definition, matches))
            seen, self._seen = self._seen, set()
        for keys in seen:
            self._meet(keys)

    def _meet(self, keys: tuple[str, ...]) -> None:
        """Names seen for the first time: define those that a pattern covers (the pattern given last wins)."""
        self._seen.add(keys)
        for key in keys:
            for definition, matches in reversed(self._patterns):
                if matches(key):
                    self._sides.append({"definitions": [msgspec.structs.replace(definition, key=key)]})
                    break

    # The sealing thread.

    def start(self) -> None:
        """Start sealing."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="modelwright-seal", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        stopped = self._stop
        while not stopped.wait(SEAL_S if len(self.rows) < CALLS_A_WRITE else 0):
            try:
                self.seal()
            except Exception as error:  # a bug here must not end the thread, and never reaches training
                self.disk_error = f"{type(error).__name__}: {error}"
                self.dropped += 1

    def seal(self, *, close: bool = False) -> None:
        """Write what has arrived. With `close` it ends the batch, so that it can be shipped."""
        with self.lock:
            # Only what is there now: whoever logs in a tight loop would otherwise keep this from ever writing.
            while close and len(self.rows) > CALLS_A_WRITE:
                self._pass(CALLS_A_WRITE, close=False)
            self._pass(min(len(self.rows), CALLS_A_WRITE), close=close)
            self._drain()

    def _pass(self, calls: int, *, close: bool) -> None:
        """Seal this many calls, and the lines and settings that wait, with one write."""
        frames: list[Frame] = []
        lines_left = len(self.lines)
        while True:
            rows = self.rows[: min(calls, CALLS_A_FRAME)]
            del self.rows[: len(rows)]
            calls -= len(rows)
            groups, lost = columns(rows) if rows else ([], 0)
            if self._groups:
                groups, self._groups = self._groups + groups, []
            self.dropped += lost
            for group in groups:
                if group.keys not in self._seen:
                    self._meet(group.keys)
            lines = self.lines[: min(lines_left, 5_000)]
            del self.lines[: len(lines)]
            lines_left -= len(lines)
            more = calls > 0 or lines_left > 0
            sides = self._sides[:]
            del self._sides[: len(sides)]
            side = _joined(sides) if sides else {}
            if frame := self._frame(groups, lines, side, last=close and not more):
                frames.append(frame)
            if not more:
                break
        if frames:
            self._keep(frames)

    def _frame(self, groups: list[Group], lines: list[LogLine], side: dict[str, Any], *, last: bool) -> Frame | None:
        """The next frame, ending a batch when it is time to; None when there is nothing to write."""
        new = bool(groups or lines or side)
        now = time.monotonic()
        if new and not self._open_points:
            self._opened = now
        self._open_points += len(lines) * 4 + bool(side) + sum(len(group.values) >> 3 for group in groups)
        due = last or "update" in side or (new and self.closed == 0)
        due = due or (
            self._open_points > 0 and (self._open_points >= BATCH_POINTS or now - self._opened >= self.batch_s)
        )
        if not new and not (due and self.number > self.closed):
            return None
        self.number += 1
        lost, self._reported = self.dropped - self._reported, self.dropped
        if due:
            self.closed = self.number
            self._open_points = 0
        return Frame(number=self.number, closes=due, groups=groups, lines=lines, dropped=lost, **side)

    def _keep(self, frames: list[Frame]) -> None:
        """To the disk in one write; when it refuses, to memory."""
        if self.overflow or not self._append(frames):
            for frame in frames:
                size = sum(len(group.values) + len(group.steps) * 2 for group in frame.groups)
                size += sum(len(line.text) + 60 for line in frame.lines)
                if self.overflow_bytes + size + 200 > MEMORY_BYTES:
                    self.dropped += sum(len(group.values) >> 3 for group in frame.groups) + len(frame.lines)
                    # Settings and states are small and are kept; the bulk is what does not fit.
                    frame, size = msgspec.structs.replace(frame, groups=[], lines=[]), 0
                self.overflow.append(frame)
                self.overflow_bytes += size + 200
        if any(frame.closes for frame in frames):
            self.batch_ready.set()

    def _append(self, frames: list[Frame]) -> bool:
        if self._spool is None and not self._open_spool():
            return False
        assert self._spool is not None
        try:
            self._spool.append(b"".join(map(pack, frames)), boundary=frames[-1].closes)
        except OSError as error:
            self.disk_error = f"{error.strerror or error} ({self.folder})"
            return False
        return True

    def _open_spool(self) -> bool:
        try:
            self._spool = SpoolWriter(self.folder, self.meta)
            self._spool.open()  # now, so that the first frame is one write
        except OSError as error:
            self.disk_error = f"{error.strerror or error} ({self.folder})"
            return False
        return True

    def _drain(self) -> None:
        """Try to move frames that wait in memory to the disk, once a second."""
        if not self.overflow or time.monotonic() < self._retry_disk:
            return
        self._retry_disk = time.monotonic() + 1.0
        while self.overflow and self._append([self.overflow[0]]):
            self.overflow.popleft()
        if not self.overflow:
            self.overflow_bytes = 0
            self.disk_error = ""

    def from_memory(self) -> list[Frame]:
        """The first whole batch that waits in memory, for a shipper that has shipped everything on disk."""
        with self.lock:
            frames: list[Frame] = []
            for frame in self.overflow:
                frames.append(frame)
                if frame.closes:
                    return frames
            return []

    def forget(self, frames: list[Frame]) -> None:
        """These frames of `from_memory` are acknowledged."""
        with self.lock:
            numbers = {frame.number for frame in frames}
            kept = [frame for frame in self.overflow if frame.number not in numbers]
            self.overflow = deque(kept)
            if not kept:
                self.overflow_bytes = 0

    def close(self, last: RunUpdate | None = None, timeout_s: float = 2.0) -> None:
        """Seal the rest, end the thread and close the spool; `last` comes behind all else. Safe to call twice."""
        self._stop.set()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout_s)
        self._retry_disk = 0.0
        for _ in range(100):  # bounded: another thread may log on and on
            self.seal()
            if not self.rows and not self.lines:
                break
        if last is not None:
            self.add(update=last)
        self.seal(close=True)
        if self._spool is not None:
            self._spool.settle()
            self._spool.roll()

    def release(self) -> None:
        """Let the writer's lock go: from now on anyone may ship what is left."""
        if self._spool is not None:
            self._spool.close()

    def after_fork(self, writer: str) -> None:
        """In the child of a fork: become a writer of one's own, without the parent's rows, locks and files."""
        if self._spool is not None:
            self._spool.roll()
            self._spool.drop_locks()
        self.rows.clear()
        self.lines.clear()
        self._groups = []
        self._sides.clear()
        self.overflow.clear()
        self.overflow_bytes = 0
        self.lock = threading.RLock()
        self.batch_ready = threading.Event()
        self._stop = threading.Event()
        self._thread = None
        self.number = self.closed = self._open_points = 0
        self.dropped = self._reported = 0
        self.meta = msgspec.structs.replace(self.meta, writer=writer, attached=True, resume="allow", pid=os.getpid())
        self._spool = None


def _joined(sides: list[dict[str, Any]]) -> dict[str, Any]:
    joined: dict[str, Any] = {}
    for side in sides:
        for name, value in side.items():
            if name in {"params", "tags", "summary"}:
                joined[name] = {**joined.get(name, {}), **value}
            elif name in {"definitions", "inputs"}:
                joined[name] = [*joined.get(name, []), *value]
            elif name == "update" and name in joined:
                joined[name] = _merge(joined[name], value)
            else:
                joined[name] = value
    return joined


def _merge(old: RunUpdate, new: RunUpdate) -> RunUpdate:
    changes = {
        field: value
        for field in ("name", "state", "end_ms", "notes", "group")
        if (value := getattr(new, field)) is not None
    }
    return msgspec.structs.replace(old, tags={**old.tags, **new.tags}, params={**old.params, **new.params}, **changes)
