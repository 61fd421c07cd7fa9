"""Orders, and where a page goes on in one.

An order is a list of terms. A value that may be missing takes two: first a rank (0 a value, 1 NaN, 2 missing), always
ascending, so that what is missing comes last in both directions; then the value. The entity's own end terms make it
total.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from modelwright.kit.dialect import Dialect
from modelwright.kit.filters.cursor import Position
from modelwright.kit.filters.fields import Field, Fields, Kind, Term
from modelwright.kit.filters.parser import parse_name
from modelwright.kit.filters.predicates import Sql, Value
from modelwright.types.errors import Invalid

MAX_ITEMS = 10


@dataclass(frozen=True, slots=True)
class Item:
    """One item of an order as asked for."""

    field: Field
    descending: bool


@dataclass(frozen=True, slots=True)
class OrderTerm:
    """One expression to sort by. Where it can be NULL, an earlier rank tells so."""

    expr: str
    kind: Kind
    descending: bool = False
    arguments: tuple[Value, ...] = ()

    @property
    def direction(self) -> str:
        """As SQL."""
        return " DESC" if self.descending else ""


def items(order_by: Sequence[str], fields: Fields) -> list[Item]:
    """The items of an order.

    Raises:
        Invalid: an unknown field, a direction that is neither ASC nor DESC, or too many items.
    """
    if len(order_by) > MAX_ITEMS:
        raise Invalid(f"an order has at most {MAX_ITEMS} items", where="order_by")
    return [_item(text, fields) for text in order_by]


def _item(text: str, fields: Fields) -> Item:
    name, direction = parse_name(text, where="order_by")
    if direction not in ("", "asc", "desc"):
        raise Invalid(
            f"Invalid order_by clause '{text[:100]}': expected ASC or DESC after the field, got {direction[:40]!r}",
            where="order_by",
            hint='one item for each field, as in ["metrics.loss ASC", "start_time DESC"]; quote keys with backticks',
        )
    return Item(fields.resolve(name, where="order_by"), direction == "desc")


def terms(order: Sequence[Item], fields: Fields, dialect: Dialect) -> tuple[Sql, list[OrderTerm]]:
    """The terms of an order, with the end terms of the entity, and the joins that they need."""
    joins, out = item_terms(order, dialect)
    return joins, out + end_terms(fields.ends)


def end_terms(ends: Sequence[Term]) -> list[OrderTerm]:
    """The terms that make an order total."""
    return [OrderTerm(end.expr, end.kind, end.descending) for end in ends]


def item_terms(order: Sequence[Item], dialect: Dialect) -> tuple[Sql, list[OrderTerm]]:
    """The terms of the items, and the joins that they need: what follows the table in FROM."""
    joins: list[str] = []
    values: list[Value] = []
    out: list[OrderTerm] = []
    for number, item in enumerate(order):
        field = item.field
        if field.source and field.unique:
            table, _, condition = field.source.partition(" WHERE ")
            name = table.split()[-1]
            alias = f"o{number}"
            own = re.compile(rf"\b{name}\.")
            joins.append(f" LEFT JOIN {table[: -len(name)]}{alias} ON {own.sub(f'{alias}.', condition)}")
            values += field.arguments
            expr, twin = (own.sub(f"{alias}.", text) for text in (field.expr, field.number))
            present = f"{alias}.key"  # a map's key column, NULL where nothing was joined
            out += _sourced(replace(item, field=replace(field, expr=expr, number=twin)), present, dialect)
        elif field.source:
            out += _picked(item, dialect)
        else:
            out += _fixed(item, dialect)
    return Sql("".join(joins), tuple(values)), out


def _fixed(item: Item, dialect: Dialect) -> list[OrderTerm]:
    field = item.field
    value = OrderTerm(_collated(_named(field), field.kind, dialect), field.kind, item.descending)
    rank = OrderTerm(f"CASE WHEN {field.expr} IS NULL THEN 2 ELSE 0 END", Kind.INTEGER)
    return [rank, value] if field.nullable else [value]


def _sourced(item: Item, present: str, dialect: Dialect) -> list[OrderTerm]:
    field, down = item.field, item.descending
    number = field.number or field.expr
    rank = f"CASE WHEN {number} IS NOT NULL THEN 0 WHEN {present} IS NULL THEN 2 ELSE 1 END"
    found = [OrderTerm(rank, Kind.INTEGER)]
    if field.kind is Kind.MIXED:
        found.append(OrderTerm(number, Kind.NUMBER, down))
    kind = Kind.TEXT if field.kind is Kind.MIXED else field.kind
    return [*found, OrderTerm(_collated(field.expr, kind, dialect), kind, down)]


def _picked(item: Item, dialect: Dialect) -> list[OrderTerm]:
    """The row that `latest` puts first, looked up for every term."""
    field = item.field

    def looked_up(expr: str) -> str:
        return f"(SELECT {expr} FROM {field.source} {field.latest} LIMIT 1)"

    rank = f"COALESCE({looked_up(f'CASE WHEN {field.expr} IS NULL THEN 1 ELSE 0 END')}, 2)"
    return [
        OrderTerm(rank, Kind.INTEGER, arguments=field.arguments),
        OrderTerm(
            _collated(looked_up(field.expr), field.kind, dialect), field.kind, item.descending, field.arguments
        ),
    ]


def after(order: Sequence[OrderTerm], position: Position) -> Sql:
    """The condition of everything behind a position: greater in the first term that differs."""
    choices: list[str] = []
    values: list[Value] = []
    same = ""
    same_values: list[Value] = []
    for term, at in zip(order, position, strict=True):
        if at is None:  # an earlier rank says so for every row of equal rank
            continue
        choices.append(f"({same}{term.expr} {'<' if term.descending else '>'} ?)")
        values += [*same_values, *term.arguments, at]
        same += f"{term.expr} = ? AND "
        same_values += [*term.arguments, at]
    condition = Sql(f"({' OR '.join(choices)})", tuple(values))
    first, start = order[0], position[0]
    if start is None or len(order) == 1:
        return condition
    bound = Sql(f"{first.expr} {'<=' if first.descending else '>='} ?", (*first.arguments, start))
    return bound & condition  # lets an index begin at the right place


def _named(field: Field) -> str:
    """A choice is sorted by the names that people see."""
    if all(stored == name for stored, name in field.labels.items()):
        return field.expr
    cases = " ".join(f"WHEN '{stored}' THEN '{name}'" for stored, name in field.labels.items())
    return f"(CASE {field.expr} {cases} END)"


def _collated(expr: str, kind: Kind, dialect: Dialect) -> str:
    return expr + dialect.binary if kind in (Kind.TEXT, Kind.ENUM, Kind.MIXED) else expr
