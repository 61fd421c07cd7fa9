"""Real server processes that are started, killed and stopped."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Self


def free_port() -> int:
    """A TCP port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class ServerProcess:
    """`mw up` on a data folder; the same folder and port again after each death."""

    def __init__(
        self, folder: Path, *, db: str = "", blobs: str = "", port: int = 0, settings: dict[str, str] | None = None
    ) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        program = str(Path(sys.executable).with_name("mw"))
        self._command = [program, "up", "--port", str(self.port), "--dir", str(folder)]
        self._command += ["--db", db] if db else []
        self._command += ["--blobs", blobs] if blobs else []
        given = {f"MODELWRIGHT_SERVER_{name.upper()}": value for name, value in (settings or {}).items()}
        self._environ = os.environ | given
        self._log = folder / "server.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, within_s: float = 30.0) -> float:
        """Start and wait until it answers; returns the seconds that this took."""
        self.folder.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(self._command, stdout=log, stderr=log, env=self._environ, cwd=self.folder)
        while not self.healthy():
            if self.process.poll() is not None or time.monotonic() - began > within_s:
                raise AssertionError(f"the server did not start:\n{self.log()[-3000:]}")
            time.sleep(0.01)
        return time.monotonic() - began

    def healthy(self) -> bool:
        """Whether `GET /health` answers 200."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def kill(self) -> None:
        """SIGKILL: no farewell."""
        self.signal(signal.SIGKILL)
        self.wait()

    def stop(self) -> int:
        """SIGTERM and the exit status."""
        self.signal(signal.SIGTERM)
        return self.wait()

    def signal(self, number: int) -> None:
        """Send a signal to the process that was started here."""
        assert self.process is not None
        self.process.send_signal(number)

    def wait(self, timeout_s: float = 30.0) -> int:
        """The exit status, once it has ended."""
        assert self.process is not None
        return self.process.wait(timeout_s)

    def log(self) -> str:
        """What it printed so far."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()
