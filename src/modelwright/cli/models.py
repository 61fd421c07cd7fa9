"""`mw models`: registered models, their versions, aliases and stages."""

from __future__ import annotations

import json
from typing import Any

import click

from modelwright.cli.connect import connected
from modelwright.cli.output import ago, note, pairs, say, show_json, size, table, when
from modelwright.sdk.client import Client
from modelwright.sdk.registry import reference, source_of
from modelwright.types.errors import Invalid
from modelwright.types.registry import Change, ModelVersion, Stage


@click.group("models")
def models_command() -> None:
    """List, show, register and compare models; move and roll back aliases."""


@models_command.command("ls")
@click.argument("where", required=False, default="")
@click.option("--order-by", "-o", multiple=True, metavar="FIELD [ASC|DESC]", help="Order (repeatable).")
@click.option("--limit", "-n", type=click.IntRange(1), default=100, show_default=True, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
@connected
def ls(client: Client, where: str, order_by: tuple[str, ...], limit: int, as_json: bool) -> None:
    """List registered models. WHERE is a filter: name LIKE 'flight%', tags.team = 'ops'."""
    found = list(client.registry.search(where, order_by=order_by, limit=limit))
    if as_json:
        show_json(found)
        return
    table(
        ["name", "versions", "latest", "aliases", "updated", "description"],
        (
            (
                item.name,
                item.versions,
                max((version.version for version in item.latest), default=""),
                ", ".join(f"{alias}→{version}" for alias, version in item.aliases.items()),
                ago(item.updated_ms),
                item.description.split("\n")[0],
            )
            for item in found
        ),
        empty="No registered models. Make one with: mw models register runs:/<run id>/<path> NAME",
    )


@models_command.command("show")
@click.argument("model")
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
@connected
def show(client: Client, model: str, as_json: bool) -> None:
    """Show a model (NAME) or one of its versions (NAME/3, NAME@alias)."""
    if "/" in model or "@" in model:
        version = client.registry.version(model)
        show_json(version) if as_json else _show_version(client, version)
        return
    found = client.registry.get(model)
    versions = list(client.registry.search_versions(f"name = '{found.name}'", order_by=["version DESC"], limit=100))
    if as_json:
        show_json({"model": found, "versions": versions})
        return
    say(click.style(found.name, bold=True))
    if found.description:
        say(f"  {found.description}")
    for key, value in found.tags.items():
        say(f"  tag        {key} = {value}")
    for move in client.registry.history(model)[:5]:
        target = f"version {move.version}" if move.version else "nothing"
        what = f"{move.name} → {target}" if move.kind == "alias" else f"version {move.version} → {move.name}"
        how = " (rolled back)" if move.verb == "rolled_back" else ""
        say(f"  {ago(move.at_ms):>8} ago  {what}  by {move.user}{how}")
    table(
        ["version", "aliases", "stage", "run", "size", "made", "by"],
        (
            (
                item.version,
                ", ".join(item.aliases),
                "" if item.stage is Stage.NONE else item.stage.value,
                item.run_id[:12],
                size(item.size),
                ago(item.created_ms),
                item.user,
            )
            for item in versions
        ),
        empty="No versions yet.",
    )


def _show_version(client: Client, item: ModelVersion) -> None:
    aliases = "".join(f"  @{alias}" for alias in item.aliases)
    say(f"{click.style(f'{item.name}/{item.version}', bold=True)}{aliases}")
    facts = item.facts
    rows: list[tuple[str, Any]] = [
        ("stage", "" if item.stage is Stage.NONE else item.stage.value),
        ("description", item.description),
        ("source", item.source),
        ("run", item.run_id),
        ("made", f"{when(item.created_ms)} by {item.user}"),
        ("size", f"{size(item.size)} in {facts.files} files" if facts else size(item.size)),
        ("digest", item.digest),
    ]
    if facts:
        rows += [
            ("flavors", ", ".join(facts.flavors)),
            ("python", facts.python),
            ("commit", f"{facts.commit[:12]}{' (with changes)' if facts.dirty else ''}" if facts.commit else ""),
            ("data", ", ".join(f"{data.name} {data.digest}" for data in facts.data)),
        ]
        if facts.signature:
            rows.append(("inputs", ", ".join(f"{column.name}: {column.type}" for column in facts.signature.inputs)))
            rows.append(("outputs", ", ".join(f"{column.name} {column.type}" for column in facts.signature.outputs)))
        rows += [("metric", f"{key} = {value}") for key, value in facts.metrics.items()]
        rows += [("problem", problem) for problem in facts.problems]
    rows += [("tag", f"{key} = {value}") for key, value in item.tags.items()]
    for label, value in rows:
        if value:
            say(f"  {label:<12} {value}")


@models_command.command("register")
@click.argument("source")
@click.argument("name")
@click.option("--alias", "-a", "aliases", multiple=True, metavar="NAME", help="Set an alias to it (repeatable).")
@click.option("--description", "-d", default="", help="A description (Markdown).")
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="Set a tag (repeatable).")
@click.option("--json", "as_json", is_flag=True, help="The version, as JSON.")
@connected
def register(
    client: Client,
    source: str,
    name: str,
    aliases: tuple[str, ...],
    description: str,
    tags: tuple[str, ...],
    as_json: bool,
) -> None:
    """Make a version of NAME from SOURCE: runs:/<run id>/<path>, models:/m-<id>, models:/<name>/<version>."""
    made = client.registry.register(
        source_of(source), name, aliases=aliases, description=description, tags=pairs(tags, "--tag")
    )
    if as_json:
        show_json(made)
    else:
        note(f"Registered {made.name}/{made.version}{''.join(f' @{alias}' for alias in made.aliases)}")


