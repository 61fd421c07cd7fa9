"""The primary of PostgreSQL dies for good and its standby takes over: nothing acknowledged is lost, nothing doubled."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.conftest import PostgresServer
from tests.survive.load import Writer, check, stop
from tests.survive.processes import ServerProcess, free_port


class Pair:
    """A primary, and a standby that has each commit before the primary acknowledges it."""

    def __init__(self, server: PostgresServer, folder: Path) -> None:
        self._bin = Path(server.server.bin_path)
        self._user: dict[str, Any] = {"user": server.server.system_user} if server.server.system_user else {}
        self._folder = folder
        folder.mkdir(exist_ok=True)
        if self._user:
            shutil.chown(folder, server.server.system_user)
        self.ports = [free_port(), free_port()]
        settings = {
            "listen_addresses": "127.0.0.1", "port": self.ports[0], "unix_socket_directories": "", "fsync": "off",
            "wal_level": "replica", "max_wal_senders": 4, "max_connections": 60,
        }  # fmt: skip
        self._run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "-D", folder / "0")
        with (folder / "0" / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        self._start(0)
        self._sql(0, "CREATE DATABASE modelwright")
        self._run("pg_basebackup", "-h", "127.0.0.1", "-p", self.ports[0], "-U", "postgres", "-R", "-c", "fast",
                  "-D", folder / "1")  # fmt: skip
        with (folder / "1" / "postgresql.conf").open("a") as file:
            file.write(f"port = {self.ports[1]}\n")
        self._start(1)
        self._sql(0, "ALTER SYSTEM SET synchronous_standby_names = '*'")
        self._sql(0, "SELECT pg_reload_conf()")

    @property
    def url(self) -> str:
        """Both of them: whichever takes writes is used."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports)
        return f"postgresql://postgres@{hosts}/modelwright?target_session_attrs=read-write"

    def fail_over(self) -> None:
        """The primary dies at once; the standby becomes the primary."""
        self._control(0, "-m", "immediate", "stop")
        time.sleep(0.5)
        self._control(1, "promote")

    def close(self) -> None:
        for number in (0, 1):
            subprocess.run(
                [self._bin / "pg_ctl", "-D", self._folder / str(number), "-m", "immediate", "stop"],
                check=False, capture_output=True, **self._user,
            )  # fmt: skip

    def _start(self, number: int) -> None:
        self._control(number, "-l", str(self._folder / f"{number}.log"), "start")

    def _control(self, number: int, *arguments: str) -> None:
        self._run("pg_ctl", "-w", "-D", self._folder / str(number), *arguments)

    def _run(self, program: str, *arguments: object) -> None:
        subprocess.run(
            [self._bin / program, *map(str, arguments)], check=True, cwd=self._folder, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, **self._user,
        )  # fmt: skip

    def _sql(self, number: int, statement: str) -> None:
        url = f"postgresql://postgres@127.0.0.1:{self.ports[number]}/postgres"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement)  # pyright: ignore[reportArgumentType, reportCallIssue]


@pytest.fixture
def pair(postgres_server: PostgresServer) -> Iterator[Pair]:
    made = Pair(postgres_server, postgres_server.folder.parent / "pair")
    yield made
    made.close()
    shutil.rmtree(made._folder, ignore_errors=True)  # pyright: ignore[reportPrivateUsage]


@pytest.mark.slow
def test_a_standby_that_takes_over_under_load_has_all_that_was_acknowledged(pair: Pair, tmp_path: Path) -> None:
    with ServerProcess(tmp_path, db=pair.url) as server:
        load = [Writer(number, server.port) for number in range(4)]
        for writer in load:
            writer.start()
        time.sleep(1.5)
        before = sum(writer.acknowledged for writer in load)
        began = time.monotonic()
        pair.fail_over()
        while sum(writer.acknowledged for writer in load) < before + 40:
            assert time.monotonic() - began < 30, "the server does not go on at the new primary"
            time.sleep(0.05)
        print(f"\n40 more acknowledged {time.monotonic() - began:.1f} s after the primary died")
        check(server.port, stop(load))
