"""The files of a backup: rows of a table as compressed MessagePack, and the manifest that makes a folder a backup.

A table's file is a Zstandard stream of portions: four bytes of length (big-endian), then a list of rows. Knows
nothing of databases, so that a backup of one engine is as good for the other.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import zstandard

from modelwright.types.codec import from_json, from_msgpack, to_json, to_msgpack
from modelwright.types.errors import Invalid, NotFound, StorageFull

FORMAT = 1
MANIFEST = "manifest.json"
_PIECE = 1 << 20

Rows = list[tuple[Any, ...]]


class TableFile(msgspec.Struct, frozen=True):
    """One table in a backup."""

    name: str
    columns: list[str]
    rows: int
    sha256: str
    counter: int = 0
    """The last id that was given out, where the table counts them; ids are not used again after a restore."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds. Written last: a folder without it is no backup."""

    format: int
    revision: str
    engine: str
    created_ms: int
    tables: list[TableFile]
    blobs: int
    blob_bytes: int
    missing: list[str] = []
    """Digests that rows refer to and the blob store did not have, or had only damaged."""


def write_table(folder: Path, name: str, columns: list[str], portions: Iterable[Rows], counter: int) -> TableFile:
    """Write the rows of a table; returns what the manifest says of it.

    Raises:
        StorageFull: no space is left.
    """
    path = folder / f"{name}.mpz"
    count = 0
    try:
        with path.open("wb") as file:
            writer: Any = _Hashing(file)
            with zstandard.ZstdCompressor(level=3).stream_writer(writer, closefd=False) as packed:
                for rows in portions:
                    data = to_msgpack(rows)
                    packed.write(len(data).to_bytes(4, "big"))
                    packed.write(data)
                    count += len(rows)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StorageFull(f"the backup cannot be written: {error.strerror}", where=str(path)) from error
    return TableFile(name, columns, count, writer.hash.hexdigest(), counter)


def check_table(folder: Path, table: TableFile) -> None:
    """Compare a table's file with the manifest.

    Raises:
        Invalid: it is missing or damaged.
    """
    digest = hashlib.sha256()
    path = folder / f"{table.name}.mpz"
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    except OSError as error:
        raise Invalid(f"the backup is not complete: {error.strerror}", where=str(path)) from error
    if digest.hexdigest() != table.sha256:
        raise Invalid("the backup is damaged", where=str(path), hint="use another one")


def read_table(folder: Path, table: TableFile) -> Iterator[Rows]:
    """The rows of a table in portions."""
    with (folder / f"{table.name}.mpz").open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as packed:
        while head := _exactly(packed, 4):
            yield from_msgpack(_exactly(packed, int.from_bytes(head, "big")), list[tuple[Any, ...]])


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Make the folder a backup."""
    path = folder / (MANIFEST + ".part")
    with path.open("wb") as file:
        file.write(to_json(manifest))
        file.flush()
        os.fsync(file.fileno())
    path.replace(folder / MANIFEST)


def read_manifest(folder: Path) -> Manifest:
    """What a backup holds.

    Raises:
        NotFound: the folder is no backup, or one that was not finished. Invalid: of a newer format.
    """
    try:
        manifest = from_json((folder / MANIFEST).read_bytes(), Manifest)
    except OSError:
        raise NotFound("this folder is not a finished backup", where=str(folder)) from None
    if manifest.format > FORMAT:
        raise Invalid("the backup was made by a newer release", where=str(folder))
    return manifest


class _Hashing:
    """A file that knows the digest of what was written to it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.hash.update(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()


def _exactly(source: Any, size: int) -> bytes:
    parts: list[bytes] = []
    while size > 0:
        part: bytes = source.read(size)
        if not part:
            if parts:
                raise Invalid("the backup is damaged: a table ends in the middle")
            return b""
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
