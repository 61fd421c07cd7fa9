"""Online backup and restore of a whole server: every table at one moment, and every blob that it refers to.

A backup is a folder that does not care which engine it came from: SQLite restores into PostgreSQL and back, disk into
S3. It is taken while the server works. All tables are read in one snapshot; blobs are copied after it was taken, and
contents are stored before rows refer to them, so each one that a row refers to is there. What was committed before
`backup` was called is in it (RPO 0); what came later may not be.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from modelwright.kit.blobs import open_blobs
from modelwright.kit.blobs_disk import DiskBlobs
from modelwright.kit.cas import Cas
from modelwright.kit.db import Database, Tx
from modelwright.kit.dialect import Dialect, open_dialect
from modelwright.kit.postgres import Postgres
from modelwright.kit.settings import Settings, folder
from modelwright.kit.sqlite import Sqlite
from modelwright.server import migrations
from modelwright.server.backup_files import (
    FORMAT,
    Manifest,
    Rows,
    TableFile,
    check_table,
    read_manifest,
    read_table,
    write_manifest,
    write_table,
)
from modelwright.server.migrations.schema import digest_columns, metadata
from modelwright.types.errors import Conflict, Invalid, ModelwrightError, NotFound, Unavailable

_PORTION = 500          # rows at a time
_DAY_S = 86_400.0
_ASIDE = "modelwright_restoring"   # schema of a restore in progress
_COPIES = 4             # blobs that are copied side by side

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much (0: not known)."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What was backed up or restored."""

    revision: str
    tables: int
    rows: int
    blobs: int
    blob_bytes: int
    missing: list[str]
    """Digests that rows refer to but that the blob store lacks, or holds damaged."""
    seconds: float


def backup(settings: Settings, target: Path, progress: Progress | None = None) -> Report:
    """Copy the state of the server into a new folder, while the server works.

    Raises:
        Conflict: the folder is not empty. NotFound: there is no database yet. StorageFull, Unavailable: no backup was
        made, and the folder has no manifest that would say so.
    """
    begun = time.monotonic()
    tell = progress or _silent
    _make_empty(target)
    dialect = open_dialect(settings.db, folder(settings))
    if isinstance(dialect, Sqlite) and not dialect.path.exists():
        raise NotFound("there is no database here yet", where=str(dialect.path))
    revision = migrations.version(dialect)
    if not revision:
        raise NotFound("the database has no schema yet", where="--db")
    database = Database(dialect)
    wanted: set[str] = set()
    try:
        with database.read(timeout_s=_DAY_S) as tx:
            names = dialect.tables(tx.connection)
            if revision == migrations.revisions()[-1]:  # other products may share the schema
                ours = metadata().tables
                names = {name: columns for name, columns in names.items() if name in ours}
            files = _write_tables(tx, dialect, names, target / "tables", wanted, tell)
    finally:
        database.close()
    source = Cas(open_blobs(settings.blobs, folder(settings)))
    count, size, bad = _copy(source, Cas(DiskBlobs(target / "blobs")), tell)
    missing = sorted(bad | (wanted - {digest for digest, _, _ in Cas(DiskBlobs(target / "blobs")).list()}))
    manifest = Manifest(
        format=FORMAT, revision=revision, engine=dialect.name, created_ms=time.time_ns() // 1_000_000,
        tables=files, blobs=count, blob_bytes=size, missing=missing,
    )
    write_manifest(target, manifest)
    return _report(manifest, begun)


def restore(source: Path, settings: Settings, *, force: bool = False, progress: Progress | None = None) -> Report:
    """Make the state of a stopped server that of a backup; `force` replaces a state that is there.

    The backup is checked before anything is changed. The database changes as a whole or not at all.

    Raises:
        NotFound, Invalid: no backup, or a damaged one. Conflict: there is a state already, or a server is using it.
    """
    begun = time.monotonic()
    tell = progress or _silent
    manifest = read_manifest(source)
    if manifest.revision not in migrations.revisions():
        raise Invalid(f"the backup is of a newer release (revision {manifest.revision})", where=str(source))
    for number, table in enumerate(manifest.tables):
        tell("checking tables", number, len(manifest.tables))
        check_table(source / "tables", table)
    kept = Cas(DiskBlobs(source / "blobs"))
    if sum(1 for _ in kept.list()) != manifest.blobs:
        raise Invalid("the backup is damaged: blobs are missing or too many", where=str(source / "blobs"))
    dialect = open_dialect(settings.db, folder(settings))
    if isinstance(dialect, Sqlite):
        dialect.path.parent.mkdir(parents=True, exist_ok=True)
    if not force and _holds_something(dialect):
        raise Conflict("there is a state already", where="--db", hint="restore elsewhere, or replace it with --force")
    _, _, bad = _copy(kept, Cas(open_blobs(settings.blobs, folder(settings))), tell)
    if bad:
        raise Invalid(f"the backup is damaged: {min(bad)}", where=str(source / "blobs"), hint="use another one")
    try:
        if isinstance(dialect, Sqlite):
            _replace_file(dialect, manifest, source, tell)
        elif isinstance(dialect, Postgres):
            _replace_tables(dialect, manifest, source, tell)
    except Exception as error:
        if not isinstance(error, ModelwrightError) and (ours := dialect.translate(error)):
            raise ours from error
        raise
    migrations.upgrade(dialect)
    return _report(manifest, begun)


