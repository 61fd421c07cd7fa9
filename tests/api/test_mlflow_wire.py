"""Does the MLflow wire mean what MLflow means: values, tags that are fields, histories, files, models, permissions?"""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

API = "/api/2.0/mlflow"
LARGEST = 1.7976931348623157e308


def call(
    client: TestClient, path: str, body: Any = None, /, *, method: str = "", status: int = 200, **query: Any
) -> Any:
    """A POST of a body, else a GET of a query; the JSON of the answer."""
    url = path if path.startswith(("/api", "/ajax", "/get")) else API + path
    if body is not None or method:
        answer = client.request(method or "POST", url, json=body, params=query)
    else:
        answer = client.get(url, params=query)
    assert answer.status_code == status, (path, answer.status_code, answer.text)
    return answer.json()


def made(client: TestClient, **fields: Any) -> str:
    return call(client, "/runs/create", {"experiment_id": "0", **fields})["run"]["info"]["run_id"]


def got(client: TestClient, run_id: str) -> Any:
    return call(client, "/runs/get", run_id=run_id)["run"]


def tags(run: Any) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in run["data"]["tags"]}


def test_not_a_number_and_infinities_travel_as_mlflow_writes_them(client: TestClient) -> None:
    run = made(client)
    for step, value in enumerate(["NaN", "Infinity", "-Infinity", 1e308, -0.0, "2.5", 3]):
        call(
            client,
            "/runs/log-metric",
            {"run_id": run, "key": "m", "value": value, "timestamp": step, "step": str(step)},
        )
    history = call(client, "/metrics/get-history", run_id=run, metric_key="m")["metrics"]
    assert [point["value"] for point in history] == ["NaN", LARGEST, -LARGEST, 1e308, 0.0, 2.5, 3.0]
    assert all(isinstance(point["timestamp"], int) and isinstance(point["step"], int) for point in history)
    native = client.get(f"/api/v1/runs/{run}/metrics/m").json()
    assert "Infinity" in json.dumps(native)


def test_identical_points_are_kept_once_and_the_latest_is_by_step_then_time(client: TestClient) -> None:
    run = made(client)
    for _ in range(3):
        call(client, "/runs/log-metric", {"run_id": run, "key": "m", "value": 1, "timestamp": 5, "step": 7})
    for step, value in ((9, 4), (2, 8)):
        call(client, "/runs/log-metric", {"run_id": run, "key": "m", "value": value, "timestamp": 5, "step": step})
    assert len(call(client, "/metrics/get-history", run_id=run, metric_key="m")["metrics"]) == 3
    assert got(client, run)["data"]["metrics"] == [{"key": "m", "value": 4.0, "timestamp": 5, "step": 9}]


def test_tags_that_are_fields_are_shown_back_and_change_the_run(client: TestClient) -> None:
    parent = made(client)
    run = made(
        client,
        run_name="first",
        tags=[
            {"key": "mlflow.user", "value": "ann"},
            {"key": "mlflow.note.content", "value": "note"},
            {"key": "mlflow.parentRunId", "value": parent},
            {"key": "modelwright.kind", "value": "batch"},
            {"key": "plain", "value": "1"},
        ],
    )
    native = client.get(f"/api/v1/runs/{run}").json()
    assert (native["user"], native["notes"], native["parent_id"], native["kind"], native["tags"]) == (
        "ann",
        "note",
        parent,
        "batch",
        {"plain": "1"},
    )
    assert tags(got(client, run)) == {
        "mlflow.runName": "first",
        "mlflow.user": "ann",
        "mlflow.note.content": "note",
        "mlflow.parentRunId": parent,
        "modelwright.kind": "batch",
        "plain": "1",
    }
    other = made(client)
    for key, value in (
        ("mlflow.runName", "second"),
        ("mlflow.note.content", "other"),
        ("mlflow.parentRunId", other),
        ("mlflow.user", "bob"),
    ):
        call(client, "/runs/set-tag", {"run_id": run, "key": key, "value": value})
    assert got(client, run)["info"]["run_name"] == "second"
    native = client.get(f"/api/v1/runs/{run}").json()
    assert (native["name"], native["user"], native["notes"], native["parent_id"]) == ("second", "bob", "other", other)
    for key in ("mlflow.note.content", "mlflow.parentRunId", "plain", "mlflow.runName"):
        call(client, "/runs/delete-tag", {"run_id": run, "key": key})
    assert tags(got(client, run)) == {"mlflow.runName": "second", "mlflow.user": "bob", "modelwright.kind": "batch"}
    call(client, "/runs/delete-tag", {"run_id": run, "key": "plain"}, status=404)
    found = call(
        client,
        "/runs/search",
        {"experiment_ids": ["0"], "filter": "tags.\"mlflow.user\" = 'bob' and tags.`mlflow.runName` LIKE 'sec%'"},
    )
    assert [item["info"]["run_id"] for item in found["runs"]] == [run]


