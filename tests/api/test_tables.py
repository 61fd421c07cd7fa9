"""Tables, keys, facets, importances, views and bulk changes through the whole server."""

from __future__ import annotations

import math
from typing import Any

import pytest
from starlette.testclient import TestClient

from modelwright.kit import frames

API = "/api/v1"


def ask(client: TestClient, path: str, body: dict[str, Any], status: int = 200) -> Any:
    response = client.post(f"{API}{path}", json=body)
    assert response.status_code == status, response.text
    return response.json()


def logged(client: TestClient, lr: Any, loss: float, name: str = "r") -> str:
    run = client.post(f"{API}/runs", json={"name": name, "params": {"lr": lr}}).json()["id"]
    value = "NaN" if math.isnan(loss) else loss
    points = [{"key": "loss", "steps": [0], "times_ms": [0], "values": [value]}]
    assert client.post(f"{API}/runs/{run}/log", json={"points": points}).status_code == 200
    return run


def test_a_table_comes_as_json_or_as_a_frame(client: TestClient) -> None:
    script = "<script>alert('x')</script> ü🙂"
    ids = [logged(client, 0.1, 1.0, script), logged(client, 0.2, math.nan), logged(client, 0.3, 3.0)]
    body = {"columns": ["params.lr", "metrics.loss"], "order_by": ["params.lr ASC"]}
    table = ask(client, "/runs:table", body)
    columns = {each["name"]: each for each in table["columns"]}
    assert table["ids"] == ids and table["total"] == 3
    assert columns["metrics.loss"] == {"name": "metrics.loss", "kind": "number", "values": [1.0, "NaN", 3.0]}
    assert columns["name"]["values"][0] == script and columns["state"]["kind"] == "enum"
    response = client.post(f"{API}/runs:table", json=body, headers={"accept": frames.MEDIA_TYPE})
    assert response.headers["content-type"] == frames.MEDIA_TYPE
    header, numbers = frames.decode(response.content)
    described = {each["name"]: each for each in frames.header(response.content)["columns"]}
    assert header["ids"] == ids and described["name"]["dictionary"][0] == script
    assert numbers["params.lr"].tolist() == [0.1, 0.2, 0.3] and described["metrics.loss"]["nan"] == [1]
    assert described["metrics.loss"]["offset"] % 8 == 0


def test_keys_values_and_importances_are_answered(client: TestClient) -> None:
    for place in range(12):
        logged(client, place / 10, place / 5)
    keys = ask(client, "/runs:columns", {})
    assert keys["runs"] == 12 and keys["params"] == [{"key": "lr", "runs": 12, "kind": "number"}]
    assert keys["metrics"] == [{"key": "loss", "runs": 12, "kind": "number"}]
    facets = ask(client, "/runs:facets", {"key": "params.lr", "limit": 3})
    assert facets["distinct"] == 12 and facets["values"][0] == {"value": 0.0, "runs": 1}
    said = ask(client, "/runs:importance", {"metric": "loss", "goal": "min"})
    assert said["params"][0]["helps"] == "down" and said["params"][0]["importance_low"] is not None


def test_a_view_is_saved_listed_changed_and_deleted(client: TestClient) -> None:
    made = ask(client, "/experiments/0/views", {"name": "v", "state": {"q": "x"}, "shared": True})
    assert client.get(f"{API}/experiments/0/views").json()["items"] == [made]
    changed = client.patch(f"{API}/views/{made['id']}", json={"state": {"q": None}}).json()
    assert changed["state"] == {"q": None} and client.get(f"{API}/views/{made['id']}").json() == changed
    news = client.get(f"{API}/events?after=0&wait_s=0&kinds=view.created,view.updated").json()
    assert {each["subject"] for each in news["items"] if each["kind"].startswith("view.")} == {made["id"]}
    assert client.delete(f"{API}/views/{made['id']}").status_code == 204
    assert client.get(f"{API}/views/{made['id']}").status_code == 404
    ask(client, "/experiments/0/views", {"name": "v", "state": {"q": "x" * 300_000}}, 413)
    for odd in ("%00", "x" * 500, "-1", "..", "%F0%9F%99%82"):
        assert client.get(f"{API}/views/{odd}").status_code in (400, 404)
        assert client.get(f"{API}/experiments/{odd}/views").status_code in (400, 404)


def test_many_runs_are_changed_at_once(client: TestClient) -> None:
    ids = [logged(client, 1, 1.0) for _ in range(3)]
    said = ask(client, "/runs:bulk", {"runs": [*ids, "gone"], "update": {"tags": {"k": "v"}}})
    assert (said["done"], said["refused"]) == (3, 1) and said["runs"][3]["kind"] == "not_found"
    assert ask(client, "/runs:bulk", {"runs": ids, "action": "stop"})["done"] == 3
    assert client.post(f"{API}/runs/{ids[0]}:heartbeat").json()["stop"] is True
    assert ask(client, "/runs:bulk", {"runs": ids, "action": "delete"})["done"] == 3
    assert ask(client, "/runs:table", {})["total"] == 0
    assert ask(client, "/runs:bulk", {"runs": ids, "action": "restore"})["done"] == 3


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/runs:table", {"columns": ["x"]}),
        ("/runs:table", {"limit": -1}),
        ("/runs:columns", {"filter": "("}),
        ("/runs:facets", {"key": ""}),
        ("/runs:importance", {"metric": ""}),
        ("/runs:importance", {"metric": "x", "goal": "most"}),
        ("/runs:bulk", {"runs": []}),
        ("/runs:bulk", {"runs": ["a"], "action": "purge"}),
        ("/experiments/0/views", {"name": "x", "state": []}),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_in_words(client: TestClient, path: str, body: dict[str, Any]) -> None:
    error = ask(client, path, body, 400)["error"]
    assert error["kind"] == "invalid" and error["message"]
