"""Content-addressed storage over any blob store: a content is named by its SHA-256. Knows nothing of who refers to it.

A read never gives out damaged bytes as good. A full read checks the digest before its last chunk; a range of a large
content checks the blocks that it touches against their sums, which are stored beside (`sums/…`), or falls back to
reading it all when they are missing.
Packs of many small contents (`kit.packs`) live beside and count as contents where all of them are listed, checked,
copied or deleted; their names begin with `pack:`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

import msgspec

from modelwright.kit.blobs import BlobStore, checked_range, pieces
from modelwright.kit.packs import Packs, is_pack
from modelwright.types.errors import Invalid, NotFound, TooLarge, Unavailable

_BLOCK = 1 << 20   # bytes that share a sum
_SUM = 16          # bytes of a sum: SHA-256, cut
_SPAN = 8          # blocks fetched at a time by a range read
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class Stored(msgspec.Struct, frozen=True):
    """A stored content: its digest (`sha256:` and 64 hex digits) and its size in bytes."""

    digest: str
    size: int


class Cas:
    """Contents by digest."""

    def __init__(self, blobs: BlobStore) -> None:
        self.blobs = blobs
        self.packs = Packs(blobs)

    def put(self, chunks: bytes | Iterable[bytes], *, limit: int = 0) -> Stored:
        """Store a content; the same content again is written again, which renews its time and heals a damaged copy.

        Raises:
            TooLarge: more than `limit` bytes (0: no limit). StorageFull, Unavailable: nothing was stored.
        """
        hashing = _Hashing(limit)

        def key() -> str:
            if len(hashing.sums) > _SUM:  # more than one block; the sums are there before the content is
                self.blobs.put(_sums_key(hashing.digest()), bytes(hashing.sums))
            return _key(hashing.digest())

        size = self.blobs.put(key, hashing.through(pieces(chunks)))
        return Stored(hashing.digest(), size)

    def open(self, digest: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The content, or `length` bytes of it from `start`, in chunks.

        Raises:
            NotFound: at once. Unavailable: the content is damaged, before any damaged range or the last chunk is given.
        """
        if is_pack(digest) and start == 0 and length is None:
            return self.packs.open(digest)
        size = self.size(digest)
        checked_range(start, 0 if length is None else length)
        end = size if length is None else min(size, start + length)
        if start == 0 and end == size:
            return self._whole(digest)
        if start >= end:
            return iter(())
        return self._range(digest, size, start, end)

    def read(self, digest: str) -> bytes:
        """The whole content, checked; for small ones."""
        return b"".join(self.open(digest))

    def size(self, digest: str) -> int:
        """Size in bytes.

        Raises:
            NotFound: nothing is stored under this digest.
        """
        try:
            return self.packs.size(digest) if is_pack(digest) else self.blobs.head(_key(digest)).size
        except NotFound:
            raise NotFound(f"nothing is stored as {digest}", where="digest") from None

    def verify(self, digest: str) -> None:
        """Read it all.

        Raises:
            Unavailable: it is damaged. NotFound: it is not there.
        """
        for _ in self.packs.open(digest) if is_pack(digest) else self._whole(digest):
            pass

    def delete(self, digest: str) -> None:
        """Forget a content; fine when there is none."""
        if is_pack(digest):
            self.packs.delete(digest)
            return
        self.blobs.delete(_key(digest))
        self.blobs.delete(_sums_key(digest))

    def list(self) -> Iterator[tuple[str, int, int]]:
        """All contents as (digest, size in bytes, time of the last put in Unix ms), by digest."""
        for info in self.blobs.list("cas/"):
            digest = "sha256:" + info.key.removeprefix("cas/").replace("/", "")
            if _DIGEST.fullmatch(digest):
                yield digest, info.size, info.modified_ms
        yield from self.packs.list()

    def copy(self, digest: str, source: Cas) -> None:
        """Store a content (or pack) of another store. Raises `NotFound`, `Unavailable` as `open`, and as `put`."""
        if is_pack(digest):
            self.packs.put(source.open(digest))
        else:
            self.put(source.open(digest))

    def _whole(self, digest: str) -> Iterator[bytes]:
        held = b""
        seen = hashlib.sha256()
        for chunk in self.blobs.get(_key(digest)):
            seen.update(chunk)
            if held:
                yield held
            held = chunk
        if "sha256:" + seen.hexdigest() != digest:
            raise _damaged(digest)
        if held:
            yield held

    def _range(self, digest: str, size: int, start: int, end: int) -> Iterator[bytes]:
        if size <= _BLOCK:
            yield self.read(digest)[start:end]
            return
        try:
            sums = b"".join(self.blobs.get(_sums_key(digest)))
        except NotFound:
            yield from self._slowly(digest, start, end)
            return
        if len(sums) != -(-size // _BLOCK) * _SUM:
            raise _damaged(digest)
        first = start // _BLOCK
        while first * _BLOCK < end:
            last = min(first + _SPAN, -(-end // _BLOCK))
            data = self.blobs.get_range(_key(digest), first * _BLOCK, (last - first) * _BLOCK)
            for block in range(first, last):
                part = data[(block - first) * _BLOCK:(block - first + 1) * _BLOCK]
                if _sum(part) != sums[block * _SUM:(block + 1) * _SUM]:
                    raise _damaged(digest)
            base = first * _BLOCK
            yield data[max(start - base, 0):end - base]
            first = last

    def _slowly(self, digest: str, start: int, end: int) -> Iterator[bytes]:
        # The only sure way without sums: check it all first, then give out the range.
        self.verify(digest)
        position = 0
        for chunk in self.blobs.get(_key(digest)):
            part = chunk[max(start - position, 0):max(end - position, 0)]
            position += len(chunk)
            if part:
                yield part
            if position >= end:
                return


class _Hashing:
    """Digest and block sums of what flows through."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._whole = hashlib.sha256()
        self._block = hashlib.sha256()
        self._in_block = 0
        self._closed = False
        self.sums = bytearray()

    def through(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        total = 0
        for chunk in chunks:
            total += len(chunk)
            if self._limit and total > self._limit:
                raise TooLarge(f"the content is larger than {self._limit} bytes", where="body")
            self._whole.update(chunk)
            self._add(memoryview(chunk))
            yield chunk
        if self._in_block:
            self._close_block()

    def digest(self) -> str:
        return "sha256:" + self._whole.hexdigest()

    def _add(self, view: memoryview) -> None:
        while len(view):
            part = view[:_BLOCK - self._in_block]
            self._block.update(part)
            self._in_block += len(part)
            view = view[len(part):]
            if self._in_block == _BLOCK:
                self._close_block()

    def _close_block(self) -> None:
        self.sums += self._block.digest()[:_SUM]
        self._block = hashlib.sha256()
        self._in_block = 0


def _sum(block: bytes) -> bytes:
    return hashlib.sha256(block).digest()[:_SUM]


def _hex(digest: str) -> str:
    if not _DIGEST.fullmatch(digest):
        raise Invalid(f"not a digest: {digest[:80]!r}", where="digest", hint="sha256: and 64 hex digits")
    return digest.removeprefix("sha256:")


def _key(digest: str) -> str:
    text = _hex(digest)
    return f"cas/{text[:2]}/{text[2:]}"


def _sums_key(digest: str) -> str:
    text = _hex(digest)
    return f"sums/{text[:2]}/{text[2:]}"


def _damaged(digest: str) -> Unavailable:
    return Unavailable(
        f"the stored content {digest} is damaged", where="digest", hint="upload it again, or restore a backup",
    )