@models_command.command("alias")
@click.argument("name")
@click.argument("alias")
@click.argument("version", type=int, required=False)
@click.option("--expected", type=int, help="Only if it means this version now (0: none).")
@click.option("--delete", is_flag=True, help="Let it mean nothing.")
@connected
def alias(client: Client, name: str, alias: str, version: int | None, expected: int | None, delete: bool) -> None:
    """Let an ALIAS of NAME mean a VERSION; without one, show its moves."""
    if delete:
        client.registry.delete_alias(name, alias)
        note(f"Deleted {name}@{alias}")
    elif version is not None:
        client.registry.set_alias(name, alias, version, expected=expected)
        note(f"{name}@{alias} is version {version}")
    else:
        table(
            ["when", "version", "before", "how", "by"],
            (
                (when(move.at_ms), move.version, move.previous, move.verb.replace("_", " "), move.user)
                for move in client.registry.history(name, alias)
            ),
            empty=f"{name}@{alias} was never set.",
        )


@models_command.command("rollback")
@click.argument("name")
@click.argument("alias")
@connected
def rollback(client: Client, name: str, alias: str) -> None:
    """Let an ALIAS of NAME mean the version that it meant before."""
    found = client.registry.rollback(name, alias)
    note(f"{name}@{alias} is version {found.version} again")


@models_command.command("stage")
@click.argument("version")
@click.argument("stage", type=click.Choice([stage.value.lower() for stage in Stage], case_sensitive=False))
@click.option("--archive", is_flag=True, help="Archive the versions that are there now.")
@connected
def stage(client: Client, version: str, stage: str, archive: bool) -> None:
    """Move a VERSION (NAME/3) to a stage."""
    name, number = reference(version)
    if not number.isdigit():
        raise Invalid(f"{version!r} names no version by its number", hint="write NAME/3")
    moved = client.registry.set_stage(name, int(number), stage, archive=archive)
    note(f"{name}/{number} is in {moved.stage.value}")


@models_command.command("compare")
@click.argument("a")
@click.argument("b")
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
@connected
def compare(client: Client, a: str, b: str, as_json: bool) -> None:
    """Show what differs between two versions (NAME/3, NAME@alias)."""
    found = client.registry.compare(a, b)
    if as_json:
        show_json(found)
        return
    headers = ["", "", f"{found.a.name}/{found.a.version}", f"{found.b.name}/{found.b.version}", "change"]
    rows: list[tuple[str, ...]] = []
    parts = (
        ("metric", found.metrics),
        ("param", found.params),
        ("data", found.data),
        ("code", found.code),
        ("package", found.packages),
        ("signature", found.signature),
        ("flavor", found.flavors),
        ("file", found.files),
        ("", [found.size] if found.size else []),
    )
    for label, changes in parts:
        rows += [(label, change.key, _cell(change.a), _cell(change.b), _delta(change)) for change in changes]
    table(headers, rows, empty="Nothing differs.")
    if found.patch:
        say(found.patch)


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.6g}"
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _delta(change: Change) -> str:
    a, b = change.a, change.b
    if isinstance(a, (int, float)) and isinstance(b, (int, float)) and not isinstance(a, bool):
        return f"{b - a:+.4g}" if a != b else ""
    return ""
