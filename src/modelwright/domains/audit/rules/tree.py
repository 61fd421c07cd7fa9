"""The Merkle tree of RFC 6962: how it grows by one leaf, its root at any size, and both kinds of proof.

Hashes of complete subtrees of 256, 65,536 … leaves are kept (`Grown`), as in C2SP tlog-tiles; all others are worked out
from those, so that a proof reads a few hundred hashes whatever the size of the tree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

TILE = 8  # levels of the tree from one kept hash to the next
WIDTH = 1 << TILE
EMPTY = sha256(b"").digest()

Grown = tuple[int, int, bytes]
"""A complete subtree: how many tiles high, which from the left, its hash."""

Read = Callable[[int, int, int], Sequence[bytes]]
"""(tiles high, first, how many) → hashes of complete subtrees; height 0 are the leaves."""


def node(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees."""
    return sha256(b"\1" + left + right).digest()


class Frontier:
    """The right edge of a tree: the complete subtrees that make it up, largest first. All that an append needs."""

    __slots__ = ("hashes", "size")

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        self.size = size
        self.hashes = list(hashes)

    def add(self, leaf: bytes) -> list[Grown]:
        """Append a leaf; returns the subtrees to keep that it completed."""
        grown: list[Grown] = []
        place, height = self.size, 0
        while place & 1:
            leaf = sha256(b"\1" + self.hashes.pop() + leaf).digest()
            place >>= 1
            height += 1
            if not height % TILE:
                grown.append((height // TILE, place, leaf))
        self.hashes.append(leaf)
        self.size += 1
        return grown

    def root(self) -> bytes:
        """The hash of the whole tree."""
        if not self.hashes:
            return EMPTY
        whole = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            whole = node(left, whole)
        return whole

    def packed(self) -> bytes:
        """The hashes in one piece."""
        return b"".join(self.hashes)


def unpacked(size: int, packed: bytes) -> Frontier:
    """A frontier from `packed`."""
    return Frontier(size, [packed[at : at + 32] for at in range(0, len(packed), 32)])


def root(start: int, end: int, read: Read) -> bytes:
    """The hash of the leaves [start, end), where `start` is a multiple of the largest power of two in the length."""
    count = end - start
    if count == 0:
        return EMPTY
    if count & (count - 1) == 0:
        height = count.bit_length() - 1
        below = height // TILE
        hashes = list(read(below, start >> (below * TILE), count >> (below * TILE)))
        while len(hashes) > 1:
            hashes = [node(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
        return hashes[0]
    middle = start + _split(count)
    return node(root(start, middle, read), root(middle, end, read))


def inclusion(index: int, size: int, read: Read) -> list[bytes]:
    """The audit path of leaf `index` (from 0) in the tree of `size` (RFC 6962, 2.1.1)."""
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(root(middle, end, read))
            end = middle
        else:
            path.append(root(start, middle, read))
            start = middle
    return path[::-1]


def consistency(old: int, size: int, read: Read) -> list[bytes]:
    """The proof that the tree of `size` begins with the tree of `old` (RFC 6962, 2.1.2); 0 < old ≤ size."""
    path: list[bytes] = []
    start, end, whole = 0, size, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(root(middle, end, read))
            end = middle
        else:
            path.append(root(start, middle, read))
            start = middle
            whole = False
    if not whole:
        path.append(root(start, end, read))
    return path[::-1]


def includes(leaf: bytes, index: int, size: int, path: Sequence[bytes], whole: bytes) -> bool:
    """Whether a path proves that the tree of this size and root holds the leaf (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for other in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node(other, found)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            found = node(found, other)
        place >>= 1
        last >>= 1
    return last == 0 and found == whole


def extends(old: int, old_root: bytes, size: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether a path proves that a tree only grew from `old` to `size` (RFC 9162, 2.1.4.2)."""
    if old == size:
        return not path and old_root == new_root
    if not 0 < old < size or not path:
        return False
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    place, last = old - 1, size - 1
    while place & 1:
        place >>= 1
        last >>= 1
    before = after = steps[0]
    for other in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node(other, before), node(other, after)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            after = node(after, other)
        place >>= 1
        last >>= 1
    return last == 0 and before == old_root and after == new_root


def _split(count: int) -> int:
    """The largest power of two that is smaller than `count`."""
    return 1 << ((count - 1).bit_length() - 1)
