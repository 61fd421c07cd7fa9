"""Login by an OpenID Connect provider: authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0).

Knows the protocol; the signature of an ID token is checked by joserfc against the provider's keys, which are read again
when it signs with a new one. Calls out only by `kit.egress`; the configured issuer is the one place it always may call.
Refuses to know our users: what the provider says is handed on as a `Person`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
import time
import urllib.parse
import warnings
from typing import Any

import msgspec

from modelwright.domains.access import rules
from modelwright.domains.access.providers import Person
from modelwright.domains.access.queries import sessions as kept
from modelwright.kit.context import Ctx
from modelwright.kit.egress import Answer, Egress, parse
from modelwright.types.errors import Invalid, ModelwrightError, Unauthenticated, Unavailable

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_STATE_MS = 10 * 60 * 1000
_LEEWAY_S = 60
_DISCOVERED_S = 3600.0
_KEYS_AGAIN_S = 10.0  # a token with an unknown key makes us look for new keys at most this often
_REFUSED = "the login provider's answer cannot be trusted"


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider says about itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    end_session_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class Proved(msgspec.Struct, frozen=True, kw_only=True):
    """A finished login."""

    person: Person
    place: str
    id_token: str
    proved_ms: int
    """When the person last proved who they are to the provider; 0 when it does not say."""


class _Keys:
    """The provider, its keys, and when they were read. One for a process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.provider: Provider | None = None
        self.discovered = self.read = float("-inf")
        self.keys: Any = None


def begin(ctx: Ctx, *, redirect: str, browser: str, place: str, fresh: bool) -> str:
    """Begin a login: the URL at the provider to send the browser to. `fresh` asks it to have the person log in anew.

    Args:
        redirect: our own address that the provider sends the browser back to.
        browser: the secret of a cookie that the browser was just given: only this browser can finish.
        place: a path of ours to return to (see `safe_place`).
    """
    provider = _provider(ctx)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    now = ctx.clock.now_ms()
    with ctx.db.write() as tx:
        kept.insert_login(
            tx,
            (rules.digest(state), rules.digest(browser), verifier, nonce, place, int(fresh), now + _STATE_MS),
        )
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    asked = {
        "response_type": "code",
        "client_id": ctx.settings.oidc_client_id,
        "redirect_uri": redirect,
        "scope": " ".join(dict.fromkeys(["openid", *ctx.settings.oidc_scopes])),
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    if fresh:
        asked |= {"prompt": "login", "max_age": "0"}
    joint = "&" if "?" in provider.authorization_endpoint else "?"
    return provider.authorization_endpoint + joint + urllib.parse.urlencode(asked)


def finish(ctx: Ctx, answer: dict[str, str], *, redirect: str, browser: str) -> Proved:
    """Finish a login with what the provider sent the browser back with.

    Raises:
        Unauthenticated: refused there, begun by another browser, replayed, too late, or a token that does not hold.
        Unavailable: the provider cannot be reached.
    """
    with ctx.db.write() as tx:
        begun = kept.take_login(tx, rules.digest(answer.get("state", "")))
    if begun is None or begun.expires_ms <= ctx.clock.now_ms():
        raise Unauthenticated("this login was finished before or took too long", where="state", hint="log in again")
    if not browser or not hmac.compare_digest(rules.digest(browser), begun.browser):
        raise Unauthenticated("this login was begun in another browser", where="state", hint="log in again")
    provider = _provider(ctx)
    if answer.get("iss", provider.issuer) != provider.issuer:
        raise Unauthenticated("another provider answered", where="iss")
    if answer.get("error"):
        raise Unauthenticated(f"the login provider refused: {answer['error'][:200]}", where="error")
    tokens = _exchange(ctx, provider, answer.get("code", ""), begun.verifier, redirect)
    id_token = str(tokens.get("id_token", ""))
    claims = _verified(ctx, provider, id_token)
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), begun.nonce.encode()):
        raise Unauthenticated(_REFUSED, where="nonce")
    at = claims.get("auth_time")
    now_s = ctx.clock.now_ms() / 1000
    proved = 0
    if isinstance(at, int | float) and not isinstance(at, bool):
        if begun.fresh and at < now_s - 300:
            raise Unauthenticated("the login provider did not ask for a new login", where="auth_time")
        proved = int(min(at, now_s) * 1000)
    elif begun.fresh:
        proved = ctx.clock.now_ms()
    return Proved(
        person=_person(ctx, provider, claims, tokens), place=begun.place, id_token=id_token, proved_ms=proved
    )


