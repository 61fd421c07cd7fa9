"""`mw audit`: read the audit log, take it along, and check that nobody changed it.

Knows options and what a finding looks like to a person. Verifying is the server tower's, loaded by name: `verify` needs
no running server.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from modelwright.cli.connect import connected
from modelwright.cli.output import duration, note, progress, say, show_json, table, when
from modelwright.cli.serve import part, read_settings, storage_options
from modelwright.sdk.client import API, Client
from modelwright.types.audit import AuditCheck, AuditKey, AuditStatus
from modelwright.types.errors import Invalid
from modelwright.types.page import Search


@click.group("audit")
def audit_command() -> None:
    """Read, export and verify the audit log."""


@audit_command.command("log")
@click.option("--filter", "-f", "query", default="", metavar="TEXT", help="In the search language: actor = 'ada'.")
@click.option("--limit", "-n", type=click.IntRange(1), default=50, show_default=True, help="Rows at most.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@connected
def log_command(client: Client, query: str, limit: int, as_json: bool) -> None:
    """Print who did what, newest first."""
    found = []
    for event in client.audit(Search(filter=query, max_results=min(limit, 1_000))):
        found.append(event)
        if len(found) >= limit:
            break
    if as_json:
        show_json(found)
        return
    table(
        ["row", "time", "actor", "action", "subject"],
        [(event.id, when(event.at_ms), event.actor, event.action, event.subject) for event in found],
    )


@audit_command.command("status")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@connected
def status_command(client: Client, as_json: bool) -> None:
    """Print how the log stands: size, root, last checkpoint, last verification."""
    found = client.transport.call(AuditStatus, "GET", f"{API}/audit/status")
    if as_json:
        show_json(found)
        return
    say(f"log           {found.origin}")
    say(f"rows          {found.size:,}")
    say(f"root          {found.root}")
    if found.checkpoint:
        say(f"checkpoint    {found.checkpoint.size:,} rows, {when(found.checkpoint.at_ms)}, key {found.key_id}")
    if found.check:
        verdict = "nothing was changed" if found.check.ok else f"{found.check.found} problems"
        say(f"verified      {when(found.check.at_ms)}: {verdict} in {found.check.size:,} rows")
    for anchor in found.anchors:
        say(f"anchor        {anchor.place}: {anchor.size:,} rows" + (f"; {anchor.error}" if anchor.error else ""))


@audit_command.command("keys")
@connected
def keys_command(client: Client) -> None:
    """Print the public keys that sign the log, for `verify --key`."""
    for key in client.transport.call(list[AuditKey], "GET", f"{API}/audit/keys"):
        say(f"{key.vkey}{'  (in use)' if key.current else ''}")


@audit_command.command("rotate-key")
@connected
def rotate_command(client: Client) -> None:
    """Sign with a new key from now on (administrators of the server). Old signatures stay valid."""
    say(client.transport.call(AuditKey, "POST", f"{API}/audit/keys:rotate").vkey)


@audit_command.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@connected
def export_command(client: Client, file: Path) -> None:
    """Write the log to FILE as JSON Lines, with what proves it; `mw audit verify --file FILE` checks it anywhere.

    Rows of other workspaces are hashes alone, unless you administer the server.
    """
    target = sys.stdout.buffer if str(file) == "-" else None
    response = client.transport.open("GET", f"{API}/audit/export", timeout_s=600)
    fresh = file.with_name(file.name + ".part")
    size = 0
    try:
        if target is not None:
            for chunk in client.transport.chunks(response):
                target.write(chunk)
            return
        with fresh.open("wb") as out:
            for chunk in client.transport.chunks(response):
                out.write(chunk)
                size += len(chunk)
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
    note(f"{size:,} bytes to {file}. Check it: mw audit verify --file {file}")


@audit_command.command("verify")
@click.option("--file", "export", type=click.Path(path_type=Path, exists=True), help="Verify this export instead.")
@click.option(
    "--anchor", "anchors", multiple=True, type=click.Path(path_type=Path, exists=True),
    help="A file of checkpoints kept elsewhere (repeatable).",
)  # fmt: skip
@click.option("--key", "keys", multiple=True, metavar="VKEY", help="A public key that you trust (repeatable).")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@storage_options
def verify_command(
    export: Path | None,
    anchors: tuple[Path, ...],
    keys: tuple[str, ...],
    as_json: bool,
    dir_: str | None,
    db: str | None,
    blobs: str | None,
) -> None:
    """Check the whole log: was a row changed, removed, added, reordered, or the log cut off, set back or forked?

    Reads the database of --dir or --db (the server may be running), or an export. Ends with 1 when something is wrong.
    """
    verification = part("domains.audit.verification")
    if export is not None and (dir_ or db):
        raise Invalid("verify either a file or a database", where="--file")
    with progress("Verified rows") as bar:

        def tell(done: int, of: int) -> None:
            bar.total = of
            bar.step(done - bar.done)

        if export is not None:
            found = verification.verify_export(
                verification.read_lines(export), files=anchors, pinned=keys, progress=tell
            )
        else:
            ctx = _open({"dir": dir_, "db": db, "blobs": blobs})
            try:
                found = verification.verify(ctx, files=anchors, pinned=keys, progress=tell)
            finally:
                ctx.db.close()
        tell(found.size, max(found.size, bar.total or 0))
    _show(found, as_json)
    if not found.ok:
        sys.exit(1)


def _open(flags: dict[str, Any]) -> Any:
    """The state as it is: nothing is made or migrated."""
    settings = read_settings(flags)
    place = part("kit.settings").folder(settings)
    if not settings.db and not (place / "modelwright.db").exists():
        raise Invalid("there is no database here", where=str(place), hint="name the server's --dir or --db")
    migrations = part("server.migrations")
    dialect = part("kit.dialect").open_dialect(settings.db, place)
    if migrations.version(dialect) != migrations.revisions()[-1]:
        raise Invalid("the database is of another release", where="--db", hint="start the server once with this one")
    return part("server.app").open_state(settings)


def _show(found: AuditCheck, as_json: bool) -> None:
    if as_json:
        show_json(found)
        return
    for problem in found.problems:
        say(f"{problem.kind:10} {problem.message}")
    if found.found > len(found.problems):
        say(f"… and {found.found - len(found.problems):,} more")
    if found.ok:
        say(
            f"Nothing was changed: {found.size:,} rows agree with {found.checkpoints:,} signed checkpoints and "
            f"{found.anchors:,} anchors ({duration(int(found.seconds * 1000))})."
        )
        say(f"root {found.root}")
    else:
        say(f"The log does not verify: {found.found:,} problems in {found.size:,} rows.")
