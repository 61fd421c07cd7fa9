"""Which version an alias goes back to."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from modelwright.types.registry import Move


def back(moves: Iterable[Move], alive: Callable[[int], bool]) -> int | None:
    """The version that an alias meant before, by all its moves, oldest first; None: there is none.

    Going back goes on from there: 1, 2, 3, back to 2, back to 1. Versions that are gone are passed over.
    """
    stack: list[int | None] = []
    for move in moves:
        if move.verb == "rolled_back":
            while len(stack) > 1 and stack[-1] != move.version:
                stack.pop()
        elif not stack or stack[-1] != move.version:
            stack.append(move.version)
    if stack:
        stack.pop()
    for version in reversed(stack):
        if version is not None and alive(version):
            return version
    return None
