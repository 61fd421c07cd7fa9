"""The verbs of groups and of grants: who may do what to which resources."""

from __future__ import annotations

from modelwright.domains.access import rules
from modelwright.domains.access.queries import groups as queries
from modelwright.domains.access.queries import users as people
from modelwright.domains.access.service import changing
from modelwright.domains.audit import service as audit
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Grant, GrantCreate, Group, GroupCreate, GroupUpdate, Permission, Role
from modelwright.types.errors import AlreadyExists, Denied, Invalid, NotFound

_LONGEST = 4_000


def groups(ctx: Ctx) -> list[Group]:
    """All groups for an administrator of the server; for one of a workspace, with the role in it alone."""
    ctx.require(Permission.ADMIN)
    with ctx.db.read() as tx:
        found = queries.groups(tx)
    if ctx.may(Permission.SERVER):
        return found
    here = ctx.workspace
    return [
        Group(id=item.id, name=item.name, description=item.description, created_ms=item.created_ms,
              roles={here: item.roles[here]})
        for item in found
        if here in item.roles
    ]


def group(ctx: Ctx, name: str) -> Group:
    """One group. Raises `NotFound`."""
    ctx.require(Permission.SERVER)
    with ctx.db.read() as tx:
        return found(tx, name)


def create_group(ctx: Ctx, body: GroupCreate, *, wire: bool = False) -> Group:
    """Add a group. `wire`: the name is a foreign wire's, with its workspace before a colon.

    Raises:
        Invalid: the name. AlreadyExists. NotFound: a member or a workspace.
    """
    ctx.require(Permission.ADMIN if wire else Permission.SERVER)
    if not wire:
        rules.check_group_name(body.name)
    _check_description(body.description)
    with changing(ctx) as tx:
        group_id = queries.insert_group(tx, body.name, body.description, ctx.clock.now_ms())
        if group_id is None:
            raise AlreadyExists(f"there is a group {body.name!r} already", where="name")
        _set_members(tx, group_id, [], body.members)
        _set_roles(ctx, tx, group_id, body.roles)
        audit.append(
            ctx, tx, "group.created", f"group/{body.name}", {"members": body.members, "roles": body.roles}
        )
        return found(tx, body.name)


def update_group(ctx: Ctx, name: str, body: GroupUpdate) -> Group:
    """Change a group. Raises `NotFound` (also a member or workspace), `Invalid`."""
    ctx.require(Permission.SERVER)
    if body.description is not None:
        _check_description(body.description)
    with changing(ctx) as tx:
        now = found(tx, name)
        queries.update_group(tx, now.id, description=body.description)
        detail: dict[str, object] = {}
        if body.members is not None:
            _set_members(tx, now.id, now.members, body.members)
            detail["members"] = body.members
        if body.roles is not None:
            queries.clear_roles(tx, now.id)
            _set_roles(ctx, tx, now.id, body.roles)
            detail["roles"] = body.roles
        audit.append(ctx, tx, "group.updated", f"group/{name}", detail)
        return found(tx, name)


def rename_group(ctx: Ctx, name: str, new: str, *, description: str | None = None) -> Group:
    """Another name (a foreign wire's) or description. Raises `NotFound`, `AlreadyExists`, `Invalid`."""
    ctx.require(Permission.ADMIN)
    if description is not None:
        _check_description(description)
    with changing(ctx) as tx:
        now = found(tx, name)
        if new.lower() != name.lower() and queries.group(tx, new) is not None:
            raise AlreadyExists(f"there is a group {new!r} already", where="name")
        queries.update_group(tx, now.id, name=new, description=description)
        audit.append(ctx, tx, "group.updated", f"group/{new}", {"was": name})
        return found(tx, new)


def delete_group(ctx: Ctx, name: str, *, permission: Permission = Permission.SERVER) -> None:
    """Remove a group with its grants; its members stay users. Raises `NotFound`."""
    ctx.require(permission)
    with changing(ctx) as tx:
        queries.delete_group(tx, found(tx, name).id)
        audit.append(ctx, tx, "group.deleted", f"group/{name}")


def add_member(ctx: Ctx, name: str, user: str, *, permission: Permission = Permission.SERVER) -> None:
    """Put a user in; one who is in is fine. Raises `NotFound`."""
    ctx.require(permission)
    with changing(ctx) as tx:
        now = found(tx, name)
        _set_members(tx, now.id, now.members, [*now.members, user])
        audit.append(ctx, tx, "group.joined", f"group/{name}", {"user": user})


def remove_member(ctx: Ctx, name: str, user: str, *, permission: Permission = Permission.SERVER) -> None:
    """Take a user out. Raises `NotFound` (also for one who is not in)."""
    ctx.require(permission)
    with changing(ctx) as tx:
        now = found(tx, name)
        if user not in now.members:
            raise NotFound(f"{user!r} is not in the group", where="user")
        queries.remove_members(tx, now.id, [user])
        audit.append(ctx, tx, "group.left", f"group/{name}", {"user": user})


