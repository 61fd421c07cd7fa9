"""PostgreSQL is restarted under load: callers wait or are told to retry, nothing acknowledged is lost."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from tests.conftest import PostgresServer
from tests.survive.load import Writer, check, stop
from tests.survive.processes import ServerProcess

FULL = os.environ.get("MODELWRIGHT_CHAOS") == "full"


@pytest.mark.slow
def test_a_restart_of_the_database_under_load_loses_nothing_acknowledged(
    tmp_path: Path, postgres_server: PostgresServer, postgres_url: str
) -> None:
    with ServerProcess(tmp_path, db=postgres_url) as server:
        load = [Writer(number, server.port) for number in range(4)]
        for writer in load:
            writer.start()
        for number in range(20 if FULL else 3):
            time.sleep(0.7)
            postgres_server.control("-m", ("fast", "immediate")[number % 2], "restart")
        time.sleep(0.5)
        check(server.port, stop(load))