def _write_tables(
    tx: Tx, dialect: Dialect, names: dict[str, list[str]], target: Path, wanted: set[str], tell: Progress,
) -> list[TableFile]:
    target.mkdir()
    files: list[TableFile] = []
    referring = digest_columns()
    for number, (name, columns) in enumerate(names.items()):
        tell("saving tables", number, len(names))
        listed = ", ".join(f'"{column}"' for column in columns)
        place = columns.index(referring[name]) if name in referring else -1
        portions = _watched(tx.stream(f'SELECT {listed} FROM "{name}"', rows=_PORTION), place, wanted)
        counter = dialect.counter(tx.connection, name, columns[0])
        files.append(write_table(target, name, columns, portions, counter))
    return files


def _watched(portions: Iterator[Rows], place: int, wanted: set[str]) -> Iterator[Rows]:
    for rows in portions:
        if place >= 0:
            wanted.update(row[place] for row in rows)
        yield rows


def _copy(source: Cas, target: Cas, tell: Progress) -> tuple[int, int, set[str]]:
    """Copy all contents, each checked; returns how many, their bytes, and those that are damaged."""
    have = {digest for digest, _, _ in target.list()}
    bad: set[str] = set()
    done = total = 0

    def one(item: tuple[str, int, int]) -> int:
        digest, size, _ = item
        if digest in have:
            try:
                target.verify(digest)
                return size
            except Unavailable:
                pass  # a damaged copy is replaced
        try:
            target.copy(digest, source)
        except NotFound:  # collected as garbage meanwhile, so no row of the snapshot needs it
            return -1
        except Unavailable:
            try:
                source.verify(digest)
            except Unavailable:
                bad.add(digest)
                return -1
            raise
        return size

    with ThreadPoolExecutor(_COPIES) as pool:
        for size in pool.map(one, source.list()):
            if size >= 0:
                done += 1
                total += size
                tell("copying blobs", done, 0)
    return done, total, bad


