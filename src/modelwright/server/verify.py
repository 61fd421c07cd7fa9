"""Reads everything that a server stores and tells what is damaged, while the server works or not.

Contents, metric points and console lines carry checksums, and so does each page of a SQLite file and each frame of its
log: any flipped bit in them is found. What that leaves out is told in docs/reference/reliability.md.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from modelwright.domains.tracking.service import console, series
from modelwright.kit import page_sums
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.kit.dialect import open_dialect
from modelwright.kit.settings import Settings, folder
from modelwright.kit.sqlite import Sqlite
from modelwright.server import migrations
from modelwright.server.app import open_state
from modelwright.server.migrations.schema import digest_columns
from modelwright.types.errors import Conflict, ModelwrightError, NotFound, Unavailable

_DAY_S = 86_400.0
_PORTION = 1_000

Tell = Callable[[str], None]


def verify(settings: Settings, tell: Tell | None = None) -> list[str]:
    """What is damaged, a sentence each; empty when nothing is. `tell` hears what is being read.

    Raises:
        NotFound: there is no state. Conflict: it is of another release; nothing is migrated here.
        Unavailable: the database or the blob store cannot be reached at all.
    """
    told = tell or _silent
    place = folder(settings)
    if not settings.db and not (place / "modelwright.db").exists():
        raise NotFound("there is no database here", where=str(place))
    if migrations.version(open_dialect(settings.db, place)) != migrations.revisions()[-1]:
        raise Conflict(
            "the database is of another release", where="--db", hint="verify it with that one, or start the server once"
        )
    ctx = open_state(settings)
    try:
        found: list[str] = []
        for what, look in (
            ("the database file", _file), ("every row", _rows), ("metric points", series.damages),
            ("console lines", console.damages), ("contents", _contents),
        ):
            told(what)
            try:
                found.extend(look(ctx))
            except Unavailable as error:
                found.append(f"{what}: {error.message}")
        return found
    finally:
        ctx.db.close()


def summed(path: Path) -> tuple[int, int]:
    """How many pages of a database file have no checksum (yet), and how many there are; before anybody opens it.

    Raises:
        Unavailable: opening it would lose commits, because its log is damaged.
    """
    sums = page_sums.of(path)
    sums.check()
    return sums.missing()


def _file(ctx: Ctx) -> Iterator[str]:
    if not isinstance(ctx.db.dialect, Sqlite):
        return  # PostgreSQL has page checksums of its own
    for line in page_sums.of(ctx.db.dialect.path).damages():
        yield f"the database file: {line}"
    with ctx.db.read(timeout_s=_DAY_S) as tx:
        for (line,) in tx.rows("PRAGMA integrity_check(100)"):
            if line != "ok":
                yield f"the database file: {line}"


def _rows(ctx: Ctx) -> Iterator[str]:
    """Each row can be read, its texts are texts, and the contents that it names are there."""
    referring = digest_columns()
    there = {digest for digest, _, _ in ctx.cas.list()}
    with ctx.db.read(timeout_s=_DAY_S) as tx:
        tables = ctx.db.dialect.tables(tx.connection)
        for name, columns in tables.items():
            place = columns.index(referring[name]) if name in referring else -1
            try:
                for row in _read(tx, name, columns):
                    if place >= 0 and row[place] not in there:
                        yield f"{name}: the content {row[place]} is missing"
            except sqlite3.Error as error:
                yield f"{name}: a row cannot be read: {error}"


def _read(tx: Tx, name: str, columns: list[str]) -> Iterator[tuple[object, ...]]:
    listed = ", ".join(f'"{column}"' for column in columns)
    for rows in tx.stream(f'SELECT {listed} FROM "{name}"', rows=_PORTION):
        yield from rows


def _contents(ctx: Ctx) -> Iterator[str]:
    for digest, _, _ in ctx.cas.list():
        try:
            ctx.cas.verify(digest)
        except NotFound:
            continue  # collected meanwhile
        except ModelwrightError as error:
            yield f"contents: {error.message}"


def _silent(_what: str) -> None:
    """Nobody asked."""
