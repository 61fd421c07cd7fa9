"""Tree to SQL text: every clause becomes a comparison of a column, or an EXISTS probe of the table that holds the key.

Values are always bound, never written into the text. A clause on a missing value is false (also `!=` and `NOT IN`); NOT
is the exact complement of what it stands before. Both engines answer alike: LIKE has no escape character and minds
case, ILIKE and RLIKE are regular expressions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from modelwright.kit import regexp
from modelwright.kit.dialect import Dialect
from modelwright.kit.filters.fields import Field, Fields, Kind
from modelwright.kit.filters.nodes import All, Clause, Duration, Literal, Node, Not, Operator, Some
from modelwright.types.errors import Invalid

_MAX_LIKE = 1_000
_BALANCE = 32

_LIKES = {Operator.LIKE, Operator.NOT_LIKE, Operator.ILIKE, Operator.NOT_ILIKE, Operator.RLIKE, Operator.NOT_RLIKE}
_NEGATED = {
    Operator.NE,
    Operator.NOT_LIKE,
    Operator.NOT_ILIKE,
    Operator.NOT_RLIKE,
    Operator.NOT_IN,
    Operator.NOT_BETWEEN,
}
_TEXTUAL = _LIKES | {Operator.EQ, Operator.NE, Operator.IN, Operator.NOT_IN}
_IDENTITY = {Operator.EQ, Operator.NE, Operator.IN, Operator.NOT_IN}
_NUMERIC = {
    Operator.EQ,
    Operator.NE,
    Operator.LT,
    Operator.LE,
    Operator.GT,
    Operator.GE,
    Operator.IN,
    Operator.NOT_IN,
    Operator.BETWEEN,
    Operator.NOT_BETWEEN,
}

Value = Any


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL with its bound values."""

    text: str
    values: tuple[Value, ...] = ()

    def __and__(self, other: Sql) -> Sql:
        if not self.text or not other.text:
            return self if self.text else other
        return Sql(f"{self.text} AND {other.text}", self.values + other.values)


def where(node: Node | None, fields: Fields, dialect: Dialect, *, whole: bool = False) -> Sql:
    """The condition of a filter; empty text when there is no filter. `whole`: most rows will be asked, not a first few.

    Raises:
        Invalid: an unknown field, a comparator or value that does not fit the field, a bad regular expression.
    """
    return Sql("") if node is None else _Writer(fields, dialect, whole=whole).node(node)


def instant(value: str) -> int | None:
    """Unix ms of an ISO 8601 text (UTC when it names no zone); None when it is none."""
    try:
        moment = dt.datetime.fromisoformat(value.strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=dt.UTC)
        return round((moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) / dt.timedelta(milliseconds=1))
    except (ValueError, OverflowError):
        return None


class _Part(NamedTuple):
    sql: Sql
    depth: int