def _replace_file(dialect: Sqlite, manifest: Manifest, source: Path, tell: Progress) -> None:
    """Build a database beside the old one and put it in its place."""
    fresh = Sqlite(dialect.path.with_name(dialect.path.name + ".restoring"))
    _remove(fresh.path)
    try:
        migrations.upgrade(fresh, to=manifest.revision)
        connection = fresh.connect(writer=True)
        try:
            # Nobody else sees this file, and it is thrown away when anything fails: no log, one sync at the end.
            for pragma in ("journal_mode=OFF", "synchronous=OFF"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("BEGIN")
            _load(Tx(connection, fresh), fresh, manifest, source, tell)
            connection.execute("COMMIT")
            connection.execute("PRAGMA journal_mode=WAL")
        finally:
            connection.close()
        _sync(fresh.path)
        if dialect.path.exists() and dialect.in_use():  # which also writes back the log of a server that was killed
            raise Conflict("a server is using the database", where=str(dialect.path), hint="stop it first")
        _remove_log(dialect.path)  # one that outlived its database would be played into the next
        fresh.path.replace(dialect.path)
        _sync(dialect.path.parent)
    finally:
        _remove(fresh.path)


def _remove(path: Path) -> None:
    _remove_log(path)
    path.unlink(missing_ok=True)


def _remove_log(path: Path) -> None:
    for suffix in ("-wal", "-shm", "-sums"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":  # folders cannot be opened there
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _replace_tables(dialect: Postgres, manifest: Manifest, source: Path, tell: Progress) -> None:
    """Fill a schema of its own, then move its tables into the place of the old ones in one transaction."""
    if dialect.in_use():
        raise Conflict("a server is using the database", where="--db", hint="stop it first")
    aside = dialect.aside(_ASIDE)
    database, fresh = Database(dialect), Database(aside)
    try:
        with database.write() as tx:
            tx.execute(f"DROP SCHEMA IF EXISTS {_ASIDE} CASCADE")
            tx.execute(f"CREATE SCHEMA {_ASIDE}")
        migrations.upgrade(aside, to=manifest.revision)
        with fresh.write() as tx:
            _load(tx, aside, manifest, source, tell)
            functions = [row[0] for row in tx.rows(
                "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = current_schema()::regnamespace")]
            names = [*aside.tables(tx.connection), "alembic_version"]
        with database.write() as tx:
            for name in names:
                tx.execute(f'DROP TABLE IF EXISTS "{name}" CASCADE')
            for name in functions:
                tx.execute(f"DROP FUNCTION IF EXISTS {name}")
            place = tx.rows("SELECT quote_ident(current_schema())")[0][0]
            for kind, listed in (("TABLE", [f'"{name}"' for name in names]), ("FUNCTION", functions)):
                for name in listed:
                    tx.execute(f"ALTER {kind} {_ASIDE}.{name} SET SCHEMA {place}")
            tx.execute(f"DROP SCHEMA {_ASIDE}")
    finally:
        fresh.close()
        database.close()


def _load(tx: Tx, dialect: Dialect, manifest: Manifest, source: Path, tell: Progress) -> None:
    files = {table.name: table for table in manifest.tables}
    present = dialect.tables(tx.connection)
    if set(files) != set(present):
        raise Invalid(f"the tables differ: {sorted(set(files) ^ set(present))}", where=str(source))
    order = [name for name in _by_reference(dialect, tx) if name in present]
    for name in reversed(order):  # what a new database is born with
        if name not in _SEALED:
            tx.execute(f'DELETE FROM "{name}"')
    for number, name in enumerate(order):
        tell("restoring tables", number, len(order))
        table = files[name]
        listed = ", ".join(f'"{column}"' for column in table.columns)
        marks = ", ".join("?" * len(table.columns))
        count = 0
        for rows in read_table(source / "tables", table):
            tx.many(f'INSERT INTO "{name}" ({listed}) VALUES ({marks})', rows)
            count += len(rows)
        if count != table.rows:
            raise Invalid(f"the backup is damaged: {count} of {table.rows} rows", where=name)
        dialect.set_counter(tx.connection, name, table.columns[0], table.counter)


_SEALED = ("audit_events",)  # refuses deletion, and is born empty


def _by_reference(dialect: Dialect, tx: Tx) -> list[str]:
    """Tables, those that others refer to first."""
    left = dialect.references(tx.connection)
    order: list[str] = []
    while left:
        free = sorted(name for name, needs in left.items() if not (needs - {name}) & set(left))
        order += free
        for name in free:
            del left[name]
    return order


def _holds_something(dialect: Dialect) -> bool:
    if isinstance(dialect, Sqlite) and not dialect.path.exists():
        return False
    if not migrations.version(dialect):
        return False
    database = Database(dialect)
    try:
        with database.read() as tx:
            for name in set(dialect.tables(tx.connection)) & set(metadata().tables):
                allowed = {"workspaces": 1, "experiments": 1}.get(name, 0)  # what a new database is born with
                if len(tx.rows(f'SELECT 1 FROM "{name}" LIMIT 2')) > allowed:
                    return True
    finally:
        database.close()
    return False


def _make_empty(target: Path) -> None:
    try:
        target.mkdir(parents=True, exist_ok=True)
        if any(target.iterdir()):
            raise Conflict("the folder is not empty", where=str(target), hint="name a new one")
    except OSError as error:
        raise Invalid(f"the folder cannot be made: {error.strerror}", where=str(target)) from error
    if shutil.disk_usage(target).free < 1 << 20:
        raise Unavailable("no space is left for a backup", where=str(target))


def _report(manifest: Manifest, begun: float) -> Report:
    return Report(
        revision=manifest.revision, tables=len(manifest.tables), rows=sum(table.rows for table in manifest.tables),
        blobs=manifest.blobs, blob_bytes=manifest.blob_bytes, missing=manifest.missing,
        seconds=time.monotonic() - begun,
    )


def _silent(_what: str, _done: int, _of: int) -> None:
    """Nobody asked."""
