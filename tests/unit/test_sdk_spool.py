"""The spool: framing, torn tails, batches that end where the file says, locks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelwright.sdk.spool import Frame, Lock, Meta, SpoolReader, SpoolWriter, pack, read_meta, segment_path
from modelwright.types.tracking import LogLine, RunCreate


def meta(writer: str = "w") -> Meta:
    return Meta(run_id="r", writer=writer, mode="offline", create=RunCreate(name="n", params={"x": float("nan")}))


def line(text: str) -> LogLine:
    return LogLine(1, "stdout", text)


def written(folder: Path, ends: list[bool], writer: str = "w") -> SpoolWriter:
    spool = SpoolWriter(folder, meta(writer))
    for index, closes in enumerate(ends):
        spool.append(pack(Frame(number=index + 1, closes=closes, lines=[line(f"{index}")])), boundary=closes)
    return spool


def texts(frames: list[Frame]) -> list[str]:
    return [item.text for frame in frames for item in frame.lines]


def test_batches_come_back_as_they_were_ended(tmp_path: Path) -> None:
    written(tmp_path, [False, True, True, False]).roll()
    reader = SpoolReader(tmp_path, "w")
    assert texts(reader.batch()) == ["0", "1"]
    assert texts(reader.batch()) == ["0", "1"], "an unacknowledged batch is given again"
    reader.accept()
    assert texts(reader.batch()) == ["2"]
    reader.accept()
    assert reader.batch() == []
    assert texts(reader.batch(dead=True)) == ["3"]


def test_a_reader_goes_on_where_another_was_acknowledged(tmp_path: Path) -> None:
    written(tmp_path, [True, True, True]).roll()
    first = SpoolReader(tmp_path, "w")
    first.batch()
    first.accept()
    assert texts(SpoolReader(tmp_path, "w").batch()) == ["1"]


def test_without_the_note_of_what_was_acknowledged_the_same_batches_come_again(tmp_path: Path) -> None:
    written(tmp_path, [False, True, True]).roll()
    first = SpoolReader(tmp_path, "w")
    numbers = [frame.number for frame in first.batch()]
    first.accept()
    (tmp_path / "w.ack").unlink()
    assert [frame.number for frame in SpoolReader(tmp_path, "w").batch()] == numbers


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(0, 400))
def test_a_file_cut_anywhere_gives_the_whole_frames_before_the_cut(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    folder = tmp_path_factory.mktemp("spool")
    spool = SpoolWriter(folder, meta())
    ends = [8]
    for number in range(1, 9):
        data = pack(Frame(number=number, lines=[line("x" * number)]))
        spool.append(data, boundary=False)
        ends.append(ends[-1] + len(data))
    spool.roll()
    path = segment_path(folder, "w", 1)
    os.truncate(path, min(cut, path.stat().st_size))
    frames = SpoolReader(folder, "w").batch(dead=True)
    assert len(frames) == max(sum(end <= cut for end in ends) - 1, 0)


def test_a_damaged_frame_is_left_out_and_counted(tmp_path: Path) -> None:
    written(tmp_path, [False, False, True]).roll()
    path = segment_path(tmp_path, "w", 1)
    data = bytearray(path.read_bytes())
    second = 8 + len(pack(Frame(number=1, lines=[line("0")]))) + 12
    data[second] ^= 0xFF
    path.write_bytes(bytes(data))
    reader = SpoolReader(tmp_path, "w")
    assert texts(reader.batch()) == ["0", "2"]
    assert reader.damaged == 1


def test_a_batch_runs_on_into_the_next_segment(tmp_path: Path) -> None:
    spool = written(tmp_path, [False])
    spool.roll()
    spool.append(pack(Frame(number=2, closes=True, lines=[line("1")])), boundary=True)
    spool.roll()
    reader = SpoolReader(tmp_path, "w")
    assert texts(reader.batch()) == ["0", "1"]
    reader.accept()
    assert not segment_path(tmp_path, "w", 1).exists(), "acknowledged segments are deleted"


def test_a_lock_is_free_when_its_process_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from modelwright.sdk.spool import Lock\n"
        "lock = Lock(Path(sys.argv[1])); print(lock.take(), flush=True); time.sleep(60)"
    )
    path = tmp_path / "w.lock"
    child = subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE)
    assert child.stdout is not None and child.stdout.readline().strip() == b"True"
    assert not Lock(path).take()
    child.kill()
    child.wait()
    child.stdout.close()
    assert Lock(path).take()


def test_the_notes_about_a_run_hold_no_token_and_keep_not_a_number(tmp_path: Path) -> None:
    written(tmp_path, [])
    assert "token" not in {field.name for field in msgspec.structs.fields(Meta)}
    stored = read_meta(tmp_path / "w.json")
    assert stored is not None and stored.create.params == {"x": "NaN"}
