"""`mw data`: add, get, list, show, compare, check versions of data; aliases, tags, retention, DVC repositories.

Knows what a person sees. Refuses to know how anything is moved: `sdk.data` does.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from modelwright.cli.connect import connected
from modelwright.cli.output import Progress, ago, note, pairs, progress, say, show_json, size, table, when
from modelwright.sdk.client import Client
from modelwright.types.errors import Invalid

_JSON = click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")


@click.group("data")
def data_command() -> None:
    """Versions of data. DATASET is a name; VERSION is written flights, flights@prod, flights:3 or flights@latest."""


@data_command.command("add")
@click.argument("name")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--message", "-m", default="", help="What is new.")
@click.option("--alias", "-a", "aliases", multiple=True, help="Point this alias to it (repeatable).")
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="Set a tag (repeatable).")
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Leave out names of a folder (repeatable).")
@click.option("--run", "run_id", default="", metavar="ID", help="The run that made it.")
@click.option("--input", "inputs", multiple=True, metavar="REF", help="Its source: dataset:flights/2, run:ID.")
@click.option("--no-profile", is_flag=True, help="Compute no statistics of tables.")
@click.option("--no-sample", is_flag=True, help="Keep no rows with the statistics.")
@_JSON
@connected
def add(
    client: Client, name: str, sources: tuple[str, ...], message: str, aliases: tuple[str, ...], tags: tuple[str, ...],
    exclude: tuple[str, ...], run_id: str, inputs: tuple[str, ...], no_profile: bool, no_sample: bool, as_json: bool,
) -> None:
    """Make a version of a file, a folder, or URIs of what stays where it is (s3://…, https://…)."""
    from modelwright.sdk import data

    if len(sources) > 1 and not all("://" in source for source in sources):
        raise Invalid("one file or folder makes a version; several URIs may", where="SOURCE")
    with _moving("read", quiet=as_json) as report:
        made = data.add(
            name, list(sources) if len(sources) > 1 else next(iter(sources)), message=message, alias=aliases,
            tags=pairs(tags, "--tag"), exclude=exclude, run_id=run_id, inputs=inputs, profile=not no_profile,
            sample=not no_sample, client=client, report=report,
        )
    if as_json:
        show_json(made)
        return
    rows = f", {made.rows:,} rows" if made.rows is not None else ""
    note(f"{made.dataset}:{made.number}  {made.files:,} files, {size(made.bytes)}{rows}  {made.digest[:19]}")


@data_command.command("get")
@click.argument("version")
@click.argument("path", default="")
@click.option("--to", "-o", "target", type=click.Path(path_type=Path), help="Folder to write to.  [default: ./NAME]")
@click.option("--glob", "-g", default="", metavar="PATTERN", help="Only files that match, as *.csv.")
@click.option("--json", "as_json", is_flag=True, help="Where it is, as JSON.")
@connected
def get(client: Client, version: str, path: str, target: Path | None, glob: str, as_json: bool) -> None:
    """Bring a version here, or the file or folder PATH of it. What is here already is not fetched."""
    from modelwright.sdk import data
    from modelwright.sdk.data.refs import split

    place = target or Path(split(version)[0])
    with _moving("fetched", quiet=as_json) as report:
        found = data.get(version, place, path=path, glob=glob, client=client, report=report)
    if as_json:
        show_json({"folder": str(found.resolve()), "version": data.version(version, client=client)})
    else:
        note(f"{version} is in {found}")


@data_command.command("ls")
@click.argument("dataset", default="")
@click.option("--filter", "-f", "query", default="", metavar="TEXT", help="Search language, as \"tags.team = 'ops'\".")
@click.option("--limit", "-n", default=50, show_default=True, type=click.IntRange(1, 100_000), help="How many at most.")
@_JSON
@connected
def ls(client: Client, dataset: str, query: str, limit: int, as_json: bool) -> None:
    """List datasets, or the versions of one."""
    if dataset:
        found = list(client.datasets.versions(dataset, limit=limit))
        if as_json:
            show_json(found)
            return
        table(["VERSION", "ALIASES", "FILES", "SIZE", "ROWS", "CREATED", "BY", "MESSAGE"], [
            [item.number, ", ".join(item.aliases), item.files, size(item.bytes), item.rows, ago(item.created_ms),
             item.created_by, item.message[:60]] for item in found])
        return
    listed = list(client.datasets.search(query, limit=limit))
    if as_json:
        show_json(listed)
        return
    table(["NAME", "LATEST", "ALIASES", "FILES", "SIZE", "ROWS", "RUNS", "UPDATED"], [
        [item.name, item.latest.number if item.latest else None, ", ".join(f"{k}→{v}" for k, v in item.aliases.items()),
         item.latest.files if item.latest else None, size(item.latest.bytes) if item.latest else "",
         item.latest.rows if item.latest else None, item.uses, ago(item.updated_ms)] for item in listed])


@data_command.command("show")
@click.argument("version")
@click.option("--files", "with_files", is_flag=True, help="Its files as well.")
@_JSON
@connected
def show(client: Client, version: str, with_files: bool, as_json: bool) -> None:
    """Show a version: what it holds, its columns, who uses it."""
    found = client.datasets.version(version)
    profile = client.datasets.profile(version) if found.has_profile else None
    uses = client.datasets.uses(version)
    files = list(client.datasets.files(version, deep=True)) if with_files else []
    if as_json:
        show_json({"version": found, "profile": profile, "uses": uses, "files": files})
        return
    pointing = ", ".join(f"@{name}" for name in found.aliases)
    say(f"{click.style(f'{found.dataset}:{found.number}', bold=True)}  {pointing}")
    say(f"  digest     {found.digest}")
    say(f"  holds      {found.files:,} files, {size(found.bytes)} ({size(found.stored_bytes)} new)")
    say(f"  created    {when(found.created_ms)} by {found.created_by}")
    for label, value in (("message", found.message), ("source", found.source), ("run", found.created_run)):
        if value:
            say(f"  {label:<10} {value}")
    for key, value in found.tags.items():
        say(f"  tag        {key} = {value}")
    for use in uses[:20]:
        say(f"  {use.direction:<10} {use.run_id or use.context}  {ago(use.at_ms)}")
    for each in profile.tables if profile else []:
        say(f"\n{each.name}: {each.rows:,} rows")
        table(["COLUMN", "TYPE", "NULLS", "DISTINCT", "MIN", "MAX", "MEAN"], [
            [column.name, column.type, column.nulls, column.distinct, column.min, column.max, column.mean]
            for column in each.columns])
    if files:
        say()
        table(["PATH", "SIZE", "WHERE"], [[item.path, size(item.size), item.uri] for item in files])


@data_command.command("diff")
@click.argument("before")
@click.argument("after", default="")
@click.option("--limit", "-n", default=50, show_default=True, type=click.IntRange(0, 10_000), help="Files at most.")
@_JSON
@connected
def diff(client: Client, before: str, after: str, limit: int, as_json: bool) -> None:
    """What changed from version BEFORE to AFTER (the newest one): files, schema, distributions."""
    from modelwright.sdk import data

    found = data.diff(before, after, limit=limit, client=client)
    if as_json:
        show_json(found)
        return
    say(f"{found.dataset}: {found.previous} → {found.version}   +{found.added} −{found.removed} ~{found.changed} files,"
        f" {size(found.previous_bytes)} → {size(found.bytes)}")
    marks = {"added": "+", "removed": "−", "changed": "~"}
    for change in found.changes:
        say(f"  {marks[change.change]} {change.path}  {size(change.size or change.previous_size)}")
    for each in found.tables:
        say(f"\n{each.name}: {each.previous_rows} → {each.rows} rows")
        table(["COLUMN", "CHANGE", "TYPE", "NULLS", "MEAN", "DISTANCE"], [
            [column.name, column.change, _arrow(column.previous_type, column.type),
             _arrow(_share(column.previous_nulls), _share(column.nulls)),
             _arrow(_short(column.previous_mean), _short(column.mean)), column.distance]
            for column in each.columns if column.change != "same" or len(each.columns) <= 20])


@data_command.command("verify")
@click.argument("version")
@_JSON
@connected
def verify(client: Client, version: str, as_json: bool) -> None:
    """Have the server read every content of a version. Fails when something is damaged."""
    found = client.datasets.verify(version)
    if as_json:
        show_json(found)
    else:
        note(f"{found.objects:,} contents, {size(found.bytes)}: {len(found.damaged)} damaged")
        for digest in found.damaged:
            say(digest)
    if found.damaged:
        sys.exit(1)


@data_command.command("gc")
@click.argument("dataset", default="")
@click.option("--keep-last", type=click.IntRange(1), metavar="N", help="Set the rule: keep the newest N.")
@click.option("--keep-days", type=click.IntRange(1), metavar="N", help="Set the rule: keep those of N days.")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@_JSON
@connected
def gc(
    client: Client, dataset: str, keep_last: int | None, keep_days: int | None, dry_run: bool, as_json: bool
) -> None:
    """Apply the rule of retention of DATASET; without one, delete contents that nothing needs (administrators)."""
    from modelwright.types.data import Retention

    if not dataset:
        counts = client.collect_garbage()
        if as_json:
            show_json(counts)
        else:
            note(", ".join(f"{name}: {value}" for name, value in counts.items()))
        return
    if keep_last or keep_days:
        client.datasets.update(dataset, retention=Retention(keep_last=keep_last, keep_days=keep_days))
    found = client.datasets.retain(dataset, dry_run=dry_run)
    if as_json:
        show_json(found)
        return
    note(f"{'Would remove' if dry_run else 'Removed'} versions: {', '.join(map(str, found.removed)) or 'none'}")
    for number, reason in found.kept.items():
        note(f"  {number} stays: {reason}")


@data_command.command("alias")
@click.argument("version")
@click.argument("alias", default="")
@click.option("--delete", "delete_", is_flag=True, help="Remove the alias.")
@_JSON
@connected
def alias(client: Client, version: str, alias: str, delete_: bool, as_json: bool) -> None:
    """Point ALIAS to VERSION; without one, show how the aliases of the dataset moved."""
    from modelwright.sdk.data.refs import split

    name, wanted = split(version)
    if not alias:
        moves = client.datasets.alias_moves(name)
        if as_json:
            show_json(moves)
            return
        table(["ALIAS", "VERSION", "BEFORE", "WHEN", "BY"], [
            [move.alias, move.version if move.version is not None else "removed", move.previous, when(move.at_ms),
             move.actor] for move in moves])
    elif delete_:
        client.datasets.drop_alias(name, alias)
        note(f"Removed {name}@{alias}")
    else:
        found = client.datasets.set_alias(name, alias, wanted)
        if as_json:
            show_json(found)
        else:
            note(f"{name}@{alias} is version {found.version}")


@data_command.command("tag")
@click.argument("version")
@click.argument("tags", nargs=-1, metavar="KEY=VALUE...")
@click.option("--untag", "untags", multiple=True, metavar="KEY", help="Remove a tag (repeatable).")
@_JSON
@connected
def tag(client: Client, version: str, tags: tuple[str, ...], untags: tuple[str, ...], as_json: bool) -> None:
    """Set and remove tags of a version."""
    changes: dict[str, str | None] = {**pairs(tags, "KEY=VALUE"), **dict.fromkeys(untags)}
    found = client.datasets.change(version, tags=changes)
    if as_json:
        show_json(found)
    else:
        note(", ".join(f"{key}={value}" for key, value in found.tags.items()) or "No tags.")


@data_command.command("rm")
@click.argument("version")
@connected
def rm(client: Client, version: str) -> None:
    """Remove a version (flights:3), or a dataset with all of them (flights). Refused while anything needs it."""
    from modelwright.sdk import data

    data.delete(version, client=client)
    note(f"Removed {version}")


@data_command.command("import-dvc")
@click.argument("repository", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--rev", default="", metavar="REV", help="A git revision.  [default: the working folder]")
@click.option("--prefix", default="", metavar="TEXT", help="Put before the names of datasets.")
@_JSON
@connected
def import_dvc(client: Client, repository: Path, rev: str, prefix: str, as_json: bool) -> None:
    """Take over what a DVC repository tracks, by reference: no byte is copied, stages become lineage."""
    from modelwright.sdk.data.dvc import bring

    found = bring(repository, rev=rev, prefix=prefix, client=client)
    if as_json:
        show_json(found)
        return
    table(["DATASET", "VERSION", "FILES", "SIZE", "FROM"], [
        [item.dataset, item.number, item.files, size(item.bytes), item.source] for item in found],
        empty="Nothing is tracked there.")


@contextmanager
def _moving(what: str, *, quiet: bool) -> Generator[Callable[[str, int], None] | None]:
    if quiet:
        yield None
        return
    with progress(what) as bar:
        yield _counter(bar, what)


def _counter(bar: Progress, what: str) -> Callable[[str, int], None]:
    totals: dict[str, int] = {}

    def told(kind: str, count: int) -> None:
        totals[kind] = totals.get(kind, 0) + count
        shown = ", ".join(f"{name} {size(total)}" for name, total in totals.items())
        bar.step(count if kind == what else 0, detail=shown)

    return told


def _arrow(before: Any, now: Any) -> str:
    if before in ("", None) and now in ("", None):
        return ""
    return str(now) if before == now else f"{before or '–'} → {now or '–'}"


def _share(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.3g} %"


def _short(value: float | None) -> str:
    return "" if value is None else f"{value:.5g}"
