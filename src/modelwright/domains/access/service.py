"""The verbs of who acts: authenticate and log in. Users, tokens and workspaces are managed in `manage`."""

from __future__ import annotations

import functools
import hashlib
import hmac
import secrets
from typing import cast

import msgspec

from modelwright.domains.access import queries, rules
from modelwright.domains.access.throttle import Throttle
from modelwright.domains.audit import service as audit
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import DEFAULT_WORKSPACE, Actor, Login, User
from modelwright.types.errors import Unauthenticated

SESSION_MS = 12 * 60 * 60 * 1000
_TOUCH_MS = 60_000
_VERIFIED = 1_000
_WRONG = "the user name or the password is wrong"


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """What a request brings: a token (`secret`), a name with a password or token, or a session cookie."""

    user: str = ""
    secret: str = ""
    session: str = ""
    address: str = ""


def epoch(ctx: Ctx) -> int:
    """Changes whenever this process changed who may do what; what was remembered under another value is stale."""
    return ctx.local.get("access.epoch", 0)


def changed(ctx: Ctx, tx: Tx) -> None:
    """Let what is remembered about actors go stale as soon as `tx` is committed."""
    tx.after_commit("access.epoch", lambda: ctx.local.update({"access.epoch": epoch(ctx) + 1}))


def authenticate(ctx: Ctx, credentials: Credentials) -> Actor | None:
    """The actor of a request; None without credentials.

    Raises:
        Unauthenticated: wrong, expired or revoked credentials. Unavailable: too many wrong passwords.
    """
    if credentials.session:
        return _by_session(ctx, credentials.session)
    secret = credentials.secret
    if not secret:
        return None
    if ctx.settings.admin_token and rules.same(secret, ctx.settings.admin_token):
        return Actor("admin", server_admin=True)
    token_id = rules.split_token(secret)
    if token_id is not None:
        return _by_token(ctx, token_id, secret, credentials.user)
    if not credentials.user:
        raise Unauthenticated("the token is not valid", where="Authorization")
    return _actor(_by_password(ctx, credentials.user, secret, credentials.address))


def login(ctx: Ctx, body: Login, *, address: str, old_session: str = "") -> tuple[User, str]:
    """Check a password and open a session; returns the user and the cookie's secret. A session that was open ends.

    Raises:
        Unauthenticated: the same for a wrong password as for an unknown user. Unavailable: too many wrong guesses.
    """
    user = _by_password(ctx, body.user, body.password, address)
    secret = secrets.token_urlsafe(32)
    now = ctx.clock.now_ms()
    acting = ctx.acting(_actor(user), ctx.workspace, ctx.request_id)
    with ctx.db.write() as tx:
        if old_session:
            queries.delete_session(tx, rules.digest(old_session))
        queries.insert_session(tx, (rules.digest(secret), user.name, now, now + SESSION_MS))
        audit.append(acting, tx, "session.opened", f"user/{user.name}", {"address": address})
        changed(ctx, tx)
    return user, secret


def logout(ctx: Ctx, session: str) -> None:
    """End a session; one that has ended is fine."""
    with ctx.db.write() as tx:
        if queries.delete_session(tx, rules.digest(session)):
            changed(ctx, tx)


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
        return bool(queries.admins(tx))


def _actor(user: User, token_id: str = "") -> Actor:
    return Actor(user.name, user.roles, user.server_admin, token_id)


def _by_session(ctx: Ctx, secret: str) -> Actor:
    with ctx.db.read() as tx:
        name = queries.session_user(tx, rules.digest(secret), ctx.clock.now_ms())
        user = queries.user(tx, name) if name else None
    if user is None or user.disabled:
        raise Unauthenticated("the session has ended", where="session", hint="log in again")
    return _actor(user)


def _by_token(ctx: Ctx, token_id: str, secret: str, name: str) -> Actor:
    now = ctx.clock.now_ms()
    with ctx.db.read() as tx:
        stored = queries.token_secret(tx, token_id)
        token = queries.token(tx, token_id)
        user = queries.user(tx, token.user) if token else None
    if token is None or user is None or not rules.same(rules.digest(secret), stored) or (name and name != user.name):
        raise Unauthenticated("the token is not valid", where="Authorization")
    if token.revoked or user.disabled:
        raise Unauthenticated("the token was revoked", where="Authorization")
    if token.expires_ms is not None and token.expires_ms <= now:
        raise Unauthenticated("the token has expired", where="Authorization", hint="create another with `mw login`")
    if token.last_used_ms is None or now - token.last_used_ms > _TOUCH_MS:
        ctx.db.submit(lambda tx: queries.touch_token(tx, token_id, now), key="access")
    return _actor(user, token_id)


def _by_password(ctx: Ctx, name: str, password: str, address: str) -> User:
    with ctx.db.read() as tx:
        stored = queries.password(tx, name)
        user = queries.user(tx, name)
    verified = _verified(ctx)
    key = hmac.digest(
        cast("bytes", verified[""]), f"{name}\0{password}".encode("utf-8", "surrogatepass"), hashlib.sha256
    ).hex()
    if stored is None or verified.get(key) != stored:
        throttle = ctx.local.setdefault("access.throttle", Throttle())
        throttle.begin(name, address)
        if not rules.matches(password, stored or _decoy()) or stored is None:
            raise Unauthenticated(_WRONG, where="password")
        throttle.right(name, address)
        if len(verified) > _VERIFIED:
            ctx.local.pop("access.verified", None)
        verified[key] = stored
    if user is None:
        raise Unauthenticated(_WRONG, where="password")
    return user


@functools.cache
def _decoy() -> str:
    """A hash to compare with when there is no such user, so that the answer takes as long."""
    return rules.hash_password("a password that nobody has", b"sixteen bytes of")


def _verified(ctx: Ctx) -> dict[str, bytes | str]:
    """Passwords that were right, as keyed digests, each with the stored hash it matched.

    Hashing again would cost 40 ms a request.
    """
    return ctx.local.setdefault("access.verified", {"": secrets.token_bytes(32)})


def still_welcome(ctx: Ctx) -> bool:
    """Whether the actor of a long answer may still read the workspace: not disabled, revoked or removed since."""
    actor = ctx.actor
    if actor is None or actor.name in ("local", "admin", "system"):
        return actor is not None
    with ctx.db.read() as tx:
        user = queries.user(tx, actor.name)
        token = queries.token(tx, actor.token_id) if actor.token_id else None
    if user is None or user.disabled or (token is not None and token.revoked):
        return False
    return user.server_admin or ctx.workspace in user.roles
