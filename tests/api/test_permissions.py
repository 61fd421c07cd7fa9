"""Does every route of all rooms and wires state its permission, and answer nobody whom it should not?"""

from __future__ import annotations

import re
from typing import Any

import pytest

from modelwright.kit.http import Operation
from modelwright.types.access import Permission

from .conftest import People

# Whoever may log in nowhere still learns only these.
OPEN = {
    "GET /health",
    "GET /version",
    "GET /api/v1/openapi.json",
    "POST /api/v1/login",
    "POST /api/v1/logout",
    "GET /api/v1/login/ways",
    "GET /api/v1/login/oidc",
    "GET /api/v1/login/oidc/callback",
    # The web UI's own files, which hold nothing of anyone's; what they ask the API for is checked there.
    "GET /",
    "GET /login",
    "GET /runs/{run}",
    "GET /w",
    "GET /w/{rest:path}",
    "GET /assets/{name:path}",
    "GET /favicon.svg",
    "GET /theme.js",
}
MEMBERS = {Permission.READ, Permission.WRITE, Permission.APPROVE, Permission.AUDIT, Permission.ADMIN}
R, W, P, A = Permission.READ, Permission.WRITE, Permission.APPROVE, Permission.AUDIT
HOLDS: dict[str, set[Permission]] = {
    "viewer": {R},
    "editor": {R, W},
    "approver": {R, W, P},
    "auditor": {R, A},
    "chief": MEMBERS,
    "root": {*MEMBERS, Permission.SERVER},
    # Tokens of the chief, each with less than the chief.
    "reads": {R, A},
    "writes": {R, W},
    "approves": {R, P},
}
OUTSIDE = ("stranger", "elsewhere", "guest")  # of another workspace; a token bound to another; with grants alone
ID = "0123456789abcdef0123456789abcdef"


def path_of(operation: Operation) -> str:
    return re.sub(r"\{\w+(:path)?\}", ID, operation.path)


def knock(people: People, who: str, operation: Operation, **options: Any) -> Any:
    from .conftest import ADMIN_TOKEN

    secret = {"token": ADMIN_TOKEN} if who == "root" else {"who": who}
    # A body that no operation takes: whoever passes the gate is refused for it, and nothing is changed.
    body = (
        {}
        if operation.method in ("GET", "DELETE")
        else {"content": b"\xff", "headers": {"content-type": "application/json"}}
    )
    return people.ask(operation.method, path_of(operation), **secret, **body, **options)


@pytest.fixture
def crowd(people: People) -> People:
    """Everyone of `People`, the roles that it lacks, tokens with less than their owner, and one with grants alone."""
    for name, roles in {"approver": {"team": "approver"}, "auditor": {"team": "auditor"}, "guest": {}}.items():
        people.root("POST", "/api/v1/users", json={"name": name, "roles": roles}, expect=201)
        people.secrets[name] = people.root("POST", f"/api/v1/tokens?user={name}", json={}, expect=201)["secret"]
    grant = {"user": "guest", "pattern": "models/only", "role": "viewer"}
    people.root("POST", "/api/v1/grants", json=grant, expect=201)
    for name, body in {
        "reads": {"scopes": ["read"]},
        "writes": {"scopes": ["write"]},
        "approves": {"scopes": ["approve"]},
        "elsewhere": {"workspace": "other"},
    }.items():
        made = people.root("POST", "/api/v1/tokens?user=chief", json=body, expect=201)
        people.secrets[name] = made["secret"]
    return people


def verdict(who: str, operation: Operation, answer: Any) -> str:
    """What is wrong with the answer that someone got; nothing when it is as it should be."""
    status, permission = answer.status_code, operation.permission
    if who == "":
        return "" if status == 401 else "answered nobody"
    if status >= 500 and status != 501:  # MLflow's own word for what a store does not offer
        return "failed"
    if permission is Permission.SELF:
        return "refused a login" if status == 401 else ""
    if who in OUTSIDE:
        if permission is Permission.SERVER:
            return "" if status == 403 else "let in"
        if who == "guest" and operation.resource == "models":  # may read one: the room answers, the others are refused
            if permission is Permission.READ:
                return "refused before its room could look" if status in (401, 403) else ""
            return "" if status == 403 else "let in"
        return "" if status == 404 else "let on"
    if permission in HOLDS[who]:
        # What it answers about an id that does not exist or a body that is none is the room's business.
        return "refused" if status in (401, 403) else ""
    return "" if status == 403 else "let in"


