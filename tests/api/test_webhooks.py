"""Is everyone told who wants to be told, at least once, signed, and without keeping anybody waiting?"""

from __future__ import annotations

import base64
import hashlib
import hmac
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from modelwright import testing
from modelwright.domains.audit import service as audit
from modelwright.domains.events import service as events
from modelwright.domains.jobs import service as jobs
from modelwright.domains.notices import delivering, rules, service
from modelwright.kit.clock import ManualClock
from modelwright.kit.context import SYSTEM, Ctx
from modelwright.testing.clients import client as make
from modelwright.types.access import Actor, Role
from modelwright.types.errors import Denied, Invalid, NotFound
from modelwright.types.notices import (
    Delivery,
    DeliveryState,
    Format,
    Notice,
    Webhook,
    WebhookCreate,
    WebhookUpdate,
)
from modelwright.types.page import Search

from .conftest import People
from .receiver import Receiver

SECRET = "a secret that nobody is shown"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def there(engine: str, tmp_path: Path) -> Iterator[Ctx]:
    """A state that may call loopback, whose clock stands still."""
    plain = testing.context(tmp_path, db_url=engine, clock=ManualClock(1_790_000_000_000))
    settings = msgspec.structs.replace(plain.settings, egress_allow=("127.0.0.1",))
    ctx = msgspec.structs.replace(plain, settings=settings, local={}, hooks={"events.seen": [service.seen]})
    yield ctx
    ctx.db.close()


def tell(ctx: Ctx, kind: str = "registered_model.created", count: int = 1, **payload: Any) -> None:
    for number in range(count):
        with ctx.db.write() as tx:
            events.publish(ctx, tx, kind, f"m{number}", "", {"name": f"m{number}", **payload})


def work(ctx: Ctx) -> int:
    """What the server's background does, until nothing is due; returns how many jobs that were."""
    delivering.follow(ctx)
    done = 0
    while (job := jobs.lease(ctx, [service.DELIVER], "test", 60)) is not None:
        jobs.finish(ctx, job.id, job.fence, delivering.deliver(ctx, job))
        done += 1
    return done


def sent(ctx: Ctx, made: Webhook) -> list[Delivery]:
    return service.deliveries(ctx, made.id, Search(order_by=["id"])).items


def clock(ctx: Ctx) -> ManualClock:
    assert isinstance(ctx.clock, ManualClock)
    return ctx.clock


def test_an_event_arrives_signed_to_the_letter(there: Ctx, receiver: Receiver) -> None:
    made = service.create(
        there, WebhookCreate(name="hook", url=receiver.url, events=["registered_model"], secret=SECRET)
    )
    tell(there, description="ü", tags={"a": "b"})
    work(there)
    got = receiver.got[0]
    assert got.json == {
        "entity": "registered_model",
        "action": "created",
        "timestamp": "2026-09-21T14:13:20.000+00:00",
        "data": {"name": "m0", "description": "ü", "tags": {"a": "b"}},
        "workspace": "default",
    }
    (delivery,) = sent(there, made)
    assert got.headers["content-type"] == "application/json"
    assert got.headers["x-mlflow-delivery-id"] == delivery.id
    assert got.headers["x-mlflow-timestamp"] == "1790000000"
    signed = f"{delivery.id}.1790000000.".encode() + got.body
    expected = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    assert got.headers["x-mlflow-signature"] == f"v1,{expected}"
    assert (delivery.state, delivery.status, delivery.attempts) == (DeliveryState.DELIVERED, 200, 1)


def test_each_is_told_of_what_it_wants_in_its_workspace_alone(there: Ctx, receiver: Receiver) -> None:
    def hook(ctx: Ctx, name: str, *kinds: str, active: bool = True) -> Webhook:
        return service.create(
            ctx, WebhookCreate(name=name, url=f"{receiver.url}/{name}", events=list(kinds), active=active)
        )

    elsewhere = there.acting(SYSTEM, "other")
    hook(there, "one", "registered_model.created")
    hook(there, "alias", "model_version_alias.created")
    hook(there, "all", "*")
    hook(there, "off", "*", active=False)
    hook(elsewhere, "other", "*")
    hook(there, "by-name-only")
    tell(there)
    tell(there, "registered_model_alias.set", alias="champion", version="3")
    tell(there, "run.points")
    work(there)
    work(there)  # what the first round told of jobs reaches nobody
    told = sorted(
        (got.path.removeprefix("/hook/"), f"{got.json['entity']}.{got.json['action']}") for got in receiver.got
    )
    own = [item for item in told if not item[1].startswith("webhook.")]
    assert own == [
        ("alias", "model_version_alias.created"),
        ("all", "model_version_alias.created"),
        ("all", "registered_model.created"),
        ("one", "registered_model.created"),
    ]
    assert all(item[0] != "off" for item in told)


