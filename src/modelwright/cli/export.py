"""`mw export`: runs as plain files that need no server to read.

Knows the folder's shape:

    FOLDER/<experiment>/<run id>/run.json         everything but points, console and files
    FOLDER/<experiment>/<run id>/metrics.csv      key, step, time_ms, value (or metrics.parquet)
    FOLDER/<experiment>/<run id>/console.log      console output
    FOLDER/<experiment>/<run id>/artifacts/…      files

Refuses to know how the server keeps any of it.
"""

from __future__ import annotations

import csv
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from modelwright.cli.connect import connected, find_experiments
from modelwright.cli.output import note, progress, size
from modelwright.sdk.client import Client
from modelwright.types import codec
from modelwright.types.errors import Invalid
from modelwright.types.tracking import Run


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.argument("runs", nargs=-1)
@click.option(
    "--experiment", "-e", "experiments", multiple=True, metavar="NAME", help="Runs of this experiment (repeatable)."
)
@click.option(
    "--filter", "-f", "query", default="", metavar="TEXT", help="Only runs that match, in the search language."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["auto", "csv", "parquet"]),
    default="auto",
    help="Of the points.  [default: parquet where pyarrow is installed, else csv]",
)
@click.option("--artifacts/--no-artifacts", default=True, help="Files too.  [default: yes]")
@connected
def export_command(
    client: Client,
    folder: Path,
    runs: tuple[str, ...],
    experiments: tuple[str, ...],
    query: str,
    form: str,
    artifacts: bool,
) -> None:
    """Copy RUNS (all of the workspace without any) to FOLDER. Safe to repeat: files of the same size are left alone."""
    parquet = form == "parquet" or (form == "auto" and importlib.util.find_spec("pyarrow") is not None)
    if form == "parquet" and importlib.util.find_spec("pyarrow") is None:
        raise Invalid(
            "Parquet needs the package pyarrow", where="--format", hint="pip install pyarrow, or use --format csv"
        )
    if runs:
        chosen: Iterator[Run] = (client.runs.find(text) for text in runs)
        total: int | None = len(runs)
    else:
        ids = find_experiments(client, experiments)
        chosen = client.runs.search(query, experiments=ids, with_data=False)
        total = None
    names: dict[str, str] = {}
    points = files = volume = 0
    with progress("Exported runs", total) as bar:
        for found in chosen:
            run = client.runs.get(found.id)
            if run.experiment_id not in names:
                names[run.experiment_id] = safe(client.experiments.get(run.experiment_id).name)
            target = folder / names[run.experiment_id] / run.id
            target.mkdir(parents=True, exist_ok=True)
            described = codec.to_json(codec.finite(msgspec.to_builtins(run)))
            (target / "run.json").write_bytes(msgspec.json.format(described, indent=2))
            points += write_points(client, run, target, parquet=parquet)
            write_console(client, run, target)
            if artifacts:
                for item in client.artifacts.walk(run.id):
                    place = target / "artifacts" / item.path
                    if not place.exists() or place.stat().st_size != item.size:
                        client.artifacts.download(run.id, item.path, place)
                        volume += item.size or 0
                    files += 1
            bar.step(detail=run.name)
    note(f"{points:,} points and {files:,} files ({size(volume)} downloaded) to {folder}")


def safe(name: str) -> str:
    """A name as one folder name."""
    return re.sub(r"[^\w .=@+-]", "_", name).strip(". ")[:100] or "experiment"


def write_points(client: Client, run: Run, target: Path, *, parquet: bool) -> int:
    """The points of a run as one table; returns how many."""
    rows = ((key, *point) for key in sorted(run.metrics) for point in client.series.history(run.id, key).rows())
    header = ("key", "step", "time_ms", "value")
    if parquet:
        import pyarrow as pa  # pyright: ignore[reportMissingImports]
        import pyarrow.parquet as pq  # pyright: ignore[reportMissingImports]

        whole = list(rows)
        columns = list(zip(*whole, strict=True)) if whole else [(), (), (), ()]
        kinds = (pa.string(), pa.int64(), pa.int64(), pa.float64())
        arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
        pq.write_table(pa.table(dict(zip(header, arrays, strict=True))), target / "metrics.parquet")
        return len(whole)
    count = 0
    with (target / "metrics.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(header)
        for row in rows:
            out.writerow((row[0], row[1], row[2], repr(row[3])))
            count += 1
    return count


def write_console(client: Client, run: Run, target: Path) -> None:
    """Console output as text, when there is any."""
    lines = [line.text for line in client.console.lines(run.id)]
    if lines:
        (target / "console.log").write_text("\n".join(lines) + "\n", encoding="utf-8")
