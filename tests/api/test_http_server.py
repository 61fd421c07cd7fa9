"""Does the server process start fast, stop without failing anyone, and stay there for others when some misbehave?"""

from __future__ import annotations

import http.client
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3

from modelwright.kit import logs
from modelwright.kit.metrics import Metrics
from modelwright.kit.settings import Settings
from modelwright.server.serve import Service
from modelwright.types.errors import Invalid

SCRIPT = """
import sys
from modelwright.kit.settings import Settings
from modelwright.server import protocol
from modelwright.server.serve import serve
protocol.HEAD_S = float(sys.argv[2])
serve(Settings(dir=sys.argv[1], port=0, drain_s=8), lambda url: print(url, flush=True))
print("stopped", flush=True)
"""


HALF = (
    b"POST /api/v1/audit:search HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"Content-Length: 2\r\n\r\n{"
)


class Process:
    """A server of its own."""

    def __init__(self, folder: Path, head_s: float = 15.0) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(folder), str(head_s)],
            stdout=subprocess.PIPE,
            text=True,
            env=dict(os.environ),
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        self.host, port = self.url.removeprefix("http://").split(":")
        self.port = int(port)

    def connect(self) -> socket.socket:
        return socket.create_connection((self.host, self.port), timeout=30)

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    made = Process(tmp_path)
    yield made
    made.end()


def test_a_stop_under_load_fails_no_request_in_flight(tmp_path: Path) -> None:
    """SIGTERM while clients of kept-alive connections ask without a pause: whatever was sent is answered."""
    for attempt in range(2):
        server = Process(tmp_path)
        outcomes: Counter[str] = Counter()
        failures: list[str] = []
        told = threading.Event()

        def client(server: Process = server, outcomes: Counter[str] = outcomes, failures: list[str] = failures) -> None:
            while True:
                try:
                    wire = http.client.HTTPConnection(server.host, server.port, timeout=10)
                    wire.connect()
                except OSError:
                    return  # the listener is closed: nothing was in flight
                while True:
                    sent = time.perf_counter()
                    try:
                        wire.request(
                            "POST", "/api/v1/audit:search", body=b"{}", headers={"Content-Type": "application/json"}
                        )
                        answer = wire.getresponse()
                        answer.read()
                    except (OSError, http.client.HTTPException) as error:
                        failures.append(f"{error!r} after {time.perf_counter() - sent:.3f} s")
                        return
                    outcomes[str(answer.status)] += 1
                    if answer.getheader("connection") == "close":
                        wire.close()
                        break

        def watch(server: Process = server, told: threading.Event = told) -> None:
            while True:
                try:
                    if urllib3.request("GET", f"{server.url}/health", retries=False).status == 503:
                        told.set()
                        return
                except urllib3.exceptions.HTTPError:
                    return
                time.sleep(0.02)

        threads = [threading.Thread(target=client) for _ in range(8)] + [threading.Thread(target=watch)]
        for thread in threads:
            thread.start()
        time.sleep(0.4 + attempt * 0.13)
        started = time.perf_counter()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(12) == 0
        assert time.perf_counter() - started < 10
        for thread in threads:
            thread.join(15)
        assert told.is_set(), "health says no before the listener closes"
        assert set(outcomes) == {"200"}
        assert not failures, failures
        assert server.process.stdout is not None
        assert "stopped" in server.process.stdout.read()
        server.end()


def test_a_slow_request_is_finished_before_the_server_is_gone(process: Process) -> None:
    wire = process.connect()
    wire.sendall(HALF)
    time.sleep(0.2)
    process.process.send_signal(signal.SIGTERM)
    time.sleep(1.5)
    wire.sendall(b"}")
    assert wire.recv(12) == b"HTTP/1.1 200"
    wire.close()
    assert process.process.wait(10) == 0


def test_a_second_signal_stops_at_once(process: Process) -> None:
    with process.connect() as wire:
        wire.sendall(HALF)
        time.sleep(0.2)
        process.process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        started = time.perf_counter()
        process.process.send_signal(signal.SIGINT)
        process.process.wait(8)
        assert time.perf_counter() - started < 5


def test_dribbling_connections_are_closed_and_hinder_nobody(tmp_path: Path) -> None:
    server = Process(tmp_path, head_s=1.5)
    slow = [server.connect() for _ in range(300)]
    for number, wire in enumerate(slow):
        if number % 2:
            wire.sendall(b"GET /health HTTP/1.1\r\nHost: 127")
    times = []
    pool = urllib3.PoolManager(retries=False, timeout=5)
    for _ in range(100):
        started = time.perf_counter()
        assert pool.request("GET", f"{server.url}/health").status == 200
        times.append(time.perf_counter() - started)
    assert sorted(times)[98] < 0.25
    time.sleep(1.6)
    for wire in slow:
        wire.settimeout(5)
        assert wire.recv(1_000) == b""
        wire.close()
    server.end()


