"""Is a backup that was taken under load a committed prefix, on and between all engines?"""

from __future__ import annotations

import itertools
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from modelwright import testing
from modelwright.domains.audit import service as audit
from modelwright.kit.context import Ctx
from modelwright.kit.settings import Settings
from modelwright.server import backup as backups
from modelwright.server import migrations
from modelwright.types.errors import Conflict, Invalid, NotFound

FULL = os.environ.get("MODELWRIGHT_CHAOS") == "full"


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], Ctx]]:
    """A function that makes a server's state on an engine: "sqlite" or "postgres"."""
    numbers = itertools.count()
    opened: list[tuple[Ctx, str]] = []

    def make(engine: str) -> Ctx:
        folder = tmp_path / f"place{next(numbers)}"
        folder.mkdir()
        url = "" if engine == "sqlite" else request.getfixturevalue("postgres_server").migrated()
        ctx = testing.context(folder, db_url=url)
        opened.append((ctx, url))
        return ctx

    yield make
    for ctx, url in opened:
        ctx.db.close()
        if url:
            request.getfixturevalue("postgres_server").drop(url)


def rows(ctx: Ctx) -> dict[str, list[Any]]:
    with ctx.db.read() as tx:
        return {
            name: sorted(tx.rows(f'SELECT * FROM "{name}"'), key=repr) for name in ctx.db.dialect.tables(tx.connection)
        }


def write(ctx: Ctx, number: int, *, content: bytes = b"") -> str:
    """One transaction over several tables and a blob; returns the blob's digest."""
    digest = ctx.cas.put(content or f"content {number}".encode()).digest
    with ctx.db.write() as tx:
        tx.execute(
            "INSERT INTO experiments(workspace, name, created_ms, updated_ms) VALUES ('default', ?, 1, 1)",
            (f"e{number}",),
        )
        tx.execute(
            "INSERT INTO artifacts(workspace, owner, path, digest, size, created_ms) "
            "VALUES ('default', 'runs/x', ?, ?, 1, ?)",
            (f"p{number:06d}", digest, number),
        )
        audit.append(ctx, tx, "a.b", f"é{number}", {"ü": 1})
    return digest


def committed_prefix(ctx: Ctx, at_least: int) -> None:
    """The restored state is what the first writes left, at least the acknowledged ones."""
    with ctx.db.read() as tx:
        count = tx.rows("SELECT count(*) FROM audit_events")[0][0]
        told = [row[0] for row in tx.rows("SELECT subject FROM audit_events ORDER BY id")]
        assert told == [f"é{number}" for number in range(count)]
        assert {row[0] for row in tx.rows("SELECT name FROM experiments")} == {
            f"e{number}" for number in range(count)
        } | {"Default"}
        artifacts = tx.rows("SELECT created_ms, digest FROM artifacts ORDER BY path")
    assert [row[0] for row in artifacts] == list(range(count))
    assert all(ctx.cas.read(digest) == f"content {number}".encode() for number, digest in artifacts)
    assert count >= at_least


