"""Load on any server that speaks the MLflow REST API. Prints its figures as one JSON line.

    python -m bench.wire URL [--only log_batch,log_metric,runs] [--runs 1000]

Bodies are encoded beforehand and sent over plain `http.client`, so that the server is what is measured.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlparse

API = "/api/2.0/mlflow"


def percentile(values: list[float], share: float) -> float:
    """The value below which a share of all lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class Client:
    """One connection."""

    def __init__(self, url: str) -> None:
        place = urlparse(url)
        self._connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=600)

    def send(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """One request, with the time of nothing else."""
        self._connection.request(method, API + path, body, {"Content-Type": "application/json"})
        response = self._connection.getresponse()
        data = response.read()
        if response.status >= 300:
            raise SystemExit(f"{method} {path}: {response.status} {data[:300]!r}")
        return data

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """One request as JSON."""
        data = None if body is None else json.dumps(body).encode()
        answer: dict[str, Any] = json.loads(self.send(method, path, data))
        return answer

    def experiment(self) -> str:
        """A new experiment."""
        return str(self.call("POST", "/experiments/create", {"name": f"bench-{uuid.uuid4().hex}"})["experiment_id"])

    def run(self, experiment: str, name: str = "r") -> str:
        """A new run."""
        body = {"experiment_id": experiment, "start_time": int(time.time() * 1000), "run_name": name}
        return str(self.call("POST", "/runs/create", body)["run"]["info"]["run_id"])


def _timed(action: Callable[[], Any]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def _latency(seconds: list[float]) -> dict[str, float]:
    return {"p50_ms": percentile(seconds, 0.5) * 1e3, "p99_ms": percentile(seconds, 0.99) * 1e3}


def log_batch(url: str, calls: int = 200, size: int = 1000) -> dict[str, float]:
    """Calls of 1,000 points over 10 metrics on one connection; then one metric's whole history back."""
    client = Client(url)
    run = client.run(client.experiment())
    now = int(time.time() * 1000)
    bodies = [json.dumps({"run_id": run, "metrics": [
        {"key": f"m{j % 10}", "value": random.random(), "timestamp": now + i, "step": i * (size // 10) + j // 10}
        for j in range(size)
    ]}).encode() for i in range(calls)]
    began = time.perf_counter()
    seconds = [_timed(lambda body=body: client.send("POST", "/runs/log-batch", body)) for body in bodies]
    wall = time.perf_counter() - began
    began = time.perf_counter()
    got, token = 0, ""
    while True:
        page = client.call("GET", f"/metrics/get-history?run_id={run}&metric_key=m3&max_results=25000{token}")
        got += len(page.get("metrics", []))
        if not page.get("next_page_token"):
            break
        token = f"&page_token={quote(page['next_page_token'])}"
    read = time.perf_counter() - began
    if got != calls * size // 10:
        raise SystemExit(f"history gave {got} points of {calls * size // 10}")
    return {"points_per_s": calls * size / wall, **_latency(seconds), "history_points_per_s": got / read}


def log_metric(url: str, connections: int = 8, each: int = 400) -> dict[str, float]:
    """One point a call, eight connections at once."""
    client = Client(url)
    experiment = client.experiment()
    runs = [client.run(experiment) for _ in range(connections)]
    seconds: list[list[float]] = [[] for _ in runs]

    def work(number: int) -> None:
        own = Client(url)
        for step in range(each):
            body = json.dumps({
                "run_id": runs[number], "key": "loss", "value": 1 / (step + 1), "step": step,
                "timestamp": int(time.time() * 1000),
            }).encode()
            seconds[number].append(_timed(lambda body=body: own.send("POST", "/runs/log-metric", body)))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall = time.perf_counter() - began
    return {"calls_per_s": connections * each / wall, **_latency([second for part in seconds for second in part])}


def runs(url: str, count: int = 1000) -> dict[str, float]:
    """Make runs of 10 params, 10 metrics, 5 tags on one connection; then search them."""
    client = Client(url)
    experiment = client.experiment()
    chance = random.Random(7)
    began = time.perf_counter()
    for number in range(count):
        run = client.run(experiment, f"run-{number}")
        now = int(time.time() * 1000)
        client.call("POST", "/runs/log-batch", {
            "run_id": run,
            "params": [{"key": f"p{j}", "value": str(chance.random())} for j in range(10)],
            "metrics": [{"key": f"m{j}", "value": chance.random(), "timestamp": now, "step": 0} for j in range(10)],
            "tags": [{"key": f"t{j}", "value": str(j)} for j in range(5)],
        })
    wall = time.perf_counter() - began
    search = json.dumps({
        "experiment_ids": [experiment], "filter": "metrics.m3 > 0.5 and tags.t1 = '1'", "order_by": ["metrics.m4 DESC"],
        "max_results": 100,
    }).encode()
    seconds = [_timed(lambda: client.send("POST", "/runs/search", search)) for _ in range(20)]
    found = {"search_p50_ms": percentile(seconds, 0.5) * 1e3, "search_max_ms": max(seconds) * 1e3}
    return {"runs_per_s": count / wall, **found}


WORKLOADS: dict[str, Callable[..., dict[str, float]]] = {"log_batch": log_batch, "log_metric": log_metric, "runs": runs}


def main() -> None:
    """Run the named workloads."""
    parser = argparse.ArgumentParser(prog="python -m bench.wire", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--only", default=",".join(WORKLOADS))
    parser.add_argument("--runs", type=int, default=1000)
    options = parser.parse_args()
    figures = {name: WORKLOADS[name](options.url, **({"count": options.runs} if name == "runs" else {}))
               for name in options.only.split(",")}
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
