"""Servers to measure, ours and the peers', each pinned to one core and fresh in a folder of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVS = ROOT / ".envs"
SERVER_CORE, LOAD_CORE = 0, 1
PEERS = {"mlflow": "mlflow==3.17.2", "fasttrackml": "fasttrackml==0.6.0"}


def pinned(core: int) -> list[str]:
    """What to put before a command so that it stays on one core, where the machine has it and `taskset`."""
    return ["taskset", "-c", str(core)] if shutil.which("taskset") and core in os.sched_getaffinity(0) else []


def environment(name: str) -> Path:
    """The virtual environment of a peer, made from PyPI when it is missing."""
    folder = ENVS / f"bench-{name}"
    done = folder / ".done"
    if not done.exists() or done.read_text() != PEERS[name]:
        uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv"
        print(f"  installing {PEERS[name]} …", file=sys.stderr, flush=True)
        subprocess.run([uv, "venv", "-q", "--clear", str(folder)], check=True)
        subprocess.run([uv, "pip", "install", "-q", "--python", str(folder / "bin/python"), PEERS[name]], check=True)
        done.write_text(PEERS[name])
    return folder / "bin"


def _command(name: str, folder: Path, port: int) -> list[str]:
    if name == "modelwright":
        return [str(Path(sys.executable).with_name("mw")), "up", "--port", str(port), "--dir", str(folder)]
    programs = environment(name)
    if name == "mlflow":
        return [
            str(programs / "mlflow"), "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
            "--backend-store-uri", f"sqlite:///{folder}/mlflow.db",
            "--artifacts-destination", str(folder / "artifacts"),
        ]
    return [
        str(programs / "fml"), "server", "--listen-address", f"127.0.0.1:{port}",
        "--database-uri", f"sqlite://{folder}/fml.db", "--default-artifact-root", str(folder / "artifacts"),
    ]


@contextmanager
def serving(name: str, folder: Path | None = None) -> Generator[str]:
    """A running server; gives its URL, and ends it."""
    with tempfile.TemporaryDirectory() as fresh:
        place = folder or Path(fresh)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with (place / "server.log").open("wb") as log:
            process = subprocess.Popen(
                [*pinned(SERVER_CORE), *_command(name, place, port)],
                stdout=log, stderr=log, cwd=place, start_new_session=True,
            )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, process, place / "server.log")
            yield url
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"the server did not start:\n{log.read_text(errors='replace')[-2000:]}")
