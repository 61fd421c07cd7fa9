"""Reading series: histories, grids for charts, keys; and renaming and deleting a metric of a run."""

from __future__ import annotations

from modelwright.domains.tracking.points import history as histories
from modelwright.domains.tracking.points.chunk import Block
from modelwright.domains.tracking.queries import runs as queries
from modelwright.kit.context import Ctx
from modelwright.types.access import Permission

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
