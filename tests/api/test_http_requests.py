"""Is every request answered in our dialect, and every bad one refused with a place and a reason?"""

from __future__ import annotations

import enum
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.testclient import TestClient

from modelwright import testing
from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes, body, chunks
from modelwright.kit.http.edge import Edge
from modelwright.kit.http.router import Router
from modelwright.server.app import App
from modelwright.server.security import Guard
from modelwright.types.access import Permission
from modelwright.types.errors import Conflict, Invalid, ModelwrightError


class Colour(enum.StrEnum):
    RED = "red"
    BLUE = "blue"


class Inner(msgspec.Struct, kw_only=True):
    number: int
    ratio: float = 0.0
    names: list[str] = []
    tree: dict[str, Any] = {}


routes = Routes(prefix="/t", tag="t")


@routes.post("/echo/{number}", permission=Permission.WRITE)
def echo(
    ctx: Ctx, number: int, body: Inner, flag: bool = False, colour: Colour = Colour.RED, many: list[int] | None = None
) -> dict[str, Any]:
    return {"number": number, "body": body, "flag": flag, "colour": colour, "many": many or []}


@routes.get("/optional", permission=Permission.READ)
async def optional(ctx: Ctx, needed: str, limit: int | None = None) -> dict[str, Any]:
    return {"needed": needed, "limit": limit}


@routes.get("/nothing", permission=Permission.READ)
def nothing(ctx: Ctx) -> None:
    return None


@routes.get("/bug", permission=Permission.READ)
def bug(ctx: Ctx) -> None:
    raise KeyError("secret-path-of-the-host")


@routes.get("/refusal", permission=Permission.READ)
def refusal(ctx: Ctx) -> None:
    raise Conflict("no \ud800 way", where="there\r\nX: y", hint="try")


@routes.post("/raw", permission=Permission.WRITE, raw=True)
async def raw(ctx: Ctx, request: Request) -> Response:
    return Response(str(len(await body(request))).encode())


@routes.put("/upload/{path:path}", permission=Permission.WRITE, raw=True, stream=True)
def upload(ctx: Ctx, request: Request, path: str) -> Response:
    return Response(f"{path} {sum(len(piece) for piece in chunks(request, 1_000_000))}".encode())


@routes.get("/stream", permission=Permission.READ, raw=True)
async def stream(ctx: Ctx, request: Request) -> Response:
    return StreamingResponse(iter([b"a" * 10, b"b" * 10]), headers={"cache-control": "max-age=5"})


@routes.get("/slow", permission=Permission.READ)
def slow(ctx: Ctx) -> str:
    time.sleep(0.3)
    return "done"


def wire_error(error: ModelwrightError) -> Response:
    return Response(f"wire:{error.kind}:{error.message}".encode(), 418)


wire = Routes(prefix="/wire", tag="w", error=wire_error)


@wire.post("/x", permission=Permission.WRITE, raw=True)
async def wired(ctx: Ctx, request: Request) -> Response:
    raise Invalid("not so")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Any:
    context = testing.context(tmp_path_factory.mktemp("http"))
    settings = msgspec.structs.replace(context.settings, max_body=1_000_000, threads=2)
    context = msgspec.structs.replace(context, settings=settings)
    edge = Edge([routes, wire], context, Guard(context))
    with TestClient(App(edge), base_url="http://127.0.0.1", raise_server_exceptions=False) as made:
        yield made
    edge.close()
    context.db.close()


def refused(response: Any, status: int = 400, where: str = "") -> dict[str, Any]:
    assert response.status_code == status, response.text
    error = response.json()["error"]
    assert error["message"]
    assert error["request_id"] == response.headers["x-request-id"]
    if where:
        assert error["where"] == where, error
    return error


def test_arguments_come_from_path_query_and_body(served: TestClient) -> None:
    answer = served.post("/t/echo/7?flag=true&colour=blue&many=1&many=2", json={"number": 3, "ratio": 2})
    assert answer.json() == {
        "number": 7,
        "body": {"number": 3, "ratio": 2.0, "names": [], "tree": {}},
        "flag": True,
        "colour": "blue",
        "many": [1, 2],
    }


def test_messagepack_goes_in_and_comes_out(served: TestClient) -> None:
    packed = msgspec.msgpack.encode({"number": 3})
    answer = served.post(
        "/t/echo/7", content=packed, headers={"content-type": "application/msgpack", "accept": "application/msgpack"}
    )
    assert answer.headers["content-type"] == "application/msgpack"
    assert msgspec.msgpack.decode(answer.content)["body"]["number"] == 3


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("flag=maybe", "flag"),
        ("colour=green", "colour"),
        ("many=x", "many"),
        ("other=1", "query"),
        ("flag=1&flag=0", "flag"),
        ("many=99999999999999999999999999", "many"),
        ("flag=%00", "query"),
        ("flag=%ff", "query"),
        ("&".join(["many=1"] * 1001), "query"),
    ],
)
def test_a_bad_query_is_refused_by_name(served: TestClient, query: str, where: str) -> None:
    error = refused(served.post(f"/t/echo/7?{query}", json={"number": 3}))
    assert error["where"].startswith(where), error


