"""Ships spools that lie on disk.

These are of processes that are gone, of runs logged offline, and (following) of offline runs that still go on.

Knows folders and locks: a spool whose process ships it itself is left alone. Safe to repeat and to interrupt at any
point, also while another one runs. Refuses to delete what the server has not acknowledged.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from modelwright.sdk import credentials
from modelwright.sdk.carrier import Carrier
from modelwright.sdk.client import Client
from modelwright.sdk.spool import Lock, Meta, SpoolReader, discard, read_meta
from modelwright.sdk.transport import Transport
from modelwright.types import errors
from modelwright.types.errors import Invalid, ModelwrightError

Progress = Callable[[str, int], None]
"""Told (run id, points sent since the last call)."""


class Report(msgspec.Struct):
    """What one pass over a spool did."""

    runs: int = 0
    """Runs of which something was sent."""
    points: int = 0
    files: int = 0
    writers_done: int = 0
    """Writers whose spool is wholly acknowledged and deleted."""
    busy: int = 0
    """Writers that a living process or another sync takes care of."""
    damaged: int = 0
    """Frames that could not be read (torn by a crash) and were left out."""
    problems: list[str] = []
    """What went wrong, one sentence each; everything else was sent all the same."""

    def __str__(self) -> str:
        text = f"{self.points:,} points and {self.files:,} files of {self.runs} runs"
        if self.busy:
            text += f"; {self.busy} still being written by a process that ships for itself"
        if self.damaged:
            text += f"; {self.damaged} torn records left out"
        return "; ".join([text, *self.problems])


def spool_folder(folder: Path) -> Path:
    """The spool in a data folder (or the folder itself when it is one)."""
    inner = folder / "spool"
    return inner if inner.is_dir() or folder.name != "spool" else folder


def writers(run_folder: Path) -> Iterator[SpoolReader]:
    """Readers of every writer of one run."""
    for path in sorted(run_folder.glob("*.json")):
        if read_meta(path) is not None:
            yield SpoolReader(run_folder, path.stem)


class _Item:
    """One writer being shipped, kept between passes."""

    def __init__(self, transport: Transport, folder: Path, meta: Meta, problems: list[str]) -> None:
        self.folder = folder
        self.meta = meta
        self.ship = Lock(folder / f"{meta.writer}.ship")
        self.life = Lock(folder / f"{meta.writer}.lock")
        self.carrier = Carrier(transport, folder, meta, problems.append)
        self.beat = 0.0
        self.later = 0.0


class Courier:
    """Passes over a folder again and again.

    Args:
        folder: a data folder, or the `spool` folder in it.
        transport: where to.
        progress: told about points as they are sent.
        keep: leave the files of what is wholly sent (a later pass knows that it is).
        meant: whether a writer's spool is to be sent at all; all are without it.
    """

    def __init__(
        self, folder: Path, transport: Transport, progress: Progress | None = None, *, keep: bool = False,
        meant: Callable[[Meta], bool] = lambda _: True,
    ) -> None:  # fmt: skip
        self.folder = spool_folder(folder)
        self.keep = keep
        self.meant = meant
        self.transport = transport
        self.progress = progress
        self._items: dict[Path, _Item] = {}
        self._problems: list[str] = []

    def sweep(self, *, only: Path | None = None) -> Report:
        """Send everything that can be sent now.

        Args:
            only: one run's folder.

        Raises:
            Unavailable: the server is away; what was sent until then stays sent.
        """
        report = Report()
        for path in sorted((only or self.folder).glob("*.json" if only else "*/*.json")):
            item = self._items.get(path) or self._new(path)
            if item is None:
                continue
            if not item.ship.take():
                report.busy += 1
                continue
            if time.monotonic() < item.later:
                continue
            self._items[path] = item
            try:
                self._one(path, item, report)
            except (errors.Unavailable, errors.StorageFull):
                self._let_go()
                raise
            except ModelwrightError as error:
                report.problems.append(
                    f"run {item.meta.run_id}: {error.message}{f' {error.hint}' if error.hint else ''}"
                )
                item.later = time.monotonic() + 30.0
        report.problems += self._problems
        self._problems.clear()
        return report

    def _new(self, path: Path) -> _Item | None:
        meta = read_meta(path)
        return (
            None if meta is None or not self.meant(meta) else _Item(self.transport, path.parent, meta, self._problems)
        )

    def _one(self, path: Path, item: _Item, report: Report) -> None:
        dead = item.life.take()
        carrier = item.carrier
        before, files = carrier.shipped_points, carrier.shipped_files
        nothing = carrier.reader.mark.number == 0 and not carrier.reader.segments() and carrier.files.empty()
        if not (nothing and dead and item.meta.attached):
            carrier.begin()
        told = before
        while carrier.ship(dead=dead):
            if self.progress:
                self.progress(item.meta.run_id, carrier.shipped_points - told)
                told = carrier.shipped_points
        carrier.upload()
        report.files += carrier.shipped_files - files
        report.points += carrier.shipped_points - before
        report.runs += carrier.shipped_points > before
        report.damaged += carrier.reader.damaged
        carrier.reader.damaged = 0
        if dead:
            if not self.keep:
                discard(item.folder, item.meta.writer)
            report.writers_done += 1
            self._items.pop(path, None)
            item.life.drop()
            item.ship.drop()
        elif not carrier.ended and time.monotonic() - item.beat > 5.0:
            item.beat = time.monotonic()
            with contextlib.suppress(errors.NotFound, errors.Conflict, errors.Invalid):
                carrier.beat()

    def _let_go(self) -> None:
        for item in self._items.values():
            item.life.drop()

    def close(self) -> None:
        """Let all locks go."""
        for item in self._items.values():
            item.life.drop()
            item.ship.drop()
        self._items.clear()


def sync(
    folder: str | Path = "modelwright-data",
    url: str = "",
    token: str = "",
    *,
    workspace: str = "",
    keep: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Ship everything in a folder's spool to a server, once.

    Args:
        folder: a data folder (`modelwright-data`), or the `spool` in it.
        url: server address; without one as for `Client`.
        token: API token.
        workspace: workspace.
        keep: leave the files of what is wholly sent.
        progress: told about points as they are sent.

    Raises:
        Invalid: no such folder. Unavailable: the server is away (nothing is lost; run it again).
    """
    place = Path(folder).expanduser()
    if not place.is_dir():
        raise Invalid(
            f"there is no folder {place}",
            where="folder",
            hint="name the modelwright-data folder that runs were logged to",
        )
    courier = Courier(place, Client(url, token, workspace=workspace).transport, progress, keep=keep)
    try:
        return courier.sweep()
    finally:
        courier.close()