def test_a_native_child_is_found_by_the_parent_tag_and_shown_with_it(client: TestClient) -> None:
    parent = made(client)
    child = client.post(
        "/api/v1/runs",
        json={"experiment_id": "0", "parent_id": parent, "kind": "trial", "params": {"lr": 0.1, "o": {"b": [1]}}},
    ).json()
    found = call(client, "/runs/search", {"experiment_ids": ["0"], "filter": f"tags.mlflow.parentRunId = '{parent}'"})[
        "runs"
    ]
    assert [item["info"]["run_id"] for item in found] == [child["id"]]
    assert {item["key"]: item["value"] for item in found[0]["data"]["params"]} == {"lr": "0.1", "o.b": "[1]"}


def test_a_refused_batch_leaves_nothing(client: TestClient) -> None:
    run = made(client)
    call(client, "/runs/log-parameter", {"run_id": run, "key": "p", "value": "1"})
    batch = {
        "run_id": run,
        "metrics": [{"key": "m", "value": 1, "timestamp": 1}],
        "params": [{"key": "new", "value": "1"}, {"key": "p", "value": "2"}],
        "tags": [{"key": "t", "value": "1"}],
    }
    refused = call(client, "/runs/log-batch", batch, status=400)
    assert "Changing param values is not allowed" in refused["message"]
    run_now = got(client, run)
    assert "metrics" not in run_now["data"]
    assert [item["key"] for item in run_now["data"]["params"]] == ["p"]
    assert "t" not in tags(run_now)


def test_a_batch_with_tags_that_are_fields_is_one_change_or_none(client: TestClient) -> None:
    run = made(client, run_name="before")
    call(client, "/runs/log-parameter", {"run_id": run, "key": "p", "value": "1"})
    before = got(client, run)
    fields = [
        {"key": "mlflow.runName", "value": "after"},
        {"key": "mlflow.note.content", "value": "why"},
        {"key": "mlflow.user", "value": "bob"},
        {"key": "plain", "value": "x"},
    ]
    batch = {"run_id": run, "tags": fields, "metrics": [{"key": "m", "value": 1.0, "timestamp": 1, "step": 1}]}
    call(client, "/runs/log-batch", {**batch, "params": [{"key": "p", "value": "2"}]}, status=400)
    assert got(client, run) == before
    own = [{"key": "mlflow.parentRunId", "value": run}]
    call(client, "/runs/log-batch", {**batch, "tags": [*fields, *own]}, status=400)
    assert got(client, run) == before
    call(client, "/runs/log-batch", {**batch, "params": [{"key": "p", "value": "1"}]})
    after = got(client, run)
    assert tags(after) == {tag["key"]: tag["value"] for tag in fields}
    assert [metric["key"] for metric in after["data"]["metrics"]] == ["m"]


def test_long_values_are_cut_silently(client: TestClient) -> None:
    run = made(client, tags=[{"key": "t", "value": "x" * 9_000}])
    call(
        client,
        "/runs/log-batch",
        {"run_id": run, "params": [{"key": "p", "value": "y" * 7_000}], "tags": [{"key": "u", "value": "z" * 9_000}]},
    )
    run_now = got(client, run)
    assert len(run_now["data"]["params"][0]["value"]) == 6_000
    assert (len(tags(run_now)["t"]), len(tags(run_now)["u"])) == (8_000, 8_000)


