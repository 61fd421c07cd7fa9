"""The verbs of API tokens: make, list, replace, revoke. A token is never more than whoever asks for it."""

from __future__ import annotations

import secrets

import msgspec

from modelwright.domains.access import rules
from modelwright.domains.access.queries import tokens as queries
from modelwright.domains.access.queries import users as people
from modelwright.domains.access.service import changing
from modelwright.domains.audit import service as audit
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import NewToken, Permission, Token, TokenCreate, TokenRotate
from modelwright.types.errors import Conflict, Denied, Invalid, NotFound

_DAY_MS = 24 * 60 * 60 * 1000
_LONGEST_OVERLAP_S = 30 * 24 * 3600


def tokens(ctx: Ctx) -> list[Token]:
    """The caller's tokens; all of them for an administrator of the server."""
    ctx.require(Permission.SELF)
    with ctx.db.read() as tx:
        return queries.tokens(tx, None if ctx.may(Permission.SERVER) else ctx.who)


def create_token(ctx: Ctx, body: TokenCreate, *, user: str = "") -> NewToken:
    """A new token for the caller, or for `user` when an administrator of the server asks.

    Its secret is never shown again.

    Raises:
        Denied: for another user, or more than the credential that asks has.
        Invalid: `days` out of range, limits without sense, or the caller is not a user. NotFound: no such user.
    """
    ctx.require(Permission.SELF)
    name = user or ctx.who
    if name != ctx.who and not ctx.may(Permission.SERVER):
        raise Denied("only an administrator of the server makes tokens for others", where="user")
    if len(body.label) > 200:
        raise Invalid("a label has at most 200 characters", where="label")
    rules.check_scopes(body.scopes, body.patterns, body.workspace)
    _not_more(ctx, body)
    with ctx.db.write() as tx:
        if people.user(tx, name) is None:
            if user:
                raise NotFound(f"there is no user {name!r}", where="user")
            raise Invalid(
                f"{name!r} is not a user of its own", where="user", hint="create a user, then its token with ?user=NAME"
            )
        if body.workspace and not _sees(ctx, tx, body.workspace):
            raise NotFound(f"there is no workspace {body.workspace!r}", where="workspace")
        made = _insert(ctx, tx, name, body)
        detail = {
            "user": name,
            "label": body.label,
            "days": rules.TOKEN_DAYS if body.days is None else body.days,
            "scopes": body.scopes,
            "workspace": body.workspace or None,
            "patterns": body.patterns or None,
        }
        audit.append(
            ctx, tx, "token.created", f"token/{made.token.id}",
            {key: value for key, value in detail.items() if value is not None},
        )
    return made


def rotate_token(ctx: Ctx, token_id: str, body: TokenRotate) -> NewToken:
    """A new token with the limits of an old one, which goes on for a while.

    Raises:
        NotFound: no such token of the caller. Conflict: it is revoked. Invalid: times out of range.
    """
    ctx.require(Permission.SELF)
    if not 0 <= body.overlap_s <= _LONGEST_OVERLAP_S:
        raise Invalid(f"an overlap is 0 to {_LONGEST_OVERLAP_S:,} seconds", where="overlap_s")
    now = ctx.clock.now_ms()
    with changing(ctx) as tx:
        old = _own(ctx, tx, token_id)
        if old.revoked or (old.expires_ms is not None and old.expires_ms <= now):
            raise Conflict("the token has ended; make a new one", where="token_id")
        asked = TokenCreate(
            label=old.label, days=body.days, scopes=old.scopes, workspace=old.workspace, patterns=old.patterns
        )
        if ctx.actor is not None and ctx.actor.token_id != old.id:
            _not_more(ctx, asked)
        made = _insert(ctx, tx, old.user, asked, replaces=old.id)
        if body.overlap_s:
            queries.end_by(tx, old.id, now + body.overlap_s * 1000)
        else:
            queries.revoke_token(tx, old.id)
        audit.append(
            ctx, tx, "token.rotated", f"token/{old.id}",
            {"user": old.user, "by": made.token.id, "overlap_s": body.overlap_s},
        )
    return made


def revoke_token(ctx: Ctx, token_id: str) -> None:
    """Make a token useless at once. Raises `NotFound` (also for another's token)."""
    ctx.require(Permission.SELF)
    with changing(ctx) as tx:
        token = _own(ctx, tx, token_id)
        queries.revoke_token(tx, token_id)
        audit.append(ctx, tx, "token.revoked", f"token/{token_id}", {"user": token.user})


def _own(ctx: Ctx, tx: Tx, token_id: str) -> Token:
    token = queries.token(tx, token_id)
    actor = ctx.actor
    if token is None or actor is None or (token.user != actor.name and not ctx.may(Permission.SERVER)):
        raise NotFound(f"there is no token {token_id!r}", where="token_id")
    if actor.token_id not in ("", token_id) and not rules.unlimited(actor):
        raise Denied("a limited token changes itself alone", where="token_id")
    return token


def _not_more(ctx: Ctx, body: TokenCreate) -> None:
    """A token that is limited itself must not make one that is less limited."""
    actor = ctx.actor
    if actor is None or not actor.token_id:
        return
    bound = actor.scopes is not None or actor.only or not (actor.server_admin or actor.everywhere)
    with ctx.db.read() as tx:
        own = queries.token(tx, actor.token_id)
    if own is None or not bound:
        return
    if (
        not rules.within(body.scopes, actor)
        or (own.workspace and own.workspace != body.workspace)
        or (own.patterns and not set(body.patterns) <= set(own.patterns))
        or (own.patterns and not body.patterns)
    ):
        raise Denied("a token cannot make one that may do more", hint="log in with your password")


def _sees(ctx: Ctx, tx: Tx, workspace: str) -> bool:
    actor = ctx.actor
    if actor is None or not people.has_workspace(tx, workspace):
        return False
    return actor.server_admin or actor.everywhere or workspace in actor.roles or workspace in actor.grants


def _insert(ctx: Ctx, tx: Tx, name: str, body: TokenCreate, *, replaces: str = "") -> NewToken:
    days = rules.TOKEN_DAYS if body.days is None else body.days
    if not 1 <= days <= rules.LONGEST_TOKEN_DAYS:
        raise Invalid(f"a token lives 1 to {rules.LONGEST_TOKEN_DAYS:,} days", where="days")
    token_id = secrets.token_hex(8)
    secret = f"{rules.TOKEN_PREFIX}{token_id}_{secrets.token_hex(24)}"
    now = ctx.clock.now_ms()
    queries.insert_token(
        tx,
        (
            token_id, name, body.label, rules.digest(secret),
            " ".join(sorted({scope.value for scope in body.scopes})) if body.scopes else "",
            body.workspace, msgspec.json.encode(body.patterns).decode() if body.patterns else "", replaces,
            now, now + days * _DAY_MS,
        ),
    )
    token = queries.token(tx, token_id)
    assert token is not None
    return NewToken(token=token, secret=secret)
