"""A real server and the real command, as a person has them: `mw up` and `mw …` in processes of their own."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

BIN = Path(sys.executable).parent


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Ours, without anything that would lead to another server, and with our commands first on PATH."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MODELWRIGHT_", "MLFLOW_"))}
    return {
        **kept,
        "PATH": f"{BIN}{os.pathsep}{kept['PATH']}",
        "MODELWRIGHT_CONFIG_DIR": str(folder / "config"),
        **more,
    }


@contextlib.contextmanager
def server(folder: Path, *options: str, **env: str) -> Generator[str]:
    """`mw up` on a free port over `folder`/modelwright-data; yields its address."""
    process = subprocess.Popen(
        [BIN / "mw", "up", "--port", "0", *options],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(folder, **env),
    )
    assert process.stdout is not None
    try:
        first = process.stdout.readline()
        found = re.search(r"http://[\d.:]+\d", first)
        assert found is not None, f"mw up said {first!r}"
        yield found[0]
    finally:
        process.send_signal(signal.SIGTERM)
        process.stdout.close()
        process.wait(timeout=20)


def mw(*words: str | Path, cwd: Path, url: str = "", **options: str) -> subprocess.CompletedProcess[str]:
    """Run `mw words…` in a folder; `options` are environment variables."""
    env = environment(cwd, **({"MODELWRIGHT_URL": url} if url else {}), **options)
    return subprocess.run([BIN / "mw", *words], cwd=cwd, capture_output=True, text=True, timeout=150, env=env)
