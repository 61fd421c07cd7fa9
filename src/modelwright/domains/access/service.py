"""The verbs of who acts: from credentials to an actor, and whether what is remembered of one is still true.

What actors may do is remembered for a moment by every process. It is used only while the version of who may do what was
looked at within the last `LEASE_S`, and whoever changes anything waits that long before it answers: after the answer no
process goes by what was.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import ipaddress
import secrets
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import cast

import msgspec

from modelwright.domains.access import providers, rules, throttle
from modelwright.domains.access.queries import groups as held
from modelwright.domains.access.queries import sessions as kept
from modelwright.domains.access.queries import tokens as issued
from modelwright.domains.access.queries import users as queries
from modelwright.domains.audit import service as audit
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import DEFAULT_WORKSPACE, Actor, Confirmation, Permission, TokenScope, User
from modelwright.types.errors import Denied, Invalid, ModelwrightError, Unauthenticated

LEASE_S = 0.05
_TOUCH_MS = 60_000
FRESH_MS = 5 * 60 * 1000
"""How long a login counts as a proof for a decision."""
_VERIFIED = 1_000
_WELCOME_S = 2.0
_WRONG = "the user name or the password is wrong"
_NO_USERS = frozenset({"local", "system"})
_ADMIN_TOKEN = "-"  # noqa: S105  stands for the setting where tokens have an id; a user may be called admin too
_STAMP = "access.stamp"

Stamp = tuple[int, int]
"""(changes made by this process, version in the database)."""


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """What a request brings: a token (`secret`), a name with a password or token, a session cookie, or a proxy's word.

    `vouched` and `groups` are names that a trusted proxy in front of the server has checked.
    """

    user: str = ""
    secret: str = ""
    session: str = ""
    address: str = ""
    vouched: str = ""
    groups: tuple[str, ...] = ()


def stamp(ctx: Ctx) -> Stamp | None:
    """What everything remembered is bound to; None when the database must be asked again (`restamp`). Never blocks."""
    seen = ctx.local.get(_STAMP)
    epoch = ctx.local.get("access.epoch", 0)
    if seen is None or seen[0][0] != epoch or seen[1] < time.monotonic():
        return None
    return seen[0]


def restamp(ctx: Ctx) -> Stamp:
    """The stamp as it is now; asks the database when nobody did within `LEASE_S`."""
    found = stamp(ctx)
    if found is not None:
        return found
    until = time.monotonic() + LEASE_S
    epoch = ctx.local.get("access.epoch", 0)
    with ctx.db.read() as tx:
        found = (epoch, kept.version(tx))
    ctx.local[_STAMP] = (found, until)
    return found


@contextmanager
def changing(ctx: Ctx) -> Generator[Tx]:
    """A transaction that changes who may do what; when it ends, no process remembers how it was."""
    with ctx.db.write() as tx:
        yield tx
        kept.raise_version(tx)
        tx.after_commit(
            "access.epoch", lambda: ctx.local.update({"access.epoch": ctx.local.get("access.epoch", 0) + 1})
        )
    time.sleep(LEASE_S)


def authenticate(ctx: Ctx, credentials: Credentials) -> Actor | None:
    """The actor of a request; None without credentials.

    Raises:
        Unauthenticated: wrong, expired or revoked credentials. Unavailable: too many wrong passwords.
    """
    if credentials.session:
        return _by_session(ctx, credentials.session)
    secret = credentials.secret
    if not secret:
        return _by_proxy(ctx, credentials) if credentials.vouched else None
    if ctx.settings.admin_token and rules.same(secret, ctx.settings.admin_token):
        return Actor("admin", server_admin=True, token_id=_ADMIN_TOKEN)
    token_id = rules.split_token(secret)
    if token_id is not None:
        return by_token(ctx, token_id, secret, credentials.user)
    if not credentials.user:
        raise Unauthenticated("the token is not valid", where="Authorization")
    user = by_password(ctx, credentials.user, secret, credentials.address)
    with ctx.db.read() as tx:
        return actor_of(tx, user)


def actor_of(tx: Tx, user: User) -> Actor:
    """What a user may do, groups and grants together."""
    return rules.actor(user, held.held(tx, user.name))


def workspace_exists(ctx: Ctx, workspace: str) -> bool:
    """Whether there is such a workspace. The caller decides who may know."""
    if workspace == DEFAULT_WORKSPACE:
        return True
    with ctx.db.read() as tx:
        return queries.has_workspace(tx, workspace)


def has_admin(ctx: Ctx) -> bool:
    """Whether anyone can log in as administrator of the server."""
    if ctx.settings.admin_token:
        return True
    with ctx.db.read() as tx:
        return bool(queries.admins(tx)) or bool(providers.admin_groups(ctx.settings))


def still_welcome(ctx: Ctx) -> bool:
    """Whether the actor of a long answer may still read the workspace, and is granted what it was at its start."""
    found = welcome_now(ctx)
    if found is not None:
        return found
    actor = ctx.actor
    assert actor is not None
    now = restamp(ctx)
    fresh = again(ctx, actor)
    remembered = _welcomed(ctx)
    if len(remembered) > _VERIFIED:
        remembered.clear()
    remembered[actor.name, actor.token_id, actor.session] = (now, time.monotonic() + _WELCOME_S, fresh)
    return _same(ctx, actor, fresh)


def welcome_now(ctx: Ctx) -> bool | None:
    """The same from memory; None when only the database can tell. Never blocks."""
    actor = ctx.actor
    if actor is None or actor.name in _NO_USERS or actor.token_id == _ADMIN_TOKEN:
        return actor is not None
    found = _welcomed(ctx).get((actor.name, actor.token_id, actor.session))
    if found is None or found[0] != stamp(ctx) or found[1] < time.monotonic():
        return None
    return _same(ctx, actor, found[2])


def _same(ctx: Ctx, before: Actor, now: Actor | None) -> bool:
    if now is None or not ctx.acting(now, ctx.workspace).may(Permission.READ):
        return False
    return before.grants.get(ctx.workspace) == now.grants.get(ctx.workspace)


def _welcomed(ctx: Ctx) -> dict[tuple[str, str, str], tuple[Stamp, float, Actor | None]]:
    return ctx.local.setdefault("access.welcome", {})


def again(ctx: Ctx, actor: Actor) -> Actor | None:
    """The same actor as things are now; None when its credentials are no longer good."""
    now = ctx.clock.now_ms()
    with ctx.db.read() as tx:
        user = queries.user(tx, actor.name)
        if user is None or user.disabled:
            return None
        whole = actor_of(tx, user)
        if actor.token_id:
            token = issued.token(tx, actor.token_id)
            if token is None or token.revoked or (token.expires_ms is not None and token.expires_ms <= now):
                return None
            return rules.limited(whole, token)
        if actor.session:
            live = kept.live_by_public(tx, actor.session)
            if live is None or not _alive(ctx, live, now):
                return None
            return msgspec.structs.replace(whole, session=actor.session)
        return whole


def _alive(ctx: Ctx, live: kept.Live, now: int) -> bool:
    return live.expires_ms > now and live.seen_ms > now - int(ctx.settings.session_idle_s * 1000)


def _by_session(ctx: Ctx, secret: str) -> Actor:
    now = ctx.clock.now_ms()
    with ctx.db.read() as tx:
        live = kept.live(tx, rules.digest(secret))
        user = queries.user(tx, live.user) if live and _alive(ctx, live, now) else None
        if live is None or user is None or user.disabled:
            raise Unauthenticated("the session has ended", where="session", hint="log in again")
        actor = msgspec.structs.replace(actor_of(tx, user), session=live.public)
    if now - live.seen_ms > _TOUCH_MS:
        ctx.db.submit(lambda tx: kept.touch_session(tx, live.public, now), key="access")
    return actor


def by_token(ctx: Ctx, token_id: str, secret: str, name: str = "") -> Actor:
    """The actor of a token. Raises `Unauthenticated`."""
    now = ctx.clock.now_ms()
    with ctx.db.read() as tx:
        stored = issued.token_secret(tx, token_id)
        token = issued.token(tx, token_id)
        user = queries.user(tx, token.user) if token else None
        whole = actor_of(tx, user) if user else None
    if (
        token is None
        or user is None
        or whole is None
        or not rules.same(rules.digest(secret), stored)
        or (name and name != user.name)
    ):
        raise Unauthenticated("the token is not valid", where="Authorization")
    if token.revoked or user.disabled:
        raise Unauthenticated("the token was revoked", where="Authorization")
    if token.expires_ms is not None and token.expires_ms <= now:
        raise Unauthenticated("the token has expired", where="Authorization", hint="create another with `mw login`")
    if token.last_used_ms is None or now - token.last_used_ms > _TOUCH_MS:
        ctx.db.submit(lambda tx: issued.touch_token(tx, token_id, now), key="access")
    return rules.limited(whole, token)


def by_password(ctx: Ctx, name: str, password: str, address: str) -> User:
    """The user whose password this is. Raises `Unauthenticated`; `Unavailable` after too many wrong ones."""
    with ctx.db.read() as tx:
        stored = queries.password(tx, name)
        user = queries.user(tx, name)
    verified = _verified(ctx)
    key = hmac.digest(
        cast("bytes", verified[""]), f"{name}\0{password}".encode("utf-8", "surrogatepass"), hashlib.sha256
    ).hex()
    if stored is None or verified.get(key) != stored:
        throttle.begin(ctx, name, address)
        if not rules.matches(password, stored or _decoy()) or stored is None:
            raise Unauthenticated(_WRONG, where="password")
        throttle.right(ctx, name, address)
        if len(verified) > _VERIFIED:
            ctx.local.pop("access.verified", None)
        verified[key] = stored
    if user is None:
        raise Unauthenticated(_WRONG, where="password")
    return user


def _by_proxy(ctx: Ctx, credentials: Credentials) -> Actor:
    who = providers.Person(
        origin="proxy", subject=credentials.vouched, name=credentials.vouched, groups=credentials.groups
    )
    user = admit(ctx, who)
    with ctx.db.read() as tx:
        return actor_of(tx, user)


def admit(ctx: Ctx, who: providers.Person) -> User:
    """The user that a login provider or a trusted proxy vouches for, made at the first visit, its groups as told.

    Raises:
        Unauthenticated: the name cannot be a user's, or the user is disabled.
        Denied: another user has the name, or strangers are not admitted.
    """
    try:
        rules.check_user_name(who.name)
    except Invalid as error:
        raise Unauthenticated(f"{who.name[:100]!r} cannot be a user name here", where="name") from error
    wanted = providers.memberships(ctx.settings, who)
    with ctx.db.read() as tx:
        name = queries.user_at(tx, who.origin, who.subject)
        user = queries.user(tx, name) if name else None
        settled = user is not None and providers.settled(tx, user, who, wanted)
    if user is None or not settled:
        with changing(ctx) as tx:
            name = providers.admitted(ctx, tx, who, wanted)
            user = queries.user(tx, name)
    assert user is not None
    if user.disabled:
        raise Denied("this user may not log in", where="user")
    return user


def trusted(ctx: Ctx, address: str) -> bool:
    """Whether a peer is one of the proxies whose word on users is taken."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in providers.proxies(ctx.settings))


