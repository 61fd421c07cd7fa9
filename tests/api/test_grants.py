"""Groups, grants, service accounts and scoped tokens: does everyone reach what they should, and nothing else?"""

from __future__ import annotations

from typing import Any

import pytest

from modelwright.kit.context import Ctx
from modelwright.kit.scope import Scope
from modelwright.types.access import Actor, Held, Permission, Role

from .conftest import PASSWORD, People

NAMES = ["fraud", "fraud-eu", "fraud-eu-x", "Fraud", "churn", "frau%d", "fraud_eu"]


def holding(*grants: tuple[str, Role], role: Role | None = Role.VIEWER, only: tuple[str, ...] = ()) -> Actor:
    from modelwright.domains.access import rules
    from modelwright.types.access import User

    user = User(name="u", roles={"default": role} if role else {})
    made = rules.actor(user, [("default", pattern, given, True) for pattern, given in grants])
    import msgspec

    return msgspec.structs.replace(made, only=only)


CASES: list[tuple[Actor, set[str]]] = [
    (holding(), set(NAMES)),
    (holding(("models/fraud", Role.NONE)), set(NAMES) - {"fraud"}),
    (holding(("models/*", Role.NONE)), set()),
    (holding(("models/*", Role.NONE), ("models/fraud-*", Role.VIEWER)), {"fraud-eu", "fraud-eu-x"}),
    (
        holding(("models/*", Role.NONE), ("models/fraud-*", Role.VIEWER), ("models/fraud-eu-x", Role.NONE)),
        {"fraud-eu"},
    ),
    (holding(("models/fraud*", Role.ADMIN), role=None), {"fraud", "fraud-eu", "fraud-eu-x", "fraud_eu"}),
    (holding(("models/frau%d", Role.VIEWER), role=None), {"frau%d"}),
    (holding(("datasets/*", Role.VIEWER), role=None), set()),
    (holding(("models/*", Role.NONE), role=Role.ADMIN), set(NAMES)),
    (holding(only=("models/fraud-*", "models/churn")), {"fraud-eu", "fraud-eu-x", "churn"}),
    (holding(("models/fraud-eu", Role.NONE), only=("models/fraud-*",)), {"fraud-eu-x"}),
    (holding(only=("datasets/*",)), set()),
]


@pytest.mark.parametrize("number", range(len(CASES)))
def test_a_list_and_a_look_agree_on_what_is_seen(ctx: Ctx, number: int) -> None:
    actor, seen = CASES[number]
    here = ctx.acting(actor, "default")
    scope: Scope = here.scope("models")
    assert {name for name in NAMES if here.may(Permission.READ, f"models/{name}")} == seen
    assert {name for name in NAMES if name in scope} == seen
    condition = scope.where("name")
    rows = " UNION ALL ".join("SELECT CAST(? AS TEXT) AS name" for _ in NAMES)
    text = f"SELECT name FROM ({rows}) AS listed" + (f" WHERE {condition.text}" if condition.text else "")
    with ctx.db.read() as tx:
        assert {row[0] for row in tx.rows(text, [*NAMES, *condition.values])} == seen


def model(people: People, name: str, who: str = "chief") -> None:
    people.ask("POST", "/api/v1/registered-models", who, json={"name": name}, expect=200)


def grant(people: People, pattern: str, role: str, **holder: str) -> Any:
    return people.root("POST", "/api/v1/grants", json={"pattern": pattern, "role": role, **holder}, expect=201)


