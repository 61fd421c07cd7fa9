"""The verbs of runs: create, read, change, heartbeat. Deleting and forking have files of their own.

Creating and changing go through the group-commit lane: many at once share a commit.
"""

from __future__ import annotations

import os
from concurrent.futures import Future
from functools import partial
from typing import Any

import msgspec

from modelwright.domains.audit import service as audit
from modelwright.domains.events import service as events
from modelwright.domains.tracking.queries import assemble, purging
from modelwright.domains.tracking.queries import runs as queries
from modelwright.domains.tracking.queries.runs import RunRow
from modelwright.domains.tracking.rules import limits, names, places, states
from modelwright.domains.tracking.rules import params as param_rules
from modelwright.domains.tracking.rules.params import Stored
from modelwright.domains.tracking.service import experiments, flows
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.codec import reader
from modelwright.types.errors import AlreadyExists, Conflict, Invalid, NotFound
from modelwright.types.ids import new_id
from modelwright.types.page import Page
from modelwright.types.tracking import Lifecycle, LogAck, Run, RunCreate, RunUpdate

_DEPTH = 100  # generations of runs
_CHILDREN = 10_000
_FEW = 64  # params and tags of a run that is created in no time
_value = reader(Any)


class _New(msgspec.Struct, frozen=True):
    """A checked request for a new run, with what must not change when its transaction is tried again."""

    body: RunCreate
    id: str
    name: str
    params: dict[str, Any]
    stored: dict[str, Stored]
    now_ms: int
    course: states.Course


class Change(msgspec.Struct, frozen=True):
    """A checked request for a change of a run."""

    body: RunUpdate
    params: dict[str, Any]
    stored: dict[str, Stored]


def create(ctx: Ctx, body: RunCreate) -> Run:
    """A new run; the same `id` again is the same run (then unchanged).

    Raises:
        Invalid: a bad id, name, param or tag, or a parent that would be its own ancestor. NotFound: no such experiment.
        Conflict: the experiment or the run of this id is deleted. AlreadyExists: the id belongs to another run.
    """
    return submit_create(ctx, body).result()


def submit_create(ctx: Ctx, body: RunCreate) -> Future[Run]:
    """As `create`, in the group-commit lane; what is wrong with the body is raised at once, the rest by the future."""
    ctx.require(Permission.WRITE)
    new = _checked(ctx, body)
    brief = len(new.stored) + len(body.tags) <= _FEW and body.parent_id is None
    return ctx.db.submit(lambda tx: _create(ctx, tx, new), key=new.id, brief=brief)


def get(ctx: Ctx, run_id: str) -> Run:
    """One run with all there is, also a deleted one. Raises `NotFound`."""
    ctx.require(Permission.READ)
    with ctx.db.read() as tx:
        return assemble.whole(tx, locate(tx, ctx, run_id))


def children(ctx: Ctx, run_id: str, *, deep: bool = False) -> Page[Run]:
    """Active runs whose parent it is, or with `deep` all below it, oldest first; at most 10,000. Raises `NotFound`."""
    ctx.require(Permission.READ)
    with ctx.db.read() as tx:
        locate(tx, ctx, run_id)
        rows = queries.children(tx, ctx.workspace, run_id, deep=deep, most=_CHILDREN)
        return Page(assemble.runs(tx, rows))


def update(ctx: Ctx, run_id: str, body: RunUpdate) -> Run:
    """Change a run; absent fields stay. The answer has params, tags, metrics and summary.

    Raises:
        NotFound. Conflict: it is deleted, or the experiment that it shall move to is. Invalid.
    """
    return submit_update(ctx, run_id, body).result()


def submit_update(ctx: Ctx, run_id: str, body: RunUpdate) -> Future[Run]:
    """As `update`, in the group-commit lane; what is wrong with the body is raised at once, the rest by the future."""
    ctx.require(Permission.WRITE)
    change = checked(body)
    return ctx.db.submit(lambda tx: assemble.runs(tx, [apply(ctx, tx, run_id, change)])[0], key=run_id)


def delete_tag(ctx: Ctx, run_id: str, key: str) -> None:
    """Remove one tag. Raises `NotFound` when there is none, `Conflict` when the run is deleted."""
    ctx.require(Permission.WRITE)
    limits.key(key)

    def work(tx: Tx) -> None:
        row = locate(tx, ctx, run_id, writable=True)
        old = queries.tags_of(tx, row.seq, [key])
        if not old:
            raise NotFound(f"No tag with name: {key} in run with id {run_id}", where="key")
        queries.drop_tags(tx, row.seq, [key])
        changed(ctx, tx, "run.updated", row, {"tags": {key: {"old": old[key], "new": None}}})

    ctx.db.submit(work, key=run_id).result()


