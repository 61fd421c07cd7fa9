"""One flipped bit anywhere in a SQLite file or its log, whatever it holds: found, and never a false alarm."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from modelwright import testing
from modelwright.cli.main import cli
from modelwright.domains.tracking.service import runs
from modelwright.kit import page_sums
from modelwright.kit.db import Database
from modelwright.kit.sqlite import Sqlite
from modelwright.server.verify import verify
from modelwright.types.errors import Unavailable
from modelwright.types.tracking import RunCreate

FULL = os.environ.get("MODELWRIGHT_CHAOS") == "full"
FLIPS = 10_000 if FULL else 600
ROWS = 120


class SmallLog(Sqlite):
    """Writes its log back often."""

    checkpoint_pages = 20


def flip(path: Path, bit: int) -> None:
    """As a disk does it: nobody wrote, so the file's time of change stays."""
    before = path.stat()
    with path.open("r+b") as file:
        file.seek(bit // 8)
        byte = file.read(1)[0]
        file.seek(bit // 8)
        file.write(bytes([byte ^ 1 << bit % 8]))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def insert(number: int) -> Callable[[Any], Any]:
    return lambda tx: tx.execute("INSERT INTO t VALUES (?, ?)", (number, f"value {number} " * (number % 90)))


def filled(folder: Path, *, small: bool = True) -> Database:
    """A database with rows, each of a commit of its own, still open."""
    folder.mkdir(exist_ok=True)
    database = Database((SmallLog if small else Sqlite)(folder / "modelwright.db"))
    with database.write() as tx:
        tx.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, data TEXT)")
    for number in range(ROWS):
        database.submit(insert(number)).result(20)
    return database


def damages(folder: Path) -> list[str]:
    return list(page_sums.of(folder / "modelwright.db").damages())


@pytest.mark.slow
def test_a_flipped_bit_anywhere_in_the_file_is_found(tmp_path: Path) -> None:
    ctx = testing.context(tmp_path)
    for number in range(60):
        runs.create(ctx, RunCreate(name=f"run {number}", params={f"p{number}": number, "lr": 0.1}, tags={"a": "tag"}))
    ctx.db.close()
    path = tmp_path / "modelwright.db"
    assert damages(tmp_path) == []
    assert page_sums.of(path).missing()[0] == 0
    dice = random.Random(1)
    size = path.stat().st_size
    for _ in range(FLIPS):
        bit = dice.randrange(size * 8)
        flip(path, bit)
        assert len(damages(tmp_path)) == 1, bit
        flip(path, bit)
    assert damages(tmp_path) == []


def test_verify_and_doctor_name_the_page(tmp_path: Path) -> None:
    ctx = testing.context(tmp_path)
    runs.create(ctx, RunCreate(tags={"color": "a quite special tag"}))
    ctx.db.close()
    path = tmp_path / "modelwright.db"
    flip(path, path.read_bytes().index(b"a quite special tag") * 8)
    assert any("differs from its checksum" in line for line in verify(ctx.settings))
    told = CliRunner().invoke(cli, ["doctor", "--verify", "--dir", str(tmp_path)])
    assert told.exit_code == 1
    assert "differs from its checksum" in told.output


@pytest.mark.slow
def test_a_flipped_bit_in_the_log_of_a_killed_server_is_refused_before_it_costs_a_commit(tmp_path: Path) -> None:
    database = filled(tmp_path / "live", small=False)
    killed = tmp_path / "killed"
    shutil.copytree(tmp_path / "live", killed)
    database.close()
    path = killed / "modelwright.db"
    log = killed / "modelwright.db-wal"
    page_sums.check_log(path)
    dice = random.Random(2)
    for _ in range(FLIPS // 3):
        bit = dice.randrange(log.stat().st_size * 8)
        flip(log, bit)
        with pytest.raises(Unavailable, match="log is damaged"):
            page_sums.check_log(path)
        flip(log, bit)
    flip(log, dice.randrange(40_000, log.stat().st_size * 8))
    with pytest.raises(Unavailable, match="log is damaged"), Database(Sqlite(path)).read():
        pass
    told = CliRunner().invoke(cli, ["doctor", "--dir", str(killed)])
    assert told.exit_code == 1
    assert "log is damaged" in told.output


@pytest.mark.slow
def test_without_the_logs_index_at_most_the_last_two_commits_can_go_unnoticed(tmp_path: Path) -> None:
    """After a power cut the index is old or gone, and the end of the last commit may be torn by right."""
    database = filled(tmp_path / "live", small=False)
    cut = tmp_path / "cut"
    shutil.copytree(tmp_path / "live", cut, ignore=shutil.ignore_patterns("*-shm"))
    database.close()
    log = cut / "modelwright.db-wal"
    size = log.stat().st_size
    dice = random.Random(3)
    bits = [dice.randrange(size * 8) for _ in range(FLIPS // 10)] + [dice.randrange(size - 20_000, size) * 8 + 3] * 2
    for number, bit in enumerate(bits):
        again = tmp_path / str(number)
        shutil.copytree(cut, again)
        flip(again / "modelwright.db-wal", bit)
        try:
            opened = Database(Sqlite(again / "modelwright.db"))
            with opened.read() as tx:
                assert len(tx.rows("SELECT id FROM t")) >= ROWS - 2
            opened.close()
        except Unavailable as error:
            assert "log is damaged" in error.message
        shutil.rmtree(again)


def test_a_flipped_bit_in_the_log_of_a_running_server_is_noticed_when_it_is_written_back(tmp_path: Path) -> None:
    database = filled(tmp_path, small=False)
    log = tmp_path / "modelwright.db-wal"
    flip(log, (log.stat().st_size - 2_000) * 8)  # the last page of the last commit
    assert any("log is damaged" in line for line in damages(tmp_path))
    database.close()
    assert any("was damaged when it was changed" in line for line in damages(tmp_path))


def test_a_damaged_page_that_is_changed_is_reported_although_it_got_a_new_sum(tmp_path: Path) -> None:
    filled(tmp_path).close()
    path = tmp_path / "modelwright.db"
    flip(path, (path.read_bytes().index(b"value 80") + 1) * 8)
    database = Database(SmallLog(path))
    with database.write() as tx:
        tx.execute("UPDATE t SET data = upper(data)")
    database.close()
    assert any("was damaged when it was changed" in line for line in damages(tmp_path))
    database = Database(SmallLog(path))
    with database.write() as tx:
        tx.execute("DELETE FROM t WHERE id > 5")
    database.close()
    assert any("was damaged when it was changed" in line for line in damages(tmp_path)), "it stays known"


def test_whoever_keeps_no_sums_may_write_the_file_without_a_false_alarm(tmp_path: Path) -> None:
    database = filled(tmp_path)
    path = tmp_path / "modelwright.db"
    stranger = sqlite3.connect(path)
    stranger.execute("UPDATE t SET data = 'other' WHERE id = 3")
    stranger.commit()
    stranger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    stranger.close()
    assert damages(tmp_path) == []
    (bare, total) = page_sums.of(path).missing()
    assert bare == total, "none is believed"
    database.submit(insert(1_000)).result(20)
    database.close()
    assert damages(tmp_path) == []
    assert page_sums.of(path).missing()[0] == 0, "they are there again"
    stranger = sqlite3.connect(path)
    stranger.execute("VACUUM")
    stranger.close()
    assert damages(tmp_path) == []
    told = CliRunner().invoke(cli, ["doctor", "--dir", str(tmp_path)])
    assert "have no checksum yet" in told.output


def test_another_process_of_ours_keeps_the_sums_as_well(tmp_path: Path) -> None:
    database = filled(tmp_path)
    path = tmp_path / "modelwright.db"
    code = f"""
from pathlib import Path
from modelwright.kit.db import Database
from modelwright.kit.sqlite import Sqlite
database = Database(Sqlite(Path({str(path)!r})))
with database.write() as tx:
    tx.execute("UPDATE t SET data = data || '!'")
database.close()
"""
    for turn in range(3):
        subprocess.run([sys.executable, "-c", code], check=True)
        assert page_sums.of(path).missing()[0] == 0, "the other one wrote its changes back, with their sums"
        for number in range(30):
            database.submit(insert(1_000 * (turn + 1) + number)).result(20)
        assert damages(tmp_path) == []
        (bare, total) = page_sums.of(path).missing()
        assert bare < total
    database.close()
    assert damages(tmp_path) == []
    assert page_sums.of(path).missing()[0] == 0


def test_sums_that_are_torn_or_gone_are_made_again(tmp_path: Path) -> None:
    filled(tmp_path).close()
    path = tmp_path / "modelwright.db"
    sums = tmp_path / "modelwright.db-sums"
    whole = sums.read_bytes()
    for left in (whole[: len(whole) // 2], whole[:-3], b"nonsense", b""):
        sums.write_bytes(left)
        assert damages(tmp_path) == []
        database = Database(SmallLog(path))
        with database.write() as tx:
            tx.execute("UPDATE t SET data = 'x' WHERE id = 1")
        database.close()
        assert damages(tmp_path) == []
        assert page_sums.of(path).missing()[0] == 0
    sums.unlink()
    assert damages(tmp_path) == []


def test_a_reader_that_holds_on_to_an_old_state_keeps_no_sum_from_being_right(tmp_path: Path) -> None:
    database = filled(tmp_path)
    with database.read() as tx:
        assert tx.rows("SELECT count(*) FROM t") == [(ROWS,)]
        for number in range(ROWS, 3 * ROWS):
            database.submit(insert(number)).result(20)
        assert damages(tmp_path) == []
    for number in range(3 * ROWS, 4 * ROWS):
        database.submit(insert(number)).result(20)
    assert damages(tmp_path) == []
    database.close()
    assert damages(tmp_path) == []
    assert page_sums.of(tmp_path / "modelwright.db").missing()[0] == 0
