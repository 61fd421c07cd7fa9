"""Is the install light? What `import modelwright` brings, how long it takes, and what the wheel carries."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    "numpy",
    "sqlalchemy",
    "starlette",
    "uvicorn",
    "alembic",
    "pandas",
    "sklearn",
    "mlflow",
    "torch",
    "psutil",
    "asyncio",
)


def python(*lines: str) -> str:
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def fastest(statement: str, tries: int = 5) -> float:
    """Best processor time of a statement in a fresh interpreter, in seconds, the interpreter's own start left out.

    The processor's clock, not the one on the wall: the tests share their cores.
    """
    script = f"import time; began = time.process_time(); {statement}; print(time.process_time() - began)"
    return min(float(python(script).splitlines()[-1]) for _ in range(tries))


def test_importing_the_sdk_brings_no_heavy_package() -> None:
    loaded = python("import modelwright as mw, sys", "mw.init", "print(*sys.modules)").split()
    assert [module for module in loaded if module.split(".")[0] in HEAVY] == []
    towers = ("modelwright.server", "modelwright.domains", "modelwright.kit", "modelwright.protocols")
    assert [module for module in loaded if module.startswith(towers)] == []


def test_importing_the_sdk_takes_at_most_150_ms() -> None:
    assert fastest("import modelwright as mw; mw.init") <= 0.15


def test_the_help_of_the_command_takes_at_most_250_ms() -> None:
    run = "from modelwright.cli.main import cli; cli.main(['--help'], standalone_mode=False)"
    assert fastest(run) <= 0.25


@pytest.mark.parametrize("module", ["cli", "sdk"])
def test_the_client_runs_on_the_base_install(module: str) -> None:
    """Every module of the client tower imports without the server's packages, frameworks aside."""
    script = """
import importlib, pkgutil, sys
for name in ("numpy", "sqlalchemy", "starlette", "uvicorn", "alembic", "zstandard", "re2", "psutil", "pandas"):
    sys.modules[name] = None
package = importlib.import_module("modelwright.%s")
for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    if ".autolog." not in found.name:
        importlib.import_module(found.name)
"""
    done = subprocess.run([sys.executable, "-c", script % module], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_wheel_carries_what_it_must_and_no_more(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "MODELWRIGHT_SKIP_UI": "1"},
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    packages = {name.split("/")[1] for name in names if name.startswith("modelwright/") and name.count("/") > 1}
    assert {"types", "kit", "domains", "protocols", "server", "sdk", "cli", "testing", "examples"} <= packages
    assert "modelwright/examples/flights/train.py" in names
    assert [name for name in names if name.startswith("modelwright/server/migrations/versions/")] != []
    assert [name for name in names if "__pycache__" in name or name.startswith(("tests", "docs", "tools"))] == []
    assert any(name.endswith("licenses/LICENSE") for name in names)
    entry = next(name for name in names if name.endswith("entry_points.txt"))
    with zipfile.ZipFile(wheel) as archive:
        assert b"mw = modelwright.cli.main:main" in archive.read(entry)
