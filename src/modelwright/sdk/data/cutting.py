"""Contents from files: read once, cut where the content says so (FastCDC), hashed with BLAKE3. Refuses to send.

Both libraries work without the GIL. A file is cut the same way wherever it lies, so an inserted row changes the chunks
around it and no others.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from modelwright.sdk.data.scan import Found
from modelwright.types.codec import to_msgpack
from modelwright.types.errors import Conflict, Invalid, Unavailable
from modelwright.types.packs import LARGEST_ITEM

WHOLE = 1 << 16
"""Files up to this size are one chunk."""
_READ = 1 << 23
_SIZES = ((1 << 35, 1 << 18), (1 << 37, 1 << 20), (1 << 41, 1 << 22))  # files up to a size have chunks of about that
_EMPTY = b""

Give = Callable[[bytes, "bytes | memoryview"], None]
"""Told a digest and its content."""


class Cut(NamedTuple):
    """A file as it was read: the digest of its content, and that of the list of its chunks (if it has several)."""

    digest: bytes
    recipe: bytes


def hasher() -> Any:
    """The constructor of BLAKE3 hashes. Raises `Unavailable` in the light install."""
    return part("blake3").blake3


def part(name: str) -> Any:
    """A package of the extra `data`.

    Raises:
        Unavailable: it is not installed.
    """
    import importlib

    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise Unavailable(
            f"datasets need the package {error.name}, which is not installed",
            hint="install it: pip install 'modelwright[data]'",
        ) from None


def read(item: Found, give: Give, moved: Callable[[int], None] | None = None) -> Cut:
    """Read a file, giving every chunk.

    Raises:
        Conflict: it changes while it is read. Invalid: it is too large.
    """
    new = hasher()
    with open(item.place, "rb", buffering=0) as file:  # noqa: PTH123
        if item.size <= WHOLE:
            data = file.read(WHOLE + 1)
            if len(data) != item.size:
                raise _changed(item)
            digest = new(data).digest()
            if data:
                give(digest, data)
            if moved:
                moved(len(data))
            return Cut(digest, _EMPTY)
        whole = new()
        chunks: list[tuple[bytes, int]] = []
        total = 0
        for view in _chunks(file.read, item):
            digest = new(view).digest()
            chunks.append((digest, len(view)))
            total += len(view)
            give(digest, view)
            whole.update(view)
            if moved:
                moved(len(view))
        after = os.fstat(file.fileno())
        if total != item.size or after.st_mtime_ns != item.mtime_ns:
            raise _changed(item)
    if len(chunks) == 1:
        return Cut(chunks[0][0], _EMPTY)
    recipe = to_msgpack(chunks)
    if len(recipe) > LARGEST_ITEM:
        raise Invalid("the file is too large", where=item.place)
    named = new(recipe).digest()
    give(named, recipe)
    return Cut(whole.digest(), named)


def _chunks(read_some: Callable[[int], bytes], item: Found) -> Iterator[memoryview]:
    average = next((size for most, size in _SIZES if item.size <= most), 0)
    if not average:
        raise Invalid(f"a file has at most {_SIZES[-1][0]:,} bytes", where=item.place)
    cutter = part("pyfastcdc").FastCDC(average, min_size=average >> 2, max_size=average << 2)
    held = b""
    more = True
    while more:
        data = read_some(_READ)
        more = bool(data)
        buffer = held + data if held else data
        view = memoryview(buffer)
        ends: list[tuple[int, int]] = []
        if buffer:
            ends += [(chunk.offset, chunk.length) for chunk in cutter.cut_buf(buffer)]
        if more and ends:
            held = bytes(view[ends.pop()[0]:])  # where it ends is not known before what follows is
        for offset, length in ends:
            yield view[offset:offset + length]


def _changed(item: Found) -> Conflict:
    return Conflict("the file changed while it was read", where=item.place, hint="add it when nobody writes to it")
