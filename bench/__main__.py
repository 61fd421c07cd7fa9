"""`python -m bench [--only wire,points,search,sdk,ui] [--no-peers]`: every figure, one table, peers beside ours."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

from bench.servers import LOAD_CORE, PEERS, ROOT, pinned, serving

RESULTS = ROOT / "bench" / "results"
ROWS = [  # what is measured, (workload, figure), what we want
    ("log-batch of 1,000 metrics, points/s", ("log_batch", "points_per_s"), "≥ 300,000"),
    ("  p99 of a call, ms", ("log_batch", "p99_ms"), "≤ 15"),
    ("log-metric, 8 connections, calls/s", ("log_metric", "calls_per_s"), "≥ 2,500"),
    ("  p99 of a call, ms", ("log_metric", "p99_ms"), "≤ 10"),
    ("create run + 10 params, 10 metrics, 5 tags, runs/s", ("runs", "runs_per_s"), "≥ 600"),
    ("metric history as MLflow JSON, points/s", ("log_batch", "history_points_per_s"), "≥ 300,000"),
    ("search 1,000 runs, metric filter + order, 100 back, ms", ("runs", "search_p50_ms"), "≤ 7"),
]
SUITES = ("wire", "points", "search", "sdk", "ui")


def _wire(name: str, runs: int) -> dict[str, Any]:
    print(f"» {name}", file=sys.stderr, flush=True)
    with serving(name) as url:
        done = subprocess.run(
            [*pinned(LOAD_CORE), sys.executable, "-m", "bench.wire", url, "--runs", str(runs)],
            stdout=subprocess.PIPE, check=True, cwd=ROOT,
        )
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def wire(peers: list[str]) -> dict[str, Any]:
    """The MLflow wire under load, ours and the peers', and the ratio to the best peer."""
    names = ["modelwright", *peers]
    figures = {name: _wire(name, 1000 if name == "modelwright" else 200) for name in names}
    print(f"\n{'':58}" + "".join(f"{name:>14}" for name in names) + f"{'best peer':>12}{'wanted':>12}")
    for label, (workload, figure), wanted in ROWS:
        values = [figures[name][workload][figure] for name in names]
        ratio = ""
        if peers:
            best = min(values[1:]) if figure.endswith("_ms") else max(values[1:])
            ratio = f"{best / values[0] if figure.endswith('_ms') else values[0] / best:.1f}×"
        print(f"{label:58}" + "".join(f"{_number(value):>14}" for value in values) + f"{ratio:>12}{wanted:>12}")
    return figures


def main() -> None:
    """Run the suites that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", default=",".join(SUITES), help="suites, comma-separated")
    parser.add_argument("--no-peers", action="store_true", help="measure ours alone")
    options = parser.parse_args()
    chosen = options.only.split(",")
    unknown = set(chosen) - set(SUITES)
    if unknown:
        parser.error(f"unknown suite {', '.join(sorted(unknown))}; there are {', '.join(SUITES)}")
    if "wire" in chosen:
        figures = wire([] if options.no_peers else list(PEERS))
        RESULTS.mkdir(parents=True, exist_ok=True)
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        (RESULTS / f"wire-{stamp}.json").write_text(json.dumps(figures, indent=1))
    for suite in chosen:
        if suite != "wire":
            print(f"\n» {suite}", flush=True)
            extra = [] if options.no_peers or suite != "sdk" else ["--peers"]
            subprocess.run([sys.executable, "-m", f"bench.{suite}", *extra], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
