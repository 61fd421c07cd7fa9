"""Login by an OpenID Connect provider: does it let in whom it should, and nobody by any trick?"""

from __future__ import annotations

import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from modelwright.domains.access.oidc import safe_place
from modelwright.testing.clients import client as make

from .conftest import ADMIN_TOKEN
from .provider import CLIENT, SECRET, Provider, running

BEGIN = "/api/v1/login/oidc"
ADMIN = {"authorization": f"Bearer {ADMIN_TOKEN}"}


@pytest.fixture(scope="module")
def running_provider() -> Iterator[Provider]:
    with running() as made:
        yield made


@pytest.fixture
def provider(running_provider: Provider) -> Iterator[Provider]:
    kept = dict(running_provider.person)
    yield running_provider
    running_provider.person, running_provider.userinfo, running_provider.described = kept, {}, {}
    running_provider.twist, running_provider.sign = (lambda claims: None), running_provider.signed


@pytest.fixture
def site(engine: str, tmp_path: Path, provider: Provider) -> Iterator[TestClient]:
    with make(
        tmp_path, db=engine, admin_token=ADMIN_TOKEN, oidc_issuer=provider.issuer, oidc_client_id=CLIENT,
        oidc_client_secret=SECRET, group_roles=("risk=default:contributor", "ops=server-admin"),
    ) as made:
        yield made


def back(site: TestClient, provider: Provider, query: str = "") -> str:
    """Begin a login and have the provider sign in: the path that the browser is sent back to."""
    begun = site.get(BEGIN + query, follow_redirects=False)
    assert begun.status_code == 303, begun.text
    url = urllib.parse.urlsplit(provider.authorize(begun.headers["location"]))
    return f"{url.path}?{url.query}"


def log_in(site: TestClient, provider: Provider, query: str = "") -> Any:
    return site.get(back(site, provider, query), follow_redirects=False)


