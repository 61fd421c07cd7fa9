"""`mw login` and `mw logout`: which server, as whom.

Knows the prompt. Refuses to know where credentials are kept: `sdk.credentials` does.
"""

from __future__ import annotations

import getpass
import socket
import sys
from urllib.parse import quote

import click

from modelwright.cli.output import note
from modelwright.sdk import credentials
from modelwright.sdk.client import Client
from modelwright.types.errors import Invalid


@click.command("login")
@click.option(
    "--url",
    metavar="URL",
    envvar="MODELWRIGHT_URL",
    default="http://127.0.0.1:7117",
    help="The server.  [default: MODELWRIGHT_URL or http://127.0.0.1:7117]",
)
@click.option("--user", metavar="NAME", help="Log in by name and password; a token is made for this machine.")
@click.option(
    "--token", metavar="TOKEN", help="A token made before; asked for when neither is given. - reads standard input."
)
def login_command(url: str, user: str | None, token: str | None) -> None:
    """Remember a server and a token in ~/.config/modelwright/credentials (readable by you only)."""
    if user:
        password = getpass.getpass(f"Password of {user}: ")
        with Client(with_login(url, user, password)) as client:
            token = client.access.add_token(f"mw login on {socket.gethostname()}").secret
    elif token == "-":  # noqa: S105  a dash is the customary name of standard input
        token = sys.stdin.readline().strip()
    elif not token:
        token = getpass.getpass("Token: ").strip()
    if not token:
        raise Invalid("no token given", hint="make one with `mw tokens create`, or log in with --user NAME")
    with Client(url, token) as client:
        me = client.access.me()
        where = credentials.save(client.url, token)
        note(f"Logged in to {client.url} as {me.name}. Kept in {where}.")


def with_login(url: str, user: str, password: str) -> str:
    """The address with a name and password in it, which the transport sends as Basic credentials."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{quote(user, safe='')}:{quote(password, safe='')}@{rest}"


@click.command("logout")
@click.option("--url", metavar="URL", default="", help="The server.  [default: the last one logged in to]")
def logout_command(url: str) -> None:
    """Forget the token of a server on this machine. `mw tokens revoke` ends it everywhere."""
    note("Forgotten." if credentials.forget(url) else "There was no login to forget.")
