"""`mw groups`, `mw grants` and `mw workspaces`: who may do what, where."""

from __future__ import annotations

import click

from modelwright.cli.connect import connected
from modelwright.cli.output import note, show_json, table, when
from modelwright.sdk.client import Client
from modelwright.types.access import DEFAULT_WORKSPACE, GroupCreate, GroupUpdate, Role

_ROLES = click.Choice([role.value for role in Role])


@click.group("groups")
def groups_command() -> None:
    """Add, list and change groups of users."""


@groups_command.command("ls")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@connected
def ls_groups(client: Client, as_json: bool) -> None:
    """List groups."""
    found = client.access.groups()
    if as_json:
        show_json(found)
        return
    table(
        ["NAME", "ROLES", "MEMBERS", "DESCRIPTION"],
        [
            [g.name, ", ".join(f"{w}: {r}" for w, r in g.roles.items()), ", ".join(g.members), g.description]
            for g in found
        ],
        empty="No groups.",
    )


@groups_command.command("add")
@click.argument("name")
@click.option("--description", default="", help="What it is for.")
@click.option("--member", "members", multiple=True, metavar="USER", help="A member; can be repeated.")
@click.option("--role", type=_ROLES, help="Role in --workspace.")
@connected
def add_group(client: Client, name: str, description: str, members: tuple[str, ...], role: str | None) -> None:
    """Add a group."""
    roles = {_here(client): Role(role)} if role else {}
    client.access.add_group(GroupCreate(name=name, description=description, members=list(members), roles=roles))
    note(f"Added group {name}.")


@groups_command.command("edit")
@click.argument("name")
@click.option("--description", help="What it is for.")
@click.option("--role", type=_ROLES, help="Role in --workspace; `none` takes it away.")
@click.option("--join", multiple=True, metavar="USER", help="Put this user in; can be repeated.")
@click.option("--leave", multiple=True, metavar="USER", help="Take this user out; can be repeated.")
@connected
def edit_group(
    client: Client,
    name: str,
    description: str | None,
    role: str | None,
    join: tuple[str, ...],
    leave: tuple[str, ...],
) -> None:
    """Change a group."""
    roles: dict[str, Role] | None = None
    if role is not None:
        now = next((group for group in client.access.groups() if group.name == name), None)
        roles = dict(now.roles) if now else {}
        roles.pop(_here(client), None)
        if role != Role.NONE:
            roles[_here(client)] = Role(role)
    if description is not None or roles is not None:
        client.access.change_group(name, GroupUpdate(description=description, roles=roles))
    for user in join:
        client.access.join(name, user)
    for user in leave:
        client.access.leave(name, user)
    note(f"Changed group {name}.")


@groups_command.command("delete")
@click.argument("name")
@connected
def delete_group(client: Client, name: str) -> None:
    """Delete a group with its grants. Its members stay users."""
    client.access.remove_group(name)
    note(f"Deleted group {name}.")


@click.group("grants")
def grants_command() -> None:
    """Roles on single resources of a workspace. The most specific pattern wins over the role in the workspace."""


@grants_command.command("ls")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@connected
def ls_grants(client: Client, as_json: bool) -> None:
    """List the grants of a workspace."""
    found = client.access.grants()
    if as_json:
        show_json(found)
        return
    table(
        ["ID", "FOR", "PATTERN", "ROLE", "GIVEN"],
        [[str(g.id), g.user or f"group {g.group}", g.pattern, g.role.value, when(g.created_ms)] for g in found],
        empty="No grants: roles in the workspace decide alone.",
    )


@grants_command.command("add")
@click.argument("pattern")
@click.argument("role", type=_ROLES)
@click.option("--user", metavar="NAME", help="For this user or service account.")
@click.option("--group", metavar="NAME", help="For this group.")
@connected
def add_grant(client: Client, pattern: str, role: str, user: str | None, group: str | None) -> None:
    """Give a role on resources: `mw grants add 'models/fraud-*' contributor --group risk`. The role `none` hides."""
    made = client.access.grant(pattern, role, user=user, group=group)
    note(f"Granted, as {made.id}.")


@grants_command.command("delete")
@click.argument("grant_id", type=int)
@connected
def delete_grant(client: Client, grant_id: int) -> None:
    """Take a grant back by its id."""
    client.access.take_back(grant_id)
    note(f"Took back {grant_id}.")


@click.group("workspaces")
def workspaces_command() -> None:
    """Add and list workspaces."""


@workspaces_command.command("ls")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@connected
def ls_workspaces(client: Client, as_json: bool) -> None:
    """List the workspaces that you can see."""
    found = client.access.workspaces()
    if as_json:
        show_json(found)
        return
    table(["NAME", "DESCRIPTION", "CREATED"], [[w.id, w.description, when(w.created_ms)] for w in found])


@workspaces_command.command("add")
@click.argument("name")
@click.option("--description", default="", help="What it is for.")
@connected
def add_workspace(client: Client, name: str, description: str) -> None:
    """Add a workspace."""
    client.access.add_workspace(name, description)
    note(f"Added workspace {name}.")


def _here(client: Client) -> str:
    return client.transport.headers.get("X-Modelwright-Workspace", DEFAULT_WORKSPACE)
