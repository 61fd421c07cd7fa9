"""Nothing more can be stored: no space, no inode, no quota. Writes say so (507), reads and later writes go on."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.survive.load import Answer, Http
from tests.survive.processes import ServerProcess

SHIM = Path(__file__).parents[1] / "engine" / "fault_shim.c"
ROUNDS = 10 if os.environ.get("MODELWRIGHT_CHAOS") == "full" else 2
TRIES = 200


@pytest.fixture
def memory_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 MB and 400 inodes, where mounting is allowed."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64m,nr_inodes=400", "tmpfs", str(folder)]
    mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    yield folder
    if mounted:
        subprocess.run(["umount", "-l", str(folder)], check=True)


class State:
    """A server, a run in it, and what it acknowledged."""

    def __init__(self, server: ServerProcess) -> None:
        self.http = Http(server.port)
        self.run: str = self.http.call("POST", "/api/v1/runs", {"experiment": "e"})["id"]
        self.params: dict[str, str] = {}
        self.files: dict[str, bytes] = {}

    def log(self, size: int) -> None:
        key = f"p{len(self.params)}"
        value = os.urandom(size // 2).hex()
        self.http.call("POST", f"/api/v1/runs/{self.run}/log", {"params": {key: value}})
        self.params[key] = value

    def put(self, size: int) -> None:
        name, data = f"{len(self.files)}.bin", os.urandom(size)
        self.http.call("PUT", f"/api/v1/runs/{self.run}/artifacts/{name}", data)
        self.files[name] = data

    def refused(self, write: Callable[[int], None], size: int) -> None:
        """Write until the server says that there is no room; it says nothing else."""
        for _ in range(TRIES):
            try:
                write(size)
            except Answer as error:
                assert " 507 " in str(error), error
                assert "storage_full" in str(error)
                return
        raise AssertionError("it never was full")

    def check(self) -> None:
        found = self.http.call("GET", f"/api/v1/runs/{self.run}")
        assert found["params"] == self.params
        for name, data in self.files.items():
            assert self.http.call("GET", f"/api/v1/runs/{self.run}/artifacts/{name}", raw=True) == data


def filled(folder: Path) -> Callable[[], None]:
    """Take all the space that is left; returns what gives it back."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while shutil.disk_usage(folder).free:
            file.write(bytes(min(1 << 20, shutil.disk_usage(folder).free)))
    return filler.unlink


def crowded(folder: Path) -> Callable[[], None]:
    """Take all the inodes that are left; returns what gives them back."""
    place = folder / "crowd"
    place.mkdir()
    with contextlib.suppress(OSError):
        for number in range(10_000):
            (place / str(number)).touch()
    return lambda: shutil.rmtree(place)


@pytest.mark.slow
def test_a_full_disk_answers_507_and_writes_resume_without_a_restart(memory_disk: Path) -> None:
    if not os.path.ismount(memory_disk):
        return  # a limit on the size of files stands for it: see test_database_faults
    with ServerProcess(memory_disk / "data", settings={"log_level": "warning"}) as server:
        state = State(server)
        state.put(1000)
        for _ in range(ROUNDS):
            freed = filled(memory_disk)
            state.refused(state.log, 60_000)
            state.refused(state.put, 3_000_000)
            state.check()
            freed()
            state.log(50_000)
            state.put(50_000)
            state.check()
        assert server.stop() == 0


@pytest.mark.slow
def test_no_inode_left_answers_507_and_writes_resume_without_a_restart(memory_disk: Path) -> None:
    if not os.path.ismount(memory_disk):
        return
    with ServerProcess(memory_disk / "data") as server:
        state = State(server)
        state.put(1000)
        for _ in range(ROUNDS):
            freed = crowded(memory_disk)
            state.refused(state.put, 1000)
            state.log(1000)  # a row needs no file of its own
            state.check()
            freed()
            state.put(1000)
            state.check()
        assert server.stop() == 0


@pytest.mark.slow
def test_a_quota_used_up_answers_507_and_writes_resume_without_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc") or "cc"
    library, flag = tmp_path / "shim.so", tmp_path / "quota"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, SHIM, "-ldl"], check=True)
    environment: dict[str, Any] = {"LD_PRELOAD": library, "FAULT_QUOTA": flag, "FAULT_WORD": tmp_path / "data"}
    for name, value in environment.items():
        monkeypatch.setenv(name, str(value))
    with ServerProcess(tmp_path / "data") as server:
        state = State(server)
        state.put(1000)
        for _ in range(ROUNDS):
            flag.touch()
            for _ in range(3):
                state.refused(state.log, 1000)
                state.refused(state.put, 1000)
            state.check()
            flag.unlink()
            state.log(1000)
            state.put(1000)
            state.check()
        assert server.stop() == 0
