"""`mw experiments`: list, show, create, rename, delete, restore.

Knows which columns a person wants. Refuses to know what the runs inside hold.
"""

from __future__ import annotations

import click

from modelwright.cli.connect import connected
from modelwright.cli.output import ago, note, pairs, say, show_json, table, when
from modelwright.sdk.client import Client
from modelwright.types.tracking import Lifecycle


@click.group("experiments")
def experiments_command() -> None:
    """List, show and change experiments. EXPERIMENT is a name or an id."""


@experiments_command.command("ls")
@click.option(
    "--filter", "-f", "query", default="", metavar="TEXT", help="Search language, e.g. \"name LIKE 'flight%'\"."
)
@click.option(
    "--order-by", "-o", "order", multiple=True, metavar="FIELD [ASC|DESC]", help='E.g. "name ASC" (repeatable).'
)
@click.option(
    "--limit",
    "-n",
    default=50,
    show_default=True,
    type=click.IntRange(1, 1_000_000),
    metavar="N",
    help="How many at most.",
)
@click.option("--deleted", is_flag=True, help="Deleted experiments instead.")
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
@connected
def ls(client: Client, query: str, order: tuple[str, ...], limit: int, deleted: bool, as_json: bool) -> None:
    """List experiments."""
    lifecycle = Lifecycle.DELETED if deleted else Lifecycle.ACTIVE
    found = list(client.experiments.search(query, order_by=order, limit=limit, lifecycle=lifecycle))
    if as_json:
        show_json(found)
        return
    table(
        ["ID", "NAME", "RUNS", "CREATED", "TAGS"],
        [
            [
                item.id,
                item.name,
                client.runs.count(experiments=[item.id]),
                ago(item.created_ms),
                ", ".join(f"{k}={v}" for k, v in item.tags.items()),
            ]
            for item in found
        ],
        empty="No experiments found.",
    )


@experiments_command.command("show")
@click.argument("experiment")
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
@connected
def show(client: Client, experiment: str, as_json: bool) -> None:
    """Show one experiment."""
    found = client.experiments.find(experiment)
    if as_json:
        show_json(found)
        return
    say(f"{click.style(found.name, bold=True)}  {found.lifecycle.value}")
    say(f"  id         {found.id}")
    say(f"  created    {when(found.created_ms)}")
    say(f"  runs       {client.runs.count(experiments=[found.id])}")
    for key, value in sorted(found.tags.items()):
        say(f"  tag        {key} = {value}")


@experiments_command.command("create")
@click.argument("name")
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="Set a tag (repeatable).")
@connected
def create(client: Client, name: str, tags: tuple[str, ...]) -> None:
    """Make an experiment (a run with a new experiment name makes it too)."""
    made = client.experiments.create(name, tags=pairs(tags, "--tag"))
    note(f"Created {made.name} (id {made.id})")


@experiments_command.command("edit")
@click.argument("experiment")
@click.option("--name", help="A new name.")
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="Set a tag (repeatable).")
@click.option("--untag", "untags", multiple=True, metavar="KEY", help="Remove a tag (repeatable).")
@connected
def edit(client: Client, experiment: str, name: str | None, tags: tuple[str, ...], untags: tuple[str, ...]) -> None:
    """Change an experiment's name and tags."""
    found = client.experiments.find(experiment)
    changes: dict[str, str | None] = {**pairs(tags, "--tag"), **dict.fromkeys(untags)}
    changed = client.experiments.update(found.id, name=name, tags=changes)
    note(f"Changed {changed.name} (id {changed.id})")


@experiments_command.command("delete")
@click.argument("experiment")
@connected
def delete(client: Client, experiment: str) -> None:
    """Delete an experiment with its runs. It can be restored."""
    found = client.experiments.find(experiment)
    client.experiments.delete(found.id)
    note(f"Deleted {found.name}; back with: mw experiments restore {found.id}")


@experiments_command.command("restore")
@click.argument("experiment")
@connected
def restore(client: Client, experiment: str) -> None:
    """Bring a deleted experiment back, with the runs that went with it."""
    found = client.experiments.find(experiment)
    client.experiments.restore(found.id)
    note(f"Restored {found.name} (id {found.id})")
