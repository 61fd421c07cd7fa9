"""The verbs that change who may act: users, roles, tokens, workspaces. Every change is audited; no secret is."""

from __future__ import annotations

import secrets

from modelwright.domains.access import queries, rules
from modelwright.domains.access.service import changed
from modelwright.domains.audit import service as audit
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import (
    DEFAULT_WORKSPACE,
    NewToken,
    Permission,
    Role,
    Token,
    TokenCreate,
    User,
    UserCreate,
    UserUpdate,
    Workspace,
)
from modelwright.types.errors import AlreadyExists, Conflict, Denied, Invalid, NotFound, Unauthenticated

_DAY_MS = 24 * 60 * 60 * 1000


def users(ctx: Ctx) -> list[User]:
    """All users for an administrator of the server; for one of a workspace, its members with their role there."""
    ctx.require(Permission.ADMIN)
    with ctx.db.read() as tx:
        return queries.users(tx) if _is_server_admin(ctx) else queries.members(tx, ctx.workspace)


def create_user(ctx: Ctx, body: UserCreate) -> User:
    """Add a user. Raises `Invalid` (name, password), `AlreadyExists`, `NotFound` (a workspace of the roles)."""
    ctx.require(Permission.SERVER)
    rules.check_user_name(body.name)
    hashed = _hashed(body.password, body.name)
    with ctx.db.write() as tx:
        if not queries.insert_user(tx, (body.name, hashed, int(body.server_admin), ctx.clock.now_ms())):
            raise AlreadyExists(f"there is a user {body.name!r} already", where="name")
        _set_roles(tx, body.name, body.roles)
        audit.append(
            ctx, tx, "user.created", f"user/{body.name}", {"server_admin": body.server_admin, "roles": body.roles}
        )
        changed(ctx, tx)
        return _user(tx, body.name)


def update_user(ctx: Ctx, name: str, body: UserUpdate) -> User:
    """Change a user. Everyone may change their own password; an administrator of a workspace the roles in it.

    Raises:
        Denied: anything more without being administrator of the server.
        NotFound, Invalid, Conflict: no such user, a bad password, the last administrator.
    """
    actor = ctx.actor
    if actor is None:
        raise Unauthenticated
    beyond = body.server_admin is not None or body.disabled is not None
    own = actor.name == name and not beyond and body.roles is None and not actor.token_id
    in_workspace = (
        body.roles is not None and not beyond and body.password is None and set(body.roles) <= {ctx.workspace}
    )
    only = ""
    if not _is_server_admin(ctx) and not own:
        if not in_workspace:
            raise Denied("only an administrator of the server may do this")
        ctx.require(Permission.ADMIN)
        only = ctx.workspace
    hashed = _hashed(body.password, name)
    with ctx.db.write() as tx:
        _user(tx, name)
        queries.update_user(tx, name, password=hashed, server_admin=body.server_admin, disabled=body.disabled)
        if body.roles is not None:
            _set_roles(tx, name, body.roles, only=only)
        if hashed or body.disabled:
            queries.delete_sessions(tx, name)
        if beyond:
            _keep_an_admin(ctx, tx)
        detail = {
            "password": hashed is not None,
            "server_admin": body.server_admin,
            "disabled": body.disabled,
            "roles": body.roles,
        }
        audit.append(
            ctx,
            tx,
            "user.updated",
            f"user/{name}",
            {key: value for key, value in detail.items() if value not in (None, False)},
        )
        changed(ctx, tx)
        return _user(tx, name)


def delete_user(ctx: Ctx, name: str) -> None:
    """Remove a user; its tokens and sessions die with it. Raises `NotFound`, `Conflict` (the last administrator)."""
    ctx.require(Permission.SERVER)
    with ctx.db.write() as tx:
        _user(tx, name)
        queries.delete_user(tx, name)
        _keep_an_admin(ctx, tx)
        audit.append(ctx, tx, "user.deleted", f"user/{name}")
        changed(ctx, tx)


def tokens(ctx: Ctx) -> list[Token]:
    """The caller's tokens; all of them for an administrator of the server."""
    ctx.require(Permission.SELF)
    with ctx.db.read() as tx:
        return queries.tokens(tx, None if _is_server_admin(ctx) else ctx.who)


