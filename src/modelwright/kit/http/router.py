"""Finding the operation of a path: a dictionary for fixed paths, a tree of segments for the others.

A template's segment is literal (`runs`), a parameter (`{run_id}`), a parameter with an ending (`{run_id}:restore`), or
the rest of the path (`{path:path}`, last). Literals win over endings, endings over parameters, parameters over rests.
"""

from __future__ import annotations

import re
from typing import Generic, TypeVar

T = TypeVar("T")

_PARAMETER = re.compile(r"\{(\w+)(:path)?\}")
_SEGMENT = re.compile(r"\{(\w+)\}([^{}]*)")


def parameters(template: str) -> list[str]:
    """The names of a template's parameters, in order."""
    return [match[1] for match in _PARAMETER.finditer(template)]


class _Node(Generic[T]):
    __slots__ = ("endings", "leaf", "literals", "parameter", "rest")

    def __init__(self) -> None:
        self.literals: dict[str, _Node[T]] = {}
        self.endings: dict[str, _Node[T]] = {}
        self.parameter: _Node[T] | None = None
        self.rest: dict[str, tuple[list[str], T]] | None = None
        self.leaf: dict[str, tuple[list[str], T]] | None = None


class Router(Generic[T]):
    """Targets by (method, path template)."""

    def __init__(self) -> None:
        self._fixed: dict[str, dict[str, T]] = {}
        self._root: _Node[T] = _Node()

    def add(self, method: str, template: str, target: T) -> None:
        """Declare one.

        Raises:
            ValueError: the same method and path twice, or a template that cannot be read.
        """
        names = parameters(template)
        if not names:
            methods = self._fixed.setdefault(template, {})
            if method in methods:
                raise ValueError(f"{method} {template} is declared twice")
            methods[method] = target
            return
        node = self._root
        segments = template.split("/")[1:]
        for position, segment in enumerate(segments):
            if segment.endswith(":path}") and segment.startswith("{") and position == len(segments) - 1:
                node.rest = self._leaf(node.rest, method, template, names, target)
                return
            match = _SEGMENT.fullmatch(segment)
            if match is None:
                if "{" in segment:
                    raise ValueError(f"cannot read {segment!r} of {template}")
                node = node.literals.setdefault(segment, _Node())
            elif match[2]:
                node = node.endings.setdefault(match[2], _Node())
            else:
                node.parameter = node.parameter or _Node()
                node = node.parameter
        node.leaf = self._leaf(node.leaf, method, template, names, target)

    @staticmethod
    def _leaf(
        leaf: dict[str, tuple[list[str], T]] | None, method: str, template: str, names: list[str], target: T
    ) -> dict[str, tuple[list[str], T]]:
        leaf = {} if leaf is None else leaf
        if method in leaf:
            raise ValueError(f"{method} {template} is declared twice")
        leaf[method] = (names, target)
        return leaf

    def find(self, method: str, path: str) -> tuple[T, dict[str, str]] | set[str]:
        """The target with its path parameters, or the methods that the path does allow (empty: no such path)."""
        allowed: set[str] = set()
        methods = self._fixed.get(path)
        if methods is not None:
            if method in methods:
                return methods[method], {}
            if method == "HEAD" and "GET" in methods:
                return methods["GET"], {}
            allowed.update(methods)
        found = self._walk(self._root, path.split("/"), 1, [], method, allowed)
        return allowed if found is None else found

    def _walk(
        self, node: _Node[T], segments: list[str], position: int, values: list[str], method: str, allowed: set[str]
    ) -> tuple[T, dict[str, str]] | None:
        if position == len(segments):
            return self._at(node.leaf, values, method, allowed)
        segment = segments[position]
        child = node.literals.get(segment)
        if child is not None:
            found = self._walk(child, segments, position + 1, values, method, allowed)
            if found is not None:
                return found
        if segment:
            for ending, child in node.endings.items():
                if segment.endswith(ending) and len(segment) > len(ending):
                    value = segment[: -len(ending)]
                    found = self._walk(child, segments, position + 1, [*values, value], method, allowed)
                    if found is not None:
                        return found
            if node.parameter is not None:
                found = self._walk(node.parameter, segments, position + 1, [*values, segment], method, allowed)
                if found is not None:
                    return found
        if node.rest is not None:
            rest = "/".join(segments[position:])
            if rest:
                return self._at(node.rest, [*values, rest], method, allowed)
        return None

    @staticmethod
    def _at(
        leaf: dict[str, tuple[list[str], T]] | None, values: list[str], method: str, allowed: set[str]
    ) -> tuple[T, dict[str, str]] | None:
        if leaf is None:
            return None
        entry = leaf.get(method) or (leaf.get("GET") if method == "HEAD" else None)
        if entry is None:
            allowed.update(leaf)
            return None
        names, target = entry
        return target, dict(zip(names, values, strict=True))
