"""A file much larger than the server's memory goes in and out in a stream."""

from __future__ import annotations

import http.client
import os
from pathlib import Path

import psutil
import pytest
from tests.survive.load import Http
from tests.survive.processes import ServerProcess

SIZE = (2048 if os.environ.get("MODELWRIGHT_CHAOS") == "full" else 300) << 20
MOST = 150 << 20


class Zeros:
    """A file of zeros that lies nowhere."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = 1 << 20) -> bytes:
        data = bytes(min(size, 1 << 20, self.left))
        self.left -= len(data)
        return data


@pytest.mark.slow
def test_a_big_file_is_never_in_memory(tmp_path: Path) -> None:
    with ServerProcess(tmp_path) as server:
        assert server.process is not None
        watched = psutil.Process(server.process.pid)
        run = Http(server.port).call("POST", "/api/v1/runs", {"experiment": "e"})["id"]
        idle = peak = watched.memory_info().rss
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        path = f"/api/v1/runs/{run}/artifacts/big.bin"
        connection.putrequest("PUT", path)
        connection.putheader("Content-Length", str(SIZE))
        connection.endheaders()
        source = Zeros(SIZE)
        while data := source.read():
            connection.send(data)
            peak = max(peak, watched.memory_info().rss)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status in (200, 201), body
        connection.request("GET", path)
        answer = connection.getresponse()
        got = 0
        while data := answer.read(1 << 20):
            assert data.count(0) == len(data)
            got += len(data)
            peak = max(peak, watched.memory_info().rss)
        assert got == SIZE
        print(f"\n{SIZE >> 20} MB in and out: {idle >> 20} MB idle, {peak >> 20} MB at most")
        assert peak < MOST