def test_two_changes_alike_in_one_transaction_are_both_told(there: Ctx, receiver: Receiver) -> None:
    service.create(there, WebhookCreate(name="hook", url=receiver.url, events=["registered_model_tag.set"]))
    with there.db.write() as tx:
        for value in ("1", "2", "2"):
            events.publish(there, tx, "registered_model_tag.set", "m", "", {"key": "k", "value": value})
    work(there)
    assert [got.json["data"]["value"] for got in receiver.got] == ["1", "2", "2"]


def test_one_that_fails_is_tried_again_later_and_later_and_gets_everything_in_order(
    there: Ctx, receiver: Receiver
) -> None:
    receiver.answer = lambda count: 503 if count <= 3 else 200
    made = service.create(there, WebhookCreate(name="hook", url=receiver.url, events=["registered_model.created"]))
    tell(there, count=3)
    waits = []
    while len([item for item in sent(there, made) if item.state is DeliveryState.DELIVERED]) < 3:
        work(there)
        waits.append(len(receiver.got))
        clock(there).advance(1_000)
        assert len(waits) < 40
    assert [got.json["data"]["name"] for got in receiver.got] == ["m0", "m0", "m0", "m0", "m1", "m2"]
    assert len({got.headers["x-mlflow-delivery-id"] for got in receiver.got}) == 3
    assert waits[:3] == [1, 2, 2]
    assert len(waits) > 20
    assert service.get(there, made.id).failures == 0


def test_it_is_left_alone_for_as_long_as_it_asks(there: Ctx, receiver: Receiver) -> None:
    receiver.answer = lambda count: 429 if count == 1 else 200
    receiver.headers = {"Retry-After": "120"}
    service.create(there, WebhookCreate(name="hook", url=receiver.url, events=["*"]))
    tell(there)
    work(there)
    clock(there).advance(100_000)
    assert work(there) == 0
    clock(there).advance(30_000)
    work(there)
    assert len(receiver.got) >= 2


def test_what_it_will_never_take_is_not_tried_again_and_the_next_is(there: Ctx, receiver: Receiver) -> None:
    receiver.answer = lambda count: 400 if count == 1 else 200
    made = service.create(there, WebhookCreate(name="hook", url=receiver.url, events=["registered_model.created"]))
    tell(there, count=2)
    work(there)
    assert [(item.state.value, item.status) for item in sent(there, made)] == [("failed", 400), ("delivered", 200)]


def test_one_that_is_dead_for_a_day_is_switched_off_loudly_and_what_waits_is_kept(
    there: Ctx, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    made = service.create(
        there, WebhookCreate(name="hook", url="http://127.0.0.1:9/", events=["registered_model.created"])
    )
    tell(there, count=2)
    hours = 0
    while service.get(there, made.id).active:
        work(there)
        clock(there).advance(3_600_000)
        hours += 1
        assert hours < 40
    off = service.get(there, made.id)
    assert 20 <= hours <= 30
    assert "nothing but failures for a day" in off.disabled_reason
    assert "switched off" in caplog.text
    rows = audit.search(there, Search(filter="action = 'webhook.disabled'")).items
    assert [row.subject for row in rows] == [f"webhooks/{made.id}"]
    service.change(there, made.id, WebhookUpdate(active=True, url=receiver.url))
    work(there)
    assert [got.json["data"]["name"] for got in receiver.got] == ["m0", "m1"]
    assert service.get(there, made.id).disabled_reason == ""


def test_one_that_says_it_is_gone_is_switched_off_at_once(there: Ctx, receiver: Receiver) -> None:
    receiver.answer = 410
    made = service.create(there, WebhookCreate(name="hook", url=receiver.url, events=["*"]))
    tell(there)
    work(there)
    assert not service.get(there, made.id).active


def test_events_wait_for_those_who_are_to_act_on_them_however_old_they_are(there: Ctx, receiver: Receiver) -> None:
    service.create(there, WebhookCreate(name="hook", url=receiver.url, events=["registered_model.created"]))
    tell(there, count=3)
    clock(there).advance(30 * 86_400_000)
    tell(there, "run.updated")
    events.expire(there)
    work(there)
    assert [got.json["data"]["name"] for got in receiver.got] == ["m0", "m1", "m2"]
    clock(there).advance(30 * 86_400_000)
    tell(there, "run.updated")
    delivering.follow(there)
    assert events.expire(there) >= 3


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data", "http://[::1]/", "http://2130706433/",
        "http://user:pass@8.8.8.8/", "ftp://8.8.8.8/", "http://8.8.8.8/#x", "not a url", "", "mailto:a@b.example",
    ],
)  # fmt: skip
def test_a_url_that_the_server_may_not_call_is_refused_when_it_is_saved(
    there: Ctx, receiver: Receiver, url: str
) -> None:
    with pytest.raises(Invalid):
        service.create(there, WebhookCreate(name="hook", url=url, events=["*"]))
    made = service.create(there, WebhookCreate(name="hook", url=receiver.url, events=["*"]))
    with pytest.raises(Invalid):
        service.change(there, made.id, WebhookUpdate(url=url))


