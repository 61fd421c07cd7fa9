"""Saved views and changes of many runs, on both engines."""

from __future__ import annotations

from typing import Any

import pytest

from modelwright.domains.audit import service as audit
from modelwright.domains.events import service as events
from modelwright.domains.tracking.service import bulk, experiments, runs, views
from modelwright.kit.context import Ctx
from modelwright.types.access import Actor, Role
from modelwright.types.errors import Conflict, Denied, Invalid, NotFound, TooLarge
from modelwright.types.overview import BulkAction, BulkChange, ViewCreate, ViewUpdate
from modelwright.types.page import Search
from modelwright.types.tracking import ExperimentCreate, RunCreate, RunState, RunUpdate


def acting(ctx: Ctx, name: str, role: Role = Role.CONTRIBUTOR) -> Ctx:
    return ctx.acting(Actor(name=name, roles={"default": role}), "default")


def test_a_view_is_kept_as_it_came_and_told_of(ctx: Ctx) -> None:
    state: dict[str, Any] = {"q": "params.lr > 0 and 'ü'", "panels": [{"x": 1.5, "y": None}, "<script>"], "n": 2**53}
    home = experiments.create(ctx, ExperimentCreate(name="e")).id
    before = events.position(ctx)
    made = views.create(ctx, home, ViewCreate(name="mine", state=state))
    assert made.state == state == views.get(ctx, made.id).state and made.experiment_id == home
    changed = views.update(ctx, made.id, ViewUpdate(name="ours", shared=True))
    assert (changed.name, changed.shared, changed.state) == ("ours", True, state)
    assert views.update(ctx, made.id, ViewUpdate(name="ours")) == changed
    assert views.update(ctx, made.id, ViewUpdate(state={})).state == {}
    assert [view.id for view in views.listed(ctx, home).items] == [made.id]
    views.delete(ctx, made.id)
    with pytest.raises(NotFound):
        views.get(ctx, made.id)
    told = [(each.kind, each.subject, each.parent) for each in events.after(ctx, before)[0]]
    kinds = ["view.created", "view.updated", "view.updated", "view.deleted"]
    assert told == [(kind, made.id, home) for kind in kinds]
    proof = [each.action for each in audit.search(ctx, Search(filter=f"subject = 'views/{made.id}'")).items]
    assert proof == kinds[::-1]


def test_a_view_of_ones_own_is_nobody_elses(ctx: Ctx) -> None:
    ada, bob, chief = acting(ctx, "ada"), acting(ctx, "bob"), acting(ctx, "chief", Role.ADMIN)
    mine = views.create(ada, "0", ViewCreate(name="mine", state={}))
    for other in (bob, chief):
        assert views.listed(other, "0").items == []
        for call in (
            lambda other=other: views.get(other, mine.id),
            lambda other=other: views.update(other, mine.id, ViewUpdate(name="x")),
            lambda other=other: views.delete(other, mine.id),
        ):
            with pytest.raises(NotFound):
                call()
    views.update(ada, mine.id, ViewUpdate(shared=True))
    assert [view.owner for view in views.listed(bob, "0").items] == ["ada"]
    with pytest.raises(Denied):
        views.update(bob, mine.id, ViewUpdate(state={}))
    with pytest.raises(Denied):
        views.create(acting(ctx, "eve", Role.VIEWER), "0", ViewCreate(name="x", state={}))
    with pytest.raises(NotFound):
        views.get(ada.acting(ctx.actor, "elsewhere"), mine.id)
    views.delete(chief, mine.id)


def test_a_view_that_cannot_be_kept_is_refused(ctx: Ctx, monkeypatch: pytest.MonkeyPatch) -> None:
    deep: dict[str, Any] = {}
    for _ in range(60):
        deep = {"d": deep}
    for body, kind in (
        (ViewCreate(name="", state={}), Invalid),
        (ViewCreate(name="x" * 501, state={}), Invalid),
        (ViewCreate(name="x", state=deep), Invalid),
        (ViewCreate(name="x", state={"a": b"bytes"}), Invalid),
        (ViewCreate(name="x", state={"a": "x" * 300_000}), TooLarge),
    ):
        with pytest.raises(kind):
            views.create(ctx, "0", body)
    with pytest.raises(NotFound):
        views.create(ctx, "99", ViewCreate(name="x", state={}))
    monkeypatch.setattr(views, "MOST", 1)
    views.create(ctx, "0", ViewCreate(name="a\tb"[:1], state={}))
    with pytest.raises(Invalid):
        views.create(ctx, "0", ViewCreate(name="b", state={}))


