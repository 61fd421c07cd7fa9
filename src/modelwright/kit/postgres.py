"""PostgreSQL through psycopg 3, imported when it is used. Knows sessions, catalogs and SQLSTATE codes."""

from __future__ import annotations

import functools
import importlib
import itertools
import time
from collections.abc import Generator, Sequence
from typing import Any

from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.interfaces import Dialect as SqlalchemyDialect

from modelwright.kit import regexp
from modelwright.kit.dialect import Connection, common
from modelwright.types.errors import Conflict, Invalid, ModelwrightError, StorageFull, Unavailable

_EXPIRED = ("25P03", "25P04")  # the server ended a session whose transaction stood still


class Postgres:
    """PostgreSQL through psycopg 3."""

    name = "postgresql"
    lanes = 4
    skip_locked = " FOR UPDATE SKIP LOCKED"
    matches = "~"
    like_end = " ESCAPE ''"
    binary = ' COLLATE "C"'
    among = "= ANY (?)"
    row_lock = " FOR NO KEY UPDATE"

    def __init__(self, url: str, *, schema: str = "") -> None:
        self._streams = itertools.count()
        self._schema = f" -c search_path={schema}" if schema else ""
        try:
            self._psycopg = importlib.import_module("psycopg")
        except ImportError:
            raise Invalid(
                "PostgreSQL needs its driver", where="--db", hint="pip install 'modelwright[postgres]'",
            ) from None
        self.dsn = "postgresql://" + url.split("://", 1)[1]
        self.url = "postgresql+psycopg://" + url.split("://", 1)[1]
        self.sqlalchemy: SqlalchemyDialect = postgresql.dialect(paramstyle="format")

    def connect(self, *, writer: bool) -> Connection:
        """A session in UTC, with prepared statements; commits are durable whatever the server's default is."""
        connection = self._psycopg.connect(
            self.dsn, autocommit=True, prepare_threshold=3, connect_timeout=5, application_name="modelwright",
            client_encoding="utf8",
            keepalives_idle=15, keepalives_interval=5, keepalives_count=3, tcp_user_timeout=30_000,
            options="-c timezone=UTC -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s -c jit=off"
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

    def never_wait(self, connection: Connection) -> None:
        """Locks of rows are refused at once."""
        connection.execute("SET lock_timeout = '1ms'")

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
        with connection.cursor(f"stream_{next(self._streams)}") as cursor:  # pyright: ignore[reportCallIssue]
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
        last = f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}"
        return connection.execute(last).fetchone()[0]

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
            return common(error)
        if isinstance(error, errors.QueryCanceled):
            return Invalid("the search takes too long", where="filter", hint="narrow the filter or the experiments")
        if isinstance(error, (errors.DiskFull, errors.OutOfMemory)):
            return StorageFull()
        if isinstance(error, errors.InvalidRegularExpression):
            return Invalid(f"the regular expression is not valid: {error}", where="filter")
        state = getattr(error, "sqlstate", None) or ""
        if state[:2] == "22" or isinstance(error, self._psycopg.DataError):
            return Invalid(f"the value cannot be stored: {_first_line(error)}")
        if state[:2] == "23":
            return Conflict(f"the change contradicts what is stored: {_first_line(error)}")
        if state[:2] == "54":  # an index entry, for example, has to fit in a third of a page
            return Invalid(f"a value is too large to store: {_first_line(error)}")
        away = state[:2] in ("08", "53", "55", "57", "40", "58") or state in _EXPIRED
        if away or isinstance(error, self._psycopg.OperationalError):
            return Unavailable("the database cannot be reached right now; try again")
        return None

    def retryable(self, error: BaseException) -> bool:
        """Deadlocks and serialization failures."""
        return (getattr(error, "sqlstate", None) or "")[:2] == "40"

    def closed(self, error: BaseException) -> bool:
        """Whether the server hung up."""
        state = getattr(error, "sqlstate", None) or ""
        if state:
            return state[:3] in ("57P", "080") or state in _EXPIRED
        return isinstance(error, self._psycopg.OperationalError)

    def members(self, values: Sequence[int]) -> Any:
        """An array."""
        return list(values)

    def few(self, columns: str, table: str, key: str, order: str, also: str = "") -> str:
        """A lateral join."""
        return (
            f"SELECT {columns} FROM unnest(?::bigint[]) AS wanted(value) CROSS JOIN LATERAL "
            f"(SELECT {columns} FROM {table} WHERE {key} = wanted.value {also} ORDER BY {order} LIMIT ?) AS few"
        )

    def pattern(self, pattern: str) -> str:
        """PostgreSQL has its own syntax."""
        return regexp.postgres(pattern)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