def test_health_answers_probes_and_programs(process: Process) -> None:
    answer = urllib3.request("GET", f"{process.url}/health")
    assert (answer.status, answer.data, answer.headers["content-type"]) == (200, b"OK", "text/plain; charset=utf-8")
    answer = urllib3.request("GET", f"{process.url}/health", headers={"accept": "application/json"})
    assert answer.json() == {"status": "ok"}
    assert urllib3.request("HEAD", f"{process.url}/health").status == 200
    about = urllib3.request("GET", f"{process.url}/api/v1/server").json()
    assert (about["database"], about["database_state"], about["blob_state"], about["login"]) == (
        "sqlite",
        "ok",
        "ok",
        False,
    )


def test_a_taken_port_and_a_strange_address_are_refused_with_a_hint(process: Process, tmp_path: Path) -> None:
    for settings in (
        {"port": process.port},
        {"host": "203.0.113.1", "admin_token": "x" * 20},
        {"port": 99999},
        {"threads": 0},
        {"dir": "/proc/none"},
    ):
        with pytest.raises(Invalid) as caught:
            Service(Settings(**{"dir": str(tmp_path / "other"), **settings})).run()  # pyright: ignore[reportArgumentType]
        assert caught.value.message


def test_metrics_count_by_template_and_never_by_what_callers_send(process: Process) -> None:
    pool = urllib3.PoolManager(retries=False)
    for number in range(60):
        pool.request("GET", f"{process.url}/api/v1/jobs/{number}")
        pool.request("GET", f"{process.url}/nothing/{number}")
        pool.request(f"VERB{number}", f"{process.url}/health") if number < 3 else None
    text = pool.request("GET", f"{process.url}/metrics").data.decode()
    assert 'modelwright_http_requests_total{method="GET",route="/api/v1/jobs/{job_id}",status="404"} 60' in text
    assert 'modelwright_http_requests_total{method="GET",route="(none)",status="404"} 60' in text
    assert "nothing/1" not in text
    assert "VERB" not in text
    assert "modelwright_write_queue_depth 0" in text
    names = set()
    for line in text.splitlines():
        if line.startswith("#"):
            assert line.split(" ")[1] in ("HELP", "TYPE")
        else:
            name, value = line.rsplit(" ", 1)
            float(value)
            assert name not in names
            names.add(name)


def test_the_number_of_series_is_bounded() -> None:
    metrics = Metrics()
    for number in range(10_000):
        metrics.count("GET", f"/{number}", 200, 0.1)
    assert metrics.text().count("\nmodelwright_http_requests_total{") == 2_000


def test_the_log_holds_one_line_a_request_and_none_of_the_callers(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from modelwright.testing.clients import client as make

    with make(tmp_path) as served, caplog.at_level("DEBUG", logger="modelwright.http"):
        served.get("/a%0d%0aFAKE%1b[31m/\u202e", headers={"x-request-id": "mine"})
    lines = [record.getMessage() for record in caplog.records if record.name == "modelwright.http"]
    assert len(lines) == 1
    assert lines[0].isprintable()
    assert lines[0].startswith("GET /a\\r\\nFAKE\\x1b[31m/\\u202e 404 ")
    assert lines[0].endswith(" mine")


def test_a_log_message_stays_on_its_line() -> None:
    record = logging.LogRecord("n", logging.WARNING, "f", 1, "failed: %s", ("a\r\nFAKE \x1b[31m\u2028x",), None)
    line = logs.OneLine("%(levelname)s %(message)s").format(record)
    assert line == "WARNING failed: a\\x0d\\x0aFAKE \\x1b[31m\\u2028x"


def overload(server: Process, clients: int, seconds: float) -> tuple[float, list[float], Counter[int]]:
    good: list[float] = []
    statuses: Counter[int] = Counter()
    until = time.perf_counter() + seconds

    def client() -> None:
        wire = http.client.HTTPConnection(server.host, server.port, timeout=30)
        while time.perf_counter() < until:
            started = time.perf_counter()
            wire.request(
                "POST",
                "/api/v1/audit:search",
                body=json.dumps({"filter": "action LIKE '%x%'"}),
                headers={"Content-Type": "application/json"},
            )
            answer = wire.getresponse()
            answer.read()
            statuses[answer.status] += 1
            if answer.status == 200:
                good.append(time.perf_counter() - started)
            else:
                assert int(answer.headers["retry-after"]) >= 1
                time.sleep(0.05)
        wire.close()

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(good) / seconds, sorted(good), statuses


def test_too_many_clients_leave_the_server_working(process: Process) -> None:
    normal, _, _ = overload(process, 4, 1.0)
    crowded, _, statuses = overload(process, 60, 2.0)
    assert set(statuses) <= {200, 503}
    assert crowded > 0.4 * normal  # the clients share the machine with the server, so this is a floor, not a measure
    started: Any = time.perf_counter()
    assert urllib3.request("GET", f"{process.url}/health").status == 200
    assert time.perf_counter() - started < 1.0
