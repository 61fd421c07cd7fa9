"""A checksum of each page of a SQLite file, kept beside it, so that a flipped bit in any row is found.

SQLite changes pages of the file only when it writes its log back. All our sessions leave that to `PageSums.write_back`,
which first checks every frame of the log, notes the sums of the pages that are about to be written, lets SQLite write
them, and notes that they are. A page whose old content does not match its sum is reported as well: it would have been
changed and given a new sum otherwise.

The notes are a file beside it (`-sums`). They are believed while the database file is as its last note says (time of
change and size), or while the log is still the one that was being written back. Whoever else writes the file (the
`sqlite3` shell, a copy of it) changes that, and the sums start anew instead of crying wolf: pages without one get
theirs little by little.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from modelwright.kit import logs
from modelwright.kit.page_notes import ENTRY, FILL, HARM, STATE, Notes, page_sum
from modelwright.kit.wal import PAGE, Index, Log, index, read_at, waiting
from modelwright.types.errors import Unavailable

_LOG = logs.get(__name__)
_FILL = 2_000                     # pages that get a sum at each write-back when they have none
_SLACK = 4 << 20                  # appended bytes after which the file is written anew
_TRIES = 5
_LOOK = 8


class PageSums:
    """The sums of one database file, for all sessions of this process with it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.log_path = path.with_name(path.name + "-wal")
        self._index_path = path.with_name(path.name + "-shm")
        self._upkeep = threading.Lock()
        self._count = threading.Lock()
        self._sessions = 0
        # Closing any descriptor of a file drops all locks that the process has on it (POSIX), SQLite's among them. So
        # these stay open until the last session has ended.
        self._file = -1
        self._index = -1
        self._writes_back: sqlite3.Connection | None = None
        self._notes: Notes | None = None
        self._log = Log(self.log_path)
        self._not_before = 0
        self._asked = 0

    def enter(self) -> None:
        """Before a session is opened.

        Raises:
            Unavailable: the log has lost commits, and opening the database would hide that.
        """
        with self._count:
            self._check()
            self._sessions += 1

    def check(self) -> None:
        """As `enter`, for who only wants to know."""
        with self._count:
            self._check()

    def _check(self) -> None:
        if not self._sessions:
            check_log(self.path)

    def leave(self, session: sqlite3.Connection, close: Callable[[], None]) -> None:
        """Close a session; the last one writes the log back before SQLite does so without the sums."""
        with self._count:
            last = self._sessions == 1
        if last:
            try:
                session.rollback()
                for pragma in ("busy_timeout=0", "query_only=OFF"):
                    session.execute(f"PRAGMA {pragma}")
                self.write_back(session)
            except (sqlite3.Error, OSError) as error:  # another process has it, or there is no room: its turn will come
                _LOG.debug("the log was not written back at the end: %s", error)
        with self._count:
            if last and self._sessions == 1 and self._writes_back:
                self._writes_back.close()
                self._writes_back = None
            try:
                close()
            finally:
                self._left()

    def forget(self) -> None:
        """Close what looking at the file opened; only while no session of this process is open."""
        with self._count:
            self._close_files()

    def left(self) -> None:
        """The session could not be opened."""
        with self._count:
            self._left()

    def _left(self) -> None:
        self._sessions -= 1
        if not self._sessions:
            self._close_files()

    def due(self, pages: int) -> bool:
        """Whether so many pages in the log wait to be written back; looks each few times only."""
        self._asked += 1
        if self._asked % _LOOK or not self._index_opened():
            return False
        try:
            (frames, written_back) = waiting(self._index)
        except OSError:
            return False
        return frames - written_back >= pages and frames >= self._not_before

    def write_back(self, session: sqlite3.Connection) -> None:
        """Write the log back as far as readers allow, while `session` (outside a transaction) keeps other writers out.

        Raises:
            sqlite3.Error: it could not be done now; nothing is lost by that.
        """
        with self._upkeep:
            session.execute("BEGIN IMMEDIATE")
            try:
                self._write_back()
            finally:
                session.execute("ROLLBACK")

    def missing(self) -> tuple[int, int]:
        """How many pages have no sum, and how many there are."""
        notes, total = self._read_notes(), self._size() // PAGE
        if notes is None:
            return total, total
        return sum(page not in notes.under_way for page in notes.bare(total, total)), total

    def damages(self) -> Iterator[str]:
        """Read the whole file and its log, and name the pages that differ from their sums."""
        notes = self._read_notes()
        if notes is not None:
            for page, at_ms in sorted(notes.harmed.items()):
                when = time.strftime("%Y-%m-%d %H:%M", time.gmtime(at_ms / 1000))
                yield f"page {page} was damaged when it was changed ({when} UTC)"
            wrong = [page for page, data in self._pages() if _differs(notes, page, data)]
            while wrong:
                before, notes = notes, self._read_notes()
                if notes is None:
                    return  # somebody who keeps no sums came between
                wrong = [page for page in wrong if _differs(notes, page, self._page(page))]
                if notes.volume == before.volume:  # the log was not written back meanwhile
                    break
            for page in wrong:
                yield f"page {page} differs from its checksum"
        if frames := self._log_damage():
            yield f"the log is damaged: frames {frames}"

    def _log_damage(self) -> list[int]:
        bad: list[int] = []
        for _ in range(_TRIES):
            (known, log) = (self._known(), Log(self.log_path))
            if known is None or (log.follow(known) and not log.bad):
                return []
            bad = log.bad[:10] or [log.frames + 1]
            if self._known() == known:  # it was not written meanwhile
                return bad
        return bad

    def _write_back(self) -> None:
        known = self._known()
        if known is None:
            return
        notes = self._notes
        if notes is None or not notes.current():
            notes = self._notes = Notes.read(self.path.with_name(self.path.name + "-sums"))
        try:
            self._intend(notes, known)
        except OSError as error:
            _LOG.warning("no page sums for now: %s", error)
            notes = self._notes = None
        if self._writes_back is None:
            self._writes_back = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=0)
            for pragma in ("synchronous=FULL", "fullfsync=ON", "checkpoint_fullfsync=ON", "wal_autocheckpoint=0"):
                self._writes_back.execute(f"PRAGMA {pragma}")
        (busy, _, done) = self._writes_back.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        self._not_before = 0 if done == known.frames else known.frames + 1_000  # readers are in the way
        if notes is None or busy or done < 0:  # somebody else is writing back: what was noted stays under way
            return
        try:
            self._finish(notes, done)
        except OSError as error:
            _LOG.warning("no page sums for now: %s", error)
            self._notes = None

    def _intend(self, notes: Notes, known: Index) -> None:
        """Note the sums of what is about to be written; pages that are about to be replaced are checked first."""
        file = os.fstat(self._opened())
        whole = self._log.follow(known)
        if not notes.believed(file, known.salts):
            harmed = notes.harmed
            notes = self._notes = Notes(notes.path)
            notes.harmed = harmed
            notes.known = (file.st_mtime_ns, file.st_size)
            notes.compact()
        if not whole or self._log.bad:
            _LOG.error("%s is damaged: frames %s", self.log_path, self._log.bad[:10])
        bad = set(self._log.bad)
        harms: list[int] = []
        entries: list[tuple[int, int, int]] = []
        for page, (frame, value) in self._log.latest.items():
            if self._log.salts != known.salts or frame <= known.written_back:
                continue
            old = notes.of(page) if page not in notes.under_way else 0
            if frame in bad or (old and old != page_sum(self._page(page))):
                harms.append(page)
            entries.append((page, frame, value or 1))
        records = [(b"H", HARM.pack(page, time.time_ns() // 1_000_000)) for page in harms]
        if entries:
            records.append((b"I", known.salts + b"".join(ENTRY.pack(*entry) for entry in entries)))
        if records:
            notes.write(*records)

    def _finish(self, notes: Notes, done: int) -> None:
        """Note that it was written, and give sums to some pages that have none."""
        notes = self._notes or notes
        os.fsync(self._file)  # with the time of change, which SQLite's own sync leaves out
        file = os.fstat(self._file)
        records = [(b"D", STATE.pack(done, file.st_mtime_ns, file.st_size))]
        if notes.under_way or notes.known != (file.st_mtime_ns, file.st_size):
            notes.write(*records)
        bare = notes.bare(file.st_size // PAGE, _FILL)
        if bare:
            notes.write(*((b"F", FILL.pack(page, page_sum(self._page(page)))) for page in bare))
        if notes.volume > 4 * len(notes.sums) + _SLACK:
            notes.compact()

    def _read_notes(self) -> Notes | None:
        """The notes as they are on the disk (another process may be writing them); None when they are not believed."""
        for _ in range(_TRIES):
            self._opened()
            notes = Notes.read(self.path.with_name(self.path.name + "-sums"))
            salts = b""
            with contextlib.suppress(FileNotFoundError), self.log_path.open("rb") as file:
                salts = file.read(24)[16:]
            if notes.believed(os.fstat(self._file), salts):
                return notes
            time.sleep(0.05)
        return None

    def _pages(self) -> Iterator[tuple[int, memoryview]]:
        first = 1
        while data := read_at(self._opened(), 256 * PAGE, (first - 1) * PAGE):
            view = memoryview(data)
            for place in range(len(data) // PAGE):
                yield first + place, view[place * PAGE:(place + 1) * PAGE]
            first += 256

    def _page(self, page: int) -> bytes:
        return read_at(self._opened(), PAGE, (page - 1) * PAGE)

    def _size(self) -> int:
        return os.fstat(self._opened()).st_size

    def _known(self) -> Index | None:
        if self._index_opened():
            for _ in range(_TRIES):  # it may be read while it is written
                with contextlib.suppress(OSError):
                    if known := index(self._index):
                        return known
        return None

    def _index_opened(self) -> bool:
        if self._index >= 0 and os.fstat(self._index).st_nlink:
            return True
        with self._count:
            if self._index >= 0:
                os.close(self._index)
            try:
                self._index = os.open(self._index_path, os.O_RDONLY | _CLOEXEC)
            except OSError:
                self._index = -1
        return self._index >= 0

    def _opened(self) -> int:
        if self._file < 0:
            self._file = os.open(self.path, os.O_RDONLY | _CLOEXEC)
        return self._file

    def _close_files(self) -> None:
        for descriptor in (self._file, self._index):
            if descriptor >= 0:
                os.close(descriptor)
        self._file = self._index = -1
        self._notes = None
        self._log = Log(self.log_path)
        self._not_before = 0


_CLOEXEC = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def _differs(notes: Notes, page: int, data: Any) -> bool:
    known = notes.of(page)
    return bool(known) and page not in notes.under_way and known != page_sum(data)


def check_log(path: Path) -> None:
    """Look whether all that was committed is in the log still; before anybody opens the database.

    Raises:
        Unavailable: commits are missing.
    """
    for _ in range(_TRIES):
        before = _index_of(path)
        try:
            changed = path.with_name(path.name + "-wal").stat().st_mtime_ns
            damage = _log_damage_of(path, before)
            if damage is None:
                return
            if before == _index_of(path) and changed == damage.path.stat().st_mtime_ns:
                break
        except OSError:
            return  # there is none, or SQLite meets the same error
        time.sleep(0.05)
    else:
        return  # it is being written, so a server has it open, and nothing will be cut off
    where = f"behind frame {damage.frames}"
    if damage.bad and before and before.frames:
        where = f"at frame {damage.bad[0]} of {before.frames}, of which {before.written_back} are in the database"
    raise Unavailable(
        f"the database's log is damaged {where}: opening it would lose changes that were committed",
        where=str(damage.path),
        hint="`mw restore` a backup, or see 'A damaged log' in docs/reference/reliability.md",
    )


def _index_of(path: Path) -> Index | None:
    with contextlib.suppress(OSError):
        descriptor = os.open(path.with_name(path.name + "-shm"), os.O_RDONLY | _CLOEXEC)
        try:
            return index(descriptor)
        finally:
            os.close(descriptor)
    return None


def _log_damage_of(path: Path, known: Index | None) -> Log | None:
    log = Log(path.with_name(path.name + "-wal"))
    if known and known.frames and log.is_of(known):
        return None if log.follow(known) and not log.bad else log
    return None if log.follow_to_end() else log


_all: dict[Path, PageSums] = {}
_lock = threading.Lock()


def of(path: Path) -> PageSums:
    """The sums of a database file, one object in a process."""
    with _lock:
        return _all.setdefault(path.absolute(), PageSums(path))


def _forked() -> None:
    global _lock
    _lock = threading.Lock()
    _all.clear()  # the parent's descriptors and sessions stay the parent's


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