def ingest(
    folder: str | Path,
    *,
    url: str,
    token: str = "",
    workspace: str = "",
    keep: bool = False,
    stop: threading.Event | None = None,
) -> Report:
    """`sync`, or with `stop` the same again and again until it is set (see `follow`)."""
    if stop is None:
        return sync(folder, url, token, workspace=workspace, keep=keep)
    follow(folder, url, token, workspace=workspace, stop=stop)
    return Report()


def follow(
    folder: str | Path,
    url: str,
    token: str = "",
    *,
    workspace: str = "",
    stop: threading.Event | None = None,
    interval_s: float = 0.5,
    progress: Progress | None = None,
    tell: Callable[[str], None] | None = None,
) -> None:
    """Ship a folder's spool as it grows, until `stop` is set. Never raises because of the server or a spool.

    Args:
        folder: as for `sync`.
        url: server address.
        token: API token; without one the login for that address.
        workspace: workspace.
        stop: ends it.
        interval_s: seconds between two looks at the folder.
        progress: told about points as they are sent.
        tell: gets a sentence about each new problem.
    """
    ended = stop or threading.Event()
    if not token and (login := credentials.find(url)):
        token = login.token
    courier = Courier(Path(folder), Transport(url, token, workspace=workspace), progress)
    told: set[str] = set()
    wait = interval_s
    try:
        while not ended.wait(wait):
            wait = interval_s
            try:
                found = courier.sweep().problems
            except errors.Unavailable:
                wait = min(wait * 2, 5.0)
                continue
            except Exception as error:
                found = [f"{type(error).__name__}: {error}"]
            for sentence in found:
                if sentence not in told and tell is not None:
                    told.add(sentence)
                    tell(sentence)
    finally:
        courier.close()
