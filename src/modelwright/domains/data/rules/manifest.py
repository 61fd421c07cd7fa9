"""What a manifest may say, checked entry by entry within bounded memory. Refuses to know what is stored."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from blake3 import blake3

from modelwright.types.codec import from_msgpack
from modelwright.types.data import Entry, Segment, identity
from modelwright.types.errors import Invalid
from modelwright.types.packs import LARGEST_ITEM, Item
from modelwright.types.paths import clean

MOST_SEGMENTS = 100_000
MOST_ENTRIES = 16_384
"""Entries of one segment."""

_URI = re.compile(r"[a-z][a-z0-9+.-]{0,30}:[^\x00-\x20\x7f]{1,2000}")
_CHECK = re.compile(r"[a-z][a-z0-9-]{0,30}:[^\x00-\x1f\x7f]{1,300}")
_SIZE = range(1 << 50)


def segments(data: bytes) -> list[Segment]:
    """The list of segments that the root of a manifest holds. Raises `Invalid`."""
    found = from_msgpack(data, list[Segment])
    if len(found) > MOST_SEGMENTS:
        raise Invalid(f"at most {MOST_SEGMENTS:,} segments", where="root")
    return found


def entries(data: bytes) -> list[Entry]:
    """The entries of a segment. Raises `Invalid`."""
    return from_msgpack(data, list[Entry])


def chunks(data: bytes, size: int) -> list[Item]:
    """The chunks of a content that a recipe lists. Raises `Invalid` when they do not add up."""
    found = [Item(digest, length) for digest, length in from_msgpack(data, list[tuple[bytes, int]])]
    if any(len(item.digest) != 32 or not 0 < item.size <= LARGEST_ITEM for item in found):
        raise Invalid("a recipe lists what cannot be a chunk", where="root")
    if sum(item.size for item in found) != size:
        raise Invalid("the chunks of a recipe do not add up to the size of the file", where="root")
    return found


class Reading:
    """Entries as they come, in order: their number, bytes and digest, and whether all is well."""

    def __init__(self) -> None:
        self.files = 0
        self.size = 0
        self._last = ""
        self._above: list[str] = []  # files whose paths begin the paths that come now
        self._hash: Any = blake3()

    def segment(self, stated: Segment, found: list[Entry]) -> None:
        """The next segment.

        Raises:
            Invalid: a path that is not clean, out of order, twice, or below a file; sizes or digests that cannot be; a
                segment that is not what the root says of it.
        """
        if not 0 < len(found) <= MOST_ENTRIES:
            raise Invalid(f"a segment has from 1 to {MOST_ENTRIES:,} entries", where="root")
        total = 0
        for entry in found:
            self._path(entry.path)
            self._content(entry)
            total += max(entry.size, 0)
        if (found[0].path, found[-1].path, len(found), total) != (
            stated.first, stated.last, stated.files, stated.size,
        ):
            raise Invalid("a segment is not what the root says of it", where="root")
        self._hash.update(b"".join(map(identity, found)))
        self.files += len(found)
        self.size += total

    def digest(self) -> bytes:
        """What names the manifest."""
        return self._hash.digest()

    def _path(self, path: str) -> None:
        if clean(path) != path:
            raise Invalid(f"not a clean path: {path[:80]!r}", where="path")
        if path <= self._last and self.files + len(self._last):
            raise Invalid(f"paths are not in order at {path[:80]!r}", where="path")
        while self._above and not path.startswith(self._above[-1]):
            self._above.pop()
        if any(path.startswith(f"{above}/") for above in self._above):
            raise Invalid(f"{path[:80]!r} lies below a file", where="path")
        self._above.append(path)
        self._last = path

    def _content(self, entry: Entry) -> None:
        where = entry.path[:80]
        if entry.uri:
            if not _URI.fullmatch(entry.uri) or entry.recipe or len(entry.digest) not in (0, 32):
                raise Invalid("a reference needs a URI, and has no chunks", where=where)
            if entry.check and not _CHECK.fullmatch(entry.check):
                raise Invalid("the fingerprint of a reference looks like `etag:…` or `md5:…`", where=where)
            if not entry.check and not entry.digest:
                raise Invalid("a reference needs a fingerprint", where=where)
            if entry.size != -1 and entry.size not in _SIZE:
                raise Invalid("the size is out of bounds", where=where)
        elif entry.size not in _SIZE or len(entry.digest) != 32 or len(entry.recipe) not in (0, 32) or entry.check:
            raise Invalid("a file needs a size and a digest of 32 bytes", where=where)
        elif not entry.recipe and entry.size > LARGEST_ITEM:
            raise Invalid(f"a file over {LARGEST_ITEM:,} bytes needs a recipe of chunks", where=where)


def below(found: Iterable[Entry], prefix: str) -> Iterable[Entry]:
    """Those at or below a path."""
    return (entry for entry in found if not prefix or entry.path == prefix or entry.path.startswith(f"{prefix}/"))