def test_a_secret_is_sealed_never_shown_and_not_carried_to_another_url(
    there: Ctx, receiver: Receiver, tmp_path: Path
) -> None:
    made = service.create(there, WebhookCreate(name="hook", url=receiver.url, events=["*"], secret=SECRET))
    assert made.has_secret
    assert SECRET not in str(service.listed(there)) + str(audit.search(there, Search()).items)
    with there.db.read() as tx:
        stored = tx.rows("SELECT secret FROM webhooks")[0][0]
    assert stored.startswith("s1:") and SECRET not in stored
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(Invalid) as caught:
        service.change(there, made.id, WebhookUpdate(url=receiver.url + "/elsewhere"))
    assert caught.value.where == "secret"
    service.change(there, made.id, WebhookUpdate(url=receiver.url + "/elsewhere", secret=""))
    tell(there)
    work(there)
    assert "x-mlflow-signature" not in receiver.got[0].headers
    with there.db.write() as tx:  # a sealed secret that was moved to another place opens nothing
        tx.execute("UPDATE webhooks SET secret = ?", (stored[:-8] + "AAAAAAA=",))
    outcome = service.test(there, made.id)
    assert not outcome.success and "key" in outcome.error


def test_a_slack_channel_gets_a_text_and_its_url_is_a_secret(there: Ctx, receiver: Receiver) -> None:
    made = service.create(
        there, WebhookCreate(name="ops", url=receiver.url + "/T0/s3cret", events=["approval"], format=Format.SLACK)
    )
    assert "s3cret" not in made.url + str(service.listed(there)) + str(audit.search(there, Search()).items)
    with there.db.write() as tx:
        count = service.send(there, tx, Notice(channel="ops", title="Look <here>", text="a & b", link="http://x/"))
        assert service.send(there, tx, Notice(channel="nobody", title="x")) == 0
    assert count == 1
    tell(there, "approval.requested", model="m")
    work(there)
    assert [got.path for got in receiver.got] == ["/hook/T0/s3cret"] * 2
    texts = sorted(got.json["text"] for got in receiver.got)
    assert texts == ["*Look &lt;here&gt;*\na &amp; b\nhttp://x/", "*approval requested: m0*\nname: m0, model: m"]


