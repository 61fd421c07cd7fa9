"""Is the built web UI small enough, complete, and from no other host? Read from what the build says it made."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "src" / "modelwright" / "server" / "ui"
KILO = 1000
SHELL = 260 * KILO
ROUTE = 80 * KILO


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    done = subprocess.run([sys.executable, ROOT / "tools" / "web.py", "build"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads((BUILT / ".vite" / "manifest.json").read_text(encoding="utf-8"))


def packed(file: str) -> int:
    return len(gzip.compress((BUILT / file).read_bytes(), 9))


def closure(manifest: dict[str, Any], entry: str) -> set[str]:
    """The chunks that come with one, itself included."""
    found: set[str] = set()
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += manifest[name].get("imports", [])
    return found


def weight(manifest: dict[str, Any], chunks: set[str]) -> int:
    files = {manifest[name]["file"] for name in chunks} | {
        css for name in chunks for css in manifest[name].get("css", [])
    }
    return sum(packed(file) for file in files)


def test_the_shell_is_at_most_260_kb(manifest: dict[str, Any]) -> None:
    assert weight(manifest, closure(manifest, "index.html")) <= SHELL


def test_a_route_adds_at_most_80_kb(manifest: dict[str, Any]) -> None:
    shell = closure(manifest, "index.html")
    added = {
        name: weight(manifest, closure(manifest, name) - shell)
        for name, chunk in manifest.items()
        if chunk.get("isDynamicEntry")
    }
    assert added
    assert {name: size for name, size in added.items() if size > ROUTE} == {}


def test_the_page_loads_nothing_inline_and_nothing_from_elsewhere(manifest: dict[str, Any]) -> None:
    page = (BUILT / "index.html").read_text(encoding="utf-8")
    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", page) == []
    assert re.findall(r"(?:src|href)=\"(?!/)[^\"]*\"", page) == []
    for style in BUILT.glob("assets/*.css"):
        assert re.findall(r"url\((?!/|['\"]?/|data:)[^)]*\)", style.read_text(encoding="utf-8")) == []
