"""Forking a run, on both engines."""

from __future__ import annotations

import math

import pytest

from modelwright.domains.tracking.service import artifacts, forks, inputs, log, runs, series
from modelwright.kit.context import Ctx
from modelwright.types.errors import AlreadyExists, Conflict, Invalid, NotFound
from modelwright.types.tracking import (
    DatasetInput,
    Fork,
    Goal,
    LogBatch,
    MetricDefinition,
    Origin,
    Points,
    RunCreate,
    RunState,
    RunUpdate,
)


@pytest.fixture
def source(ctx: Ctx) -> str:
    run = runs.create(
        ctx,
        RunCreate(
            id="src",
            experiment="x",
            params={"lr": 0.1},
            tags={"a": "b"},
            origin=Origin(host="h"),
            notes="n",
            group="g",
        ),
    )
    for start in range(0, 100, 10):
        steps = list(range(start, start + 10))
        values = [math.nan if step == 5 else step / 2 for step in steps]
        log.log(ctx, run.id, LogBatch(points=[Points(key="loss", steps=steps, times_ms=steps, values=values)]))
    log.log(
        ctx,
        run.id,
        LogBatch(
            points=[Points(key="late", steps=[90], times_ms=[1], values=[1.0])],
            summary={"best": 1},
            definitions=[MetricDefinition(key="loss", goal=Goal.MAX)],
        ),
    )
    artifacts.put(ctx, "runs/src", "a/model.bin", b"weights")
    inputs.log_inputs(ctx, run.id, [DatasetInput(name="d", digest="1")])
    runs.update(ctx, run.id, RunUpdate(state=RunState.FINISHED))
    return run.id


def test_a_fork_has_all_that_the_run_had_up_to_the_step(ctx: Ctx, source: str) -> None:
    made = forks.fork(ctx, source, Fork(step=42, name="again"))
    old, new = runs.get(ctx, source), runs.get(ctx, made.id)
    assert (new.name, new.state, new.forked_from, new.fork_step, new.end_ms) == (
        "again",
        RunState.RUNNING,
        source,
        42,
        None,
    )
    assert (new.params, new.tags, new.summary, new.origin, new.notes, new.group, new.dataset_inputs) == (
        old.params,
        old.tags,
        old.summary,
        old.origin,
        old.notes,
        old.group,
        old.dataset_inputs,
    )
    assert set(new.metrics) == {"loss"}, "a metric that began later is not there"
    assert (
        new.metrics["loss"].last,
        new.metrics["loss"].step,
        new.metrics["loss"].count,
        new.metrics["loss"].nans,
    ) == (21.0, 42, 43, 1)
    assert (new.metrics["loss"].max, new.metrics["loss"].best) == (21.0, 21.0)
    block = series.history(ctx, made.id, "loss", limit=1_000)
    assert block.steps.tolist() == list(range(43))
    assert b"".join(artifacts.open(ctx, f"runs/{made.id}", "a/model.bin")[1]) == b"weights"
    assert new.artifact_uri.endswith(f"/{made.id}/artifacts")


def test_a_fork_goes_its_own_way(ctx: Ctx, source: str) -> None:
    made = forks.fork(ctx, source, Fork())
    assert runs.get(ctx, made.id).metrics == runs.get(ctx, source).metrics
    log.log(
        ctx,
        made.id,
        LogBatch(points=[Points(key="loss", steps=[100], times_ms=[100], values=[9.0])], params={"lr": 0.2}),
    )
    artifacts.delete(ctx, f"runs/{made.id}", "a")
    assert runs.get(ctx, source).metrics["loss"].step == 99
    assert runs.get(ctx, source).params == {"lr": 0.1}
    assert len(artifacts.list(ctx, "runs/src")) == 1
    runs.delete(ctx, source)
    runs.purge(ctx, source)
    assert series.history(ctx, made.id, "loss", limit=1_000).steps.tolist() == list(range(101))


def test_the_same_fork_again_is_the_same_run(ctx: Ctx, source: str) -> None:
    made = forks.fork(ctx, source, Fork(id="f", step=3))
    assert forks.fork(ctx, source, Fork(id="f", step=3)).id == made.id
    with pytest.raises(AlreadyExists):
        forks.fork(ctx, source, Fork(id="f", step=4))
    with pytest.raises(AlreadyExists):
        forks.fork(ctx, source, Fork(id=source))


def test_only_an_active_run_here_can_be_forked(ctx: Ctx, source: str) -> None:
    with pytest.raises(NotFound):
        forks.fork(ctx, "nobody", Fork())
    with pytest.raises(NotFound):
        forks.fork(ctx.acting(ctx.actor, "other"), source, Fork())
    with pytest.raises(Invalid):
        forks.fork(ctx, source, Fork(step=2**63))
    runs.delete(ctx, source)
    with pytest.raises(Conflict):
        forks.fork(ctx, source, Fork())
