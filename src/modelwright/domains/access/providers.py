"""Who vouches for people beside us: what a login provider or a proxy says, as our users and groups, by the settings.

Knows people by (origin, subject) alone: never by a mail address, which others can claim. Refuses to know the protocol.
"""

from __future__ import annotations

import functools
import ipaddress
import urllib.parse

import msgspec

from modelwright.domains.access.queries import groups as held
from modelwright.domains.access.queries import users as queries
from modelwright.domains.audit import service as audit
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.kit.settings import Settings
from modelwright.types.access import Role, User
from modelwright.types.errors import Denied, Invalid

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_SERVER = "server-admin"


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody as a provider tells."""

    origin: str
    subject: str
    name: str
    groups: tuple[str, ...] = ()


class Wanted(msgspec.Struct, frozen=True):
    """What a person's groups come to: roles of our groups by (group, workspace), and the whole server."""

    roles: tuple[tuple[str, str, Role], ...]
    server_admin: bool | None
    """None: the settings do not say."""


@functools.cache
def group_map(entries: tuple[str, ...]) -> tuple[tuple[str, str, Role | None], ...]:
    """The setting `group_roles`: (group, workspace, role); a role of None is an administrator of the server.

    Raises:
        Invalid: an entry that cannot be read.
    """
    found: list[tuple[str, str, Role | None]] = []
    for entry in entries:
        group, equals, place = entry.rpartition("=")
        workspace, colon, role = place.partition(":")
        if group and equals and place == _SERVER:
            found.append((group, "", None))
            continue
        try:
            found.append((group, workspace, Role(role)))
        except ValueError:
            role = ""
        if not (group and equals and colon and workspace and role):
            raise Invalid(
                f"cannot read {entry!r}", where="group_roles", hint="`group=workspace:role`, or `group=server-admin`"
            )
    return tuple(found)


def admin_groups(settings: Settings) -> list[str]:
    """The groups of a provider that administer the server."""
    return [group for group, _, role in group_map(settings.group_roles) if role is None]


@functools.cache
def _networks(entries: tuple[str, ...]) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(entry, strict=False) for entry in entries)
    except ValueError as error:
        raise Invalid(f"not an address or network: {error}", where="header_proxies") from None


def proxies(settings: Settings) -> tuple[Network, ...]:
    """The proxies whose word is taken. Raises `Invalid` for a setting that cannot be read."""
    return _networks(settings.header_proxies) if settings.header_user else ()


def check(settings: Settings) -> None:
    """Raises `Invalid` for settings of logins that cannot be, before the server starts with them."""
    group_map(settings.group_roles)
    if settings.header_user and not proxies(settings):
        raise Invalid("a header that names the user needs proxies to trust", where="header_proxies")
    if not settings.oidc_issuer:
        return
    parts = urllib.parse.urlsplit(settings.oidc_issuer)
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise Invalid("a login provider is reached by https://", where="oidc_issuer")
    if not settings.oidc_client_id:
        raise Invalid("a login provider knows this server by a client id", where="oidc_client_id")


def memberships(settings: Settings, who: Person) -> Wanted:
    """What the settings make of a person's groups."""
    mapped = group_map(settings.group_roles)
    inside = set(who.groups)
    return Wanted(
        tuple((group, workspace, role) for group, workspace, role in mapped if group in inside and role is not None),
        any(group in inside for group, _, role in mapped if role is None) if admin_groups(settings) else None,
    )


def settled(tx: Tx, user: User, who: Person, wanted: Wanted) -> bool:
    """Whether a user stands in the database as the provider and the settings want it."""
    ours = held.ids(tx, sorted({group for group, _, _ in wanted.roles}))
    if not set(ours) <= set(user.groups) or not held.vouched(tx, user.name, who.origin) <= set(ours.values()):
        return False
    if wanted.server_admin not in (None, user.server_admin):
        return False
    if {group for group, _, _ in wanted.roles} - set(ours):
        return False
    have = {
        (grant.group, grant.workspace, grant.role)
        for group in ours.values()
        for grant in held.grants(tx, None, group=group)
        if grant.pattern == held.EVERYTHING
    }
    return all(entry in have or not queries.has_workspace(tx, entry[1]) for entry in wanted.roles)


def admitted(ctx: Ctx, tx: Tx, who: Person, wanted: Wanted) -> str:
    """Make or change the user of a person, and put it in the groups that it is in there; its name here.

    Raises:
        Denied: another user has the name.
    """
    name = queries.user_at(tx, who.origin, who.subject)
    acting = ctx.acting(None, ctx.workspace, ctx.request_id)
    if name is None:
        if not ctx.settings.login_admits:
            raise Denied("there is no user of yours here yet", where="user", hint="ask an administrator")
        now = ctx.clock.now_ms()
        row = (who.name, None, int(bool(wanted.server_admin)), 0, who.origin, who.subject, now)
        if not queries.insert_user(tx, row):
            raise Denied(
                f"another user here is called {who.name!r}", where="user",
                hint="an administrator can rename or remove it; names alone never join two users",
            )
        name = who.name
        audit.append(acting, tx, "user.created", f"user/{name}", {"origin": who.origin})
    now = ctx.clock.now_ms()
    for group in {group for group, _, _ in wanted.roles} - set(held.ids(tx, [item[0] for item in wanted.roles])):
        held.insert_group(tx, group, "From the login provider", now)
        audit.append(acting, tx, "group.created", f"group/{group}", {"origin": who.origin})
    # Only groups that the settings name: one of ours that happens to be called like one there is another group.
    ours = held.ids(tx, sorted({group for group, _, _ in wanted.roles}))
    for group, workspace, role in wanted.roles:
        if queries.has_workspace(tx, workspace):
            held.put_grant(tx, (workspace, None, ours[group], held.EVERYTHING, role.value, "", now))
    before = held.vouched(tx, name, who.origin)
    after = set(ours.values())
    for group in after - before:
        held.add_members(tx, group, [name], origin=who.origin)
    for group in before - after:  # what somebody here put them in stays
        held.remove_members(tx, group, [name])
    queries.update_user(tx, name, password=None, server_admin=wanted.server_admin, disabled=None)
    if before != after:
        audit.append(acting, tx, "user.groups", f"user/{name}", {"groups": sorted(ours), "origin": who.origin})
    return name
