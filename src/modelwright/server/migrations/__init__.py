"""The schema of the database through time: Alembic revisions, linear, run by `upgrade` when a server starts.

One upgrade is one transaction on both engines, so a killed upgrade never happened and can simply be run again; servers
that start at once wait for the first. A revision is named as its file. Released revisions are never edited; changes
come as new ones, made with `python -m modelwright.server.migrations.revise`.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import NullPool

from modelwright.kit.dialect import Connection, Dialect
from modelwright.types.errors import Invalid, ModelwrightError, Unavailable

_FOLDER = Path(__file__).parent
_LOCK = 0x6D77_7570  # "mwup": the advisory lock of upgrades on PostgreSQL

_one_at_a_time = threading.Lock()


def revisions() -> list[str]:
    """All revisions, oldest first."""
    return sorted(path.stem for path in (_FOLDER / "versions").glob("[0-9]*.py"))


def version(dialect: Dialect) -> str:
    """The revision of a database; empty when it has no schema yet.

    Raises:
        Unavailable: the database cannot be reached.
    """
    try:
        connection = dialect.connect(writer=True)
        try:
            return _version(dialect, connection)
        finally:
            connection.close()
    except Exception as error:
        raise (_ours(dialect, error) or error) from error


def upgrade(dialect: Dialect, *, to: str = "") -> str:
    """Bring a database to the newest revision (or to `to`), creating it when it is empty; returns the revision.

    Raises:
        Invalid: the database was made by a newer release, or is not in UTF-8.
        Unavailable, StorageFull: nothing was changed.
    """
    known = revisions()
    target = to or known[-1]
    present = version(dialect)
    if present == target:
        return present
    if present and present not in known:
        raise Invalid(f"the database is of a newer release (revision {present})", where="--db",
                      hint="start that release, or restore a backup of this one")
    try:
        with _one_at_a_time:  # Alembic's `op` belongs to the whole process
            _run(dialect, target)
    except Exception as error:
        raise (_ours(dialect, error) or error) from error
    return target


def _run(dialect: Dialect, target: str) -> None:
    # Alembic is only imported when there is something to do: a server that starts should not pay for it.
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    def steps(revision: Any, _context: Any) -> Any:
        return script._upgrade_revs(target, revision)  # pyright: ignore[reportPrivateUsage]

    script = ScriptDirectory(str(_FOLDER))
    engine = open_engine(dialect)
    try:
        with engine.begin() as connection:
            if dialect.name == "postgresql":
                connection.execute(sa.text("SET LOCAL lock_timeout = '10min'"))  # the first server may have much to do
                connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
                encoding = connection.execute(sa.text("SHOW server_encoding")).scalar_one()
                if encoding != "UTF8":
                    raise Invalid(f"the database is encoded in {encoding}, not UTF8", where="--db")
            context = MigrationContext.configure(connection, opts={"fn": steps})
            with Operations.context(context):
                context.run_migrations()
    finally:
        engine.dispose()


def open_engine(dialect: Dialect) -> sa.Engine:
    """A SQLAlchemy engine over sessions of the dialect, in which DDL takes part in transactions."""
    # By its kind alone: the address may name several hosts, which only the driver reads.
    url = dialect.url.split("://", 1)[0] + "://"
    engine = sa.create_engine(url, poolclass=NullPool, creator=lambda: dialect.connect(writer=True))
    # Sessions of the dialect begin only when told to; on SQLite a writer must own the lock from the start.
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if dialect.name == "sqlite" else "BEGIN")

    event.listen(engine, "begin", begin)
    return engine


def _version(dialect: Dialect, connection: Connection) -> str:
    exists = "SELECT name FROM sqlite_master WHERE name = 'alembic_version'" if dialect.name == "sqlite" else (
        "SELECT to_regclass('alembic_version')::text")
    found = connection.execute(exists).fetchone()
    if not found or not found[0]:
        return ""
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return row[0] if row else ""


def _ours(dialect: Dialect, error: Exception) -> ModelwrightError | None:
    if isinstance(error, ModelwrightError):
        return error
    cause = getattr(error, "orig", None) or error
    ours = dialect.translate(cause)
    return Unavailable(ours.message, where=ours.where, hint=ours.hint) if isinstance(ours, Invalid) else ours