def test_every_route_lets_in_exactly_whom_it_should(crowd: People) -> None:
    operations: list[Operation] = crowd.client.app.state.operations
    assert len(operations) > 100
    wrong: list[str] = []
    for operation in operations:
        if operation.permission is Permission.OPEN:
            continue
        for who in ("", *HOLDS, *OUTSIDE):
            answer = knock(crowd, who, operation)
            problem = verdict(who, operation, answer)
            if problem:
                wrong.append(f"{operation!r} {problem}: {who} {answer.status_code} {answer.text[:200]}")
        if operation.method == "GET" and crowd.ask("HEAD", path_of(operation)).status_code != 401:
            wrong.append(f"HEAD {operation.path} answered nobody")
    assert not wrong, "\n".join(wrong[:50])


def test_another_workspace_looks_like_one_that_is_not_there(people: People) -> None:
    operations: list[Operation] = people.client.app.state.operations

    def told(operation: Operation, workspace: str) -> tuple[int, str]:
        answer = knock(people, "chief", operation, workspace=workspace)
        request_id = answer.headers["x-request-id"]
        return answer.status_code, answer.text.replace(request_id, "ID").replace(workspace, "WORKSPACE")

    for operation in operations:
        if operation.permission in MEMBERS:
            there, absent = told(operation, "other"), told(operation, "nowhere")
            assert there == absent, operation
            assert there[0] == 404, operation


def test_open_routes_are_few_and_known(people: People) -> None:
    operations: list[Operation] = people.client.app.state.operations
    opened = {
        f"{operation.method} {operation.path}" for operation in operations if operation.permission is Permission.OPEN
    }
    unknown = {
        name
        for name in opened - OPEN
        if not re.search(r"/mlflow/(server-info|version|gateway-info)$|server-features|/health$", name)
    }
    assert not unknown, unknown
    for operation in operations:
        if (
            operation.permission is Permission.OPEN
            and operation.method == "GET"
            and operation.path != "/api/v1/openapi.json"
        ):
            answer = people.ask("GET", path_of(operation))
            assert answer.status_code < 500
            for secret in ("viewer", "chief", "team", str(people.client.ctx.settings.dir)):
                assert secret not in answer.text, operation


def test_events_are_followed_by_members_alone(people: People) -> None:
    for who, status in (("", 401), ("viewer", 200), ("stranger", 404)):
        assert people.ask("GET", "/api/v1/events", who).status_code == status


def test_every_operation_has_its_own_name(people: People) -> None:
    operations: list[Operation] = people.client.app.state.operations
    names = [
        operation.name for operation in operations if not operation.hidden and operation.path.startswith("/api/v1")
    ]
    assert len(names) == len(set(names)), sorted(name for name in names if names.count(name) > 1)


TWINS = (
    "//api/v1/users",
    "/api/./v1/users",
    "/API/V1/users",
    "/api%2Fv1/users",
    "/api/v1/users/",
    "/api/v1/../v1/users",
    "/api/v1/users;x",
    "/api/v1/users%00",
    "/%61pi/v1/users",
)


def test_twins_of_a_path_are_no_way_around(people: People) -> None:
    for twin in TWINS:
        for who in ("", "viewer"):
            headers = {"authorization": f"Bearer {people.secrets[who]}"} if who else {}
            assert people.client.get(twin, headers=headers).status_code in (400, 401, 403, 404), (twin, who)


def test_a_key_in_the_query_is_no_credential(people: People) -> None:
    for name in ("access_token", "token", "api_key"):
        answer = people.client.get(f"/api/v1/me?{name}={people.secrets['chief']}")
        assert answer.status_code == 401
