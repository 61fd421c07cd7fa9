"""`mw prompts`: prompts and their versions."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from modelwright.cli.connect import connected
from modelwright.cli.output import ago, note, pairs, say, show_json, table, when
from modelwright.sdk.client import Client
from modelwright.sdk.prompts import reference
from modelwright.types.errors import Invalid
from modelwright.types.registry import Message, PromptCreate, PromptVersion


@click.group("prompts")
def prompts_command() -> None:
    """List, show, register and compare prompts."""


@prompts_command.command("ls")
@click.argument("where", required=False, default="")
@click.option("--limit", "-n", type=click.IntRange(1), default=100, show_default=True, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
@connected
def ls(client: Client, where: str, limit: int, as_json: bool) -> None:
    """List prompts. WHERE is a filter: name LIKE 'greet%', alias = 'prod'."""
    found = list(client.prompts.search(where, limit=limit))
    if as_json:
        show_json(found)
        return
    table(
        ["name", "versions", "kind", "variables", "aliases", "updated", "last change"],
        (
            (
                item.name,
                item.versions,
                item.latest.kind.value if item.latest else "",
                ", ".join(item.latest.variables) if item.latest else "",
                ", ".join(f"{alias}→{version}" for alias, version in item.aliases.items()),
                ago(item.updated_ms),
                item.latest.message if item.latest else "",
            )
            for item in found
        ),
        empty="No prompts. Make one with: mw prompts register NAME FILE",
    )


@prompts_command.command("show")
@click.argument("prompt")
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
@connected
def show(client: Client, prompt: str, as_json: bool) -> None:
    """Show a version of a prompt (NAME/3, NAME@alias, or NAME for its latest) and the versions there are."""
    name, version = reference(prompt)
    found = client.prompts.version(name, version)
    if as_json:
        show_json(found)
        return
    say(f"{click.style(f'{found.name}/{found.version}', bold=True)}{''.join(f'  @{alias}' for alias in found.aliases)}")
    say(f"  made       {when(found.created_ms)} by {found.user}")
    for label, value in (
        ("message", found.message),
        ("variables", ", ".join(found.variables)),
        ("config", json.dumps(found.config) if found.config else ""),
        ("answer", json.dumps(found.response_format) if found.response_format else ""),
    ):
        if value:
            say(f"  {label:<10} {value}")
    for key, value in found.tags.items():
        say(f"  tag        {key} = {value}")
    say()
    say(_text(found))
    if version == "latest":
        say()
        table(
            ["version", "aliases", "made", "by", "message"],
            (
                (item.version, ", ".join(item.aliases), ago(item.created_ms), item.user, item.message)
                for item in client.prompts.versions(name)
            ),
        )


def _text(found: PromptVersion) -> str:
    if isinstance(found.template, str):
        return found.template
    return "\n".join(
        f"[{item.role}]\n{item.content if isinstance(item.content, str) else json.dumps(item.content, indent=1)}"
        for item in found.template
    )


@prompts_command.command("register")
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--message", "-m", default="", help="What changed.")
@click.option("--alias", "-a", "aliases", multiple=True, metavar="NAME", help="Set an alias to it (repeatable).")
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="Set a tag (repeatable).")
@click.option("--config", metavar="JSON", default="", help="Settings of the model that it is for.")
@click.option("--json", "as_json", is_flag=True, help="The version, as JSON.")
@connected
def register(
    client: Client,
    name: str,
    file: Path,
    message: str,
    aliases: tuple[str, ...],
    tags: tuple[str, ...],
    config: str,
    as_json: bool,
) -> None:
    """Make a version of a prompt from FILE (- is stdin): a text, or a .json file with messages."""
    text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    template: Any = text
    if file.suffix == ".json":
        try:
            template = msgspec.json.decode(text, type=list[Message])
        except msgspec.MsgspecError as error:
            hint = '[{"role": "user", "content": "…"}]'
            raise Invalid(f"{file} holds no list of messages: {error}", hint=hint) from None
    settings: dict[str, Any] | None = None
    if config:
        try:
            settings = msgspec.json.decode(config, type=dict[str, Any])
        except msgspec.MsgspecError as error:
            raise Invalid(f"--config is no JSON object: {error}") from None
    body = PromptCreate(
        template=template, message=message, tags=pairs(tags, "--tag"), config=settings, aliases=list(aliases)
    )
    made = client.prompts.register(name, body)
    if as_json:
        show_json(made)
    else:
        note(f"Registered {made.name}/{made.version}{''.join(f' @{alias}' for alias in made.aliases)}")


@prompts_command.command("diff")
@click.argument("name")
@click.argument("a")
@click.argument("b", required=False, default="latest")
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
@connected
def diff(client: Client, name: str, a: str, b: str, as_json: bool) -> None:
    """Show what differs between versions A and B (numbers, @alias, or latest) of NAME."""
    found = client.prompts.diff(name, a, b)
    if as_json:
        show_json(found)
        return
    for line in found.text.splitlines():
        colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        say(click.style(line, fg=colour) if colour else line)
    for change in found.changes:
        say(f"{change.key}: {json.dumps(change.a)} → {json.dumps(change.b)}")
    if not found.text and not found.changes:
        note("Nothing differs.")


@prompts_command.command("alias")
@click.argument("name")
@click.argument("alias")
@click.argument("version", type=int)
@connected
def alias(client: Client, name: str, alias: str, version: int) -> None:
    """Let an ALIAS of NAME mean a VERSION."""
    client.prompts.set_alias(name, alias, version)
    note(f"{name}@{alias} is version {version}")


@prompts_command.command("rollback")
@click.argument("name")
@click.argument("alias")
@connected
def rollback(client: Client, name: str, alias: str) -> None:
    """Let an ALIAS of NAME mean the version that it meant before."""
    note(f"{name}@{alias} is version {client.prompts.rollback(name, alias).version} again")
