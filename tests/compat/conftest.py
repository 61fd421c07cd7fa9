"""Foreign clients in environments of their own (made once, kept under .envs/ by their pins), and servers for them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_BESIDE = ["scikit-learn", "xgboost", "lightgbm", "pandas", "matplotlib", "psutil"]
PINS = {"3.17": ["mlflow==3.17.*", *_BESIDE], "2.22": ["mlflow==2.22.*", "sqlalchemy<2.1", *_BESIDE]}
_SERVE = (
    "import sys; from modelwright.kit.settings import read; from modelwright.server.serve import serve;"
    "serve(read({'dir': sys.argv[1], 'port': int(sys.argv[2])}), lambda url: print(url, flush=True))"
)


def environment(version: str) -> Path:
    """The interpreter of an environment with the MLflow client of a version."""
    return made(f"mlflow-{version}", PINS[version])


def made(name: str, pins: list[str]) -> Path:
    """The interpreter of an environment with some packages."""
    key = hashlib.sha256("\n".join([*pins, sys.version]).encode()).hexdigest()[:12]
    folder = _ROOT / ".envs" / f"{name}-{key}"
    python = folder / "bin" / "python"
    if (folder / "complete").exists():
        return python
    building = folder.with_name(f"{folder.name}.{os.getpid()}")
    uv = shutil.which("uv") or str(Path(sys.executable).parent / "uv")
    if Path(uv).exists():
        commands = [
            [uv, "venv", "-q", "--relocatable", "--python", sys.executable, str(building)],
            [uv, "pip", "install", "-q", "--python", str(building / "bin" / "python"), *pins],
        ]
    else:
        commands = [
            [sys.executable, "-m", "venv", str(building)],
            [str(building / "bin" / "python"), "-m", "pip", "install", "-q", *pins],
        ]
    for command in commands:
        subprocess.run(command, check=True)
    (building / "complete").touch()
    if (folder / "complete").exists():  # another worker was quicker, and its tests are using it
        shutil.rmtree(building, ignore_errors=True)
        return python
    shutil.rmtree(folder, ignore_errors=True)
    building.rename(folder)
    return python


@pytest.fixture(scope="session", params=list(PINS))
def client_python(request: pytest.FixtureRequest) -> Path:
    """The interpreter of each client version."""
    return environment(request.param)


@contextlib.contextmanager
def served(folder: Path, port: int = 0, **settings: str) -> Iterator[str]:
    """A real server process of ours on a folder, with settings of the environment; its log must hold no traceback."""
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", _SERVE, str(folder), str(port)],
            stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ, **settings},
        )
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url.startswith("http"), (folder / "log.txt").read_text()[-3000:]
        try:
            yield url
        finally:
            process.terminate()
            process.wait(20)
            process.stdout.close()
    assert "Traceback" not in (folder / "log.txt").read_text(), (folder / "log.txt").read_text()[-5000:]


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of ours that tests share."""
    with served(tmp_path_factory.mktemp("server")) as url:
        yield url


@pytest.fixture
def fresh_url(tmp_path: Path) -> Iterator[str]:
    """A server of ours that holds nothing yet."""
    with served(tmp_path) as url:
        yield url


@pytest.fixture(scope="session")
def upstream_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real MLflow 3.17 server."""
    folder = tmp_path_factory.mktemp("upstream")
    python = environment("3.17")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [
        str(python),
        "-m",
        "mlflow",
        "server",
        "--backend-store-uri",
        f"sqlite:///{folder}/mlflow.db",
        "--artifacts-destination",
        str(folder / "artifacts"),
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        "1",
    ]
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=clean_environment(MLFLOW_SERVER_ENABLE_JOB_EXECUTION="false"),
        )
        until = time.monotonic() + 90
        while True:
            try:
                urllib.request.urlopen(f"{url}/health", timeout=2).close()
                break
            except (urllib.error.URLError, OSError):
                assert process.poll() is None and time.monotonic() < until, (folder / "log.txt").read_text()[-3000:]
                time.sleep(0.3)
        yield url
        os.killpg(process.pid, 9)  # it holds nothing that anyone wants, and ends slowly
        process.wait(20)


def clean_environment(**more: str) -> dict[str, str]:
    """The process environment without what would change a client's behaviour."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not re.match(r"MLFLOW_|PYTHON|VIRTUAL_ENV|MODELWRIGHT", name)
    }
    return {**kept, "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", **more}