def test_a_grant_lets_in_and_hides_and_lists_follow_at_once(people: People) -> None:
    for name in ("fraud", "fraud-eu", "churn"):
        model(people, name)

    def listed(who: str) -> list[str]:
        found = people.ask("POST", "/api/v1/registered-models:search", who, json={"max_results": 1}, expect=200)
        names = [item["name"] for item in found["items"]]
        while found["next_page"]:
            body = {"max_results": 1, "page": found["next_page"]}
            found = people.ask("POST", "/api/v1/registered-models:search", who, json=body, expect=200)
            names += [item["name"] for item in found["items"]]
        return sorted(names)

    assert listed("viewer") == ["churn", "fraud", "fraud-eu"]
    hidden = grant(people, "models/fraud*", "none", user="viewer")
    assert listed("viewer") == ["churn"]
    there, absent = (people.ask("GET", f"/api/v1/registered-models/{name}", "viewer") for name in ("fraud", "frauX"))
    assert there.status_code == absent.status_code == 404
    ids = (there.headers["x-request-id"], absent.headers["x-request-id"])
    assert there.text.replace("fraud", "N").replace(ids[0], "") == absent.text.replace("frauX", "N").replace(ids[1], "")
    assert "fraud" not in people.ask("GET", "/api/v1/me", "viewer").text
    grant(people, "models/fraud-eu", "contributor", user="viewer")
    assert listed("viewer") == ["churn", "fraud-eu"]
    change = {"description": "theirs"}
    people.ask("PATCH", "/api/v1/registered-models/fraud-eu", "viewer", json=change, expect=200)
    assert people.ask("PATCH", "/api/v1/registered-models/churn", "viewer", json=change).status_code == 403
    people.root("DELETE", f"/api/v1/grants/{hidden['id']}", expect=204)
    assert listed("viewer") == ["churn", "fraud", "fraud-eu"]


def test_news_of_what_is_hidden_is_not_told(people: People) -> None:
    grant(people, "models/secret*", "none", user="viewer")
    model(people, "secret")
    model(people, "open")
    path = "/api/v1/events?after=0&kinds=registered_model"
    for who, names in (("chief", ["secret", "open"]), ("viewer", ["open"])):
        assert [event["subject"] for event in people.ask("GET", path, who, expect=200)["items"]] == names


def test_a_group_brings_roles_and_grants_and_takes_them_away(people: People) -> None:
    model(people, "fraud")
    people.root("POST", "/api/v1/users", json={"name": "newbie"}, expect=201)
    secret = people.root("POST", "/api/v1/tokens?user=newbie", json={}, expect=201)["secret"]
    see = lambda: people.ask("GET", "/api/v1/registered-models/fraud", token=secret).status_code  # noqa: E731
    assert see() == 404
    body = {"name": "risk", "members": ["newbie"], "roles": {"team": "viewer"}}
    made = people.root("POST", "/api/v1/groups", json=body, expect=201)
    assert (made["members"], made["roles"]) == (["newbie"], {"team": "viewer"})
    assert see() == 200
    grant(people, "models/fraud", "none", group="risk")
    assert see() == 404
    grant(people, "models/fraud", "viewer", user="newbie")  # in person counts before a group
    assert see() == 200
    people.root("DELETE", "/api/v1/groups/risk/members/newbie", expect=204)
    me = people.ask("GET", "/api/v1/me", token=secret, expect=200)
    assert (me["roles"], me["groups"]) == ({}, [])
    assert see() == 200  # what was given in person stays
    people.root("PUT", "/api/v1/groups/risk/members/newbie", expect=204)
    people.root("DELETE", "/api/v1/groups/risk", expect=204)
    assert people.ask("GET", "/api/v1/me", token=secret, expect=200)["roles"] == {}


def test_roles_together_are_the_strongest_and_an_auditor_keeps_the_log(people: People) -> None:
    for name, role in (("a", "auditor"), ("b", "viewer")):
        body = {"name": name, "members": ["editor"], "roles": {"team": role}}
        people.root("POST", "/api/v1/groups", json=body, expect=201)
    me = people.ask("GET", "/api/v1/me", "editor", expect=200)
    assert (me["roles"]["team"], me["audits"]) == ("contributor", ["team"])
    assert people.ask("POST", "/api/v1/audit:search", "editor", json={}).status_code == 200
    assert people.ask("POST", "/api/v1/audit:search", "viewer", json={}).status_code == 403


