"""The verbs of browsers that are logged in: open, list and end sessions, and prove again who one is."""

from __future__ import annotations

import secrets

import msgspec

from modelwright.domains.access import rules, service
from modelwright.domains.access.queries import sessions as kept
from modelwright.domains.access.queries import users as queries
from modelwright.domains.audit import service as audit
from modelwright.kit.context import Ctx
from modelwright.kit.sealed import sealer
from modelwright.types.access import Confirmation, Login, Permission, Session, TokenScope, User
from modelwright.types.errors import Denied, ModelwrightError, NotFound, Unauthenticated, Unavailable

_PLACE = "session/"
FRESH_MS = 5 * 60 * 1000
"""How long a login counts as a proof for a decision."""


class Browser(msgspec.Struct, frozen=True, kw_only=True):
    """Where a login comes from."""

    address: str = ""
    agent: str = ""
    old_session: str = ""


def login(ctx: Ctx, body: Login, browser: Browser) -> tuple[User, str]:
    """Check a password and open a session; returns the user and the cookie's secret. A session that was open ends.

    Raises:
        Unauthenticated: the same for a wrong password as for an unknown user. Unavailable: too many wrong guesses.
    """
    try:
        user = service.by_password(ctx, body.user, body.password, browser.address)
    except (Unauthenticated, Unavailable) as error:
        with ctx.db.read() as tx:
            known = queries.user(tx, body.user) is not None  # people type passwords as names: those are not kept
        detail = {"address": browser.address, "reason": error.kind}
        audit.refused(ctx, "session.refused", f"user/{body.user}" if known else "user", detail)
        raise
    return user, opened(ctx, user, "password", browser)


def opened(
    ctx: Ctx, user: User, method: str, browser: Browser, *, provider_token: str = "", proved_ms: int | None = None
) -> str:
    """Open a session for somebody who has proved who they are; the cookie's secret."""
    secret, public = secrets.token_urlsafe(32), secrets.token_hex(8)
    now = ctx.clock.now_ms()
    until = now + int(ctx.settings.session_max_s * 1000)
    with ctx.db.read() as tx:
        acting = ctx.acting(service.actor_of(tx, user), ctx.workspace, ctx.request_id)
    if browser.old_session:
        _end(ctx, browser.old_session)
    with ctx.db.write() as tx:
        kept.insert_session(
            tx,
            (
                rules.digest(secret), public, user.name, method, browser.address[:64], browser.agent[:300],
                sealer(ctx).seal(provider_token, _PLACE + public) if provider_token else "",
                now, now if proved_ms is None else proved_ms, now, until,
            ),
        )
        audit.append(
            acting, tx, "session.opened", f"user/{user.name}",
            {"address": browser.address, "method": method, "session": public},
        )
    return secret


def logout(ctx: Ctx, session: str) -> str:
    """End a session; one that has ended is fine. The ID token of the provider that opened it, if one did."""
    with ctx.db.read() as tx:
        live = kept.live(tx, rules.digest(session))
    if live is not None:
        _end(ctx, session)
    if live is None or not live.provider_token:
        return ""
    try:
        return sealer(ctx).open(live.provider_token, _PLACE + live.public)
    except ModelwrightError:  # sealed with a key that is gone: the session here has ended all the same
        return ""


def _end(ctx: Ctx, session: str) -> None:
    with service.changing(ctx) as tx:
        live = kept.live(tx, rules.digest(session))
        if live is not None and kept.delete_session(tx, rules.digest(session)):
            audit.append(ctx, tx, "session.ended", f"user/{live.user}", {"session": live.public})


def sessions(ctx: Ctx, *, everyone: bool = False) -> list[Session]:
    """The caller's live sessions; everyone's for an administrator of the server who asks for them."""
    ctx.require(Permission.SERVER if everyone else Permission.SELF)
    actor = ctx.actor
    assert actor is not None
    now = ctx.clock.now_ms()
    with ctx.db.read() as tx:
        found = kept.sessions(
            tx, None if everyone else actor.name, now, now - int(ctx.settings.session_idle_s * 1000)
        )
    return [msgspec.structs.replace(item, current=bool(actor.session) and item.id == actor.session) for item in found]


def end(ctx: Ctx, session_id: str) -> None:
    """End a session of the caller, or anyone's for an administrator of the server. Raises `NotFound`."""
    _whole(ctx)
    with ctx.db.read() as tx:
        live = kept.live_by_public(tx, session_id)
    if live is None or (live.user != ctx.who and not ctx.may(Permission.SERVER)):
        raise NotFound(f"there is no session {session_id!r}", where="session_id")
    with service.changing(ctx) as tx:
        kept.end_session(tx, session_id)
        audit.append(ctx, tx, "session.ended", f"user/{live.user}", {"session": session_id})


def end_others(ctx: Ctx) -> int:
    """End all sessions of the caller but the one that asks; how many."""
    _whole(ctx)
    actor = ctx.actor
    assert actor is not None
    with service.changing(ctx) as tx:
        ended = kept.delete_sessions(tx, actor.name, but=actor.session)
        if ended:
            audit.append(ctx, tx, "session.ended", f"user/{actor.name}", {"others": ended})
    return ended


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
        user = service.by_password(ctx, actor.name, proof.password, address)
        if user.name == actor.name:
            return "password"
    if proof.token is not None:
        token_id = rules.split_token(proof.token)
        if token_id is not None and _approves(service.by_token(ctx, token_id, proof.token, actor.name).scopes):
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


def _whole(ctx: Ctx) -> None:
    ctx.require(Permission.SELF)
    actor = ctx.actor
    if actor is not None and not rules.unlimited(actor):
        raise Denied("a limited token ends no sessions")


def refused(ctx: Ctx, address: str, error: ModelwrightError) -> None:
    """Record a login at the provider that came to nothing."""
    audit.refused(ctx, "session.refused", "user", {"address": address, "reason": error.kind, "method": "oidc"})