def test_states_map_both_ways_and_a_crash_shows_as_failed(client: TestClient) -> None:
    run = made(client)
    for status, state in (
        ("SCHEDULED", "queued"),
        ("RUNNING", "running"),
        ("KILLED", "killed"),
        ("FINISHED", "finished"),
        (4, "failed"),
    ):
        call(client, "/runs/update", {"run_id": run, "status": status, "end_time": 10**13})
        assert client.get(f"/api/v1/runs/{run}").json()["state"] == state
    found = call(client, "/runs/search", {"experiment_ids": ["0"], "filter": "attributes.status = 'FAILED'"})["runs"]
    assert [item["info"]["run_id"] for item in found] == [run]
    assert call(client, "/runs/search", {"experiment_ids": ["0"], "filter": "status = 'FINISHED'"}) == {}


def test_histories_come_in_pages_whole_and_in_bulk(client: TestClient) -> None:
    runs = [made(client), made(client)]
    for run in runs:
        for start in range(0, 3_000, 1_000):
            points = [
                {"key": "m", "value": float(i), "timestamp": 1_000 + i // 2, "step": i}
                for i in range(start, start + 1_000)
            ]
            call(client, "/runs/log-batch", {"run_id": run, "metrics": points})
    seen: list[int] = []
    token = ""
    while True:
        query = {"page_token": token} if token else {}
        page = call(client, "/metrics/get-history", run_id=runs[0], metric_key="m", max_results=700, **query)
        seen += [point["step"] for point in page["metrics"]]
        token = page.get("next_page_token", "")
        if not token:
            break
    assert seen == list(range(3_000))
    assert len(call(client, "/metrics/get-history", run_id=runs[0], metric_key="m")["metrics"]) == 3_000
    exact = call(client, "/metrics/get-history", run_id=runs[0], metric_key="m", max_results=3_000)
    assert "next_page_token" not in exact
    bulk = call(
        client, "/ajax-api/2.0/mlflow/metrics/get-history-bulk", run_id=runs, metric_key="m", max_results=4_000
    )["metrics"]
    assert len(bulk) == 4_000
    assert {point["run_id"] for point in bulk} == set(runs)
    sample = call(client, "/metrics/get-history-bulk-interval", run_ids=runs, metric_key="m", max_results=100)[
        "metrics"
    ]
    steps = [point["step"] for point in sample if point["run_id"] == runs[0]]
    assert steps[0] == 0
    assert steps[-1] == 2_999
    assert 90 <= len(steps) <= 110
    part = call(
        client, "/metrics/get-history-bulk-interval", run_ids=runs[:1], metric_key="m", start_step=10, end_step=19
    )["metrics"]
    assert [point["step"] for point in part] == list(range(10, 20))


def test_a_history_without_a_page_size_is_streamed_whole(client: TestClient) -> None:
    run = made(client)
    count = 52_000
    body = {"points": [{"key": "m", "steps": list(range(count)), "times_ms": [5] * count, "values": [0.5] * count}]}
    assert client.post(f"/api/v1/runs/{run}/log", json=body).status_code == 200
    points = call(client, "/metrics/get-history", run_id=run, metric_key="m")["metrics"]
    assert [point["step"] for point in points] == list(range(count))


def test_files_go_through_the_proxy_by_range_and_by_parts(client: TestClient) -> None:
    run = made(client)
    proxy = "/api/2.0/mlflow-artifacts"
    data = bytes(range(256)) * 100
    assert client.put(f"{proxy}/artifacts/0/{run}/artifacts/a dir/page.html", content=data).status_code == 200
    answer = client.get(f"{proxy}/artifacts/0/{run}/artifacts/a dir/page.html")
    assert answer.content == data
    assert answer.headers["content-disposition"].startswith("attachment; filename=page.html")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "html" not in answer.headers["content-type"]
    part = client.get(f"{proxy}/artifacts/0/{run}/artifacts/a dir/page.html", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content, part.headers["content-range"]) == (
        206,
        data[10:20],
        f"bytes 10-19/{len(data)}",
    )
    assert client.get("/get-artifact", params={"run_id": run, "path": "a dir/page.html"}).content == data
    assert call(client, "/artifacts/list", run_id=run)["files"] == [{"path": "a dir", "is_dir": True}]
    assert call(client, "/artifacts/list", run_id=run, path="a dir")["files"] == [
        {"path": "a dir/page.html", "is_dir": False, "file_size": len(data)}
    ]
    listed = call(client, f"{proxy}/artifacts", path=f"0/{run}/artifacts/a dir")
    assert listed["files"] == [{"path": "page.html", "is_dir": False, "file_size": len(data)}]
    assert client.get(f"{proxy}/artifacts/0/{run}/artifacts/a dir").status_code == 400
    missing = client.get(f"{proxy}/artifacts/0/{run}/artifacts/none.txt")
    assert (missing.status_code, missing.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")

    begun = call(client, f"{proxy}/mpu/create/0/{run}/artifacts", {"path": "/data/in/big.bin", "num_parts": 2})
    parts = []
    for credential, piece in zip(begun["credentials"], (data[:9_000], data[9_000:]), strict=True):
        sent = client.put(credential["url"], content=piece, headers=credential["headers"])
        parts.append({"part_number": credential["part_number"], "etag": sent.headers["etag"], "url": credential["url"]})
    call(
        client,
        f"{proxy}/mpu/complete/0/{run}/artifacts",
        {"path": "big.bin", "upload_id": begun["upload_id"], "parts": parts},
    )
    assert client.get(f"{proxy}/artifacts/0/{run}/artifacts/big.bin").content == data
    begun = call(client, f"{proxy}/mpu/create/0/{run}/artifacts", {"path": "/data/in/big.bin", "num_parts": 1})
    call(client, f"{proxy}/mpu/abort/0/{run}/artifacts", {"path": "big.bin", "upload_id": begun["upload_id"]})
    call(
        client,
        f"{proxy}/mpu/complete/0/{run}/artifacts",
        {"path": "big.bin", "upload_id": begun["upload_id"], "parts": parts},
        status=404,
    )

    assert client.delete(f"{proxy}/artifacts/0/{run}/artifacts/a dir").status_code == 200
    assert [item["path"] for item in call(client, "/artifacts/list", run_id=run)["files"]] == ["big.bin"]


def test_files_outside_any_run_have_a_place_too(client: TestClient) -> None:
    proxy = "/api/2.0/mlflow-artifacts"
    assert client.put(f"{proxy}/artifacts/0/traces/tr-1/artifacts/traces.json", content=b"{}").status_code == 200
    assert client.get(f"{proxy}/artifacts/0/traces/tr-1/artifacts/traces.json").content == b"{}"
    assert call(client, f"{proxy}/artifacts", path="0/traces/tr-1/artifacts")["files"][0]["path"] == "traces.json"
    assert call(client, f"{proxy}/artifacts", path="0/traces")["files"] == [{"path": "tr-1", "is_dir": True}]


def test_inputs_and_outputs_come_back_with_get_and_search(client: TestClient) -> None:
    run = made(client)
    model = call(client, "/logged-models", {"experiment_id": "0", "name": "m", "source_run_id": run})["model"]["info"][
        "model_id"
    ]
    dataset = {"name": "d", "digest": "1", "source_type": "local", "source": "{}", "schema": "[]", "profile": "{}"}
    call(
        client,
        "/runs/log-inputs",
        {
            "run_id": run,
            "datasets": [{"dataset": dataset, "tags": [{"key": "mlflow.data.context", "value": "train"}]}],
            "models": [{"model_id": model}],
        },
    )
    call(client, "/runs/outputs", {"run_id": run, "models": [{"model_id": model, "step": 4}]})
    whole = got(client, run)
    assert whole["inputs"] == {
        "dataset_inputs": [{"dataset": dataset, "tags": [{"key": "mlflow.data.context", "value": "train"}]}],
        "model_inputs": [{"model_id": model}],
    }
    assert whole["outputs"] == {"model_outputs": [{"model_id": model, "step": 4}]}
    [found] = call(client, "/runs/search", {"experiment_ids": ["0"], "filter": "dataset.context = 'train'"})["runs"]
    assert "model_inputs" not in found["inputs"]
    assert found["outputs"] == whole["outputs"]
    summaries = call(client, "/ajax-api/2.0/mlflow/experiments/search-datasets", {"experiment_ids": ["0"]})[
        "dataset_summaries"
    ]
    assert summaries == [{"experiment_id": "0", "name": "d", "digest": "1", "context": "train"}]


def test_metrics_of_a_logged_model_are_recorded_with_their_dataset(client: TestClient) -> None:
    run = made(client)
    model = call(client, "/logged-models", {"experiment_id": "0", "name": "m"})["model"]["info"]["model_id"]
    call(
        client,
        "/runs/log-batch",
        {
            "run_id": run,
            "metrics": [
                {
                    "key": "acc",
                    "value": 0.5,
                    "timestamp": 1,
                    "step": 1,
                    "model_id": model,
                    "dataset_name": "d",
                    "dataset_digest": "1",
                },
                {"key": "nan", "value": "NaN", "timestamp": 1, "model_id": model},
            ],
        },
    )
    metrics = call(client, f"/logged-models/{model}")["model"]["data"]["metrics"]
    assert {metric["key"]: metric["value"] for metric in metrics} == {"acc": 0.5, "nan": "NaN"}
    assert metrics[0]["dataset_name"] == "d"
    for text, count in (("metrics.acc > 0.4", 1), ("metrics.acc > 0.6", 0)):
        found = call(
            client,
            "/logged-models/search",
            {"experiment_ids": ["0"], "filter": text, "datasets": [{"dataset_name": "d"}]},
        )
        assert len(found.get("models", [])) == count
    assert call(client, "/metrics/get-history", run_id=run, metric_key="acc")["metrics"][0]["value"] == 0.5


def test_an_old_style_model_record_is_appended_to_its_tag(client: TestClient) -> None:
    run = made(client)
    for number in range(2):
        record = {
            "artifact_path": f"m{number}",
            "flavors": {"f": {"config": {"secret": 1}}},
            "utc_time_created": "now",
            "run_id": run,
        }
        call(client, "/runs/log-model", {"run_id": run, "model_json": json.dumps(record)})
    history = json.loads(tags(got(client, run))["mlflow.log-model.history"])
    assert [item["artifact_path"] for item in history] == ["m0", "m1"]
    call(client, "/runs/log-model", {"run_id": run, "model_json": "{"}, status=400)
    call(client, "/runs/log-model", {"run_id": run, "model_json": "{}"}, status=400)


def test_a_bare_number_text_or_json_in_json_is_read_like_the_proto_parser_reads_it(client: TestClient) -> None:
    run = made(client, startTime="17", runName="camel")
    info = got(client, run)["info"]
    assert (info["start_time"], info["run_name"]) == (17, "camel")
    answer = client.post(
        f"{API}/runs/create",
        content=json.dumps(json.dumps({"experiment_id": "0"})),
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 200
    call(client, "/runs/update", {"run_uuid": run, "status": 3})
    assert got(client, run)["info"]["status"] == "FINISHED"
    assert call(client, "/runs/get", run_uuid=run)["run"]["info"]["run_id"] == run
    refused = call(client, "/runs/update", {"run_uuid": run, "run_id": "f" * 32}, status=400)
    assert "run_uuid" in refused["message"]


@pytest.mark.parametrize("who", ["viewer", "stranger", ""])
def test_roles_hold_on_the_wire_too(people: Any, who: str) -> None:
    experiment = people.ask("POST", f"{API}/experiments/create", "editor", json={"name": "e"}, expect=200)[
        "experiment_id"
    ]
    run = people.ask("POST", f"{API}/runs/create", "editor", json={"experiment_id": experiment}, expect=200)["run"][
        "info"
    ]["run_id"]
    point = {"run_id": run, "key": "m", "value": 1, "timestamp": 1}
    write = people.ask("POST", f"{API}/runs/log-metric", who, json=point)
    read = people.ask("GET", f"{API}/runs/get", who, params={"run_id": run})
    codes = {
        "viewer": (403, 200, "PERMISSION_DENIED"),
        "stranger": (404, 404, "RESOURCE_DOES_NOT_EXIST"),
        "": (401, 401, "UNAUTHENTICATED"),
    }
    assert (write.status_code, read.status_code) == codes[who][:2]
    assert write.json()["error_code"] == codes[who][2]
    put = people.ask("PUT", f"/api/2.0/mlflow-artifacts/artifacts/{experiment}/{run}/artifacts/x", who, content=b"x")
    assert put.status_code == codes[who][0]
    assert people.ask("GET", "/version", who).text == "3.17.2"
    other = people.ask("GET", f"{API}/runs/get", "stranger", workspace="other", params={"run_id": run})
    assert other.status_code == 404


def test_a_crashed_run_is_failed_to_mlflow(client: TestClient) -> None:
    run = client.post("/api/v1/runs", json={"experiment_id": "0", "state": "crashed"}).json()["id"]
    assert got(client, run)["info"]["status"] == "FAILED"
    found = call(client, "/runs/search", {"experiment_ids": ["0"], "filter": "attributes.status = 'FAILED'"}).get(
        "runs", []
    )
    assert [item["info"]["run_id"] for item in found] == [run]


def test_a_point_of_an_unknown_model_is_refused_before_anything_is_logged(client: TestClient) -> None:
    run = made(client)
    point = {"key": "m", "value": 1, "timestamp": 1, "model_id": "m-" + "0" * 32}
    call(client, "/runs/log-metric", {"run_id": run, **point}, status=404)
    call(client, "/runs/log-batch", {"run_id": run, "metrics": [point]}, status=404)
    assert "metrics" not in got(client, run)["data"]


def test_a_run_name_that_is_not_printable_is_made_so(client: TestClient) -> None:
    run = made(client, run_name="a\tb\n" + "c" * 600)
    name = got(client, run)["info"]["run_name"]
    assert name.startswith("a b c")
    assert len(name) == 500


def test_pages_may_be_as_large_as_mlflow_allows(client: TestClient) -> None:
    for number in range(3):
        made(client, start_time=number)
    assert len(call(client, "/runs/search", {"experiment_ids": ["0"], "max_results": 50_000})["runs"]) == 3
    assert call(client, "/experiments/search", {"max_results": 50_000})["experiments"]


def test_a_wrong_method_on_a_path_with_an_id_is_405(client: TestClient) -> None:
    answer = client.put(f"{API}/logged-models/m-1", json={})
    assert answer.status_code == 405
    assert answer.headers["allow"] == "DELETE, GET, PATCH"


def test_the_workspace_header_of_mlflow_is_refused_by_files_too(client: TestClient) -> None:
    answer = client.put(
        "/api/2.0/mlflow-artifacts/artifacts/x.txt", content=b"x", headers={"X-MLFLOW-WORKSPACE": "team"}
    )
    assert (answer.status_code, answer.json()["error_code"]) == (400, "FEATURE_DISABLED")


def test_tags_that_are_fields_can_be_asked_for_in_every_spelling(client: TestClient) -> None:
    parent = made(client, run_name="it's", start_time=1)
    child = made(client, run_name="b", start_time=2, tags=[{"key": "mlflow.parentRunId", "value": parent}])

    def found(text: str, *order: str) -> list[str]:
        body = {"experiment_ids": ["0"], "filter": text, "order_by": list(order)}
        return [item["info"]["run_id"] for item in call(client, "/runs/search", body).get("runs", [])]

    for spelling in ("tags.mlflow.parentRunId", "tag.`mlflow.parentRunId`", 'tags."mlflow.parentRunId"'):
        assert found(f"{spelling} = '{parent}'") == [child], spelling
        assert found(f"{spelling} IS NULL") == [parent], spelling
        assert found(f"{spelling} IS NOT NULL and attributes.start_time > 0") == [child], spelling
    assert found("params.x != 'tags.mlflow.parentRunId = 1'") == []
    assert found("", "tags.`mlflow.runName` ASC") == [child, parent]
    assert found('tags.mlflow.runName = "it\'s"') == [parent]
    call(client, "/runs/set-tag", {"run_id": child, "key": "mlflow.runNameX", "value": "1"})
    assert found("tags.mlflow.runNameX = '1'") == [child]
    assert found("tags.mlflow.user != 'nobody'", "start_time ASC") == [parent, child]
