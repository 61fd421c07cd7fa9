"""The registry as people use it from Python and the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.docs.serving import mw, server

import modelwright
from modelwright.sdk import prompts
from modelwright.sdk.client import Client
from modelwright.types.errors import Conflict, Invalid, NotFound
from modelwright.types.tracking import RunCreate


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    with server(tmp_path) as url, Client(url) as made:
        monkeypatch.setenv("MODELWRIGHT_URL", url)
        prompts.forget()
        yield made


def made_run(client: Client, text: bytes = b"flavors: {}\n") -> str:
    run = client.runs.create(RunCreate(experiment_id="0", name="r"))
    client.artifacts.upload(run.id, "model/MLmodel", text)
    client.artifacts.upload(run.id, "model/data/x.bin", text * 2)
    return run.id


def test_a_model_is_registered_moved_rolled_back_compared_and_downloaded(client: Client, tmp_path: Path) -> None:
    first = modelwright.register_model(f"runs:/{made_run(client)}/model", "flight-delay", aliases=["champion"])
    second = modelwright.register_model(client.runs.get(made_run(client, b"flavors: {a: {}}\n")), "flight-delay")
    assert (first.version, second.version) == (1, 2)
    assert modelwright.set_alias("flight-delay", "champion", 2, expected=1).version == 2
    with pytest.raises(Conflict):
        modelwright.set_alias("flight-delay", "champion", 1, expected=1)
    assert modelwright.rollback("flight-delay", "champion").version == 1
    assert client.registry.version("models:/flight-delay@champion").version == 1
    assert client.registry.version("flight-delay").version == 2
    assert {change.key for change in client.registry.compare("flight-delay/1", "flight-delay/2").files} == {
        "MLmodel",
        "data/x.bin",
    }
    folder = client.registry.download("flight-delay@champion", tmp_path / "copy")
    assert (folder / "data" / "x.bin").read_bytes() == b"flavors: {}\n" * 2
    with pytest.raises(NotFound):
        client.registry.version("none/1")
    with pytest.raises(Invalid):
        modelwright.register_model(5, "flight-delay")


def test_a_prompt_is_registered_loaded_filled_in_and_kept_for_a_while(client: Client) -> None:
    modelwright.register_prompt("greeting", "Hello {{ user.name }}, {{n}}!", aliases=["prod"], message="first")
    loaded = modelwright.load_prompt("prompts:/greeting@prod")
    assert loaded.format(user={"name": "Ada"}, n=3) == "Hello Ada, 3!"
    with pytest.raises(Invalid, match="needs n") as refusal:
        loaded.format(user={"name": "Ada"})
    assert "greeting/1" in refusal.value.message
    with pytest.raises(Invalid, match="has no place for who"):
        loaded.format(user={"name": "Ada"}, n=3, who="x")
    with pytest.raises(Invalid, match=r"needs user\.name"):
        loaded.format(user={}, n=3)
    client.prompts.register("greeting", modelwright_chat())
    client.prompts.set_alias("greeting", "prod", 2)
    assert modelwright.load_prompt("prompts:/greeting@prod").version == 1  # kept
    fresh = modelwright.load_prompt("prompts:/greeting@prod", cache_s=0)
    assert fresh.format(who="kind") == [{"role": "system", "content": "You are kind."}]
    assert modelwright.load_prompt("greeting").version == 2
    for wrong in ("prompts:/", "prompts:/a/b/c", "a@"):
        with pytest.raises(Invalid):
            modelwright.load_prompt(wrong)


def modelwright_chat() -> prompts.PromptCreate:
    return prompts.PromptCreate(template=[prompts.Message(role="system", content="You are {{ who }}.")])


def test_the_command_line_does_the_same(client: Client, tmp_path: Path) -> None:
    run = made_run(client)

    def ran(*words: str | Path, code: int = 0) -> str:
        done = mw(*words, cwd=tmp_path, url=client.url)
        assert done.returncode == code, (words, done.stdout, done.stderr)
        return done.stdout + done.stderr

    ran("models", "register", f"runs:/{run}/model", "m", "--alias", "champion", "--tag", "a=b")
    ran("models", "register", "models:/m/1", "m")
    ran("models", "alias", "m", "champion", "2", "--expected", "1")
    assert "rolled" not in ran("models", "rollback", "m", "champion")
    assert "rolled back" in ran("models", "alias", "m", "champion")
    ran("models", "stage", "m/1", "production")
    assert "champion→1" in ran("models", "ls")
    assert "Production" in ran("models", "show", "m")
    assert "sha256:" in ran("models", "show", "m@champion")
    assert json.loads(ran("models", "show", "m/1", "--json"))["tags"] == {"a": "b"}
    assert "Nothing differs" in ran("models", "compare", "m/1", "m/2")
    assert "means version 1" in ran("models", "alias", "m", "champion", "2", "--expected", "2", code=1)
    (tmp_path / "hello.txt").write_text("Hello {{ name }}")
    (tmp_path / "chat.json").write_text('[{"role": "user", "content": "Hi {{ name }}"}]')
    ran("prompts", "register", "hi", tmp_path / "hello.txt", "-m", "first", "-a", "prod")
    ran("prompts", "register", "hi", tmp_path / "chat.json", "--config", '{"model": "x"}')
    assert "prod→1" in ran("prompts", "ls")
    assert "[user]" in ran("prompts", "show", "hi")
    assert "+Hi {{ name }}" in ran("prompts", "diff", "hi", "1")
    ran("prompts", "alias", "hi", "prod", "2")
    ran("prompts", "rollback", "hi", "prod")
    assert json.loads(ran("prompts", "show", "hi@prod", "--json"))["version"] == 1