def test_a_login_opens_a_session_with_the_roles_of_its_groups(site: TestClient, provider: Provider) -> None:
    assert site.get("/api/v1/me").status_code == 401
    assert site.get("/api/v1/login/ways").json()["begin"] == BEGIN
    done = log_in(site, provider, "?next=/w/default/settings")
    assert done.status_code == 200
    assert "url=/w/default/settings" in done.text
    cookie = next(text for text in done.headers.get_list("set-cookie") if text.startswith("mw_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    me = site.get("/api/v1/me").json()
    assert (me["name"], me["roles"], me["groups"]) == ("ann", {"default": "contributor"}, ["risk"])
    assert me["server_admin"] is False
    assert site.get("/api/v1/sessions").json()["items"][0]["method"] == "oidc"


def test_groups_follow_the_provider_at_the_next_login(site: TestClient, provider: Provider) -> None:
    log_in(site, provider)
    provider.person = {**provider.person, "groups": ["ops"]}
    log_in(site, provider)
    me = site.get("/api/v1/me").json()
    assert (me["server_admin"], me["roles"]) == (True, {})
    provider.person = {**provider.person, "groups": []}
    log_in(site, provider)
    me = site.get("/api/v1/me").json()
    assert (me["server_admin"], me["roles"], me["groups"]) == (False, {}, [])


def test_groups_of_ours_that_the_settings_do_not_name_are_not_theirs(site: TestClient, provider: Provider) -> None:
    body = {"name": "chiefs", "roles": {"default": "admin"}}
    assert site.post("/api/v1/groups", json=body, headers=ADMIN).status_code == 201
    provider.person = {**provider.person, "groups": ["chiefs", "risk"]}
    log_in(site, provider)
    assert site.get("/api/v1/me").json()["groups"] == ["risk"]
    body = {"members": ["ann"]}  # but whoever administers this server may put them in, and they stay
    assert site.patch("/api/v1/groups/chiefs", json=body, headers=ADMIN).status_code == 200
    log_in(site, provider)
    assert site.get("/api/v1/me").json()["groups"] == ["chiefs", "risk"]


def test_claims_may_come_from_the_user_info(site: TestClient, provider: Provider) -> None:
    provider.person = {"sub": "s-1"}
    provider.userinfo = {"sub": "s-1", "preferred_username": "ann", "groups": ["risk"]}
    log_in(site, provider)
    assert site.get("/api/v1/me").json()["groups"] == ["risk"]
    site.cookies.clear()
    provider.person, provider.userinfo = {"sub": "s-2"}, {"sub": "s-1", "preferred_username": "ann"}
    log_in(site, provider)
    assert site.get("/api/v1/me").json()["name"] == "s-2"  # user info of somebody else is not believed


def test_a_name_alone_joins_no_two_users(site: TestClient, provider: Provider) -> None:
    body = {"name": "ann", "password": "correct horse battery", "server_admin": True}
    assert site.post("/api/v1/users", json=body, headers=ADMIN).status_code == 201
    provider.person = {**provider.person, "email": "ann@example.org", "email_verified": True}
    refused = log_in(site, provider)
    assert refused.status_code == 403
    assert "mw_session" not in str(refused.headers.get_list("set-cookie"))
    assert site.get("/api/v1/me").status_code == 401


TWISTS: dict[str, Any] = {
    "another audience": lambda c: c.update(aud="someone"),
    "two audiences without azp": lambda c: c.update(aud=[CLIENT, "someone"]),
    "another azp": lambda c: c.update(azp="someone"),
    "another issuer": lambda c: c.update(iss="https://evil.example"),
    "another nonce": lambda c: c.update(nonce="0"),
    "no nonce": lambda c: c.pop("nonce"),
    "expired": lambda c: c.update(exp=c["iat"] - 3_600),
    "no expiry": lambda c: c.pop("exp"),
    "expiry of another kind": lambda c: c.update(exp="9999999999"),
    "from the future": lambda c: c.update(iat=c["iat"] + 3_600),
    "not yet": lambda c: c.update(nbf=c["iat"] + 3_600),
    "no subject": lambda c: c.pop("sub"),
    "a subject of another kind": lambda c: c.update(sub=7),
}


def test_a_token_that_does_not_hold_lets_nobody_in(site: TestClient, provider: Provider) -> None:
    for name, twist in TWISTS.items():
        provider.twist = twist
        assert log_in(site, provider).status_code == 401, name
    provider.twist = lambda claims: None
    broken = [lambda claims, text=text: text for text in ("x", "", "a.b.c")]
    for sign in (provider.unsigned, provider.confused, provider.foreign, *broken):
        provider.sign = sign
        assert log_in(site, provider).status_code == 401, sign
    assert site.get("/api/v1/me").status_code == 401
    provider.sign = provider.signed
    assert log_in(site, provider).status_code == 200


def test_a_new_key_of_the_provider_is_found(site: TestClient, provider: Provider, monkeypatch: Any) -> None:
    from modelwright.domains.access import oidc

    monkeypatch.setattr(oidc, "_KEYS_AGAIN_S", 0.0)
    assert log_in(site, provider).status_code == 200
    before = provider.asked.count("/keys")
    assert log_in(site, provider).status_code == 200
    assert provider.asked.count("/keys") == before
    provider.rotate()
    assert log_in(site, provider).status_code == 200
    assert provider.asked.count("/keys") == before + 1


def test_an_answer_is_taken_once_and_from_the_browser_that_began(site: TestClient, provider: Provider) -> None:
    path = back(site, provider)
    cookie = site.cookies.get("mw_login")
    site.cookies.clear()
    assert site.get(path).status_code == 401  # another browser: a login that somebody else began is not mine
    site.cookies.set("mw_login", cookie or "", path=BEGIN)
    assert site.get(path).status_code == 401  # nor is there a second try
    path = back(site, provider)
    assert site.get(path).status_code == 200
    assert site.get(path).status_code == 401
    for query in ("", "?state=x&code=y", "?code=y", "?error=access_denied&state=x", "?state=x&state=y", "?state=%00"):
        assert site.get(f"{BEGIN}/callback{query}").status_code in (400, 401), query
    path = back(site, provider)
    assert site.get(f"{path}&iss=https://evil.example").status_code == 401
    assert "another provider" not in site.get(f"{BEGIN}/callback?error=<script>x</script>&state=z").text


def test_a_login_that_took_too_long_is_refused(site: TestClient, provider: Provider) -> None:
    path = back(site, provider)
    with site.ctx.db.write() as tx:  # pyright: ignore[reportAttributeAccessIssue]
        tx.execute("UPDATE logins SET expires_ms = 1")
    assert site.get(path).status_code == 401


def test_the_provider_must_be_who_it_says(site: TestClient, provider: Provider) -> None:
    provider.described = {"issuer": "https://evil.example"}
    assert site.get(BEGIN, follow_redirects=False).status_code == 503
    provider.described = {"jwks_uri": "http://169.254.169.254/keys"}
    refused = log_in(site, provider)
    assert refused.status_code >= 400
    assert site.get("/api/v1/me").status_code == 401


PLACES = {
    "/w/default": "/w/default",
    "/w/default?tab=1#x": "/w/default?tab=1#x",
    "": "/",
    "//evil.example": "/",
    "/\\evil.example": "/",
    "https://evil.example": "/",
    "javascript:alert(1)": "/",
    "/%2f/evil.example": "/",
    "/a b": "/",
    "/\x00": "/",
    "/\t/evil.example": "/",
    "///evil.example": "/",
    "evil.example": "/",
    "/" + "a" * 3_000: "/",
}


def test_only_paths_of_ours_are_returned_to() -> None:
    for wanted, place in PLACES.items():
        assert safe_place(wanted) == place, wanted


def test_a_page_to_return_to_cannot_carry_markup(site: TestClient, provider: Provider) -> None:
    done = log_in(site, provider, "?next=" + urllib.parse.quote('/"><script>alert(1)</script>'))
    assert "<script>" not in done.text


def test_a_new_proof_counts_for_a_decision_and_an_old_one_does_not(site: TestClient, provider: Provider) -> None:
    from modelwright.domains.access import service
    from modelwright.types.access import Confirmation
    from modelwright.types.errors import Unauthenticated

    ctx: Any = site.ctx  # pyright: ignore[reportAttributeAccessIssue]

    def acting() -> Any:
        secret = site.cookies.get("mw_session")
        return ctx.acting(service.authenticate(ctx, service.Credentials(session=secret or "")), "default")

    provider.twist = lambda claims: claims.update(auth_time=claims["iat"] - 3_600)
    log_in(site, provider)
    with pytest.raises(Unauthenticated):
        service.confirm(acting(), Confirmation())
    assert log_in(site, provider, "?fresh=true").status_code == 401  # it was asked for a new proof, and gave an old one
    provider.twist = lambda claims: None
    assert log_in(site, provider, "?fresh=true").status_code == 200
    assert service.confirm(acting(), Confirmation()) == "login"


def test_without_admission_strangers_stay_out(engine: str, tmp_path: Path, provider: Provider) -> None:
    with make(
        tmp_path, db=engine, admin_token=ADMIN_TOKEN, oidc_issuer=provider.issuer, oidc_client_id=CLIENT,
        oidc_client_secret=SECRET, login_admits=False,
    ) as site:
        assert log_in(site, provider).status_code == 403
        assert site.get("/api/v1/users", headers=ADMIN).json()["items"] == []
