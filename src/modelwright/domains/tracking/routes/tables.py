"""Native operations on many runs at once: tables, keys, values of a key, importance of params, changes in bulk."""

from __future__ import annotations

from starlette.requests import Request

from modelwright.domains.tracking.routes.series import as_frame, wants_frame
from modelwright.domains.tracking.service import bulk, importance, tables
from modelwright.kit import frames
from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes
from modelwright.types.access import Permission
from modelwright.types.overview import (
    BulkChange,
    BulkResult,
    FacetQuery,
    Facets,
    Importance,
    ImportanceQuery,
    RunKeys,
    RunRows,
    RunTable,
    Selection,
)

routes = Routes(prefix="/api/v1", tag="runs")


@routes.post("/runs:table", permission=Permission.READ, response=frames.MEDIA_TYPE, summary="A table of runs")
def table(ctx: Ctx, body: RunTable, request: Request) -> RunRows:
    """JSON, or with `Accept: application/vnd.modelwright.frame` binary columns."""
    if wants_frame(request):
        return as_frame(tables.table_frame(ctx, body))
    return tables.table(ctx, body)


@routes.post("/runs:columns", permission=Permission.READ, summary="The keys that some runs have")
def columns(ctx: Ctx, body: Selection) -> RunKeys:
    """Of params, tags, metrics and summary, with how many of the runs have each. It may be some seconds behind."""
    return tables.keys(ctx, body)


@routes.post("/runs:facets", permission=Permission.READ, summary="The values of a param, tag or field of some runs")
def facets(ctx: Ctx, body: FacetQuery) -> Facets:
    """The most frequent first, with how many runs have each."""
    return tables.facets(ctx, body)


@routes.post("/runs:importance", permission=Permission.READ, summary="What the params do to a metric")
def importances(ctx: Ctx, body: ImportanceQuery) -> Importance:
    """Permutation importance in a forest and rank correlation, each with an interval of 95 %."""
    return importance.of_params(ctx, body)


@routes.post("/runs:bulk", permission=Permission.WRITE, summary="Change many runs")
def change(ctx: Ctx, body: BulkChange) -> BulkResult:
    """One transaction; runs that refuse the change are named and leave the others alone."""
    return bulk.change(ctx, body)
