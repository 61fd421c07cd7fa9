"""The native operations of tracking through the whole server, on each engine."""

from __future__ import annotations

import math
import threading
from pathlib import Path
from typing import Any

import pytest
import urllib3
from starlette.testclient import TestClient

from modelwright.kit import frames
from modelwright.kit.settings import Settings
from modelwright.types.codec import from_msgpack, to_msgpack
from modelwright.types.tracking import LogAck, LogBatch, LogLine, Points

API = "/api/v1"
ODD_IDS = [
    "%00",
    "%ed%a0%80",
    "x" * 500,
    "9" * 30,
    "-1",
    "..",
    "%2e%2e%2fetc",
    "m-" + "0" * 32,
    "'%20OR%201=1",
    "%F0%9F%99%82",
]


def made(client: TestClient, **body: Any) -> str:
    response = client.post(f"{API}/runs", json=body)
    assert response.status_code == 200, response.text
    return response.json()["id"]


def refusal(response: Any) -> tuple[int, str, str]:
    error = response.json()["error"]
    assert error["message"]
    return response.status_code, error["kind"], error["where"]


def test_an_experiment_is_created_found_renamed_deleted_and_restored(client: TestClient) -> None:
    first = client.post(f"{API}/experiments", json={"name": "a/b ü", "tags": {"k": "v"}}).json()
    assert client.get(f"{API}/experiments:by-name", params={"name": "a/b ü"}).json() == first
    assert client.get(f"{API}/experiments/{first['id']}").json() == first
    assert refusal(client.post(f"{API}/experiments", json={"name": "a/b ü"})) == (409, "already_exists", "name")
    changed = client.patch(
        f"{API}/experiments/{first['id']}", json={"name": "c", "tags": {"k": None, "n": "1"}}
    ).json()
    assert (changed["name"], changed["tags"]) == ("c", {"n": "1"})
    assert client.delete(f"{API}/experiments/{first['id']}").status_code == 204
    status, kind, _ = refusal(client.patch(f"{API}/experiments/{first['id']}", json={"name": "d"}))
    assert (status, kind) == (409, "conflict")
    assert [item["name"] for item in client.get(f"{API}/experiments").json()["items"]] == ["Default"]
    assert [item["name"] for item in client.get(f"{API}/experiments?lifecycle=deleted").json()["items"]] == ["c"]
    assert len(client.post(f"{API}/experiments:search?lifecycle=all", json={}).json()["items"]) == 2
    assert client.post(f"{API}/experiments/{first['id']}:restore").json()["lifecycle"] == "active"
    assert client.delete(f"{API}/experiments/{first['id']}").status_code == 204
    assert client.post(f"{API}/experiments/{first['id']}:purge").status_code == 204
    assert client.get(f"{API}/experiments/{first['id']}").status_code == 404


def test_a_run_is_logged_to_and_read_back(client: TestClient) -> None:
    run = made(client, experiment="x", name="one", params={"opt": {"lr": 0.1}}, tags={"a": "b"}, heartbeat=True)
    batch = LogBatch(
        writer="w",
        seq=1,
        points=[Points(key="train/loss", steps=[1, 2, 3], times_ms=[10, 20, 30], values=[0.5, math.nan, math.inf])],
        summary={"best": {"acc": 0.9}},
        lines=[LogLine(1, "stdout", "hello \x1b[1mworld\x1b[0m")],
    )
    response = client.post(
        f"{API}/runs/{run}/log",
        content=to_msgpack(batch),
        headers={"content-type": "application/msgpack", "accept": "application/msgpack"},
    )
    assert from_msgpack(response.content, LogAck) == LogAck(seq=1)
    again = client.post(f"{API}/runs/{run}/log", json={"writer": "w", "seq": 1, "params": {"a": 1}}).json()
    assert again == {"seq": 1, "duplicate": True, "stop": False}
    found = client.get(f"{API}/runs/{run}").json()
    assert found["params"] == {"opt.lr": 0.1}
    assert found["summary"] == {"best.acc": 0.9}
    assert found["metrics"]["train/loss"]["last"] == "Infinity" and found["metrics"]["train/loss"]["nans"] == 1
    assert [item["key"] for item in client.get(f"{API}/runs/{run}/metrics").json()["items"]] == ["train/loss"]
    console = client.get(f"{API}/runs/{run}/console?query=hello%20world").json()
    assert (console["numbers"], console["lines"][0]["text"]) == ([0], "hello \x1b[1mworld\x1b[0m")


