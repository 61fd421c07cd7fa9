"""Binary frames: a JSON header and columns of numbers, laid out so that a browser can view them in place.

    "MWF1"  4 bytes
    length  uint32, little endian: bytes of the header, padding included
    header  JSON, padded with spaces so that what follows starts at a multiple of 8
    columns one after the other, little endian, each padded with zeros to a multiple of 8

The header's `columns` lists {"name", "type", "length", "offset"}: type as in numpy (`<f8` is a Float64Array, `<i8` a
BigInt64Array), length in numbers, offset in bytes from the start of the frame; whoever encodes may add more to a
column, such as the texts that its numbers stand for. Knows bytes; refuses to know their meaning.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelwright.types.codec import finite, from_json, to_json
from modelwright.types.errors import Invalid

MEDIA_TYPE = "application/vnd.modelwright.frame"
_MAGIC = b"MWF1"
_LENGTH = struct.Struct("<I")
_TYPES = ("<f8", "<i8", "<u4", "<i4", "<f4", "|u1")


def encode(
    header: Mapping[str, Any],
    columns: Mapping[str, NDArray[Any]],
    about: Mapping[str, Mapping[str, Any]] | None = None,
) -> bytes:
    """A frame of named columns; non-finite floats of the header become strings, those of columns stay as they are.

    `about` is what the header says of columns beside their place, by name (finite already).
    """
    arrays: dict[str, NDArray[Any]] = {}
    for name, column in columns.items():
        flat = np.ascontiguousarray(column).reshape(-1)
        arrays[name] = flat.astype(flat.dtype.newbyteorder("<"), copy=False)
    # Offsets are part of the header, so its length is found in two steps; digits may grow it once.
    size = 0
    text = b""
    plain = finite(dict(header))
    while True:
        offset = size
        described: list[dict[str, Any]] = []
        for name, array in arrays.items():
            place = {"name": name, "type": array.dtype.str, "length": len(array), "offset": offset}
            described.append({**about[name], **place} if about and name in about else place)
            offset += -(-array.nbytes // 8) * 8
        text = to_json({**plain, "columns": described})
        needed = -(-(len(_MAGIC) + _LENGTH.size + len(text)) // 8) * 8
        if needed <= size:
            break
        size = needed
    parts: list[Any] = [
        _MAGIC,
        _LENGTH.pack(size - len(_MAGIC) - _LENGTH.size),
        text.ljust(size - len(_MAGIC) - _LENGTH.size),
    ]
    for array in arrays.values():
        parts += (array.data.cast("B") if len(array) else b"", bytes(-array.nbytes % 8))
    return b"".join(parts)


def header(data: bytes) -> dict[str, Any]:
    """The header of a frame, with what it says of its columns. Raises `Invalid`."""
    if len(data) < 8 or data[:4] != _MAGIC:
        raise Invalid("not a frame", where="body")
    (length,) = _LENGTH.unpack_from(data, 4)
    if 8 + length > len(data):
        raise Invalid("a frame is cut short", where="body")
    return from_json(data[8 : 8 + length], dict)


def decode(data: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Header and columns of a frame; the columns are views of `data`.

    Raises:
        Invalid: the bytes are not a frame.
    """
    told = header(data)
    columns: dict[str, NDArray[Any]] = {}
    described: Any = told.pop("columns", None)
    try:
        for column in described:
            if column["type"] not in _TYPES:
                raise Invalid(f"unknown type of column {column['type']!r}", where="body")
            columns[column["name"]] = np.frombuffer(data, column["type"], column["length"], column["offset"])
    except (TypeError, KeyError, ValueError):
        raise Invalid("the columns of the frame are not as its header says", where="body") from None
    return told, columns
