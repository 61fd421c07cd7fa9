"""Logging of the server: one line a message, to stderr. Knows nothing of what is logged."""

from __future__ import annotations

import logging
import sys

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure(level: str) -> None:
    """Send all logs to stderr from `level` on."""
    stream = logging.StreamHandler(sys.stderr)
    stream.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [stream]
    root.setLevel(_LEVELS.get(level, logging.INFO))


def get(name: str) -> logging.Logger:
    """The logger of a module."""
    return logging.getLogger(name)
