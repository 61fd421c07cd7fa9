"""`mw import`: everything from another tracking server, once or again and again; lineage from dbt's artifacts.

Knows arguments and the report's table. Refuses to know any source: `sdk.imports` reads them.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from modelwright.cli.connect import connected
from modelwright.cli.output import note, progress, show_json, table
from modelwright.sdk.client import Client
from modelwright.types.errors import Invalid


@click.group("import")
def import_command() -> None:
    """Copy everything from another tracking server, or read the artifacts of dbt."""


@import_command.command("dbt")
@click.argument("target_dir", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--namespace", default="", metavar="TEXT", help="Where the tables live, e.g. postgres://host:5432.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
@connected
def dbt(client: Client, target_dir: Path, namespace: str, as_json: bool) -> None:
    """Bring a dbt project's tables, jobs, runs, checks and column edges into the lineage graph.

    TARGET_DIR holds manifest.json and what else dbt wrote there (run_results, sources, catalog). It is only read;
    reading it again changes nothing. Exits with 1 when something was refused.
    """
    from modelwright.sdk.imports.dbt.load import load

    report = load(client, target_dir, namespace)
    if as_json:
        show_json(report)
    else:
        table(
            ["PROJECT", "TABLES", "JOBS", "RUNS", "CHECKS", "EXPOSURES", "COLUMN EDGES", "FROM"],
            [[report.project, report.tables, report.jobs, report.runs, report.checks, report.exposures,
              report.column_edges, report.columns_from or "-"]],
        )
        for each in report.unread:
            note(f"columns of {each} could not be read from its SQL")
        for each in report.refused:
            note(f"refused: {each}")
    if report.refused:
        sys.exit(1)


@import_command.command("mlflow")
@click.argument("source")
@click.option(
    "--artifacts",
    "proxied",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    help="Folder behind mlflow-artifacts: for a SQLite source.  [default: mlartifacts beside the file]",
)
@click.option("--no-artifacts", is_flag=True, help="Leave files out.")
@click.option(
    "--state",
    "state_folder",
    type=click.Path(path_type=Path),
    default="modelwright-data/imports",
    show_default=True,
    metavar="FOLDER",
    help="Where to remember what is done.",
)
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
@connected
def mlflow(
    client: Client, source: str, proxied: Path | None, no_artifacts: bool, state_folder: Path, as_json: bool
) -> None:
    """Copy all experiments, runs, metrics, models and artifacts of an MLflow SOURCE.

    SOURCE is the address of a tracking server (http://…) or its SQLite file (mlflow.db or sqlite:///mlflow.db). It is
    only read. Run ids, times, users and states are kept. Stop it when you like: the next run goes on, and a run after
    that stores nothing new. Exits with 1 when something was left out for another reason than being here already.
    """
    from modelwright.sdk.imports.mlflow.copy import copy
    from modelwright.sdk.imports.mlflow.state import State

    reader = open_source(source, proxied)
    state = State(
        state_folder, reader.name, f"{client.url} {client.transport.headers.get('X-Modelwright-Workspace', '')}"
    )
    try:
        with progress("Runs, models and files") as bar:
            report = copy(
                reader,
                client,
                state,
                artifacts=not no_artifacts,
                progress=lambda kind, name: bar.step(detail=f"{kind} {name}"),
            )
    finally:
        reader.close()
        state.close()
    rows = report.rows()
    if as_json:
        show_json({"source": reader.name, "target": client.url, "report": rows})
    else:
        table(
            ["KIND", "READ", "STORED", "SKIPPED", "WHY"],
            [[*list(row.values())[:4], why(row["reasons"])] for row in rows],
        )
    if report.lost:
        note(f"{report.lost:,} things were left out; the last column says why.")
        sys.exit(1)


def why(reasons: Any) -> str:
    """The reasons of one row, each with its count."""
    return "; ".join(f"{reason} ({count:,})" for reason, count in reasons.items())


def open_source(source: str, proxied: Path | None) -> Any:
    """The reader for a SOURCE argument.

    Raises:
        Invalid: neither an address nor a database file.
    """
    if source.startswith(("http://", "https://")):
        from modelwright.sdk.imports.mlflow.rest import RestSource

        return RestSource(source)
    if "://" in source and not source.startswith("sqlite://"):
        raise Invalid(
            f"cannot read {source.partition('://')[0]}:// directly",
            where="SOURCE",
            hint="start `mlflow server` over it and give its http:// address",
        )
    from modelwright.sdk.imports.mlflow.sqlite import SqliteSource

    return SqliteSource(Path(source.removeprefix("sqlite:///")), proxied=proxied)
