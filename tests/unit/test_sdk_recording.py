"""Recording: what `log` takes, what arrives in the spool, and that nothing ever comes back as an exception."""

from __future__ import annotations

import argparse
import collections
import dataclasses
import decimal
import json
import math
import resource
import threading
import time
import warnings
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import modelwright as mw
from modelwright.sdk.carrier import to_batch
from modelwright.sdk.run import Run
from modelwright.sdk.sync import writers
from modelwright.types.errors import Invalid
from modelwright.types.tracking import Goal, LogBatch, RunUpdate


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MODELWRIGHT_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("MODELWRIGHT_SILENT", "1")
    monkeypatch.setenv("MODELWRIGHT_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MODELWRIGHT_SYSTEM_METRICS", "0")
    monkeypatch.setenv("MODELWRIGHT_CONSOLE", "off")
    for name in ("URL", "MODE", "RUN_ID", "RESUME", "EXPERIMENT", "NAME"):
        monkeypatch.delenv(f"MODELWRIGHT_{name}", raising=False)


@pytest.fixture
def run() -> Iterator[Run]:
    opened = mw.init(git=False)
    yield opened
    opened.finish()


def recorded(run: Run) -> tuple[LogBatch, list[RunUpdate]]:
    """Everything in the spool of a run, as one batch, and the changes of the run."""
    run.flush()
    folder = run.options.dir / "spool" / run.id
    frames: list[Any] = []
    for reader in writers(folder):
        while batch := reader.batch(dead=True):
            frames += batch
            reader.peek_past()
    assert frames
    return to_batch(frames, "w"), [frame.update for frame in frames if frame.update]


def points(run: Run) -> dict[str, list[tuple[int, float]]]:
    batch, _ = recorded(run)
    return {item.key: list(zip(item.steps, map(float, item.values), strict=True)) for item in batch.points}


def test_numbers_of_every_sort_become_points(run: Run) -> None:
    sorts = {
        "float": 1.5, "int": 2, "bool": True, "np32": np.float32(2.5), "npint": np.int64(7), "zero_d": np.array(3.0),
        "one": np.array([4.0]), "decimal": decimal.Decimal("0.5"), "fraction": Fraction(1, 4), "huge": 10**400,
    }  # fmt: skip
    run.log(sorts)
    got = points(run)
    assert {key: value for key, ((_, value),) in got.items()} == {
        "float": 1.5, "int": 2, "bool": 1, "np32": 2.5, "npint": 7, "zero_d": 3, "one": 4,
        "decimal": 0.5, "fraction": 0.25, "huge": math.inf,
    }  # fmt: skip


def test_not_a_number_and_infinities_are_kept(run: Run) -> None:
    for value in (math.nan, math.inf, -math.inf):
        run.log({"x": value})
    values = [value for _, value in points(run)["x"]]
    assert math.isnan(values[0]) and values[1:] == [math.inf, -math.inf]


def test_steps_come_in_any_order_and_repeat(run: Run) -> None:
    for step in (5, 3, 3, -7, 2**63 - 1, 0):
        run.log({"x": step}, step=step)
    assert [step for step, _ in points(run)["x"]] == [5, 3, 3, -7, 2**63 - 1, 0]


def test_a_step_counts_on_from_the_last(run: Run) -> None:
    run.log({"x": 0})
    run.log({"x": 1}, step=10)
    run.log({"x": 2})
    run.log({"x": 3}, step=np.int32(4))
    run.log({"x": 4})
    assert [step for step, _ in points(run)["x"]] == [0, 10, 11, 4, 12]


def test_without_commit_values_wait_for_the_next_call(run: Run) -> None:
    run.log({"a": 1}, commit=False)
    run.log({"b": 2}, commit=False)
    run.log({"c": 3})
    run.log({"d": 4})
    assert {key: step for key, ((step, _),) in points(run).items()} == {"a": 0, "b": 0, "c": 0, "d": 1}


