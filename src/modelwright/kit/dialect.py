"""The two database engines. The only file that asks which one it is; everything above sees connections and errors of ours.

Both are driven through their DB-API driver with SQL text in the qmark style (`?`); SQLAlchemy composes searches and
describes tables, and its compiled text runs through the same connections.
"""

from __future__ import annotations

import functools
import importlib
import sqlite3
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import Dialect as SqlalchemyDialect

from modelwright.kit import regexp
from modelwright.types.errors import Conflict, Invalid, ModelwrightError, StorageFull, Unavailable

_BUSY_S = 15              # how long SQLite waits for another process that writes
_LOG_LIMIT = 64 << 20     # bytes that SQLite's log keeps on disk after it was written back
_PROGRESS_STEPS = 20_000  # SQLite virtual machine steps between two looks at the deadline (about 1 ms)


class Connection(Protocol):
    """What both drivers' connections share."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Any:
        """Run one statement and return its cursor."""
        ...

    def cursor(self) -> Any:
        """A cursor."""
        ...

    def close(self) -> None:
        """End the session."""
        ...


class Dialect(Protocol):
    """What differs between engines."""

    name: str
    sqlalchemy: SqlalchemyDialect
    lanes: int
    """Bulk-write lanes that may run side by side."""
    url: str
    """For SQLAlchemy (migrations)."""
    skip_locked: str
    """Ends a SELECT that takes rows for this transaction, passing over those that others hold."""
    matches: str
    """The operator `text … regular expression`."""
    like_end: str
    """Ends a LIKE, so that no character escapes another."""
    binary: str
    """Ends a text expression, so that it sorts by code point."""
    row_lock: str
    """Ends a SELECT that takes rows for this transaction, waiting for others; empty where writers take turns anyway."""

    def connect(self, *, writer: bool) -> Connection:
        """A new session."""
        ...

    def text(self, sql: str) -> str:
        """SQL with `?` marks as the driver wants it."""
        ...

    def begin(self, connection: Connection, *, writer: bool) -> str:
        """Open a transaction: a snapshot to read, or the right to write. Returns a name for `outcome`, or nothing."""
        ...

    def commit(self, connection: Connection) -> None:
        """Commit; returns when the change is durable, raises when it was not made."""
        ...

    def outcome(self, connection: Connection, name: str) -> bool | None:
        """Whether a transaction of that name was committed; None while that is not known.

        False is certain. True is not: a server that crashed may have given the name of a lost transaction to another.
        """
        ...

    def rollback(self, connection: Connection) -> None:
        """End the open transaction, if there is one."""
        ...

    def usable(self, connection: Connection, *, in_transaction: bool = False) -> bool:
        """Whether the session (or even its open transaction, after a rollback to a savepoint) can go on after an error."""
        ...

    def many(self, connection: Connection, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement for many rows."""
        ...

    def stream(
        self, connection: Connection, sql: str, parameters: Sequence[Any], size: int
    ) -> Generator[list[tuple[Any, ...]]]:
        """Rows of a query in lists of `size`, without holding them all."""
        ...

    def deadline(self, connection: Connection, seconds: float | None) -> None:
        """Cancel statements of this session that run longer."""
        ...

    def tables(self, connection: Connection) -> dict[str, list[str]]:
        """Tables of the schema with their columns in order, by name; the one of the migrations left out."""
        ...

    def references(self, connection: Connection) -> dict[str, set[str]]:
        """Which tables each table refers to."""
        ...

    def counter(self, connection: Connection, table: str, column: str) -> int:
        """The last id that a table's counter gave out; 0 when it has none."""
        ...

    def set_counter(self, connection: Connection, table: str, column: str, last: int) -> None:
        """Let a table's counter go on after `last` and after all ids that are there."""
        ...

    def in_use(self) -> bool:
        """Whether another process has the database open."""
        ...

    def translate(self, error: BaseException) -> ModelwrightError | None:
        """The driver's error as one of ours; None when it is a bug."""
        ...

    def retryable(self, error: BaseException) -> bool:
        """Whether the whole transaction may simply be run again."""
        ...

    def closed(self, error: BaseException) -> bool:
        """Whether the session was lost."""
        ...

    def pattern(self, pattern: str) -> str:
        """A caller's regular expression as the engine spells it; raises Invalid."""
        ...


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
    row_lock = ""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"sqlite:///{path}"
        self.sqlalchemy: SqlalchemyDialect = sqlite.dialect(paramstyle="qmark")
        self._log_in_doubt = True
        self._at_start = True

    def connect(self, *, writer: bool) -> Connection:
        """A session; readers cannot write."""
        connection = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False, timeout=_BUSY_S, cached_statements=512
        )
        try:
            if writer and connection.execute("PRAGMA journal_mode=WAL").fetchone()[0] != "wal":
                raise Invalid("this file system cannot hold the database", where="--dir",
                              hint="use a local disk, or PostgreSQL with --db")
            # No mmap: an I/O error below a memory map kills the process instead of failing a statement.
            for pragma in (
                "synchronous=FULL", "fullfsync=ON", "foreign_keys=ON", "case_sensitive_like=ON", "cache_size=-16000",
                "temp_store=MEMORY", "cell_size_check=ON", f"journal_size_limit={_LOG_LIMIT}", f"wal_autocheckpoint={self.checkpoint_pages}",
            ):
                connection.execute(f"PRAGMA {pragma}")
            if not writer:
                connection.execute("PRAGMA query_only=ON")
            regexp.install(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def text(self, sql: str) -> str:
        """SQLite takes qmark style as it is."""
        return sql

    def begin(self, connection: Connection, *, writer: bool) -> str:
        """BEGIN IMMEDIATE to write."""
        if writer and self._log_in_doubt:
            self._write_log_back(connection)
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

    def _write_log_back(self, connection: Connection) -> None:
        # After a failed fsync the kernel may count pages as written that are not on disk ("fsyncgate"), so trying the
        # fsync again proves nothing. Copying the log into the database file writes those pages anew and syncs them.
        # Log of a process that died may hold such pages as well, hence the doubt at the start.
        (at_start, self._at_start) = (self._at_start, False)
        connection.execute(f"PRAGMA busy_timeout={0 if at_start else _BUSY_S * 1000}")
        try:
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
        connection = sqlite3.connect(self.path, isolation_level=None, timeout=0.2)
        try:
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
            if primary == sqlite3.SQLITE_IOERR:
                return Unavailable(f"the disk refused the database: {error}", hint="check the disk, then try again")
            if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                return Unavailable(f"the database file is damaged: {error}", hint="stop the server and `mw restore` a backup")
            if primary == sqlite3.SQLITE_INTERRUPT:
                return Invalid("the search takes too long", where="filter", hint="narrow the filter or the experiments")
            if primary == sqlite3.SQLITE_CONSTRAINT:
                return Conflict(f"the change contradicts what is stored: {error}")
            if primary == sqlite3.SQLITE_TOOBIG:
                return Invalid("a value is too large to store")
            if primary == sqlite3.SQLITE_READONLY:
                return Unavailable("the database cannot be written", hint="check the permissions of the data folder")
        return _common(error)

    def retryable(self, error: BaseException) -> bool:
        """Never: one writer at a time."""
        return False

    def closed(self, error: BaseException) -> bool:
        """A file does not hang up."""
        return False

    def pattern(self, pattern: str) -> str:
        """SQLite calls RE2."""
        regexp.check(pattern)
        return pattern


def _primary(error: sqlite3.Error) -> int:
    return (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF  # errors of the module itself carry no code


class Postgres:
    """PostgreSQL through psycopg 3."""

    name = "postgresql"
    lanes = 4
    skip_locked = " FOR UPDATE SKIP LOCKED"
    matches = "~"
    like_end = " ESCAPE ''"
    binary = ' COLLATE "C"'
    row_lock = " FOR NO KEY UPDATE"

    def __init__(self, url: str, *, schema: str = "") -> None:
        self._schema = f" -c search_path={schema}" if schema else ""
        try:
            self._psycopg = importlib.import_module("psycopg")
        except ImportError:
            raise Invalid("PostgreSQL needs its driver", where="--db", hint="pip install 'modelwright[postgres]'") from None
        self.dsn = "postgresql://" + url.split("://", 1)[1]
        self.url = "postgresql+psycopg://" + url.split("://", 1)[1]
        self.sqlalchemy: SqlalchemyDialect = postgresql.dialect(paramstyle="format")

    def connect(self, *, writer: bool) -> Connection:
        """A session in UTC, with prepared statements; commits are durable whatever the server's default is."""
        connection = self._psycopg.connect(
            self.dsn, autocommit=True, prepare_threshold=3, connect_timeout=5, application_name="modelwright",
            client_encoding="utf8",
            options="-c timezone=UTC -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"
            + self._schema,
        )
        try:
            if writer:
                connection.execute("SELECT set_config('synchronous_commit', 'on', false) "
                                   "WHERE current_setting('synchronous_commit') = 'off'")
            else:
                connection.execute("SET default_transaction_read_only = on")
        except BaseException:
            connection.close()
            raise
        return connection

    @functools.lru_cache(maxsize=1024)  # noqa: B019  one dialect a process
    def text(self, sql: str) -> str:
        """psycopg's format style."""
        return sql.replace("%", "%%").replace("?", "%s")

    def begin(self, connection: Connection, *, writer: bool) -> str:
        """Read committed to write, one snapshot to read."""
        if not writer:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            return ""
        # Two statements, one journey: the transaction's id costs nothing extra.
        cursor = connection.execute("BEGIN; SELECT pg_current_xact_id()::text", None, prepare=False)  # pyright: ignore[reportCallIssue]
        cursor.nextset()
        return cursor.fetchone()[0]

    def commit(self, connection: Connection) -> None:
        """COMMIT, which PostgreSQL answers with ROLLBACK when a statement of the transaction had failed."""
        if connection.execute("COMMIT").statusmessage != "COMMIT":
            raise RuntimeError("a failed statement was ignored, so the transaction was rolled back")

    def outcome(self, connection: Connection, name: str) -> bool | None:
        """By the transaction's id; the server forgets it only after millions of others.

        Ids that a crash lost are given again, so `committed` may speak of another transaction. `aborted` may as well,
        but then ours was lost; and so it was when the id lies in the future.
        """
        try:
            status = connection.execute("SELECT pg_xact_status(%s::xid8)", (name,)).fetchone()[0]
        except self._psycopg.errors.InvalidParameterValue:
            return False
        return {"committed": True, "aborted": False}.get(status)

    def rollback(self, connection: Connection) -> None:
        """ROLLBACK is harmless outside a transaction."""
        connection.execute("ROLLBACK")

    def usable(self, connection: Connection, *, in_transaction: bool = False) -> bool:
        """Whether the session is open."""
        return not connection.closed  # pyright: ignore[reportAttributeAccessIssue]

    def many(self, connection: Connection, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Pipelined by the driver."""
        with connection.cursor() as cursor:
            cursor.executemany(sql, rows)

    def stream(
        self, connection: Connection, sql: str, parameters: Sequence[Any], size: int
    ) -> Generator[list[tuple[Any, ...]]]:
        """Through a cursor on the server."""
        with connection.cursor("streamed") as cursor:  # pyright: ignore[reportCallIssue]
            cursor.execute(sql, parameters)
            while rows := cursor.fetchmany(size):
                yield rows

    def deadline(self, connection: Connection, seconds: float | None) -> None:
        """`statement_timeout` of the open transaction."""
        if seconds is not None:
            connection.execute(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")

    def tables(self, connection: Connection) -> dict[str, list[str]]:
        """From the catalog, of the current schema."""
        found: dict[str, list[str]] = {}
        for name, column in connection.execute(
            "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
            "WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND a.attnum > 0 "
            "AND NOT a.attisdropped AND c.relname <> 'alembic_version' ORDER BY c.relname, a.attnum"
        ):
            found.setdefault(name, []).append(column)
        return found

    def references(self, connection: Connection) -> dict[str, set[str]]:
        """From the catalog, of the current schema."""
        found: dict[str, set[str]] = {name: set() for name in self.tables(connection)}
        for name, other in connection.execute(
            "SELECT c.relname, o.relname FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid "
            "JOIN pg_class o ON o.oid = f.confrelid "
            "WHERE f.contype = 'f' AND f.connamespace = current_schema()::regnamespace"
        ):
            found[name].add(other)
        return found

    def counter(self, connection: Connection, table: str, column: str) -> int:
        """The state of the sequence behind the column."""
        sequence = self._sequence(connection, table, column)
        if not sequence:
            return 0
        return connection.execute(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}").fetchone()[0]

    def set_counter(self, connection: Connection, table: str, column: str, last: int) -> None:
        """Moves the sequence behind the column."""
        sequence = self._sequence(connection, table, column)
        if not sequence:
            return
        highest = connection.execute(f'SELECT max("{column}") FROM "{table}"').fetchone()[0] or 0
        if (last := max(last, highest)) > 0:
            connection.execute("SELECT setval(%s::regclass, %s)", (sequence, last))

    def aside(self, schema: str) -> Postgres:
        """The same database, seen through another schema."""
        return Postgres(self.dsn, schema=schema)

    def _sequence(self, connection: Connection, table: str, column: str) -> str | None:
        return connection.execute("SELECT pg_get_serial_sequence(%s, %s)", (f'"{table}"', column)).fetchone()[0]

    def in_use(self) -> bool:
        """By the name that our sessions carry; sessions of this process that just ended get a moment to go."""
        connection = self.connect(writer=False)
        try:
            for _ in range(20):
                count = connection.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND application_name = 'modelwright' AND pid <> pg_backend_pid()").fetchone()[0]
                if not count:
                    return False
                time.sleep(0.05)
            return True
        finally:
            connection.close()

    def translate(self, error: BaseException) -> ModelwrightError | None:
        """By SQLSTATE class (PostgreSQL manual, appendix A)."""
        errors = self._psycopg.errors
        if not isinstance(error, self._psycopg.Error):
            return _common(error)
        if isinstance(error, errors.QueryCanceled):
            return Invalid("the search takes too long", where="filter", hint="narrow the filter or the experiments")
        if isinstance(error, (errors.DiskFull, errors.OutOfMemory)):
            return StorageFull()
        if isinstance(error, errors.InvalidRegularExpression):
            return Invalid(f"the regular expression is not valid: {error}", where="filter")
        state = getattr(error, "sqlstate", None) or ""
        if state[:2] == "22" or isinstance(error, self._psycopg.DataError):
            return Invalid(f"the value cannot be stored: {str(error).splitlines()[0]}")
        if state[:2] == "23":
            return Conflict(f"the change contradicts what is stored: {str(error).splitlines()[0]}")
        if state[:2] in ("08", "53", "55", "57", "40", "58") or isinstance(error, self._psycopg.OperationalError):
            return Unavailable("the database cannot be reached right now; try again")
        return None

    def retryable(self, error: BaseException) -> bool:
        """Deadlocks and serialization failures."""
        return (getattr(error, "sqlstate", None) or "")[:2] == "40"

    def closed(self, error: BaseException) -> bool:
        """Whether the server hung up."""
        state = getattr(error, "sqlstate", None) or ""
        return state[:3] in ("57P", "080") or (isinstance(error, self._psycopg.OperationalError) and not state)

    def pattern(self, pattern: str) -> str:
        """PostgreSQL has its own syntax."""
        return regexp.postgres(pattern)


def _common(error: BaseException) -> ModelwrightError | None:
    if isinstance(error, OverflowError):
        return Invalid("an integer does not fit in 64 bits")
    if isinstance(error, UnicodeEncodeError):
        return Invalid("a text is not valid Unicode (lone surrogate)")
    return None


def open_dialect(url: str, folder: Path) -> Dialect:
    """The engine of a database URL; an empty one is SQLite in `folder`.

    Raises:
        Invalid: an unknown scheme.
    """
    if not url:
        return Sqlite(folder / "modelwright.db")
    scheme = url.split("://", 1)[0].split("+", 1)[0]
    if scheme in ("postgresql", "postgres"):
        return Postgres(url)
    if scheme == "sqlite":
        return Sqlite(Path(url.split(":///", 1)[1]))
    raise Invalid(f"unknown database {scheme!r}", where="--db", hint="use postgresql://user:password@host/name")
