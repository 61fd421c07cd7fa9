"""Which resources of a kind an actor may see: patterns in order, first match wins, and what holds for the rest.

Knows patterns of names (`models/fraud`, `models/fraud-*`, `models/*`) and how to say them in SQL, so that lists are
filtered before they are paged. Refuses to know who holds what.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from modelwright.kit.filters.predicates import Sql


def covers(pattern: str, resource: str) -> bool:
    """Whether a pattern names a resource (`<kind>/<name>`). `*` ends a pattern and stands for any ending."""
    if pattern.endswith("*"):
        return resource.startswith(pattern[:-1])
    return pattern == resource


def touches(pattern: str, kind: str) -> bool:
    """Whether a pattern can name resources of a kind."""
    if pattern.startswith(f"{kind}/"):
        return True
    return pattern.endswith("*") and f"{kind}/".startswith(pattern[:-1])


def weight(pattern: str) -> tuple[int, int]:
    """How specific a pattern is: exact names before prefixes, long prefixes before short ones."""
    return (0, len(pattern) - 1) if pattern.endswith("*") else (1, len(pattern))


class Scope(msgspec.Struct, frozen=True):
    """Which names of one kind are in. `rules` are (name or prefix, whether a prefix, in or out); first match wins.

    `rest` is what holds for names that no rule covers; `only`, when it is not empty, are names or prefixes one of which
    must cover a name as well.
    """

    rest: bool
    rules: tuple[tuple[str, bool, bool], ...] = ()
    only: tuple[tuple[str, bool], ...] = ()

    @property
    def everything(self) -> bool:
        """Whether nothing is left out, so that a list needs no condition."""
        return self.rest and not self.only and all(allowed for _, _, allowed in self.rules)

    @property
    def nothing(self) -> bool:
        """Whether no name can be in."""
        return not self.rest and not any(allowed for _, _, allowed in self.rules)

    def __contains__(self, name: str) -> bool:
        if self.only and not any(_is(text, prefix, name) for text, prefix in self.only):
            return False
        for text, prefix, allowed in self.rules:
            if _is(text, prefix, name):
                return allowed
        return self.rest

    def where(self, column: str) -> Sql:
        """The condition on a text column that holds names of the kind; empty text when nothing is left out.

        Cast ids that are numbers: `scope.where("CAST(experiment_id AS TEXT)")`.
        """
        condition = Sql("")
        if self.nothing:
            return Sql("1 = 0")
        if not (self.rest and all(allowed for _, _, allowed in self.rules)):
            cases = [(_test(text, prefix, column), int(allowed)) for text, prefix, allowed in self.rules]
            if cases:
                whens = " ".join(f"WHEN {test.text} THEN {allowed}" for test, allowed in cases)
                values = tuple(value for test, _ in cases for value in test.values)
                condition = Sql(f"(CASE {whens} ELSE {int(self.rest)} END) = 1", values)
        if self.only:
            tests = [_test(text, prefix, column) for text, prefix in self.only]
            joined = " OR ".join(test.text for test in tests)
            condition &= Sql(f"({joined})", tuple(value for test in tests for value in test.values))
        return condition


def _is(text: str, prefix: bool, name: str) -> bool:
    return name.startswith(text) if prefix else name == text


def _test(text: str, prefix: bool, column: str) -> Sql:
    if not prefix:
        return Sql(f"{column} = ?", (text,))
    if not text:
        return Sql("1 = 1")
    # LIKE would fold case on one engine, and its wildcards would have to be escaped.
    return Sql(f"substr({column}, 1, {len(text)}) = ?", (text,))


def rules_for(kind: str, patterns: Iterable[tuple[str, bool]]) -> tuple[tuple[str, bool, bool], ...]:
    """Patterns with whether they let in, as the rules of one kind, the most specific first."""
    touching = [item for item in patterns if touches(item[0], kind)]
    ordered = sorted(touching, key=lambda item: weight(item[0]), reverse=True)
    return tuple((*_within(kind, pattern), allowed) for pattern, allowed in ordered)


def only_for(kind: str, patterns: Iterable[str]) -> tuple[tuple[str, bool], ...]:
    """The patterns that can name something of a kind, as names and prefixes."""
    return tuple(_within(kind, pattern) for pattern in patterns if touches(pattern, kind))


def _within(kind: str, pattern: str) -> tuple[str, bool]:
    if not pattern.endswith("*"):
        return pattern.removeprefix(f"{kind}/"), False
    start = pattern[:-1]
    return (start.removeprefix(f"{kind}/"), True) if start.startswith(f"{kind}/") else ("", True)
