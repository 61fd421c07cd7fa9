"""`mw sync`: ship what was logged without a server.

Knows where to look and how to report. Refuses to know the spool's format: `sdk.sync` reads it.
"""

from __future__ import annotations

from pathlib import Path

import click

from modelwright.cli.connect import connected
from modelwright.cli.output import note
from modelwright.sdk.client import Client


@click.command("sync")
@click.argument("folder", default="modelwright-data", type=click.Path(path_type=Path))
@click.option("--keep", is_flag=True, help="Leave the spool files where they are after shipping.")
@connected
def sync_command(client: Client, folder: Path, keep: bool) -> None:
    """Ship the runs that were logged offline in FOLDER to the server. Safe to repeat."""
    from modelwright.sdk import sync

    if not (folder / "spool").is_dir():
        note(f"Nothing to ship: {folder / 'spool'} does not exist.")
        return
    report = sync.ingest(folder, url=client.url, token=client.token, workspace=client.workspace, keep=keep)
    note(f"Shipped to {client.url}: {report}")
