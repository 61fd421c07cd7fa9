"""Experiments and runs on both engines: create, change, nest, crash, delete, restore, purge."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modelwright import testing
from modelwright.domains.tracking.queries import runs as queries
from modelwright.domains.tracking.service import console, crashes, experiments, inputs, log, models, runs
from modelwright.kit.clock import ManualClock
from modelwright.kit.context import Ctx
from modelwright.types.access import Actor, Role
from modelwright.types.errors import AlreadyExists, Conflict, Denied, Invalid, NotFound
from modelwright.types.tracking import (
    DatasetInput,
    ExperimentCreate,
    ExperimentUpdate,
    GitState,
    Lifecycle,
    LogBatch,
    LogLine,
    ModelInput,
    ModelOutput,
    Origin,
    Points,
    Run,
    RunCreate,
    RunKind,
    RunState,
    RunUpdate,
)

NUL_AND_ODD = ["", "\x00", "a\x00b", "\ud800", "x" * 500, "ü", "../..", "'; DROP TABLE runs; --", "%", "9" * 65]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def ctx(engine: str, tmp_path: Path, clock: ManualClock) -> Any:
    context = testing.context(tmp_path, db_url=engine, clock=clock)
    yield context
    context.db.close()


def audited(ctx: Ctx, subject: str) -> list[tuple[str, str]]:
    with ctx.db.read() as tx:
        return [
            (row[0], row[1])
            for row in tx.rows("SELECT action, detail FROM audit_events WHERE subject = ? ORDER BY id", (subject,))
        ]


def test_a_run_is_kept_with_all_it_was_given(ctx: Ctx, clock: ManualClock) -> None:
    origin = Origin(
        command=["python", "train.py"], git=GitState(commit="c0ffee", dirty=True), packages={"numpy": "2.0"}
    )
    made = runs.create(
        ctx,
        RunCreate(
            experiment="ünder",
            name="first",
            kind=RunKind.TRIAL,
            user="ada",
            group="g",
            notes="some *text*",
            params={"opt": {"lr": 0.1, "betas": [0.9, 0.999]}, "n": 3},
            tags={"a": "b", "ключ": "значение"},
            origin=origin,
            heartbeat=True,
        ),
    )
    found = runs.get(ctx, made.id)
    assert found == made
    assert (found.name, found.kind, found.user, found.group, found.notes, found.origin) == (
        "first",
        RunKind.TRIAL,
        "ada",
        "g",
        "some *text*",
        origin,
    )
    assert found.params == {"opt.lr": 0.1, "opt.betas": [0.9, 0.999], "n": 3}
    assert (found.start_ms, found.heartbeat_ms, found.end_ms) == (clock.at_ms, clock.at_ms, None)
    assert found.artifact_uri == f"mlflow-artifacts:/{found.experiment_id}/{found.id}/artifacts"
    assert experiments.by_name(ctx, "ünder").id == found.experiment_id


def test_the_same_id_again_is_the_same_run(ctx: Ctx) -> None:
    body = RunCreate(id="abc", name="one", params={"a": 1})
    first = runs.create(ctx, body)
    assert runs.create(ctx, body) == first
    runs.update(ctx, "abc", RunUpdate(name="two", state=RunState.FINISHED))
    assert runs.create(ctx, body).name == "two", "a repeated call changes nothing"
    with pytest.raises(AlreadyExists):
        runs.create(ctx, RunCreate(id="abc", kind=RunKind.STEP))
    with pytest.raises(AlreadyExists):
        runs.create(ctx, RunCreate(id="abc", experiment="elsewhere"))
    with pytest.raises(AlreadyExists):
        runs.create(ctx.acting(ctx.actor, "other"), RunCreate(id="abc", experiment="mine"))


def test_an_odd_run_id_is_not_found_and_never_made(ctx: Ctx) -> None:
    for run_id in NUL_AND_ODD:
        refuse_run(ctx, run_id)


def refuse_run(ctx: Ctx, run_id: str) -> None:
    verbs: list[Callable[[], Any]] = [
        lambda: runs.get(ctx, run_id),
        lambda: runs.update(ctx, run_id, RunUpdate(name="x")),
        lambda: runs.delete(ctx, run_id),
        lambda: runs.heartbeat(ctx, run_id),
        lambda: console.read(ctx, run_id),
        lambda: runs.purge(ctx, run_id),
        lambda: runs.children(ctx, run_id),
    ]
    for verb in verbs:
        with pytest.raises(NotFound):
            verb()
    with pytest.raises(Invalid):
        runs.create(ctx, RunCreate(id=run_id))


def test_an_odd_experiment_id_is_not_found(ctx: Ctx) -> None:
    for experiment_id in [*NUL_AND_ODD, "-1", "1.5", str(2**63), "00000000000000000000000"]:
        refuse_experiment(ctx, experiment_id)


def refuse_experiment(ctx: Ctx, experiment_id: str) -> None:
    verbs: list[Callable[[], Any]] = [
        lambda: experiments.get(ctx, experiment_id),
        lambda: experiments.delete(ctx, experiment_id),
        lambda: experiments.restore(ctx, experiment_id),
        lambda: experiments.update(ctx, experiment_id, ExperimentUpdate(name="x")),
        lambda: runs.create(ctx, RunCreate(experiment_id=experiment_id)),
    ]
    for verb in verbs:
        with pytest.raises(NotFound):
            verb()


def test_an_odd_name_is_refused(ctx: Ctx) -> None:
    for name in ["", "  ", "x" * 501, "a\x00", "a\nb", "\ud800"]:
        refuse_name(ctx, name)


def refuse_name(ctx: Ctx, name: str) -> None:
    with pytest.raises(Invalid):
        experiments.create(ctx, ExperimentCreate(name=name))
    if name:
        with pytest.raises(Invalid):
            runs.create(ctx, RunCreate(name=name))
    with pytest.raises((NotFound, Invalid)):
        experiments.by_name(ctx, name)


def test_a_name_of_500_characters_is_kept(ctx: Ctx) -> None:
    assert experiments.create(ctx, ExperimentCreate(name="🙂" * 500)).name == "🙂" * 500


def test_an_experiment_name_is_taken_once_and_stays_taken_when_it_is_deleted(ctx: Ctx) -> None:
    first = experiments.create(ctx, ExperimentCreate(name="x", tags={"a": "1"}))
    assert experiments.create(ctx, ExperimentCreate(name="x", exist_ok=True)) == first
    with pytest.raises(AlreadyExists):
        experiments.create(ctx, ExperimentCreate(name="x"))
    experiments.delete(ctx, first.id)
    with pytest.raises(AlreadyExists, match="already exists"):
        experiments.create(ctx, ExperimentCreate(name="x"))
    with pytest.raises(Conflict, match="must be in the 'active' state"):
        experiments.create(ctx, ExperimentCreate(name="x", exist_ok=True))
    with pytest.raises(Conflict, match="must be in the 'active' state"):
        runs.create(ctx, RunCreate(experiment="x"))
    assert experiments.create(ctx.acting(ctx.actor, "other"), ExperimentCreate(name="x")).id != first.id


def test_experiment_tags_are_set_and_removed_with_audit(ctx: Ctx) -> None:
    made = experiments.create(ctx, ExperimentCreate(name="x", tags={"a": "1", "b": "2"}))
    changed = experiments.update(ctx, made.id, ExperimentUpdate(name="y", tags={"a": "3", "b": None, "c": ""}))
    assert (changed.name, changed.tags) == ("y", {"a": "3", "c": ""})
    actions = audited(ctx, f"experiments/{made.id}")
    assert [action for action, _ in actions] == ["experiment.created", "experiment.updated"]
    assert '"a":{"old":"1","new":"3"}' in actions[1][1]
    with pytest.raises(NotFound):
        experiments.delete_tag(ctx, made.id, "b")
    experiments.delete_tag(ctx, made.id, "c")
    assert experiments.get(ctx, made.id).tags == {"a": "3"}


def test_restoring_an_experiment_brings_back_only_the_runs_deleted_with_it(ctx: Ctx) -> None:
    home = experiments.create(ctx, ExperimentCreate(name="x"))
    kept, before = (runs.create(ctx, RunCreate(experiment_id=home.id)) for _ in range(2))
    runs.delete(ctx, before.id)
    experiments.delete(ctx, home.id)
    assert runs.get(ctx, kept.id).lifecycle is Lifecycle.DELETED
    with pytest.raises(Conflict, match="must be in the 'active' state"):
        runs.restore(ctx, kept.id)
    with pytest.raises(Conflict, match="must be in the 'active' state"):
        experiments.delete(ctx, home.id)
    experiments.restore(ctx, home.id)
    assert runs.get(ctx, kept.id).lifecycle is Lifecycle.ACTIVE
    assert runs.get(ctx, before.id).lifecycle is Lifecycle.DELETED
    with pytest.raises(Conflict):
        experiments.restore(ctx, home.id)


def test_a_deleted_run_can_be_read_but_not_written(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate(params={"a": 1}))
    runs.delete(ctx, run.id)
    assert runs.get(ctx, run.id).params == {"a": 1}
    writes: list[Callable[[], Any]] = [
        lambda: runs.update(ctx, run.id, RunUpdate(name="x")),
        lambda: runs.delete(ctx, run.id),
        lambda: runs.heartbeat(ctx, run.id),
        lambda: runs.stop(ctx, run.id),
        lambda: runs.delete_tag(ctx, run.id, "a"),
        lambda: log.log(ctx, run.id, LogBatch(tags={"a": "b"})),
        lambda: inputs.log_inputs(ctx, run.id, [DatasetInput(name="d", digest="1")]),
        lambda: runs.create(ctx, RunCreate(id=run.id)),
        lambda: models.create(ctx, source_run_id=run.id),
    ]
    for write in writes:
        with pytest.raises(Conflict, match="must be in the 'active' state"):
            write()
    runs.restore(ctx, run.id)
    assert runs.update(ctx, run.id, RunUpdate(name="x")).name == "x"
    with pytest.raises(Conflict, match="must be in the 'deleted' state"):
        runs.restore(ctx, run.id)


def test_params_and_tags_are_edited_with_old_and_new_value_in_the_audit(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate(params={"lr": 0.1, "layers": [1, 2]}, tags={"a": "x"}))
    changed = runs.update(
        ctx, run.id, RunUpdate(params={"lr": 0.2, "layers": None, "new": {"deep": True}}, tags={"a": None, "b": "y"})
    )
    assert changed.params == {"lr": 0.2, "new.deep": True}
    assert changed.tags == {"b": "y"}
    action, detail = audited(ctx, f"runs/{run.id}")[-1]
    assert action == "run.updated"
    assert (
        '"lr":{"old":0.1,"new":0.2}' in detail
        and '"layers":{"old":[1,2],"new":null}' in detail
        and '"b":{"old":null,"new":"y"}' in detail
    )


def test_metric_batches_leave_no_audit(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate())
    before = len(audited(ctx, f"runs/{run.id}"))
    log.log(
        ctx,
        run.id,
        LogBatch(
            points=[Points(key="loss", steps=[1], times_ms=[1], values=[0.5])], params={"a": 1}, tags={"t": "v"}
        ),
    )
    assert len(audited(ctx, f"runs/{run.id}")) == before
    found = runs.get(ctx, run.id)
    assert (found.metrics["loss"].last, found.params, found.tags) == (0.5, {"a": 1}, {"t": "v"})


def test_states_set_the_times(ctx: Ctx, clock: ManualClock) -> None:
    run = runs.create(ctx, RunCreate(state=RunState.QUEUED))
    assert (run.start_ms, run.end_ms) == (None, None)
    clock.advance(10)
    run = runs.update(ctx, run.id, RunUpdate(state=RunState.RUNNING))
    assert (run.start_ms, run.end_ms) == (clock.at_ms, None)
    clock.advance(10)
    run = runs.update(ctx, run.id, RunUpdate(state=RunState.FINISHED))
    assert run.end_ms == clock.at_ms
    run = runs.update(ctx, run.id, RunUpdate(state=RunState.FAILED, end_ms=5))
    assert (run.state, run.end_ms) == (RunState.FAILED, 5)
    run = runs.update(ctx, run.id, RunUpdate(state=RunState.RUNNING))
    assert (run.state, run.end_ms) == (RunState.RUNNING, None)
    run = runs.update(ctx, run.id, RunUpdate(end_ms=7))
    assert run.end_ms == 7


def test_a_silent_run_is_found_crashed_within_30_seconds_and_revived_by_any_sign_of_life(
    ctx: Ctx, clock: ManualClock
) -> None:
    signs: list[Callable[[str], Any]] = [
        lambda run_id: runs.heartbeat(ctx, run_id),
        lambda run_id: log.log(
            ctx, run_id, LogBatch(points=[Points(key="a", steps=[1], times_ms=[1], values=[1.0])])
        ),
        lambda run_id: runs.update(ctx, run_id, RunUpdate(state=RunState.RUNNING)),
    ]
    crashes.sweep(ctx)
    promised = [runs.create(ctx, RunCreate(heartbeat=True)) for _ in signs]
    never = runs.create(ctx, RunCreate())
    born = clock.at_ms
    while all(runs.get(ctx, run.id).state is RunState.RUNNING for run in promised):
        clock.advance(5_000)
        crashes.sweep(ctx)
    assert clock.at_ms - born <= 30_000
    for run, sign in zip(promised, signs, strict=True):
        found = runs.get(ctx, run.id)
        assert (found.state, found.end_ms) == (RunState.CRASHED, born)
        sign(run.id)
        found = runs.get(ctx, run.id)
        assert (found.state, found.end_ms) == (RunState.RUNNING, None)
        assert [action for action, _ in audited(ctx, f"runs/{run.id}")][1] == "run.crashed"
    assert runs.get(ctx, never.id).state is RunState.RUNNING
    assert crashes.sweep(ctx) == 0, "a sign of life counts from now"


def test_a_server_that_was_away_listens_before_it_calls_runs_crashed(ctx: Ctx, clock: ManualClock) -> None:
    crashes.sweep(ctx)
    run = runs.create(ctx, RunCreate(heartbeat=True))
    clock.advance(600_000)
    assert crashes.sweep(ctx) == 0
    for _ in range(6):
        clock.advance(5_000)
        crashes.sweep(ctx)
    assert runs.get(ctx, run.id).state is RunState.CRASHED


def test_a_request_to_stop_reaches_the_client_with_its_next_log(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate(heartbeat=True))
    assert not runs.heartbeat(ctx, run.id).stop
    assert runs.stop(ctx, run.id).stop_requested
    assert runs.heartbeat(ctx, run.id).stop
    assert log.log(ctx, run.id, LogBatch(tags={"a": "b"})).stop
    runs.update(ctx, run.id, RunUpdate(state=RunState.KILLED))
    with pytest.raises(Conflict):
        runs.stop(ctx, run.id)
    assert not runs.update(ctx, run.id, RunUpdate(state=RunState.RUNNING)).stop_requested


def test_runs_nest_and_a_cycle_is_refused(ctx: Ctx) -> None:
    top = runs.create(ctx, RunCreate(id="top"))
    runs.create(ctx, RunCreate(id="mid", parent_id="top"))
    runs.create(ctx, RunCreate(id="low", parent_id="mid"))
    assert [run.id for run in runs.children(ctx, "top").items] == ["mid"]
    assert [run.id for run in runs.children(ctx, "top", deep=True).items] == ["mid", "low"]
    for run_id, parent in (("top", "low"), ("top", "top"), ("mid", "low")):
        with pytest.raises(Invalid, match="ancestor"):
            runs.update(ctx, run_id, RunUpdate(parent_id=parent))
    with pytest.raises(Invalid, match="ancestor"):
        runs.create(ctx, RunCreate(id="self", parent_id="self"))
    runs.update(ctx, "low", RunUpdate(parent_id=""))
    assert runs.get(ctx, "low").parent_id is None
    runs.delete(ctx, "mid")
    assert runs.children(ctx, top.id, deep=True).items == []


def test_a_parent_that_comes_later_is_fine_but_not_in_a_circle(ctx: Ctx) -> None:
    runs.create(ctx, RunCreate(id="child", parent_id="later"))
    with pytest.raises(Invalid, match="ancestor"):
        runs.create(ctx, RunCreate(id="later", parent_id="child"))
    runs.create(ctx, RunCreate(id="later"))
    assert [run.id for run in runs.children(ctx, "later").items] == ["child"]


def test_a_run_moves_to_another_experiment_with_its_metrics(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate(experiment="a"))
    log.log(ctx, run.id, LogBatch(points=[Points(key="loss", steps=[1], times_ms=[1], values=[0.5])]))
    there = experiments.create(ctx, ExperimentCreate(name="b"))
    moved = runs.update(ctx, run.id, RunUpdate(experiment_id=there.id))
    assert moved.experiment_id == there.id
    with ctx.db.read() as tx:
        assert tx.rows("SELECT experiment FROM metrics") == [(int(there.id),)]
    with pytest.raises(NotFound):
        runs.update(ctx, run.id, RunUpdate(experiment_id="999"))


def test_a_purged_run_leaves_nothing_and_frees_its_id(ctx: Ctx) -> None:
    from modelwright.domains.tracking.service import artifacts

    run = runs.create(ctx, RunCreate(id="gone", params={"a": 1}, tags={"b": "c"}, origin=Origin(host="h")))
    log.log(
        ctx,
        run.id,
        LogBatch(
            points=[Points(key="loss", steps=[1], times_ms=[1], values=[0.5])],
            summary={"x": 1},
            lines=[LogLine(1, "stdout", "hello")],
        ),
    )
    artifacts.put(ctx, "runs/gone", "a/b.txt", b"content")
    inputs.log_inputs(ctx, run.id, [DatasetInput(name="d", digest="1")])
    with pytest.raises(Conflict, match="must be in the 'deleted' state"):
        runs.purge(ctx, run.id)
    runs.delete(ctx, run.id)
    runs.purge(ctx, run.id)
    with pytest.raises(NotFound):
        runs.get(ctx, run.id)
    with ctx.db.read() as tx:
        for table in (
            "runs",
            "params",
            "tags",
            "origins",
            "metrics",
            "chunks",
            "summaries",
            "console",
            "artifacts",
            "dataset_inputs",
        ):
            assert tx.rows(f"SELECT * FROM {table}") == [], table
    assert runs.create(ctx, RunCreate(id="gone")).params == {}
    assert [action for action, _ in audited(ctx, "runs/gone")] == [
        "run.created",
        "run.deleted",
        "run.purged",
        "run.created",
    ]


def test_a_purged_experiment_takes_everything_with_it_and_frees_its_name(ctx: Ctx) -> None:
    home = experiments.create(ctx, ExperimentCreate(name="x", tags={"a": "b"}))
    run = runs.create(ctx, RunCreate(experiment_id=home.id, params={"a": 1}))
    model = models.create(ctx, source_run_id=run.id)
    with pytest.raises(Conflict):
        experiments.purge(ctx, home.id)
    experiments.delete(ctx, home.id)
    experiments.purge(ctx, home.id)
    for gone in (
        lambda: experiments.get(ctx, home.id),
        lambda: runs.get(ctx, run.id),
        lambda: models.get(ctx, model.id),
    ):
        with pytest.raises(NotFound):
            gone()
    again = experiments.create(ctx, ExperimentCreate(name="x"))
    assert int(again.id) > int(home.id), "an id is never given twice"
    experiments.delete(ctx, "0")
    with pytest.raises(Conflict):
        experiments.purge(ctx, "0")


def test_datasets_are_kept_once_an_experiment(ctx: Ctx) -> None:
    data = DatasetInput(
        name="train",
        digest="d1",
        source_type="local",
        source="{}",
        schema="[]",
        profile="{}",
        tags={"mlflow.data.context": "training"},
    )
    first, second = (runs.create(ctx, RunCreate(experiment="x")) for _ in range(2))
    inputs.log_inputs(ctx, first.id, [data, data])
    inputs.log_inputs(ctx, second.id, [data, DatasetInput(name="train", digest="d2")])
    with ctx.db.read() as tx:
        assert tx.row("SELECT count(*) FROM datasets") == (2,)
    assert runs.get(ctx, first.id).dataset_inputs == [data]
    assert [item.digest for item in runs.get(ctx, second.id).dataset_inputs] == ["d1", "d2"]
    assert inputs.datasets(ctx, [first.experiment_id]) == [
        (first.experiment_id, "train", "d1", "training"),
        (first.experiment_id, "train", "d2", ""),
    ]


def test_models_are_linked_to_the_runs_that_used_and_made_them(ctx: Ctx) -> None:
    maker, user = (runs.create(ctx, RunCreate()) for _ in range(2))
    model = models.create(ctx, source_run_id=maker.id, name="clf", params={"depth": "3"}, tags={"a": "b"})
    inputs.log_outputs(ctx, maker.id, [ModelOutput(model_id=model.id, step=7)])
    inputs.log_inputs(ctx, user.id, [], [ModelInput(model_id=model.id)])
    assert runs.get(ctx, maker.id).model_outputs == [ModelOutput(model_id=model.id, step=7)]
    assert runs.get(ctx, user.id).model_inputs == [ModelInput(model_id=model.id)]
    with pytest.raises(NotFound):
        inputs.log_outputs(ctx, maker.id, [ModelOutput(model_id="m-" + "0" * 32)])


def test_another_workspace_sees_nothing(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate())
    model = models.create(ctx, source_run_id=run.id)
    other = ctx.acting(ctx.actor, "other")
    for look in (
        lambda: runs.get(other, run.id),
        lambda: models.get(other, model.id),
        lambda: experiments.get(other, run.experiment_id),
        lambda: runs.update(other, run.id, RunUpdate(name="x")),
        lambda: console.read(other, run.id),
        lambda: log.log(other, run.id, LogBatch(tags={"a": "b"})),
        lambda: models.delete(other, model.id),
        lambda: runs.purge(other, run.id),
    ):
        with pytest.raises(NotFound):
            look()


def test_a_viewer_reads_and_does_not_write(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate())
    viewer = ctx.acting(Actor("eve", {"default": Role.VIEWER}), "default")
    assert runs.get(viewer, run.id).id == run.id
    for write in (
        lambda: runs.create(viewer, RunCreate()),
        lambda: runs.update(viewer, run.id, RunUpdate(name="x")),
        lambda: runs.delete(viewer, run.id),
        lambda: experiments.create(viewer, ExperimentCreate(name="x")),
        lambda: runs.heartbeat(viewer, run.id),
        lambda: models.create(viewer, source_run_id=run.id),
    ):
        with pytest.raises(Denied):
            write()


def test_a_thousand_runs_are_created_in_a_few_commits_and_each_answer_is_its_own(ctx: Ctx) -> None:
    futures = [
        runs.submit_create(ctx, RunCreate(name=f"r{number}", tags={"n": str(number)})) for number in range(300)
    ]
    made: list[Run] = [future.result(60) for future in futures]
    assert [run.name for run in made] == [f"r{number}" for number in range(300)]
    with ctx.db.read() as tx:
        assert tx.row("SELECT count(*) FROM runs") == (300,)
        assert queries.locate(tx, "default", made[7].id).name == "r7"


def test_a_purge_of_much_goes_in_several_transactions_and_leaves_the_others_alone(ctx: Ctx) -> None:
    home = experiments.create(ctx, ExperimentCreate(name="x"))
    other = runs.create(ctx, RunCreate(params={"a": 1}))
    for number in range(3):
        runs.create(ctx, RunCreate(experiment_id=home.id, params={f"p{place}": number for place in range(1_500)}))
    experiments.delete(ctx, home.id)
    experiments.purge(ctx, home.id)
    with ctx.db.read() as tx:
        assert tx.rows("SELECT id FROM runs") == [(other.id,)]
        assert tx.row("SELECT count(*) FROM params") == (1,)