def test_nested_values_are_joined_by_slashes_and_dotted_names_stay(run: Run) -> None:
    run.log({"val": {"loss": 1, "by": {"class": 2}}, "a.b": 3})
    assert set(points(run)) == {"val/loss", "val/by/class", "a.b"}


def test_a_dict_that_is_changed_after_the_call_changes_nothing(run: Run) -> None:
    reused: dict[str, Any] = {}
    for value in range(5):
        reused["x"] = value
        run.log(reused)
    array = np.array(1.0)
    run.log({"y": array})
    array += 1
    got = points(run)
    assert [value for _, value in got["x"]] == [0, 1, 2, 3, 4] and got["y"][0][1] == 1


def test_a_series_and_an_ordered_dict_are_as_good_as_a_dict(run: Run) -> None:
    run.log(pd.Series({"a": 1.0, "b": 2.0}))  # type: ignore[arg-type]
    run.log(collections.OrderedDict(a=3))
    assert points(run) == {"a": [(0, 1.0), (1, 3.0)], "b": [(0, 2.0)]}


def test_texts_go_to_the_summary(run: Run) -> None:
    run.log({"note": "hello", "x": 1})
    run.summary["best"] = {"auc": math.nan}
    batch, _ = recorded(run)
    assert batch.summary["note"] == "hello" and math.isnan(batch.summary["best"]["auc"])


def test_config_takes_what_scripts_have(run: Run) -> None:
    @dataclasses.dataclass
    class Settings:
        depth: int = 3

    run.config.lr = 0.1
    run.config["layers"] = [64, 64]
    run.config.update(argparse.Namespace(batch=32), seed=1)
    run.config.update(Settings())
    run.config.path = Path("/data")
    run.config.odd = object
    assert run.config.lr == 0.1 and run.config["depth"] == 3 and "seed" in run.config
    batch, _ = recorded(run)
    assert batch.params == {
        "lr": 0.1,
        "layers": [64, 64],
        "batch": 32,
        "seed": 1,
        "depth": 3,
        "path": "/data",
        "odd": "object",
    }
    with pytest.raises(AttributeError):
        _ = run.config.missing


def test_patterns_define_metrics_seen_before_and_after(run: Run) -> None:
    run.log({"val/a": 1})
    run.flush()
    run.define_metric("val/*", goal="max")
    run.define_metric("loss", goal="minimize", policy="last")
    run.log({"val/b": 1, "train": 1})
    run.flush()
    batch, _ = recorded(run)
    assert {item.key: item.goal for item in batch.definitions} == {
        "val/a": Goal.MAX,
        "val/b": Goal.MAX,
        "loss": Goal.MIN,
    }
    with pytest.raises(Invalid):
        run.define_metric("x", goal="upwards")


def test_media_become_files_with_a_point_that_tells_where(run: Run) -> None:
    run.log({"picture": mw.Image(np.zeros((4, 6, 3)), caption="black"), "x": 1}, step=3)
    run.log_table("rows", [{"a": 1, "b": "é"}, {"a": math.nan}], format="csv")
    run.log({"weights": mw.Histogram(np.arange(100.0))})
    batch, _ = recorded(run)
    series = {item.key: item for item in batch.points}
    place = series["media/picture"]
    entry = batch.summary["picture"]["items"][0]
    assert (place.steps, list(place.values)) == ([3], [1.0])
    assert entry == {"path": f"media/picture/3-{place.times_ms[0]}-0.png", "width": 6, "height": 4, "caption": "black"}
    notes = sorted((run.options.dir / "spool" / run.id / "files").glob("*.json"))
    stored = [json.loads(note.read_text())["name"] for note in notes]
    assert [name.rpartition(".")[2] for name in stored] == ["png", "json", "csv", "json"]
    table = json.loads((notes[1].with_suffix(".bin")).read_text())
    assert table == {"columns": ["a", "b"], "data": [[1, "é"], ["NaN", None]]}


def test_an_artifact_is_kept_as_it_was_when_logged(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "weights.bin").write_bytes(b"old")
    run.log_artifact(folder, "best")
    (folder / "deep" / "weights.bin").write_bytes(b"new")
    files = run.options.dir / "spool" / run.id / "files"
    (note,) = files.glob("*.json")
    assert json.loads(note.read_text())["name"] == "best/deep/weights.bin"
    assert note.with_suffix(".bin").read_bytes() == b"old"


