"""Do users, roles, tokens, sessions and workspaces keep their promises, on both engines?"""

from __future__ import annotations

import base64
import contextlib
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from modelwright.domains.access import rules, throttle
from modelwright.domains.access.throttle import TooManyGuesses
from modelwright.kit.settings import Settings
from modelwright.server.serve import Service
from modelwright.testing.clients import client as make
from modelwright.types.errors import Invalid

from .conftest import ADMIN_TOKEN, PASSWORD, People


def basic(user: str, secret: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()}


def test_a_token_is_shown_once_and_stored_as_a_hash(people: People) -> None:
    made = people.ask("POST", "/api/v1/tokens", "viewer", json={"label": "laptop"}, expect=201)
    secret = made["secret"]
    assert secret.startswith(f"mw_{made['token']['id']}_")
    listed = people.ask("GET", "/api/v1/tokens", "viewer", expect=200)["items"]
    assert [token["label"] for token in listed] == ["laptop", ""]
    assert secret not in str(listed)
    with people.client.ctx.db.read() as tx:
        stored = str(
            tx.rows("SELECT * FROM tokens") + tx.rows("SELECT * FROM audit_events") + tx.rows("SELECT * FROM users")
        )
    assert secret not in stored
    assert secret.rsplit("_", 1)[1] not in stored
    assert PASSWORD not in stored


def test_a_token_works_as_bearer_and_as_basic_password(people: People) -> None:
    secret = people.secrets["viewer"]
    assert people.client.get("/api/v1/me", headers={"authorization": f"Bearer {secret}"}).json()["name"] == "viewer"
    assert people.client.get("/api/v1/me", headers=basic("viewer", secret)).json()["name"] == "viewer"
    assert people.client.get("/api/v1/me", headers=basic("", secret)).json()["name"] == "viewer"
    assert people.client.get("/api/v1/me", headers=basic("editor", secret)).status_code == 401
    assert people.client.get("/api/v1/me", headers=basic("viewer", PASSWORD)).json()["name"] == "viewer"
    assert people.client.get("/api/v1/me", headers=basic("anyone", ADMIN_TOKEN)).json()["server_admin"] is True


BAD_HEADERS = [
    "",
    "Bearer",
    "Bearer ",
    "Bearer x",
    "Bearer mw_",
    "Bearer mw_a_b",
    "Bearer mw_a_b_c",
    "bearer " + "x" * 5_000,
    "Basic",
    "Basic !!!",
    "Basic eA==",
    "Basic " + base64.b64encode(b"\xff:\xff").decode(),
    "Digest x",
    "Bearer None",
    "Basic Og==",
    "Bearer mw_'; DROP TABLE tokens;--_x",
    "Bearer " + ADMIN_TOKEN[:-1],
    "Bearer " + ADMIN_TOKEN + "x",
]


def test_wrong_credentials_are_a_401(people: People) -> None:
    for header in BAD_HEADERS:
        answer = people.client.get("/api/v1/me", headers={"authorization": header})
        assert answer.status_code == 401, (header, answer.text)
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.json()["error"]["kind"] == "unauthenticated"


def test_a_token_with_the_secret_of_another_is_refused(people: People) -> None:
    own, other = people.secrets["viewer"], people.secrets["chief"]
    mixed = "_".join([*other.split("_")[:2], own.split("_")[2]])
    assert people.ask("GET", "/api/v1/me", token=mixed).status_code == 401


def test_a_revoked_token_dies_at_once(people: People) -> None:
    secret = people.secrets["editor"]
    assert people.ask("GET", "/api/v1/me", "editor").status_code == 200
    people.ask("DELETE", f"/api/v1/tokens/{secret.split('_')[1]}", "editor", expect=204)
    answer = people.ask("GET", "/api/v1/me", "editor")
    assert (answer.status_code, answer.json()["error"]["message"]) == (401, "the token was revoked")


def test_a_token_expires(people: People) -> None:
    secret = people.secrets["viewer"]
    with people.client.ctx.db.write() as tx:
        tx.execute("UPDATE tokens SET expires_ms = 1 WHERE id = ?", (secret.split("_")[1],))
    assert "expired" in people.ask("GET", "/api/v1/me", "viewer").json()["error"]["message"]
    for days in (0, -1, 100_000, 10**30):
        assert people.ask("POST", "/api/v1/tokens", "chief", json={"days": days}).status_code == 400


