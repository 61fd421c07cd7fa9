"""Reading series: histories, grids for charts, keys; and renaming and deleting a metric of a run."""

from __future__ import annotations

import time

from modelwright.domains.tracking.points import chart
from modelwright.domains.tracking.points import history as histories
from modelwright.domains.tracking.points.chunk import Block
from modelwright.domains.tracking.queries import grids
from modelwright.domains.tracking.queries import runs as queries
from modelwright.kit import frames
from modelwright.kit.context import Ctx
from modelwright.types.access import Permission
from modelwright.types.tracking import SeriesGrid, SeriesQuery

MOST = 1_000_000  # points a page


def history(
    ctx: Ctx, run_id: str, key: str, *, after: tuple[int, int, float] | None = None, limit: int = MOST, by_time: bool = False
) -> Block:
    """Points of a metric as columns `steps`, `times` (ms) and `values`, ordered by (step, time, value).

    Args:
        after: (step, time_ms, value) of the last point of the page before.
        limit: points at most; a full page may have one after it.
        by_time: order by (time, step, value), as MLflow does.

    Raises:
        NotFound: no such run. A metric that was never logged has no points.
    """
    ctx.require(Permission.READ)
    with ctx.db.read() as tx:
        row = queries.locate(tx, ctx.workspace, run_id)
        return histories.page(
            tx, row.seq, key, f"run {run_id}, metric {key!r}", by_time=by_time, after=after, limit=max(0, min(limit, MOST))
        )


def query(ctx: Ctx, body: SeriesQuery) -> SeriesGrid:
    """Many series on one bucket grid, for JSON.

    The grid's edges are multiples of its width, so the outermost buckets may reach past the range; each bucket holds all
    points between its edges. Runs that never logged a metric have no line for it.

    Raises:
        NotFound: one of the runs does not exist. Invalid: see `chart.draw`.
    """
    began = time.perf_counter()
    return chart.spelled(_draw(ctx, body), body.x, round((time.perf_counter() - began) * 1000, 3))


def query_frame(ctx: Ctx, body: SeriesQuery) -> bytes:
    """As `query`, as a binary frame (see `kit.frames`).

    The header is a `SeriesGrid` whose lines have no numbers; each column (`min`, `max`, `mean`, `last`, and `low`, `high`
    with groups or a band) holds `buckets` numbers for each line, line after line, NaN where a bucket is empty.
    """
    began = time.perf_counter()
    drawn = _draw(ctx, body)
    lines = [
        {"metric": line.metric, "run": line.run, "group": line.group, "runs": line.runs, "points": line.points, "exact": line.exact,
         "nan": line.nan, "posinf": line.posinf, "neginf": line.neginf} for line in drawn.lines
    ]
    header = {"x": body.x, "start": drawn.grid.start, "width": drawn.grid.width, "buckets": drawn.grid.buckets, "lines": lines,
              "took_ms": round((time.perf_counter() - began) * 1000, 3)}
    return frames.encode(header, drawn.columns)


def _draw(ctx: Ctx, body: SeriesQuery) -> chart.Drawn:
    ctx.require(Permission.READ)
    with ctx.db.read() as tx:
        runs = grids.runs(tx, ctx.workspace, body.runs)
        for name in body.runs:
            if name not in runs:
                raise queries.missing(name)
        return chart.draw(tx, body, runs)
