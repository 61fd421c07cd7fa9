"""The verbs of experiments. An experiment seen from another workspace does not exist; a deleted one keeps its name."""

from __future__ import annotations

from functools import partial
from typing import Any

from modelwright.domains.audit import service as audit
from modelwright.domains.events import service as events
from modelwright.domains.tracking.queries import experiments as queries
from modelwright.domains.tracking.queries import purging
from modelwright.domains.tracking.queries.experiments import ExperimentRow
from modelwright.domains.tracking.rules import limits
from modelwright.domains.tracking.service import flows
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.errors import AlreadyExists, Conflict, Invalid, NotFound
from modelwright.types.tracking import Experiment, ExperimentCreate, ExperimentUpdate

DEFAULT_NAME = "Default"


def create(ctx: Ctx, body: ExperimentCreate) -> Experiment:
    """A new experiment.

    Raises:
        Invalid: a bad name, location or tag. AlreadyExists: the name is taken, by a deleted experiment too.
        Conflict: with `exist_ok`, the one of that name is deleted.
    """
    ctx.require(Permission.WRITE)
    limits.name(body.name)
    limits.location(body.artifact_location)
    limits.tags(body.tags, most=limits.EXPERIMENT_TAG)

    def work(tx: Tx) -> Experiment:
        found = queries.by_name(tx, ctx.workspace, body.name)
        if found is None:
            row = queries.insert(tx, ctx.workspace, body.name, body.artifact_location, ctx.clock.now_ms())
            if row is not None:
                queries.put_tags(tx, row.number, body.tags)
                _created(ctx, tx, row)
                return queries.assemble(tx, [row])[0]
            found = queries.by_name(tx, ctx.workspace, body.name)
        if body.exist_ok and found is not None:
            return queries.assemble(tx, [_active(found)])[0]
        raise AlreadyExists(
            f"Experiment '{body.name}' already exists.",
            where="name",
            hint="" if found is None or found.active else "it is deleted and keeps its name: restore it, or purge it",
        )

    return ctx.db.submit(work).result()


def get(ctx: Ctx, experiment_id: str) -> Experiment:
    """One experiment, also a deleted one. Raises `NotFound`."""
    ctx.require(Permission.READ)
    with ctx.db.read() as tx:
        return queries.assemble(tx, [locate(tx, ctx, experiment_id)])[0]


def by_name(ctx: Ctx, name: str) -> Experiment:
    """The experiment of a name, also a deleted one. Raises `NotFound`."""
    ctx.require(Permission.READ)
    with ctx.db.read() as tx:
        row = queries.by_name(tx, ctx.workspace, name) if name.replace("\0", "") == name else None
        if row is None:
            raise NotFound(f"Could not find experiment with name '{name[:100]}'", where="name")
        return queries.assemble(tx, [row])[0]


def update(ctx: Ctx, experiment_id: str, body: ExperimentUpdate) -> Experiment:
    """Rename it, set and remove tags.

    Raises:
        NotFound. Conflict: it is deleted. AlreadyExists: the new name is taken. Invalid.
    """
    ctx.require(Permission.WRITE)
    if body.name is not None:
        limits.name(body.name)
    limits.tags(body.tags, most=limits.EXPERIMENT_TAG)

    def work(tx: Tx) -> Experiment:
        row = locate(tx, ctx, experiment_id, writable=True)
        now = ctx.clock.now_ms()
        detail: dict[str, Any] = {}
        if body.name is not None and body.name != row.name:
            other = queries.by_name(tx, ctx.workspace, body.name)
            if other is not None:
                raise AlreadyExists(f"Experiment '{body.name}' already exists.", where="name")
            queries.rename(tx, row.number, body.name, now)
            detail["name"] = {"old": row.name, "new": body.name}
        if body.tags:
            detail["tags"] = _change_tags(tx, row.number, body.tags)
            queries.touch(tx, row.number, now)
        if detail:
            _changed(ctx, tx, "experiment.updated", row.number, detail)
        return queries.assemble(tx, [locate(tx, ctx, experiment_id)])[0]

    return ctx.db.submit(work).result()


def set_tags(ctx: Ctx, experiment_id: str, tags: dict[str, str | None]) -> Experiment:
    """Set tags; None removes one. Raises as `update`."""
    return update(ctx, experiment_id, ExperimentUpdate(tags=tags))


def delete_tag(ctx: Ctx, experiment_id: str, key: str) -> None:
    """Remove one tag. Raises `NotFound` when there is none, and as `update`."""
    ctx.require(Permission.WRITE)
    limits.key(key)

    def work(tx: Tx) -> None:
        row = locate(tx, ctx, experiment_id, writable=True)
        if not queries.drop_tag(tx, row.number, key):
            raise NotFound(f"No tag with name: {key[:100]} in experiment with id {experiment_id}", where="key")
        queries.touch(tx, row.number, ctx.clock.now_ms())
        _changed(ctx, tx, "experiment.updated", row.number, {"tags": {key: None}})

    ctx.db.submit(work).result()


