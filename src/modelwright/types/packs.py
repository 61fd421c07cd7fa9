"""Packs: many small contents in one, each with its own digest. Knows the bytes; refuses to know where packs are kept.

    MWPACK1\\n · salt (8 bytes) · count (4, little-endian) · count × (BLAKE3 digest (32), size (4)) · the contents

A pack is named by the BLAKE3 digest of its head, which names every content in it: checking the contents one by one
checks the whole. The salt tells packs of the same contents apart when they must be.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import NamedTuple

from modelwright.types.errors import Invalid

MAGIC = b"MWPACK1\n"
FIXED = len(MAGIC) + 12
"""Bytes before the list of contents."""
ITEM = 36
"""Bytes of the head for each content."""
MOST_ITEMS = 65_536
LARGEST_ITEM = 1 << 24
"""Bytes of the largest content that a pack takes."""
LARGEST_PACK = 1 << 27
PREFIX = "pack:"
"""What the names of packs begin with, before 64 hex digits."""

_COUNT = struct.Struct("<8sI")
_ITEM = struct.Struct("<32sI")


class Item(NamedTuple):
    """A content of a pack: its digest, and its size in bytes."""

    digest: bytes
    size: int


def head(items: Sequence[Item], salt: bytes = b"") -> bytes:
    """The head of a pack of these contents, in this order."""
    return b"".join([MAGIC, _COUNT.pack(salt.ljust(8, b"\0")[:8], len(items)), *(_ITEM.pack(*item) for item in items)])


def count(start: bytes) -> int:
    """How many contents a pack has, from its first `FIXED` bytes.

    Raises:
        Invalid: these are not the first bytes of a pack.
    """
    if len(start) != FIXED or not start.startswith(MAGIC):
        raise Invalid("this is not a pack", where="body")
    number: int = _COUNT.unpack_from(start, len(MAGIC))[1]
    if not 1 <= number <= MOST_ITEMS:
        raise Invalid(f"a pack holds from 1 to {MOST_ITEMS:,} contents, not {number:,}", where="body")
    return number


def items(listed: bytes) -> list[Item]:
    """The contents that a head lists after its first `FIXED` bytes.

    Raises:
        Invalid: a content, or all together, are over the limits.
    """
    found = [Item(digest, size) for digest, size in _ITEM.iter_unpack(listed)]
    if any(not 0 < item.size <= LARGEST_ITEM for item in found):
        raise Invalid(f"a content of a pack has from 1 to {LARGEST_ITEM:,} bytes", where="body")
    if sum(item.size for item in found) > LARGEST_PACK:
        raise Invalid(f"a pack holds at most {LARGEST_PACK:,} bytes", where="body")
    return found