def test_views_go_with_their_experiment(ctx: Ctx) -> None:
    home = experiments.create(ctx, ExperimentCreate(name="e")).id
    made = views.create(ctx, home, ViewCreate(name="v", state={}))
    experiments.delete(ctx, home)
    with pytest.raises(Conflict):
        views.create(ctx, home, ViewCreate(name="w", state={}))
    assert views.get(ctx, made.id) == made
    experiments.purge(ctx, home)
    with pytest.raises(NotFound):
        views.get(ctx, made.id)


def test_a_change_of_many_runs_names_those_that_refuse_it(ctx: Ctx) -> None:
    ids = [runs.create(ctx, RunCreate(tags={"a": "1"})).id for _ in range(4)]
    runs.delete(ctx, ids[3])
    update = RunUpdate(tags={"a": None, "b": "2"}, group="g")
    said = bulk.change(ctx, BulkChange(runs=[*ids, "missing", ids[0]], update=update))
    assert [each.done for each in said.runs] == [True, True, True, False, False]
    assert [each.kind for each in said.runs[3:]] == ["conflict", "not_found"] and (said.done, said.refused) == (3, 2)
    assert all(runs.get(ctx, name).tags == {"b": "2"} and runs.get(ctx, name).group == "g" for name in ids[:3])
    assert runs.get(ctx, ids[3]).tags == {"a": "1"}
    assert len(audit.search(ctx, Search(filter="action = 'run.updated'")).items) == 3


def test_a_refusal_half_way_leaves_nothing_of_its_run(ctx: Ctx) -> None:
    ids = [runs.create(ctx, RunCreate(name=f"r{n}")).id for n in range(2)]
    before = events.position(ctx)
    said = bulk.change(ctx, BulkChange(runs=ids, update=RunUpdate(name="new", experiment_id="404")))
    assert said.done == 0 and [runs.get(ctx, name).name for name in ids] == ["r0", "r1"]
    assert events.after(ctx, before)[0] == []
    said = bulk.change(ctx, BulkChange(runs=ids, update=RunUpdate(name="new", parent_id=ids[0])))
    assert [each.done for each in said.runs] == [False, True]


def test_many_runs_are_stopped_deleted_and_restored(ctx: Ctx) -> None:
    ids = [runs.create(ctx, RunCreate()).id for _ in range(3)]
    runs.update(ctx, ids[0], RunUpdate(state=RunState.FINISHED))
    said = bulk.change(ctx, BulkChange(runs=ids, action=BulkAction.STOP))
    assert [each.kind for each in said.runs] == ["conflict", "", ""]
    assert runs.heartbeat(ctx, ids[1]).stop and runs.get(ctx, ids[2]).stop_requested
    assert bulk.change(ctx, BulkChange(runs=ids, action=BulkAction.DELETE)).done == 3
    assert runs.get(ctx, ids[0]).lifecycle == "deleted"
    assert bulk.change(ctx, BulkChange(runs=ids, action=BulkAction.RESTORE)).done == 3
    assert bulk.change(ctx, BulkChange(runs=ids, action=BulkAction.RESTORE)).refused == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"runs": [], "action": BulkAction.STOP},
        {"runs": ["a"] * 1 + [f"r{n}" for n in range(1_001)], "action": BulkAction.STOP},
        {"runs": ["a"]},
        {"runs": ["a"], "action": BulkAction.STOP, "update": RunUpdate(name="x")},
        {"runs": ["a"], "update": RunUpdate(name="")},
    ],
)
def test_a_change_of_many_that_makes_no_sense_is_refused(ctx: Ctx, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        bulk.change(ctx, BulkChange(**wrong))
