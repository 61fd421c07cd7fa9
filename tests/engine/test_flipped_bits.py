"""One flipped bit in anything stored as bytes: reading it says so, and `verify` finds it."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from modelwright import testing
from modelwright.cli.main import cli
from modelwright.domains.tracking.points import merge
from modelwright.domains.tracking.queries import console as blocks
from modelwright.domains.tracking.service import artifacts, console, log, runs, series
from modelwright.kit.context import Ctx
from modelwright.server.verify import verify
from modelwright.types.errors import Conflict, ModelwrightError
from modelwright.types.tracking import LogBatch, LogLine, Points, RunCreate, SeriesQuery

FULL = os.environ.get("MODELWRIGHT_CHAOS") == "full"
FLIPS = 2_500 if FULL else 40  # of each kind

Read = Callable[[], Any]
POINTS = 20_000
LINES = 4_000
FILE = random.Random(1).randbytes(2_500_000)  # three blocks of sums


@pytest.fixture
def state(engine: str, tmp_path: Path) -> Iterator[tuple[Ctx, str]]:
    """A run with points, console lines and a file."""
    ctx = testing.context(tmp_path, db_url=engine)
    run = runs.create(ctx, RunCreate()).id
    for start in range(0, POINTS, 2_000):
        steps = list(range(start, start + 2_000))
        values = [float(step % 7) / 3 for step in steps]
        lines = [LogLine(step, "stdout", f"line {step} of the run") for step in steps if step < LINES]
        points = [Points(key="m", steps=steps, times_ms=steps, values=values)]  # pyright: ignore[reportArgumentType]
        log.log(ctx, run, LogBatch(points=points, lines=lines))
    merge.run(ctx)
    artifacts.put(ctx, f"runs/{run}", "file.bin", FILE)
    yield ctx, run
    ctx.db.close()


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


@pytest.mark.slow
@pytest.mark.parametrize("table", ["chunks", "pyramids", "console"])
def test_a_flipped_bit_in_a_stored_block_is_refused_when_it_is_read(state: tuple[Ctx, str], table: str) -> None:
    ctx, run = state
    reads: dict[str, Read] = {
        "chunks": lambda: [column.tolist() for column in series.history(ctx, run, "m")],
        "pyramids": lambda: series.query(ctx, SeriesQuery(runs=[run], metrics=["m"], buckets=50)).lines,
        "console": lambda: [line.text for line in console.read(ctx, run, 0, LINES).lines],
    }
    read = reads[table]
    good = read()
    key = '"first"' if table == "console" else "id"
    with ctx.db.read() as tx:
        stored = tx.rows(f"SELECT {key}, data FROM {table} ORDER BY {key}")
    dice = random.Random(table)
    refused = 0

    def put(number: int, data: bytes) -> None:
        with ctx.db.write() as tx:
            tx.execute(f"UPDATE {table} SET data = ? WHERE {key} = ?", (data, number))

    for _ in range(FLIPS):
        number, data = dice.choice(stored)
        put(number, flipped(bytes(data), dice.randrange(len(data) * 8)))
        try:
            answer = read()
        except ModelwrightError as error:
            assert "damaged" in error.message
            assert error.hint
            refused += 1
        else:  # a pyramid that was not needed, or a bit that says nothing: what is served is right
            assert repr(answer) == repr(good)
        put(number, bytes(data))
    assert refused >= (FLIPS // 10 if table == "pyramids" else FLIPS * 9 // 10)
    assert repr(read()) == repr(good)


@pytest.mark.slow
def test_a_flipped_bit_in_a_stored_file_is_refused_when_it_is_read(tmp_path: Path) -> None:
    ctx = testing.context(tmp_path)
    run = runs.create(ctx, RunCreate()).id
    artifacts.put(ctx, f"runs/{run}", "file.bin", FILE)
    artifacts.put(ctx, f"runs/{run}", "small.bin", FILE[:900])
    dice = random.Random(9)
    for name, content in (("file.bin", FILE), ("small.bin", FILE[:900])):
        (place,) = [path for path in tmp_path.rglob("blobs/cas/*/*") if path.stat().st_size == len(content)]
        for _ in range(FLIPS // 2):
            bit = dice.randrange(len(content) * 8)
            with place.open("r+b") as file:
                file.seek(bit // 8)
                file.write(bytes([content[bit // 8] ^ 1 << bit % 8]))
            start = dice.randrange(len(content))
            for first, length in ((0, None), (start, min(100_000, len(content) - start))):
                end = len(content) if length is None else first + length
                got = b""
                try:
                    for chunk in artifacts.open(ctx, f"runs/{run}", name, first, length)[1]:
                        got += chunk
                except ModelwrightError as error:
                    assert "damaged" in error.message
                    assert len(got) < end - first, "all of it was given out"
                else:  # a range of blocks without the flipped bit
                    assert length is not None
                    assert got == content[first:end]
            with place.open("r+b") as file:
                file.seek(bit // 8)
                file.write(content[bit // 8 : bit // 8 + 1])
        assert b"".join(artifacts.open(ctx, f"runs/{run}", name)[1]) == content
    ctx.db.close()


def test_verify_names_what_is_damaged(state: tuple[Ctx, str], tmp_path: Path) -> None:
    ctx, run = state
    assert verify(ctx.settings) == []
    with ctx.db.write() as tx:
        for table in ("chunks", "pyramids", "console"):
            key = '"first"' if table == "console" else "id"
            row = tx.row(f"SELECT {key}, data FROM {table} ORDER BY {key} LIMIT 1")
            assert row is not None
            data = flipped(bytes(row[1]), len(row[1]) * 4)
            tx.execute(f"UPDATE {table} SET data = ? WHERE {key} = ?", (data, row[0]))
        tx.execute("UPDATE artifacts SET path = 'other' WHERE path = 'file.bin'")
    (place,) = tmp_path.rglob("blobs/cas/*/*")
    place.write_bytes(flipped(FILE, 5_000_000))
    found = verify(ctx.settings)
    for word in ("chunks", "pyramids", f"run {run}: the block of console lines from line 0", "contents: "):
        assert any(word in line for line in found), (word, found)
    assert len(found) == 4
    place.unlink()
    assert any("is missing" in line for line in verify(ctx.settings))
    where = ["--dir", str(tmp_path), *(["--db", ctx.settings.db] if ctx.settings.db else [])]
    told = CliRunner().invoke(cli, ["doctor", "--verify", *where])
    assert told.exit_code == 1
    assert "console lines" in told.output


def test_every_bit_of_a_console_block_counts_or_says_nothing() -> None:
    columns = ([1, 2, 3], ["stdout"] * 3, ["a line", "another", "a third of them"])
    block = blocks._packed(columns)  # pyright: ignore[reportPrivateUsage]
    for bit in range(len(block) * 8):
        try:
            found = blocks.unpacked(flipped(block, bit))
        except ModelwrightError:
            continue
        assert tuple(found) == columns, bit


def test_a_text_that_is_none_any_more_is_refused_when_it_is_read_and_found(tmp_path: Path) -> None:
    ctx = testing.context(tmp_path)
    run = runs.create(ctx, RunCreate(tags={"a": "tag"})).id
    with ctx.db.write() as tx:
        tx.execute("UPDATE tags SET value = CAST(x'74e167' AS TEXT)")
    with pytest.raises(ModelwrightError, match="damaged") as refusal:
        runs.get(ctx, run)
    assert "mw doctor --verify" in refusal.value.hint
    ctx.db.close()
    (found,) = verify(ctx.settings)
    assert found.startswith("tags: a row cannot be read")


def test_a_run_with_a_damaged_block_of_console_lines_goes_on(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate()).id
    log.log(ctx, run, LogBatch(lines=[LogLine(1, "stdout", "first")]))
    with ctx.db.write() as tx:
        (data,) = tx.rows("SELECT data FROM console")[0]
        tx.execute("UPDATE console SET data = ?", (flipped(bytes(data), len(data) * 4),))
    log.log(ctx, run, LogBatch(lines=[LogLine(2, "stdout", "second")]))
    log.log(ctx, run, LogBatch(lines=[LogLine(3, "stdout", "third")]))
    assert [line.text for line in console.read(ctx, run, 1).lines] == ["second", "third"]
    with pytest.raises(ModelwrightError, match="damaged"):
        console.read(ctx, run, 0)


def test_verify_migrates_nothing(engine: str, tmp_path: Path) -> None:
    ctx = testing.context(tmp_path, db_url=engine)
    with ctx.db.write() as tx:
        tx.execute("UPDATE alembic_version SET version_num = '0000_older'")
    with pytest.raises(Conflict, match="another release"):
        verify(ctx.settings)
    ctx.db.close()