def farewell(ctx: Ctx, id_token: str, *, back: str) -> str:
    """The URL that ends the session at the provider too (RP-Initiated Logout); empty where it offers none."""
    try:
        provider = _provider(ctx)
    except ModelwrightError:
        return ""
    if not provider.end_session_endpoint or not id_token:
        return ""
    asked = {
        "id_token_hint": id_token, "client_id": ctx.settings.oidc_client_id, "post_logout_redirect_uri": back
    }
    joint = "&" if "?" in provider.end_session_endpoint else "?"
    return provider.end_session_endpoint + joint + urllib.parse.urlencode(asked)


def safe_place(wanted: str) -> str:
    """A path of this server to return to; `/` for anything else (no scheme, host, backslash or control character)."""
    if (
        not wanted.startswith("/")
        or wanted.startswith("//")
        or len(wanted) > 2_000
        or "\\" in wanted
        or not wanted.isprintable()
        or " " in wanted
    ):
        return "/"
    try:
        parts = urllib.parse.urlsplit(wanted)
    except ValueError:
        return "/"
    return "/" if parts.scheme or parts.netloc or urllib.parse.unquote(parts.path).startswith("//") else wanted


def _call(ctx: Ctx, method: str, url: str, headers: dict[str, str] | None = None, body: bytes = b"") -> Answer:
    issuer = parse(ctx.settings.oidc_issuer)
    out: Egress | None = ctx.local.get("access.oidc.egress")
    if out is None:
        out = ctx.local["access.oidc.egress"] = Egress((*ctx.settings.egress_allow, issuer.place))
    target = parse(url)
    if issuer.secure and not target.secure:
        raise Unavailable("the login provider names an address without TLS", where="oidc_issuer")
    return out.request(method, url, headers=headers, body=body, timeout_s=5.0, limit=1 << 20)


def _json(answer: Answer, what: str) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        found = None
    if answer.status != 200 or not isinstance(found, dict):
        raise Unavailable(f"the login provider's {what} cannot be read (status {answer.status})", where="oidc_issuer")
    return found


def _state(ctx: Ctx) -> _Keys:
    return ctx.local.setdefault("access.oidc", _Keys())


def _provider(ctx: Ctx) -> Provider:
    if not ctx.settings.oidc_issuer:
        raise Invalid("this server has no login provider", where="oidc_issuer")
    state = _state(ctx)
    with state.lock:
        if state.provider is None or state.discovered < time.monotonic() - _DISCOVERED_S:
            url = ctx.settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration"
            found = _json(_call(ctx, "GET", url, {"accept": "application/json"}), "description")
            try:
                provider = msgspec.convert(found, Provider)
            except msgspec.ValidationError as error:
                raise Unavailable(f"the login provider's description lacks something: {error}") from None
            if provider.issuer != ctx.settings.oidc_issuer:
                raise Unavailable("the login provider calls itself by another name", where="oidc_issuer")
            state.provider, state.discovered = provider, time.monotonic()
        return state.provider


def _keys(ctx: Ctx, provider: Provider, *, again: bool = False) -> Any:
    from joserfc.jwk import KeySet

    state = _state(ctx)
    with state.lock:
        if state.keys is None or (again and state.read < time.monotonic() - _KEYS_AGAIN_S):
            found = _json(_call(ctx, "GET", provider.jwks_uri, {"accept": "application/json"}), "keys")
            usable = [
                key
                for key in found.get("keys", [])
                if isinstance(key, dict) and key.get("kty") in ("RSA", "EC", "OKP") and key.get("use", "sig") == "sig"
            ]
            if not usable:
                raise Unavailable("the login provider has no keys", where="oidc_issuer")
            state.keys, state.read = KeySet.import_key_set({"keys": usable}), time.monotonic()
        return state.keys


