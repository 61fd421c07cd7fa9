"""What differs between database engines, as one contract. Everything above sees connections and errors of ours.

Engines are driven through their DB-API driver with SQL text in the qmark style (`?`); SQLAlchemy composes searches and
describes tables, and its compiled text runs through the same connections. `kit.sqlite` and `kit.postgres` keep the
contract; no other file asks which engine it is.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.engine.interfaces import Dialect as SqlalchemyDialect

from modelwright.types.errors import Invalid, ModelwrightError


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
    among: str
    """`column …`: is it one of many? One mark, for what `members` gives; the text is the same for any number."""
    row_lock: str
    """Ends a SELECT that takes rows for this transaction, waiting for others; empty where writers take turns anyway."""

    def connect(self, *, writer: bool) -> Connection:
        """A new session."""
        ...

    def never_wait(self, connection: Connection) -> None:
        """From now on the session refuses at once where it would wait for another writer, and does no upkeep."""
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
        """Whether the session can go on after an error, or even its transaction after a rollback to a savepoint."""
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

    def members(self, values: Sequence[int]) -> Any:
        """Whole numbers as one bound value, for `among`."""
        ...

    def few(self, columns: str, table: str, key: str, order: str, also: str = "") -> str:
        """The text of a query: of each of many values of `key`, the first rows only, in an order that an index has.

        Two marks: what `members` gives for the values, and how many rows of each. `also` narrows them (`AND …`).
        """
        ...

    def pattern(self, pattern: str) -> str:
        """A caller's regular expression as the engine spells it; raises Invalid."""
        ...


def common(error: BaseException) -> ModelwrightError | None:
    """Errors that every driver raises from Python itself; None for others."""
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
    from modelwright.kit.postgres import Postgres
    from modelwright.kit.sqlite import Sqlite

    if not url:
        return Sqlite(folder / "modelwright.db")
    scheme = url.split("://", 1)[0].split("+", 1)[0]
    if scheme in ("postgresql", "postgres"):
        return Postgres(url)
    if scheme == "sqlite":
        return Sqlite(Path(url.split(":///", 1)[1]))
    raise Invalid(f"unknown database {scheme!r}", where="--db", hint="use postgresql://user:password@host/name")