class Mail(threading.Thread):
    """A mail server that takes one message after another."""

    def __init__(self) -> None:
        import socket

        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.messages: list[str] = []
        self.start()

    def run(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as file:
                file.write(b"220 hello\r\n")
                file.flush()
                while line := file.readline():
                    verb = line.split()[0].upper() if line.split() else b""
                    if verb == b"DATA":
                        file.write(b"354 go on\r\n")
                        file.flush()
                        content = b""
                        while (part := file.readline()) != b".\r\n":
                            content += part
                        self.messages.append(content.decode())
                    file.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 fine\r\n")
                    file.flush()
                    if verb == b"QUIT":
                        break


def test_e_mail_is_sent_and_no_line_of_it_becomes_a_header(there: Ctx) -> None:
    mail = Mail()
    with pytest.raises(Invalid):
        service.create(there, WebhookCreate(name="m", url="mailto:a@b.example", format=Format.EMAIL))
    settings = msgspec.structs.replace(there.settings, smtp_url=f"smtp://127.0.0.1:{mail.socket.getsockname()[1]}")
    ctx = msgspec.structs.replace(there, settings=settings)
    for bad in (
        "mailto:",
        "mailto:a",
        "mailto:a@b.example\nBcc: c@d.example",
        "mailto:a@b.example?bcc=c@d.example",
        "a@b",
    ):
        with pytest.raises(Invalid):
            service.create(ctx, WebhookCreate(name="m", url=bad, format=Format.EMAIL))
    made = service.create(ctx, WebhookCreate(name="team", url="mailto:a@b.example,c@d.example", format=Format.EMAIL))
    with ctx.db.write() as tx:
        service.send(ctx, tx, Notice(channel="team", title="Line one\nBcc: evil@example.org", text="Grüße"))
    work(ctx)
    assert [item.state for item in sent(ctx, made)] == [DeliveryState.DELIVERED], sent(ctx, made)
    head, _, _ = mail.messages[0].partition("\r\n\r\n")
    assert "Subject: Line one Bcc: evil@example.org" in head
    assert "\r\nBcc:" not in head
    assert "To: a@b.example, c@d.example" in head
    mail.socket.close()


def test_only_admins_of_the_workspace_see_and_change_webhooks(people: People) -> None:
    body = {"name": "hook", "url": "https://8.8.8.8/", "events": ["*"]}
    made = people.ask("POST", "/api/v1/webhooks", "chief", json=body, expect=201)
    for who, status in (("viewer", 403), ("editor", 403), ("stranger", 404)):
        people.ask("GET", "/api/v1/webhooks", who, expect=status)
        people.ask("DELETE", f"/api/v1/webhooks/{made['id']}", who, expect=status)
    for method, path in (
        ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", ":test"), ("POST", "/deliveries:search"),
    ):  # fmt: skip
        content = {} if method != "GET" else None
        people.ask(
            method, f"/api/v1/webhooks/{made['id']}{path}", "stranger", workspace="other", json=content, expect=404
        )
    people.ask("GET", f"/api/2.0/mlflow/webhooks/{made['id']}", "stranger", workspace="other", expect=404)
    people.ask("DELETE", f"/api/v1/webhooks/{made['id']}", "chief", expect=204)


def test_a_test_tells_what_the_receiver_answers_but_not_all_of_it(there: Ctx, receiver: Receiver) -> None:
    made = service.create(there, WebhookCreate(name="hook", url=receiver.url, events=["model_version_alias.created"]))
    outcome = service.test(there, made.id)
    assert outcome.success and outcome.body.startswith("noted") and len(outcome.body) == 256
    assert receiver.got[0].json["data"] == {"name": "example_model", "alias": "example_alias", "version": "1"}
    receiver.answer = 500
    assert service.test(there, made.id).status == 500
    assert sent(there, made) == []
    with pytest.raises(NotFound):
        service.test(there.acting(SYSTEM, "other"), made.id)
    with pytest.raises(Denied):
        service.listed(there.acting(Actor("v", {"default": Role.VIEWER}), "default"))


def test_a_whole_server_tells_while_dead_receivers_keep_nobody_waiting(tmp_path: Path, receiver: Receiver) -> None:
    """Five receivers that take connections and never answer, and one that does."""
    import socket

    holes = [socket.create_server(("127.0.0.1", 0)) for _ in range(5)]
    with make(tmp_path, egress_allow=("127.0.0.1",)) as client:
        for hole in holes:
            body = {"name": "hole", "url": f"http://127.0.0.1:{hole.getsockname()[1]}/", "events": ["*"]}
            assert client.post("/api/v1/webhooks", json=body).status_code == 201
        body = {"name": "hook", "url": receiver.url, "events": ["registered_model.created"], "secret": SECRET}
        assert client.post("/api/v1/webhooks", json=body).status_code == 201
        began = time.monotonic()
        made = client.post("/api/2.0/mlflow/registered-models/create", json={"name": "a-model"})
        assert made.status_code == 200
        assert time.monotonic() - began < 5
        assert receiver.wait(1, 8)[0].json["data"]["name"] == "a-model"
        for hole in holes:
            hole.close()


_SENDER = """
import sys, time
from modelwright.testing.clients import client
from pathlib import Path
with client(Path(sys.argv[1]), db=sys.argv[2], egress_allow=("127.0.0.1",)) as served:
    print("up", flush=True)
    time.sleep(600)
"""


def test_a_server_that_is_killed_while_it_sends_loses_nothing(there: Ctx, receiver: Receiver, tmp_path: Path) -> None:
    made = service.create(there, WebhookCreate(name="hook", url=receiver.url, events=["registered_model.created"]))
    receiver.answer = lambda count: time.sleep(0.02) or 200
    tell(there, count=40)
    clock(there).at_ms = time.time_ns() // 1_000_000
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-c", _SENDER, str(tmp_path), there.settings.db], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        receiver.wait(min(len(receiver.got) + 5, 40), 40)
        process.kill()
        process.wait()
        process.stdout.close()
    deadline = 0
    while any(item.state is DeliveryState.QUEUED for item in sent(there, made)):
        clock(there).advance(61_000)
        delivering.sweep(there)
        work(there)
        deadline += 1
        assert deadline < 20
    assert {got.json["data"]["name"] for got in receiver.got} == {f"m{number}" for number in range(40)}
    assert len({got.headers["x-mlflow-delivery-id"] for got in receiver.got}) == 40


def test_names_events_and_sizes_are_checked(there: Ctx, receiver: Receiver) -> None:
    for wrong in (
        {"name": ""}, {"name": "a\nb"}, {"name": "x" * 300}, {"events": ["A B"]}, {"events": ["a"] * 200},
        {"events": ["a.b.c"]}, {"secret": "x" * 2_000}, {"description": "x" * 6_000},
    ):  # fmt: skip
        given: dict[str, Any] = {"name": "hook", "url": receiver.url, **wrong}
        with pytest.raises(Invalid):
            service.create(there, WebhookCreate(**given))
    assert rules.check_events(["model_version_alias.created", "model_version.*", "model_version"]) == [
        "registered_model_alias.set",
        "model_version",
    ]


def test_the_wire_of_mlflow_and_ours_see_the_same_receivers(small: TestClient) -> None:
    base = "/api/2.0/mlflow/webhooks"
    body = {
        "name": "hook", "url": "https://8.8.8.8/x", "secret": "s",
        "events": [{"entity": "MODEL_VERSION_ALIAS", "action": "CREATED"}, {"entity": 1, "action": 1}],
    }  # fmt: skip
    made = small.post(base, json=body).json()["webhook"]
    assert made["status"] == "ACTIVE"
    assert "secret" not in made
    assert {tuple(event.values()) for event in made["events"]} == {
        ("MODEL_VERSION_ALIAS", "CREATED"), ("REGISTERED_MODEL", "CREATED"),
    }  # fmt: skip
    ours = small.get(f"/api/v1/webhooks/{made['webhook_id']}").json()
    assert ours["events"] == ["registered_model_alias.set", "registered_model.created"]
    small.post("/api/v1/webhooks", json={"name": "n", "url": "https://8.8.8.8/", "events": ["dataset"]})
    assert len(small.get(base).json()["webhooks"]) == 1
    for number in range(3):
        small.post(base, json={**body, "name": f"n{number}"})
    names, token = [], ""
    while True:
        page = small.get(base, params={"max_results": 2, **({"page_token": token} if token else {})}).json()
        names += [item["name"] for item in page["webhooks"]]
        if not (token := page.get("next_page_token", "")):
            break
    assert names == ["hook", "n0", "n1", "n2"]
    changed = small.patch(f"{base}/{made['webhook_id']}", json={"status": "DISABLED", "name": "new"}).json()["webhook"]
    assert (changed["status"], changed["name"], changed["url"]) == ("DISABLED", "new", "https://8.8.8.8/x")
    assert small.delete(f"{base}/{made['webhook_id']}").json() == {}
    assert small.get(f"{base}/{made['webhook_id']}").json()["error_code"] == "RESOURCE_DOES_NOT_EXIST"
    for wrong in (
        {"events": []}, {"events": [{"entity": "PROMPT", "action": "SET"}]}, {"url": "http://127.0.0.1/"}, {"name": ""},
        {"events": [{"entity": "NOTHING", "action": "SET"}]}, {"events": "x"}, {"events": [{"entity": "PROMPT"}]},
    ):  # fmt: skip
        answer = small.post(base, json={**body, **wrong})
        assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE"), wrong
