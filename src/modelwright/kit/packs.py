"""Packs in a blob store: many small contents written with one sync, each checked by its digest when it is read.

Knows the format of `types.packs` and digests; refuses to know who refers to a pack. A pack becomes visible whole or not
at all, and only when every content in it is what its head says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from modelwright.kit.blobs import BlobStore, pieces
from modelwright.types import packs
from modelwright.types.errors import Invalid, NotFound, TooLarge, Unavailable

_ROOT = "packs/"
_NAME = re.compile(r"pack:[0-9a-f]{64}")


class Pack(NamedTuple):
    """A stored pack: its name, its bytes, and its contents with where each begins."""

    name: str
    size: int
    items: list[packs.Item]
    starts: list[int]


def is_pack(name: str) -> bool:
    """Whether a digest is the name of a pack."""
    return name.startswith(packs.PREFIX)


class Packs:
    """Packs by name."""

    def __init__(self, blobs: BlobStore) -> None:
        self.blobs = blobs

    def put(self, chunks: bytes | Iterable[bytes]) -> Pack:
        """Store a pack as it arrives; the same again is written again, which renews its time and heals it.

        Raises:
            Invalid: no pack, or a content that differs from its digest. TooLarge: it goes on after its end.
            StorageFull, Unavailable. In each case nothing was stored.
        """
        arriving = _Arriving(pieces(chunks))
        size = self.blobs.put(_key(arriving.name), arriving.through())
        return Pack(arriving.name, size, arriving.items, arriving.starts)

    def read(self, name: str, start: int, item: packs.Item) -> bytes:
        """One content.

        Raises:
            Unavailable: it is damaged, or the pack is not there.
        """
        return self.read_many(name, start, [item])[0]

    def read_many(self, name: str, start: int, items: list[packs.Item]) -> list[bytes]:
        """Contents that lie one after the other from `start` on. Raises as `read`."""
        total = sum(item.size for item in items)
        try:
            data = self.blobs.get_range(_key(name), start, total)
        except NotFound:
            raise _damaged(name) from None
        if len(data) != total:
            raise _damaged(name)
        if len(items) == 1:
            return [_checked(name, items[0], data)]
        found: list[bytes] = []
        at = 0
        for item in items:
            found.append(_checked(name, item, data[at:at + item.size]))
            at += item.size
        return found

    def open(self, name: str) -> Iterator[bytes]:
        """The whole pack, checked content by content before each is given out. Raises `NotFound` at once."""
        return _Arriving(self.blobs.get(_key(name)), name).through()

    def size(self, name: str) -> int:
        """Size in bytes. Raises `NotFound`."""
        return self.blobs.head(_key(name)).size

    def damages(self, name: str, items: Iterable[tuple[int, packs.Item]]) -> list[bytes]:
        """Which of the contents at these places are damaged or missing."""
        bad: list[bytes] = []
        for start, item in items:
            try:
                self.read(name, start, item)
            except Unavailable:
                bad.append(item.digest)
        return bad

    def delete(self, name: str) -> None:
        """Forget a pack; fine when there is none."""
        self.blobs.delete(_key(name))

    def list(self) -> Iterator[tuple[str, int, int]]:
        """All packs as (name, size in bytes, time of the last put in Unix ms)."""
        for info in self.blobs.list(_ROOT):
            name = packs.PREFIX + info.key.removeprefix(_ROOT).replace("/", "")
            if _NAME.fullmatch(name):
                yield name, info.size, info.modified_ms


class _Arriving:
    """A pack while its bytes flow through: the head is taken apart, every content is hashed."""

    def __init__(self, source: Iterator[bytes], expected: str = "") -> None:
        from blake3 import blake3

        self._new: Any = blake3
        self._source = source
        self._held = b""
        self._expected = expected
        start = self._take(packs.FIXED)
        listed = self._take(packs.count(start) * packs.ITEM)
        self.items = packs.items(listed)
        self._head = start + listed
        self.name = packs.PREFIX + blake3(self._head).hexdigest()
        if expected and self.name != expected:
            raise _damaged(expected)
        self.starts: list[int] = []
        at = len(self._head)
        for item in self.items:
            self.starts.append(at)
            at += item.size

    def through(self) -> Iterator[bytes]:
        """The bytes of the pack; the last ones come when all contents are right."""
        yield self._head
        places = iter(self.items)
        item: packs.Item | None = next(places)
        hasher, left = self._new(), item.size
        held = b""
        for piece in self._rest():
            if held:
                yield held
            view = memoryview(piece)
            while len(view):
                if item is None:
                    raise TooLarge("the pack goes on after its end", where="body")
                part = view[:left]
                hasher.update(part)
                left -= len(part)
                view = view[len(part):]
                if not left:
                    if hasher.digest() != item.digest:
                        raise self._wrong(item)
                    item = next(places, None)
                    if item is not None:
                        hasher, left = self._new(), item.size
            held = piece
        if item is not None:
            raise _damaged(self._expected) if self._expected else Invalid("the pack is cut short", where="body")
        yield held

    def _wrong(self, item: packs.Item) -> Exception:
        if self._expected:
            return _damaged(self._expected)
        return Invalid(f"a content is not {item.digest.hex()}", where="body", hint="send it again")

    def _rest(self) -> Iterator[bytes]:
        if self._held:
            yield self._held
        yield from self._source

    def _take(self, size: int) -> bytes:
        gathered = bytearray(self._held)
        while len(gathered) < size:
            piece = next(self._source, None)
            if piece is None:
                raise _damaged(self._expected) if self._expected else Invalid("the pack is cut short", where="body")
            gathered += piece
        self._held = bytes(gathered[size:])
        return bytes(gathered[:size])


def _checked(name: str, item: packs.Item, data: bytes) -> bytes:
    from blake3 import blake3

    if blake3(data).digest() != item.digest:
        raise _damaged(name)
    return data


def _key(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise Invalid(f"not the name of a pack: {name[:80]!r}", where="digest")
    text = name.removeprefix(packs.PREFIX)
    return f"{_ROOT}{text[:2]}/{text[2:]}"


def _damaged(name: str) -> Unavailable:
    return Unavailable(
        f"the stored {name} is damaged or missing", where="digest", hint="add the same data again, or restore a backup"
    )
