"""The server dies by SIGKILL at random moments of a mixed load: nothing acknowledged is lost, nothing applied twice."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import statistics
import time
from pathlib import Path

import pytest
from tests.survive.load import Writer, check, stop
from tests.survive.processes import ServerProcess

FULL = os.environ.get("MODELWRIGHT_CHAOS") == "full"
CYCLES = 100 if FULL else 8
WRITERS = 8 if FULL else 4


def _kill_again_and_again(server: ServerProcess, cycles: int, writers: int, seed: int) -> None:
    chance = random.Random(seed)
    starts = [server.start()]
    load = [Writer(server.port, number) for number in range(writers)]
    for writer in load:
        writer.start()
    for _ in range(cycles):
        time.sleep(chance.uniform(0.05, 0.6))
        server.kill()
        starts.append(server.start())
    ledger = stop(load)
    check(server.port, ledger)
    print(f"\n{cycles} kills, {sum(writer.acknowledged for writer in load)} acknowledged writes, "
          f"start median {statistics.median(starts):.2f} s, slowest {max(starts):.2f} s")


@pytest.mark.slow
def test_sigkill_of_the_server_loses_nothing_acknowledged_and_doubles_nothing(tmp_path: Path) -> None:
    with ServerProcess(tmp_path) as server:
        server.kill()
        _kill_again_and_again(server, CYCLES, WRITERS, seed=2)
        server.kill()
    connection = sqlite3.connect(tmp_path / "modelwright.db")
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


@pytest.mark.slow
def test_sigkill_of_the_server_on_postgresql_loses_nothing_acknowledged(tmp_path: Path, postgres_url: str) -> None:
    with ServerProcess(tmp_path, db=postgres_url) as server:
        server.kill()
        _kill_again_and_again(server, max(4, CYCLES // 4), WRITERS, seed=3)


@pytest.mark.slow
def test_a_stopping_server_answers_what_it_has_accepted(tmp_path: Path) -> None:
    with ServerProcess(tmp_path) as server:
        load = [Writer(server.port, number) for number in range(WRITERS)]
        for writer in load:
            writer.start()
        for _ in range(20 if FULL else 3):
            time.sleep(0.4)
            began = time.monotonic()
            assert server.stop() == 0, server.log()[-2000:]
            assert time.monotonic() - began <= 12.0
            server.start()
        check(server.port, stop(load))


@pytest.mark.slow
def test_two_server_processes_on_one_postgresql_share_the_work(tmp_path: Path, postgres_url: str) -> None:
    blobs = f"file://{tmp_path}/blobs"
    first = ServerProcess(tmp_path / "a", db=postgres_url, blobs=blobs)
    second = ServerProcess(tmp_path / "b", db=postgres_url, blobs=blobs)
    with first, second:
        load = [Writer((first, second)[number % 2].port, number) for number in range(WRITERS)]
        for writer in load:
            writer.start()
        time.sleep(1.0)
        second.signal(signal.SIGKILL)
        second.wait()
        second.start()
        time.sleep(1.0)
        ledger = stop(load)
        check(first.port, ledger)
        check(second.port, ledger)
