"""Console capture: what the process prints goes on to the terminal and, line by line, to the run.

Knows text streams. ANSI codes are kept; of a progress bar that rewrites its line only the last state is. Refuses to
change what a stream is: the `write` of the present `sys.stdout` and `sys.stderr` is wrapped in place, so that a logging
handler that holds the stream is heard too. Mode `fd` listens below Python, at the file descriptors, and so hears
child processes and C code.
"""

from __future__ import annotations

import codecs
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from modelwright.sdk.values import text
from modelwright.types.tracking import LogLine

LINE_LIMIT = 9_000
Take = Callable[[LogLine], None]


class Lines:
    """Cuts a stream of text into lines."""

    def __init__(self, stream: str, take: Take) -> None:
        self.stream = stream
        self._take = take
        self._partial = ""
        self._lock = threading.RLock()

    def feed(self, text: str) -> None:
        """Add text; whole lines go out."""
        with self._lock:
            if "\n" not in text:
                self._partial = _rewritten(self._partial + text)
                if len(self._partial) > LINE_LIMIT:
                    self._send(self._partial)
                    self._partial = ""
                return
            *whole, rest = (self._partial + text).split("\n")
            self._partial = rest
            for line in whole:
                self._send(line)

    def flush(self) -> None:
        """Send what has no newline yet."""
        with self._lock:
            if self._partial:
                self._send(self._partial)
                self._partial = ""

    def _send(self, line: str) -> None:
        line = _rewritten(line.rstrip("\r"))
        if len(line) > LINE_LIMIT:
            line = f"{line[:LINE_LIMIT]}… ({len(line):,} characters)"
        self._take(LogLine(int(time.time() * 1000), self.stream, text(line)))


def _rewritten(line: str) -> str:
    """What a line shows after its carriage returns (a shorter later part leaves the end of an earlier one)."""
    if "\r" not in line:
        return line
    parts = [part for part in line.split("\r") if part]
    return parts[-1] if parts else ""


class Capture:
    """Listens to stdout and stderr from `start` to `close`.

    Args:
        take: gets each line; must be quick.
        mode: `wrap` (Python's streams) or `fd` (the file descriptors 1 and 2).
    """

    def __init__(self, take: Take, mode: str = "wrap") -> None:
        self._lines = {"stdout": Lines("stdout", take), "stderr": Lines("stderr", take)}
        self._mode = mode
        self._wrapped: list[tuple[Any, Any]] = []
        self._pipes: list[tuple[int, int, threading.Thread]] = []

    def start(self) -> None:
        """Begin; a stream that cannot be listened to is left alone."""
        for name in ("stdout", "stderr"):
            with suppress(Exception):
                if self._mode == "fd":
                    self._tap(name)
                else:
                    self._wrap(name)

    def _wrap(self, name: str) -> None:
        stream: Any = getattr(sys, name)
        if stream is None:
            return
        original = stream.write
        feed = self._lines[name].feed

        def write(text: Any) -> Any:
            result = original(text)
            with suppress(Exception):
                feed(text)
            return result

        stream.write = write
        self._wrapped.append((stream, write))

    def _tap(self, name: str) -> None:
        target = 1 if name == "stdout" else 2
        stream: Any = getattr(sys, name)
        if stream is not None:
            stream.flush()
        terminal = os.dup(target)
        source, sink = os.pipe()
        os.dup2(sink, target)
        os.close(sink)
        thread = threading.Thread(
            target=self._pump, args=(source, terminal, self._lines[name]), name=f"modelwright-{name}", daemon=True
        )
        thread.start()
        self._pipes.append((target, terminal, thread))

    def _pump(self, source: int, terminal: int, lines: Lines) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        while True:
            try:
                data = os.read(source, 65_536)
            except OSError:
                break
            if not data:
                break
            with suppress(OSError):
                left = memoryview(data)
                while left:
                    left = left[os.write(terminal, left) :]
            with suppress(Exception):
                lines.feed(decoder.decode(data))
        os.close(source)

    def close(self) -> None:
        """Stop listening, put everything back, send unfinished lines."""
        for stream, write in self._wrapped:
            with suppress(Exception):
                if stream.__dict__.get("write") is write:
                    del stream.write
        self._wrapped = []
        for target, terminal, thread in self._pipes:
            with suppress(Exception):
                for stream in (sys.stdout, sys.stderr):
                    stream.flush()
            with suppress(OSError):
                os.dup2(terminal, target)
            thread.join(1.0)
            with suppress(OSError):
                os.close(terminal)
        self._pipes = []
        for lines in self._lines.values():
            lines.flush()
