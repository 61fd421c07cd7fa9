"""The spool: what a process logs, on disk before anything else happens to it.

    <dir>/spool/<run id>/<writer>.json        what run this is (Meta), written once
                         <writer>.lock        locked while the writing process lives
                         <writer>.ship        locked by whoever ships
                         <writer>.ack         how far the server has acknowledged
                         <writer>-000001.seg  frames

A segment is 8 bytes of magic, then frames: length (u32), CRC-32 of the payload (u32), payload (MessagePack). One frame
is one `write()`, so a killed process loses only what it had not yet handed to the kernel, and a torn tail is seen by
its length or checksum. Frames gather into batches: a frame with `closes` ends one. The ends of batches are thus in
the file, and whoever ships a spool after whatever crash cuts it into the same batches with the same numbers, which is
what lets the server recognise a repeated one.

Knows framing and locks. Refuses to know HTTP.
"""

from __future__ import annotations

import contextlib
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import msgspec

from modelwright.types.codec import from_json, from_msgpack, to_json, to_msgpack
from modelwright.types.errors import ModelwrightError
from modelwright.types.tracking import DatasetInput, LogLine, MetricDefinition, Origin, RunCreate, RunUpdate

try:
    import fcntl
except ImportError:  # not on Windows: there the process id tells who lives
    fcntl = None

MAGIC = b"MWSPOOL1"
SEGMENT_BYTES = 8 << 20
FRAME_LIMIT = 64 << 20
_HEAD = struct.Struct("<II")


class Group(msgspec.Struct, array_like=True, frozen=True):
    """Rows logged with the same keys.

    `values` is row-major, one little-endian float64 a key and row; `steps` and `times_ms` are int64, one a row.
    """

    keys: tuple[str, ...]
    steps: bytes
    times_ms: bytes
    values: bytes


class Frame(msgspec.Struct, array_like=True, frozen=True, kw_only=True):
    """What arrived in one interval. `number` counts from 1 for each writer."""

    number: int
    closes: bool = False
    groups: list[Group] = []
    params: dict[str, Any] = {}
    tags: dict[str, str] = {}
    summary: dict[str, Any] = {}
    definitions: list[MetricDefinition] = []
    lines: list[LogLine] = []
    origin: Origin | None = None
    dropped: int = 0
    update: RunUpdate | None = None
    inputs: list[DatasetInput] = []


class Meta(msgspec.Struct, frozen=True, kw_only=True):
    """What run a spool belongs to and how to begin it. It never holds a token."""

    run_id: str
    writer: str
    mode: str
    url: str = ""
    workspace: str = ""
    create: RunCreate
    resume: str = "own"  # own: an id that nobody else can have; else never, allow or must
    fork_run: str = ""
    fork_step: int | None = None
    attached: bool = False  # another process of the same run made it; this one only adds
    host: str = ""
    pid: int = 0
    version: int = 1


class Mark(msgspec.Struct, frozen=True):
    """A place between two batches: segment number, offset in it, number of the last frame before it."""

    segment: int = 1
    offset: int = 0
    number: int = 0


def segment_path(folder: Path, writer: str, index: int) -> Path:
    """The file of a segment."""
    return folder / f"{writer}-{index:06d}.seg"


def pack(frame: Frame) -> bytes:
    """A frame with length and checksum before it."""
    payload = to_msgpack(frame)
    return _HEAD.pack(len(payload), zlib.crc32(payload)) + payload


def write_whole(path: Path, data: bytes) -> None:
    """Write a small file so that readers see the old or the new content, never a part."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}~")
    try:
        fresh.write_bytes(data)
        fresh.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise


class Lock:
    """An advisory lock on a file, let go when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle = -1

    @property
    def held(self) -> bool:
        """Whether this object has the lock."""
        return self._handle >= 0

    def take(self) -> bool:
        """Take it without waiting; False when another holds it."""
        if self._handle >= 0:
            return True
        try:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError:
            return False
        if not _lock(handle):
            os.close(handle)
            return False
        self._handle = handle
        with contextlib.suppress(OSError):
            os.ftruncate(handle, 0)
            os.lseek(handle, 0, os.SEEK_SET)
            os.write(handle, f"{os.getpid()} {_host()}\n".encode())
        return True

    def drop(self) -> None:
        """Let go. In the child of a fork this closes the copy and leaves the parent's lock as it is."""
        if self._handle >= 0:
            with contextlib.suppress(OSError):
                os.close(self._handle)
            self._handle = -1