def heartbeat(ctx: Ctx, run_id: str) -> LogAck:
    """The client lives, and promises further heartbeats. Revives a crashed run; `stop` tells of a request to stop.

    Raises:
        NotFound. Conflict: it is deleted.
    """
    return submit_heartbeat(ctx, run_id).result()


def submit_heartbeat(ctx: Ctx, run_id: str) -> Future[LogAck]:
    """As `heartbeat`, in the group-commit lane."""
    ctx.require(Permission.WRITE)

    def work(tx: Tx) -> LogAck:
        row = locate(tx, ctx, run_id, writable=True)
        if queries.alive(tx, row, ctx.clock.now_ms(), promise=True):
            events.publish(ctx, tx, "run.updated", row.id, row.experiment_id)
        return LogAck(seq=0, stop=bool(row.stop_requested))

    return ctx.db.submit(work, key=run_id)


def stop(ctx: Ctx, run_id: str) -> Run:
    """Ask a run to stop; its client hears of it with its next heartbeat or log.

    Raises:
        NotFound. Conflict: it is deleted, or has ended.
    """
    ctx.require(Permission.WRITE)

    return ctx.db.submit(lambda tx: assemble.runs(tx, [ask_to_stop(ctx, tx, run_id)])[0], key=run_id).result()


def ask_to_stop(ctx: Ctx, tx: Tx, run_id: str) -> RunRow:
    """As `stop`, in an open transaction."""
    row = locate(tx, ctx, run_id, writable=True)
    if row.course.state in states.ENDED:
        raise Conflict(f"the run has ended ({row.state})", where="run_id")
    queries.change(tx, row.seq, {"stop_requested": 1})
    changed(ctx, tx, "run.updated", row, {"stop_requested": True})
    return row._replace(stop_requested=1)


def delete(ctx: Ctx, run_id: str) -> None:
    """Delete a run, until it is restored. Raises `NotFound`, or `Conflict` when it is deleted already."""
    ctx.require(Permission.WRITE)

    ctx.db.submit(lambda tx: put_away(ctx, tx, run_id), key=run_id).result()


def put_away(ctx: Ctx, tx: Tx, run_id: str) -> None:
    """As `delete`, in an open transaction."""
    row = locate(tx, ctx, run_id, writable=True)
    queries.set_lifecycle(tx, row.seq, Lifecycle.DELETED, ctx.clock.now_ms())
    changed(ctx, tx, "run.deleted", row, {"name": row.name})


def restore(ctx: Ctx, run_id: str) -> Run:
    """Bring a deleted run back.

    Raises:
        NotFound. Conflict: it is not deleted, or its experiment is.
    """
    ctx.require(Permission.WRITE)

    return ctx.db.submit(lambda tx: assemble.runs(tx, [bring_back(ctx, tx, run_id)])[0], key=run_id).result()


def bring_back(ctx: Ctx, tx: Tx, run_id: str) -> RunRow:
    """As `restore`, in an open transaction."""
    row = locate(tx, ctx, run_id, deleted=True)
    experiments.locate(tx, ctx, row.experiment_id, writable=True)
    queries.set_lifecycle(tx, row.seq, Lifecycle.ACTIVE, ctx.clock.now_ms())
    changed(ctx, tx, "run.restored", row, {"name": row.name})
    return locate(tx, ctx, run_id)


def purge(ctx: Ctx, run_id: str) -> None:
    """Remove a deleted run for good; files that nobody else refers to go by garbage collection.

    Raises:
        NotFound. Conflict: it is not deleted.
    """
    ctx.require(Permission.WRITE)

    def work(tx: Tx) -> RunRow:
        row = locate(tx, ctx, run_id, deleted=True)
        purging.condemn(tx, row.seq, ctx.clock.now_ms())
        changed(ctx, tx, "run.purged", row, {"name": row.name})
        return row

    row = ctx.db.submit(work, key=run_id).result()
    purging.finish(ctx.db, [(row.seq, row.workspace, row.id)], partial(flows.gone, ctx))


