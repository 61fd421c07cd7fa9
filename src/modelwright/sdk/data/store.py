"""What this machine remembers between calls: digests of files that have not changed since, and fetched contents.

One SQLite file and a folder of contents, shared by all processes of a user. Losing either costs time, nothing else.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from modelwright.sdk.data.scan import Found
from modelwright.types.errors import Invalid

_BOUND = 20_000_000_000
_FRESH_NS = 20_000_000  # a file changed so shortly before it was read may change again without its time showing it
_CHECKOUT_S = 7 * 86_400
_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (place TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER,
  inode INTEGER, digest BLOB, recipe BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kept (digest BLOB PRIMARY KEY, size INTEGER, used_ms INTEGER) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS kept_by_use ON kept (used_ms);
"""


def location() -> Path:
    """The folder: `MODELWRIGHT_CACHE_DIR`, else the user's cache folder."""
    chosen = os.environ.get("MODELWRIGHT_CACHE_DIR")
    if chosen:
        return Path(chosen).expanduser() / "data"
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "modelwright" / "data"


def bound() -> int:
    """Bytes that fetched contents may take: `MODELWRIGHT_CACHE_BYTES`, else 20 GB. Raises `Invalid`."""
    text = os.environ.get("MODELWRIGHT_CACHE_BYTES", "")
    if text and not text.isdigit():
        raise Invalid("MODELWRIGHT_CACHE_BYTES is a number of bytes", where="environment")
    return int(text) if text else _BOUND


class Store:
    """The index and the cache."""

    def __init__(self, folder: Path | None = None, limit: int | None = None) -> None:
        self.folder = folder or location()
        self.limit = bound() if limit is None else limit
        self._contents = self.folder / "contents"
        self._contents.mkdir(parents=True, exist_ok=True)
        # Threads take turns: whoever uses it holds the lock of the caller (adding) or is the only one (fetching).
        self._db = sqlite3.connect(
            self.folder / "index.db", timeout=30, isolation_level=None, check_same_thread=False
        )
        for pragma in ("journal_mode=WAL", "synchronous=OFF"):  # after a power cut it may be made anew
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Let go of the index."""
        self._db.close()

    # Digests of local files.

    def known(self, root: str, found: Sequence[Found]) -> dict[str, tuple[bytes, bytes]]:
        """(digest, recipe) by path of the files that have not changed since they were read."""
        rows = self._db.execute(
            "SELECT place, size, mtime_ns, ctime_ns, inode, digest, recipe FROM files WHERE place = ? OR "
            "(place >= ? AND place < ?)", (root, f"{root}{os.sep}", f"{root}{chr(ord(os.sep) + 1)}"),
        ).fetchall()
        seen = {row[0]: row for row in rows}
        known: dict[str, tuple[bytes, bytes]] = {}
        for item in found:
            row = seen.get(item.place)
            if row is not None and row[1:5] == item[2:]:
                known[item.path] = (row[5], row[6])
        return known

    def remember(self, items: Iterable[tuple[Found, bytes, bytes]]) -> None:
        """Keep (file, digest, recipe) of files that were just read."""
        late = time.time_ns() - _FRESH_NS
        rows = [(item.place, *item[2:], digest, recipe) for item, digest, recipe in items if item.mtime_ns < late]
        self._many("INSERT OR REPLACE INTO files VALUES (?,?,?,?,?,?,?)", rows)

    def forget(self, places: Iterable[str]) -> None:
        """Read these files again next time."""
        self._many("DELETE FROM files WHERE place = ?", [(place,) for place in places])

    # Fetched contents.

    def path(self, digest: bytes) -> Path:
        """Where a content is kept, or would be."""
        text = digest.hex()
        return self._contents / text[:2] / text[2:]

    def has(self, digest: bytes, size: int) -> Path | None:
        """The file of a kept content. One of another size is not trusted."""
        path = self.path(digest)
        try:
            if path.stat().st_size == size:
                return path
        except OSError:
            return None
        return None

    def kept(self, items: Iterable[tuple[bytes, int]]) -> None:
        """Contents were fetched or used just now; then the least used ones make room."""
        now = int(time.time() * 1000)
        self._many(
            "INSERT INTO kept VALUES (?,?,?) ON CONFLICT (digest) DO UPDATE SET used_ms = excluded.used_ms",
            [(digest, size, now) for digest, size in items],
        )
        self.shrink()

    def shrink(self) -> int:
        """Delete the least recently used contents until all fit the bound; returns the bytes that went."""
        total: int = self._db.execute("SELECT COALESCE(SUM(size), 0) FROM kept").fetchone()[0]
        gone = 0
        if total <= self.limit:
            return 0
        self._old_checkouts()
        for digest, size in self._db.execute("SELECT digest, size FROM kept ORDER BY used_ms, digest").fetchall():
            if total - gone <= self.limit:
                break
            self.path(digest).unlink(missing_ok=True)
            self._db.execute("DELETE FROM kept WHERE digest = ?", (digest,))
            gone += size
        return gone

    def checkout(self, name: str, number: int, digest: str) -> Path:
        """The folder in which a whole version stands when nobody named another; files in it are not to be changed."""
        place = self.folder / "datasets" / name / f"v{number}-{digest.removeprefix('blake3:')[:12]}"
        place.mkdir(parents=True, exist_ok=True)
        os.utime(place)
        return place

    def _old_checkouts(self) -> None:
        late = time.time() - _CHECKOUT_S
        for place in (self.folder / "datasets").glob("*/v*"):
            with contextlib.suppress(OSError):
                if place.stat().st_mtime < late:
                    shutil.rmtree(place)

    def _many(self, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
        if rows:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._db.executemany(sql, rows)
            finally:
                self._db.execute("COMMIT")
