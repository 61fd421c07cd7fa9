"""For rooms above that keep what a run made: its files as they are now, under another owner, and what is known of it.

A pinned file is the same stored content under another owner, so it stays when the run changes its files or is removed.
Everything happens in the caller's transaction and sees only what the actor may see.
"""

from __future__ import annotations

import json

from modelwright.domains.events import service as events
from modelwright.domains.tracking.queries import artifacts as queries
from modelwright.domains.tracking.queries import assemble, models
from modelwright.domains.tracking.queries import runs as run_queries
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.errors import NotFound
from modelwright.types.tracking import Artifact, Lifecycle, LoggedModel, Run

REGISTRATIONS = "mlflow.modelVersions"
"""The tag of a logged model that lists the versions it became."""


def run(tx: Tx, ctx: Ctx, run_id: str) -> Run:
    """An active run with all there is. Raises `NotFound`."""
    row = run_queries.locate(tx, ctx.workspace, run_id)
    ctx.require(Permission.READ, f"experiments/{row.experiment_id}")
    if row.lifecycle != Lifecycle.ACTIVE:
        raise NotFound(f"Run with id={run_id} not found", where="run_id")
    return assemble.whole(tx, row)


def logged_model(tx: Tx, ctx: Ctx, model_id: str) -> LoggedModel:
    """An active logged model with all there is. Raises `NotFound`."""
    row = models.locate(tx, ctx.workspace, model_id)
    ctx.require(Permission.READ, f"experiments/{row.experiment}")
    if row.lifecycle != Lifecycle.ACTIVE:
        raise NotFound(f"Logged model with ID '{model_id}' not found.", where="model_id")
    return models.assemble(tx, [row])[0]


def logged_models_of(tx: Tx, ctx: Ctx, run_id: str, name: str) -> list[str]:
    """Ids of the active logged models of a name that a run made, oldest first."""
    return models.of_run_named(tx, ctx.workspace, run_id, name)


def files(tx: Tx, ctx: Ctx, owner: str, directory: str = "") -> list[Artifact]:
    """All files below a directory of an owner, with paths from there; of a file, that file alone."""
    return [row.artifact for row in queries.below(tx, ctx.workspace, owner, directory)]


def pin(tx: Tx, ctx: Ctx, owner: str, directory: str, target: str) -> list[Artifact]:
    """Give `target` the files below a directory of an owner; returns them, with paths from the directory."""
    rows = queries.below(tx, ctx.workspace, owner, directory)
    queries.put_all(tx, ctx.workspace, target, rows)
    return [row.artifact for row in rows]


def unpin(tx: Tx, ctx: Ctx, target: str) -> int:
    """Let go of all files of an owner; returns how many."""
    return queries.delete(tx, ctx.workspace, target, "")


def registered(tx: Tx, ctx: Ctx, model_id: str, name: str, version: int) -> None:
    """Note on a logged model that it became a version of a registered one, in the tag that MLflow's clients read."""
    known = models.tags_of(tx, model_id).get(REGISTRATIONS, "")
    try:
        entries = json.loads(known) if known else []
    except (ValueError, RecursionError):
        entries = []
    entry = {"name": name, "version": version}
    if isinstance(entries, list) and entry not in entries:
        models.put_tags(tx, model_id, {REGISTRATIONS: json.dumps([*entries, entry])})
        events.publish(ctx, tx, "model.updated", model_id)
