"""NUL characters: PostgreSQL cannot store them, so no text of a request may hold one, on either engine."""

from __future__ import annotations

import base64
import copy
import enum
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient
from tests.conftest import PostgresServer

from modelwright.kit.http import Operation
from modelwright.kit.settings import Settings
from modelwright.protocols.mlflow.wire import SHAPES
from modelwright.server.backup import backup, restore
from modelwright.testing.clients import client as make
from modelwright.types.codec import VERBATIM

TEXT = "some text"


def example(kind: Any, *, by_name: bool = False) -> Any:
    """A plain value of a type in which every text is there."""
    origin, members = typing.get_origin(kind), typing.get_args(kind)
    if kind in (str, Any):
        return TEXT
    if kind in (int, float, bool, bytes):
        return kind(1) if kind is not bytes else ""
    if origin is typing.Annotated:
        return "any" if VERBATIM in members[1:] else example(members[0], by_name=by_name)
    if origin in (typing.Union, types.UnionType):
        if float in members:
            return 1.0
        return example(next(member for member in members if member is not type(None)), by_name=by_name)
    if origin is dict:
        return {TEXT: example(members[1], by_name=by_name)}
    if origin is typing.Literal:
        return members[0]
    if origin is list:
        return [example(members[0], by_name=by_name)]
    if origin is tuple:
        return [example(member, by_name=by_name) for member in members if member is not ...]
    if kind is dict:
        return {TEXT: TEXT}
    if issubclass(kind, enum.Enum):
        first = next(iter(kind))
        return first.name if by_name else first.value
    assert issubclass(kind, msgspec.Struct), kind
    hints = typing.get_type_hints(kind, include_extras=True)
    return {name: example(hints[name], by_name=by_name) for name in kind.__struct_fields__}


def holed(value: Any) -> Iterator[tuple[str, Any]]:
    """(name of the place, the value with a NUL at it) for every text of a plain value."""
    if value == TEXT:
        yield "", "a\0b"
    elif isinstance(value, list):
        for place, item in enumerate(value):
            for where, changed in holed(item):
                dot = "" if where.startswith("[") or not where else "."
                yield f"[{place}]{dot}{where}", [*value[:place], changed, *value[place + 1 :]]
    elif isinstance(value, dict):
        if TEXT in value:
            yield "", {"a\0b": value[TEXT]}
        for name, item in value.items():
            for where, changed in holed(item):
                dot = "" if where.startswith("[") or not where else "."
                yield f"{name}{dot}{where}", {**value, name: changed}


def test_no_text_of_a_native_body_may_hold_nul(client: TestClient) -> None:
    operations: list[Operation] = client.app.state.operations  # pyright: ignore[reportAttributeAccessIssue]
    checked = 0
    for operation in operations:
        if operation.binding is None or not operation.binding.body_name:
            continue
        path = operation.path.replace("{version}", "1").replace("{", "").replace("}", "").replace(":path", "")
        whole = example(operation.binding.body)
        msgspec.convert(copy.deepcopy(whole), operation.binding.body)
        for where, value in holed(whole):
            for kind, content in (("json", msgspec.json.encode(value)), ("msgpack", msgspec.msgpack.encode(value))):
                headers = {"content-type": f"application/{kind}"}
                answer = client.request(operation.method, path, content=content, headers=headers)
                assert answer.status_code == 400, (operation.path, where, answer.text)
                assert answer.json()["error"]["message"] == "the text holds a NUL character", (operation.path, where)
                assert answer.json()["error"]["where"] == (where or "body"), operation.path
            checked += 1
    assert checked > 60


def test_no_text_of_an_mlflow_body_may_hold_nul(client: TestClient) -> None:
    checked = 0
    for (method, path), kind in SHAPES.items():
        if method == "GET" or not path.startswith("/api"):
            continue
        for where, value in holed(example(kind, by_name=True)):
            url = path.replace("{", "").replace("}", "").replace(":path", "")
            answer = client.request(method, url, json=value)
            assert answer.status_code == 400, (path, where, answer.text)
            assert "NUL" in answer.text, (path, where, answer.text)
            checked += 1
    assert checked > 60


def test_no_path_query_or_credential_may_hold_nul(client: TestClient) -> None:
    operations: list[Operation] = client.app.state.operations  # pyright: ignore[reportAttributeAccessIssue]
    for operation in operations:
        if operation.name == "events_follow":
            continue
        body: dict[str, Any] = {}
        if operation.method != "GET":
            body = {"content": b"{}", "headers": {"content-type": "application/json"}}
        if "{" in operation.path:
            head, _, tail = operation.path.partition("{")
            path = f"{head}a%00b{tail.partition('}')[2]}".replace("{", "").replace("}", "")
            answer = client.request(operation.method, path, **body)
            assert 400 <= answer.status_code < 500, (operation.method, path, answer.status_code, answer.text)
        if operation.path.startswith("/api/v1"):
            path = operation.path.replace("{", "").replace("}", "")
            answer = client.request(operation.method, f"{path}?after=a%00b", **body)
            assert answer.status_code >= 400 or operation.raw, (path, answer.text)
            assert answer.status_code < 500, (path, answer.text)


def test_credentials_with_nul_log_nobody_in(engine: str, tmp_path: Path) -> None:
    with make(tmp_path, db=engine, auth=True, admin_token="an-admin-token-for-tests-only") as client:
        for pair in ("a\0b:password", "name:pass\0word", "name:mw_\0_x"):
            code = base64.b64encode(pair.encode()).decode()
            answer = client.get("/api/v1/me", headers={"authorization": f"Basic {code}"})
            assert answer.status_code == 401, answer.text


def test_an_artifact_path_may_not_hold_nul(client: TestClient) -> None:
    run = client.post("/api/v1/runs", json={"experiment": "e"}).json()["id"]
    for path in (f"/api/v1/runs/{run}/artifacts/a%00b", f"/api/2.0/mlflow-artifacts/artifacts/0/{run}/artifacts/a%00b"):
        assert client.put(path, content=b"data").status_code == 400, path


@pytest.mark.parametrize("there", ["sqlite", "postgres"])
def test_console_lines_keep_nul_and_a_backup_restores_into_the_other_engine(
    tmp_path: Path, postgres_server: PostgresServer, there: str
) -> None:
    url = postgres_server.empty()
    first, second = ("", url) if there == "postgres" else (url, "")
    text = "progress \0\x1b[1m 5 %\0"
    with make(tmp_path / "a", db=first) as client:
        run = client.post("/api/v1/runs", json={"experiment": "e", "params": {"p": "\ufffd\\u0000"}}).json()["id"]
        line = {"time_ms": 1, "stream": "stdout", "text": text}
        assert client.post(f"/api/v1/runs/{run}/log", json={"lines": [line]}).status_code == 200
        backup(Settings(dir=str(tmp_path / "a"), db=first), tmp_path / "backup")
    restore(tmp_path / "backup", Settings(dir=str(tmp_path / "b"), db=second))
    with make(tmp_path / "b", db=second) as client:
        page = client.get(f"/api/v1/runs/{run}/console?first=0&limit=5").json()
        assert [found["text"] for found in page["lines"]] == [text]
        assert client.get(f"/api/v1/runs/{run}").json()["params"] == {"p": "\ufffd\\u0000"}
    postgres_server.drop(url)
