"""Columns of 64-bit numbers as bytes: differences, byte planes and zstd.

It knows how to make a column of integers or floats small and how to read it back bit for bit, at memory speed. It
refuses to know what a column means, where it is stored, and whether the bytes arrived whole: the caller keeps a
checksum.

A column is turned into non-negative residuals (the numbers less their least, their first or their second differences,
all in arithmetic modulo 2^64, so that no number is too large), and the residuals into byte planes: all lowest bytes,
then all second bytes, and so on. A plane that is constant costs a byte, one that zstd can shrink is a zstd frame, and
neighbouring planes of pure noise stay together as wider raw fields, because copying one field of four bytes is much
cheaper than four of one. Floats whose values are all whole numbers go the way of integers.
"""

from __future__ import annotations

import struct
import threading
from typing import Any

import numpy as np
import zstandard
from numpy.typing import NDArray

from modelwright.types.errors import Unavailable

I8 = NDArray[np.int64]
F8 = NDArray[np.float64]

_LEVEL = 1
_SAMPLE = 2048
_ZSTD_LEAST = 48  # below this a frame's own header eats the gain
_CONSTANT, _RAW, _ZSTD = 0, 1, 2
_BITS, _WHOLE = 0, 1  # a float column as bit patterns, or as the integers that its values are
_EXACT_WHOLE = float(1 << 53)
_HEAD = struct.Struct("<BBqqq")  # order, residual width, first, first difference, bias
_LENGTH = struct.Struct("<I")
_UNSIGNED: dict[int, np.dtype[Any]] = {1: np.dtype("<u1"), 2: np.dtype("<u2"), 4: np.dtype("<u4"), 8: np.dtype("<u8")}


class _Codecs(threading.local):
    """One compressor and decompressor a thread: zstd contexts release the lock and may not be shared."""

    def __init__(self) -> None:
        self.pack = zstandard.ZstdCompressor(level=_LEVEL)
        self.unpack = zstandard.ZstdDecompressor()


_codecs = _Codecs()


def damaged(what: str, where: str = "metric chunk") -> Unavailable:
    """The refusal of stored bytes that do not say what they should."""
    return Unavailable(
        f"stored metric points are damaged: {what}",
        where=where,
        hint="run `mw doctor`; restore the series from a backup, or delete the metric of this run",
    )


def _pack_planes(residuals: NDArray[Any]) -> bytes:
    """The byte planes of unsigned numbers, each constant, raw or zstd."""
    count, width = len(residuals), residuals.dtype.itemsize
    table = residuals.view(np.uint8).reshape(count, width)
    planes = np.ascontiguousarray(table.T)
    methods: list[int] = []
    packed: dict[int, bytes] = {}
    for number in range(width):
        plane = planes[number]
        if plane[0] == plane[-1] and int(plane.min()) == int(plane.max()):
            methods.append(_CONSTANT)
            continue
        methods.append(_RAW)
        if count >= _ZSTD_LEAST:
            frame = _codecs.pack.compress(plane)
            if len(frame) + _LENGTH.size < 0.97 * count:
                methods[-1] = _ZSTD
                packed[number] = frame
    parts: list[bytes] = []
    number = 0
    while number < width:
        method, size = methods[number], 1
        if method == _RAW:
            while number % (size * 2) == 0 and methods[number : number + size * 2] == [_RAW] * (size * 2):
                size *= 2
        parts.append(bytes((number | (size.bit_length() - 1) << 3 | method << 5,)))
        if method == _CONSTANT:
            parts.append(planes[number, :1].tobytes())
        elif method == _ZSTD:
            parts += (_LENGTH.pack(len(packed[number])), packed[number])
        else:
            parts.append(np.ascontiguousarray(table[:, number : number + size]).tobytes())
        number += size
    return b"".join(parts)