def _exchange(ctx: Ctx, provider: Provider, code: str, verifier: str, redirect: str) -> dict[str, Any]:
    if not code:
        raise Unauthenticated(_REFUSED, where="code")
    settings = ctx.settings
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
    if settings.oidc_client_secret and "client_secret_basic" in provider.token_endpoint_auth_methods_supported:
        parts = (settings.oidc_client_id, settings.oidc_client_secret)
        pair = ":".join(urllib.parse.quote(part, safe="") for part in parts)
        headers["authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        form["client_id"] = settings.oidc_client_id
        if settings.oidc_client_secret:
            form["client_secret"] = settings.oidc_client_secret
    answer = _call(ctx, "POST", provider.token_endpoint, headers, urllib.parse.urlencode(form).encode())
    if 400 <= answer.status < 500:
        raise Unauthenticated("the login provider did not take the code", where="code", hint="log in again")
    return _json(answer, "token")


def _verified(ctx: Ctx, provider: Provider, token: str) -> dict[str, Any]:
    from joserfc import jwt
    from joserfc.errors import JoseError

    if not token:
        raise Unauthenticated(_REFUSED, where="id_token")
    claims: dict[str, Any] = {}
    for again in (False, True):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                decoded = jwt.decode(token, _keys(ctx, provider, again=again), algorithms=list(ALGORITHMS))
            claims = dict(decoded.claims)
            break
        except (JoseError, ValueError) as error:
            if again:
                raise Unauthenticated(_REFUSED, where="id_token") from error
    _check(ctx, provider, claims)
    return claims


def _check(ctx: Ctx, provider: Provider, claims: dict[str, Any]) -> None:
    now = ctx.clock.now_ms() / 1000
    client = ctx.settings.oidc_client_id
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if claims.get("iss") != provider.issuer:
        raise Unauthenticated(_REFUSED, where="iss")
    if client not in audiences or ((len(audiences) > 1 or "azp" in claims) and claims.get("azp") != client):
        raise Unauthenticated(_REFUSED, where="aud")
    for name in ("exp", "iat"):
        at = claims.get(name)
        if isinstance(at, bool) or not isinstance(at, int | float):
            raise Unauthenticated(_REFUSED, where=name)
        if at <= now - _LEEWAY_S if name == "exp" else at >= now + _LEEWAY_S:
            raise Unauthenticated(_REFUSED, where=name)
    before = claims.get("nbf")
    if isinstance(before, int | float) and before > now + _LEEWAY_S:
        raise Unauthenticated(_REFUSED, where="nbf")
    if not isinstance(claims.get("sub"), str) or not claims["sub"]:
        raise Unauthenticated(_REFUSED, where="sub")


def _person(ctx: Ctx, provider: Provider, claims: dict[str, Any], tokens: dict[str, Any]) -> Person:
    settings = ctx.settings
    told = dict(claims)
    wanted = [settings.oidc_name_claim, *([settings.oidc_groups_claim] if settings.group_roles else [])]
    access = tokens.get("access_token")
    if any(name not in told for name in wanted) and provider.userinfo_endpoint and isinstance(access, str):
        headers = {"authorization": f"Bearer {access}", "accept": "application/json"}
        more = _json(_call(ctx, "GET", provider.userinfo_endpoint, headers), "user info")
        if more.get("sub") == claims["sub"]:
            told = {**more, **told}
    name = told.get(settings.oidc_name_claim)
    groups = told.get(settings.oidc_groups_claim, [])
    return Person(
        origin=provider.issuer,
        subject=claims["sub"],
        name=name if isinstance(name, str) and name else claims["sub"],
        groups=tuple(item for item in groups if isinstance(item, str)) if isinstance(groups, list) else (),
    )
