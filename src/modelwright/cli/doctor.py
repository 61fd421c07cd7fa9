"""`mw doctor`: is this machine fit to log, to serve, and is the server it talks to well?

Knows what can be wrong outside the program. Refuses to repair anything: each line says what to do.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import click

from modelwright.cli.output import note, say, show_json, size
from modelwright.cli.serve import part, read_settings
from modelwright.sdk.client import Client
from modelwright.types.errors import ModelwrightError, Unavailable


class Finding(NamedTuple):
    """One line of the report. `state` is ok, warn or fail; a warning leaves the exit code alone."""

    check: str
    state: str
    text: str


@click.command("doctor")
@click.option(
    "--dir",
    "dir_",
    default="modelwright-data",
    metavar="FOLDER",
    help="Data folder to look at.  [default: ./modelwright-data]",
)
@click.option("--url", metavar="URL", help="Server to look at.")
@click.option("--verify", is_flag=True, help="Read all that is stored, and find flipped bits. Takes as long as that.")
@click.option("--db", metavar="URL", help="With --verify: the database, when it is not in --dir.")
@click.option("--blobs", metavar="URL", help="With --verify: the blob store, when it is not in --dir.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def doctor_command(
    dir_: str, url: str | None, verify: bool, db: str | None, blobs: str | None, as_json: bool
) -> None:
    """Check the install, disk, database, clock, versions and spool. Exits with 1 when something must be repaired."""
    folder = Path(dir_).expanduser()
    findings: list[Finding] = []
    checks: list[Callable[[], list[Finding]]] = [
        install,
        lambda: disk(folder),
        lambda: database(folder),
        lambda: spool(folder),
        lambda: server(url),
        *([lambda: stored(dir_, db, blobs)] if verify else []),
    ]
    for check in checks:
        findings += check()
    if as_json:
        show_json([finding._asdict() for finding in findings])
    else:
        marks = {
            "ok": click.style("ok  ", fg="green"),
            "warn": click.style("warn", fg="yellow"),
            "fail": click.style("FAIL", fg="red", bold=True),
        }
        for finding in findings:
            say(f"{marks[finding.state]}  {finding.check:<10} {finding.text}")
    if any(finding.state == "fail" for finding in findings):
        sys.exit(1)


def install() -> list[Finding]:
    """Interpreter and packages."""
    found = [
        Finding(
            "install",
            "ok",
            f"modelwright {version('modelwright')}, Python {platform.python_version()}, {platform.system()}",
        )
    ]
    missing = [
        name
        for name in ("starlette", "uvicorn", "sqlalchemy", "numpy", "re2")
        if importlib.util.find_spec(name) is None
    ]
    if missing:
        found.append(
            Finding(
                "server",
                "warn",
                f"light install: `mw up` needs {', '.join(missing)} (pip install 'modelwright[server]')",
            )
        )
    return found


def disk(folder: Path) -> list[Finding]:
    """Free space where the state is kept, and whether it can be written."""
    place = folder.resolve()
    while not place.exists():
        place = place.parent
    usage = shutil.disk_usage(place)
    text = f"{size(usage.free)} free of {size(usage.total)} at {place}"
    state = "ok" if usage.free > 2_000_000_000 else "warn" if usage.free > 200_000_000 else "fail"
    if not os.access(place, os.W_OK):
        state, text = "fail", f"{place} cannot be written by this user"
    return [Finding("disk", state, text if state == "ok" else f"{text}: free some, or choose another --dir")]


def database(folder: Path) -> list[Finding]:
    """The embedded database: SQLite's version and its own quick check."""
    files = sorted(folder.glob("*.db")) if folder.is_dir() else []
    if not files:
        return [Finding("database", "ok", f"SQLite {sqlite3.sqlite_version}; no state in {folder} yet")]
    found: list[Finding] = []
    for file in files:
        (state, text) = opened(file)
        found.append(Finding("database", state, text))
    return found


def opened(file: Path) -> tuple[str, str]:
    """What a database file looks like to SQLite, and how much of it is guarded by checksums."""
    guarded = ""
    try:
        bare, total = part("server.verify").summed(file)  # first: opening a file whose log is damaged hides the loss
        guarded = f"; {bare} of {total} pages have no checksum yet" if bare else f"; all {total} pages have checksums"
    except ModelwrightError as error:
        if importlib.util.find_spec("numpy") is not None:
            return "fail", f"{error.message}. {error.hint}"
    try:
        connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5)
        verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        connection.close()
    except sqlite3.Error as error:
        verdict = str(error)
    if verdict != "ok":
        return "fail", f"{file}: {verdict}; restore a backup (mw restore)"
    return "ok", f"SQLite {sqlite3.sqlite_version}; {file} ({size(file.stat().st_size)}) is sound{guarded}"


def stored(dir_: str, db: str | None, blobs: str | None) -> list[Finding]:
    """Everything that is stored, read."""
    settings = read_settings({"dir": dir_, "db": db, "blobs": blobs})
    started = time.monotonic()
    try:
        bad: list[str] = part("server.verify").verify(settings, note)
    except ModelwrightError as error:
        return [Finding("verify", "fail", f"{error.message}. {error.hint}")]
    if bad:
        return [Finding("verify", "fail", f"{line}; restore a backup (mw restore)") for line in bad]
    return [Finding("verify", "ok", f"nothing that is stored is damaged ({time.monotonic() - started:.1f} s)")]


def spool(folder: Path) -> list[Finding]:
    """What was logged offline and waits to be shipped."""
    runs = [place for place in (folder / "spool").glob("*") if place.is_dir()] if (folder / "spool").is_dir() else []
    if not runs:
        return [Finding("spool", "ok", "nothing waits to be shipped")]
    volume = sum(file.stat().st_size for place in runs for file in place.rglob("*") if file.is_file())
    return [
        Finding(
            "spool",
            "warn",
            f"{len(runs)} runs ({size(volume)}) wait in {folder / 'spool'}: `mw up` here or `mw sync` ships them",
        )
    ]


def server(url: str | None) -> list[Finding]:
    """The server: reachable, logged in, same version, same time."""
    with Client(url or "") as client:
        address = client.url
        began = time.time()
        try:
            answer = client.transport.request("GET", "/health", timeout_s=5, tries=1)
            told = client.info()
        except Unavailable as error:
            chosen = url or os.environ.get("MODELWRIGHT_URL")
            return [
                Finding(
                    "server",
                    "fail" if chosen else "ok",
                    error.message if chosen else f"none is up at {address} (`mw up` starts one)",
                )
            ]
        except ModelwrightError as error:
            return [Finding("server", "fail", f"{address} refuses: {error.message}. {error.hint}")]
    took = time.time() - began
    theirs, ours = str(told.get("version", "?")), version("modelwright")
    found = [
        Finding(
            "server",
            "ok" if theirs == ours else "warn",
            f"{address} answers ({took * 1000:.0f} ms), version {theirs}{'' if theirs == ours else f' (here: {ours})'}",
        )
    ]
    if "date" in answer.headers:
        apart = parsedate_to_datetime(answer.headers["date"]).timestamp() - (began + took / 2)
        if abs(apart) > 5:
            found.append(
                Finding(
                    "clock",
                    "warn",
                    f"the server's clock is {apart:+.0f} s from this one's: points look shifted (set up NTP)",
                )
            )
        else:
            found.append(Finding("clock", "ok", "agrees with the server's to a few seconds"))
    storage = told.get("storage")
    if isinstance(storage, dict) and storage.get("status", "ok") != "ok":
        found.append(Finding("storage", "fail", f"the server reports {storage}"))
    return found