def test_the_last_use_of_a_token_is_noted(people: People) -> None:
    people.ask("GET", "/api/v1/me", "viewer", expect=200)
    until = time.monotonic() + 5
    while True:
        last = [token["last_used_ms"] for token in people.ask("GET", "/api/v1/tokens", "viewer", expect=200)["items"]]
        if last[0]:
            break
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_change_of_role_takes_effect_at_once(people: People) -> None:
    assert people.ask("POST", "/api/v1/jobs/x:cancel", "editor").status_code == 404
    people.root("PATCH", "/api/v1/users/editor", json={"roles": {"team": "viewer"}})
    assert people.ask("POST", "/api/v1/jobs/x:cancel", "editor").status_code == 403
    people.root("PATCH", "/api/v1/users/editor", json={"roles": {}})
    assert people.ask("GET", "/api/v1/jobs/x", "editor").json()["error"]["message"] == "there is no workspace 'team'"


def test_a_change_is_true_in_every_process_when_it_is_answered(engine: str, tmp_path: Path) -> None:
    with (
        make(tmp_path, db=engine, auth=True, admin_token=ADMIN_TOKEN) as one,
        make(tmp_path, db=engine, auth=True, admin_token=ADMIN_TOKEN) as two,
    ):
        people = People(one)
        other = People.__new__(People)
        other.client, other.secrets = two, people.secrets
        for _ in range(3):
            assert other.ask("POST", "/api/v1/jobs/x:cancel", "editor").status_code == 404  # let in; no such job
            people.root("PATCH", "/api/v1/users/editor", json={"roles": {"team": "viewer"}})
            assert other.ask("POST", "/api/v1/jobs/x:cancel", "editor").status_code == 403
            people.root("PATCH", "/api/v1/users/editor", json={"roles": {"team": "contributor"}})
        people.root("DELETE", f"/api/v1/tokens/{people.secrets['editor'].split('_')[1]}", expect=204)
        assert other.ask("GET", "/api/v1/me", "editor").status_code == 401
        assert two.get("/api/v1/me", headers=basic("viewer", PASSWORD)).status_code == 200
        people.root("PATCH", "/api/v1/users/viewer", json={"disabled": True})
        assert two.get("/api/v1/me", headers=basic("viewer", PASSWORD)).status_code == 401


def test_wrong_guesses_are_counted_for_all_processes_together(engine: str, tmp_path: Path) -> None:
    with make(tmp_path, db=engine, auth=True, admin_token=ADMIN_TOKEN) as one, make(
        tmp_path, db=engine, auth=True, admin_token=ADMIN_TOKEN
    ) as two:
        statuses = [
            (one, two)[number % 2].post("/api/v1/login", json={"user": "eve", "password": f"a wrong one {number}"})
            for number in range(12)
        ]
        assert [answer.status_code for answer in statuses] == [401] * 10 + [503] * 2


def test_guesses_from_elsewhere_do_not_lock_an_owner_out(people: People) -> None:
    ctx = people.client.ctx
    assert people.client.post("/api/v1/login", json={"user": "viewer", "password": PASSWORD}).status_code == 200
    for number in range(120):
        with contextlib.suppress(TooManyGuesses):
            throttle.begin(ctx, "viewer", f"10.0.{number // 5}.1")
    with pytest.raises(TooManyGuesses):
        throttle.begin(ctx, "viewer", "10.9.9.9")
    # From where they have been before, the owner still comes in.
    ctx.local.pop("access.verified", None)
    assert people.client.post("/api/v1/login", json={"user": "viewer", "password": PASSWORD}).status_code == 200


def test_a_disabled_user_loses_tokens_sessions_and_password(people: People) -> None:
    assert people.client.get("/api/v1/me", headers=basic("viewer", PASSWORD)).status_code == 200
    people.root("PATCH", "/api/v1/users/viewer", json={"disabled": True})
    assert people.ask("GET", "/api/v1/me", "viewer").status_code == 401
    assert people.client.get("/api/v1/me", headers=basic("viewer", PASSWORD)).status_code == 401
    assert people.client.post("/api/v1/login", json={"user": "viewer", "password": PASSWORD}).status_code == 401


