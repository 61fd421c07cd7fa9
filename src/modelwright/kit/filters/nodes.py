"""What a filter says, as a tree: clauses joined by AND, OR and NOT, each with its place in the text.

Also writes a tree back as text, so that a builder of filters and a person typing them speak one language.
Knows nothing of which fields exist or what SQL is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

_PLAIN_KEY = re.compile(r"[\w./\-@$:]+")
_PLAIN_NAME = re.compile(r"[^\W\d][\w/\-@$:]*")

KEYWORDS = frozenset(
    {
        "and",
        "or",
        "not",
        "in",
        "is",
        "null",
        "like",
        "ilike",
        "rlike",
        "between",
        "true",
        "false",
    }
)


class Operator(StrEnum):
    """How a field is compared with its values. The negated ones ask for a value too: a missing one never matches."""

    EQ = "="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    LIKE = "LIKE"
    NOT_LIKE = "NOT LIKE"
    ILIKE = "ILIKE"
    NOT_ILIKE = "NOT ILIKE"
    RLIKE = "RLIKE"
    NOT_RLIKE = "NOT RLIKE"
    IN = "IN"
    NOT_IN = "NOT IN"
    BETWEEN = "BETWEEN"
    NOT_BETWEEN = "NOT BETWEEN"
    IS_NULL = "IS NULL"
    IS_NOT_NULL = "IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Name:
    """A field as written: `key`, `prefix.key` or `function(prefix.key)`."""

    key: str
    prefix: str = ""
    function: str = ""
    at: int = field(default=0, compare=False)

    def __str__(self) -> str:
        if self.prefix:
            text = f"{self.prefix}.{self.key if _PLAIN_KEY.fullmatch(self.key) else _quote(self.key, '`')}"
        elif _PLAIN_NAME.fullmatch(self.key) and self.key.lower() not in KEYWORDS:
            text = self.key
        else:
            text = _quote(self.key, "`")
        return f"{self.function}({text})" if self.function else text


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time in milliseconds."""

    ms: int

    def __str__(self) -> str:
        for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)):
            if self.ms and self.ms % size == 0:
                return f"{self.ms // size}{unit}"
        return f"{self.ms}ms"


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as written."""

    value: str | int | float | Duration
    at: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return _quote(self.value, "'") if isinstance(self.value, str) else str(self.value)


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison."""

    name: Name
    operator: Operator
    values: tuple[Literal, ...] = ()
    at: int = field(default=0, compare=False)  # of the operator

    def __str__(self) -> str:
        operator = self.operator
        if operator in (Operator.IS_NULL, Operator.IS_NOT_NULL):
            return f"{self.name} {operator.value}"
        if operator in (Operator.IN, Operator.NOT_IN):
            return f"{self.name} {operator.value} ({', '.join(map(str, self.values))})"
        return f"{self.name} {operator.value} {' AND '.join(map(str, self.values))}"


@dataclass(frozen=True, slots=True)
class Not:
    """Everything that `item` does not match."""

    item: Node

    def __str__(self) -> str:
        return f"NOT {_inner(self.item)}"


@dataclass(frozen=True, slots=True)
class All:
    """Every item matches."""

    items: tuple[Node, ...]

    def __str__(self) -> str:
        return " AND ".join(map(_inner, self.items))


@dataclass(frozen=True, slots=True)
class Some:
    """At least one item matches."""

    items: tuple[Node, ...]

    def __str__(self) -> str:
        return " OR ".join(map(_inner, self.items))


Node = Clause | Not | All | Some


def conjuncts(node: Node | None) -> tuple[Node, ...]:
    """The parts that must all hold."""
    if node is None:
        return ()
    return node.items if isinstance(node, All) else (node,)


def _inner(node: Node) -> str:
    return f"({node})" if isinstance(node, (All, Some)) else str(node)


def _quote(text: str, mark: str) -> str:
    return mark + text.replace(mark, mark * 2) + mark
