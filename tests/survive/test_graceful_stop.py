"""SIGTERM under load: what was asked is answered, readiness turns false before the door closes, the exit is quick."""

from __future__ import annotations

import http.client
import os
import threading
import time
from pathlib import Path

import pytest
from tests.survive.processes import ServerProcess

STOPS = 100 if os.environ.get("MODELWRIGHT_CHAOS") == "full" else 4
CLIENTS = 6
EXIT_S = 10.0


class Client(threading.Thread):
    """Logs over one kept connection, and never repeats: a request that was sent and not answered is a failure."""

    def __init__(self, port: int, run: str, number: int) -> None:
        super().__init__(daemon=True)
        self._port = port
        self._path = f"/api/v1/runs/{run}/log"
        self._number = number
        self._stopping = threading.Event()
        self.answered = 0
        self.failures: list[str] = []

    def run(self) -> None:
        connection: http.client.HTTPConnection | None = None
        while not self._stopping.is_set():
            if connection is None:
                connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=15)
                try:
                    connection.connect()
                except OSError:  # the door is closed: nothing was asked
                    connection = None
                    time.sleep(0.02)
                    continue
            key = f"c{self._number}-{self.answered}"
            try:
                body = f'{{"params": {{"{key}": 1}}}}'
                connection.request("POST", self._path, body, {"content-type": "application/json"})
                response = connection.getresponse()
                response.read()
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(repr(error))
                connection = None
                continue
            if response.status == 200:
                self.answered += 1
            else:
                self.failures.append(str(response.status))
            if response.will_close:
                connection.close()
                connection = None

    def end(self) -> None:
        self._stopping.set()
        self.join(30)


class Probe(threading.Thread):
    """Asks for readiness over new connections, as a load balancer does."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self._port = port
        self._stopping = threading.Event()
        self.seen: list[str] = []

    def run(self) -> None:
        while not self._stopping.wait(0.02):
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
            try:
                connection.connect()
            except OSError:
                self.seen.append("closed")
                continue
            try:
                connection.request("GET", "/health")
                self.seen.append(str(connection.getresponse().status))
            except (OSError, http.client.HTTPException) as error:
                self.seen.append(repr(error))
            finally:
                connection.close()

    def end(self) -> list[str]:
        """What it saw, repetitions left out."""
        self._stopping.set()
        self.join(10)
        return [word for place, word in enumerate(self.seen) if not place or self.seen[place - 1] != word]


@pytest.mark.slow
def test_a_stopping_server_answers_what_it_was_asked_and_says_beforehand_that_it_stops(tmp_path: Path) -> None:
    exits: list[float] = []
    with ServerProcess(tmp_path) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        connection.request("POST", "/api/v1/runs", '{"experiment": "e"}', {"content-type": "application/json"})
        run = connection.getresponse().read().split(b'"id":"')[1].split(b'"')[0].decode()
        connection.close()
        clients = [Client(server.port, run, number) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        for _ in range(STOPS):
            probe = Probe(server.port)
            probe.start()
            time.sleep(0.3)
            began = time.monotonic()
            assert server.stop() == 0, server.log()[-2000:]
            exits.append(time.monotonic() - began)
            seen = probe.end()
            assert seen in (["200", "503", "closed"], ["200", "503"]), seen
            server.start()
        for client in clients:
            client.end()
        failures = [failure for client in clients for failure in client.failures]
        answered = sum(client.answered for client in clients)
        print(f"\n{STOPS} stops, {answered} requests answered, {len(failures)} failed, slowest exit {max(exits):.2f} s")
        assert not failures, failures[:10]
        assert answered > STOPS * CLIENTS
        assert max(exits) <= EXIT_S