def test_a_changed_password_ends_sessions_and_the_old_password(people: People) -> None:
    assert people.client.post("/api/v1/login", json={"user": "viewer", "password": PASSWORD}).status_code == 200
    own = {"origin": "http://127.0.0.1:7117"}
    new = "another long password"
    for proof in ({}, {"current_password": "not the right one"}):
        refused = people.client.patch("/api/v1/users/viewer", json={"password": new, **proof}, headers=own)
        assert refused.status_code == 401
    body = {"password": new, "current_password": PASSWORD}
    assert people.client.patch("/api/v1/users/viewer", json=body, headers=own).status_code == 200
    assert people.client.get("/api/v1/me").status_code == 401
    people.client.cookies.clear()
    assert people.client.get("/api/v1/me", headers=basic("viewer", PASSWORD)).status_code == 401
    assert people.client.get("/api/v1/me", headers=basic("viewer", new)).status_code == 200


def test_nobody_raises_their_own_rights(people: People) -> None:
    for body in (
        {"server_admin": True},
        {"roles": {"team": "admin"}},
        {"roles": {"other": "admin"}},
        {"disabled": False},
        {"password": "a" * 6 + "bcdefghi"},
    ):
        answer = people.ask("PATCH", "/api/v1/users/viewer", "viewer", json=body)
        assert answer.status_code == 403, (body, answer.text)
        assert people.ask("PATCH", "/api/v1/users/viewer", "editor", json=body).status_code == 403
    for body in (
        {"server_admin": True},
        {"roles": {"other": "viewer"}},
        {"roles": {"team": "viewer", "other": "viewer"}},
        {"password": "long enough it is"},
    ):
        assert people.ask("PATCH", "/api/v1/users/viewer", "chief", json=body).status_code == 403, body
    assert people.ask("POST", "/api/v1/users", "chief", json={"name": "eve", "server_admin": True}).status_code == 403
    assert people.ask("POST", "/api/v1/tokens?user=chief", "viewer", json={}).status_code == 403
    assert people.ask("POST", "/api/v1/workspaces", "chief", json={"id": "mine"}).status_code == 403


def test_an_administrator_of_a_workspace_gives_roles_in_it_alone(people: People) -> None:
    people.ask("PATCH", "/api/v1/users/stranger", "chief", json={"roles": {"team": "viewer"}}, expect=200)
    assert people.root("GET", "/api/v1/users")["items"][-2]["roles"] == {"other": "admin", "team": "viewer"}
    members = people.ask("GET", "/api/v1/users", "chief", expect=200)["items"]
    assert {user["name"]: user["roles"] for user in members}["stranger"] == {"team": "viewer"}


def test_another_workspace_looks_as_if_it_did_not_exist(people: People) -> None:
    real = people.ask("GET", "/api/v1/jobs/x", "viewer", workspace="other")
    unreal = people.ask("GET", "/api/v1/jobs/x", "viewer", workspace="nowhere")
    assert real.status_code == unreal.status_code == 404
    same = [
        answer.json()["error"]["message"].replace("other", "X").replace("nowhere", "X") for answer in (real, unreal)
    ]
    assert same[0] == same[1]
    assert [item["id"] for item in people.ask("GET", "/api/v1/workspaces", "viewer", expect=200)["items"]] == ["team"]
    assert people.ask("DELETE", f"/api/v1/tokens/{people.secrets['chief'].split('_')[1]}", "viewer").status_code == 404


def test_the_last_administrator_cannot_be_removed_by_a_user(people: People) -> None:
    people.root("POST", "/api/v1/users", json={"name": "boss", "password": PASSWORD, "server_admin": True}, expect=201)
    boss = basic("boss", PASSWORD)
    for method, body in (("DELETE", None), ("PATCH", {"disabled": True}), ("PATCH", {"server_admin": False})):
        assert people.client.request(method, "/api/v1/users/boss", json=body, headers=boss).status_code == 409
    assert people.client.get("/api/v1/users", headers=boss).status_code == 200


BAD_USERS: list[dict[str, Any]] = [
    {"name": ""},
    {"name": "a b"},
    {"name": "../x"},
    {"name": "local"},
    {"name": "System"},
    {"name": "x" * 129},
    {"name": "x\n"},
    {"name": 1},
    {},
    {"name": "<img onerror=x>"},
    {"name": "bob", "password": "short"},
    {"name": "bob", "password": "x" * 2_000},
    {"name": "bob", "password": "aaaaaaaaaaaaaaaa"},
    {"name": "bob-with-long-name", "password": "bob-with-long-name"},
    {"name": "bob", "roles": {"team": "god"}},
]