BAD_GRANTS: list[dict[str, Any]] = [
    {"pattern": "models/x", "role": "viewer"},
    {"pattern": "models/x", "role": "viewer", "user": "viewer", "group": "g"},
    {"pattern": "models", "role": "viewer", "user": "viewer"},
    {"pattern": "models/", "role": "viewer", "user": "viewer"},
    {"pattern": "models/a*b", "role": "viewer", "user": "viewer"},
    {"pattern": "", "role": "viewer", "user": "viewer"},
    {"pattern": "*", "role": "none", "group": "g"},
    {"pattern": "*", "role": "viewer", "user": "viewer"},
    {"pattern": "models/\n", "role": "viewer", "user": "viewer"},
    {"pattern": "models/x", "role": "god", "user": "viewer"},
    {"pattern": "experiments/0", "role": "none", "user": "viewer"},
]


def test_grants_that_cannot_be_are_refused(people: People) -> None:
    for body in BAD_GRANTS:
        people.root("POST", "/api/v1/grants", json=body, expect=400)
    for holder in ({"user": "nobody"}, {"group": "nobody"}):
        people.root("POST", "/api/v1/grants", json={"pattern": "models/x", "role": "viewer", **holder}, expect=404)
    made = grant(people, "models/x", "viewer", user="viewer")
    assert people.ask("DELETE", f"/api/v1/grants/{made['id']}", "stranger", workspace="other").status_code == 404
    assert people.root("GET", "/api/v1/grants")["items"] == [made]
    for number in (0, -1, 10**30, made["id"] + 1):
        assert people.ask("DELETE", f"/api/v1/grants/{number}", "chief").status_code in (400, 404)


def test_a_service_account_has_no_password_and_no_session(people: People) -> None:
    body = {"name": "ci", "service": True, "roles": {"team": "contributor"}}
    people.root("POST", "/api/v1/users", json={**body, "password": PASSWORD}, expect=400)
    people.root("POST", "/api/v1/users", json={**body, "server_admin": True}, expect=400)
    assert people.root("POST", "/api/v1/users", json=body, expect=201)["service"] is True
    people.root("PATCH", "/api/v1/users/ci", json={"password": PASSWORD}, expect=400)
    secret = people.root("POST", "/api/v1/tokens?user=ci", json={}, expect=201)["secret"]
    assert people.ask("GET", "/api/v1/me", token=secret, expect=200)["service"] is True


def test_a_token_does_no_more_than_its_scopes(people: People) -> None:
    model(people, "fraud")
    body = {"scopes": ["read"], "workspace": "team", "patterns": ["models/fraud"]}
    secret = people.ask("POST", "/api/v1/tokens", "chief", json=body, expect=201)["secret"]
    assert people.ask("GET", "/api/v1/registered-models/fraud", token=secret).status_code == 200
    change = people.ask("PATCH", "/api/v1/registered-models/fraud", token=secret, json={"description": "x"})
    assert change.status_code == 403
    for path in ("/api/v1/registered-models/other", "/api/v1/users", "/api/v1/jobs/x"):
        assert people.ask("GET", path, token=secret).status_code == 404, path
    for more in ({}, {"scopes": ["admin"]}, {"scopes": ["read"]}, {"scopes": ["read"], "workspace": "team"}):
        assert people.ask("POST", "/api/v1/tokens", token=secret, json=more).status_code == 403, more
    own = people.secrets["chief"].split("_")[1]
    assert people.ask("POST", f"/api/v1/tokens/{own}:rotate", token=secret, json={}).status_code == 403
    assert people.ask("DELETE", f"/api/v1/tokens/{own}", token=secret).status_code == 403
    same = people.ask("POST", "/api/v1/tokens", token=secret, json=body, expect=201)
    assert same["token"]["patterns"] == ["models/fraud"]


