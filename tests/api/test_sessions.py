"""Sessions of browsers, proxies that vouch for people, and proving again who one is."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from modelwright.domains.access import service
from modelwright.testing.clients import client as make
from modelwright.types.access import Confirmation
from modelwright.types.errors import Denied, Invalid, Unauthenticated

from .conftest import ADMIN_TOKEN, PASSWORD, People

OWN = {"origin": "http://127.0.0.1:7117"}


def log_in(people: People, name: str = "viewer") -> str:
    people.client.cookies.clear()
    answer = people.client.post("/api/v1/login", json={"user": name, "password": PASSWORD})
    assert answer.status_code == 200
    return people.client.cookies["mw_session"]


def with_session(people: People, secret: str) -> int:
    people.client.cookies.clear()
    return people.client.get("/api/v1/me", headers={"cookie": f"mw_session={secret}"}).status_code


def test_sessions_are_listed_and_ended(people: People) -> None:
    first, second = log_in(people), log_in(people)
    listed = people.client.get("/api/v1/sessions").json()["items"]
    assert [item["current"] for item in listed].count(True) == 1
    assert len(listed) == 2
    assert second not in str(listed)
    other = next(item["id"] for item in listed if not item["current"])
    assert people.ask("DELETE", f"/api/v1/sessions/{other}", "editor").status_code == 404
    assert people.client.delete(f"/api/v1/sessions/{other}", headers=OWN).status_code == 204
    assert with_session(people, first) == 401
    assert with_session(people, second) == 200
    third = log_in(people)
    ended = people.client.post("/api/v1/sessions:end-others", headers=OWN)
    assert ended.json() == {"ended": 1}
    assert with_session(people, second) == 401
    assert with_session(people, third) == 200
    assert people.ask("GET", "/api/v1/sessions?everyone=true", "chief").status_code == 403
    assert len(people.root("GET", "/api/v1/sessions?everyone=true")["items"]) == 1


def test_a_session_ends_unused_and_at_the_latest(people: People) -> None:
    for column, hours in (("seen_ms", 5), ("expires_ms", 13)):
        secret = log_in(people)
        with people.client.ctx.db.write() as tx:
            tx.execute(f"UPDATE sessions SET {column} = {column} - ?", (hours * 3_600_000,))
        assert with_session(people, secret) == 401, column


def test_the_id_changes_at_login_and_cookies_are_kept_from_scripts(people: People) -> None:
    people.client.cookies.set("mw_session", "chosen-by-somebody-else")
    answer = people.client.post("/api/v1/login", json={"user": "viewer", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert "chosen" not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Secure" not in cookie


def test_a_cookie_changes_nothing_for_another_site(people: People) -> None:
    log_in(people)
    for headers in ({}, {"origin": "null"}, {"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        for method in ("POST", "DELETE"):
            answer = people.client.request(method, "/api/v1/sessions:end-others" if method == "POST" else
                                           "/api/v1/sessions/x", headers=headers)
            assert answer.status_code == 403, (method, headers)


def test_a_stream_ends_when_its_reader_is_no_longer_welcome(engine: str, tmp_path: Path) -> None:
    from modelwright.kit.settings import Settings
    from modelwright.server.serve import Service

    ready = threading.Event()
    found: list[str] = []

    def told(url: str) -> None:
        found.append(url)
        ready.set()

    import urllib.request

    settings = Settings(dir=str(tmp_path), db=engine, port=0, auth=True, admin_token=ADMIN_TOKEN)
    server = Service(settings, told)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert ready.wait(20)

        def ask(method: str, path: str, body: bytes | None = None, token: str = ADMIN_TOKEN, **headers: str) -> Any:
            headers = {"authorization": f"Bearer {token}", "content-type": "application/json", **headers}
            request = urllib.request.Request(f"{found[0]}/api/v1{path}", body, headers, method=method)
            return urllib.request.urlopen(request, timeout=20)

        import json

        ask("POST", "/users", b'{"name": "ann", "roles": {"default": "viewer"}}').close()
        secret = json.loads(ask("POST", "/tokens?user=ann", b"{}").read())["secret"]
        stream = ask("GET", "/events", token=secret, accept="text/event-stream")
        assert stream.readline().startswith(b"retry")
        ask("PATCH", "/users/ann", b'{"roles": {}}').close()
        ask("POST", "/experiments", b'{"name": "hers no more"}').close()
        began = time.monotonic()
        rest = stream.read()
        assert b"experiment.created" not in rest
        assert time.monotonic() - began < 10
        stream.close()
    finally:
        server.stop()
        thread.join(20)


@pytest.fixture
def proxied(engine: str, tmp_path: Path) -> Iterator[TestClient]:
    with make(
        tmp_path, db=engine, admin_token=ADMIN_TOKEN, header_user="X-Forwarded-User",
        header_groups="X-Forwarded-Groups", header_proxies=("127.0.0.0/8",), group_roles=("risk=default:viewer",),
    ) as made:
        yield made


def test_a_trusted_proxy_names_the_user_and_its_groups(proxied: TestClient) -> None:
    assert proxied.get("/api/v1/me").status_code == 401
    headers = {"x-forwarded-user": "ann", "x-forwarded-groups": "risk, unknown"}
    me = proxied.get("/api/v1/me", headers=headers).json()
    assert (me["name"], me["roles"], me["groups"]) == ("ann", {"default": "viewer"}, ["risk"])
    assert proxied.get("/api/v1/me", headers={"x-forwarded-user": "ann"}).json()["roles"] == {}
    for name in ("", "a b", "../x", "local", "system", "x" * 200):
        assert proxied.get("/api/v1/me", headers={"x-forwarded-user": name}).status_code == 401, name
    twice = [("x-forwarded-user", "ann"), ("x-forwarded-user", "boss")]
    assert proxied.get("/api/v1/me", headers=twice).status_code == 401
    body = {"name": "boss", "password": PASSWORD, "server_admin": True}
    admin = {"authorization": f"Bearer {ADMIN_TOKEN}"}
    assert proxied.post("/api/v1/users", json=body, headers=admin).status_code == 201
    assert proxied.get("/api/v1/me", headers={"x-forwarded-user": "boss"}).status_code == 403


def test_pages_of_other_sites_do_not_act_through_a_proxy(proxied: TestClient) -> None:
    headers = {"x-forwarded-user": "ann"}
    assert proxied.post("/api/v1/tokens", json={}, headers=headers).status_code == 403
    evil = {**headers, "origin": "https://evil.example"}
    assert proxied.post("/api/v1/tokens", json={}, headers=evil).status_code == 403
    assert proxied.post("/api/v1/tokens", json={}, headers={**headers, **OWN}).status_code == 201


def test_nobody_else_is_believed_about_users(engine: str, tmp_path: Path) -> None:
    settings: dict[str, Any] = {"db": engine, "admin_token": ADMIN_TOKEN, "auth": True}
    told = {"x-forwarded-user": "ann"}
    with make(tmp_path, **settings) as off:
        assert off.get("/api/v1/me", headers=told).status_code == 401
    with make(tmp_path, **settings, header_user="x-forwarded-user", header_proxies=("10.0.0.0/8",)) as elsewhere:
        assert elsewhere.get("/api/v1/me", headers=told).status_code == 401
        for scheme in ("proxy ann", "p ann", "pann", "\x70ann"):
            assert elsewhere.get("/api/v1/me", headers={"authorization": scheme}).status_code == 401


def test_a_decision_takes_a_proof(people: People) -> None:
    ctx = people.client.ctx

    def as_(secret: str, **more: Any) -> Any:
        return ctx.acting(service.authenticate(ctx, service.Credentials(secret=secret, **more)), "team")

    viewer = as_(people.secrets["viewer"])
    with pytest.raises(Unauthenticated):
        service.confirm(viewer, Confirmation())
    with pytest.raises(Unauthenticated):
        service.confirm(viewer, Confirmation(password="not the right one"))
    with pytest.raises(Unauthenticated):
        service.confirm(viewer, Confirmation(token=people.secrets["viewer"]))
    assert service.confirm(viewer, Confirmation(password=PASSWORD)) == "password"
    made = people.root("POST", "/api/v1/tokens?user=viewer", json={"scopes": ["approve"]}, expect=201)["secret"]
    assert service.confirm(viewer, Confirmation(token=made)) == "token"
    assert service.confirm(as_(made), Confirmation()) == "token"
    with pytest.raises(Unauthenticated):
        service.confirm(as_(people.secrets["editor"]), Confirmation(token=made))  # somebody else's
    body = {"name": "ci", "service": True, "roles": {"team": "approver"}}
    people.root("POST", "/api/v1/users", json=body, expect=201)
    robot = people.root("POST", "/api/v1/tokens?user=ci", json={"scopes": ["approve"]}, expect=201)["secret"]
    with pytest.raises(Denied):
        service.confirm(as_(robot), Confirmation(token=robot))
    session = log_in(people)
    here = ctx.acting(service.authenticate(ctx, service.Credentials(session=session)), "team")
    assert service.confirm(here, Confirmation()) == "login"
    with ctx.db.write() as tx:
        tx.execute("UPDATE sessions SET proved_ms = proved_ms - 301000")
    with pytest.raises(Unauthenticated):
        service.confirm(here, Confirmation())


def test_settings_of_logins_that_cannot_be_are_refused_at_the_start(tmp_path: Path) -> None:
    for number, settings in enumerate(
        (
            {"header_user": "x-forwarded-user"},
            {"header_user": "x-forwarded-user", "header_proxies": ("everyone",)},
            {"group_roles": ("risk",)},
            {"group_roles": ("risk=team:god",)},
            {"group_roles": ("=team:viewer",)},
            {"oidc_issuer": "http://login.example.org", "oidc_client_id": "x"},
            {"oidc_issuer": "https://login.example.org"},
        )
    ):
        with pytest.raises(Invalid):
            make(tmp_path / str(number), **settings)
