"""`mw backup` and `mw restore`: everything a server holds, in one folder.

Knows folders and questions. The copying itself is the server's, loaded by name.
"""

from __future__ import annotations

import time
from pathlib import Path

import click

from modelwright.cli.output import note
from modelwright.cli.serve import part, read_settings, storage_options
from modelwright.types.errors import Conflict


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path), required=False)
@storage_options
def backup_command(target: Path | None, dir_: str | None, db: str | None, blobs: str | None) -> None:
    """Write everything the server holds to the folder TARGET. The server may go on running.

    Run it on the server's machine, with the same --dir, --db and --blobs.
    """
    settings = read_settings({"dir": dir_, "db": db, "blobs": blobs})
    target = target or Path(time.strftime("modelwright-backup-%Y%m%d-%H%M%S"))
    started = time.monotonic()
    part("server.backup").backup(settings, target)
    note(
        f"Backed up to {target} in {time.monotonic() - started:.1f} s. Back with: mw restore {target} --dir NEW-FOLDER"
    )


@click.command("restore")
@click.argument("source", type=click.Path(path_type=Path, exists=True, file_okay=False))
@storage_options
def restore_command(source: Path, dir_: str | None, db: str | None, blobs: str | None) -> None:
    """Fill an empty --dir (or --db and --blobs) from the backup in SOURCE."""
    settings = read_settings({"dir": dir_, "db": db, "blobs": blobs})
    folder = Path(settings.dir).expanduser()
    if not settings.db and (folder / "modelwright.db").exists():
        raise Conflict(
            f"{folder} already holds a server's state",
            where="--dir",
            hint="restore into a new folder: --dir NEW-FOLDER",
        )
    started = time.monotonic()
    part("server.backup").restore(source, settings)
    note(f"Restored from {source} in {time.monotonic() - started:.1f} s. Start it: mw up --dir {folder}")
