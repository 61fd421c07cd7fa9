"""Is the documentation true? Generated pages are current; every setting, command and operation is in them."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", ROOT / "tools" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATED = ["docs/reference/cli.md", "docs/reference/settings.md", "docs/reference/http.md", "ARCHITECTURE.md"]


@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_page_is_current(reference: ModuleType, name: str) -> None:
    wanted = reference.pages()[ROOT / name]
    assert (ROOT / name).read_text(encoding="utf-8") == wanted, f"{name} is stale: run `make docs`"


def test_every_operation_says_what_it_does(reference: ModuleType) -> None:
    native = [operation for operation in reference.served() if operation.path.startswith("/api/v1")]
    assert [str(operation) for operation in native if not operation.summary] == []


def test_every_environment_variable_of_the_client_is_documented() -> None:
    used: set[str] = set()
    for package in ("sdk", "cli"):
        for file in (ROOT / "src" / "modelwright" / package).rglob("*.py"):
            used |= set(re.findall(r"MODELWRIGHT_(?!SERVER_)[A-Z]+(?:_[A-Z]+)*", file.read_text(encoding="utf-8")))
    told = "\n".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs").rglob("*.md"))
    assert sorted(name for name in used if name not in told) == []


def test_links_between_pages_lead_somewhere() -> None:
    broken: list[str] = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]:
        targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        local = [target for target in targets if "://" not in target and not target.startswith("mailto:")]
        broken += [f"{page.relative_to(ROOT)} → {target}" for target in local if not (page.parent / target).exists()]
    assert broken == []
