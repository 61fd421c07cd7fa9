"""The verbs of searching: runs, experiments. One language for all lists: docs/reference/search.md."""

from __future__ import annotations

from modelwright.domains.tracking.queries import assemble
from modelwright.domains.tracking.queries import experiments as experiment_queries
from modelwright.domains.tracking.queries.search import lists
from modelwright.domains.tracking.queries.search import runs as planner
from modelwright.kit.context import Ctx
from modelwright.types.access import Permission
from modelwright.types.page import Page, Search
from modelwright.types.tracking import Experiment, Lifecycle, Run, RunSearch


def runs(ctx: Ctx, request: RunSearch) -> Page[Run]:
    """One page of runs, newest first unless the request says otherwise.

    With `with_data` they have params, tags, metrics, summary, dataset inputs, model inputs and outputs; never `origin`.

    Raises:
        Invalid: the filter, the order, the page token or the size is not valid, or the search takes too long.
    """
    ctx.require(Permission.READ)
    with ctx.db.read() as tx:
        rows, token = planner.page(tx, ctx.workspace, request)
        return Page(assemble.runs(tx, rows, data=request.with_data, links=request.with_data), token)


def count(ctx: Ctx, request: RunSearch) -> int:
    """How many runs a search finds, leaving page and order aside. Raises as `runs` does."""
    ctx.require(Permission.READ)
    with ctx.db.read() as tx:
        return planner.count(tx, ctx.workspace, request)


def experiments(ctx: Ctx, request: Search, lifecycle: Lifecycle | None = Lifecycle.ACTIVE) -> Page[Experiment]:
    """One page of experiments, newest first unless the request says otherwise; `lifecycle` None means deleted ones too.

    Raises:
        Invalid: the filter, the order, the page token or the size is not valid.
    """
    ctx.require(Permission.READ)
    with ctx.db.read() as tx:
        rows, token = lists.experiments(tx, ctx.workspace, request, lifecycle)
        return Page(experiment_queries.assemble(tx, rows), token)
