"""A mixed load whose every acknowledged write is remembered, and the check that all of them are there, once each.

A writer repeats a request until it is acknowledged, with the same ids, as a real client does. So in the end the store
must hold exactly what the ledger holds: a lost acknowledged write is missing, one applied twice is one too many.
"""

from __future__ import annotations

import hashlib
import http.client
import itertools
import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from modelwright.types.ids import new_id

_GIVE_UP_S = 60.0


class Answer(Exception):
    """The server answered, and refused."""


class Http:
    """One connection that is made anew when it breaks, to the next of the ports when there are several."""

    def __init__(self, *ports: int) -> None:
        self._ports = itertools.cycle(ports)
        self._connection: http.client.HTTPConnection | None = None

    def call(self, method: str, path: str, body: Any = None, *, raw: bool = False) -> Any:
        """One request. Raises OSError or HTTPException when there is no answer, `Answer` when it is a refusal."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", next(self._ports), timeout=20)
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        headers = {} if isinstance(body, bytes) else {"Content-Type": "application/json"}
        try:
            self._connection.request(method, path, data, headers)
            response = self._connection.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection = None
            raise
        if response.status in (502, 503, 504):
            raise ConnectionError(f"{response.status}: {answer[:200]!r}")
        if response.status >= 300:
            raise Answer(f"{method} {path}: {response.status} {answer[:500]!r}")
        return answer if raw else json.loads(answer or b"null")

    def insist(self, method: str, path: str, body: Any = None) -> Any:
        """Repeat a request until it is acknowledged."""
        end = time.monotonic() + _GIVE_UP_S
        while True:
            try:
                return self.call(method, path, body)
            except (OSError, http.client.HTTPException):
                if time.monotonic() > end:
                    raise
                time.sleep(0.01)


@dataclass
class Expected:
    """What one run must hold."""

    run: str
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    points: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    lines: int = 0
    artifacts: dict[str, tuple[int, str]] = field(default_factory=dict)


class Writer(threading.Thread):
    """One client: makes runs and logs to them over both wires until it is told to stop."""

    def __init__(self, seed: int, *ports: int) -> None:
        super().__init__(name=f"writer-{seed}", daemon=True)
        self._http = Http(*ports)
        self._random = random.Random(seed)
        self._name = f"w{seed}"
        self._seq = 0
        self._step = 0
        self.stopping = threading.Event()
        self.ledger: list[Expected] = []
        self.acknowledged = 0
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                self._one_run()
        except BaseException as error:
            self.failure = error

    def _one_run(self) -> None:
        run = Expected(new_id())
        self._insist("POST", "/api/v1/runs", {"id": run.run, "experiment": f"chaos-{self._name}", "name": "r"})
        self.ledger.append(run)
        actions: list[Callable[[Expected], None]] = [
            self._log, self._log, self._log_mlflow, self._log_mlflow, self._log_param, self._tag, self._artifact,
        ]
        for _ in range(self._random.randint(3, 12)):
            if self.stopping.is_set():
                return
            self._random.choice(actions)(run)

    def _insist(self, method: str, path: str, body: Any) -> None:
        self._http.insist(method, path, body)
        self.acknowledged += 1

    def _points(self, run: Expected) -> dict[str, list[tuple[int, float]]]:
        keys = self._random.sample(["loss", "acc", "lr", "grad/norm"], 2)
        points: dict[str, list[tuple[int, float]]] = {key: [] for key in keys}
        for _ in range(self._random.randint(1, 20)):
            self._step += 1
            for key in keys:
                points[key].append((self._step, self._random.random()))
        return points

    def _keep(self, run: Expected, points: dict[str, list[tuple[int, float]]]) -> None:
        for key, items in points.items():
            run.points.setdefault(key, []).extend(items)

    def _log(self, run: Expected) -> None:
        self._seq += 1
        points = self._points(run)
        now = int(time.time() * 1000)
        lines = [{"time_ms": now, "stream": "stdout", "text": f"line {self._seq}.{number}"} for number in range(3)]
        self._insist("POST", f"/api/v1/runs/{run.run}/log", {
            "writer": self._name, "seq": self._seq, "lines": lines, "params": {f"p{self._seq}": self._seq},
            "points": [
                {"key": key, "steps": [step for step, _ in items], "times_ms": [now] * len(items),
                 "values": [value for _, value in items]}
                for key, items in points.items()
            ],
        })
        run.lines += 3
        run.params[f"p{self._seq}"] = str(self._seq)
        self._keep(run, points)

    def _log_mlflow(self, run: Expected) -> None:
        points = self._points(run)
        now = int(time.time() * 1000)
        self._insist("POST", "/api/2.0/mlflow/runs/log-batch", {"run_id": run.run, "metrics": [
            {"key": key, "value": value, "step": step, "timestamp": now}
            for key, items in points.items() for step, value in items
        ]})
        self._keep(run, points)

    def _log_param(self, run: Expected) -> None:
        key = f"m{len(run.params)}"
        self._insist("POST", "/api/2.0/mlflow/runs/log-parameter", {"run_id": run.run, "key": key, "value": key * 2})
        run.params[key] = key * 2

    def _tag(self, run: Expected) -> None:
        value = str(self._random.random())
        self._insist("PATCH", f"/api/v1/runs/{run.run}", {"tags": {"color": value}})
        run.tags["color"] = value

    def _artifact(self, run: Expected) -> None:
        data = self._random.randbytes(self._random.randint(1, 200_000))
        path = f"files/{len(run.artifacts)}.bin"
        self._insist("PUT", f"/api/v1/runs/{run.run}/artifacts/{path}", data)
        run.artifacts[path] = (len(data), hashlib.sha256(data).hexdigest())


def check(port: int, ledger: list[Expected]) -> None:
    """Compare the store with the ledger, exactly."""
    http_ = Http(port)
    for expected in ledger:
        where = f"run {expected.run}"
        run = http_.insist("GET", f"/api/v1/runs/{expected.run}")
        assert {key: str(value) for key, value in run["params"].items()} == expected.params, where
        assert expected.tags.items() <= run["tags"].items(), where
        assert run["metrics"].keys() == expected.points.keys(), where
        for key, points in expected.points.items():
            got: list[tuple[int, float]] = []
            token = ""
            while True:
                path = f"/api/2.0/mlflow/metrics/get-history?run_id={expected.run}&metric_key={key}{token}"
                page = http_.insist("GET", path)
                got += [(point["step"], point["value"]) for point in page.get("metrics", [])]
                if not page.get("next_page_token"):
                    break
                token = f"&page_token={page['next_page_token']}"
            assert sorted(got) == sorted(points), f"{where}, metric {key}: {len(got)} points for {len(points)}"
            assert run["metrics"][key]["count"] == len(points), f"{where}, metric {key}: count"
        console = http_.insist("GET", f"/api/v1/runs/{expected.run}/console?first=0&limit=1")
        assert console["total"] == expected.lines, f"{where}: console lines"
        for path, (size, digest) in expected.artifacts.items():
            data = http_.call("GET", f"/api/v1/runs/{expected.run}/artifacts/{path}", raw=True)
            assert (len(data), hashlib.sha256(data).hexdigest()) == (size, digest), f"{where}: artifact {path}"


def stop(writers: list[Writer]) -> list[Expected]:
    """Let the writers finish their last request; returns all that they wrote."""
    for writer in writers:
        writer.stopping.set()
    for writer in writers:
        writer.join(_GIVE_UP_S + 10)
        assert not writer.is_alive(), f"{writer.name} is stuck"
        if writer.failure is not None:
            raise writer.failure
    return [run for writer in writers for run in writer.ledger]
