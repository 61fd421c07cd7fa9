"""`mw runs`: list, show, delete, restore, purge, stop, rename, tag.

Knows which columns a person wants. Refuses to know the search language: the server reads it.
"""

from __future__ import annotations

from itertools import islice

import click

from modelwright.cli.connect import connected, find_experiments
from modelwright.cli.output import ago, duration, note, pairs, say, show_json, size, table, when
from modelwright.sdk.client import Client
from modelwright.types.tracking import Lifecycle, MetricSummary, Run, RunUpdate

FILES = 100
"""Most files that `show` lists."""


@click.group("runs")
def runs_command() -> None:
    """List, show and change runs. RUN is an id, the beginning of one, or a run's name."""


@runs_command.command("ls")
@click.option(
    "-e",
    "--experiment",
    "experiments",
    multiple=True,
    metavar="NAME",
    help="Only of this experiment, by name or id (repeatable).",
)
@click.option(
    "--filter",
    "-f",
    "query",
    default="",
    metavar="TEXT",
    help="Search language, e.g. \"metrics.loss < 0.3 AND params.model = 'tree'\".",
)
@click.option(
    "--order-by",
    "-o",
    "order",
    multiple=True,
    metavar="FIELD [ASC|DESC]",
    help='E.g. "metrics.loss ASC" (repeatable).  [default: newest first]',
)
@click.option(
    "--limit",
    "-n",
    default=20,
    show_default=True,
    type=click.IntRange(1, 1_000_000),
    metavar="N",
    help="How many at most.",
)
@click.option(
    "--metric",
    "-m",
    "metrics",
    multiple=True,
    metavar="KEY",
    help="A column with this metric's last value (repeatable).",
)
@click.option("--param", "-p", "params", multiple=True, metavar="KEY", help="A column with this param (repeatable).")
@click.option("--deleted", is_flag=True, help="Deleted runs instead.")
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
@connected
def ls(
    client: Client,
    experiments: tuple[str, ...],
    query: str,
    order: tuple[str, ...],
    limit: int,
    metrics: tuple[str, ...],
    params: tuple[str, ...],
    deleted: bool,
    as_json: bool,
) -> None:
    """List runs, newest first."""
    found = list(
        client.runs.search(
            query,
            experiments=find_experiments(client, experiments),
            order_by=order,
            limit=limit,
            lifecycle=Lifecycle.DELETED if deleted else Lifecycle.ACTIVE,
        )
    )
    if as_json:
        show_json(found)
        return
    shown = metrics or common_metrics(found)
    table(
        ["RUN", "NAME", "STATE", "STARTED", "TOOK", *params, *shown],
        [
            [
                run.id[:12],
                run.name,
                run.state.value,
                ago(run.start_ms),
                took(run),
                *(run.params.get(key) for key in params),
                *(last(run.metrics.get(key)) for key in shown),
            ]
            for run in found
        ],
        empty="No runs found. `mw demo` makes some; `mw.init()` in Python makes yours.",
    )


def common_metrics(found: list[Run], most: int = 3) -> list[str]:
    """The metrics that most of these runs have, at most three: a list is worth little without a number."""
    counts: dict[str, int] = {}
    for run in found:
        for key in run.metrics:
            if not key.startswith("system/"):
                counts[key] = counts.get(key, 0) + 1
    return sorted(counts, key=lambda key: (-counts[key], key))[:most]


def last(summary: MetricSummary | None) -> object:
    """The last value of a metric, or nothing."""
    return None if summary is None else summary.last


def took(run: Run) -> str:
    """How long a run took; nothing while it runs."""
    return duration(run.end_ms - run.start_ms) if run.end_ms and run.start_ms else ""


