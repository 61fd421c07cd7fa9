"""Do the arrows hold? import-linter's contracts of pyproject.toml, and that a broken one is noticed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def lint() -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True)


def test_every_contract_between_packages_is_kept() -> None:
    done = lint()
    assert done.returncode == 0, done.stdout[-4000:]


def test_every_room_stands_on_a_shelf_of_the_contract() -> None:
    rooms = {place.parent.name for place in (ROOT / "src" / "modelwright" / "domains").glob("*/__init__.py")}
    contracts = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    containers = contracts.partition('name = "A room:')[2]
    assert rooms
    assert [room for room in rooms if f'"modelwright.domains.{room}"' not in containers] == []
