"""Native operations of runs. Those of the group-commit lane wait for it on the event loop, without a thread."""

from __future__ import annotations

from modelwright.domains.tracking.service import console, forks, inputs, log, runs, search
from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes
from modelwright.kit.http.commits import committed
from modelwright.types.access import Permission
from modelwright.types.page import Page
from modelwright.types.tracking import (
    ConsolePage,
    Count,
    Fork,
    Inputs,
    LogAck,
    LogBatch,
    Outputs,
    Run,
    RunCreate,
    RunSearch,
    RunUpdate,
)

routes = Routes(prefix="/api/v1", tag="runs")


@routes.post("/runs", permission=Permission.WRITE, summary="Create a run")
async def create(ctx: Ctx, body: RunCreate) -> Run:
    """A new run. With an `id` the call can be repeated: the same id is the same run."""
    return await committed(runs.submit_create(ctx, body))


@routes.post("/runs:search", permission=Permission.READ, summary="Search runs")
def find(ctx: Ctx, body: RunSearch) -> Page[Run]:
    """See docs/reference/search.md for the language."""
    return search.runs(ctx, body)


@routes.post("/runs:count", permission=Permission.READ, summary="Count runs")
def count(ctx: Ctx, body: RunSearch) -> Count:
    """How many runs a search finds."""
    return Count(search.count(ctx, body))


@routes.get("/runs/{run_id}", permission=Permission.READ, summary="One run")
def get(ctx: Ctx, run_id: str) -> Run:
    """With params, tags, metrics, summary, inputs, outputs and origin."""
    return runs.get(ctx, run_id)


@routes.patch("/runs/{run_id}", permission=Permission.WRITE, summary="Change a run")
async def update(ctx: Ctx, run_id: str, body: RunUpdate) -> Run:
    """Absent fields stay; a tag or param set to null is removed. Old and new values are audited."""
    return await committed(runs.submit_update(ctx, run_id, body))


@routes.delete("/runs/{run_id}", permission=Permission.WRITE, summary="Delete a run")
def delete(ctx: Ctx, run_id: str) -> None:
    """It can be restored until it is purged."""
    runs.delete(ctx, run_id)


@routes.post("/runs/{run_id}:restore", permission=Permission.WRITE, summary="Restore a deleted run")
def restore(ctx: Ctx, run_id: str) -> Run:
    """409 when its experiment is deleted."""
    return runs.restore(ctx, run_id)


@routes.post("/runs/{run_id}:purge", permission=Permission.WRITE, summary="Remove a deleted run for good")
def purge(ctx: Ctx, run_id: str) -> None:
    """There is no way back. Its files go with the next garbage collection, unless something else refers to them."""
    runs.purge(ctx, run_id)


@routes.post("/runs/{run_id}:fork", permission=Permission.WRITE, summary="Fork a run")
def fork(ctx: Ctx, run_id: str, body: Fork) -> Run:
    """A new run with all that the old one had up to and including a step."""
    return forks.fork(ctx, run_id, body)


@routes.post("/runs/{run_id}/log", permission=Permission.WRITE, summary="Log to a run")
async def write(ctx: Ctx, run_id: str, body: LogBatch) -> LogAck:
    """All of the batch or nothing; with a `writer` and a `seq` the call can be repeated."""
    return await committed(log.submit(ctx, run_id, body))


@routes.get("/runs/{run_id}/console", permission=Permission.READ, summary="Console lines of a run")
def lines(
    ctx: Ctx,
    run_id: str,
    first: int = 0,
    limit: int = 1_000,
    query: str = "",
    regex: bool = False,
    tail: int | None = None,
) -> ConsolePage:
    """From a line number on, or the last `tail` lines, or the lines that contain `query` (with `regex`: match it)."""
    return console.read(ctx, run_id, first, limit, query, regex=regex, tail=tail)


@routes.post("/runs/{run_id}/inputs", permission=Permission.WRITE, summary="Say what a run read")
def read(ctx: Ctx, run_id: str, body: Inputs) -> None:
    """Datasets by name and digest, logged models by id."""
    inputs.log_inputs(ctx, run_id, body.datasets, body.models)


@routes.post("/runs/{run_id}/outputs", permission=Permission.WRITE, summary="Say which models a run made")
def made(ctx: Ctx, run_id: str, body: Outputs) -> None:
    """Logged models by id, at steps."""
    inputs.log_outputs(ctx, run_id, body.models)


@routes.get("/runs/{run_id}/children", permission=Permission.READ, summary="The runs below a run")
def children(ctx: Ctx, run_id: str, deep: bool = False) -> Page[Run]:
    """Its children, or with `deep=true` all descendants, oldest first."""
    return runs.children(ctx, run_id, deep=deep)


@routes.post("/runs/{run_id}:heartbeat", permission=Permission.WRITE, summary="Tell that a run's process is alive")
async def heartbeat(ctx: Ctx, run_id: str) -> LogAck:
    """The first one promises more: silence then means a crash. The answer tells whether the run shall stop."""
    return await committed(runs.submit_heartbeat(ctx, run_id))


@routes.post("/runs/{run_id}:stop", permission=Permission.WRITE, summary="Ask a run to stop")
def stop(ctx: Ctx, run_id: str) -> Run:
    """Its client hears of it with its next heartbeat or log."""
    return runs.stop(ctx, run_id)


@routes.delete("/runs/{run_id}/tags/{key:path}", permission=Permission.WRITE, summary="Remove a tag of a run")
def delete_tag(ctx: Ctx, run_id: str, key: str) -> None:
    """404 when there is no such tag."""
    runs.delete_tag(ctx, run_id, key)
