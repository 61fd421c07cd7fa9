"""Native operations of metrics: many series on one grid, the points of one, and the names there are."""

from __future__ import annotations

import math
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from modelwright.domains.tracking.service import runs, series
from modelwright.kit import frames
from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes
from modelwright.types.access import Permission
from modelwright.types.codec import number_out
from modelwright.types.errors import Invalid
from modelwright.types.page import Page
from modelwright.types.tracking import (
    MetricEntry,
    MetricKey,
    RenameMetric,
    SeriesGrid,
    SeriesKeys,
    SeriesPoints,
    SeriesQuery,
)

routes = Routes(prefix="/api/v1", tag="series")
_PAGE = 100_000


@routes.post(
    "/series:query", permission=Permission.READ, response=frames.MEDIA_TYPE, summary="Many series on one bucket grid"
)
def query(ctx: Ctx, body: SeriesQuery, request: Request) -> SeriesGrid:
    """JSON, or with `Accept: application/vnd.modelwright.frame` binary columns."""
    if wants_frame(request):
        return as_frame(series.query_frame(ctx, body))
    return series.query(ctx, body)


@routes.get("/runs/{run_id}/metrics", permission=Permission.READ, summary="The metrics of a run")
def listed(ctx: Ctx, run_id: str) -> Page[MetricEntry]:
    """Each in a few numbers."""
    found = runs.get(ctx, run_id).metrics
    return Page(
        [
            MetricEntry(
                key=key,
                last=each.last,
                step=each.step,
                time_ms=each.time_ms,
                count=each.count,
                min=each.min,
                max=each.max,
                mean=each.mean,
                best=each.best,
                nans=each.nans,
            )
            for key, each in found.items()
        ]
    )


@routes.get(
    "/runs/{run_id}/metrics/{key:path}",
    permission=Permission.READ,
    response=frames.MEDIA_TYPE,
    summary="The points of a metric",
)
def history(ctx: Ctx, run_id: str, key: str, request: Request, after: str = "", limit: int = _PAGE) -> SeriesPoints:
    """By (step, time, value); JSON, or with `Accept: application/vnd.modelwright.frame` binary columns."""
    if not 1 <= limit <= series.MOST:
        raise Invalid(f"a page has 1 to {series.MOST:,} points", where="limit")
    block = series.history(ctx, run_id, key, after=_point(after) if after else None, limit=limit)
    token = ""
    if len(block.steps) == limit:
        token = f"{int(block.steps[-1])},{int(block.times[-1])},{float(block.values[-1])!r}"
    if wants_frame(request):
        columns = {"steps": block.steps, "times": block.times, "values": block.values}
        return as_frame(frames.encode({"key": key, "next_page": token}, columns))
    return SeriesPoints(
        key=key,
        steps=block.steps.tolist(),
        times_ms=block.times.tolist(),
        values=[number_out(value) for value in block.values.tolist()],
        next_page=token,
    )


@routes.post("/runs/{run_id}/metrics:rename", permission=Permission.WRITE, summary="Rename a metric of a run")
def rename(ctx: Ctx, run_id: str, body: RenameMetric) -> None:
    """All its points, and its definition, go by the new name."""
    series.rename_metric(ctx, run_id, body)


@routes.delete("/runs/{run_id}/metrics/{key:path}", permission=Permission.WRITE, summary="Delete a metric of a run")
def delete(ctx: Ctx, run_id: str, key: str) -> None:
    """With all its points, for good."""
    series.delete_metric(ctx, run_id, key)


@routes.post("/series:keys", permission=Permission.READ, summary="The metrics that some runs have")
def keys(ctx: Ctx, body: SeriesKeys) -> Page[MetricKey]:
    """By name, with how many of the runs have each."""
    return Page(series.keys(ctx, body.runs, body.pattern))


def _point(text: str) -> tuple[int, int, float]:
    try:
        step, time_ms, value = text.split(",")
        point = int(step), int(time_ms), float(value)
    except ValueError:
        raise Invalid("not the `next_page` of such a list", where="after") from None
    if max(abs(point[0]), abs(point[1])) >= 1 << 63 or (math.isnan(point[2]) and value != "nan"):
        raise Invalid("not the `next_page` of such a list", where="after")
    return point


def as_frame(content: bytes) -> Any:
    """The same answer in binary; the edge passes it on as it is."""
    return Response(content, media_type=frames.MEDIA_TYPE)


def wants_frame(request: Request) -> bool:
    """Whether binary columns are asked for."""
    return frames.MEDIA_TYPE in request.headers.get("accept", "")
