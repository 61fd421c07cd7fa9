"""`mw logs`: a run's console output.

Knows paging and following. Refuses to touch colours: what the program wrote is what you see.
"""

from __future__ import annotations

import sys
import time

import click

from modelwright.cli.connect import connected
from modelwright.cli.output import note, show_json
from modelwright.sdk.client import Client
from modelwright.types.tracking import ConsolePage, RunState

PAGE = 1000


@click.command("logs")
@click.argument("run")
@click.option("--follow", "-f", is_flag=True, help="Go on printing until the run ends.")
@click.option("--tail", "-n", type=click.IntRange(0), metavar="LINES", help="Only the last lines.")
@click.option("--grep", metavar="TEXT", default="", help="Only lines that hold this text.")
@click.option("--regex", is_flag=True, help="--grep is a regular expression.")
@click.option("--times", is_flag=True, help="Begin each line with its time.")
@click.option("--json", "as_json", is_flag=True, help="Lines as JSON.")
@connected
def logs_command(
    client: Client, run: str, follow: bool, tail: int | None, grep: str, regex: bool, times: bool, as_json: bool
) -> None:
    """Print what a run wrote to its console."""
    found = client.runs.find(run)
    page = client.console.read(found.id, limit=tail or PAGE, query=grep, regex=regex, tail=tail)
    if as_json and not follow:
        show_json(page)
        return
    first = 0
    ended = False
    while True:
        emit(page, times=times)
        first = page.numbers[-1] + 1 if page.numbers else max(first, page.first + len(page.lines))
        if len(page.lines) < PAGE:
            if not follow or ended:
                break
            # One more look after the end: the last lines arrive together with it.
            ended = client.runs.get(found.id).state not in (RunState.RUNNING, RunState.QUEUED)
            if not ended:
                time.sleep(0.7)
        page = client.console.read(found.id, first=first, limit=PAGE, query=grep, regex=regex)
    if first == 0 and not follow:
        note("This run has no console output." if not grep else "No line matches.")


def emit(page: ConsolePage, *, times: bool) -> None:
    """Write lines as they were: standard error goes to standard error."""
    for line in page.lines:
        stamp = time.strftime("%H:%M:%S ", time.localtime(line.time_ms / 1000)) if times else ""
        out = sys.stderr if line.stream == "stderr" else sys.stdout
        out.write(f"{stamp}{line.text}\n")
    sys.stdout.flush()