def test_points_come_in_pages_as_json_and_as_binary_columns(client: TestClient) -> None:
    run = made(client)
    values: list[Any] = [0.5, "NaN", "-Infinity", 2]
    client.post(
        f"{API}/runs/{run}/log",
        json={"points": [{"key": "a/b", "steps": [1, 2, 3, 4], "times_ms": [9, 8, 7, 6], "values": values}]},
    )
    page = client.get(f"{API}/runs/{run}/metrics/a/b?limit=3").json()
    assert (page["steps"], page["values"]) == ([1, 2, 3], [0.5, "NaN", "-Infinity"])
    rest = client.get(f"{API}/runs/{run}/metrics/a/b", params={"after": page["next_page"], "limit": 3}).json()
    assert (rest["steps"], rest["times_ms"], rest["values"], rest["next_page"]) == ([4], [6], [2.0], "")
    response = client.get(f"{API}/runs/{run}/metrics/a/b", headers={"accept": frames.MEDIA_TYPE})
    header, columns = frames.decode(response.content)
    assert response.headers["content-type"] == frames.MEDIA_TYPE and header["key"] == "a/b"
    assert columns["steps"].tolist() == [1, 2, 3, 4] and math.isnan(columns["values"][1])
    for odd in ("after=x", "after=1,2", "after=1,2,z", f"after={2**63},0,0", "limit=0", "limit=x"):
        assert client.get(f"{API}/runs/{run}/metrics/a/b?{odd}").status_code == 400, odd


def test_many_series_are_drawn_as_json_and_as_a_frame(client: TestClient) -> None:
    run = made(client)
    client.post(
        f"{API}/runs/{run}/log",
        json={"points": [{"key": "a", "steps": [0, 1, 2, 3], "times_ms": [1, 2, 3, 4], "values": [1, 2, 3, 4]}]},
    )
    body = {"runs": [run], "metrics": ["a"], "buckets": 2}
    grid = client.post(f"{API}/series:query", json=body).json()
    assert grid["lines"][0]["points"] == 4
    frame = client.post(f"{API}/series:query", json=body, headers={"accept": frames.MEDIA_TYPE})
    header, columns = frames.decode(frame.content)
    assert header["buckets"] == grid["buckets"] and columns["mean"].tolist() == grid["lines"][0]["mean"]


def test_a_file_is_uploaded_listed_and_downloaded_in_ranges(client: TestClient) -> None:
    run = made(client)
    url = f"{API}/runs/{run}/artifacts"
    stored = client.put(f"{url}/plots/page.html", content=b"<script>alert(1)</script>").json()
    assert (stored["path"], stored["size"]) == ("plots/page.html", 25)
    assert client.get(url).json()["items"][0] | {"created_ms": 0} == {
        "path": "plots",
        "is_dir": True,
        "size": None,
        "digest": "",
        "media_type": "",
        "created_ms": 0,
    }
    assert [item["path"] for item in client.get(url, params={"path": "plots"}).json()["items"]] == ["plots/page.html"]
    whole = client.get(f"{url}/plots/page.html")
    assert whole.content == b"<script>alert(1)</script>"
    assert whole.headers["content-type"] == "text/plain; charset=utf-8", "a page must not run"
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert whole.headers["content-disposition"].startswith("attachment")
    assert whole.headers["etag"] == f'"{stored["digest"]}"'
    for wanted, content in (
        ("bytes=0-0", b"<"),
        ("bytes=8-12", whole.content[8:13]),
        ("bytes=-9", b"</script>"),
        ("bytes=20-", whole.content[20:]),
        ("bytes=20-999", whole.content[20:]),
    ):
        part = client.get(f"{url}/plots/page.html", headers={"range": wanted})
        assert (part.status_code, part.content) == (206, content), wanted
        assert int(part.headers["content-length"]) == len(content)
    for nothing in ("bytes=25-", "bytes=99-100", "bytes=-0"):
        assert client.get(f"{url}/plots/page.html", headers={"range": nothing}).status_code == 416, nothing
    for whole_again in ("bytes=1-2,4-5", "lines=1-2", "bytes=", "bytes=-", "bytes=5-2", "nonsense"):
        assert client.get(f"{url}/plots/page.html", headers={"range": whole_again}).status_code == 200, whole_again
    assert client.get(f"{url}/plots/page.html", headers={"if-none-match": whole.headers["etag"]}).status_code == 304
    stale = client.get(f"{url}/plots/page.html", headers={"range": "bytes=0-0", "if-range": '"old"'})
    assert (stale.status_code, len(stale.content)) == (200, 25)
    head = client.head(f"{url}/plots/page.html")
    assert (head.status_code, head.headers["content-length"], head.content) == (200, "25", b"")
    empty = client.put(f"{url}/empty", content=b"").json()
    assert empty["size"] == 0 and client.get(f"{url}/empty").content == b""
    assert refusal(client.put(f"{url}/plots", content=b"x"))[:2] == (409, "conflict")
    assert client.get(f"{url}/plots").status_code == 400
    assert client.delete(f"{url}/plots").status_code == 204
    assert client.get(f"{url}/plots/page.html").status_code == 404