def locate(tx: Tx, ctx: Ctx, run_id: str, *, writable: bool = False, deleted: bool = False) -> RunRow:
    """The run of an id in the workspace; `writable` takes it for this transaction, `deleted` wants a deleted one.

    Raises:
        NotFound. Conflict: `writable` and it is deleted ("must be in the 'active' state"), or `deleted` and it is not.
    """
    row = queries.locate(tx, ctx.workspace, run_id, writable=writable)
    if deleted and row.active:
        raise Conflict(
            f"The run {run_id} must be in the 'deleted' state. Current state is active.",
            where="run_id",
            hint="delete it first",
        )
    return row


def changed(ctx: Ctx, tx: Tx, kind: str, row: RunRow, detail: dict[str, Any]) -> None:
    """Audit and tell what was done to a run."""
    audit.append(ctx, tx, kind, f"runs/{row.id}", detail)
    events.publish(ctx, tx, kind, row.id, row.experiment_id)


def _checked(ctx: Ctx, body: RunCreate) -> _New:
    run_id = new_id() if body.id is None else limits.run_id(body.id)
    name = limits.name(body.name) if body.name else names.generated(int.from_bytes(os.urandom(6), "big"))
    if body.parent_id is not None:
        limits.run_id(body.parent_id, "parent_id")
    for value, where, most in (
        (body.user, "user", limits.NAME),
        (body.group, "group", limits.NAME),
        (body.notes, "notes", limits.NOTES),
    ):
        if value:
            limits.text(value, where, most)
    if body.start_ms is not None:
        limits.int64(body.start_ms, "start_ms")
    if body.tags:
        limits.tags(body.tags)
    params = param_rules.flatten(body.params) if body.params else {}
    now = ctx.clock.now_ms()
    return _New(
        body,
        run_id,
        name,
        params,
        {key: param_rules.stored(key, value) for key, value in params.items()},
        now,
        states.begin(body.state, now, body.start_ms),
    )


def _create(ctx: Ctx, tx: Tx, new: _New) -> Run:
    body = new.body
    home = experiments.home(tx, ctx, body.experiment_id, body.experiment)
    if body.parent_id is not None:
        _no_cycle(tx, new.id, body.parent_id)
    course = new.course
    row = RunRow(
        seq=0,
        id=new.id,
        workspace=ctx.workspace,
        experiment=home.number,
        name=new.name,
        kind=body.kind.value,
        state=course.state.value,
        lifecycle="active",
        user=body.user or ctx.who,
        parent_id=body.parent_id,
        group=body.group,
        notes=body.notes,
        created_ms=new.now_ms,
        start_ms=course.start_ms,
        end_ms=course.end_ms,
        heartbeat_ms=new.now_ms if body.heartbeat else None,
        deleted_ms=None,
        stop_requested=0,
        forked_from=None,
        fork_step=None,
        artifact_uri=places.within(home.artifact_location, f"{new.id}/artifacts"),
    )
    seq = queries.insert(tx, row)
    if seq is None:
        return _again(ctx, tx, new, home.number)
    if new.stored:
        queries.put_params(tx, seq, new.stored)
    if body.tags:
        queries.put_tags(tx, seq, body.tags)
    if body.origin is not None:
        queries.put_origin(tx, seq, body.origin)
    flows.begun(ctx, tx, row)
    changed(ctx, tx, "run.created", row, {"name": new.name})
    return assemble.bare(row, params=new.params, tags=body.tags, origin=body.origin)


def _again(ctx: Ctx, tx: Tx, new: _New, experiment: int) -> Run:
    """The id is known: the answer to a call that was repeated."""
    row = queries.find(tx, new.id, lock=True)
    body = new.body
    if row is None or row.workspace != ctx.workspace or row.lifecycle == "purged":
        raise AlreadyExists(f"the run id {new.id!r} is taken", where="id")
    if row.lifecycle != "active":
        raise Conflict(f"The run {new.id} must be in the 'active' state. Current state is {row.lifecycle}.", where="id")
    if row.experiment != experiment or row.kind != body.kind or row.parent_id != body.parent_id:
        raise AlreadyExists(
            f"the run id {new.id!r} belongs to another run",
            where="id",
            hint="it differs in experiment, kind or parent",
        )
    if body.heartbeat:
        queries.alive(tx, row, new.now_ms, promise=True)
        row = queries.find(tx, new.id) or row
    return assemble.whole(tx, row)


