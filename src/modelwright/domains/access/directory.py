"""Looking things up about who may do what: a user, what it holds, a group by its number.

Everybody may look up themselves; others are there for those who administer the server or the workspace, and for nobody
else.
"""

from __future__ import annotations

from modelwright.domains.access.queries import groups as queries
from modelwright.domains.access.queries import users as people
from modelwright.domains.access.service import actor_of
from modelwright.kit.context import Ctx
from modelwright.types.access import Grant, Group, Permission, User
from modelwright.types.errors import NotFound


def user(ctx: Ctx, name: str) -> User:
    """One user: oneself, or anyone for an administrator. Raises `NotFound`."""
    ctx.require(Permission.SELF)
    with ctx.db.read() as tx:
        found = people.user(tx, name)
    if found is None or (name != ctx.who and not ctx.may(Permission.ADMIN)):
        raise NotFound(f"there is no user {name!r}", where="username")
    return found


def is_admin(ctx: Ctx, name: str) -> bool:
    """Whether a user administers the server."""
    with ctx.db.read() as tx:
        found = people.user(tx, name)
    return found is not None and found.server_admin


def seen_by(ctx: Ctx, name: str) -> Ctx:
    """The workspace as a user sees it, to ask what it may do there. Raises `NotFound`."""
    found = user(ctx, name)
    with ctx.db.read() as tx:
        actor = actor_of(tx, found)
    return ctx.acting(actor, ctx.workspace, ctx.request_id)


def grants_of(ctx: Ctx, name: str) -> list[Grant]:
    """The grants of a user's own in the workspace: one's own, or anyone's for an administrator."""
    if name != ctx.who and not ctx.may(Permission.ADMIN):
        return []
    with ctx.db.read() as tx:
        return queries.grants(tx, ctx.workspace, user=name)


def grants_of_group(ctx: Ctx, group_id: int) -> list[Grant]:
    """The grants of a group in the workspace."""
    ctx.require(Permission.ADMIN)
    with ctx.db.read() as tx:
        return queries.grants(tx, ctx.workspace, group=group_id)


def held_by(ctx: Ctx, name: str) -> list[tuple[Grant, Group | None]]:
    """All that a user holds in any workspace, of its own (without a group) and of its groups. The caller filters."""
    with ctx.db.read() as tx:
        found: list[tuple[Grant, Group | None]] = [(grant, None) for grant in queries.grants(tx, None, user=name)]
        for group in queries.groups(tx):
            if name in group.members:
                found += [(grant, group) for grant in queries.grants(tx, None, group=group.id)]
    return found


def roles_by_user(ctx: Ctx) -> dict[str, list[Group]]:
    """The groups of foreign wires that each user is in. The caller filters."""
    found: dict[str, list[Group]] = {}
    for group in wire_groups(ctx):
        for name in group.members:
            found.setdefault(name, []).append(group)
    return found


def wire_groups(ctx: Ctx) -> list[Group]:
    """The groups that belong to one workspace, whose names begin with it. The caller filters."""
    with ctx.db.read() as tx:
        return [group for group in queries.groups(tx) if ":" in group.name]


def group_by_number(ctx: Ctx, group_id: int) -> Group | None:
    """A group by its number. The caller decides who may see it."""
    if not 0 < group_id < 1 << 63:
        return None
    with ctx.db.read() as tx:
        name = queries.name_of(tx, group_id)
        return queries.group(tx, name) if name else None


def grant_by_number(ctx: Ctx, grant_id: int) -> tuple[Grant, Group | None] | None:
    """A grant by its number, with the group that holds it. The caller decides who may see it."""
    if not 0 < grant_id < 1 << 63:
        return None
    with ctx.db.read() as tx:
        grant = queries.grant(tx, grant_id)
        if grant is None:
            return None
        return grant, queries.group(tx, grant.group) if grant.group else None
