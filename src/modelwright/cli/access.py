"""`mw users`: who may log in.

Knows prompts and tables. With --dir or --db it works on a stopped or running server's own state, by name, so that the
first administrator can be made before anyone can log in.
"""

from __future__ import annotations

import getpass
import sys
from typing import Any

import click

from modelwright.cli.connect import connected
from modelwright.cli.output import note, show_json, table, when
from modelwright.cli.serve import part, read_settings
from modelwright.sdk.client import Client
from modelwright.types.access import DEFAULT_WORKSPACE, Role, UserCreate, UserUpdate
from modelwright.types.errors import Invalid


@click.group("users")
def users_command() -> None:
    """Add, list and change users. With --dir FOLDER on the server's own machine, no login is needed."""


@users_command.command("add")
@click.argument("name")
@click.option("--admin", is_flag=True, help="Administrator of the whole server.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role if role is not Role.NONE]),
    default=None,
    help="Role in --workspace.  [default: contributor, unless --admin]",
)
@click.option("--workspace", default=DEFAULT_WORKSPACE, show_default=True, help="The workspace that --role is for.")
@click.option("--service", is_flag=True, help="A service account: a program, which logs in with tokens alone.")
@click.option("--group", "groups", multiple=True, metavar="NAME", help="Put it in this group; can be repeated.")
@click.option("--no-password", is_flag=True, help="Only tokens or a login provider log in.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--dir", "dir_", metavar="FOLDER", help="Work on this data folder instead of asking a server.")
@click.option("--db", metavar="URL", help="Work on this database instead of asking a server.")
@click.option("--url", metavar="URL", help="The server.")
def add(
    name: str,
    admin: bool,
    role: str | None,
    workspace: str,
    service: bool,
    groups: tuple[str, ...],
    no_password: bool,
    password_stdin: bool,
    dir_: str | None,
    db: str | None,
    url: str | None,
) -> None:
    """Add a user. Asks for a password of at least 12 characters."""
    password = None if no_password or service else read_password(password_stdin)
    roles = {workspace: Role(role)} if role else ({} if admin else {workspace: Role.CONTRIBUTOR})
    wanted = UserCreate(
        name=name, password=password, server_admin=admin, service=service, roles=roles, groups=list(groups)
    )
    if dir_ or db:
        ctx = offline(dir_, db)
        part("domains.access.manage").create_user(ctx, wanted)
        ctx.db.close()
    else:
        with Client(url or "") as client:
            client.access.add_user(wanted)
    note(f"Added {'administrator' if admin else 'service account' if service else 'user'} {name}.")


def read_password(from_stdin: bool) -> str:
    """A new password, typed twice or read from standard input."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    if not sys.stdin.isatty():
        raise Invalid("there is no terminal to ask for a password", hint="use --password-stdin or --no-password")
    password = getpass.getpass("Password (12 characters or more): ")
    if getpass.getpass("Again: ") != password:
        raise Invalid("the two passwords differ")
    return password


def offline(dir_: str | None, db: str | None) -> Any:
    """A context over a server's own state, acting as the system."""
    return part("server.app").open_state(read_settings({"dir": dir_, "db": db}))


@users_command.command("ls")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@connected
def ls(client: Client, as_json: bool) -> None:
    """List users."""
    found = client.access.users()
    if as_json:
        show_json(found)
        return
    table(
        ["NAME", "KIND", "ROLES", "GROUPS", "STATE", "CREATED"],
        [
            [
                u.name,
                "administrator" if u.server_admin else "service" if u.service else "user",
                ", ".join(f"{w}: {r}" for w, r in u.roles.items()),
                ", ".join(u.groups),
                "disabled" if u.disabled else "active",
                when(u.created_ms),
            ]
            for u in found
        ],
        empty="No users: this server is open to its own machine only.",
    )


@users_command.command("edit")
@click.argument("name")
@click.option("--admin/--no-admin", default=None, help="Administrator of the whole server, or no longer.")
@click.option("--disable/--enable", "disabled", default=None, help="Refuse or accept this user.")
@click.option("--role", type=click.Choice([role.value for role in Role]), help="Role in --workspace.")
@click.option("--password", "new_password", is_flag=True, help="Ask for a new password.")
@connected
def edit(
    client: Client,
    name: str,
    admin: bool | None,
    disabled: bool | None,
    role: str | None,
    new_password: bool,
) -> None:
    """Change a user."""
    roles: dict[str, Role] | None = None
    if role is not None:
        workspace = client.transport.headers.get("X-Modelwright-Workspace", DEFAULT_WORKSPACE)
        now = next((user for user in client.access.users() if user.name == name), None)
        roles = dict(now.roles) if now else {}
        roles.pop(workspace, None)
        if role != "none":
            roles[workspace] = Role(role)
    password = read_password(from_stdin=False) if new_password else None
    current = None
    if new_password and client.access.me().name == name:
        current = getpass.getpass("Your current password: ")
    change = UserUpdate(
        password=password, current_password=current, server_admin=admin, disabled=disabled, roles=roles
    )
    client.access.change_user(name, change)
    note(f"Changed {name}.")


@users_command.command("delete")
@click.argument("name")
@connected
def delete(client: Client, name: str) -> None:
    """Delete a user and every token of theirs."""
    client.access.remove_user(name)
    note(f"Deleted {name}.")
