"""Blobs as files below one folder. A `put` writes a temporary file, syncs it, renames it and syncs the folder.

A temporary file is locked while it is written; one without a lock was left by a crash and is swept at the next start.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
import uuid
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from modelwright.kit.blobs import CHUNK, BlobInfo, Key, checked, checked_range, pieces
from modelwright.types.errors import Conflict, Invalid, ModelwrightError, NotFound, StorageFull, Unavailable

try:
    import fcntl
except ImportError:  # Windows: old temporary files are swept by age alone
    fcntl = None

_INCOMING = ".incoming"
_ORPHAN_AGE_S = 5.0  # a file younger than this may not have its lock yet
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


class DiskBlobs:
    """A folder of files, private to this product."""

    def __init__(self, root: Path) -> None:
        with _translating("the blob folder"):
            root.mkdir(parents=True, exist_ok=True)
            self.root = Path(os.path.realpath(root))
            self._incoming = self.root / _INCOMING
            self._incoming.mkdir(exist_ok=True)
            self._sweep()

    def put(self, key: Key, chunks: bytes | Iterable[bytes]) -> int:
        """Write, sync, rename, sync: whole or not at all."""
        if isinstance(key, str):
            checked(key)
        temporary = self._incoming / uuid.uuid4().hex
        with _translating(key if isinstance(key, str) else "the blob"):
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o640)
        try:
            try:
                if fcntl:
                    fcntl.flock(descriptor, fcntl.LOCK_EX)
                size = 0
                for piece in pieces(chunks):
                    with _translating("the blob"):
                        _write_all(descriptor, piece)
                    size += len(piece)
                with _translating("the blob"):
                    os.fsync(descriptor)
            finally:
                with _translating("the blob"):
                    os.close(descriptor)
            name = key if isinstance(key, str) else checked(key())
            target = self._path(name)
            with _translating(name, putting=True):
                self._make_folders(target.parent)
                os.replace(temporary, target)  # noqa: PTH105  the call that fault tests count
                _sync_folder(target.parent)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        return size

    def get(self, key: str) -> Iterator[bytes]:
        """The file in chunks of 1 MiB."""
        return _Reading(self._open(key), key)

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """Part of the file."""
        checked_range(start, length)
        descriptor = self._open(key)
        try:
            with _translating(key):
                os.lseek(descriptor, start, os.SEEK_SET)
                parts: list[bytes] = []
                while length > 0 and (part := os.read(descriptor, min(length, CHUNK))):
                    parts.append(part)
                    length -= len(part)
        finally:
            with _translating(key):
                os.close(descriptor)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def head(self, key: str) -> BlobInfo:
        """From the file's status."""
        path = self._path(key)
        with _translating(key):
            status = path.stat(follow_symlinks=False)
        if not path.is_file():
            raise NotFound(f"there is no blob {key!r}", where="key")
        return BlobInfo(key, status.st_size, status.st_mtime_ns // 1_000_000)

    def delete(self, key: str) -> None:
        """Unlink the file; its folder stays."""
        path = self._path(key)
        with _translating(key), contextlib.suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
            path.unlink()

    def list(self, prefix: str = "", after: str = "") -> Iterator[BlobInfo]:
        """Walks the folders in the order of keys, and only those that can hold an answer."""
        if "\0" in prefix:
            raise Invalid("not a clean prefix", where="prefix")
        return self._walk(self.root, "", prefix, after)

    def sign_url(self, key: str, seconds: int) -> str | None:
        """A disk has no URLs."""
        return None

    def _walk(self, folder: Path, above: str, prefix: str, after: str) -> Iterator[BlobInfo]:
        with _translating(above), os.scandir(folder) as scan:
            # `a.b` sorts before `a/c`, so a folder takes part in the order under its name with the slash.
            found = sorted(
                ((above + entry.name + ("/" if entry.is_dir(follow_symlinks=False) else ""), entry)
                 for entry in scan if not entry.name.startswith(".") and not entry.is_symlink()),
                key=lambda pair: pair[0],
            )
        for key, entry in found:
            if key.endswith("/"):
                reachable = key.startswith(prefix) or prefix.startswith(key)
                if reachable and (not after or key > after or after.startswith(key)):
                    yield from self._walk(Path(entry.path), key, prefix, after)
            elif key.startswith(prefix) and key > after:
                with contextlib.suppress(FileNotFoundError):  # deleted meanwhile
                    status = entry.stat(follow_symlinks=False)
                    yield BlobInfo(key, status.st_size, status.st_mtime_ns // 1_000_000)

    def _open(self, key: str) -> int:
        path = self._path(key)
        if path.is_dir():
            raise NotFound(f"there is no blob {key!r}", where="key")
        with _translating(key):
            return os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0))

    def _path(self, key: str) -> Path:
        path = self.root / checked(key)
        if os.path.realpath(path) != str(path):
            raise Invalid(f"the key {key!r} leads through a link", where="key")
        return path

    def _make_folders(self, folder: Path) -> None:
        """Make a folder and those above it, each durable before something is put into it."""
        if folder.is_dir():
            return
        self._make_folders(folder.parent)
        with contextlib.suppress(FileExistsError):
            folder.mkdir()
        _sync_folder(folder.parent)

    def _sweep(self) -> None:
        for path in self._incoming.iterdir():
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime < _ORPHAN_AGE_S:
                    continue
                with path.open("rb") as file:
                    if fcntl:
                        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    path.unlink()


class _Reading:
    """An open file as an iterator of chunks; closes itself at the end, or when nobody wants it any more."""

    def __init__(self, descriptor: int, key: str) -> None:
        self._descriptor: int | None = descriptor
        self._key = key

    def __iter__(self) -> _Reading:
        return self

    def __next__(self) -> bytes:
        if self._descriptor is None:
            raise StopIteration
        with _translating(self._key):
            chunk = os.read(self._descriptor, CHUNK)
        if not chunk:
            self.close()
            raise StopIteration
        return chunk

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __del__(self) -> None:
        self.close()


def _write_all(descriptor: int, piece: bytes) -> None:
    view = memoryview(piece).cast("B") if piece else memoryview(b"")
    while view:
        view = view[os.write(descriptor, view[:CHUNK]):]


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # folders cannot be opened there
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _translating(what: str, *, putting: bool = False) -> Generator[None]:
    try:
        yield
    except ModelwrightError:
        raise
    except OSError as error:
        if isinstance(error, (FileNotFoundError, NotADirectoryError)) and not putting:
            raise NotFound(f"there is no blob {what!r}", where="key") from None
        if isinstance(error, (FileExistsError, IsADirectoryError, NotADirectoryError)):
            raise Conflict(f"a key cannot be a blob and a folder of blobs at once: {what!r}", where="key") from None
        if error.errno in _NO_SPACE:
            raise StorageFull from error
        raise Unavailable(f"the disk refused the blob: {error.strerror}", hint="check the disk") from error
