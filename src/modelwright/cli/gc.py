"""`mw gc`: give disk space back.

Knows the question. Refuses to know what is garbage: the server decides.
"""

from __future__ import annotations

import click

from modelwright.cli.connect import connected
from modelwright.cli.output import note, show_json
from modelwright.sdk.client import Client


@click.command("gc")
@click.option("--json", "as_json", is_flag=True, help="Counts as JSON.")
@connected
def gc_command(client: Client, as_json: bool) -> None:
    """Delete what purged runs left, and files that nothing refers to. Deleted but restorable runs are kept."""
    counts = client.collect_garbage()
    if as_json:
        show_json(counts)
        return
    note(", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in counts.items()) or "Nothing to delete.")
