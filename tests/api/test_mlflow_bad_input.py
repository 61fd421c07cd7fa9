"""Does every route of the MLflow wire refuse bad input with a 4xx that says what and where, never with a 5xx?"""

from __future__ import annotations

import gzip
import json
import socket
import threading
import typing
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from modelwright.kit.settings import Settings
from modelwright.protocols.mlflow import shapes
from modelwright.protocols.mlflow.decode import camel
from modelwright.protocols.mlflow.routes import ROUTES
from modelwright.protocols.mlflow.wire import SHAPES
from modelwright.server.serve import Service
from modelwright.testing.clients import client as make

API = "/api/2.0/mlflow"
JSON = {"content-type": "application/json"}
OPERATIONS = sorted(
    (
        item
        for item in SHAPES
        if item[1].startswith("/api/") or (item[0], item[1].replace("/ajax-api/", "/api/", 1)) not in SHAPES
    ),
    key=lambda item: (item[1], item[0]),
)
"""One of each pair of prefixes: both have the same handler, as a test below makes sure."""

ESCAPES = [
    "../x",
    "a/../../x",
    "..",
    "%2e%2e/x",
    "..%2fx",
    "%252e%252e%252fx",
    "%25252e%25252e/x",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "C:/x",
    "..\\x",
    "a\\..\\x",
    "%5c..%5cx",
    "a//b",
    "a/./b",
    "file:///etc/passwd/../x",
]
GARBAGE = [
    b"{",
    b"[1,",
    b"\xff\xfe",
    b"nonsense",
    b"[]",
    b"5",
    b"true",
    b'"text"',
    b'"[1]"',
    b"[" * 50_000,
    b'{"a":' * 50_000,
    b"\xef\xbb\xbf{}",
    b'{"run_id":"\\ud800"}',
    b"NaN",
    b'{"run_id":1e999}',
]


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with make(tmp_path_factory.mktemp("wire"), max_body=2_000_000) as made:
        yield made


@pytest.fixture(scope="module")
def known(wire: TestClient) -> dict[str, Any]:
    """Values that are right for the fields of every request."""
    experiment = post(wire, "/experiments/create", {"name": "bad input"})["experiment_id"]
    run = post(wire, "/runs/create", {"experiment_id": experiment})["run"]["info"]["run_id"]
    model = post(wire, "/logged-models", {"experiment_id": experiment, "name": "m"})["model"]["info"]["model_id"]
    return {
        "experiment_id": experiment,
        "run_id": run,
        "run_uuid": run,
        "model_id": model,
        "name": "n",
        "new_name": "nn",
        "key": "k",
        "metric_key": "k",
        "path": "a.txt",
        "experiment_name": "bad input",
        "timestamp": 1,
        "upload_id": "0" * 32,
        "num_parts": 1,
        "run_ids": [run],
        "experiment_ids": [experiment],
        "max_results": 5,
        "model_json": "{}",
        "status": "RUNNING",
    }


