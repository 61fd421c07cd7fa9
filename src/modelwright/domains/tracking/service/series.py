"""Reading series: histories, grids for charts, keys; and renaming and deleting a metric of a run."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import numpy as np

from modelwright.domains.audit import service as audit
from modelwright.domains.events import service as events
from modelwright.domains.tracking.points import chart, chunk, store
from modelwright.domains.tracking.points import history as histories
from modelwright.domains.tracking.points import merge as merging
from modelwright.domains.tracking.points.chunk import Block
from modelwright.domains.tracking.queries import grids
from modelwright.domains.tracking.queries import runs as queries
from modelwright.domains.tracking.queries import series as names
from modelwright.domains.tracking.rules import limits
from modelwright.kit import frames, regexp
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.errors import AlreadyExists, NotFound
from modelwright.types.tracking import MetricKey, RenameMetric, SeriesGrid, SeriesQuery

MOST = 1_000_000  # points a page


def history(
    ctx: Ctx,
    run_id: str,
    key: str,
    *,
    after: tuple[int, int, float] | None = None,
    limit: int = MOST,
    by_time: bool = False,
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
            tx,
            row.seq,
            key,
            f"run {run_id}, metric {key!r}",
            by_time=by_time,
            after=after,
            limit=max(0, min(limit, MOST)),
        )


def query(ctx: Ctx, body: SeriesQuery) -> SeriesGrid:
    """Many series on one bucket grid, for JSON.

    The grid's edges are multiples of its width, so the outermost buckets may reach past the range; each bucket holds
    all points between its edges. Runs that never logged a metric have no line for it.

    Raises:
        NotFound: one of the runs does not exist. Invalid: see `chart.draw`.
    """
    began = time.perf_counter()
    return chart.spelled(_draw(ctx, body), body.x, round((time.perf_counter() - began) * 1000, 3))


def query_frame(ctx: Ctx, body: SeriesQuery) -> bytes:
    """As `query`, as a binary frame (see `kit.frames`).

    The header is a `SeriesGrid` whose lines have no numbers; each column (`min`, `max`, `mean`, `last`, and `low`,
    `high` with groups or a band) holds `buckets` numbers for each line, line after line, NaN where a bucket is empty.
    """
    began = time.perf_counter()
    drawn = _draw(ctx, body)
    lines = [
        {
            "metric": line.metric,
            "run": line.run,
            "group": line.group,
            "runs": line.runs,
            "points": line.points,
            "exact": line.exact,
            "nan": line.nan,
            "posinf": line.posinf,
            "neginf": line.neginf,
        }
        for line in drawn.lines
    ]
    header = {
        "x": body.x,
        "start": drawn.grid.start,
        "width": drawn.grid.width,
        "buckets": drawn.grid.buckets,
        "lines": lines,
        "took_ms": round((time.perf_counter() - began) * 1000, 3),
    }
    return frames.encode(header, drawn.columns)


def _draw(ctx: Ctx, body: SeriesQuery) -> chart.Drawn:
    ctx.require(Permission.READ)
    with ctx.db.read() as tx:
        runs = grids.runs(tx, ctx.workspace, body.runs)
        for name in body.runs:
            if name not in runs:
                raise queries.missing(name)
        return chart.draw(tx, body, runs)


def keys(ctx: Ctx, run_ids: Sequence[str], pattern: str = "") -> list[MetricKey]:
    """The metrics of some runs by name, with how many of the runs have each and how many points.

    Args:
        pattern: an RE2 expression that is found in the name; empty for all.

    Raises:
        Invalid: the pattern is none.
    """
    ctx.require(Permission.READ)
    if pattern:
        regexp.check(pattern)
    with ctx.db.read() as tx:
        runs = grids.runs(tx, ctx.workspace, run_ids)
        found = names.keys(tx, sorted({run for run, _, _ in runs.values()}))
    return [
        MetricKey(key=key, runs=count, points=points)
        for key, (count, points) in sorted(found.items())
        if not pattern or regexp.matches(pattern, key)
    ]


def intervals(
    ctx: Ctx, run_ids: Sequence[str], key: str, start: int | None, end: int | None, most: int
) -> dict[str, Block]:
    """At most `most` points of a metric for each of some runs, at steps that are shared and spread evenly over all
    there are.

    The first and last step of every run within [start, end] are among them. Runs that do not exist are left out.
    """
    ctx.require(Permission.READ)
    bounds = (-(1 << 63) if start is None else start, (1 << 63) - 1 if end is None else end)
    blocks: dict[str, Block] = {}
    with ctx.db.read() as tx:
        runs = grids.runs(tx, ctx.workspace, run_ids)
        for name in dict.fromkeys(run_ids):
            if name in runs:
                blocks[name] = histories.page(
                    tx,
                    runs[name][0],
                    key,
                    f"run {name}, metric {key!r}",
                    by_time=False,
                    after=None,
                    limit=MOST,
                    steps=bounds,
                )
    present = [block.steps for block in blocks.values() if len(block.steps)]
    if not present or max(len(steps) for steps in present) <= most:
        return blocks
    steps = np.unique(np.concatenate(present))
    if len(steps) > most:
        ends = [edge for each in present for edge in (each[0], each[-1])]
        steps = np.union1d(steps[np.linspace(0, len(steps) - 1, most).astype(np.int64)], np.array(ends, np.int64))
    sampled: dict[str, Block] = {}
    for name, block in blocks.items():
        chosen = chunk.cut(block, np.isin(block.steps, steps))
        extra = len(chosen.steps) - most
        if extra > 0:  # several points at a step, or the ends of others
            chosen = chunk.cut(chosen, np.linspace(0, len(chosen.steps) - 1, most).astype(np.int64))
        sampled[name] = chosen
    return sampled


def rename_metric(ctx: Ctx, run_id: str, body: RenameMetric) -> None:
    """Give a metric of a run another name; audited.

    Raises:
        NotFound: no such run or metric. AlreadyExists: the new name is in use. Conflict: the run is deleted. Invalid.
    """
    ctx.require(Permission.WRITE)
    limits.key(body.new_key, "new_key")

    def work(tx: Tx) -> None:
        row = queries.locate(tx, ctx.workspace, run_id, writable=True)
        _known(tx, row, body.key)
        if body.new_key == body.key:
            return
        if names.exists(tx, row.seq, body.new_key):
            raise AlreadyExists(f"the run has a metric {body.new_key!r}", where="new_key")
        names.rename(tx, row.seq, body.key, body.new_key)
        _tell(ctx, tx, row, "metric.renamed", {"key": body.key, "new_key": body.new_key})

    ctx.db.submit(work, key=run_id).result()


def delete_metric(ctx: Ctx, run_id: str, key: str) -> None:
    """Delete a metric of a run with all its points, for good; audited.

    Raises:
        NotFound: no such run or metric. Conflict: the run is deleted.
    """
    ctx.require(Permission.WRITE)

    def work(tx: Tx) -> None:
        row = queries.locate(tx, ctx.workspace, run_id, writable=True)
        _known(tx, row, key)
        names.remove(tx, row.seq, key)
        _tell(ctx, tx, row, "metric.deleted", {"key": key})

    ctx.db.submit(work, key=run_id).result()


def _known(tx: Tx, row: queries.RunRow, key: str) -> None:
    if not names.exists(tx, row.seq, key):
        raise NotFound(f"the run {row.id} has no metric {key[:500]!r}", where="key")


def _tell(ctx: Ctx, tx: Tx, row: queries.RunRow, action: str, detail: dict[str, str]) -> None:
    audit.append(ctx, tx, action, f"runs/{row.id}", detail)
    events.publish(ctx, tx, "run.points", row.id, row.experiment_id)
    events.publish(ctx, tx, "run.updated", row.id, row.experiment_id)


def merge(ctx: Ctx) -> int:
    """Merge small chunks of points into large ones; returns how many series were. For background work."""
    return merging.run(ctx)


def damages(ctx: Ctx) -> Iterator[str]:
    """Read all stored points of the server and tell what is damaged, in sentences that name run and metric.

    Raises:
        Denied: the actor does not administer the server.
    """
    ctx.require(Permission.SERVER)
    return store.damages(ctx)
