"""Series as wholes: renamed, deleted, listed, sampled, copied to a fork, and damage found."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from modelwright.domains.tracking.points import merge
from modelwright.domains.tracking.service import forks, log, runs, series
from modelwright.kit.clock import ManualClock
from modelwright.kit.context import Ctx
from modelwright.types.errors import AlreadyExists, Invalid, NotFound, Unavailable
from modelwright.types.tracking import Fork, LogBatch, MetricKey, Points, RenameMetric, RunCreate, SeriesQuery


def log_range(ctx: Ctx, run: str, key: str, count: int, start: int = 0) -> None:
    for first in range(start, start + count, 1_000):
        steps = np.arange(first, min(first + 1_000, start + count))
        column: Any = steps
        log.log(ctx, run, LogBatch(points=[Points(key=key, steps=column, times_ms=column, values=np.sin(column))]))


def test_a_metric_is_renamed_with_all_its_points(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate()).id
    log_range(ctx, run, "old", 20_000)
    merge.run(ctx)
    before = series.query(ctx, SeriesQuery(runs=[run], metrics=["old"])).lines[0]
    log_range(ctx, run, "taken", 1)
    with pytest.raises(AlreadyExists):
        series.rename_metric(ctx, run, RenameMetric(key="old", new_key="taken"))
    with pytest.raises(NotFound):
        series.rename_metric(ctx, run, RenameMetric(key="nothing", new_key="x"))
    with pytest.raises(Invalid):
        series.rename_metric(ctx, run, RenameMetric(key="old", new_key=""))
    series.rename_metric(ctx, run, RenameMetric(key="old", new_key="new"))
    after = series.query(ctx, SeriesQuery(runs=[run], metrics=["old", "new"])).lines
    assert [line.metric for line in after] == ["new"] and after[0].mean == before.mean
    assert len(series.history(ctx, run, "new").steps) == 20_000


def test_a_metric_is_deleted_with_all_its_points(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate()).id
    log_range(ctx, run, "m", 10_000)
    merge.run(ctx)
    series.delete_metric(ctx, run, "m")
    assert len(series.history(ctx, run, "m").steps) == 0 and runs.get(ctx, run).metrics == {}
    with ctx.db.read() as tx:
        assert tx.row("SELECT (SELECT count(*) FROM chunks) + (SELECT count(*) FROM pyramids)") == (0,)
    with pytest.raises(NotFound):
        series.delete_metric(ctx, run, "m")
    log_range(ctx, run, "m", 3)
    assert runs.get(ctx, run).metrics["m"].count == 3


def test_metric_names_are_found_by_pattern_over_runs(ctx: Ctx) -> None:
    one, two = runs.create(ctx, RunCreate()).id, runs.create(ctx, RunCreate()).id
    for run, key, count in ((one, "train/loss", 3), (two, "train/loss", 5), (one, "val/loss", 1), (two, "lr", 2)):
        log_range(ctx, run, key, count)
    assert series.keys(ctx, [one, two], "loss$") == [
        MetricKey(key="train/loss", runs=2, points=8),
        MetricKey(key="val/loss", runs=1, points=1),
    ]
    assert [item.key for item in series.keys(ctx, [two])] == ["lr", "train/loss"]
    with pytest.raises(Invalid):
        series.keys(ctx, [one], "(")


def test_samples_of_several_runs_share_their_steps_and_keep_the_ends(ctx: Ctx) -> None:
    one, two = runs.create(ctx, RunCreate()).id, runs.create(ctx, RunCreate()).id
    log_range(ctx, one, "m", 2_000)
    log_range(ctx, two, "m", 900, 50)
    found = series.intervals(ctx, [one, two, "0" * 32], "m", None, None, 100)
    assert list(found) == [one, two]
    assert all(len(block.steps) <= 100 for block in found.values())
    assert found[one].steps[[0, -1]].tolist() == [0, 1_999] and found[two].steps[[0, -1]].tolist() == [50, 949]
    assert set(found[two].steps.tolist()) - {50, 949} <= set(found[one].steps.tolist())
    assert series.intervals(ctx, [one], "m", 10, 19, 100)[one].steps.tolist() == list(range(10, 20))


@pytest.mark.parametrize("step", [None, 12_345, -1, 10**9])
def test_a_fork_has_the_points_up_to_its_step(ctx: Ctx, step: int | None) -> None:
    run = runs.create(ctx, RunCreate()).id
    log_range(ctx, run, "m", 40_000)
    merge.run(ctx)
    log_range(ctx, run, "m", 500, 40_000)
    copy = forks.fork(ctx, run, Fork(step=step)).id
    count = 40_500 if step is None else max(0, min(40_500, step + 1))
    block = series.history(ctx, copy, "m")
    assert block.steps.tolist() == list(range(count))
    for name in (None, [100.0, 30_000.0]):
        lines = [
            series.query(ctx, SeriesQuery(runs=[each], metrics=["m"], range=name or [0.0, 40_499.0])).lines
            for each in (run, copy)
        ]
        if count == 40_500:
            assert lines[0][0].mean == lines[1][0].mean and lines[0][0].points == lines[1][0].points
    if count:
        summary = runs.get(ctx, copy).metrics["m"]
        assert (summary.count, summary.step) == (count, count - 1)
        assert summary.max == np.sin(np.arange(count)).max()
    assert len(series.history(ctx, run, "m").steps) == 40_500
    log_range(ctx, copy, "m", 20_000, 50_000)
    merge.run(ctx)
    assert len(series.history(ctx, copy, "m").steps) == count + 20_000
    assert list(series.damages(ctx)) == []


@pytest.mark.parametrize("table", ["chunks", "pyramids"])
def test_damaged_points_are_refused_by_name_and_found_by_the_check(ctx: Ctx, table: str) -> None:
    run = runs.create(ctx, RunCreate()).id
    log_range(ctx, run, "m", 20_000)
    log_range(ctx, run, "sound", 20_000)
    merge.run(ctx)
    with ctx.db.write() as tx:
        row = tx.row(f"SELECT id, data FROM {table} WHERE key = 'm' ORDER BY id LIMIT 1")
        assert row is not None
        data = bytearray(row[1])
        data[len(data) // 2] ^= 4
        tx.execute(f"UPDATE {table} SET data = ? WHERE id = ?", (bytes(data), row[0]))
    with pytest.raises(Unavailable, match="damaged") as refusal:
        if table == "chunks":
            series.history(ctx, run, "m")
        else:
            series.query(ctx, SeriesQuery(runs=[run], metrics=["m"]))
    assert run in refusal.value.where and "'m'" in refusal.value.where
    assert len(series.history(ctx, run, "sound").steps) == 20_000
    found = list(series.damages(ctx))
    assert len(found) == 1 and run in found[0] and "'m'" in found[0]


def test_a_series_of_few_chunks_is_merged_once_it_is_idle(ctx: Ctx) -> None:
    clock = ManualClock()
    ctx = msgspec.structs.replace(ctx, clock=clock)
    run = runs.create(ctx, RunCreate()).id
    for step in range(3):
        points = Points(key="m", steps=[step], times_ms=[clock.now_ms()], values=[float(step)])
        log.log(ctx, run, LogBatch(points=[points, Points(key="one", steps=[0], times_ms=[0], values=[1.0])]))

    def chunks(key: str) -> int:
        with ctx.db.read() as tx:
            row = tx.row("SELECT count(*) FROM chunks WHERE key = ?", (key,))
            assert row is not None
            return row[0]

    assert merge.run(ctx) == 0 and chunks("m") == 3
    clock.advance(61_000)
    assert merge.run(ctx) == 1 and (chunks("m"), chunks("one")) == (1, 1)
    assert merge.run(ctx) == 0
    assert series.history(ctx, run, "m").values.tolist() == [0.0, 1.0, 2.0]
    log_range(ctx, run, "m", 5, start=3)
    assert runs.get(ctx, run).metrics["m"].count == 8