def test_a_missing_query_parameter_is_named(served: TestClient) -> None:
    assert "needed" in refused(served.get("/t/optional"))["message"]
    refused(served.get("/t/optional?needed=a&limit=99999999999999999999"), where="limit")


@pytest.mark.parametrize("number", ["x", "1.5", "99999999999999999999", "%00", "-"])
def test_a_bad_path_parameter_is_refused(served: TestClient, number: str) -> None:
    refused(served.post(f"/t/echo/{number}", json={"number": 3}))


BODIES = {
    "nothing": b"",
    "half": b'{"number": ',
    "a list": b"[1]",
    "text": b'"x"',
    "null": b"null",
    "not JSON": b"hello",
    "trailing": b'{"number":1} x',
    "a text for a number": b'{"number":"1"}',
    "a float for an int": b'{"number":1.5}',
    "a huge float": b'{"number":1,"ratio":1e400}',
    "NaN": b'{"number":1,"ratio":NaN}',
    "Infinity": b'{"number":1,"ratio":Infinity}',
    "a lone surrogate": b'{"number":1,"names":["\\ud800"]}',
    "raw surrogate bytes": b'{"number":1,"names":["\xed\xa0\x80"]}',
    "bad UTF-8": b'{"number":1,"names":["\xff"]}',
    "deep arrays": b'{"number":1,"tree":{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}}",
    "deep objects": b'{"number":1,"tree":' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}",
    "a control character": b'{"number":1,"names":["\x01"]}',
    "UTF-16": '{"number":1}'.encode("utf-16"),
}


@pytest.mark.parametrize("what", BODIES)
def test_a_bad_body_is_refused_at_once(served: TestClient, what: str) -> None:
    started = time.perf_counter()
    refused(served.post("/t/echo/1", content=BODIES[what], headers={"content-type": "application/json"}))
    assert time.perf_counter() - started < 1.0


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"\xc1",
        b"\x81\xa6number",
        b"\x81\xa6number\xa1x",
        b"\xdf\xff\xff\xff\xff",
        b"\x91" * 50_000,
        b"\x81\xa6number\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00",
    ],
)
def test_bad_messagepack_is_refused(served: TestClient, packed: bytes) -> None:
    refused(served.post("/t/echo/1", content=packed, headers={"content-type": "application/msgpack"}))


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/pickle",
        "\xff",
    ],
)
def test_another_content_type_is_refused(served: TestClient, kind: str) -> None:
    refused(
        served.post("/t/echo/1", content=b'{"number":1}', headers=[(b"content-type", kind.encode("latin-1"))]),
        where="Content-Type",
    )


def test_a_large_integer_in_a_body_does_not_break_the_server(served: TestClient) -> None:
    assert served.post("/t/echo/1", content=b'{"number":' + b"9" * 400 + b"}").status_code in (200, 400)


def test_unknown_paths_and_methods_are_refused_in_json(served: TestClient) -> None:
    refused(served.get("/t/none"), 404)
    refused(served.get("//t/nothing"), 404)
    refused(served.get("/t/nothing/"), 404)
    answer = served.delete("/t/nothing")
    refused(answer, 405)
    assert answer.headers["allow"] == "GET, HEAD"
    assert served.request("BREW", "/t/nothing").status_code == 405
    assert served.options("/t/nothing").status_code == 204
    assert served.post("/t/nothing", headers={"x-http-method-override": "GET"}).status_code == 405


def test_head_is_get_without_a_body(served: TestClient) -> None:
    answer = served.head("/t/optional?needed=a")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 0
    assert served.head("/t/stream").content == b""


def test_a_control_character_in_a_path_is_refused(served: TestClient) -> None:
    for path in ("/t/upload/a%00b", "/t/upload/a%0d%0ab", "/t/upload/%7f"):
        refused(served.put(path, content=b"x"), where="path")


def test_none_is_answered_without_content(served: TestClient) -> None:
    answer = served.get("/t/nothing")
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_bug_is_a_500_that_tells_nothing_but_where_to_look(served: TestClient) -> None:
    answer = served.get("/t/bug")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.json()["error"]["kind"] == "internal"


def test_a_refusal_survives_text_that_is_not_unicode(served: TestClient) -> None:
    assert refused(served.get("/t/refusal"), 409)["message"] == "no ? way"


def test_a_wire_refuses_in_its_own_dialect(served: TestClient) -> None:
    answer = served.post("/wire/x", json={})
    assert (answer.status_code, answer.text) == (418, "wire:invalid:not so")


def test_request_ids_are_taken_when_they_are_harmless(served: TestClient) -> None:
    assert served.get("/t/nothing", headers={"x-request-id": "abc-1.2:3_4"}).headers["x-request-id"] == "abc-1.2:3_4"
    for bad in ("a b", "x" * 101, "a\tb", "<script>"):
        assert served.get("/t/nothing", headers={"x-request-id": bad}).headers["x-request-id"] != bad


