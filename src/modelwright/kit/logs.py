"""Logging of the server: one line a message, to stderr. Knows nothing of what is logged."""

from __future__ import annotations

import logging
import sys

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


_CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if code != 9} | {
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


class OneLine(logging.Formatter):
    """Keeps a message on one line, whatever text of a caller it holds; only tracebacks of our own take more."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  the name is the library's
        """The line of a record, with control characters escaped."""
        return super().formatMessage(record).translate(_CONTROL)


def configure(level: str) -> None:
    """Send all logs to stderr from `level` on."""
    stream = logging.StreamHandler(sys.stderr)
    stream.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [stream]
    root.setLevel(_LEVELS.get(level, logging.INFO))


def get(name: str) -> logging.Logger:
    """The logger of a module."""
    return logging.getLogger(name)
