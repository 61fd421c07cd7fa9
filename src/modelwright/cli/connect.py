"""Which server a command talks to, as whom.

Knows the options that every command about a server has. Refuses to know any route: `sdk.client` does.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from modelwright.sdk.client import DEFAULT_URL, Client


def connected(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --url and --workspace, and hands the command a `Client` as its first argument."""

    @click.option("--workspace", "-w", metavar="NAME", default="", help="Workspace.  [default: default]")
    @click.option(
        "--url", metavar="URL", default="", help=f"The server.  [default: MODELWRIGHT_URL, `mw login`, {DEFAULT_URL}]"
    )
    @functools.wraps(command)
    def wrapped(*args: object, url: str, workspace: str, **options: object) -> object:
        with Client(url, workspace=workspace, timeout_s=60) as client:
            return command(client, *args, **options)

    return wrapped


def find_experiments(client: Client, names: tuple[str, ...]) -> list[str]:
    """Ids of experiments given by name or id.

    Raises:
        NotFound: one of them is missing.
    """
    return [client.experiments.find(name).id for name in names]