def _unpack_planes(data: memoryview, at: int, count: int, width: int) -> tuple[NDArray[Any], int]:
    """Undo `_pack_planes`: the numbers and the place behind them."""
    if data[at] == (width.bit_length() - 1) << 3 | _RAW << 5:  # numbers as they are, all bytes of them
        return np.frombuffer(data, _UNSIGNED[width], count, at + 1), at + 1 + width * count
    out = np.zeros(count, _UNSIGNED[width])
    done = 0
    while done < width:
        head = data[at]
        number, size, method = head & 7, 1 << (head >> 3 & 3), head >> 5
        at += 1
        if number != done or number + size > width or number % size:
            raise damaged("the byte planes are out of order")
        target = out.view(_UNSIGNED[size])[number // size :: width // size]
        if method == _CONSTANT:
            if data[at]:
                target[:] = data[at]
            at += 1
        elif method == _RAW:
            target[:] = np.frombuffer(data, _UNSIGNED[size], count, at)
            at += size * count
        elif method == _ZSTD:
            (length,) = _LENGTH.unpack_from(data, at)
            at += _LENGTH.size
            frame = data[at : at + length]
            at += length
            if zstandard.frame_content_size(frame) != count:
                raise damaged("a compressed plane has the wrong length")
            target[:] = np.frombuffer(_codecs.unpack.decompress(frame), np.uint8)
        else:
            raise damaged("an unknown kind of byte plane")
        done += size
    return out, at


def _residuals(bits: NDArray[np.uint64], order: int, floor: bool) -> tuple[NDArray[Any], int, int, int]:
    """Differences of an order less their bias, in the narrowest unsigned type, with first, first difference, bias."""
    first = int(bits[:1].view(np.int64)[0]) if order else 0
    rest = bits
    step = 0
    if order:
        rest = bits[1:] - bits[:-1]
        if order > 1:
            step = int(rest[:1].view(np.int64)[0]) if len(rest) else 0
            rest = rest[1:] - rest[:-1]
    if not len(rest):
        return rest.astype("<u1"), first, step, 0
    bias = int(rest.view(np.int64).min()) if floor or order else 0
    rest = rest - np.int64(bias).astype(np.uint64)
    most = int(rest.max())
    width = 1 if most < 1 << 8 else 2 if most < 1 << 16 else 4 if most < 1 << 32 else 8
    return rest.astype(_UNSIGNED[width]), first, step, bias


def best_order(numbers: I8, *, floor: bool = True) -> int:
    """Which order of differences (0, 1 or 2) makes a column smallest, tried on a sample from its middle."""
    start = max(0, (len(numbers) - _SAMPLE) // 2)
    sample = np.ascontiguousarray(numbers[start : start + _SAMPLE]).view(np.uint64)
    sizes: list[int] = []
    for order in (0, 1, 2):
        residuals = _residuals(sample, order, floor)[0]
        sizes.append(len(_pack_planes(residuals)) if len(residuals) and residuals.any() else 0)
    return sizes.index(min(sizes))


def pack_ints(numbers: I8, order: int | None = None, *, floor: bool = True) -> bytes:
    """A column of 64-bit integers as bytes; its length is for the caller to remember.

    Args:
        numbers: any integers, also none.
        order: of the differences, as found by `best_order`, which is asked when absent.
        floor: take the least number off where no differences are taken.
    """
    if not len(numbers):
        return b""
    bits = np.ascontiguousarray(numbers, np.int64).view(np.uint64)
    if order is None:
        order = best_order(numbers, floor=floor)
    order = min(order, len(numbers) - 1)
    residuals, first, step, bias = _residuals(bits, order, floor)
    width = residuals.dtype.itemsize if len(residuals) and residuals.any() else 0
    head = _HEAD.pack(order, width, first, step, bias)
    return head + _pack_planes(residuals) if width else head


def unpack_ints(data: memoryview, at: int, out: I8) -> int:
    """Fill `out` with the column that starts at `at`; returns the place behind it.

    Raises:
        Unavailable: the bytes are not such a column.
    """
    count = len(out)
    if not count:
        return at
    order, width, first, step, bias = _HEAD.unpack_from(data, at)
    at += _HEAD.size
    if order > 2 or order >= count or width not in (0, 1, 2, 4, 8):
        raise damaged("a column head is not valid")
    if width:
        residuals, at = _unpack_planes(data, at, count - order, width)
        rest = out[order:]
        rest[:] = residuals.view(np.int64) if width == 8 else residuals
        if bias:
            rest += bias
    elif order == 1:
        np.multiply(np.arange(count, dtype=np.int64), bias, out=out)
        out += first
        return at
    else:
        out[order:] = bias
    if order:
        out[0] = first
        if order == 2:
            out[1] = step
            np.cumsum(out[1:], out=out[1:])
        np.cumsum(out, out=out)
    return at


def whole(values: F8) -> bool:
    """Whether every value is an integer that a float holds exactly, and none is -0.0, so that integers can stand in."""
    if not len(values) or values[0] != np.rint(values[0]):
        return False
    with np.errstate(invalid="ignore"):
        fits = bool((np.abs(values) <= _EXACT_WHOLE).all()) and bool((values == np.rint(values)).all())
    return fits and not bool((np.signbit(values) & (values == 0.0)).any())


def float_plan(values: F8) -> tuple[int, int]:
    """How a float column is best packed: (as bit patterns or whole numbers, order of differences)."""
    if whole(values):
        return _WHOLE, best_order(values.astype(np.int64))
    return _BITS, best_order(np.ascontiguousarray(values).view(np.int64), floor=False)


def pack_floats(values: F8, plan: tuple[int, int] | None = None) -> bytes:
    """A column of floats as bytes, every bit kept. `plan` is `float_plan` of these or of more values of the series."""
    if not len(values):
        return b""
    kind, order = plan or float_plan(values)
    if kind == _WHOLE and whole(values):
        return bytes((_WHOLE,)) + pack_ints(values.astype(np.int64), order)
    bits = np.ascontiguousarray(values, np.float64).view(np.int64)
    return bytes((_BITS,)) + pack_ints(bits, order if kind == _BITS else 0, floor=False)


def unpack_floats(data: memoryview, at: int, out: F8) -> int:
    """Fill `out` with the float column that starts at `at`; returns the place behind it. Raises as `unpack_ints`."""
    if not len(out):
        return at
    kind = data[at]
    bits = out.view(np.int64)
    if kind > _WHOLE:
        raise damaged("an unknown kind of float column")
    at = unpack_ints(data, at + 1, bits)
    if kind == _WHOLE:
        out[:] = bits.astype(np.float64)
    return at


def pack_singles(values: NDArray[np.float32]) -> bytes:
    """A column of 32-bit floats as byte planes."""
    return _pack_planes(np.ascontiguousarray(values, "<f4").view(np.uint32)) if len(values) else b""


def unpack_singles(data: memoryview, at: int, count: int) -> tuple[NDArray[np.float32], int]:
    """The 32-bit floats that start at `at`, and the place behind them. Raises as `unpack_ints`."""
    if not count:
        return np.empty(0, np.float32), at
    bits, at = _unpack_planes(data, at, count, 4)
    return bits.view(np.float32), at
