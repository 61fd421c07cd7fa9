"""SQLite through Python's own driver. Knows the file, its log and its result codes, and nothing of what is stored."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import tempfile
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.interfaces import Dialect as SqlalchemyDialect

from modelwright.kit import logs, page_sums, regexp
from modelwright.kit.dialect import Connection, common
from modelwright.types.errors import Conflict, Invalid, ModelwrightError, StorageFull, Unavailable

_BUSY_S = 15              # how long SQLite waits for another process that writes
_LOG_LIMIT = 64 << 20     # bytes that SQLite's log keeps on disk after it was written back
_PROGRESS_STEPS = 20_000  # SQLite virtual machine steps between two looks at the deadline (about 1 ms)

_LOG = logs.get(__name__)
_PROBE = 64 << 10         # bytes that are written to see whether anything still can be


class _Session(sqlite3.Connection):
    """A session that takes part in keeping the sums of pages."""

    sums: page_sums.PageSums | None = None
    prompt = False

    def close(self) -> None:
        (sums, self.sums) = (self.sums, None)
        if sums is None:
            super().close()
        else:
            sums.leave(self, super().close)


class Sqlite:
    """SQLite in WAL mode with `synchronous=FULL`: a commit that returned survives a power cut."""

    name = "sqlite"
    lanes = 1
    skip_locked = ""
    checkpoint_pages = 4000
    """Pages of 4 KiB in the log from which on it is written back."""
    matches = "REGEXP"
    like_end = ""
    binary = ""
    among = "IN (SELECT value FROM json_each(?))"
    row_lock = ""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"sqlite:///{path}"
        self.sqlalchemy: SqlalchemyDialect = sqlite.dialect(paramstyle="qmark")
        self._log_in_doubt = True
        self._at_start = True

    def connect(self, *, writer: bool) -> Connection:
        """A session; readers cannot write."""
        connection = self._session()
        try:
            if writer and connection.execute("PRAGMA journal_mode=WAL").fetchone()[0] != "wal":
                raise Invalid("this file system cannot hold the database", where="--dir",
                              hint="use a local disk, or PostgreSQL with --db")
            # No mmap: an I/O error below a memory map kills the process instead of failing a statement.
            for pragma in (
                "synchronous=FULL", "fullfsync=ON", "foreign_keys=ON", "case_sensitive_like=ON", "cache_size=-16000",
                "temp_store=MEMORY", "cell_size_check=ON", f"journal_size_limit={_LOG_LIMIT}",
                "wal_autocheckpoint=0",
            ):
                connection.execute(f"PRAGMA {pragma}")
            if not writer:
                connection.execute("PRAGMA query_only=ON")
            regexp.install(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _session(self) -> _Session:
        sums = page_sums.of(self.path)
        sums.enter()
        try:
            connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=_BUSY_S,
                                         cached_statements=512, factory=_Session)
        except BaseException:
            sums.left()
            raise
        connection.sums = sums
        return connection

    def never_wait(self, connection: Connection) -> None:
        """No busy timeout; the log is written back by the other sessions."""
        assert isinstance(connection, _Session)
        connection.execute("PRAGMA busy_timeout=0")
        connection.prompt = True

    def text(self, sql: str) -> str:
        """SQLite takes qmark style as it is."""
        return sql

    def begin(self, connection: Connection, *, writer: bool) -> str:
        """BEGIN IMMEDIATE to write."""
        if writer:
            assert isinstance(connection, _Session)
            if self._log_in_doubt:
                self._write_log_back(connection)
            elif not connection.prompt and connection.sums and connection.sums.due(self.checkpoint_pages):
                self._write_back_some(connection, connection.sums)
        connection.execute("BEGIN IMMEDIATE" if writer else "BEGIN")
        return ""

    def commit(self, connection: Connection) -> None:
        """COMMIT; after an I/O error nothing more is acknowledged until the log was written back."""
        try:
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if _primary(error) == sqlite3.SQLITE_IOERR:
                self._log_in_doubt = True
            raise

    def outcome(self, connection: Connection, name: str) -> bool | None:
        """Transactions of a file have no names: its commits always get an answer."""
        return None

    def _write_back_some(self, connection: _Session, sums: page_sums.PageSums) -> None:
        try:
            sums.write_back(connection)
        except sqlite3.Error as error:
            if _primary(error) == sqlite3.SQLITE_BUSY:
                raise  # another process writes: this transaction would wait for it as well
            _LOG.warning("the log could not be written back, and grows: %s", error)

    def _write_log_back(self, connection: _Session) -> None:
        # After a failed fsync the kernel may count pages as written that are not on disk ("fsyncgate"), so trying the
        # fsync again proves nothing. Copying the log into the database file writes those pages anew and syncs them.
        # Log of a process that died may hold such pages as well, hence the doubt at the start.
        (at_start, self._at_start) = (self._at_start, False)
        connection.execute(f"PRAGMA busy_timeout={0 if at_start else _BUSY_S * 1000}")
        try:
            if connection.sums:
                with contextlib.suppress(sqlite3.Error):  # the next line tells
                    connection.sums.write_back(connection)
            (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            connection.execute(f"PRAGMA busy_timeout={_BUSY_S * 1000}")
        if busy and not at_start:  # at the start it means that another process works with the log, so it is sound
            raise Unavailable("the disk failed and the database is still being checked; try again in a moment")
        self._log_in_doubt = False

    def rollback(self, connection: Connection) -> None:
        """SQLite may have rolled back by itself."""
        if connection.in_transaction:  # pyright: ignore[reportAttributeAccessIssue]
            connection.execute("ROLLBACK")

    def usable(self, connection: Connection, *, in_transaction: bool = False) -> bool:
        """A SQLite session survives its errors; its transaction not all of them."""
        return not in_transaction or connection.in_transaction  # pyright: ignore[reportAttributeAccessIssue]

    def many(self, connection: Connection, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """One prepared statement, many rows."""
        connection.cursor().executemany(sql, rows)

    def stream(
        self, connection: Connection, sql: str, parameters: Sequence[Any], size: int
    ) -> Generator[list[tuple[Any, ...]]]:
        """A cursor is lazy as it is."""
        cursor = connection.execute(sql, parameters)
        while rows := cursor.fetchmany(size):
            yield rows

    def deadline(self, connection: Connection, seconds: float | None) -> None:
        """Looks at the clock every few thousand virtual machine steps."""
        assert isinstance(connection, sqlite3.Connection)
        if seconds is None:
            connection.set_progress_handler(None, 0)
            return
        end = time.monotonic() + seconds
        connection.set_progress_handler(lambda: time.monotonic() > end, _PROGRESS_STEPS)

    def tables(self, connection: Connection) -> dict[str, list[str]]:
        """From `sqlite_master`."""
        names = [row[0] for row in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
            "AND name <> 'alembic_version' ORDER BY name")]
        return {name: [row[1] for row in connection.execute(f'PRAGMA table_info("{name}")')] for name in names}

    def references(self, connection: Connection) -> dict[str, set[str]]:
        """From the lists of foreign keys."""
        return {name: {row[2] for row in connection.execute(f'PRAGMA foreign_key_list("{name}")')}
                for name in self.tables(connection)}

    def counter(self, connection: Connection, table: str, column: str) -> int:
        """AUTOINCREMENT's memory."""
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'").fetchone():
            return 0
        row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
        return row[0] if row else 0

    def set_counter(self, connection: Connection, table: str, column: str, last: int) -> None:
        """Ids that are there count by themselves."""
        declared = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
        if last > self.counter(connection, table, column) and "AUTOINCREMENT" in declared:
            connection.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
            connection.execute("INSERT INTO sqlite_sequence(name, seq) VALUES (?, ?)", (table, last))

    def in_use(self) -> bool:
        """Whoever has the file open in WAL mode holds a lock on it that keeps others from having it alone."""
        connection = self._session()
        try:
            connection.execute("PRAGMA busy_timeout=200")
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            if _primary(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                return True
            raise
        finally:
            connection.close()
        return False

    def translate(self, error: BaseException) -> ModelwrightError | None:
        """By SQLite's result code."""
        if isinstance(error, sqlite3.Error):
            primary = _primary(error)
            if primary == sqlite3.SQLITE_FULL:
                return StorageFull()
            if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                return Unavailable("the database is busy; try again", hint="is another process writing to it?")
            if primary in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN) and self._has_no_room():
                return StorageFull()
            if primary == sqlite3.SQLITE_IOERR:
                return Unavailable(f"the disk refused the database: {error}", hint="check the disk, then try again")
            if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                return Unavailable(f"the database file is damaged: {error}",
                                   hint="stop the server and `mw restore` a backup")
            if primary == sqlite3.SQLITE_INTERRUPT:
                return Invalid("the search takes too long", where="filter", hint="narrow the filter or the experiments")
            if primary == sqlite3.SQLITE_CONSTRAINT:
                return Conflict(f"the change contradicts what is stored: {error}")
            if primary == sqlite3.SQLITE_TOOBIG:
                return Invalid("a value is too large to store")
            if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
                return Unavailable("the database cannot be written", hint="check the permissions of the data folder")
            if primary in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOLFS):
                return Unavailable(f"the database cannot be opened: {error}",
                                   hint="check the data folder: does it exist, is there room, too many open files?")
            if not primary and "decode to UTF-8" in str(error):
                return Unavailable("the database file is damaged: a text in it is none",
                                   hint="`mw doctor --verify` looks at all of it; `mw restore` a backup")
        return common(error)

    def _has_no_room(self) -> bool:
        # SQLite knows a full disk by ENOSPC alone: a quota that is used up is an I/O error to it, as is no inode left.
        try:
            with tempfile.TemporaryFile(dir=self.path.parent, buffering=0) as file:
                file.write(bytes(_PROBE))
                os.fsync(file.fileno())
        except OSError as error:
            return error.errno in (errno.ENOSPC, errno.EDQUOT)
        return False

    def retryable(self, error: BaseException) -> bool:
        """Never: one writer at a time."""
        return False

    def closed(self, error: BaseException) -> bool:
        """A file does not hang up."""
        return False

    def members(self, values: Sequence[int]) -> Any:
        """A JSON list."""
        return f"[{','.join(map(str, values))}]"

    def few(self, columns: str, table: str, key: str, order: str, also: str = "") -> str:
        """By row id: the inner query stops after its limit."""
        return (
            f"SELECT {columns} FROM (SELECT value AS wanted FROM json_each(?)) CROSS JOIN {table} ON {table}.rowid IN "
            f"(SELECT rowid FROM {table} WHERE {key} = wanted {also} ORDER BY {order} LIMIT ?)"
        )

    def pattern(self, pattern: str) -> str:
        """SQLite calls RE2."""
        regexp.check(pattern)
        return pattern


def _primary(error: sqlite3.Error) -> int:
    return (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF  # errors of the module itself carry no code