def create_token(ctx: Ctx, body: TokenCreate, *, user: str = "") -> NewToken:
    """A new token for the caller, or for `user` when an administrator of the server asks.

    Its secret is never shown again.

    Raises:
        Denied: for another user. Invalid: `days` out of range, or the caller is not a user. NotFound: no such user.
    """
    ctx.require(Permission.SELF)
    name = user or ctx.who
    if name != ctx.who and not _is_server_admin(ctx):
        raise Denied("only an administrator of the server makes tokens for others", where="user")
    days = rules.TOKEN_DAYS if body.days is None else body.days
    if not 1 <= days <= rules.LONGEST_TOKEN_DAYS:
        raise Invalid(f"a token lives 1 to {rules.LONGEST_TOKEN_DAYS:,} days", where="days")
    if len(body.label) > 200:
        raise Invalid("a label has at most 200 characters", where="label")
    token_id = secrets.token_hex(8)
    secret = f"{rules.TOKEN_PREFIX}{token_id}_{secrets.token_hex(24)}"
    now = ctx.clock.now_ms()
    with ctx.db.write() as tx:
        if queries.user(tx, name) is None:
            if user:
                raise NotFound(f"there is no user {name!r}", where="user")
            raise Invalid(
                f"{name!r} is not a user of its own", where="user", hint="create a user, then its token with ?user=NAME"
            )
        queries.insert_token(tx, (token_id, name, body.label, rules.digest(secret), now, now + days * _DAY_MS))
        audit.append(ctx, tx, "token.created", f"token/{token_id}", {"user": name, "label": body.label, "days": days})
        token = queries.token(tx, token_id)
    assert token is not None
    return NewToken(token=token, secret=secret)


def revoke_token(ctx: Ctx, token_id: str) -> None:
    """Make a token useless at once. Raises `NotFound` (also for another's token)."""
    ctx.require(Permission.SELF)
    with ctx.db.write() as tx:
        token = queries.token(tx, token_id)
        if token is None or (token.user != ctx.who and not _is_server_admin(ctx)):
            raise NotFound(f"there is no token {token_id!r}", where="token_id")
        queries.revoke_token(tx, token_id)
        audit.append(ctx, tx, "token.revoked", f"token/{token_id}", {"user": token.user})
        changed(ctx, tx)


def workspaces(ctx: Ctx) -> list[Workspace]:
    """The workspaces that the caller can see."""
    ctx.require(Permission.SELF)
    with ctx.db.read() as tx:
        found = queries.workspaces(tx)
    if all(workspace.id != DEFAULT_WORKSPACE for workspace in found):
        found.insert(0, Workspace(id=DEFAULT_WORKSPACE))
    roles = ctx.actor.roles if ctx.actor else {}
    return [workspace for workspace in found if _is_server_admin(ctx) or workspace.id in roles]


def create_workspace(ctx: Ctx, body: Workspace) -> Workspace:
    """Add a workspace. Raises `Invalid` (id), `AlreadyExists`."""
    ctx.require(Permission.SERVER)
    rules.check_workspace_name(body.id)
    if len(body.description) > 4_000:
        raise Invalid("a description has at most 4,000 characters", where="description")
    made = Workspace(id=body.id, description=body.description, created_ms=ctx.clock.now_ms())
    with ctx.db.write() as tx:
        if body.id == DEFAULT_WORKSPACE or not queries.insert_workspace(
            tx, (made.id, made.description, made.created_ms)
        ):
            raise AlreadyExists(f"there is a workspace {body.id!r} already", where="id")
        audit.append(ctx, tx, "workspace.created", f"workspace/{made.id}")
        changed(ctx, tx)
    return made


def _is_server_admin(ctx: Ctx) -> bool:
    return ctx.actor is not None and ctx.actor.server_admin


def _hashed(password: str | None, name: str) -> str | None:
    if password is None:
        return None
    rules.check_password(password, name)
    return rules.hash_password(password, secrets.token_bytes(16))


def _user(tx: Tx, name: str) -> User:
    found = queries.user(tx, name)
    if found is None:
        raise NotFound(f"there is no user {name!r}", where="name")
    return found


def _set_roles(tx: Tx, name: str, roles: dict[str, Role], *, only: str = "") -> None:
    for workspace in roles:
        if not queries.has_workspace(tx, workspace):
            raise NotFound(f"there is no workspace {workspace!r}", where="roles")
    queries.set_roles(tx, name, roles, only=only)


def _keep_an_admin(ctx: Ctx, tx: Tx) -> None:
    # Whoever acts on loopback or by the admin token is no user, and can make another administrator.
    if (
        ctx.actor is not None
        and queries.user(tx, ctx.actor.name) is None
        and ctx.actor.name in ("local", "admin", "system")
    ):
        return
    if not queries.admins(tx):
        raise Conflict("nobody could administer the server any more", hint="make another administrator first")