def test_answers_carry_security_headers(served: TestClient) -> None:
    for answer in (served.get("/t/nothing"), served.get("/none"), served.get("/t/stream")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert len(answer.headers.get_list("cache-control")) == 1
    assert served.get("/t/stream").headers["cache-control"] == "max-age=5"


def test_an_upload_streams_within_its_limit(served: TestClient) -> None:
    assert served.put("/t/upload/a/b", content=iter([b"x" * 1000] * 10)).text == "a/b 10000"
    refused(served.put("/t/upload/a", content=iter([b"x" * 100_000] * 11)), 413)
    refused(served.put("/t/upload/a", content=b"x", headers={"content-encoding": "gzip"}), where="Content-Encoding")


def test_a_body_that_dribbles_is_given_up(served: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["modelwright.kit.http.body"], "_PATIENCE_S", -1.0)

    def slowly() -> Iterator[bytes]:
        for _ in range(3):
            time.sleep(0.01)
            yield b"x"

    assert "slowly" in refused(served.put("/t/upload/a", content=slowly()))["message"]


def test_a_full_queue_answers_503_with_retry_after(tmp_path: Path) -> None:
    context = testing.context(tmp_path)
    context = msgspec.structs.replace(context, settings=msgspec.structs.replace(context.settings, threads=1))
    edge = Edge([routes], context, Guard(context))
    with TestClient(App(edge), base_url="http://127.0.0.1") as made, ThreadPoolExecutor(20) as crowd:
        edge._most_waiting = 2
        answers = list(crowd.map(lambda _: made.get("/t/slow"), range(12)))
        statuses = [answer.status_code for answer in answers]
        assert set(statuses) == {200, 503}
        assert all(answer.headers["retry-after"] for answer in answers if answer.status_code == 503)
        assert made.get("/t/slow").status_code == 200
    edge.close()
    context.db.close()


def test_a_slow_queue_takes_nobody_more_until_it_is_short(tmp_path: Path) -> None:
    context = testing.context(tmp_path)
    context = msgspec.structs.replace(context, settings=msgspec.structs.replace(context.settings, threads=1))
    edge = Edge([routes], context, Guard(context))
    with TestClient(App(edge), base_url="http://127.0.0.1") as made, ThreadPoolExecutor(30) as crowd:
        first = [crowd.submit(made.get, "/t/slow") for _ in range(5)]
        time.sleep(0.75)
        late = [crowd.submit(made.get, "/t/slow").result().status_code for _ in range(3)]
        assert late == [503, 503, 503]
        assert {answer.result().status_code for answer in first} == {200}
        assert made.get("/t/slow").status_code == 200
    edge.close()
    context.db.close()


def test_a_workspace_named_twice_differently_is_refused(served: TestClient) -> None:
    refused(served.get("/t/nothing?workspace=a", headers={"x-modelwright-workspace": "b"}), where="workspace")
    refused(served.get("/t/nothing?workspace=a&workspace=b"), where="workspace")
    refused(served.get("/t/nothing", headers={"x-modelwright-workspace": "../x"}), where="workspace")
    refused(served.get("/t/nothing?workspace=nowhere"), 404, where="workspace")


def test_a_header_that_decides_may_not_come_twice(served: TestClient) -> None:
    for name in ("authorization", "content-type", "x-modelwright-workspace", "origin"):
        refused(served.get("/t/nothing", headers=[(name, "a"), (name, "b")]), where=name)


def test_a_starlette_application_can_hold_the_edge(served: TestClient) -> None:
    assert isinstance(served.app, Starlette)
    assert {operation.name for operation in served.app.state.operations} >= {"t_echo", "w_wired"}


def test_routing_prefers_the_more_exact() -> None:
    router: Router[str] = Router()
    for method, template in [
        ("GET", "/runs/{id}"),
        ("POST", "/runs/{id}:restore"),
        ("GET", "/runs/special"),
        ("GET", "/runs/{id}/files"),
        ("GET", "/runs/{id}/files/{path:path}"),
        ("PUT", "/runs/{id}/files/{path:path}"),
        ("POST", "/runs:search"),
        ("GET", "/runs/{id}/{what}"),
    ]:
        router.add(method, template, f"{method} {template}")
    assert router.find("GET", "/runs/special") == ("GET /runs/special", {})
    assert router.find("GET", "/runs/a") == ("GET /runs/{id}", {"id": "a"})
    assert router.find("POST", "/runs/a:restore") == ("POST /runs/{id}:restore", {"id": "a"})
    assert router.find("GET", "/runs/a:restore") == ("GET /runs/{id}", {"id": "a:restore"})
    assert router.find("GET", "/runs/a/files/b/c") == ("GET /runs/{id}/files/{path:path}", {"id": "a", "path": "b/c"})
    assert router.find("GET", "/runs/a/other") == ("GET /runs/{id}/{what}", {"id": "a", "what": "other"})
    assert router.find("DELETE", "/runs/a/files/b") == {"GET", "PUT"}
    assert router.find("POST", "/runs:search") == ("POST /runs:search", {})
    assert router.find("GET", "/runs//files") == set()
    with pytest.raises(ValueError, match="twice"):
        router.add("GET", "/runs/{id}", "again")
