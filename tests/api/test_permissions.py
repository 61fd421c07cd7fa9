"""Does every route of all rooms and wires state its permission, and answer nobody whom it should not?"""

from __future__ import annotations

import re
from typing import Any

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
WHO = ("", "viewer", "editor", "chief", "stranger", "root")
MAY = {
    Permission.READ: {"viewer", "editor", "chief", "root"},
    Permission.WRITE: {"editor", "chief", "root"},
    Permission.ADMIN: {"chief", "root"},
    Permission.SERVER: {"root"},
    Permission.SELF: {"viewer", "editor", "chief", "stranger", "root"},
}
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


def test_every_route_lets_in_exactly_whom_it_should(people: People) -> None:
    operations: list[Operation] = people.client.app.state.operations
    assert len(operations) > 15
    wrong: list[str] = []
    for operation in operations:
        named = f"{operation.method} {operation.path}"
        if operation.name == "events_follow" or operation.permission is Permission.OPEN:
            continue
        for who in WHO:
            answer = knock(people, who, operation)
            status = answer.status_code
            allowed = who in MAY[operation.permission]
            if allowed:
                # What it answers about an id that does not exist or a body that is none is the room's business.
                if status in (401, 403) and not (status == 403 and operation.permission is Permission.SELF):
                    wrong.append(f"{named} refused {who} with {status}: {answer.text[:200]}")
                if status >= 500 and status != 501:  # MLflow's own word for what a store does not offer
                    wrong.append(f"{named} failed for {who}: {status} {answer.text[:200]}")
            elif who == "" and status != 401:
                wrong.append(f"{named} answered nobody with {status}: {answer.text[:200]}")
            elif who == "stranger" and status not in (404, 403):
                wrong.append(f"{named} answered a stranger with {status}: {answer.text[:200]}")
            elif who not in ("", "stranger") and status != 403:
                wrong.append(f"{named} answered {who} with {status}: {answer.text[:200]}")
            if operation.method == "GET" and who == "":
                head = people.ask("HEAD", path_of(operation))
                if head.status_code != 401:
                    wrong.append(f"HEAD {operation.path} answered nobody with {head.status_code}")
    assert not wrong, "\n".join(wrong[:50])


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
            for secret in ("viewer", "editor", "team", str(people.client.ctx.settings.dir)):
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