def delete(ctx: Ctx, experiment_id: str) -> None:
    """Delete it and its active runs, until they are restored.

    Raises:
        NotFound. Conflict: it is deleted already.
    """
    ctx.require(Permission.WRITE)

    def work(tx: Tx) -> None:
        row = locate(tx, ctx, experiment_id, writable=True)
        runs = queries.delete(tx, row.number, ctx.clock.now_ms())
        _changed(ctx, tx, "experiment.deleted", row.number, {"name": row.name, "runs": len(runs)})
        for run_id in runs:
            events.publish(ctx, tx, "run.deleted", run_id, experiment_id)

    ctx.db.submit(work).result()


def restore(ctx: Ctx, experiment_id: str) -> Experiment:
    """Bring it back with the runs that were deleted with it; runs deleted before stay deleted.

    Raises:
        NotFound. Conflict: it is not deleted.
    """
    ctx.require(Permission.WRITE)

    def work(tx: Tx) -> Experiment:
        row = locate(tx, ctx, experiment_id, lock=True)
        if row.active:
            raise Conflict(
                f"The experiment {experiment_id} must be in the 'deleted' state. Current state is active.",
                where="experiment_id",
            )
        runs = queries.restore(tx, row.number, ctx.clock.now_ms())
        _changed(ctx, tx, "experiment.restored", row.number, {"name": row.name, "runs": len(runs)})
        for run_id in runs:
            events.publish(ctx, tx, "run.restored", run_id, experiment_id)
        return queries.assemble(tx, [locate(tx, ctx, experiment_id)])[0]

    return ctx.db.submit(work).result()


def purge(ctx: Ctx, experiment_id: str) -> None:
    """Remove a deleted experiment for good, with all its runs and logged models. Their files go by garbage collection.

    Raises:
        NotFound. Conflict: it is not deleted, or it is the experiment `0`, which always exists.
    """
    ctx.require(Permission.ADMIN)

    def work(tx: Tx) -> int:
        row = locate(tx, ctx, experiment_id, lock=True)
        if row.number == 0:
            raise Conflict("the experiment 0 always exists; it can be deleted, but not purged", where="experiment_id")
        if row.active:
            raise Conflict(
                f"The experiment {experiment_id} must be in the 'deleted' state. Current state is active.",
                where="experiment_id",
                hint="delete it first",
            )
        purging.condemn_experiment(tx, row.number)
        _changed(ctx, tx, "experiment.purged", row.number, {"name": row.name})
        return row.number

    number = ctx.db.submit(work).result()
    purging.finish(ctx.db, purging.pending(ctx.db, number), partial(flows.gone, ctx))
    purging.finish_experiment(ctx.db, number, ctx.workspace, partial(flows.gone, ctx))


def locate(tx: Tx, ctx: Ctx, experiment_id: str, *, writable: bool = False, lock: bool = False) -> ExperimentRow:
    """The experiment of an id in the workspace. `writable` also refuses deleted ones and keeps it from changing.

    Raises:
        NotFound. Conflict: it is deleted.
    """
    number = limits.experiment_number(experiment_id)
    row = None if number is None else queries.get(tx, ctx.workspace, number, lock=writable or lock)
    if row is None:
        raise NotFound(f"No Experiment with id={experiment_id[:40]} exists", where="experiment_id")
    return _active(row) if writable else row


def home(tx: Tx, ctx: Ctx, experiment_id: str | None, name: str | None) -> ExperimentRow:
    """Where a new run goes: the experiment of an id, of a name (made when missing), or `Default`.

    Raises:
        NotFound: of an id. Conflict: it is deleted. Invalid: both are given and differ.
    """
    if experiment_id is not None:
        row = _active(locate(tx, ctx, experiment_id))
        if name is not None and name != row.name:
            raise Invalid(f"the experiment {experiment_id} is not named {name[:100]!r}", where="experiment")
        return row
    wanted = DEFAULT_NAME if name is None else limits.name(name, "experiment")
    row = queries.by_name(tx, ctx.workspace, wanted)
    if row is None:
        row = queries.insert(tx, ctx.workspace, wanted, "", ctx.clock.now_ms())
        if row is not None:
            _created(ctx, tx, row)
        else:  # another process was faster
            row = queries.by_name(tx, ctx.workspace, wanted)
            assert row is not None
    return _active(row)


def _active(row: ExperimentRow) -> ExperimentRow:
    if not row.active:
        raise Conflict(
            f"The experiment {row.number} must be in the 'active' state. Current state is {row.lifecycle}.",
            where="experiment_id",
            hint="restore it first",
        )
    return row


def _change_tags(tx: Tx, number: int, tags: dict[str, str | None]) -> dict[str, Any]:
    before = queries.tags_of(tx, [number])[number]
    queries.put_tags(tx, number, {key: value for key, value in tags.items() if value is not None})
    for key, value in tags.items():
        if value is None:
            queries.drop_tag(tx, number, key)
    return {key: {"old": before.get(key), "new": value} for key, value in tags.items()}


def _created(ctx: Ctx, tx: Tx, row: ExperimentRow) -> None:
    _changed(ctx, tx, "experiment.created", row.number, {"name": row.name})


def _changed(ctx: Ctx, tx: Tx, kind: str, number: int, detail: dict[str, Any]) -> None:
    audit.append(ctx, tx, kind, f"experiments/{number}", detail)
    events.publish(ctx, tx, "experiment.deleted" if kind == "experiment.purged" else kind, str(number))
