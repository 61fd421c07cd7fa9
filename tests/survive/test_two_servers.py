"""`mw up --db postgresql://… --blobs s3://…` twice: two processes, one state, and one of them is killed."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from tests.survive.load import Http, Writer, check, stop
from tests.survive.processes import ServerProcess


@pytest.mark.slow
def test_two_servers_on_postgresql_and_s3_are_one(
    tmp_path: Path, postgres_url: str, s3_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    blobs = f"s3://test/{tmp_path.name}?endpoint={s3_server}&region=us-east-1"
    first = ServerProcess(tmp_path / "a", db=postgres_url, blobs=blobs)
    second = ServerProcess(tmp_path / "b", db=postgres_url, blobs=blobs)
    with first, second:
        one, other = Http(first.port), Http(second.port)
        run = one.call("POST", "/api/v1/runs", {"experiment": "shared", "params": {"lr": 0.1}})["id"]
        assert other.call("GET", f"/api/v1/runs/{run}")["params"] == {"lr": 0.1}
        data = random.Random(1).randbytes(3_000_000)
        other.call("PUT", f"/api/v1/runs/{run}/artifacts/model/weights.bin", data)
        assert one.call("GET", f"/api/v1/runs/{run}/artifacts/model/weights.bin", raw=True) == data
        assert not list(tmp_path.rglob("blobs/cas/*")), "nothing may lie on the disk of one of them"

        load = [Writer(number, *ports(number, first, second)) for number in range(4)]
        for writer in load:
            writer.start()
        time.sleep(1.0)
        second.kill()
        time.sleep(1.0)
        # The other one goes on alone, with what both have stored.
        assert one.call("GET", f"/api/v1/runs/{run}/artifacts/model/weights.bin", raw=True) == data
        second.start()
        time.sleep(0.5)
        ledger = stop(load)
        check(first.port, ledger)
        check(second.port, ledger)
        assert first.stop() == 0
        assert second.stop() == 0


def ports(number: int, *servers: ServerProcess) -> list[int]:
    """The servers in turn: a client that loses one repeats its request at the other."""
    listed = [server.port for server in servers]
    return listed if number % 2 else listed[::-1]
