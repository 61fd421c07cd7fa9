"""Manifests: entries in the order of their paths, cut into segments that equal versions share."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from modelwright.sdk.data.cutting import Give, hasher
from modelwright.types.codec import from_msgpack, to_msgpack
from modelwright.types.data import Entry, Segment, identity

_MASK = 1_023  # a segment ends about every thousand paths, wherever others are added or removed
_MOST = 4_096


class Manifest(NamedTuple):
    """A manifest: the digest of the version, that of the list of segments, files and bytes."""

    digest: bytes
    root: bytes
    files: int
    size: int


def digest(entries: Iterable[Entry]) -> bytes:
    """What names a version of these entries, which are in order."""
    hashing = hasher()()
    for part in segments(entries):
        hashing.update(b"".join(map(identity, part)))
    found: bytes = hashing.digest()
    return found


def write(entries: Iterable[Entry], give: Give) -> Manifest:
    """Cut entries into segments and give these, then the list of them."""
    new = hasher()
    whole = new()
    listed: list[Segment] = []
    for part in segments(entries):
        whole.update(b"".join(map(identity, part)))
        data = to_msgpack(part)
        named = new(data).digest()
        give(named, data)
        size = sum(entry.size for entry in part if entry.size > 0)
        listed.append(Segment(named, part[0].path, part[-1].path, len(part), size))
    data = to_msgpack(listed)
    root = new(data).digest()
    give(root, data)
    return Manifest(whole.digest(), root, sum(item.files for item in listed), sum(item.size for item in listed))


def segments(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Entries, a segment at a time."""
    part: list[Entry] = []
    for entry in entries:
        part.append(entry)
        if zlib.crc32(entry.path.encode()) & _MASK == 0 or len(part) >= _MOST:
            yield part
            part = []
    if part:
        yield part


def read(data: bytes) -> list[Entry]:
    """Entries of a segment. Raises `Invalid`."""
    return from_msgpack(data, list[Entry])


def read_root(data: bytes) -> list[Segment]:
    """The list of segments. Raises `Invalid`."""
    return from_msgpack(data, list[Segment])