def _host() -> str:
    import socket

    return socket.gethostname().replace(" ", "_")


def _lock(handle: int) -> bool:
    if fcntl is not None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a network file system without locks: the process id in the file must do
            return not _alive(handle)
        return True
    return not _alive(handle)


def _alive(handle: int) -> bool:
    try:
        os.lseek(handle, 0, os.SEEK_SET)
        pid, host = os.read(handle, 300).decode().split()
        if host != _host():
            return True  # nobody can tell from here
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except OSError:
        return True
    return int(pid) != os.getpid()


class SpoolWriter:
    """Appends frames for one writer.

    Raises (all methods but `close`):
        OSError: the disk is full or read-only; what was appended before stays whole.
    """

    def __init__(self, folder: Path, meta: Meta) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.writer = meta.writer
        self.lock = Lock(folder / f"{meta.writer}.lock")
        self.lock.take()
        self.ship_lock = Lock(folder / f"{meta.writer}.ship")
        if meta.mode == "online":  # this process ships for itself
            self.ship_lock.take()
        self.index = 0
        self.size = 0
        self._handle = -1
        write_whole(
            folder / f"{meta.writer}.json", to_json(msgspec.structs.replace(meta, create=_json_safe(meta.create)))
        )

    def append(self, data: bytes, *, boundary: bool) -> None:
        """Write packed frames at once; `boundary` tells that they end a batch, so that the segment may end here too."""
        self.open()
        try:
            written = os.write(self._handle, data)
            if written != len(data):
                raise OSError(28, "short write")
        except OSError:
            self._undo()
            raise
        self.size += written
        if boundary and self.size >= SEGMENT_BYTES:
            self.roll()

    def open(self) -> None:
        """Open a segment when none is."""
        if self._handle >= 0:
            return
        handle = os.open(
            segment_path(self.folder, self.writer, self.index + 1),
            os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | getattr(os, "O_BINARY", 0),
            0o644,
        )
        try:
            if os.write(handle, MAGIC) != len(MAGIC):
                raise OSError(28, "short write")
        except OSError:
            os.close(handle)
            with contextlib.suppress(OSError):
                segment_path(self.folder, self.writer, self.index + 1).unlink()
            raise
        self.index += 1
        self.size = len(MAGIC)
        self._handle = handle

    def _undo(self) -> None:
        # Cut a frame that was written in part; when even that fails the reader skips it, and we go on in a new file.
        try:
            os.ftruncate(self._handle, self.size)
        except OSError:
            self.roll()

    def roll(self) -> None:
        """End the segment; the next frame opens a new one."""
        if self._handle >= 0:
            with contextlib.suppress(OSError):
                os.close(self._handle)
            self._handle = -1

    def settle(self) -> None:
        """Ask the disk to keep what was written even through a power cut."""
        if self._handle >= 0:
            with contextlib.suppress(OSError):
                os.fsync(self._handle)

    def close(self) -> None:
        """End the segment and let the writer's lock go."""
        self.settle()
        self.roll()
        self.drop_locks()

    def drop_locks(self) -> None:
        """Let both locks go (in the child of a fork: close the copies)."""
        self.ship_lock.drop()
        self.lock.drop()


def _json_safe(create: RunCreate) -> RunCreate:
    from modelwright.types.codec import finite

    return msgspec.structs.replace(create, params=finite(create.params))