def test_an_alert_is_a_summary_entry_and_a_point(run: Run) -> None:
    run.log({"x": 1})
    run.alert("loss diverged", "it is nan", level="error")
    batch, _ = recorded(run)
    (name,) = [key for key in batch.summary if key.startswith("alert.")]
    assert batch.summary[name]["title"] == "loss diverged" and batch.summary[name]["level"] == "error"
    assert [(item.steps, list(item.values)) for item in batch.points if item.key == "alerts"] == [([0], [40.0])]


class _Hostile:
    def __float__(self) -> float:
        raise RuntimeError("no")

    def __str__(self) -> str:
        raise RuntimeError("no")

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


_ODD = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(), st.complex_numbers(), st.dates(),
        st.decimals(), st.builds(_Hostile), st.builds(object), st.builds(lambda: np.zeros((2, 0))),
        st.just(np.array(["a"])), st.just(lambda: 1),
        st.just(np.datetime64("2020-01-01")), st.just(np.complex64(1j)), st.just(float), st.just(iter([1])),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.text(), st.integers(), st.none()), inner, max_size=3),
    ),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.one_of(_ODD, st.dictionaries(st.text(), _ODD)),
    step=st.one_of(st.none(), st.integers(), _ODD),
    commit=st.booleans(),
)
def test_log_never_raises_whatever_it_is_given(tmp_path: Path, data: Any, step: Any, commit: bool) -> None:
    run = _shared(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run.log(data, step=step, commit=commit)
        run.alert(data, data, data)
        run.log_table("t", data)
        if not isinstance(data, (str, bytes)):
            run.log_artifact(data)
        run.summary["odd"] = data
        run.config["odd"] = data
        run.flush()


_SHARED: dict[str, Run] = {}


def _shared(folder: Path) -> Run:
    if "run" not in _SHARED:
        _SHARED["run"] = mw.init(git=False, dir=folder / "fuzz", silent=True)
    return _SHARED["run"]


def test_what_could_not_be_kept_is_counted_and_told_once() -> None:
    run = mw.init(git=False, silent=False)
    with pytest.warns(RuntimeWarning, match="log could not record") as told:
        run.log(5)  # type: ignore[arg-type]
        run.log(6)  # type: ignore[arg-type]
    assert len(told) == 1 and run.dropped == 2
    run.finish()
    with pytest.warns(RuntimeWarning, match="is finished"):
        run.log({"x": 1})


def test_threads_log_to_runs_of_their_own() -> None:
    runs: dict[int, Run] = {}

    def work(index: int) -> None:
        with mw.init(git=False, name=f"thread {index}") as run:
            runs[index] = run
            for step in range(200):
                mw.log({"x": index * 1000 + step})

    threads = [threading.Thread(target=work, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for index, run in runs.items():
        assert [value for _, value in points(run)["x"]] == [index * 1000 + step for step in range(200)]


def test_runs_nest_inside_each_other() -> None:
    with mw.init(git=False) as outer:
        with mw.init(git=False, parent="current", kind="trial") as inner:
            assert mw.run is inner and inner.options.parent_id == outer.id
        assert mw.run is outer
    assert mw.run is None


def test_a_second_init_finishes_a_run_that_nobody_holds_open() -> None:
    first = mw.init(git=False)
    second = mw.init(git=False)
    assert first.state == "finished" and second.state == "running"
    third = mw.init(git=False, alongside=True)
    assert second.state == "running"
    third.finish()
    second.finish()


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (ValueError, "failed"),
        (KeyboardInterrupt, "killed"),
        (SystemExit(0), "finished"),
        (SystemExit(2), "failed"),
        (SystemExit(143), "killed"),
    ],
)
def test_how_a_with_block_ends_is_the_state_of_the_run(error: Any, state: str) -> None:
    run: Run | None = None
    try:
        with mw.init(git=False) as run:
            raise error
    except BaseException:
        assert run is not None
    assert run is not None
    _, updates = recorded_after(run)
    assert [update.state for update in updates] == [state] and updates[0].end_ms is not None


def recorded_after(run: Run) -> tuple[LogBatch, list[RunUpdate]]:
    return recorded(run)


def test_a_disabled_run_does_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    with mw.init(mode="disabled", config={"a": 1}) as run:
        for _ in range(1000):
            mw.log({"x": 1})
        mw.config.b = 2
        assert run.config.a == 1
        mw.log_table("t", [{"a": 1}])
        mw.alert("x")
    assert not (tmp_path / "data").exists()


def test_without_a_run_the_verbs_only_warn() -> None:
    from modelwright.sdk import session

    session._TOLD.clear()
    with pytest.warns(RuntimeWarning, match="call init first"):
        mw.log({"x": 1})
    mw.log({"x": 1})
    mw.config.a = 1
    mw.finish()


def test_a_fast_loop_loses_nothing(run: Run) -> None:
    data = {f"k{index}": float(index) for index in range(10)}
    for _ in range(30_000):
        run.log(data)
    got = points(run)
    assert {len(series) for series in got.values()} == {30_000} and run.dropped == 0


def test_a_disk_that_refuses_is_survived_in_memory_and_caught_up_with(tmp_path: Path) -> None:
    run = mw.init(git=False, dir=tmp_path / "small")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        run.log({"x": 0})
        run.flush()
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
        for step in range(1, 500):
            run.log({"x": step})
        run.flush()
        assert run.recorder is not None and run.recorder.overflow and run.recorder.disk_error
        run.log_artifact(__file__)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    deadline = time.monotonic() + 5
    while run.recorder.overflow and time.monotonic() < deadline:
        time.sleep(0.05)
        run.log({"x": -1})
    assert not run.recorder.overflow
    values = [value for _, value in points(run)["x"]]
    assert values[:500] == list(range(500)), "nothing of the points was lost"
    run.finish()


def test_what_does_not_fit_in_memory_is_dropped_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from modelwright.sdk import recorder

    monkeypatch.setattr(recorder, "MEMORY_BYTES", 100_000)
    blocked = tmp_path / "file"
    blocked.write_text("a file where the folder should be")
    run = mw.init(git=False, dir=blocked)
    for step in range(20_000):
        run.log({"x": step})
    run.flush()
    assert run.recorder is not None and run.recorder.overflow_bytes < 200_000
    assert run.dropped > 10_000
    run.finish()


def test_a_disk_that_hangs_neither_blocks_the_caller_nor_eats_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    from modelwright.sdk import recorder

    monkeypatch.setattr(recorder, "HARD_CALLS", 30_000)
    run = mw.init(git=False)
    assert run.recorder is not None and run.recorder._spool is not None
    hang = threading.Event()
    entered = threading.Event()
    append = run.recorder._spool.append

    def stuck(data: bytes, *, boundary: bool) -> None:
        entered.set()
        hang.wait(20)
        append(data, boundary=boundary)

    monkeypatch.setattr(run.recorder._spool, "append", stuck)
    run.log({"x": 0})
    assert entered.wait(5)
    slowest = 0.0
    for step in range(60_000):
        began = time.perf_counter()
        run.log({"x": step})
        run.config["step"] = step if step % 1000 == 0 else 0
        slowest = max(slowest, time.perf_counter() - began)
    assert len(run.recorder.rows) <= 30_001 and run.dropped > 10_000
    assert slowest < 1.0
    hang.set()
    run.finish()


def test_a_password_in_the_address_is_not_written_to_the_spool(tmp_path: Path) -> None:
    run = mw.init(git=False, url="http://me:hunter2@127.0.0.1:9", token="mw_hunter2", finish_timeout=0.0)
    run.log({"x": 1})
    run.finish()
    written = b"".join(path.read_bytes() for path in (tmp_path / "data" / "spool").rglob("*") if path.is_file())
    assert b"127.0.0.1:9" in written and b"hunter2" not in written
