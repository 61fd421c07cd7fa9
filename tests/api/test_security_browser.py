"""Can a page of another site use a server through the browser of someone who may? (Host, Origin, framing, cookies.)"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from modelwright.kit.settings import Settings
from modelwright.server.security import Guard, is_loopback
from modelwright.testing import context
from modelwright.testing.clients import client as make
from modelwright.types.errors import Invalid

from .conftest import ADMIN_TOKEN, PASSWORD


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Any:
    made = context(tmp_path_factory.mktemp("guard"))
    yield made
    made.db.close()


def guard(state: Any, **settings: Any) -> Guard:
    return Guard(msgspec.structs.replace(state, settings=Settings(**settings)))


def admits(gate: Guard, host: str) -> bool:
    try:
        gate.admit("GET", {b"host": host.encode("latin-1")})
    except Invalid as error:
        assert error.where == "Host"
        return False
    return True


EVIL = [
    "evil.example",
    "10.evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "127.0.0.1:x.evil",
    "evil.example:7117",
    "localhost.",
    "",
    "localhost:80:80",
    "127.0.0.1@evil.example",
    "[::1",
    "[::1]x",
    "[evil]",
    "2130706433",
    "0x7f000001",
    "127.1",
    "0177.0.0.1",
    "[fe80::1%25eth0]",
    "10.*",
    "*",
    "*.localhost",
    "a.localhost",
    "local\xadhost",
    "127.0.0.1\\evil",
    "127.0.0.1:99999999",
]


@pytest.mark.parametrize("host", [*EVIL, "10.0.0.1", "192.168.1.1", "[::ffff:127.0.0.1]", "[2001:db8::1]"])
def test_a_server_on_loopback_answers_to_loopback_names_only(state: Any, host: str) -> None:
    assert not admits(guard(state), host)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:7117", "LOCALHOST:80", "localhost", "[::1]", "[::1]:7117", "127.8.9.1"]
)
def test_loopback_names_are_welcome(state: Any, host: str) -> None:
    assert admits(guard(state), host)


@pytest.mark.parametrize("host", EVIL)
def test_an_open_server_answers_to_addresses_but_not_to_strange_names(state: Any, host: str) -> None:
    gate = guard(state, host="0.0.0.0", allowed_hosts=("ml.example.org",))
    assert not admits(gate, host)
    assert admits(gate, "10.0.0.1:7117")
    assert admits(gate, "[2001:db8::1]")
    assert admits(gate, "ML.example.org:443")
    assert not admits(gate, "xml.example.org")
    assert not admits(gate, "a.ml.example.org")


def test_only_loopback_addresses_need_no_login() -> None:
    assert all(is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "127.3.2.1", "[::1]"))
    assert not any(
        is_loopback(host)
        for host in ("0.0.0.0", "::", "10.0.0.1", "localhost.evil", "127.0.0.1.evil", "", "2130706433")
    )


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://evil-127.0.0.1:7117"},
        {"origin": "http://127.0.0.1:7118"},
        {"origin": "http://127.0.0.1:7117.evil.example"},
        {"origin": "file://"},
        {"origin": "http://localhost:7117"},
        {"origin": "http://127.0.0.1:7117/"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": ""},
        {"origin": "https://evil.example", "content-type": "text/plain"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},
    ],
)
def test_pages_of_other_origins_change_nothing(small: TestClient, method: str, headers: dict[str, str]) -> None:
    for path in ("/api/v1/users", "/api/v1/users/ann", "/api/v1/logout", "/none"):
        answer = small.request(
            method, path, content=b'{"name": "eve"}', headers={"content-type": "application/json", **headers}
        )
        assert answer.status_code == 403, (path, answer.text)
    assert small.get("/api/v1/users").json()["items"] == []


def test_pages_of_other_origins_read_nothing_and_hold_no_stream(small: TestClient) -> None:
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}):
        for path in ("/api/v1/me", "/api/v1/events"):
            answer = small.get(path, headers=headers)
            assert answer.status_code == 403
            assert "access-control-allow-origin" not in answer.headers
    assert (
        small.get("/health", headers={"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}).status_code == 200
    )


def test_own_pages_and_programs_are_not_hindered(small: TestClient) -> None:
    for headers in (
        {},
        {"origin": "http://127.0.0.1:7117"},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
    ):
        assert small.post("/api/v1/audit:search", json={}, headers=headers).status_code == 200


def test_named_origins_may_use_the_server_and_no_others(tmp_path: Path) -> None:
    with make(tmp_path, allowed_origins=("https://ui.example.org",)) as served:
        answer = served.post("/api/v1/audit:search", json={}, headers={"origin": "https://ui.example.org"})
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "https://ui.example.org"
        assert "access-control-allow-credentials" not in answer.headers
        assert served.options("/api/v1/me", headers={"origin": "https://ui.example.org"}).status_code == 204
        for evil in (
            "https://evil-ui.example.org",
            "https://ui.example.org.evil",
            "http://ui.example.org",
            "https://ui.example.org:444",
        ):
            assert served.get("/api/v1/me", headers={"origin": evil}).status_code == 403


@pytest.fixture
def login_server(tmp_path: Path) -> Any:
    with make(tmp_path, auth=True, admin_token=ADMIN_TOKEN) as served:
        headers = {"authorization": f"Bearer {ADMIN_TOKEN}"}
        assert (
            served.post("/api/v1/users", json={"name": "ann", "password": PASSWORD}, headers=headers).status_code == 201
        )
        yield served


def test_a_session_cookie_is_out_of_reach_of_scripts_and_other_sites(login_server: TestClient) -> None:
    answer = login_server.post("/api/v1/login", json={"user": "ann", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert PASSWORD not in answer.text
    assert login_server.get("/api/v1/me").json()["name"] == "ann"


def test_a_session_changes_things_only_from_own_pages(login_server: TestClient) -> None:
    login_server.post("/api/v1/login", json={"user": "ann", "password": PASSWORD})
    assert login_server.post("/api/v1/tokens", json={}).status_code == 403
    assert login_server.post("/api/v1/tokens", json={}, headers={"origin": "http://127.0.0.1:7117"}).status_code == 201
    assert login_server.post("/api/v1/tokens", json={}, headers={"sec-fetch-site": "same-origin"}).status_code == 201


def test_a_session_changes_its_id_at_login_and_ends_at_logout(login_server: TestClient) -> None:
    login_server.post("/api/v1/login", json={"user": "ann", "password": PASSWORD})
    first = login_server.cookies["mw_session"]
    login_server.post("/api/v1/login", json={"user": "ann", "password": PASSWORD})
    second = login_server.cookies["mw_session"]
    assert first != second
    login_server.cookies.clear()
    assert login_server.get("/api/v1/me", headers={"cookie": f"mw_session={first}"}).status_code == 401
    assert login_server.get("/api/v1/me", headers={"cookie": f"mw_session={second}"}).status_code == 200
    assert login_server.post("/api/v1/logout", headers={"cookie": f"mw_session={second}"}).status_code == 204
    assert login_server.get("/api/v1/me", headers={"cookie": f"mw_session={second}"}).status_code == 401


def test_a_login_cannot_be_forged_as_a_form_of_another_site(login_server: TestClient) -> None:
    answer = login_server.post(
        "/api/v1/login", content=b'{"user":"ann","password":"x"}', headers={"content-type": "text/plain"}
    )
    assert answer.status_code == 400
    answer = login_server.post(
        "/api/v1/login", json={"user": "ann", "password": PASSWORD}, headers={"origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