def checked(body: RunUpdate) -> Change:
    """A change that is fit to be made. Raises `Invalid`."""
    if body.name is not None:
        limits.name(body.name)
    if body.notes is not None:
        limits.text(body.notes, "notes", limits.NOTES)
    if body.group is not None:
        limits.text(body.group, "group", limits.NAME)
    if body.user is not None:
        limits.text(body.user, "user", limits.NAME)
    if body.parent_id:
        limits.run_id(body.parent_id, "parent_id")
    if body.end_ms is not None:
        limits.int64(body.end_ms, "end_ms")
    limits.tags(body.tags)
    flat = param_rules.flatten(body.params)
    stored = {key: param_rules.stored(key, value) for key, value in flat.items() if value is not None}
    return Change(body, flat, stored)


def apply(ctx: Ctx, tx: Tx, run_id: str, change: Change) -> RunRow:
    """As `update`, in an open transaction."""
    body, flat, stored = change.body, change.params, change.stored
    row = locate(tx, ctx, run_id, writable=True)
    wanted = {
        "name": body.name,
        "notes": body.notes,
        "group_name": body.group,
        "user_name": body.user,
        "end_ms": body.end_ms,
    }
    present = _columns(row)
    columns: dict[str, Any] = {
        column: value for column, value in wanted.items() if value is not None and value != present[column]
    }
    if body.parent_id is not None and (body.parent_id or None) != row.parent_id:
        if body.parent_id:
            _no_cycle(tx, row.id, body.parent_id)
        columns["parent_id"] = body.parent_id or None
    course = row.course
    if body.state is not None:
        course = states.move(row.course, body.state, ctx.clock.now_ms(), body.end_ms)
        columns.pop("end_ms", None)
    stop = course.stop if body.stop_requested is None else body.stop_requested
    states_of = {"state": course.state.value, "start_ms": course.start_ms, "stop_requested": int(stop)}
    columns |= {column: value for column, value in states_of.items() if value != present[column]}
    if body.state is not None and course.end_ms != row.end_ms:
        columns["end_ms"] = course.end_ms
    if "state" in columns and course.state.value == "running" and row.heartbeat_ms is not None:
        columns["heartbeat_ms"] = ctx.clock.now_ms()  # resumed: the silence before does not count
    queries.change(tx, row.seq, columns)
    if "name" in columns:
        flows.renamed(ctx, tx, flows.run(row._replace(name=columns["name"])))
    if "parent_id" in columns:
        flows.moved(ctx, tx, row._replace(parent_id=columns["parent_id"]), row.parent_id)
    if body.experiment_id is not None and body.experiment_id != row.experiment_id:
        target = experiments.locate(tx, ctx, body.experiment_id, writable=True)
        queries.move(tx, row.seq, target.number)
        columns["experiment"] = target.number
    detail: dict[str, Any] = {
        column: {"old": present[column], "new": value} for column, value in columns.items() if column != "heartbeat_ms"
    }
    if body.tags:
        detail["tags"] = _change_tags(tx, row, body.tags)
    if flat:
        detail["params"] = _change_params(tx, row, flat, stored)
    if detail:
        changed(ctx, tx, "run.updated", row, detail)
        row = queries.locate(tx, ctx.workspace, run_id)
        if "experiment" in columns:
            events.publish(ctx, tx, "run.updated", row.id, row.experiment_id)
    return row


def _columns(row: RunRow) -> dict[str, Any]:
    return row._asdict() | {"group_name": row.group, "user_name": row.user}


def _change_tags(tx: Tx, row: RunRow, tags: dict[str, str | None]) -> dict[str, Any]:
    old = queries.tags_of(tx, row.seq, list(tags))
    queries.put_tags(tx, row.seq, {key: value for key, value in tags.items() if value is not None})
    queries.drop_tags(tx, row.seq, [key for key, value in tags.items() if value is None])
    return {key: {"old": old.get(key), "new": value} for key, value in tags.items()}


def _change_params(tx: Tx, row: RunRow, flat: dict[str, Any], stored: dict[str, Stored]) -> dict[str, Any]:
    old = queries.params_of(tx, row.seq, list(flat))
    queries.put_params(tx, row.seq, stored)
    queries.drop_params(tx, row.seq, [key for key, value in flat.items() if value is None])
    return {
        key: {"old": _value(old[key][0].encode()) if key in old else None, "new": value} for key, value in flat.items()
    }


def _no_cycle(tx: Tx, run_id: str, parent_id: str) -> None:
    above = queries.ancestors(tx, parent_id, _DEPTH)
    if run_id in above:
        raise Invalid("a run cannot be its own ancestor", where="parent_id")
    if len(above) >= _DEPTH:
        raise Invalid(f"runs are nested over {_DEPTH} levels deep", where="parent_id")