def confirm(ctx: Ctx, proof: Confirmation, *, address: str = "") -> str:
    """Make sure that it is the person who decides; how it was proved (`password`, `token`, `login`, `local`).

    A password or a token with the scope approve, of the caller; or a login at most five minutes old; or the request
    itself was made with a token of that scope. Wrong passwords are counted as at the login.

    Raises:
        Unauthenticated: no proof, or a wrong one. Denied: a service account cannot decide. Unavailable: too many wrong.
    """
    try:
        return _confirmed(ctx, proof, address)
    except ModelwrightError as error:
        audit.refused(ctx, "confirmation.refused", f"user/{ctx.who}", {"address": address, "reason": error.kind})
        raise


def _confirmed(ctx: Ctx, proof: Confirmation, address: str) -> str:
    actor = ctx.actor
    if actor is None:
        raise Unauthenticated
    if actor.service:
        raise Denied("a service account cannot decide; people do")
    if actor.name == "local" and actor.server_admin and not actor.session and not actor.token_id:
        return "local"
    if proof.password is not None:
        user = by_password(ctx, actor.name, proof.password, address)
        if user.name == actor.name:
            return "password"
    if proof.token is not None:
        token_id = rules.split_token(proof.token)
        if token_id is not None and _approves(by_token(ctx, token_id, proof.token, actor.name).scopes):
            return "token"
        raise Unauthenticated("that token has no scope approve", where="token")
    if actor.token_id and _approves(actor.scopes):
        return "token"
    if actor.session:
        with ctx.db.read() as tx:
            live = kept.live_by_public(tx, actor.session)
        if live is not None and live.user == actor.name and live.proved_ms > ctx.clock.now_ms() - FRESH_MS:
            return "login"
    raise Unauthenticated(
        "prove again who you are", where="confirmation", hint="send your password, or a token with the scope approve"
    )


def _approves(scopes: tuple[TokenScope, ...] | None) -> bool:
    return scopes is not None and (TokenScope.APPROVE in scopes or TokenScope.ADMIN in scopes)


@functools.cache
def _decoy() -> str:
    """A hash to compare with when there is no such user, so that the answer takes as long."""
    return rules.hash_password("a password that nobody has", b"sixteen bytes of")


def _verified(ctx: Ctx) -> dict[str, bytes | str]:
    """Passwords that were right, as keyed digests, each with the stored hash it matched.

    Hashing again would cost 40 ms a request.
    """
    return ctx.local.setdefault("access.verified", {"": secrets.token_bytes(32)})