def post(wire: TestClient, path: str, body: Any) -> Any:
    answer = wire.post(API + path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def good(kind: type[shapes.Message], known: dict[str, Any]) -> dict[str, Any]:
    """A right body of a shape: its required fields."""
    hints = typing.get_type_hints(kind)
    body: dict[str, Any] = {}
    for name in kind.REQUIRED:
        if kind is shapes.FinalizeModel and name == "status":
            body[name] = "LOGGED_MODEL_READY"
        elif name in known:
            body[name] = known[name]
        elif name == "value":
            body[name] = 1.0 if hints[name] is float else "v"
        else:
            body[name] = {str: "1", int: 1, bool: True}.get(hints[name], [])
    if "run_id" in kind.__struct_fields__ and kind is not shapes.BulkHistory:
        body["run_id"] = known["run_id"]
    return body


def where(path: str, known: dict[str, Any]) -> str:
    return (
        path.replace("{model_id}", known["model_id"])
        .replace("{tag_key}", "k")
        .replace("{path:path}", "nothing/here.txt")
    )


def refused(answer: Any, note: object) -> None:
    """A 4xx with a code that clients know and a text."""
    assert 400 <= answer.status_code < 500, (note, answer.status_code, answer.text[:300])
    said = answer.json()
    assert said["error_code"] not in ("ENDPOINT_NOT_FOUND", "INTERNAL_ERROR"), (note, said)
    assert len(said["message"]) > 5, (note, said)


def settled(answer: Any, note: object) -> None:
    """Anything but a server error; a refusal explains itself."""
    assert answer.status_code < 500 or answer.status_code == 501, (note, answer.status_code, answer.text[:300])
    if answer.status_code >= 400:
        assert answer.json()["message"], note


def bodies() -> list[tuple[str, str]]:
    return [(method, path) for method, path in OPERATIONS if method in ("POST", "PATCH")]


@pytest.mark.parametrize(("method", "path"), bodies())
def test_a_body_that_is_not_a_json_object_is_refused(
    wire: TestClient, known: dict[str, Any], method: str, path: str
) -> None:
    for content in GARBAGE:
        refused(wire.request(method, where(path, known), content=content, headers=JSON), content[:30])


@pytest.mark.parametrize(("method", "path"), bodies())
def test_every_field_of_a_wrong_type_is_refused(
    wire: TestClient, known: dict[str, Any], method: str, path: str
) -> None:
    kind = SHAPES[method, path]
    hints = typing.get_type_hints(kind)
    url = where(path, known)
    for name in kind.__struct_fields__:
        hint = hints[name]
        wrong: list[Any] = [{}, {"a": {"b": {"c": [[]]}}}, [[[]]], True]
        if "str" in str(hint) and "list" not in str(hint):
            wrong += [5, 1.5, "\0", "a\0b"]
        if "list" in str(hint):
            wrong += ["x", 5, [5], [None], [[1]]]
        if hint in (int, int | None):
            wrong += [10**30, -(10**30), "abc", 1.5, "1e3", "9" * 100, 2**63, ""]
        if "Status" in str(hint) or "ViewType" in str(hint):
            wrong += ["NOPE", 99, -1, "99", 1.5, "running"]
        if hint is float:
            wrong = [{}, [], "abc", "1e999", "", True, 10**400]
        if hint is bool:
            wrong = ["yes", 5, {}]
        for value in wrong:
            answer = wire.request(method, url, content=json.dumps({**good(kind, known), name: value}), headers=JSON)
            refused(answer, (name, value))
            assert name in answer.text or camel(name) in answer.text, (name, value, answer.text)


@pytest.mark.parametrize(("method", "path"), bodies())
def test_an_absent_empty_or_null_required_field_is_named(
    wire: TestClient, known: dict[str, Any], method: str, path: str
) -> None:
    kind = SHAPES[method, path]
    for name in kind.REQUIRED:
        body = good(kind, known)
        for change in ({name: None}, {name: ""}):
            answer = wire.request(method, where(path, known), json={**body, **change, "unknown_field": 1})
            refused(answer, (name, change))
            assert f"'{name}'" in answer.text, answer.text
        body.pop(name)
        answer = wire.request(method, where(path, known), json=body)
        refused(answer, name)
        assert f"Missing value for required parameter '{name}'" in answer.text, answer.text


@pytest.mark.parametrize(("method", "path"), bodies())
def test_both_spellings_of_a_field_are_refused(wire: TestClient, known: dict[str, Any], method: str, path: str) -> None:
    kind = SHAPES[method, path]
    for name in kind.__struct_fields__:
        if camel(name) != name:
            body = {**good(kind, known), name: known.get(name, "x"), camel(name): "y"}
            answer = wire.request(method, where(path, known), json=body)
            refused(answer, name)
            assert f"Request specifies both '{name}' and '{camel(name)}'" in answer.text, answer.text


@pytest.mark.parametrize(("method", "path"), [item for item in bodies() if item[0] == "POST"])
def test_another_content_type_is_refused(wire: TestClient, known: dict[str, Any], method: str, path: str) -> None:
    content = json.dumps(good(SHAPES[method, path], known)).encode()
    for kind in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "",
    ):
        answer = wire.request(
            method, where(path, known), content=content, headers={"content-type": kind} if kind else {}
        )
        refused(answer, kind)
        assert "Content-Type" in answer.text