class _Writer:
    def __init__(self, fields: Fields, dialect: Dialect, *, whole: bool) -> None:
        self._fields = fields
        self._whole = whole
        self._dialect = dialect

    def node(self, node: Node) -> Sql:
        return self._written(node, negated=False).sql

    def _written(self, node: Node, *, negated: bool) -> _Part:
        """A node with NOT pushed down to its clauses and groups merged into groups of their kind: as flat as can be."""
        while isinstance(node, Not):
            node, negated = node.item, not negated
        if isinstance(node, Clause):
            found = self._clause(node)
            return _Part(Sql(f"({found.text} IS NOT TRUE)", found.values) if negated else found, 0)
        every = isinstance(node, All) != negated
        parts = [self._written(item, negated=flip) for item, flip in _members(node, negated, every=every)]
        # The deepest first: a parser then holds the fewest open operators.
        parts.sort(key=lambda part: -part.depth)
        joined = _joined([part.sql for part in parts], " AND " if every else " OR ")
        return _Part(joined, parts[0].depth + 1)

    def _clause(self, clause: Clause) -> Sql:
        field = self._fields.resolve(clause.name)
        if clause.operator in (Operator.IS_NULL, Operator.IS_NOT_NULL):
            missing = clause.operator is Operator.IS_NULL
            if field.source:
                return self._probe(field.source, field.arguments, missing=missing)
            return Sql(f"({field.expr} IS {'' if missing else 'NOT '}NULL)")
        comparison = self._comparison(clause, field)
        if not field.source:
            return Sql(f"({comparison.text})", comparison.values)
        return self._probe(f"{field.source} AND ({comparison.text})", field.arguments + comparison.values)

    def _probe(self, source: str, values: tuple[Value, ...], *, missing: bool = False) -> Sql:
        """Whether a source has a row.

        Written so that PostgreSQL looks it up by key, or with `whole` may hash the table once, but makes no join of it:
        hundreds of joins would take it minutes to plan.
        """
        if self._whole:
            return Sql(f"(EXISTS (SELECT 1 FROM {source}) {'=' if missing else '<>'} FALSE)", values)
        return Sql(f"((SELECT 1 FROM {source} LIMIT 1) IS {'' if missing else 'NOT '}NULL)", values)

    def _comparison(self, clause: Clause, field: Field) -> Sql:
        if field.kind is Kind.ENUM:
            return self._choice(clause, field)
        if field.kind is Kind.TEXT:
            return self._text(clause, field.expr)
        if field.kind is Kind.MIXED:
            return self._mixed(clause, field)
        if field.kind is Kind.ID:
            return self._id(clause, field.expr)
        return self._number(clause, field)

    def _id(self, clause: Clause, expr: str) -> Sql:
        """Ids out of range, or that are no numbers, are nobody's."""
        operator = clause.operator
        if operator not in _IDENTITY:
            raise _comparator(clause, _IDENTITY, "ids")
        known = [known for known in map(_id_value, clause.values) if known is not None]
        positive = operator not in _NEGATED
        if not known:
            return Sql("1=0" if positive else "1=1")
        return Sql(f"{expr} {'IN' if positive else 'NOT IN'} ({_marks(known)})", tuple(known))

    def _text(self, clause: Clause, expr: str) -> Sql:
        operator = clause.operator
        if operator not in _TEXTUAL:
            raise _comparator(clause, _TEXTUAL, "texts")
        values = [_text_value(clause, literal) for literal in clause.values]
        if operator in _LIKES:
            return self._pattern(clause, expr, values[0])
        if operator in (Operator.IN, Operator.NOT_IN):
            return Sql(f"{expr} {operator.value} ({_marks(values)})", tuple(values))
        return Sql(f"{expr} {'=' if operator is Operator.EQ else '<>'} ?", tuple(values))

    def _pattern(self, clause: Clause, expr: str, pattern: str) -> Sql:
        operator = clause.operator
        negation = "NOT " if operator in _NEGATED else ""
        if operator in (Operator.RLIKE, Operator.NOT_RLIKE):
            regexp.check(pattern)
            return Sql(f"{negation}({expr} {self._dialect.matches} ?)", (self._dialect.pattern(pattern),))
        if len(pattern) > _MAX_LIKE:
            raise _refuse(f"the pattern is longer than {_MAX_LIKE:,} characters", clause.values[0].at)
        if operator in (Operator.LIKE, Operator.NOT_LIKE):
            return Sql(f"{negation}({expr} LIKE ?{self._dialect.like_end})", (pattern,))
        return Sql(f"{negation}({expr} {self._dialect.matches} ?)", (regexp.blind(pattern),))

    def _number(self, clause: Clause, field: Field) -> Sql:
        operator = clause.operator
        if operator not in _NUMERIC:
            raise _comparator(clause, _NUMERIC, "numbers")
        values = [_number_value(clause, literal, field.kind) for literal in clause.values]
        expr = field.expr
        if operator is Operator.BETWEEN:
            return Sql(f"{expr} BETWEEN ? AND ?", tuple(values))
        if operator is Operator.NOT_BETWEEN:
            return Sql(f"{expr} NOT BETWEEN ? AND ?", tuple(values))
        if operator in (Operator.IN, Operator.NOT_IN):
            condition = f"{expr} {operator.value} ({_marks(values)})"
        else:
            condition = f"{expr} {'<>' if operator is Operator.NE else operator.value} ?"
        if field.source and operator in (Operator.NE, Operator.NOT_IN):
            condition = f"{expr} IS NULL OR {condition}"  # NaN differs from every number
        return Sql(condition, tuple(values))

    def _mixed(self, clause: Clause, field: Field) -> Sql:
        """A param: compared as a number with numbers, as a text with texts."""
        written = {isinstance(literal.value, str) for literal in clause.values}
        if written == {True}:
            return self._text(clause, field.expr)
        if written == {True, False}:
            raise _refuse(
                f"numbers and texts are mixed for {_short(clause)}. Expected a quoted string value for all or none",
                clause.at,
            )
        numeric = self._number(clause, Field(Kind.NUMBER, field.number))
        if clause.operator in (Operator.NE, Operator.NOT_IN):
            return Sql(
                f"{field.number} IS NULL OR {numeric.text}", numeric.values
            )  # a text differs from every number
        return numeric

    def _choice(self, clause: Clause, field: Field) -> Sql:
        """Decided here, for each of the few values, and sent as a list of those that match."""
        operator = clause.operator
        if operator not in _TEXTUAL:
            raise _comparator(clause, _TEXTUAL, "choices")
        wanted = [_text_value(clause, literal) for literal in clause.values]
        names = list(dict.fromkeys(field.labels.values()))
        if operator not in _LIKES and field.strict:
            for literal, value in zip(clause.values, wanted, strict=True):
                if value.lower() not in {name.lower() for name in names}:
                    raise _refuse(f"{value[:60]!r} is no {_short(clause)}; there are {', '.join(names)}", literal.at)
        chosen = [
            stored
            for stored, name in field.labels.items()
            if _chosen(operator, name, wanted) != (operator in _NEGATED)
        ]
        return Sql(f"{field.expr} IN ({_marks(chosen)})", tuple(chosen)) if chosen else Sql("1=0")


