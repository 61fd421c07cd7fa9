"""Does `mw import mlflow` bring registered models and prompts over, with their numbers, once?"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.api.test_import_mlflow import report
from tests.compat.conftest import clean_environment, environment
from tests.docs.serving import mw, server

from modelwright.sdk.client import Client
from modelwright.types.registry import PromptKind, Stage

_MAKE = Path(__file__).parent / "foreign" / "mlflow_registry.py"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mlflow")
    command = [environment("3.17"), _MAKE]
    done = subprocess.run(command, cwd=folder, env=clean_environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder / "mlflow.db"


def check(client: Client) -> None:
    """Everything is there."""
    model = client.registry.get("flight delay")
    assert (model.description, model.tags, model.aliases) == ("How late?", {"team": "ops"}, {"champion": 3})
    versions = {item.version: item for item in client.registry.search_versions("name = 'flight delay'")}
    assert set(versions) == {1, 3, 4}
    assert versions[4].stage is Stage.PRODUCTION
    assert (versions[1].tags, versions[1].description) == ({"a": "b"}, "words")
    assert client.registry.read("flight delay", 1, "MLmodel") == b"flavors: {sklearn: {}}\n"
    assert client.registry.version("copy/1").digest == versions[3].digest
    assert client.registry.version("outside/1").location == "s3://bucket/model"
    prompt = client.prompts.get("greeting")
    assert (prompt.versions, prompt.aliases) == (2, {"prod": 1})
    first, second = client.prompts.version("greeting", 1), client.prompts.version("greeting", 2)
    assert (first.template, first.message, first.tags) == ("Hello {{ name }}", "first", {"tone": "kind"})
    assert (second.kind, second.variables, (second.config or {})["model"]) == (PromptKind.CHAT, ["name"], "x")


def test_models_versions_aliases_and_prompts_come_over_once_and_from_a_server_too(store: Path, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with server(tmp_path / "one") as first, Client(first) as client:
        done = report(mw("import", "mlflow", store, "--json", cwd=tmp_path / "one", url=first))
        counts = {kind: done[kind]["stored"] for kind in ("registered models", "prompts", "versions", "aliases")}
        assert counts == {"registered models": 3, "prompts": 1, "versions": 7, "aliases": 2}
        check(client)
        client.registry.set_alias("flight delay", "champion", 4)
        again = report(mw("import", "mlflow", store, "--json", cwd=tmp_path / "one", url=first))
        assert all(again[kind]["stored"] == 0 for kind in counts)
        assert again["aliases"]["reasons"] == {"already here": 1, "edited here since": 1}
        assert client.registry.get("flight delay").aliases == {"champion": 4}
        client.registry.rollback("flight delay", "champion")
        with server(tmp_path / "two") as second, Client(second) as copy:
            done = report(mw("import", "mlflow", first, "--json", cwd=tmp_path / "two", url=second))
            assert {kind: done[kind]["stored"] for kind in counts} == counts, done
            check(copy)