@pytest.mark.parametrize(("method", "path"), bodies())
def test_a_body_over_the_limit_and_a_bomb_are_refused(
    wire: TestClient, known: dict[str, Any], method: str, path: str
) -> None:
    url = where(path, known)
    bomb = gzip.compress(b" " * 50_000_000, 1)
    for headers, content in (
        ({}, b" " * 3_000_000),
        ({"content-encoding": "gzip"}, bomb),
        ({"content-encoding": "gzip"}, bomb[:-20]),
        ({"content-encoding": "br"}, b"x"),
        ({"content-encoding": "gzip"}, b"not gzip"),
    ):
        refused(wire.request(method, url, content=content, headers={**JSON, **headers}), headers)


@pytest.mark.parametrize(("method", "path"), [item for item in OPERATIONS if item[0] == "GET"])
def test_bad_query_parameters_are_refused_or_ignored(
    wire: TestClient, known: dict[str, Any], method: str, path: str
) -> None:
    kind = SHAPES[method, path]
    hints = typing.get_type_hints(kind)
    right = {name: value for name, value in good(kind, known).items() if value}
    for name in kind.__struct_fields__:
        values = ["", "\0", "x" * 5_000, "\ufffd", "%00", *ESCAPES]
        for value in values:
            settled(wire.get(where(path, known), params={**right, name: value}), (name, value))
        if hints[name] in (int, int | None, bool) or "ViewType" in str(hints[name]):
            for value in ("abc", "1.5", str(10**30), "nan", "--1"):
                refused(wire.get(where(path, known), params={**right, name: value}), (name, value))
    settled(wire.get(where(path, known) + "?%ff=%ff&run_id=%ff"), "not UTF-8")
    settled(wire.get(where(path, known) + "?" + "a=1&" * 3_000), "many")


def test_paths_that_lead_out_are_refused_by_every_verb(wire: TestClient, known: dict[str, Any]) -> None:
    run, model, experiment = known["run_id"], known["model_id"], known["experiment_id"]
    proxy = "/api/2.0/mlflow-artifacts"
    for escape in ESCAPES:
        for prefix in (f"{experiment}/{run}/artifacts/", f"{experiment}/models/{model}/artifacts/", "other/"):
            if escape == "C:/x" and prefix == "other/":
                continue  # a drive letter is one only at the start
            refused(wire.get(f"{proxy}/artifacts", params={"path": prefix + escape}), ("list", prefix, escape))
            if "//" in escape or escape.startswith("/") or "/./" in escape:
                continue  # in the path of a URL these are separators, or are resolved before they are sent
            raw = prefix + escape.replace("%", "%25").replace("\\", "%5c").replace("..", "%2e%2e")
            for method, path, body in (
                ("GET", f"/artifacts/{raw}", None),
                ("PUT", f"/artifacts/{raw}", b"x"),
                ("DELETE", f"/artifacts/{raw}", None),
                ("POST", f"/mpu/create/{raw}", {"path": "x", "num_parts": 1}),
            ):
                content = json.dumps(body) if isinstance(body, dict) else body
                refused(wire.request(method, proxy + path, content=content, headers=JSON), (method, path))
        refused(wire.get(f"{API}/artifacts/list", params={"run_id": run, "path": escape}), ("artifacts/list", escape))
        refused(wire.get("/get-artifact", params={"run_id": run, "path": escape}), ("get-artifact", escape))
        refused(
            wire.get(f"{API}/logged-models/{model}/artifacts/directories", params={"artifact_directory_path": escape}),
            escape,
        )
        refused(
            wire.get(
                f"/ajax-api/2.0/mlflow/logged-models/{model}/artifacts/files", params={"artifact_file_path": escape}
            ),
            escape,
        )
        refused(
            wire.post("/ajax-api/2.0/mlflow/upload-artifact", params={"run_uuid": run, "path": escape}, content=b"x"),
            escape,
        )
        for name in ("presigned-upload-url", "presigned-download-url"):
            refused(wire.post(f"{API}/artifacts/{name}", json={"run_id": run, "path": escape}), (name, escape))
    assert wire.get(f"{API}/artifacts/list", params={"run_id": run}).json().get("files") is None


