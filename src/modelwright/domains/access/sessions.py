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
from modelwright.types.access import Login, Permission, Session, User
from modelwright.types.errors import Denied, ModelwrightError, NotFound, Unauthenticated, Unavailable

_PLACE = "session/"


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


def _whole(ctx: Ctx) -> None:
    ctx.require(Permission.SELF)
    actor = ctx.actor
    if actor is not None and not rules.unlimited(actor):
        raise Denied("a limited token ends no sessions")


def refused(ctx: Ctx, address: str, error: ModelwrightError) -> None:
    """Record a login at the provider that came to nothing."""
    audit.refused(ctx, "session.refused", "user", {"address": address, "reason": error.kind, "method": "oidc"})
