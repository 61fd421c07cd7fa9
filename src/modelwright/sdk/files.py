"""Files on their way to the server: one small JSON note each, beside a copy of the file.

    <dir>/spool/<run id>/files/<writer>-<n>.json   Waiting: the artifact's path, where the bytes lie
                               <writer>-<n>.bin    the copy

Knows folders and copies (by reflink where the disk can). Refuses to know HTTP.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from modelwright.sdk.spool import write_whole
from modelwright.types.codec import from_json, to_json
from modelwright.types.errors import ModelwrightError

try:
    import fcntl
except ImportError:
    fcntl = None

_FICLONE = 0x40049409  # linux/fs.h: share the blocks of another file


class Waiting(msgspec.Struct, frozen=True):
    """A file to upload. `source` is a file name in the queue's folder, or an absolute path that was not copied."""

    name: str
    source: str
    size: int = 0


class FileQueue:
    """Files of one writer, uploaded in the order they came.

    Raises (from `put` and `put_bytes`):
        OSError: the source cannot be read or the disk is full.
    """

    def __init__(self, folder: Path, writer: str) -> None:
        self.folder = folder / "files"
        self.writer = writer
        self._counter = itertools.count(int(os.times().elapsed * 1000) % 10**9)

    def _stem(self) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / f"{self.writer}-{next(self._counter):012d}"

    def put(self, name: str, source: Path, *, copy: bool = True) -> Waiting:
        """Queue a file. The copy keeps what the file is now, whatever is written into it later; without a copy the
        file must stay as it is until it is uploaded."""
        stem = self._stem()
        if copy:
            target = stem.with_suffix(".bin")
            try:
                clone(source, target)
            except OSError:
                with contextlib.suppress(OSError):
                    target.unlink()
                raise
            item = Waiting(name, target.name, target.stat().st_size)
        else:
            item = Waiting(name, str(source.resolve()), source.stat().st_size)
        write_whole(stem.with_suffix(".json"), to_json(item))
        return item

    def put_bytes(self, name: str, data: bytes) -> Waiting:
        """Queue bytes."""
        stem = self._stem()
        target = stem.with_suffix(".bin")
        try:
            target.write_bytes(data)
            item = Waiting(name, target.name, len(data))
            write_whole(stem.with_suffix(".json"), to_json(item))
        except OSError:
            with contextlib.suppress(OSError):
                target.unlink()
            raise
        return item

    def waiting(self) -> Iterator[tuple[Path, Waiting]]:
        """(note, item) of everything queued, oldest first."""
        for note in sorted(self.folder.glob(f"{self.writer}-*.json")):
            try:
                yield note, from_json(note.read_bytes(), Waiting)
            except (OSError, ModelwrightError):
                continue

    def empty(self) -> bool:
        """Whether nothing is queued."""
        return next(iter(self.folder.glob(f"{self.writer}-*.json")), None) is None

    def path(self, item: Waiting) -> Path:
        """Where the bytes lie."""
        return self.folder / item.source

    def done(self, note: Path, item: Waiting) -> None:
        """The file is stored (or refused for good): forget it, and delete the copy."""
        for path in (note, *([self.folder / item.source] if not Path(item.source).is_absolute() else [])):
            with contextlib.suppress(OSError):
                path.unlink()


def clone(source: Path, target: Path) -> None:
    """Copy a file; on file systems that share blocks it costs nothing."""
    if fcntl is not None:
        with source.open("rb") as old, target.open("wb") as new, contextlib.suppress(OSError):
            fcntl.ioctl(new.fileno(), _FICLONE, old.fileno())
            return
    import shutil

    shutil.copyfile(source, target)
