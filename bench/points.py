"""Points: ingest through the service, bytes on disk, grids over many runs, histories. Prints a table.

usage: python -m bench.points [--runs 100] [--points 1000000] [--dir FOLDER]

Times are wall time, and CPU time of this process where it says so; run it pinned to one core (`taskset -c 0`) on a
quiet machine. Grids are answered as binary frames of 1,000 buckets; "cold" is the first answer of a fresh process.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from modelwright import testing
from modelwright.domains.tracking.points import merge
from modelwright.domains.tracking.service import log, runs, series
from modelwright.kit.context import Ctx
from modelwright.types.tracking import LogBatch, Points, RunCreate, SeriesQuery

START = 1_700_000_000_000


def timed(action: Callable[[], Any]) -> tuple[float, float]:
    """Seconds of wall and of CPU time."""
    wall, cpu = time.perf_counter(), time.process_time()
    action()
    return time.perf_counter() - wall, time.process_time() - cpu


def row(name: str, figure: str, target: str = "") -> None:
    print(f"{name:<46} {figure:>28}   {target}", flush=True)


def ingest(folder: Path) -> None:
    ctx = testing.context(folder)
    run = runs.create(ctx, RunCreate()).id
    rng = random.Random(0)
    batches = [
        LogBatch(
            points=[
                Points(
                    key=f"m{key}",
                    steps=list(range(call * 100, call * 100 + 100)),
                    times_ms=[START + call] * 100,
                    values=[rng.random() for _ in range(100)],
                )
                for key in range(10)
            ]
        )
        for call in range(300)
    ]
    each: list[float] = []

    def batch_after_batch() -> None:
        each.extend(timed(lambda body=body: log.log(ctx, run, body))[0] for body in batches)

    wall, cpu = timed(batch_after_batch)
    p99 = sorted(each)[int(len(each) * 0.99)] * 1e3
    row(
        "1,000-metric calls, 10 keys",
        f"{300_000 / wall / 1e3:,.0f} k points/s, p99 {p99:.1f} ms",
        f"CPU {300_000 / cpu / 1e3:,.0f} k/s",
    )
    again, _ = timed(lambda: [log.log(ctx, run, body) for body in batches])
    row("the same again, all of it duplicate", f"{300_000 / again / 1e3:,.0f} k points/s")
    singles = [
        LogBatch(points=[Points(key="s", steps=[0], times_ms=[START + call // 3], values=[float(call)])])
        for call in range(4_000)
    ]

    def side_by_side() -> None:
        for future in [log.submit(ctx, run, body) for body in singles]:
            future.result()

    wall, cpu = timed(side_by_side)
    row("single points at step 0, 3 in a millisecond", f"{4_000 / wall:,.0f} calls/s", f"CPU {4_000 / cpu:,.0f}/s")
    wall, _ = timed(
        lambda: [
            log.log(ctx, run, LogBatch(points=[Points(key="t", steps=[n], times_ms=[START], values=[0.5])]))
            for n in range(300)
        ]
    )
    row("single points, one after the other", f"{300 / wall:,.0f} calls/s")
    ctx.db.close()


def names(count: int) -> list[str]:
    return [f"{number:032x}" for number in range(count)]


def fill(folder: Path, count: int, points: int) -> None:
    ctx = testing.context(folder)
    rng = np.random.default_rng(0)
    merged = 0.0
    longest = 0.0
    for name in names(count):
        runs.create(ctx, RunCreate(id=name, start_ms=START))
        values, times = rng.random(points), START + np.cumsum(rng.integers(50, 150, points))
        for first in range(0, points, 20_000):
            part: Any = slice(first, first + 20_000)
            steps: Any = np.arange(first, min(first + 20_000, points))
            log.log(
                ctx, name, LogBatch(points=[Points(key="m", steps=steps, times_ms=times[part], values=values[part])])
            )
        took = timed(lambda: merge.run(ctx))[0]
        merged, longest = merged + took, max(longest, took)
    row("merging", f"{count * points / merged / 1e6:.1f} M points/s")
    with ctx.db.read() as tx:
        pages = tx.row(
            "SELECT (SELECT page_count FROM pragma_page_count) - (SELECT freelist_count FROM pragma_freelist_count)"
        )
        size = tx.row("PRAGMA page_size")
    assert pages and size
    row("disk, all of the database", f"{pages[0] * size[0] / count / points:.2f} bytes/point", "≤ 14")
    ctx.db.close()


def grid(ctx: Ctx, count: int, **query: Any) -> tuple[float, float]:
    return timed(lambda: series.query_frame(ctx, SeriesQuery(runs=names(count), metrics=["m"], **query)))


def cold(folder: Path, count: int) -> None:
    print(grid(testing.context(folder), count)[0], flush=True)


def grids(folder: Path, count: int, points: int) -> None:
    command = [sys.executable, "-m", "bench.points", "--cold", "--dir", str(folder), "--runs", str(count)]
    firsts = [float(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(3)]
    row(f"grid of {count} runs × {points:,}, cold", f"{statistics.median(firsts) * 1e3:,.0f} ms", "≤ 400")
    ctx = testing.context(folder)
    width = 1
    worst: tuple[float, float] = (0.0, 0.0)
    while width * 500 < points:
        span = width * 1_000 - 1
        start = max(0, (points - span) // 3)
        found = sorted(grid(ctx, count, range=[start, min(start + span, points)]) for _ in range(3))[1]
        worst = max(worst, found)
        row(f"  zoom, {width}-step buckets", f"{found[0] * 1e3:,.0f} ms", f"CPU {found[1] * 1e3:,.0f} ms")
        width *= 2
    row("zoom, the slowest", f"{worst[0] * 1e3:,.0f} ms", "≤ 60")
    for more in ({"x": "relative"}, {"x": "metric:m"}):
        few = max(1, count // 10)
        row(f"grid by {more['x']}, {few} runs", f"{grid(ctx, few, **more)[0] * 1e3:,.0f} ms")
    row("grid in one group with ci95", f"{grid(ctx, count, group_by='params.lr', band='ci95')[0] * 1e3:,.0f} ms")
    name = names(1)[0]
    for by_time in (False, True):
        wall, _ = timed(lambda by_time=by_time: series.history(ctx, name, "m", by_time=by_time))
        row(f"history by {'time' if by_time else 'step'}", f"{points / wall / 1e6:,.1f} M points/s", "≥ 1 M")
    ctx.db.close()


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--runs", type=int, default=100)
    options.add_argument("--points", type=int, default=1_000_000)
    options.add_argument("--dir")
    options.add_argument("--cold", action="store_true")
    given = options.parse_args()
    if given.cold:
        cold(Path(given.dir), given.runs)
        return
    folder = Path(given.dir or tempfile.mkdtemp(prefix="mw-points-"))
    try:
        (folder / "log").mkdir(parents=True, exist_ok=True)
        ingest(folder / "log")
        if not (folder / "modelwright.db").exists():
            fill(folder, given.runs, given.points)
        grids(folder, given.runs, given.points)
    finally:
        if not given.dir:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