def test_a_file_is_sent_in_parts_and_the_upload_can_be_resumed(client: TestClient) -> None:
    run = made(client)
    upload = client.post(f"{API}/runs/{run}/uploads", params={"path": "big.bin"}).json()
    url = f"{API}/uploads/{upload['id']}"
    client.put(f"{url}/parts/2", content=b"world")
    assert [part["number"] for part in client.get(url).json()["parts"]] == [2]
    client.put(f"{url}/parts/1", content=b"hello ")
    for number in ("0", "10001", "-1", "x", str(2**70)):
        assert client.put(f"{url}/parts/{number}", content=b"").status_code == 400, number
    assert client.post(f"{url}:complete", json={}).json()["size"] == 11
    assert client.get(f"{API}/runs/{run}/artifacts/big.bin").content == b"hello world"
    assert client.delete(url).status_code == 404


def test_hostile_paths_are_refused_by_every_operation(client: TestClient) -> None:
    run = made(client)
    for path in (
        "%2e%2e/x",
        "..%2fx",
        "%252e%252e%252fx",
        "a%5cb",
        "a%00b",
        "%2fetc%2fpasswd",
        "a%2f%2fb",
        "C:%2fx",
        "x" * 1025,
        "a%0ab",
    ):
        for method in ("GET", "PUT", "DELETE"):
            response = client.request(
                method, f"{API}/runs/{run}/artifacts/{path}", content=b"x" if method == "PUT" else None
            )
            assert response.status_code in (400, 404), (method, path, response.text)
        assert client.get(f"{API}/runs/{run}/artifacts?path={path}").status_code == 400
        assert client.post(f"{API}/runs/{run}/uploads?path={path}").status_code == 400
    assert client.get(f"{API}/runs/{run}/artifacts").json()["items"] == []


def test_odd_ids_are_refused_and_never_break_the_server(client: TestClient) -> None:
    for odd in ODD_IDS:
        for method, path, body in (
            ("GET", "runs/{}", None),
            ("PATCH", "runs/{}", {}),
            ("DELETE", "runs/{}", None),
            ("POST", "runs/{}:restore", {}),
            ("POST", "runs/{}:purge", {}),
            ("POST", "runs/{}:fork", {}),
            ("POST", "runs/{}:heartbeat", {}),
            ("POST", "runs/{}:stop", {}),
            ("GET", "runs/{}/children", None),
            ("POST", "runs/{}/log", {"tags": {"a": "b"}}),
            ("GET", "runs/{}/metrics", None),
            ("GET", "runs/{}/metrics/a", None),
            ("GET", "runs/{}/console", None),
            ("GET", "runs/{}/artifacts", None),
            ("GET", "runs/{}/artifacts/a", None),
            ("PUT", "runs/{}/artifacts/a", None),
            ("POST", "runs/{}/inputs", {}),
            ("POST", "runs/{}/outputs", {}),
            ("GET", "experiments/{}", None),
            ("PATCH", "experiments/{}", {}),
            ("DELETE", "experiments/{}", None),
            ("POST", "experiments/{}:restore", {}),
            ("POST", "experiments/{}:purge", {}),
            ("GET", "models/{}", None),
            ("PATCH", "models/{}", {}),
            ("DELETE", "models/{}", None),
            ("GET", "models/{}/artifacts", None),
            ("GET", "uploads/{}", None),
            ("POST", "uploads/{}:complete", {}),
            ("DELETE", "uploads/{}", None),
        ):
            response = client.request(method, f"{API}/{path.format(odd)}", json=body)
            assert response.status_code in (400, 404, 405), (method, path, odd, response.text)