@runs_command.command("show")
@click.argument("run")
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
@connected
def show(client: Client, run: str, as_json: bool) -> None:
    """Show one run: params, metrics, tags, inputs, artifacts."""
    found = client.runs.find(run)
    if as_json:
        show_json(found)
        return
    deleted = " (deleted)" if found.deleted_ms else ""
    say(f"{click.style(found.name or found.id, bold=True)}  {found.state.value}{deleted}")
    facts = {
        "id": found.id,
        "kind": found.kind.value,
        "experiment": found.experiment_id,
        "user": found.user,
        "group": found.group,
        "parent": found.parent_id,
        "started": when(found.start_ms),
        "took": took(found),
        "notes": found.notes,
    }
    if found.origin is not None:
        git = found.origin.git
        facts |= {"command": " ".join(found.origin.command), "host": found.origin.host, "python": found.origin.python}
        if git is not None:
            facts["commit"] = f"{git.commit[:12]}{' + changes' if git.dirty else ''} ({git.branch})"
    for name, value in facts.items():
        if value:
            say(f"  {name:<11}{value}")
    section("Params", ["KEY", "VALUE"], [[key, value] for key, value in sorted(found.params.items())])
    section(
        "Metrics",
        ["KEY", "LAST", "STEP", "MIN", "MAX", "POINTS"],
        [[key, m.last, m.step, m.min, m.max, m.count] for key, m in sorted(found.metrics.items())],
    )
    section("Summary", ["KEY", "VALUE"], [[key, value] for key, value in sorted(found.summary.items())])
    section("Tags", ["KEY", "VALUE"], [[key, value] for key, value in sorted(found.tags.items())])
    section("Datasets", ["NAME", "DIGEST"], [[item.name, item.digest] for item in found.dataset_inputs])
    files = list(islice(client.artifacts.walk(found.id), FILES + 1))
    section("Artifacts", ["PATH", "SIZE"], [[item.path, size(item.size)] for item in files[:FILES]])
    if len(files) > FILES:
        say(f"… and more: mw export FOLDER {found.id}")


def section(title: str, headers: list[str], rows: list[list[object]]) -> None:
    """A titled table; nothing when there is nothing."""
    if rows:
        say()
        say(click.style(title, underline=True))
        table(headers, rows)


@runs_command.command("delete")
@click.argument("runs", nargs=-1, required=True)
@click.option("--purge", is_flag=True, help="For good, with all points and files. Cannot be undone.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@connected
def delete(client: Client, runs: tuple[str, ...], purge: bool, yes: bool) -> None:
    """Delete runs. They can be restored, unless --purge is given."""
    found = [client.runs.find(text) for text in runs]
    if purge and not yes:
        click.confirm(f"Purge {', '.join(run.name or run.id for run in found)} for good?", abort=True, err=True)
    for run in found:
        if purge:
            if run.deleted_ms is None:
                client.runs.delete(run.id)
            client.runs.purge(run.id)
        else:
            client.runs.delete(run.id)
        how = "Purged" if purge else "Deleted"
        note(f"{how} {run.name} ({run.id}){'' if purge else f'; back with: mw runs restore {run.id}'}")


@runs_command.command("restore")
@click.argument("runs", nargs=-1, required=True)
@connected
def restore(client: Client, runs: tuple[str, ...]) -> None:
    """Bring deleted runs back."""
    for text in runs:
        run = client.runs.find(text)
        client.runs.restore(run.id)
        note(f"Restored {run.name} ({run.id})")


@runs_command.command("stop")
@click.argument("runs", nargs=-1, required=True)
@connected
def stop(client: Client, runs: tuple[str, ...]) -> None:
    """Ask running scripts to stop. They see it at their next heartbeat."""
    for text in runs:
        run = client.runs.find(text)
        client.runs.stop(run.id)
        note(f"Asked {run.name} ({run.id}) to stop")


@runs_command.command("edit")
@click.argument("run")
@click.option("--name", help="A new name.")
@click.option("--notes", help="New notes.")
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="Set a tag (repeatable).")
@click.option("--untag", "untags", multiple=True, metavar="KEY", help="Remove a tag (repeatable).")
@connected
def edit(
    client: Client, run: str, name: str | None, notes: str | None, tags: tuple[str, ...], untags: tuple[str, ...]
) -> None:
    """Change a run's name, notes and tags."""
    found = client.runs.find(run)
    changes: dict[str, str | None] = {**pairs(tags, "--tag"), **dict.fromkeys(untags)}
    changed = client.runs.update(found.id, RunUpdate(name=name, notes=notes, tags=changes))
    note(f"Changed {changed.name} ({changed.id})")