@pytest.mark.parametrize(
    ("engine", "other"),
    [("sqlite", "sqlite"), ("sqlite", "postgres"), ("postgres", "sqlite"), ("postgres", "postgres")],
)
def test_a_backup_taken_under_load_restores_to_a_committed_prefix(
    place: Callable[[str], Ctx],
    tmp_path: Path,
    engine: str,
    other: str,
) -> None:
    ctx = place(engine)
    acknowledged = [0]
    stop = threading.Event()

    def load() -> None:
        while not stop.wait(0.02 if FULL else 0.001):  # what is written is compared each time
            write(ctx, acknowledged[0])
            acknowledged[0] += 1

    thread = threading.Thread(target=load)
    thread.start()
    try:
        for attempt in range(50 if FULL else 2):
            time.sleep(0.15)
            before = acknowledged[0]
            report = backups.backup(ctx.settings, tmp_path / f"backup{attempt}")
            assert report.missing == []
            target = place(other)
            target.db.close()
            seen: list[str] = []
            restored = backups.restore(
                tmp_path / f"backup{attempt}",
                target.settings,
                progress=lambda what, done, of, seen=seen: seen.append(what),
            )
            assert (restored.rows, restored.blobs) == (report.rows, report.blobs)
            assert set(seen) == {"checking tables", "copying blobs", "restoring tables"}
            again = testing.context(Path(target.settings.dir), db_url=target.settings.db)
            committed_prefix(again, before)
            again.db.close()
            shutil.rmtree(tmp_path / f"backup{attempt}")
            shutil.rmtree(target.settings.dir)
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize(("engine", "other"), [("sqlite", "postgres"), ("postgres", "sqlite")])
def test_a_state_survives_the_journey_to_the_other_engine_and_back(
    place: Callable[[str], Ctx], tmp_path: Path, engine: str, other: str
) -> None:
    ctx = place(engine)
    write(ctx, 0, content=bytes(3_000_000))
    with ctx.db.write() as tx:
        tx.execute(
            "INSERT INTO runs(id, workspace, experiment, name, kind, state, created_ms, start_ms) "
            "VALUES ('r', 'default', 0, 'n', 'k', 'running', 1, ?)",
            (2**62,),
        )
        tx.execute(
            "INSERT INTO params(run, key, value, text, number) VALUES (1, 'k', ?, 't', ?)", ('"🦉"', float("inf"))
        )
        tx.execute(
            "INSERT INTO console(run, first, count, first_ms, last_ms, data) VALUES (1, 0, 1, 1, 1, ?)",
            (bytes(range(256)),),
        )
        tx.execute("INSERT INTO experiments(workspace, name, created_ms, updated_ms) VALUES ('default', 'gone', 1, 1)")
        last = tx.rows("SELECT max(id) FROM experiments")[0][0]
        tx.execute("DELETE FROM experiments WHERE id = ?", (last,))
    before = rows(ctx)
    middle, end = place(other), place(engine)
    for number, (source, target) in enumerate([(ctx, middle), (middle, end)]):
        source.db.close()
        target.db.close()
        backups.backup(source.settings, tmp_path / str(number))
        backups.restore(tmp_path / str(number), target.settings)
    final = testing.context(Path(end.settings.dir), db_url=end.settings.db)
    assert rows(final) == before
    with final.db.write() as tx:  # an id that was given once is not given again
        tx.execute("INSERT INTO experiments(workspace, name, created_ms, updated_ms) VALUES ('default', 'new', 1, 1)")
        assert tx.rows("SELECT id FROM experiments WHERE name = 'new'")[0][0] == last + 1
    with pytest.raises(Exception, match="append-only"), final.db.write() as tx:
        tx.execute("DELETE FROM audit_events")
    final.db.close()


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_state_is_only_replaced_by_force(place: Callable[[str], Ctx], tmp_path: Path, engine: str) -> None:
    ctx, target = place(engine), place(engine)
    write(ctx, 0)
    for number in range(3):
        write(target, number)
    backups.backup(ctx.settings, tmp_path / "b")
    target.db.close()
    with pytest.raises(Conflict, match="already"):
        backups.restore(tmp_path / "b", target.settings)
    assert len(rows(testing.context(Path(target.settings.dir), db_url=target.settings.db))["artifacts"]) == 3


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_force_replaces_the_state_of_a_stopped_server_only(
    place: Callable[[str], Ctx], tmp_path: Path, engine: str
) -> None:
    ctx, target = place(engine), place(engine)
    write(ctx, 0)
    write(target, 7)
    backups.backup(ctx.settings, tmp_path / "b")
    with pytest.raises(Conflict, match="using"):
        backups.restore(tmp_path / "b", target.settings, force=True)
    assert len(rows(target)["artifacts"]) == 1
    target.db.close()
    backups.restore(tmp_path / "b", target.settings, force=True)
    again = testing.context(Path(target.settings.dir), db_url=target.settings.db)
    assert rows(again) == rows(ctx)
    again.db.close()


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_backup_that_is_damaged_or_not_finished_changes_nothing(
    place: Callable[[str], Ctx], tmp_path: Path, engine: str
) -> None:
    ctx, target = place("sqlite"), place(engine)
    digest = write(ctx, 0)
    target.db.close()

    def taken(name: str) -> Path:
        backups.backup(ctx.settings, tmp_path / name)
        return tmp_path / name

    def flip(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)

    blob = Path("blobs") / "cas" / digest[7:9] / digest[9:]
    cases: list[tuple[str, type[Exception], Callable[[Path], Any]]] = [
        ("unfinished", NotFound, lambda folder: (folder / "manifest.json").unlink()),
        ("table", Invalid, lambda folder: flip(folder / "tables" / "artifacts.mpz")),
        ("no-table", Invalid, lambda folder: (folder / "tables" / "runs.mpz").unlink()),
        ("blob", Invalid, lambda folder: flip(folder / blob)),
        ("no-blob", Invalid, lambda folder: (folder / blob).unlink()),
        (
            "newer",
            Invalid,
            lambda folder: (folder / "manifest.json").write_bytes(
                (folder / "manifest.json").read_bytes().replace(migrations.revisions()[-1].encode(), b"9999_future")
            ),
        ),
    ]
    for name, error, harm in cases:
        folder = taken(name)
        harm(folder)
        with pytest.raises(error):
            backups.restore(folder, target.settings)
    after = testing.context(Path(target.settings.dir), db_url=target.settings.db)
    assert rows(after)["artifacts"] == []
    after.db.close()


def test_a_damaged_content_is_named_and_does_not_keep_the_rest_from_being_saved(
    place: Callable[[str], Ctx], tmp_path: Path
) -> None:
    ctx = place("sqlite")
    bad, gone, good = (write(ctx, number) for number in range(3))
    root = Path(ctx.settings.dir) / "blobs" / "cas"
    (root / bad[7:9] / bad[9:]).write_bytes(b"other")
    (root / gone[7:9] / gone[9:]).unlink()
    report = backups.backup(ctx.settings, tmp_path / "b")
    assert report.missing == sorted([bad, gone])
    assert report.blobs == 1
    target = place("sqlite")
    target.db.close()
    assert backups.restore(tmp_path / "b", target.settings).missing == report.missing
    assert target.cas.read(good) == b"content 2"


def test_a_backup_needs_an_empty_folder_and_a_database(place: Callable[[str], Ctx], tmp_path: Path) -> None:
    ctx = place("sqlite")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("mine")
    with pytest.raises(Conflict, match="not empty"):
        backups.backup(ctx.settings, tmp_path / "full")
    with pytest.raises(NotFound, match="no database"):
        backups.backup(Settings(dir=str(tmp_path / "nowhere")), tmp_path / "b")


@pytest.mark.slow
def test_a_restore_keeps_the_pace_of_10_gb_a_minute(place: Callable[[str], Ctx], tmp_path: Path) -> None:
    """A restore of 100 MB may take its 0.6 s, and five more to begin and to end."""
    ctx = place("sqlite")
    for number in range(20):
        write(ctx, number, content=number.to_bytes(8, "big") * 625_000)
    backups.backup(ctx.settings, tmp_path / "b")
    ctx.db.close()
    target = place("sqlite")
    target.db.close()
    report = backups.restore(tmp_path / "b", target.settings)
    assert report.blob_bytes == 100_000_000
    assert report.seconds < 5.6
