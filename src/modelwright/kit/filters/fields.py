"""What an entity offers to filters and orders: fixed fields, and maps of keys (params, tags, metrics).

    EVENTS = Fields(
        "audit event",
        {"action": text("action"), "actor": text("actor"), "at": time("at_ms")},
        ends=(Term("id", Kind.INTEGER, descending=True),),
    )

An expression is SQL over the row's own tables. A field with a `source` lives in another table: the source is what
follows SELECT … FROM, ending in a WHERE that ties it to the row, with one `?` for the key when it belongs to a map.
Names are looked up without regard to case. Knows no engine.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from modelwright.kit.filters.nodes import Name
from modelwright.types.errors import Invalid


class Kind(Enum):
    """What the values of a field are."""

    TEXT = "text"
    NUMBER = "number"  # 64-bit float; NULL in a source stands for NaN
    INTEGER = "whole number"
    TIME = "time"  # Unix ms
    DURATION = "duration"  # ms
    ENUM = "choice"
    MIXED = "value"  # text, with a number beside it when it is one
    ID = "id"  # a whole number that filters may also write as a quoted text


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to compare.

    `expr` is the value as SQL; `number` the numeric twin of a MIXED one. `labels` are stored value → name of an ENUM
    (`strict` refuses unknown names). `nullable` columns are absent where they are NULL. `arguments` are bound in the
    source. A source that may have several rows is not `unique`; `latest` is the ORDER BY that picks the one to sort by.
    """

    kind: Kind
    expr: str
    nullable: bool = False
    source: str = ""
    arguments: tuple[str | int | float, ...] = ()
    latest: str = ""
    unique: bool = True
    number: str = ""
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    strict: bool = True


@dataclass(frozen=True, slots=True)
class Keyed:
    """A map: the field of one key, and the functions over it (`min(metrics.loss)`)."""

    value: Field
    functions: Mapping[str, Field] = field(default_factory=dict[str, Field])


@dataclass(frozen=True, slots=True)
class Term:
    """A never-NULL expression that ends every order, so that it is total."""

    expr: str
    kind: Kind
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Fields:
    """Everything of one entity.

    `aliases` are other names of fields, `prefixes` may stand before a fixed one (`attribute.`).
    """

    entity: str
    columns: Mapping[str, Field]
    ends: tuple[Term, ...]
    maps: Mapping[str, Keyed] = field(default_factory=dict[str, Keyed])
    aliases: Mapping[str, str] = field(default_factory=dict[str, str])
    prefixes: tuple[str, ...] = ("attribute", "attributes", "attr")

    def resolve(self, name: Name, *, where: str = "filter") -> Field:
        """The field of a name.

        Raises:
            Invalid: there is none; the hint tells the nearest ones.
        """
        prefix = name.prefix.lower()
        keyed = self.maps.get(prefix)
        if keyed is not None:
            return self._of_map(name, keyed, where)
        if name.function:
            raise Invalid(
                f"{name.function}() is for {self._map_names() or 'nothing here'}, not for {str(name.key)[:60]!r} "
                f"(at character {name.at + 1})",
                where=where,
            )
        if prefix and prefix not in self.prefixes:
            joined = f"{prefix}.{name.key.lower()}"
            if joined in self.columns or joined in self.aliases:
                return self.columns[self.aliases.get(joined, joined)]
            known = [*self.maps, *self.prefixes[:1], *{key.split(".")[0] for key in self.columns if "." in key}]
            raise Invalid(
                f"Invalid entity type '{name.prefix[:60]}' (at character {name.at + 1}). "
                f"Valid entity types are {', '.join(known)}",
                where=where,
                hint=self._nearest(prefix, known),
            )
        key = name.key.lower()
        found = self.columns.get(key) or self.columns.get(self.aliases.get(key, ""))
        if found is None:
            known = [column for column in self.columns if "." not in column]
            hint = self._nearest(key, [*known, *self.aliases])
            if not hint and self.maps:
                hint = f"a key of a map needs its name before it, as in {next(iter(self.maps))}.{name.key[:60]}"
            raise Invalid(
                f"Invalid attribute key '{name.key[:60]}' specified (at character {name.at + 1}). "
                f"Valid keys of a {self.entity} are {', '.join(known)}",
                where=where,
                hint=hint,
            )
        return found

    def _of_map(self, name: Name, keyed: Keyed, where: str) -> Field:
        chosen = keyed.value
        if name.function:
            found = keyed.functions.get(name.function)
            if found is None:
                known = list(keyed.functions)
                raise Invalid(
                    f"there is no function {name.function[:40]!r} of {name.prefix} (at character {name.at + 1}); "
                    f"there {'are ' + ', '.join(known) if known else 'is none'}",
                    where=where,
                    hint=self._nearest(name.function, known),
                )
            chosen = found
        return replace(chosen, arguments=(name.key, *chosen.arguments))

    def _map_names(self) -> str:
        return ", ".join(name for name, keyed in self.maps.items() if keyed.functions)

    def _nearest(self, word: str, known: list[str]) -> str:
        near = difflib.get_close_matches(word[:60], known, n=3, cutoff=0.6)
        return f"did you mean {' or '.join(near)}?" if near else ""


def text(expr: str, *, nullable: bool = False) -> Field:
    """A text column."""
    return Field(Kind.TEXT, expr, nullable)


def integer(expr: str, *, nullable: bool = False) -> Field:
    """A whole number."""
    return Field(Kind.INTEGER, expr, nullable)


def time(expr: str, *, nullable: bool = False) -> Field:
    """A point in time, in Unix ms; filters may write it as quoted ISO 8601."""
    return Field(Kind.TIME, expr, nullable)


def duration(expr: str, *, nullable: bool = False) -> Field:
    """A length of time in ms; filters may write 5m or 2h."""
    return Field(Kind.DURATION, expr, nullable)


def choice(expr: str, labels: Mapping[str, str], *, strict: bool = True) -> Field:
    """A column with few values: stored value → the name that filters use."""
    return Field(Kind.ENUM, expr, labels=labels, strict=strict)
