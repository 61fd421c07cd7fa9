"""SQLite's log as it lies on the disk: which of its frames are whole. Knows the file formats, and opens no database.

SQLite checks the log's checksums only when it recovers it, and takes a frame that does not match for the log's end: a
flipped bit loses that commit and all later ones without a word. The header of the log's index (`-shm`) remembers how
many frames were committed, so what is missing can be told as long as nobody has opened the database since.

Formats: https://sqlite.org/walformat.html
"""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

PAGE = 4096
_FRAME = PAGE + 24
_HEAD = 32
_BIG_ENDIAN_SUMS = 0x377F0683
_LITTLE_ENDIAN_SUMS = 0x377F0682
_PORTION = 2048   # frames that are read at once
_MOD = 1 << 32
_UNSIGNED = struct.Struct("=I")


class Index(NamedTuple):
    """What the log's index says: so many frames of the log with these salts are committed and durable."""

    salts: bytes
    frames: int
    sums: tuple[int, int]
    written_back: int


def read_at(descriptor: int, size: int, place: int) -> bytes:
    """So many bytes of an open file."""
    if hasattr(os, "pread"):
        return os.pread(descriptor, size, place)
    os.lseek(descriptor, place, os.SEEK_SET)  # Windows; all callers hold a lock
    return os.read(descriptor, size)


def waiting(descriptor: int) -> tuple[int, int]:
    """Of a `-shm` file, unchecked: frames in the log, and how many of them were written back."""
    data = read_at(descriptor, 100, 0)
    return (0, 0) if len(data) < 100 else (_UNSIGNED.unpack_from(data, 16)[0], _UNSIGNED.unpack_from(data, 96)[0])


def index(descriptor: int) -> Index | None:
    """The header of a `-shm` file; None when it is not whole."""
    data = read_at(descriptor, 100, 0)
    if len(data) < 100 or data[:48] != data[48:96] or not data[12]:
        return None
    words = struct.unpack("=12I", data[:48])
    s0 = s1 = 0
    for place in range(0, 10, 2):
        s0 = (s0 + words[place] + s1) % _MOD
        s1 = (s1 + words[place + 1] + s0) % _MOD
    if (s0, s1) != words[10:12]:
        return None
    return Index(data[32:40], words[4], (words[6], words[7]), struct.unpack("=I", data[96:100])[0])


class Log:
    """Follows a log as it grows, checking each frame once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.salts = b""
        self.frames = 0
        self.latest: dict[int, tuple[int, int]] = {}
        """Of each page in the log: its last frame, and the CRC-32 of that."""
        self.bad: list[int] = []
        """Frames that do not match their checksums."""
        self._sums = (0, 0)

    def is_of(self, known: Index) -> bool:
        """Whether the index speaks of this log; after a power cut it may be an older one."""
        with self.path.open("rb") as file:
            return file.read(24)[16:] == known.salts

    def follow(self, known: Index) -> bool:
        """Read on to the end that the index tells; False when the log is not the one that it speaks of."""
        try:
            with self.path.open("rb") as file:
                head = file.read(_HEAD)
                if len(head) < _HEAD or head[16:24] != known.salts:
                    return not known.frames
                if self.salts != known.salts:
                    self._begin(head, known.salts)
                while self.frames < known.frames:
                    file.seek(_HEAD + self.frames * _FRAME)
                    data = file.read(min(_PORTION, known.frames - self.frames) * _FRAME)
                    count = len(data) // _FRAME
                    if not count:
                        return False
                    self._take(data, count, _words(head))
        except FileNotFoundError:
            return not known.frames
        return True

    def follow_to_end(self) -> bool:
        """Read on over all frames that are whole, as SQLite's recovery does.

        Returns False when what lies behind them cannot be the end that a power cut left: there is more than one commit
        (each is synced before the next is begun), or any behind a header that is not whole (it is synced first).
        """
        with self.path.open("rb") as file:
            head = file.read(_HEAD)
            if len(head) < _HEAD:
                return True
            if self.salts != head[16:24]:
                self._begin(head, head[16:24])
            if self.bad:
                (self.salts, allowed) = (file.read(24)[8:16], 0)
            else:
                (before, allowed) = (-1, 1)
                while not self.bad and before < self.frames:
                    before = self.frames
                    file.seek(_HEAD + self.frames * _FRAME)
                    data = file.read(_FRAME * _PORTION)
                    self._take(data, len(data) // _FRAME, _words(head))
                if self.bad:
                    self.frames = self.bad[0] - 1
            file.seek(_HEAD + self.frames * _FRAME)
            commits = 0
            while len(frame := file.read(24)) == 24:
                commits += frame[8:16] == self.salts and frame[4:8] != bytes(4)
                file.seek(PAGE, os.SEEK_CUR)
            return commits <= allowed

    def _begin(self, head: bytes, salts: bytes) -> None:
        words = struct.unpack(f"{_words(head)}6I", head[:24])
        s0 = s1 = 0
        for place in range(0, 6, 2):
            s0 = (s0 + words[place] + s1) % _MOD
            s1 = (s1 + words[place + 1] + s0) % _MOD
        stored = struct.unpack(">2I", head[24:32])
        self.salts, self.frames, self.latest = salts, 0, {}
        self.bad = [] if (s0, s1) == stored and head[:3] == b"\x37\x7f\x06" else [0]
        self._sums = stored

    def _take(self, data: bytes, count: int, order: str) -> None:
        data = data[:count * _FRAME]
        words = np.frombuffer(data, f"{order}u4").reshape(count, _FRAME // 4).astype(np.uint32, copy=False)
        own = np.einsum("ij,kj->ik", words, _WEIGHTS).tolist()  # six times as fast as `@`, which has no BLAS for these
        heads = np.frombuffer(data, ">u4").reshape(count, _FRAME // 4)[:, :6].tolist()
        salts = list(struct.unpack(">2I", self.salts))
        (s0, s1), ((a, b), (c, d)) = self._sums, _STEP
        view = memoryview(data)
        for number, ((o0, o1), head) in enumerate(zip(own, heads, strict=True)):
            s0, s1 = (a * s0 + b * s1 + o0) % _MOD, (c * s0 + d * s1 + o1) % _MOD
            self.frames += 1
            if [s0, s1] != head[4:] or head[2:4] != salts:
                self.bad.append(self.frames)
                s0, s1 = head[4:]  # what the next frame was made with, unless it is these bytes that are wrong
            start = number * _FRAME + 24
            self.latest[head[0]] = (self.frames, zlib.crc32(view[start:start + PAGE]))
        self._sums = (s0, s1)


def _words(head: bytes) -> str:
    return ">" if int.from_bytes(head[:4]) == _BIG_ENDIAN_SUMS else "<"


def _weights() -> tuple[Any, Any]:
    """The checksum is linear: what each word of a frame, and the sums before it, add to the sums behind it.

    A step is s0 += x0 + s1; s1 += x1 + s0, so (s0, s1) becomes A (s0, s1) + B (x0, x1).
    """
    step = np.array([[1, 1], [1, 2]], np.uint32)
    taken = np.array([[1, 0], [1, 1]], np.uint32)
    weights = np.zeros((_FRAME // 4, 2), np.uint32)
    power = np.eye(2, dtype=np.uint32)
    for place in [*range(_FRAME // 4 - 2, 5, -2), 0]:  # words 2 to 5 are salts and the checksum itself
        weights[place:place + 2] = (power @ taken).T
        power = power @ step
    return np.ascontiguousarray(weights.T), power.tolist()


_WEIGHTS, _STEP = _weights()
