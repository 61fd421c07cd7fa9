"""`mw user` and `mw token`: who may log in.

Knows prompts and tables. With --dir or --db it works on a stopped or running server's own state, by name, so that the
first administrator can be made before anyone can log in.
"""

from __future__ import annotations

import getpass
import sys
from typing import Any

import click

from modelwright.cli.connect import connected
from modelwright.cli.output import note, say, show_json, table, when
from modelwright.cli.serve import part, read_settings
from modelwright.sdk.client import API, Client
from modelwright.types.access import DEFAULT_WORKSPACE, NewToken, Role, TokenCreate, UserCreate, UserUpdate
from modelwright.types.errors import Invalid


@click.group("user")
def user_command() -> None:
    """Add, list and change users. With --dir FOLDER on the server's own machine, no login is needed."""


@user_command.command("add")
@click.argument("name")
@click.option("--admin", is_flag=True, help="Administrator of the whole server.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=None,
    help="Role in --workspace.  [default: contributor, unless --admin]",
)
@click.option("--workspace", default=DEFAULT_WORKSPACE, show_default=True, help="The workspace that --role is for.")
@click.option("--no-password", is_flag=True, help="Only tokens log in (service accounts).")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--dir", "dir_", metavar="FOLDER", help="Work on this data folder instead of asking a server.")
@click.option("--db", metavar="URL", help="Work on this database instead of asking a server.")
@click.option("--url", metavar="URL", help="The server.")
def add(
    name: str,
    admin: bool,
    role: str | None,
    workspace: str,
    no_password: bool,
    password_stdin: bool,
    dir_: str | None,
    db: str | None,
    url: str | None,
) -> None:
    """Add a user. Asks for a password of at least 12 characters."""
    password = None if no_password else read_password(password_stdin)
    roles = {workspace: Role(role)} if role else ({} if admin else {workspace: Role.CONTRIBUTOR})
    wanted = UserCreate(name=name, password=password, server_admin=admin, roles=roles)
    if dir_ or db:
        ctx = offline(dir_, db)
        part("domains.access.manage").create_user(ctx, wanted)
        ctx.db.close()
    else:
        with Client(url or "") as client:
            client.access.add_user(wanted)
    note(f"Added {'administrator' if admin else 'user'} {name}.")


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


@user_command.command("ls")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@connected
def ls(client: Client, as_json: bool) -> None:
    """List users."""
    found = client.access.users()
    if as_json:
        show_json(found)
        return
    table(
        ["NAME", "ADMIN", "ROLES", "STATE", "CREATED"],
        [
            [
                u.name,
                "yes" if u.server_admin else "",
                ", ".join(f"{w}: {r}" for w, r in u.roles.items()),
                "disabled" if u.disabled else "active",
                when(u.created_ms),
            ]
            for u in found
        ],
        empty="No users: this server is open to its own machine only.",
    )


@user_command.command("edit")
@click.argument("name")
@click.option("--admin/--no-admin", default=None, help="Administrator of the whole server, or no longer.")
@click.option("--disable/--enable", "disabled", default=None, help="Refuse or accept this user.")
@click.option("--role", type=click.Choice([*(role.value for role in Role), "none"]), help="Role in --workspace.")
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
    client.access.change_user(name, UserUpdate(password=password, server_admin=admin, disabled=disabled, roles=roles))
    note(f"Changed {name}.")


@user_command.command("delete")
@click.argument("name")
@connected
def delete(client: Client, name: str) -> None:
    """Delete a user and every token of theirs."""
    client.access.remove_user(name)
    note(f"Deleted {name}.")


@click.group("token")
def token_command() -> None:
    """Create, list and revoke your API tokens."""


@token_command.command("create")
@click.option("--label", default="", help="What it is for.")
@click.option("--days", type=click.IntRange(1, 3650), help="How long it lives.  [default: 90]")
@click.option("--user", default="", metavar="NAME", help="Whose token (administrators).  [default: yours]")
@click.option("--dir", "dir_", metavar="FOLDER", help="Work on this data folder instead of asking a server.")
@click.option("--db", metavar="URL", help="Work on this database instead of asking a server.")
@click.option("--url", metavar="URL", default="", help="The server.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def create(label: str, days: int | None, user: str, dir_: str | None, db: str | None, url: str, as_json: bool) -> None:
    """Make a token. It is shown now and never again."""
    made: NewToken
    if dir_ or db:
        if not user:
            raise Invalid("a token made without a server needs --user NAME", where="--user")
        ctx = offline(dir_, db)
        made = part("domains.access.tokens").create_token(ctx, TokenCreate(label=label, days=days), user=user)
        ctx.db.close()
    else:
        with Client(url) as client:
            query = {"user": user} if user else None
            made = client.transport.call(
                NewToken, "POST", f"{API}/tokens", TokenCreate(label=label, days=days), query=query
            )
    if as_json:
        show_json(made)
        return
    note("Keep it: this is the only time it is shown.")
    say(made.secret)


@token_command.command("ls")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@connected
def ls_tokens(client: Client, as_json: bool) -> None:
    """List your tokens."""
    found = client.access.tokens()
    if as_json:
        show_json(found)
        return
    table(
        ["ID", "USER", "LABEL", "CREATED", "LAST USED", "EXPIRES", "STATE"],
        [
            [
                t.id,
                t.user,
                t.label,
                when(t.created_ms),
                when(t.last_used_ms),
                when(t.expires_ms),
                "revoked" if t.revoked else "active",
            ]
            for t in found
        ],
        empty="No tokens.",
    )


@token_command.command("revoke")
@click.argument("token_id")
@connected
def revoke(client: Client, token_id: str) -> None:
    """Revoke a token by its id, at once."""
    client.access.revoke_token(token_id)
    note(f"Revoked {token_id}.")
