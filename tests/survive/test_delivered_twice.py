"""A network that delivers requests twice, or loses answers so that clients repeat: every effect is there once."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from pathlib import Path

import pytest
from tests.survive.load import Writer, check, stop
from tests.survive.processes import ServerProcess


class Doubling:
    """Carries whole requests: delivers some twice, side by side or one after the other, and loses some answers."""

    def __init__(self, port: int, chance: random.Random) -> None:
        self._port = port
        self._chance = chance
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.doubled = self.lost = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client:
            while request := _message(client):
                kind = self._chance.random()
                if kind < 0.2:  # both are under way at once
                    self.doubled += 1
                    twin = threading.Thread(target=self._deliver, args=(request,))
                    twin.start()
                    answer = self._deliver(request)
                    twin.join()
                elif kind < 0.4:  # one after the other; the client hears the answer to the second
                    self.doubled += 1
                    self._deliver(request)
                    answer = self._deliver(request)
                else:
                    answer = self._deliver(request)
                if kind > 0.85:
                    self.lost += 1
                    return  # the client finds the connection closed, and repeats
                client.sendall(answer)

    def _deliver(self, request: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self._port)) as server:
            server.sendall(request)
            return _message(server)


def _message(source: socket.socket) -> bytes:
    """One HTTP message, with the body that its length announces; nothing at the end."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = source.recv(65_536)
        if not more:
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    missing = int(lengths[0].split(b":")[1]) - len(body) if lengths else 0
    parts = [data]
    while missing > 0 and (more := source.recv(65_536)):
        parts.append(more)
        missing -= len(more)
    return b"".join(parts)


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_requests_that_arrive_twice_or_are_repeated_have_their_effect_once(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    url: str = request.getfixturevalue("postgres_url") if database == "postgresql" else ""
    with ServerProcess(tmp_path, db=url) as server:
        network = Doubling(server.port, random.Random(11))
        load = [Writer(number, network.port) for number in range(4)]
        for writer in load:
            writer.start()
        time.sleep(3.0)
        ledger = stop(load)
        network.close()
        check(server.port, ledger)
        acknowledged = sum(writer.acknowledged for writer in load)
        print(f"\n{acknowledged} acknowledged, {network.doubled} delivered twice, {network.lost} answers lost")
        assert network.doubled > 20
        assert network.lost > 10
