"""The registry over HTTP: who may do what, what other workspaces see, and what attackers try on both wires."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.conftest import People

MODELS, WIRE = "/api/v1/registered-models", "/api/2.0/mlflow"
PROXY = "/api/2.0/mlflow-artifacts"
_PROMPT = [{"key": "mlflow.prompt.is_prompt", "value": "true"}, {"key": "mlflow.prompt.text", "value": "x"}]


def made_run(client: TestClient) -> str:
    run = client.post("/api/v1/runs", json={"experiment_id": "0", "name": "r"}).json()["id"]
    client.put(f"/api/v1/runs/{run}/artifacts/model/MLmodel", content=b"flavors: {x: {}}\n").raise_for_status()
    client.put(f"/api/v1/runs/{run}/artifacts/model/page.html", content=b"<script>alert(1)</script>").raise_for_status()
    return run


def registered(client: TestClient, name: str = "m") -> str:
    run = made_run(client)
    client.post(f"{MODELS}/{name}/versions", json={"source": f"runs:/{run}/model"}).raise_for_status()
    return run


SOURCES = [
    "/etc/passwd", "etc/passwd", "file:///etc/passwd", "FILE:/etc", "file://host/x", "file:%2f%2f%2fetc", "%2fetc",
    "%252fetc", "\\etc", "C:\\x", "c:/x", "//host/x", "http://169.254.169.254/x", "ftp://h/x", "sftp://h/x",
    "hdfs://h/x",
    "mlflow-artifacts:/", "mlflow-artifacts:/0", "mlflow-artifacts:/0/{other}/artifacts/model",
    "mlflow-artifacts:/0/{run}/artifacts/../../../x", "mlflow-artifacts:/0/{run}/artifacts/%2e%2e/x",
    "mlflow-artifacts:/0/{run}/artifacts/%252e%252e/x", "mlflow-artifacts:/0/{run}/artifacts?a=/../x",
    "mlflow-artifacts:/0/{run}/artifacts/model#/../x", "mlflow-artifacts://host/0/{run}/artifacts/model",
    "mlflow-artifacts:/0/{run}/artifactsx/model", "mlflow-artifacts:/registry/1/1/artifacts", "runs:/{other}/model",
    "runs:/{run}/../{other}/model", "runs://h/{run}/model", "runs:/{run}", "models:/m-" + "0" * 32,
    "models:/greeting/1",
    "s3://b/../../x", "s3://b/%2e%2e/x", "s3://k:s@b/x", "s3:///x", "dummy-source", "prompt-template", "", " ",
    "a" * 3000,
]  # fmt: skip


def test_no_spelling_of_a_foreign_source_is_registered_on_either_wire(client: TestClient) -> None:
    run, other = registered(client), made_run(client)
    client.post("/api/v1/prompts/greeting/versions", json={"template": "x"}).raise_for_status()
    for text in SOURCES:
        source = text.replace("{run}", run).replace("{other}", other)
        for ids in ({}, {"run_id": run}, {"model_id": "m-" + "0" * 32}):
            body: dict[str, Any] = {"name": "m", "source": source, **ids}
            answer = client.post(f"{WIRE}/model-versions/create", json=body)
            assert answer.status_code == 400, (source, ids, answer.text)
            if "run:/" not in source and source != f"runs:/{other}/model":
                answer = client.post(f"{MODELS}/m/versions", json={"source": source, **ids})
                assert answer.status_code in (400, 404), (source, ids, answer.text)
            body["tags"] = _PROMPT  # a tag must not switch the check off
            for name in ("m", "greeting"):
                answer = client.post(f"{WIRE}/model-versions/create", json={**body, "name": name})
                placeholder = name == "greeting" and source in ("dummy-source", "prompt-template")
                assert answer.status_code == (200 if placeholder else 400), (source, name, answer.text)
    assert client.get(f"{MODELS}/m").json()["versions"] == 1


@pytest.mark.parametrize(
    "path",
    ["../x", "%2e%2e/x", "%252e%252e%252fx", "/etc/passwd", "..\\x", "a/../../x", "C:/x", "a//b", "x\0", "."],
)
def test_no_path_leads_out_of_a_version(client: TestClient, path: str) -> None:
    registered(client)
    query = {"name": "m", "version": "1", "path": path}
    assert client.get("/model-versions/get-artifact", params=query).status_code == 400
    assert client.get("/ajax-api/2.0/mlflow/model-versions/get-artifact", params=query).status_code == 400
    assert client.get(f"{MODELS}/m/versions/1/files", params={"path": path}).status_code in (400, 200)
    found = client.get(f"{PROXY}/artifacts", params={"path": f"registry/1/1/artifacts/{path}"})
    assert found.json().get("files") is None


def test_files_of_versions_are_attachments_that_nobody_can_write(client: TestClient) -> None:
    registered(client)
    uri = client.get(f"{WIRE}/model-versions/get-download-uri", params={"name": "m", "version": "1"}).json()
    place = uri["artifact_uri"].removeprefix("mlflow-artifacts:/")
    for target in (
        "/model-versions/get-artifact?name=m&version=1&path=page.html",
        f"{PROXY}/artifacts/{place}/page.html",
        f"{MODELS}/m/versions/1/files/page.html",
    ):
        answer = client.get(target)
        assert answer.status_code == 200, (target, answer.text)
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-type"].startswith("text/plain")
    for method, target in (
        ("PUT", f"{PROXY}/artifacts/{place}/page.html"),
        ("PUT", f"{PROXY}/artifacts/registry/1/1/new.txt"),
        ("DELETE", f"{PROXY}/artifacts/{place}"),
        ("DELETE", f"{PROXY}/artifacts/{place}/page.html"),
    ):
        options = {"content": b"x"} if method == "PUT" else {}
        assert client.request(method, target, **options).status_code == 403, (method, target)
    asked = {"path": "page.html", "num_parts": 1}
    assert client.post(f"{PROXY}/mpu/create/{place}", json=asked).status_code == 403
    assert client.get(f"{MODELS}/m/versions/1/files/page.html").content == b"<script>alert(1)</script>"
    assert client.get(f"{PROXY}/artifacts/registry/1/9/artifacts/x").status_code == 404
    assert client.get(f"{PROXY}/artifacts/registry/9/1/artifacts/x").status_code == 404
    assert client.get(f"{PROXY}/artifacts/registry/1/1/artifactsx").status_code == 404


def test_other_workspaces_and_smaller_roles_are_refused_on_both_wires(people: People) -> None:
    run = people.root("POST", "/api/v1/experiments", json={"name": "e"}, expect=200)["id"]
    run = people.root("POST", "/api/v1/runs", json={"experiment_id": run, "name": "r"}, expect=200)["id"]
    people.root("PUT", f"/api/v1/runs/{run}/artifacts/model/MLmodel", content=b"flavors: {}", expect=200)
    people.root("POST", f"{MODELS}/m/versions", json={"source": f"runs:/{run}/model", "aliases": ["prod"]}, expect=200)
    people.root("POST", "/api/v1/prompts/p/versions", json={"template": "x", "aliases": ["prod"]}, expect=200)
    number = people.root("GET", f"{MODELS}/m/versions/1")["location"].split("/")[2]
    reads = [
        f"{MODELS}/m", f"{MODELS}/m/versions/1", f"{MODELS}/m/aliases/prod", f"{MODELS}/m/history",
        f"{MODELS}/m/versions/1/files", f"{MODELS}/m/versions/1/files/MLmodel", f"{MODELS}:compare?a=m/1&b=m@prod",
        "/api/v1/prompts/p", "/api/v1/prompts/p/versions/1", "/api/v1/prompts/p/aliases/prod",
        f"{WIRE}/registered-models/get?name=m", f"{WIRE}/registered-models/get?name=p",
        f"{WIRE}/model-versions/get?name=m&version=1", f"{WIRE}/registered-models/alias?name=m&alias=prod",
        f"{WIRE}/model-versions/get-download-uri?name=m&version=1",
        "/model-versions/get-artifact?name=m&version=1&path=MLmodel",
        f"{PROXY}/artifacts/registry/{number}/1/artifacts/MLmodel",
    ]  # fmt: skip
    for path in reads:
        assert people.ask("GET", path, "viewer").status_code == 200, path
        assert people.ask("GET", path).status_code == 401, path
        for workspace in ("team", "other"):
            assert people.ask("GET", path, "stranger", workspace=workspace).status_code == 404, (path, workspace)
    found = people.ask("GET", f"{PROXY}/artifacts?path=registry/{number}/1/artifacts", "stranger", workspace="other")
    assert found.json() == {}
    writes = [
        ("PUT", f"{MODELS}/m/aliases/prod", {"version": 1}), ("DELETE", f"{MODELS}/m/aliases/prod", None),
        ("POST", f"{MODELS}/m/aliases/prod:rollback", {}),
        ("POST", f"{MODELS}/m/versions/1:stage", {"stage": "Staging"}),
        ("PATCH", f"{MODELS}/m", {"description": "x"}), ("DELETE", f"{MODELS}/m", None),
        ("POST", f"{MODELS}/m:rename", {"name": "n"}), ("DELETE", f"{MODELS}/m/versions/1", None),
        ("POST", f"{WIRE}/registered-models/alias", {"name": "m", "alias": "a", "version": "1"}),
        ("POST", f"{WIRE}/registered-models/rename", {"name": "m", "new_name": "n"}),
        ("DELETE", f"{WIRE}/registered-models/delete", {"name": "m"}),
        ("POST", f"{WIRE}/model-versions/transition-stage", {"name": "m", "version": "1", "stage": "Staging"}),
        ("POST", f"{WIRE}/model-versions/create", {"name": "m", "source": "models:/m/1"}),
        ("POST", "/api/v1/prompts/p/versions", {"template": "y"}), ("DELETE", "/api/v1/prompts/p", None),
    ]  # fmt: skip
    for method, path, body in writes:
        options = {"json": body} if body is not None else {}
        assert people.ask(method, path, "viewer", **options).status_code == 403, path
        assert people.ask(method, path, "stranger", **options).status_code == 404, path
        if path != "/api/v1/prompts/p/versions":
            answer = people.ask(method, path, "stranger", workspace="other", **options)
            assert answer.status_code == 404, (path, answer.text)
    for ids in ({}, {"run_id": run}):
        body = {"source": f"runs:/{run}/model", **ids}
        answer = people.ask("POST", f"{MODELS}/mine/versions", "stranger", workspace="other", json=body)
        assert answer.status_code == 400, answer.text
    for path in (f"{MODELS}:search", "/api/v1/prompts:search", "/api/v1/model-versions:search"):
        seen = people.ask("POST", path, "stranger", workspace="other", json={}, expect=200)
        assert seen["items"] == []


def test_a_hidden_model_is_not_there_for_those_it_is_hidden_from(people: People) -> None:
    for name in ("open", "secret"):
        people.root("POST", MODELS, json={"name": name}, expect=200)
    grant = {"user": "viewer", "pattern": "models/secret", "role": "none"}
    people.root("POST", "/api/v1/grants", json=grant, expect=201)
    assert people.ask("GET", f"{MODELS}/secret", "viewer").status_code == 404
    assert people.ask("GET", f"{WIRE}/registered-models/get?name=secret", "viewer").status_code == 404
    seen = people.ask("POST", f"{MODELS}:search", "viewer", json={}, expect=200)
    assert [item["name"] for item in seen["items"]] == ["open"]
    seen = people.ask("GET", f"{WIRE}/registered-models/search", "viewer", expect=200)
    assert [item["name"] for item in seen["registered_models"]] == ["open"]