def test_malformed_bodies_are_refused_with_the_place(client: TestClient) -> None:
    run = made(client)
    for path, body in (
        ("runs", {"kind": "nonsense"}),
        ("runs", {"params": {"a\x00": 1}}),
        ("runs", {"params": {"": 1}}),
        ("runs", {"tags": {"a": "\x00"}}),
        ("runs", {"tags": {"a": 1}}),
        ("runs", {"name": "x" * 501}),
        ("runs", {"start_ms": 2**64}),
        ("runs", {"start_ms": 1.5}),
        ("runs", {"id": "../x"}),
        ("runs", {"parent_id": ""}),
        ("runs", {"params": {"a.b": 1, "a": {"b": 1}}}),
        ("runs", {"notes": "x" * 1_000_001}),
        ("runs", {"params": {"a": "x" * 70_000}}),
        ("runs", []),
        ("runs", "x"),
        ("experiments", {"name": ""}),
        ("experiments", {}),
        ("experiments", {"name": "x", "artifact_location": "s3://b/../c"}),
        ("models", {}),
        (f"runs/{run}/inputs", {"datasets": [{"name": "", "digest": "d"}]}),
        (f"runs/{run}/inputs", {"datasets": [{"name": "d"}]}),
        (f"runs/{run}/inputs", {"datasets": [{"name": "d", "digest": "d", "tags": {"\x00": ""}}]}),
        (f"runs/{run}/outputs", {"models": [{"model_id": "m", "step": 2**63}]}),
        (f"runs/{run}/log", {"lines": [{"time_ms": 2**63, "stream": "stdout", "text": "x"}]}),
        (f"runs/{run}:fork", {"step": 2**63}),
        (f"runs/{run}:fork", {"id": "a b"}),
    ):
        response = client.post(f"{API}/{path}", json=body)
        assert response.status_code == 400, (path, body, response.text)
        assert response.json()["error"]["where"], (path, body)
    for change in (
        {"end_ms": 2**63},
        {"state": "x"},
        {"name": ""},
        {"parent_id": "a b"},
        {"tags": {"a": 1}},
        {"params": {"\n": 1}},
        {"experiment_id": 5},
    ):
        assert client.patch(f"{API}/runs/{run}", json=change).status_code == 400, change
    assert (
        client.patch(
            f"{API}/runs/{run}", content=b'{"name": "\\ud800"}', headers={"content-type": "application/json"}
        ).status_code
        == 400
    )


def test_a_logged_model_has_files_params_and_metrics_of_its_own(client: TestClient) -> None:
    run = made(client)
    model = client.post(f"{API}/models", json={"source_run_id": run, "name": "clf", "params": {"a": "1"}}).json()
    url = f"{API}/models/{model['id']}"
    client.put(f"{url}/artifacts/MLmodel", content=b"flavors: {}")
    assert client.get(f"{url}/artifacts/MLmodel").content == b"flavors: {}"
    changed = client.patch(
        url, json={"state": "ready", "metrics": [{"key": "auc", "value": "NaN", "dataset_name": "test"}]}
    ).json()
    assert (changed["state"], changed["metrics"][0]["value"]) == ("ready", "NaN")
    assert client.patch(url, json={"params": {"a": "2"}}).status_code == 400
    assert [item["id"] for item in client.post(f"{API}/models:search", json={}).json()["items"]] == [model["id"]]
    client.post(f"{API}/runs/{run}/outputs", json={"models": [{"model_id": model["id"], "step": 3}]})
    assert client.get(f"{API}/runs/{run}").json()["model_outputs"] == [{"model_id": model["id"], "step": 3}]
    assert client.delete(url).status_code == 204
    assert client.post(f"{url}:restore").json()["lifecycle"] == "active"


def test_searches_and_counts_answer(client: TestClient) -> None:
    for number in range(3):
        made(client, experiment="x", params={"n": number})
    found = client.post(f"{API}/runs:search", json={"filter": "params.n = '1'"}).json()["items"]
    assert [run["params"] for run in found] == [{"n": 1}]
    assert client.post(f"{API}/runs:count", json={"filter": "params.n != '1'"}).json() == {"count": 2}


def test_garbage_is_collected_on_request(client: TestClient) -> None:
    assert client.post(f"{API}/server:gc").json() == {
        "experiments": 0,
        "runs": 0,
        "uploads": 0,
        "blobs": 0,
        "bytes": 0,
    }