class SpoolReader:
    """Reads the batches of one writer, in order, also while they are being written."""

    def __init__(self, folder: Path, writer: str) -> None:
        self.folder = folder
        self.writer = writer
        self.mark = self._acknowledged()
        self.damaged = 0
        self._frames: list[Frame] = []
        self._at = self.mark

    def _ack_path(self) -> Path:
        return self.folder / f"{self.writer}.ack"

    def _acknowledged(self) -> Mark:
        try:
            return from_json(self._ack_path().read_bytes(), Mark)
        except (OSError, ModelwrightError):
            first = min(self.segments(), default=1)
            return Mark(first, 0, 0)

    def segments(self) -> list[int]:
        """Numbers of the segments on disk, rising."""
        found: list[int] = []
        for path in self.folder.glob(f"{self.writer}-*.seg"):
            with contextlib.suppress(ValueError):
                found.append(int(path.stem.rpartition("-")[2]))
        return sorted(found)

    def batch(self, *, dead: bool = False) -> list[Frame]:
        """Frames of the next batch; empty when none is complete. With `dead` a tail that nobody will end is one."""
        while not (self._frames and self._frames[-1].closes):
            frame = self._next()
            if frame is None:
                return self._frames if dead else []
            if frame.number > (self._frames[-1].number if self._frames else self.mark.number):
                self._frames.append(frame)
        return self._frames

    def _next(self) -> Frame | None:
        while True:
            path = segment_path(self.folder, self.writer, self._at.segment)
            try:
                with path.open("rb") as file:
                    file.seek(max(self._at.offset, len(MAGIC)))
                    head = file.read(_HEAD.size)
                    length, crc = _HEAD.unpack(head) if len(head) == _HEAD.size else (0, 0)
                    payload = file.read(length) if 0 < length <= FRAME_LIMIT else b""
            except FileNotFoundError:
                head, length, crc, payload = b"", 0, 0, b""
            whole = bool(payload) and len(payload) == length
            if whole:
                end = max(self._at.offset, len(MAGIC)) + _HEAD.size + length
                if zlib.crc32(payload) == crc:
                    self._at = msgspec.structs.replace(self._at, offset=end)
                    with contextlib.suppress(ModelwrightError):
                        return from_msgpack(payload, Frame)
                # A damaged frame whose length holds is left out; the ones behind it are still good.
                self._at = msgspec.structs.replace(self._at, offset=end)
                self.damaged += 1
                continue
            later = [index for index in self.segments() if index > self._at.segment]
            if not later:
                return None
            if head:
                self.damaged += 1  # a torn tail, and the writer went on in another file
            self._at = Mark(later[0], 0, self._at.number)

    def accept(self) -> None:
        """The batch last given is acknowledged: remember that, and delete the segments behind it."""
        if not self._frames:
            return
        self.mark = self._at = Mark(self._at.segment, self._at.offset, self._frames[-1].number)
        self._frames = []
        with contextlib.suppress(OSError):  # without the note the batch is sent again, and the server knows it
            write_whole(self._ack_path(), to_json(self.mark))
        for index in self.segments():
            if index < self.mark.segment:
                with contextlib.suppress(OSError):
                    segment_path(self.folder, self.writer, index).unlink()

    def pending(self) -> list[Frame]:
        """Frames read of a batch whose end is not on disk (a full disk kept it in memory)."""
        return list(self._frames)

    def skip_to(self, number: int) -> None:
        """Everything up to this frame is acknowledged, wherever it lay."""
        self.mark = self._at = Mark(self._at.segment, self._at.offset, number)
        self._frames = []
        with contextlib.suppress(OSError):
            write_whole(self._ack_path(), to_json(self.mark))

    def peek_past(self) -> None:
        """Go on behind the batch last given without acknowledging it (for reading only)."""
        if self._frames:
            self.mark = self._at = Mark(self._at.segment, self._at.offset, self._frames[-1].number)
            self._frames = []

    def waiting(self) -> int:
        """Bytes on disk that are not yet acknowledged (about)."""
        total = 0
        for index in self.segments():
            with contextlib.suppress(OSError):
                size = segment_path(self.folder, self.writer, index).stat().st_size
                total += (
                    size - self.mark.offset if index == self.mark.segment else size if index > self.mark.segment else 0
                )
        return max(total, 0)


def read_meta(path: Path) -> Meta | None:
    """The Meta in a file, or None when it is unreadable."""
    try:
        return from_json(path.read_bytes(), Meta)
    except (OSError, ModelwrightError):
        return None


def discard(folder: Path, writer: str) -> None:
    """Delete everything of one writer, and the run's folder when it is empty."""
    names = [*folder.glob(f"{writer}-*.seg"), *(folder / f"{writer}.{end}" for end in ("ack", "json", "ship", "lock"))]
    for path in names:
        with contextlib.suppress(OSError):
            path.unlink()
    for directory in (folder / "files", folder):
        with contextlib.suppress(OSError):
            directory.rmdir()