def test_bad_artifact_locations_are_refused(wire: TestClient) -> None:
    for number, place in enumerate(
        [
            "s3://bucket/../x",
            "file:///a/../../etc",
            "mlflow-artifacts:/%2e%2e/x",
            "s3://b/x#frag",
            "runs:/abc/x",
            "/a/%252e%252e/b",
            "s3://b/x?p=/../y",
            "x" * 5_000,
        ]
    ):
        refused(
            wire.post(f"{API}/experiments/create", json={"name": f"place {number}", "artifact_location": place}), place
        )


def test_keys_that_are_not_allowed_are_refused_with_their_place(wire: TestClient, known: dict[str, Any]) -> None:
    run = known["run_id"]
    for key in ("", "..", "a/../b", "/a", "a//b", "./a", "a\nb", "a'b", "x" * 251, "ключ%", "a;b"):
        for body, place in (
            (
                {"metrics": [{"key": "ok", "value": 1, "timestamp": 1}, {"key": key, "value": 1, "timestamp": 1}]},
                "metrics[1]",
            ),
            ({"params": [{"key": key, "value": "x"}]}, "params[0]"),
            ({"tags": [{"key": key, "value": "x"}]}, "tags[0]"),
        ):
            answer = wire.post(f"{API}/runs/log-batch", json={"run_id": run, **body})
            refused(answer, (key, place))
            assert place in answer.text or "exceeds the maximum length of 250" in answer.text, answer.text
        for path, more in (
            ("log-metric", {"value": 1, "timestamp": 1}),
            ("log-parameter", {"value": "1"}),
            ("set-tag", {"value": "1"}),
        ):
            refused(wire.post(f"{API}/runs/{path}", json={"run_id": run, "key": key, **more}), (path, key))
    stored = wire.get(f"{API}/runs/get", params={"run_id": run}).json()["run"]["data"]
    assert "metrics" not in stored, "a part of a refused batch was kept"


def test_limits_of_a_batch_are_refused_with_the_counts(wire: TestClient, known: dict[str, Any]) -> None:
    point = {"key": "m", "value": 1, "timestamp": 1}
    pair = {"key": "p", "value": "1"}
    for body, text in (
        ({"metrics": [point] * 1001}, "at most 1000 metrics. Got 1001 metrics"),
        ({"params": [{**pair, "key": f"p{i}"} for i in range(101)]}, "at most 100 params"),
        ({"tags": [pair] * 101}, "at most 100 tags"),
        (
            {"metrics": [point] * 950, "params": [{**pair, "key": f"p{i}"} for i in range(51)]},
            "at most 1000 metrics, params, and tags",
        ),
        ({"params": [pair, pair]}, "Duplicate parameter keys"),
    ):
        answer = wire.post(f"{API}/runs/log-batch", json={"run_id": known["run_id"], **body})
        refused(answer, text)
        assert text in answer.text


