"""Does whoever follows events see every committed one, in order, whatever breaks in between?"""

from __future__ import annotations

import json
import random
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import urllib3
from starlette.testclient import TestClient

from modelwright import testing
from modelwright.domains.events import queries, rules, service
from modelwright.kit.context import SYSTEM, Ctx
from modelwright.kit.settings import Settings
from modelwright.server.serve import Service
from modelwright.testing.clients import client as make
from modelwright.types.events import Event

from .conftest import ADMIN_TOKEN, People


def publish(ctx: Ctx, kind: str, subject: str, parent: str = "") -> None:
    with ctx.db.write() as tx:
        service.publish(ctx, tx, kind, subject, parent)


def subjects(ctx: Ctx, last: int = 0) -> list[str]:
    return [event.subject for event in service.after(ctx, last)[0]]


def test_events_come_in_the_order_of_commits(ctx: Ctx) -> None:
    for number in range(5):
        publish(ctx, "run.updated", str(number))
    assert subjects(ctx) == list("01234")
    found, lost = service.after(ctx, 0)
    assert not lost
    assert subjects(ctx, found[2].id) == ["3", "4"]
    assert service.position(ctx) == found[-1].id


def test_one_transaction_tells_each_thing_once(ctx: Ctx) -> None:
    with ctx.db.write() as tx:
        for _ in range(100):
            service.publish(ctx, tx, "run.points", "a")
        service.publish(ctx, tx, "run.points", "b")
        service.publish(ctx, tx, "run.updated", "a")
    assert sorted((event.kind, event.subject) for event in service.after(ctx, 0)[0]) == [
        ("run.points", "a"),
        ("run.points", "b"),
        ("run.updated", "a"),
    ]


def test_what_was_rolled_back_is_never_told(ctx: Ctx) -> None:
    with pytest.raises(RuntimeError), ctx.db.write() as tx:
        service.publish(ctx, tx, "run.updated", "ghost")
        raise RuntimeError
    publish(ctx, "run.updated", "real")
    assert subjects(ctx) == ["real"]


