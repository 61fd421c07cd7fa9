"""Sessions with a database that are used one after another by many threads. Knows nothing of what runs in them."""

from __future__ import annotations

import os
import threading
import weakref

from modelwright.kit import logs
from modelwright.kit.dialect import Connection, Dialect
from modelwright.types.errors import Unavailable

_LOG = logs.get(__name__)
_KEEP = 16  # idle sessions that stay open: as many as a server has threads

STOPPING = "the server is stopping; try again in a moment"
FORKED = "the database was opened before this process was forked; open it again here"

_pools: weakref.WeakSet[Pool] = weakref.WeakSet()
_left_behind: list[Connection] = []  # sessions of the parent: closing them here would hang up on it


class Pool:
    """Sessions for one use, reading or writing; a thread gets the most recently used one."""

    def __init__(self, dialect: Dialect, *, writer: bool, prompt: bool = False) -> None:
        self._dialect = dialect
        self._writer = writer
        self._prompt = prompt
        self._idle: list[Connection] = []
        self._lock = threading.Lock()
        self.refusal = ""
        """Why no session is given out any more; empty as long as they are."""
        _pools.add(self)

    def begin(self) -> tuple[Connection, str]:
        """A session with an open transaction, and the transaction's name; sessions that were lost are replaced."""
        while (connection := self._take()) is not None:
            try:
                return connection, self._dialect.begin(connection, writer=self._writer)
            except BaseException as error:
                if not self._dialect.closed(error):
                    self.rolled_back(connection)
                    raise
                _end(connection)
        connection = self._dialect.connect(writer=self._writer)
        try:
            if self._prompt:
                self._dialect.never_wait(connection)
            return connection, self._dialect.begin(connection, writer=self._writer)
        except BaseException:
            _end(connection)
            raise

    def give(self, connection: Connection) -> None:
        """Keep a session for the next one who needs it."""
        with self._lock:
            if len(self._idle) < _KEEP and not self.refusal:
                self._idle.append(connection)
                return
        _end(connection)

    def rolled_back(self, connection: Connection) -> None:
        """Roll back and keep the session; one that cannot is thrown away."""
        try:
            if self._dialect.usable(connection):
                self._dialect.rollback(connection)
                self.give(connection)
                return
        except Exception as error:
            _LOG.debug("a session could not roll back: %s", error)
        _end(connection)

    def close(self, refusal: str = STOPPING) -> None:
        """End the idle sessions now and the others when they come back."""
        with self._lock:
            self.refusal = refusal
            idle, self._idle = self._idle, []
        for connection in idle:
            _end(connection)

    def forked(self) -> None:
        """Leave the sessions to the parent process."""
        self._lock = threading.Lock()
        self.refusal = FORKED
        _left_behind.extend(self._idle)
        self._idle = []

    def check(self) -> None:
        """Refuse when closed.

        Raises:
            Unavailable: the pool gives no more sessions.
        """
        if self.refusal:
            raise Unavailable(self.refusal)

    def _take(self) -> Connection | None:
        with self._lock:
            self.check()
            return self._idle.pop() if self._idle else None


def _end(connection: Connection) -> None:
    try:
        connection.close()
    except Exception as error:
        _LOG.debug("a session could not close: %s", error)


def _after_fork() -> None:
    for pool in list(_pools):
        pool.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