def test_ids_of_nothing_are_not_found_on_every_route(wire: TestClient, known: dict[str, Any]) -> None:
    for method, path in OPERATIONS:
        kind = SHAPES[method, path]
        body = good(kind, known)
        for name, values in (
            ("run_id", ["f" * 32, "nope", "a/b", "x" * 300, "é"]),
            ("experiment_id", ["999999", "9" * 18]),
        ):
            if name not in kind.REQUIRED:
                continue
            for value in values:
                url = where(path, known)
                answer = (
                    wire.get(url, params={**body, name: value})
                    if method == "GET"
                    else wire.request(method, url, json={**body, name: value})
                )
                settled(answer, (path, name, value))
                assert answer.status_code in (400, 404), (path, name, value, answer.text)
        if "{model_id}" in path:
            for value in ("m-" + "0" * 32, "nope", "..%2f", "x" * 300):
                url = path.replace("{model_id}", value).replace("{tag_key}", "k")
                content = None if method == "GET" else json.dumps({**body, "model_id": value})
                answer = wire.request(method, url, content=content, headers=JSON)
                assert answer.status_code in (400, 404), (path, value, answer.text)


def test_unknown_routes_answer_endpoint_not_found_and_wrong_methods_405(wire: TestClient) -> None:
    for path in (
        "/api/2.0/mlflow/nothing",
        "/api/3.0/mlflow/traces/search",
        "/ajax-api/3.0/mlflow/x/y",
        "/api/2.0/mlflow/registered-models/invent",
    ):
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            answer = wire.request(method, path, json={} if method != "GET" else None)
            assert (answer.status_code, answer.json()["error_code"]) == (404, "ENDPOINT_NOT_FOUND"), (
                method,
                path,
                answer.text,
            )
    answer = wire.get(f"{API}/runs/create")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


def test_a_workspace_header_of_mlflow_is_refused_not_ignored(wire: TestClient) -> None:
    answer = wire.post(f"{API}/experiments/search", json={"max_results": 1}, headers={"X-MLFLOW-WORKSPACE": "team"})
    assert answer.status_code == 400
    assert answer.json()["error_code"] == "FEATURE_DISABLED"


def test_a_body_of_100_mb_is_refused_at_the_default_limit(tmp_path: Path) -> None:
    with make(tmp_path) as client:
        chunk = b" " * 1_000_000
        answer = client.post(f"{API}/runs/log-batch", content=(chunk for _ in range(100)), headers=JSON)
        refused(answer, "100 MB")
        assert answer.status_code == 413


def test_a_content_length_that_lies_is_refused_or_cut_off(tmp_path: Path) -> None:
    ready = threading.Event()
    service = Service(Settings(dir=str(tmp_path), port=0), lambda url: ready.set())
    thread = threading.Thread(target=service.run)
    thread.start()
    try:
        assert ready.wait(20)
        port = int(service.url.rpartition(":")[2])
        start = f"POST {API}/runs/create HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        for header, sent in (
            ("Content-Length: 5", b'{"experiment_id":"0"}'),
            ("Content-Length: -1", b"{}"),
            ("Content-Length: abc", b"{}"),
            (f"Content-Length: {10**20}", b"{}"),
            ("Content-Length: 99999999999", b"{}"),
            ("Content-Length: 2\r\nContent-Length: 3", b"{}"),
            ("Transfer-Encoding: chunked", b"zz\r\n{}"),
        ):
            with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
                connection.sendall(f"{start}{header}\r\n\r\n".encode() + sent)
                answer = connection.recv(65_536)
                assert not answer or answer.split()[1].startswith(b"4"), (header, answer[:200])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:  # and then it goes away
            connection.sendall(f"{start}Content-Length: 50\r\n\r\n{{".encode())
        with urllib.request.urlopen(f"{service.url}/health", timeout=10) as alive:
            assert alive.status == 200
    finally:
        service.stop()
        thread.join(20)


def test_both_prefixes_are_served_by_the_same_handler_under_the_same_permission() -> None:
    served = {(each.method, each.path): each for routes in ROUTES for each in routes.operations}
    for (method, path), operation in served.items():
        if path.startswith("/api/2.0/") and "/mpu/part/" not in path:
            twin = served[method, path.replace("/api/", "/ajax-api/", 1)]
            assert twin.handler is operation.handler, path
            assert twin.permission is operation.permission, path