def test_a_limited_token_of_a_server_administrator_is_none(people: People) -> None:
    boss = {"name": "boss", "password": PASSWORD, "server_admin": True}
    people.root("POST", "/api/v1/users", json=boss, expect=201)
    for body, here, server in (
        ({"scopes": ["read"]}, 403, 403),
        ({"scopes": ["write"]}, 403, 403),
        ({"workspace": "team"}, 200, 403),
        ({"scopes": ["admin"], "workspace": "team"}, 200, 403),
        ({"scopes": ["admin"]}, 200, 200),
        ({}, 200, 200),
    ):
        secret = people.root("POST", "/api/v1/tokens?user=boss", json=body, expect=201)["secret"]
        assert people.ask("GET", "/api/v1/grants", token=secret).status_code == here, body
        assert people.ask("GET", "/api/v1/sessions?everyone=true", token=secret).status_code == server, body


def test_a_token_is_replaced_with_an_overlap(people: People) -> None:
    body = {"label": "ci", "scopes": ["write"], "workspace": "team"}
    old = people.ask("POST", "/api/v1/tokens", "editor", json=body, expect=201)
    new = people.ask("POST", f"/api/v1/tokens/{old['token']['id']}:rotate", token=old["secret"], json={}, expect=201)
    assert {new["token"][key] == old["token"][key] for key in ("label", "scopes", "workspace")} == {True}
    assert new["token"]["replaces"] == old["token"]["id"]
    for secret in (old["secret"], new["secret"]):
        assert people.ask("GET", "/api/v1/me", token=secret).status_code == 200
    ids = {item["id"]: item for item in people.ask("GET", "/api/v1/tokens", "editor", expect=200)["items"]}
    left = ids[old["token"]["id"]]["expires_ms"] - people.client.ctx.clock.now_ms()
    assert 86_000_000 < left <= 86_400_000
    again = f"/api/v1/tokens/{new['token']['id']}:rotate"
    people.ask("POST", again, "editor", json={"overlap_s": 0}, expect=201)
    assert people.ask("GET", "/api/v1/me", token=new["secret"]).status_code == 401
    assert people.ask("POST", again, "editor", json={}).status_code == 409
    assert people.ask("POST", again, "viewer", json={}).status_code == 404


def test_every_change_leaves_an_audit_row_without_secrets(people: People) -> None:
    people.root("POST", "/api/v1/groups", json={"name": "g"}, expect=201)
    made = grant(people, "models/x", "viewer", group="g")
    people.root("PATCH", f"/api/v1/grants/{made['id']}", json={"role": "contributor"})
    people.root("DELETE", f"/api/v1/grants/{made['id']}", expect=204)
    people.root("PATCH", "/api/v1/groups/g", json={"description": "d"})
    people.root("PUT", "/api/v1/groups/g/members/viewer", expect=204)
    people.root("DELETE", "/api/v1/groups/g/members/viewer", expect=204)
    people.root("DELETE", "/api/v1/groups/g", expect=204)
    with people.client.ctx.db.read() as tx:
        actions = {row[0] for row in tx.rows("SELECT action FROM audit_events")}
        stored = str(tx.rows("SELECT * FROM audit_events"))
    assert {"group.created", "grant.set", "grant.deleted", "group.updated", "group.joined", "group.left",
            "group.deleted"} <= actions
    assert all(secret not in stored for secret in people.secrets.values())


def test_held_grants_are_ordered_by_how_specific_they_are() -> None:
    from modelwright.domains.access import rules
    from modelwright.types.access import User

    held = [
        ("w", "models/*", Role.NONE, True), ("w", "models/fraud-eu", Role.NONE, False),
        ("w", "models/fraud-eu", Role.VIEWER, True), ("w", "models/fraud-*", Role.ADMIN, False),
    ]
    made = rules.actor(User(name="u"), held)
    assert made.grants["w"] == (
        Held("models/fraud-eu", Role.VIEWER), Held("models/fraud-eu", Role.NONE), Held("models/fraud-*", Role.ADMIN),
        Held("models/*", Role.NONE),
    )
