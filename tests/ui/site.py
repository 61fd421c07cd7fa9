"""A real server in a process of its own, on a folder of its own, for journeys through the web UI."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import urllib3

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
_START_S = 60.0


class Site:
    """`mw up` on a folder. `stop` and `start` again keep the address."""

    def __init__(self, folder: Path, *options: str, environment: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.url = ""
        self._options = options
        self._environment = environment or {}
        self._port = "0"
        self._process: subprocess.Popen[str] | None = None
        self._http = urllib3.PoolManager()
        self.start()

    def start(self) -> None:
        """Start it, and wait until it says where it is."""
        environment = {**os.environ, **self._environment, "PYTHONUNBUFFERED": "1"}
        process = subprocess.Popen(
            [
                str(Path(sys.executable).with_name("mw")),
                "up",
                "--port",
                self._port,
                "--dir",
                str(self.folder),
                *self._options,
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
        )
        self._process = process
        assert process.stdout is not None
        said: list[str] = []
        until = time.monotonic() + _START_S
        while time.monotonic() < until:
            line = process.stdout.readline()
            said.append(line)
            found = re.search(r"https?://[\w.:\[\]-]+", line)
            if found and "up" in line:
                self.url = found[0]
                self._port = self.url.rpartition(":")[2]
                # Whatever it says later is read, so that it never waits for a full pipe.
                threading.Thread(target=process.stdout.read, daemon=True).start()
                return
            if not line and process.poll() is not None:
                break
        raise AssertionError("the server did not start:\n" + "".join(said))

    def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(30)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One call of the API; what it answers."""
        content = None if body is None else json.dumps(body).encode()
        sent = {"accept": "application/json", **({"content-type": "application/json"} if content else {}), **headers}
        answer = self._http.request(method, f"{self.url}/api/v1{path}", body=content, headers=sent, retries=False)
        assert answer.status < 400, f"{method} {path}: {answer.status} {answer.data[:500]!r}"
        return json.loads(answer.data) if answer.data else None

    def experiment(self, name: str, **more: Any) -> str:
        """A new experiment; its id."""
        return self.ask("POST", "/experiments", {"name": name, "exist_ok": True, **more})["id"]

    def run(
        self,
        experiment: str,
        name: str,
        *,
        state: str = "finished",
        metrics: dict[str, list[float]] | None = None,
        **more: Any,
    ) -> str:
        """A new run of an experiment (by name) with points at steps 0, 1, …; its id."""
        made = self.ask("POST", "/runs", {"experiment": experiment, "name": name, **more})["id"]
        now = int(time.time() * 1000)
        points = [
            {
                "key": key,
                "steps": list(range(len(values))),
                "times_ms": [now + step for step in range(len(values))],
                "values": values,
            }
            for key, values in (metrics or {}).items()
        ]
        if points:
            self.ask("POST", f"/runs/{made}/log", {"points": points})
        if state != "running":
            self.ask("PATCH", f"/runs/{made}", {"state": state})
        return made


def faults(page: Any) -> list[str]:
    """What axe finds on a page, serious faults only. Evaluated, because the page's policy lets no script in."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    # Colours that are on their way from one theme to the other have no contrast of their own yet.
    page.evaluate(
        "() => Promise.allSettled("
        "document.getAnimations().filter(one => one instanceof CSSTransition).map(one => one.finished))"
    )
    found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{fault['id']}: {node['html'][:200]}"
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]
