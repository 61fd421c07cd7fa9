"""Native operations of runs. Those of the group-commit lane wait for it on the event loop, without a thread."""

from __future__ import annotations

import asyncio

from modelwright.domains.tracking.service import runs
from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes
from modelwright.types.access import Permission
from modelwright.types.page import Page
from modelwright.types.tracking import LogAck, Run, RunCreate, RunUpdate

routes = Routes(prefix="/api/v1", tag="runs")


@routes.post("/runs", permission=Permission.WRITE, summary="Create a run")
async def create(ctx: Ctx, body: RunCreate) -> Run:
    """A new run. With an `id` the call can be repeated: the same id is the same run."""
    return await asyncio.wrap_future(runs.submit_create(ctx, body))


@routes.get("/runs/{run_id}", permission=Permission.READ, summary="One run")
def get(ctx: Ctx, run_id: str) -> Run:
    """With params, tags, metrics, summary, inputs, outputs and origin."""
    return runs.get(ctx, run_id)


@routes.patch("/runs/{run_id}", permission=Permission.WRITE, summary="Change a run")
async def update(ctx: Ctx, run_id: str, body: RunUpdate) -> Run:
    """Absent fields stay; a tag or param set to null is removed. Old and new values are audited."""
    return await asyncio.wrap_future(runs.submit_update(ctx, run_id, body))


@routes.get("/runs/{run_id}/children", permission=Permission.READ, summary="The runs below a run")
def children(ctx: Ctx, run_id: str, deep: bool = False) -> Page[Run]:
    """Its children, or with `deep=true` all descendants, oldest first."""
    return runs.children(ctx, run_id, deep=deep)


@routes.post("/runs/{run_id}:heartbeat", permission=Permission.WRITE, summary="Tell that a run's process is alive")
async def heartbeat(ctx: Ctx, run_id: str) -> LogAck:
    """The first one promises more: silence then means a crash. The answer tells whether the run shall stop."""
    return await asyncio.wrap_future(runs.submit_heartbeat(ctx, run_id))


@routes.post("/runs/{run_id}:stop", permission=Permission.WRITE, summary="Ask a run to stop")
def stop(ctx: Ctx, run_id: str) -> Run:
    """Its client hears of it with its next heartbeat or log."""
    return runs.stop(ctx, run_id)


@routes.delete("/runs/{run_id}/tags/{key:path}", permission=Permission.WRITE, summary="Remove a tag of a run")
def delete_tag(ctx: Ctx, run_id: str, key: str) -> None:
    """404 when there is no such tag."""
    runs.delete_tag(ctx, run_id, key)
