"""The verbs that change who may act: users, their roles, workspaces. Every change is audited; no secret is."""

from __future__ import annotations

import secrets

from modelwright.domains.access import rules
from modelwright.domains.access.queries import groups as held
from modelwright.domains.access.queries import sessions as kept
from modelwright.domains.access.queries import users as queries
from modelwright.domains.access.service import by_password, changing
from modelwright.domains.audit import service as audit
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import (
    DEFAULT_WORKSPACE,
    Permission,
    Role,
    User,
    UserCreate,
    UserUpdate,
    Workspace,
)
from modelwright.types.errors import AlreadyExists, Conflict, Denied, Invalid, NotFound, Unauthenticated


def users(ctx: Ctx) -> list[User]:
    """All users for an administrator of the server; for one of a workspace, its members with their role there."""
    ctx.require(Permission.ADMIN)
    with ctx.db.read() as tx:
        return queries.users(tx) if _is_server_admin(ctx) else queries.members(tx, ctx.workspace)


def create_user(ctx: Ctx, body: UserCreate) -> User:
    """Add a user. Raises `Invalid` (name, password), `AlreadyExists`, `NotFound` (a workspace of the roles)."""
    ctx.require(Permission.SERVER)
    rules.check_user_name(body.name)
    if body.service and body.password is not None:
        raise Invalid("a service account has no password", where="password", hint="make a token for it")
    if body.service and body.server_admin:
        raise Invalid("a service account does not administer the server", where="server_admin")
    hashed = _hashed(body.password, body.name)
    row = (body.name, hashed, int(body.server_admin), int(body.service), "", "", ctx.clock.now_ms())
    with changing(ctx) as tx:
        if not queries.insert_user(tx, row):
            raise AlreadyExists(f"there is a user {body.name!r} already", where="name")
        _set_roles(tx, body.name, body.roles)
        for name in body.groups:
            group = held.group(tx, name)
            if group is None:
                raise NotFound(f"there is no group {name!r}", where="groups")
            held.add_members(tx, group.id, [body.name])
        detail = {
            "server_admin": body.server_admin, "roles": body.roles, "service": body.service, "groups": body.groups
        }
        audit.append(
            ctx, tx, "user.created", f"user/{body.name}", {key: value for key, value in detail.items() if value}
        )
        return _user(tx, body.name)


def update_user(ctx: Ctx, name: str, body: UserUpdate) -> User:
    """Change a user. Everyone may change their own password, given the current one; an administrator of a workspace
    the roles in it.

    Raises:
        Denied: anything more without being administrator of the server. Unauthenticated: the current password is wrong.
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
    if body.password is not None and actor.name == name:
        by_password(ctx, name, body.current_password or "", "")  # an open browser is no proof
    hashed = _hashed(body.password, name)
    with changing(ctx) as tx:
        if _user(tx, name).service and (hashed or body.server_admin):
            raise Invalid("a service account has no password and does not administer the server", where="password")
        queries.update_user(tx, name, password=hashed, server_admin=body.server_admin, disabled=body.disabled)
        if body.roles is not None:
            _set_roles(tx, name, body.roles, only=only)
        if hashed or body.disabled:
            kept.delete_sessions(tx, name)
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
        return _user(tx, name)


def delete_user(ctx: Ctx, name: str) -> None:
    """Remove a user; its tokens and sessions die with it. Raises `NotFound`, `Conflict` (the last administrator)."""
    ctx.require(Permission.SERVER)
    with changing(ctx) as tx:
        _user(tx, name)
        queries.delete_user(tx, name)
        _keep_an_admin(ctx, tx)
        audit.append(ctx, tx, "user.deleted", f"user/{name}")


def workspaces(ctx: Ctx) -> list[Workspace]:
    """The workspaces that the caller can see."""
    ctx.require(Permission.SELF)
    with ctx.db.read() as tx:
        found = queries.workspaces(tx)
    if all(workspace.id != DEFAULT_WORKSPACE for workspace in found):
        found.insert(0, Workspace(id=DEFAULT_WORKSPACE))
    actor = ctx.actor
    assert actor is not None
    if actor.server_admin or actor.everywhere:
        return found
    return [workspace for workspace in found if workspace.id in actor.roles or workspace.id in actor.grants]


def create_workspace(ctx: Ctx, body: Workspace) -> Workspace:
    """Add a workspace. Raises `Invalid` (id), `AlreadyExists`."""
    ctx.require(Permission.SERVER)
    rules.check_workspace_name(body.id)
    if len(body.description) > 4_000:
        raise Invalid("a description has at most 4,000 characters", where="description")
    made = Workspace(id=body.id, description=body.description, created_ms=ctx.clock.now_ms())
    with changing(ctx) as tx:
        if body.id == DEFAULT_WORKSPACE or not queries.insert_workspace(
            tx, (made.id, made.description, made.created_ms)
        ):
            raise AlreadyExists(f"there is a workspace {body.id!r} already", where="id")
        audit.append(ctx, tx, "workspace.created", f"workspace/{made.id}")
    return made


def _is_server_admin(ctx: Ctx) -> bool:
    return ctx.may(Permission.SERVER)


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
