"""`mw sync`: ship what was logged without a server.

Knows where to look and how to report. Refuses to know the spool's format: `sdk.sync` reads it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from modelwright.cli.output import alarm, note, progress, show_json
from modelwright.sdk.client import Client


@click.command("sync")
@click.argument("folder", default="modelwright-data", type=click.Path(path_type=Path))
@click.option("--url", metavar="URL", default="", help="The server.  [default: MODELWRIGHT_URL, `mw login`, loopback]")
@click.option("--workspace", "-w", metavar="NAME", default="", help="Workspace.  [default: default]")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
def sync_command(folder: Path, url: str, workspace: str, as_json: bool) -> None:
    """Ship the runs that were logged offline in FOLDER to the server. Safe to interrupt and to repeat."""
    from modelwright.sdk.sync import spool_folder, sync

    if not spool_folder(folder).is_dir():
        note(f"Nothing to ship: {spool_folder(folder)} does not exist.")
        return
    with progress("Points sent") as bar:
        report = sync(
            folder, url, workspace=workspace, progress=lambda run, points: bar.step(points, detail=f"of run {run[:12]}")
        )
    if as_json:
        show_json(msgspec.to_builtins(report))
    else:
        busy = f", {report.busy} still being written" if report.busy else ""
        damaged = f", {report.damaged} damaged pieces left out" if report.damaged else ""
        note(f"{report.runs} runs and {report.files} files shipped to {Client(url).url}{busy}{damaged}.")
        for problem in report.problems:
            alarm(problem)
    if report.problems:
        sys.exit(1)