def grants(ctx: Ctx) -> list[Grant]:
    """The grants of the workspace."""
    ctx.require(Permission.ADMIN)
    with ctx.db.read() as tx:
        return queries.grants(tx, ctx.workspace)


def put_grant(ctx: Ctx, body: GrantCreate, *, label: str = "") -> Grant:
    """Give a role on resources of the workspace; an earlier one on the same pattern is replaced.

    Raises:
        Invalid: the pattern, or not exactly one holder. NotFound: the user or group.
    """
    rules.check_pattern(body.pattern)
    if not ctx.may(Permission.ADMIN, body.pattern):  # whoever administers a resource hands it on
        ctx.require(Permission.ADMIN)
    if (body.user is None) == (body.group is None):
        raise Invalid("a grant is for a user or for a group", where="user", hint="give one of `user` and `group`")
    if body.pattern == queries.EVERYTHING and body.role is Role.NONE:
        raise Invalid("a whole workspace is not hidden by a grant", where="role", hint="take the role away instead")
    if body.pattern == queries.EVERYTHING and body.user is not None:
        raise Invalid("a user's role in the workspace is not a grant", where="pattern", hint="set the user's roles")
    with changing(ctx) as tx:
        group_id = None
        if body.group is not None:
            group_id = found(tx, body.group).id
        elif body.user is not None and people.user(tx, body.user) is None:
            raise NotFound(f"there is no user {body.user!r}", where="user")
        now = ctx.clock.now_ms()
        grant_id = queries.put_grant(
            tx, (ctx.workspace, body.user, group_id, body.pattern, body.role.value, label, now)
        )
        made = queries.grant(tx, grant_id)
        assert made is not None
        audit.append(
            ctx, tx, "grant.set", f"grant/{grant_id}",
            {"user": body.user, "group": body.group, "pattern": body.pattern, "role": body.role},
        )
        return made


def change_grant(ctx: Ctx, grant_id: int, role: Role, *, label: str = "") -> Grant:
    """Another role for the same resources and holder. Raises `NotFound`, `Invalid`."""
    ctx.require(Permission.ADMIN)
    with changing(ctx) as tx:
        now = _granted(ctx, tx, grant_id)
        if now.pattern == queries.EVERYTHING and role is Role.NONE:
            raise Invalid("a whole workspace is not hidden by a grant", where="role")
        queries.change_grant(tx, grant_id, role, label)
        audit.append(
            ctx, tx, "grant.set", f"grant/{grant_id}",
            {"user": now.user, "group": now.group, "pattern": now.pattern, "role": role},
        )
        return _granted(ctx, tx, grant_id)


def delete_grant(ctx: Ctx, grant_id: int) -> None:
    """Take a grant back. Raises `NotFound`."""
    ctx.require(Permission.ADMIN)
    with changing(ctx) as tx:
        now = _granted(ctx, tx, grant_id)
        queries.delete_grant(tx, grant_id)
        audit.append(
            ctx, tx, "grant.deleted", f"grant/{grant_id}",
            {"user": now.user, "group": now.group, "pattern": now.pattern, "role": now.role},
        )


def found(tx: Tx, name: str) -> Group:
    """A group by name. Raises `NotFound`."""
    group = queries.group(tx, name)
    if group is None:
        raise NotFound(f"there is no group {name!r}", where="group")
    return group


def _granted(ctx: Ctx, tx: Tx, grant_id: int) -> Grant:
    grant = queries.grant(tx, grant_id) if 0 < grant_id < 1 << 63 else None
    if grant is None or grant.workspace != ctx.workspace:
        raise NotFound(f"there is no grant {grant_id}", where="grant_id")
    return grant


def _check_description(text: str) -> None:
    if len(text) > _LONGEST:
        raise Invalid(f"a description has at most {_LONGEST:,} characters", where="description")


def _set_members(tx: Tx, group_id: int, before: list[str], after: list[str]) -> None:
    for user in after:
        if user not in before and people.user(tx, user) is None:
            raise NotFound(f"there is no user {user!r}", where="members")
    queries.remove_members(tx, group_id, set(before) - set(after))
    queries.add_members(tx, group_id, sorted(set(after) - set(before)))


def _set_roles(ctx: Ctx, tx: Tx, group_id: int, roles: dict[str, Role]) -> None:
    now = ctx.clock.now_ms()
    for workspace, role in roles.items():
        if not people.has_workspace(tx, workspace):
            raise NotFound(f"there is no workspace {workspace!r}", where="roles")
        if not ctx.may(Permission.SERVER) and workspace != ctx.workspace:
            raise Denied("only an administrator of the server gives roles elsewhere", where="roles")
        if role is not Role.NONE:
            queries.put_grant(tx, (workspace, None, group_id, queries.EVERYTHING, role.value, "", now))
