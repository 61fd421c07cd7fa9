"""The verbs of searching: runs, experiments, logged models. One language for all lists: docs/reference/search.md."""

from __future__ import annotations

from collections.abc import Sequence

from modelwright.domains.tracking.queries import assemble
from modelwright.domains.tracking.queries import experiments as experiment_queries
from modelwright.domains.tracking.queries import models as model_queries
from modelwright.domains.tracking.queries.search import lists
from modelwright.domains.tracking.queries.search import runs as planner
from modelwright.domains.tracking.queries.search.lists import Dataset
from modelwright.kit.context import Ctx
from modelwright.types.access import Permission
from modelwright.types.page import Page, Search
from modelwright.types.tracking import Experiment, Lifecycle, LoggedModel, Run, RunSearch


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


def models(
    ctx: Ctx,
    experiments: Sequence[str] = (),
    *,
    filter: str = "",  # noqa: A002  the name it has in `Search`
    order_by: Sequence[str] = (),
    max_results: int = 100,
    page: str = "",
    lifecycle: Lifecycle | None = Lifecycle.ACTIVE,
    datasets: Sequence[Dataset] = (),
    order_datasets: Sequence[Dataset | None] = (),
) -> Page[LoggedModel]:
    """One page of logged models of `experiments` (all of the workspace when there are none), newest first by default.

    Args:
        datasets: (name, digest) of the datasets whose metrics the filter is about; an empty digest means any.
        order_datasets: the same for each item of the order; None for an item means any dataset of `datasets`.

    Raises:
        Invalid: the filter, the order, the page token or the size is not valid.
    """
    ctx.require(Permission.READ)
    request = Search(filter=filter, order_by=list(order_by), max_results=max_results, page=page)
    with ctx.db.read() as tx:
        rows, token = lists.logged_models(
            tx,
            ctx.workspace,
            request,
            experiments=experiments,
            lifecycle=lifecycle,
            datasets=datasets,
            order_datasets=order_datasets,
        )
        return Page(model_queries.assemble(tx, rows), token)