def _chosen(operator: Operator, name: str, wanted: Sequence[str]) -> bool:
    """Whether a name is matched, leaving a negation aside."""
    if operator not in _LIKES:
        return name.lower() in {value.lower() for value in wanted}
    pattern = wanted[0]
    if operator in (Operator.RLIKE, Operator.NOT_RLIKE):
        regexp.check(pattern)
        return regexp.matches(pattern, name)
    return regexp.matches(regexp.blind(pattern[:_MAX_LIKE]), name)


def _members(node: All | Some, negated: bool, *, every: bool) -> list[tuple[Node, bool]]:
    """What a group joins by AND (`every`) or by OR, groups of the same kind inside it included."""
    out: list[tuple[Node, bool]] = []
    for item in node.items:
        flip = negated
        while isinstance(item, Not):
            item, flip = item.item, not flip
        if isinstance(item, Clause) or (isinstance(item, All) != flip) is not every:
            out.append((item, flip))
        else:
            out += _members(item, flip, every=every)
    return out


def _text_value(clause: Clause, literal: Literal) -> str:
    if isinstance(literal.value, str):
        return literal.value
    raise _refuse(
        f"Expected a quoted string value for {_short(clause)} (e.g. 'my-value'). Got value {literal.value}",
        literal.at,
        hint=f"write '{literal.value}'",
    )


def _id_value(literal: Literal) -> int | None:
    value = literal.value
    if isinstance(value, str):
        value = int(value) if value.isascii() and value.isdigit() and len(value) < 20 else None
    return value if isinstance(value, int) and 0 <= value < 1 << 63 else None


def _number_value(clause: Clause, literal: Literal, kind: Kind) -> int | float:
    value = literal.value
    if isinstance(value, Duration):
        if kind is not Kind.DURATION:
            raise _refuse(f"{_short(clause)} is a {kind.value}, not a duration", literal.at)
        return value.ms
    if isinstance(value, str):
        moment = instant(value) if kind is Kind.TIME else None
        if moment is not None:
            return moment
        expected = {
            Kind.TIME: "a time in Unix ms, or a quoted ISO 8601 time such as '2026-01-31T12:00:00Z'",
            Kind.DURATION: "a duration such as 90s, 5m or 2h, or a number of ms",
        }.get(kind, "a number")
        raise _refuse(
            f"Expected numeric value type for {_short(clause)}: {expected}. Found '{value[:60]}'",
            literal.at,
            hint="numbers stand without quotes" if kind is Kind.NUMBER else "",
        )
    return float(value) if kind is Kind.NUMBER else value


def _comparator(clause: Clause, allowed: set[Operator], what: str) -> Invalid:
    names = ", ".join(operator.value for operator in Operator if operator in allowed)
    return _refuse(
        f"Invalid comparator '{clause.operator.value}' for {_short(clause)}: {what} are compared with {names}",
        clause.at,
    )


def _refuse(message: str, at: int, *, hint: str = "") -> Invalid:
    return Invalid(f"{message} (at character {at + 1})", where="filter", hint=hint)


def _short(clause: Clause) -> str:
    return str(clause.name)[:80]


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


def _joined(parts: list[Sql], word: str) -> Sql:
    """Many conditions as a balanced tree, because SQLite bounds the depth of one."""
    if len(parts) > _BALANCE:
        middle = len(parts) // 2
        parts = [_joined(parts[:middle], word), _joined(parts[middle:], word)]
    return Sql(f"({word.join(part.text for part in parts)})", tuple(value for part in parts for value in part.values))