def test_users_that_cannot_be_are_refused(people: People) -> None:
    for body in BAD_USERS:
        assert people.root("POST", "/api/v1/users", json=body, expect=400)["error"]["where"], body


def test_names_are_taken_once_whatever_their_case(people: People) -> None:
    people.root("POST", "/api/v1/users", json={"name": "Viewer"}, expect=409)
    people.root("POST", "/api/v1/users", json={"name": "bob", "roles": {"nowhere": "viewer"}}, expect=404)
    people.root("POST", "/api/v1/workspaces", json={"id": "team"}, expect=409)
    people.root("POST", "/api/v1/workspaces", json={"id": "default"}, expect=409)
    for name in ("", "A", "a b", "../x", "x" * 65):
        people.root("POST", "/api/v1/workspaces", json={"id": name}, expect=400)


def test_guessing_a_password_is_slowed_down_and_tells_nothing(people: People) -> None:
    def guess(user: str, password: str = "wrong password here") -> Any:
        return people.client.post("/api/v1/login", json={"user": user, "password": password})

    unknown, wrong = guess("nobody"), guess("viewer")
    assert unknown.status_code == wrong.status_code == 401
    assert unknown.json()["error"]["message"] == wrong.json()["error"]["message"]
    answers = [guess("viewer") for _ in range(12)]
    assert answers[-1].status_code == 503
    assert 0 < int(answers[-1].headers["retry-after"]) <= 300
    assert guess("viewer", PASSWORD).status_code == 503
    assert guess("editor", PASSWORD).status_code == 200


def test_guesses_side_by_side_are_all_counted(people: People) -> None:
    statuses: list[int] = []

    def guess(number: int) -> None:
        answer = people.client.get("/api/v1/me", headers=basic("chief", f"wrong password {number}"))
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(25)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses.count(401) == 10
    assert statuses.count(503) == 15


def test_an_unknown_user_takes_as_long_as_a_wrong_password(people: People) -> None:
    def took(user: str) -> float:
        started = time.perf_counter()
        people.client.post("/api/v1/login", json={"user": user, "password": "wrong password here"})
        return time.perf_counter() - started

    known, unknown = min(took("viewer") for _ in range(4)), min(took("nobody") for _ in range(4))
    assert 0.4 < known / unknown < 2.5


def test_a_password_is_hashed_once_for_many_requests(people: People) -> None:
    headers = basic("viewer", PASSWORD)
    people.client.get("/api/v1/me", headers=headers)
    time.sleep(1.1)
    started = time.perf_counter()
    assert people.client.get("/api/v1/me", headers=headers).status_code == 200
    assert time.perf_counter() - started < 0.04


@pytest.mark.parametrize(
    "settings", [{"host": "0.0.0.0"}, {"host": "127.0.0.1", "auth": True}, {"host": "0.0.0.0", "admin_token": "short"}]
)
def test_an_open_server_refuses_to_start_without_an_administrator(tmp_path: Path, settings: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as caught:
        Service(Settings(dir=str(tmp_path), port=0, **settings)).run()
    assert caught.value.hint or "20 characters" in caught.value.message


def test_an_open_server_starts_with_an_administrator_who_can_log_in(tmp_path: Path) -> None:
    with make(tmp_path) as local:
        assert (
            local.post("/api/v1/users", json={"name": "boss", "password": PASSWORD, "server_admin": True}).status_code
            == 201
        )
    ready = threading.Event()
    service = Service(Settings(dir=str(tmp_path), host="0.0.0.0", port=0), lambda url: ready.set())
    thread = threading.Thread(target=service.run)
    thread.start()
    assert ready.wait(10)
    service.stop()
    thread.join(15)
    assert not thread.is_alive()


def test_a_local_actor_makes_tokens_for_users_but_is_none(client: TestClient) -> None:
    assert client.get("/api/v1/me").json()["name"] == "local"
    assert client.post("/api/v1/tokens", json={}).status_code == 400
    assert client.post("/api/v1/tokens?user=nobody", json={}).status_code == 404


def test_a_password_hash_is_scrypt_with_its_parameters() -> None:
    stored = rules.hash_password(PASSWORD, b"0123456789abcdef")
    assert stored.startswith("scrypt$16384$8$1$")
    assert rules.matches(PASSWORD, stored)
    assert not rules.matches(PASSWORD + "x", stored)
    assert rules.matches("\ud800" * 12, rules.hash_password("\ud800" * 12, b"x"))
