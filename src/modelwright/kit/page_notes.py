"""What is known of a SQLite file's pages: their checksums, and until when these hold. Knows its own file alone.

The file is a list of appended records, each with a checksum of its own; what a power cut left of a record is ignored.
"""

from __future__ import annotations

import os
import struct
import zlib
from array import array
from pathlib import Path

import numpy as np

_MAGIC = b"mwsums1\n"
_HEAD = struct.Struct("<cI")
STATE = struct.Struct("<Iqq")
"""Frames that were written back, the database file's time of change in ns, its size."""
ENTRY = struct.Struct("<III")
"""Page, frame, sum."""
HARM = struct.Struct("<Iq")
"""Page, Unix ms."""
FILL = struct.Struct("<II")
"""Page, sum."""

Record = tuple[bytes, bytes]


class Notes:
    """What the file of sums says."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sums = array("I")
        """By page; 0 where none is known."""
        self.salts = b""
        self.under_way: dict[int, tuple[int, int]] = {}
        """Pages that were about to be written back from the log with these salts: frame and sum."""
        self.known: tuple[int, int] = (0, 0)
        """The database file's time of change and size when it was last written back."""
        self.harmed: dict[int, int] = {}
        """Pages that were damaged when they were changed, and when that was noticed (Unix ms)."""
        self.volume = 0
        self._seen: tuple[int, ...] = ()

    @classmethod
    def read(cls, path: Path) -> Notes:
        """As far as the file is whole; empty when there is none."""
        notes = cls(path)
        try:
            notes._see()
            data = path.read_bytes()
        except FileNotFoundError:
            return notes
        at = len(_MAGIC) if data.startswith(_MAGIC) else len(data)
        while at + _HEAD.size <= len(data):
            kind, size = _HEAD.unpack_from(data, at)
            end = at + _HEAD.size + size
            if end + 4 > len(data) or zlib.crc32(data[at:end]) != int.from_bytes(data[end:end + 4], "little"):
                break
            notes.apply(kind, data[at + _HEAD.size:end])
            at = end + 4
        notes.volume = at
        return notes

    def apply(self, kind: bytes, body: bytes) -> None:
        """Take in one record: all sums, an intent, its end, a sum filled in, or a damage."""
        if kind == b"A":
            self.sums = array("I")
            self.sums.frombytes(body)
        elif kind == b"I":
            self.salts = body[:8]
            self.under_way.update((page, (frame, value)) for page, frame, value in ENTRY.iter_unpack(body[8:]))
        elif kind == b"D":
            frames, changed, size = STATE.unpack(body)
            for page, (frame, value) in self.under_way.items():
                if frame <= frames:
                    self._set(page, value)
            self.under_way = {}
            self.known = (changed, size)
        elif kind == b"F":
            self._set(*FILL.unpack(body))
        elif kind == b"H":
            page, at_ms = HARM.unpack(body)
            self.harmed.setdefault(page, at_ms)

    def write(self, *records: Record) -> None:
        """Append records durably, then take them in."""
        data = b"".join(_packed(kind, body) for kind, body in records)
        with self.path.open("r+b" if self.volume else "wb") as file:
            if self.volume:
                file.seek(self.volume)
                file.truncate()
            else:
                data = _MAGIC + data
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        self._see()
        self.volume += len(data)
        for kind, body in records:
            self.apply(kind, body)

    def current(self) -> bool:
        """Whether the file is as this object left it, or read it: another process may have added to it."""
        before = self._seen
        try:
            self._see()
        except FileNotFoundError:
            return False
        return before == self._seen

    def compact(self) -> None:
        """Write the file anew, without its history."""
        path = self.path.with_name(self.path.name + ".part")
        records = [(b"A", self.sums.tobytes()), (b"D", STATE.pack(0, *self.known))]
        records += [(b"H", HARM.pack(page, at_ms)) for page, at_ms in self.harmed.items()]
        data = _MAGIC + b"".join(_packed(kind, body) for kind, body in records)
        with path.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        path.replace(self.path)
        self._see()
        self.volume = len(data)

    def of(self, page: int) -> int:
        """A page's sum; 0 when it is not known."""
        return self.sums[page - 1] if page <= len(self.sums) else 0

    def bare(self, total: int, most: int) -> list[int]:
        """The first pages that have no sum."""
        missing = np.flatnonzero(np.frombuffer(self.sums, np.uint32, min(total, len(self.sums))) == 0)[:most] + 1
        return [*missing.tolist(), *range(len(self.sums) + 1, total + 1)][:most]

    def believed(self, file: os.stat_result, salts: bytes) -> bool:
        """Whether nobody else has written to the database file."""
        if self.under_way:
            return salts == self.salts
        return self.known == (file.st_mtime_ns, file.st_size)

    def _see(self) -> None:
        file = self.path.stat()
        self._seen = (file.st_ino, file.st_size, file.st_mtime_ns)

    def _set(self, page: int, value: int) -> None:
        if page > len(self.sums):
            self.sums.extend([0] * (page - len(self.sums)))
        self.sums[page - 1] = value


def _packed(kind: bytes, body: bytes) -> bytes:
    record = _HEAD.pack(kind, len(body)) + body
    return record + zlib.crc32(record).to_bytes(4, "little")


def page_sum(data: bytes | memoryview) -> int:
    """CRC-32, which tells any flipped bit; 0 means that a sum is not known."""
    return zlib.crc32(data) or 1
