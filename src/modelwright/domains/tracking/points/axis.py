"""The bucket grid of a chart: widths are powers of two of the x unit and edges multiples of them, so that zooming and
panning land on the same edges. Pure arithmetic."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from modelwright.domains.tracking.points.columns import I8
from modelwright.domains.tracking.points.pyramid import shift_for

_LEAST, _MOST = -(1 << 63), (1 << 63) - 1
_EXACT = 52  # bits of a bucket's number on an axis of floats


class Grid(NamedTuple):
    """Bucket `i` covers [(first + i)·2^shift, (first + i + 1)·2^shift)."""

    shift: int
    first: int
    buckets: int

    @property
    def start(self) -> int | float:
        """The left edge."""
        return self.first << self.shift if self.shift >= 0 else math.ldexp(float(self.first), self.shift)

    @property
    def width(self) -> int | float:
        """Of each bucket."""
        return 1 << self.shift if self.shift >= 0 else math.ldexp(1.0, self.shift)

    @property
    def bounds(self) -> tuple[int, int]:
        """Least and greatest integer inside, within 64 bits."""
        return max(self.first << self.shift, _LEAST), min(((self.first + self.buckets) << self.shift) - 1, _MOST)

    def whole(self, numbers: I8) -> I8:
        """Buckets of integers; those outside are negative or at least `buckets`."""
        return (
            np.clip(numbers >> self.shift, max(self.first - 1, _LEAST), min(self.first + self.buckets, _MOST))
            - self.first
        )

    def real(self, numbers: NDArray[Any]) -> I8:
        """Buckets of finite floats."""
        with np.errstate(over="ignore"):
            found = np.floor(np.ldexp(numbers, -self.shift))
        return (np.clip(found, self.first - 1, self.first + self.buckets) - self.first).astype(np.int64)


def whole(low: int, high: int, most: int) -> Grid:
    """The finest grid of at most `most` buckets over integers from `low` to `high` (two at least where 0 lies
    between).
    """
    shift = shift_for(low, high, most - 1 if most > 1 or low >= 0 or high < 0 else 1)  # 0 is an edge at every width
    return Grid(shift, low >> shift, (high >> shift) - (low >> shift) + 1)


def real(low: float, high: float, most: int) -> Grid:
    """The finest grid of at most `most` buckets over floats from `low` to `high`; of width 1 at least where they are
    equal.
    """
    if low < 0 <= high:
        most = max(most, 2)
    span = high / most - low / most
    shift = math.frexp(span)[1] - 1 if span > 0 else 0
    far = max(abs(low), abs(high))
    if far:
        shift = max(shift, math.frexp(far)[1] - _EXACT)
    while (count := _bucket(high, shift) - (first := _bucket(low, shift)) + 1) > most:
        shift += 1
    return Grid(shift, first, count)


def _bucket(number: float, shift: int) -> int:
    return math.floor(math.ldexp(number, -shift))