def test_a_reader_misses_nothing_while_many_write(ctx: Ctx) -> None:
    """Transactions take their turn in one order and commit in another.

    A reader that only looks forward must see all.
    """
    writers, each = 6, 25
    stop = threading.Event()
    seen: list[Event] = []

    def write(name: int) -> None:
        for number in range(each):
            with ctx.db.write() as tx:
                service.publish(ctx, tx, "run.updated", f"{name}-{number}")
                if ctx.db.dialect.lanes > 1:
                    # Write early and commit late, so that ids and commits cross.
                    queries.insert(tx, tx.notes.pop("events").values())
                    tx.notes["events"] = {}
                    time.sleep(random.random() * 0.01)

    def read() -> None:
        last = 0
        while True:
            ending = stop.is_set()
            found, lost = service.after(ctx, last, 7)
            assert not lost
            if found:
                seen.extend(found)
                last = found[-1].id
            elif ending:
                return

    reader = threading.Thread(target=read)
    reader.start()
    threads = [threading.Thread(target=write, args=(name,)) for name in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stop.set()
    reader.join()
    assert len(seen) == writers * each
    assert {event.subject for event in seen} == {
        f"{name}-{number}" for name in range(writers) for number in range(each)
    }
    assert [event.id for event in seen] == sorted(event.id for event in seen)
    for name in range(writers):
        own = [event.subject for event in seen if event.subject.startswith(f"{name}-")]
        assert own == [f"{name}-{number}" for number in range(each)]


def test_old_events_are_forgotten_and_a_late_reader_is_told_so(ctx: Ctx) -> None:
    for number in range(5):
        publish(ctx, "run.updated", str(number))
    newest = service.position(ctx)
    with ctx.db.write() as tx:
        tx.execute("UPDATE events SET at_ms = 0")
    assert service.expire(ctx) == 4
    assert service.position(ctx) == newest
    assert service.after(ctx, newest) == ([], False)
    assert service.after(ctx, newest - 3)[1]
    assert service.after(ctx, newest + 10)[1]
    publish(ctx, "run.updated", "next")
    assert service.position(ctx) == newest + 1


def test_a_listener_says_what_it_wants() -> None:
    wants = rules.wanted("w", "run.points, model", "a,b", "")
    event = Event(id=1, at_ms=1, workspace="w", kind="run.points", subject="a", parent="p")
    assert wants(event)
    assert rules.wanted("w", "", "", "")(event)
    assert rules.wanted("w", "run.*", "", "p")(event)
    for other in (
        rules.wanted("x", "", "", ""),
        rules.wanted("w", "run.updated", "", ""),
        rules.wanted("w", "", "c", ""),
        rules.wanted("w", "", "", "q"),
    ):
        assert not other(event)


def later(seconds: float, work: Any) -> None:
    threading.Timer(seconds, work).start()


def test_a_long_poll_waits_for_what_is_wanted(client: TestClient) -> None:
    ctx: Ctx = client.ctx  # pyright: ignore[reportAttributeAccessIssue]
    start = client.get("/api/v1/events").json()
    assert start["items"] == []
    later(0.2, lambda: publish(ctx, "run.created", "unwanted"))
    later(0.5, lambda: publish(ctx, "run.points", "r1", "e1"))
    started = time.perf_counter()
    answer = client.get(f"/api/v1/events?after={start['last']}&wait_s=10&kinds=run.points&parent=e1").json()
    assert 0.4 < time.perf_counter() - started < 3
    assert [(item["kind"], item["subject"], item["parent"]) for item in answer["items"]] == [("run.points", "r1", "e1")]
    started = time.perf_counter()
    assert client.get(f"/api/v1/events?after={answer['last']}&wait_s=0.3").json() == {
        "items": [],
        "last": answer["last"],
        "reset": False,
    }
    assert time.perf_counter() - started < 2


def test_events_of_another_workspace_are_not_told(people: People) -> None:
    ctx: Ctx = people.client.ctx  # pyright: ignore[reportAttributeAccessIssue]
    start = people.ask("GET", "/api/v1/events", "viewer", expect=200)["last"]
    publish(ctx.acting(SYSTEM, "other"), "run.created", "theirs")
    publish(ctx.acting(SYSTEM, "team"), "run.created", "ours")
    found = people.ask("GET", f"/api/v1/events?after={start}&wait_s=5", "viewer", expect=200)["items"]
    assert [item["subject"] for item in found] == ["ours"]


def test_bad_places_and_waits_are_refused(small: TestClient) -> None:
    for query in (
        "after=-1",
        "after=x",
        "wait_s=-1",
        "wait_s=61",
        "wait_s=nan",
        "after=99999999999999999999",
        "kinds=" + ",".join(str(n) for n in range(101)),
    ):
        assert small.get(f"/api/v1/events?{query}").status_code == 400, query
    for given in ("x", "-1", "9" * 30, "1.5"):
        answer = small.get("/api/v1/events", headers={"accept": "text/event-stream", "last-event-id": given})
        assert answer.status_code == 400, given
    assert small.get("/api/v1/events?after=4611686018427387904").json()["reset"]


class Running:
    """A real server in a thread, for answers that have no end."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        ready = threading.Event()
        self.service = Service(Settings(dir=str(folder), port=0, **settings), lambda url: ready.set())
        self.thread = threading.Thread(target=self.service.run)
        self.thread.start()
        assert ready.wait(15)
        self.url = self.service.url
        self.ctx = testing.context(folder, db_url=settings.get("db", ""))
        self.pool = urllib3.PoolManager(retries=False, timeout=20, maxsize=50)

    def stream(self, query: str = "", **headers: str) -> Iterator[dict[str, str]]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.pool.request(
            "GET",
            f"{self.url}/api/v1/events{query}",
            headers={"accept": "text/event-stream", **named},
            preload_content=False,
        )
        assert answer.status == 200, answer.data
        assert answer.headers["content-type"].startswith("text/event-stream")
        block: dict[str, str] = {}
        for raw in self._lines(answer):
            if not raw:
                yield block
                block = {}
            else:
                name, _, value = raw.partition(": ")
                block[name] = value

    @staticmethod
    def _lines(answer: Any) -> Iterator[str]:
        rest = b""
        while piece := answer.read1(65_536):
            *lines, rest = (rest + piece).split(b"\n")
            yield from (line.decode() for line in lines)

    def stop(self) -> float:
        started = time.perf_counter()
        self.service.stop()
        self.thread.join(20)
        assert not self.thread.is_alive()
        self.ctx.db.close()
        return time.perf_counter() - started


@pytest.fixture
def running(engine: str, tmp_path: Path) -> Iterator[Running]:
    made = Running(tmp_path, db=engine)
    yield made
    if made.thread.is_alive():
        made.stop()


def collect(stream: Iterator[dict[str, str]], many: int) -> list[dict[str, str]]:
    found = []
    for block in stream:
        if "data" in block:
            found.append(block)
        if len(found) == many:
            return found
    return found


def test_a_stream_tells_what_another_process_commits_and_goes_on_after_a_break(running: Running) -> None:
    # `running.ctx` is another view of the database, as another process would have: it cannot wake the server.
    stream = running.stream("?kinds=run")
    first = next(stream)
    assert first["retry"] == "2000"
    for number in range(3):
        publish(running.ctx, "run.updated", str(number), "e")
    found = collect(stream, 3)
    assert [json.loads(block["data"])["subject"] for block in found] == ["0", "1", "2"]
    assert {block["event"] for block in found} == {"run.updated"}
    publish(running.ctx, "run.updated", "3")
    again = running.stream("?kinds=run", last_event_id=found[1]["id"])
    assert [json.loads(block["data"])["subject"] for block in collect(again, 2)] == ["2", "3"]


def test_a_page_that_was_away_too_long_is_told_to_load_afresh(running: Running) -> None:
    publish(running.ctx, "run.updated", "a")
    blocks = running.stream(last_event_id="999999")
    next(blocks)
    assert next(blocks)["event"] == "reset"
    publish(running.ctx, "run.updated", "b")
    assert json.loads(collect(blocks, 1)[0]["data"])["subject"] == "b"


def test_listeners_that_go_away_or_do_not_read_cost_nothing(running: Running) -> None:
    host, port = running.url.removeprefix("http://").split(":")
    ours = psutil.Process()
    lazy = []
    for _ in range(40):
        wire = socket.create_connection((host, int(port)))
        wire.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n")
        lazy.append(wire)
    eager = running.stream()
    next(eager)
    many = 1_500
    before = ours.memory_info().rss
    for start in range(0, many, 50):
        with running.ctx.db.write() as tx:
            for number in range(start, start + 50):
                service.publish(running.ctx, tx, "run.updated", f"{number:04}-" + "x" * 200)
    found = collect(eager, many)
    assert [json.loads(block["data"])["subject"][:4] for block in found] == [f"{number:04}" for number in range(many)]
    assert ours.memory_info().rss - before < 100 * 1024 * 1024
    for wire in lazy:
        wire.close()
    until = time.monotonic() + 10
    while "modelwright_requests_in_flight 2" not in running.pool.request("GET", f"{running.url}/metrics").data.decode():
        assert time.monotonic() < until, "streams that nobody reads are ended"
        time.sleep(0.1)


def test_a_stopping_server_ends_streams_and_long_polls(running: Running) -> None:
    stream = running.stream()
    next(stream)
    polls: list[int] = []
    poll = threading.Thread(
        target=lambda: polls.append(running.pool.request("GET", f"{running.url}/api/v1/events?wait_s=30").status)
    )
    poll.start()
    time.sleep(0.3)
    assert running.stop() < 5
    assert collect(stream, 1) == []
    poll.join(5)
    assert polls == [200]


def test_a_stream_ends_when_its_reader_loses_the_right_to_it(tmp_path: Path) -> None:
    with make(tmp_path / "x", auth=True, admin_token=ADMIN_TOKEN):
        pass
    running = Running(tmp_path / "x", auth=True, admin_token=ADMIN_TOKEN)
    root = {"authorization": f"Bearer {ADMIN_TOKEN}", "content-type": "application/json"}

    def ask(method: str, path: str, body: Any) -> Any:
        return json.loads(
            running.pool.request(method, f"{running.url}/api/v1{path}", body=json.dumps(body), headers=root).data
        )

    ask("POST", "/workspaces", {"id": "team"})
    ask("POST", "/users", {"name": "ann", "roles": {"team": "viewer"}})
    secret = ask("POST", "/tokens?user=ann", {})["secret"]
    stream = running.stream("?workspace=team", authorization=f"Bearer {secret}")
    next(stream)
    ask("PATCH", "/users/ann", {"roles": {}})
    started = time.perf_counter()
    assert collect(stream, 1) == []
    assert time.perf_counter() - started < 6
    running.stop()
