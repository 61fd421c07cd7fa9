"""The server dies by SIGKILL at random moments of a mixed load: nothing acknowledged is lost, nothing applied twice."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import statistics
import time
from pathlib import Path

import pytest
from tests.survive.load import Writer, check, stop
from tests.survive.processes import ServerProcess

from modelwright.kit import page_sums

FULL = os.environ.get("MODELWRIGHT_CHAOS") == "full"
ROUNDS = 20 if FULL else 1  # each with a folder of its own, so that checking it all stays possible
KILLS = 50 if FULL else 8  # a round
WRITERS = 8 if FULL else 4
START_S = 2.0  # how fast a killed server is back


def _whole(folder: Path) -> None:
    # In a copy: looking at the file itself would do the server's recovery for it.
    copy = folder / "copy"
    copy.mkdir()
    for path in folder.glob("modelwright.db*"):
        if not path.name.endswith("-shm"):
            shutil.copy2(path, copy / path.name)
    sums = page_sums.of(copy / "modelwright.db")
    assert list(sums.damages()) == [], "a false alarm"
    (bare, total) = sums.missing()
    assert bare < total, "the checksums of a killed server are believed"
    connection = sqlite3.connect(copy / "modelwright.db")
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    finally:
        connection.close()
        sums.forget()
        shutil.rmtree(copy)


@pytest.mark.slow
def test_sigkill_of_the_server_loses_nothing_acknowledged_and_doubles_nothing(tmp_path: Path) -> None:
    chance = random.Random(2)
    starts: list[float] = []
    acknowledged = 0
    for number in range(ROUNDS):
        server = ServerProcess(tmp_path / str(number))
        with server:
            load = [Writer(seed, server.port) for seed in range(WRITERS)]
            for writer in load:
                writer.start()
            for _ in range(KILLS):
                time.sleep(chance.uniform(0.05, 0.6))
                server.kill()
                _whole(server.folder)
                starts.append(server.start())
            check(server.port, stop(load))
        _whole(server.folder)
        acknowledged += sum(writer.acknowledged for writer in load)
        print(
            f"\n{len(starts)} kills, {acknowledged} acknowledged writes, back after "
            f"{statistics.median(starts):.2f} s in the middle, {max(starts):.2f} s at most",
            flush=True,
        )
    # Of a machine that others use as well, the undisturbed starts tell.
    assert statistics.quantiles(starts, n=4)[0] <= START_S


@pytest.mark.slow
def test_sigkill_of_one_of_two_servers_on_postgresql_loses_nothing_acknowledged(
    tmp_path: Path, postgres_url: str
) -> None:
    """A client whose server died repeats its request at the other one, which must know what the dead one did."""
    chance = random.Random(3)
    blobs = f"file://{tmp_path}/blobs"
    servers = [ServerProcess(tmp_path / name, db=postgres_url, blobs=blobs) for name in "ab"]
    ports = [server.port for server in servers]
    kills = 100 if FULL else 5
    with servers[0], servers[1]:
        load = [Writer(number, *(ports if number % 2 else reversed(ports))) for number in range(WRITERS)]
        for writer in load:
            writer.start()
        starts: list[float] = []
        for _ in range(kills):
            time.sleep(chance.uniform(0.05, 0.6))
            server = chance.choice(servers)
            server.kill()
            starts.append(server.start())
        ledger = stop(load)
        check(ports[0], ledger)
        check(ports[1], ledger)
    print(
        f"\n{kills} kills of one of two, {sum(writer.acknowledged for writer in load)} acknowledged writes, back after "
        f"{statistics.median(starts):.2f} s in the middle, {max(starts):.2f} s at most"
    )