def test_names_with_percent_signs_survive_a_real_connection_and_a_broken_upload_leaves_nothing(
    tmp_path: Path,
) -> None:
    with served(tmp_path) as url:
        http = urllib3.PoolManager()
        run = http.request("POST", f"{url}{API}/runs", json={}).json()["id"]
        base = f"{url}{API}/runs/{run}/artifacts"
        for name, sent in (
            ("50%25.txt", "50%2525.txt"),
            ("100%.txt", "100%25.txt"),
            ("ü 🙂", "%C3%BC%20%F0%9F%99%82"),
            ("a?b#c", "a%3Fb%23c"),
        ):
            stored = http.request("PUT", f"{base}/{sent}", body=name.encode())
            assert stored.json()["path"] == name
            assert http.request("GET", f"{base}/{sent}").data == name.encode()
        broken_off(url, f"{API}/runs/{run}/artifacts/broken")
        names = {item["path"] for item in http.request("GET", base).json()["items"]}
        assert names == {"50%25.txt", "100%.txt", "ü 🙂", "a?b#c"}
        big = b"0123456789" * 1_000_000
        assert http.request("PUT", f"{base}/big", body=big).json()["size"] == len(big)
        part = http.request("GET", f"{base}/big", headers={"Range": "bytes=5000000-5000009"})
        assert (part.status, part.data) == (206, b"0123456789")


def broken_off(url: str, path: str) -> None:
    """Send half a file and hang up."""
    import socket

    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        head = f"PUT {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 1000000\r\n\r\n"
        connection.sendall(head.encode() + b"x" * 1000)


class served:
    """A server on a real port, in a thread."""

    def __init__(self, folder: Path) -> None:
        import uvicorn

        from modelwright.server.app import build

        app, self.ctx = build(Settings(dir=str(folder), port=0))
        self.server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="on"))
        self.thread = threading.Thread(target=self.server.run)

    def __enter__(self) -> str:
        import time

        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        return f"http://127.0.0.1:{self.server.servers[0].sockets[0].getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.thread.join()


@pytest.mark.parametrize("who", ["viewer", "nobody"])
def test_only_editors_write(people: Any, who: str) -> None:
    run = people.ask("POST", f"{API}/runs", "editor", json={}, expect=200)["id"]
    for method, path, body in (
        ("POST", "runs", {}),
        ("PATCH", f"runs/{run}", {"name": "x"}),
        ("DELETE", f"runs/{run}", None),
        ("POST", f"runs/{run}/log", {}),
        ("PUT", f"runs/{run}/artifacts/a", None),
        ("POST", "experiments", {"name": "x"}),
        ("POST", "models", {"source_run_id": run}),
        ("POST", "server:gc", None),
    ):
        assert people.ask(method, f"{API}/{path}", who, json=body).status_code in (401, 403), path
    assert people.ask("GET", f"{API}/runs/{run}", who).status_code == (200 if who == "viewer" else 401)
    assert people.ask("GET", f"{API}/runs/{run}", "stranger").status_code == 404


def test_what_changed_is_told_and_audited(client: TestClient) -> None:
    run = made(client, experiment="x")
    client.post(
        f"{API}/runs/{run}/log", json={"points": [{"key": "a", "steps": [1], "times_ms": [1], "values": [1]}]}
    )
    client.post(f"{API}/runs/{run}/log", json={"lines": [{"time_ms": 1, "stream": "stdout", "text": "x"}]})
    client.put(f"{API}/runs/{run}/artifacts/a", content=b"x")
    client.patch(f"{API}/runs/{run}", json={"name": "renamed"})
    client.delete(f"{API}/runs/{run}")
    client.post(f"{API}/runs/{run}:restore")
    client.delete(f"{API}/runs/{run}")
    client.post(f"{API}/runs/{run}:purge")
    told = client.get(f"{API}/events?after=0&wait_s=0").json()
    kinds = [event["kind"] for event in told["items"] if event["subject"] == run]
    assert kinds == [
        "run.created",
        "run.points",
        "run.logs",
        "run.artifacts",
        "run.updated",
        "run.deleted",
        "run.restored",
        "run.deleted",
        "run.purged",
    ]
    audit = client.post(
        f"{API}/audit:search", json={"filter": f"subject = 'runs/{run}'", "order_by": ["id ASC"]}
    ).json()["items"]
    assert [row["action"] for row in audit] == [
        "run.created",
        "run.updated",
        "run.deleted",
        "run.restored",
        "run.deleted",
        "run.purged",
    ]
    assert audit[1]["detail"]["name"]["new"] == "renamed"
