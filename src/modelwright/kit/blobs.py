"""Blobs: seven verbs over named byte strings, on a local disk or an object store. Knows nothing of what they hold.

Promises of every store, which `modelwright.testing.BlobStoreSuite` checks:

- `put` is atomic and durable: a key shows the whole new content or what it showed before, also after a crash.
- `list` goes in key order, by code point.
- No key escapes the store: keys are plain ASCII paths (see `checked`), links are never followed.
- Memory is bounded by the size of a chunk (about 1 MiB), never by the size of a blob.
- Errors are `NotFound`, `Invalid`, `StorageFull` or `Unavailable`; an error of `put` means that nothing was promised.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Protocol

import msgspec

from modelwright.types.errors import Invalid

CHUNK = 1 << 20
"""Bytes read or written at a time."""

_KEY = re.compile(r"[A-Za-z0-9_.=+@-]{1,200}(/[A-Za-z0-9_.=+@-]{1,200})*")
_MAX_KEY = 900

Key = str | Callable[[], str]
"""A key, or a function that tells it once all chunks were read (content addressing needs that)."""


class BlobInfo(msgspec.Struct, frozen=True):
    """A stored blob as listed."""

    key: str
    size: int
    modified_ms: int


class BlobStore(Protocol):
    """Where blobs live."""

    def put(self, key: Key, chunks: bytes | Iterable[bytes]) -> int:
        """Store a blob, replacing what was there; returns its size in bytes. Errors of `chunks` pass through."""
        ...

    def get(self, key: str) -> Iterator[bytes]:
        """The content in chunks; raises `NotFound` at once."""
        ...

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """At most `length` bytes from `start`; fewer at the end, none beyond it."""
        ...

    def head(self, key: str) -> BlobInfo:
        """Size and time of the last `put`; raises `NotFound`."""
        ...

    def delete(self, key: str) -> None:
        """Forget a blob; fine when there is none."""
        ...

    def list(self, prefix: str = "", after: str = "") -> Iterator[BlobInfo]:
        """Blobs whose key starts with the text `prefix`, in key order, those greater than `after`."""
        ...

    def sign_url(self, key: str, seconds: int) -> str | None:
        """A URL from which anyone can download the blob for a while; None when the store has none."""
        ...


def checked(key: str) -> str:
    """The key itself when it is clean: parts of letters, digits and `_.=+@-`, joined by `/`, none starting with a dot.

    Raises:
        Invalid: anything else, which includes `..`, absolute paths, empty parts, NUL and backslashes.
    """
    if len(key) > _MAX_KEY or not _KEY.fullmatch(key) or key.startswith(".") or "/." in key:
        raise Invalid(f"not a clean blob key: {key[:80]!r}", where="key")
    return key


def checked_range(start: int, length: int) -> None:
    """Refuse a negative range.

    Raises:
        Invalid: a negative start or length.
    """
    if start < 0 or length < 0:
        raise Invalid("a range cannot be negative", where="range")


def pieces(chunks: bytes | Iterable[bytes]) -> Iterator[bytes]:
    """Chunks as an iterator; a single `bytes` counts as one chunk."""
    return iter((chunks,)) if isinstance(chunks, bytes) else iter(chunks)


def open_blobs(url: str, folder: Path) -> BlobStore:
    """The store of a URL; an empty one is `folder/blobs` on the local disk.

    Raises:
        Invalid: an unknown scheme, or a cloud store without its driver.
    """
    scheme, separator, rest = url.partition("://")
    if not url or scheme == "file" or not separator:
        from modelwright.kit.blobs_disk import DiskBlobs

        return DiskBlobs(Path(rest or url) if url else folder / "blobs")
    if scheme in ("s3", "s3a", "gs", "az", "abfs", "abfss", "azure"):
        from modelwright.kit.blobs_object import ObjectBlobs

        return ObjectBlobs(url)
    raise Invalid(f"unknown blob store {scheme!r}", where="--blobs", hint="use s3://bucket/prefix, gs://… or az://…")
