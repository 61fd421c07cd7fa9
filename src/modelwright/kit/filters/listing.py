"""Any list of rows: filter, order and keyset paging in one statement.

    rows, next_page = search(
        tx, "id, at_ms, actor, action", "audit_events", Sql("workspace = ?", (ctx.workspace,)), EVENTS, request
    )

Fine for lists whose rows can be sorted as a whole; runs have a planner of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modelwright.kit.db import Row, Tx
from modelwright.kit.filters import cursor
from modelwright.kit.filters.fields import Fields
from modelwright.kit.filters.order import Item, OrderTerm, after, items, terms
from modelwright.kit.filters.parser import parse
from modelwright.kit.filters.predicates import Sql, where
from modelwright.types.errors import Invalid
from modelwright.types.page import Search

MAX_PAGE = 50_000


def search(
    tx: Tx,
    columns: str,
    table: str,
    scope: Sql,
    fields: Fields,
    request: Search,
    *,
    default: Sequence[str] = (),
    order: Sequence[Item] | None = None,
    most: int = MAX_PAGE,
) -> tuple[list[Row], str]:
    """One page of `SELECT columns FROM table WHERE scope`, and the token of the next one ("" on the last page).

    `default` is the order when the request names none; `order` replaces what the request's items would mean. Rows have
    exactly `columns`.

    Raises:
        Invalid: the filter, the order, the page token or the size is not valid.
    """
    page_size(request.max_results, most)
    asked = items(request.order_by or default, fields) if order is None else order
    joins, sorting = terms(asked, fields, tx.dialect)
    bound = cursor.binding(table, scope, fields.maps, request.filter, sorting)
    start = cursor.decode(request.page, bound, [[term.kind for term in sorting]])
    condition = scope & where(parse(request.filter), fields, tx.dialect)
    if start:
        condition &= after(sorting, start[1])
    joined = Sql(table + joins.text, joins.values)
    rows = ordered(tx, columns, joined, condition, sorting, request.max_results + 1)
    width = len(sorting)
    if len(rows) <= request.max_results:
        return [row[width:] for row in rows], ""
    rows.pop()
    return [row[width:] for row in rows], cursor.encode(bound, 0, rows[-1][:width])


def count(tx: Tx, table: str, scope: Sql, fields: Fields, text: str) -> int:
    """How many rows a filter matches."""
    condition = scope & where(parse(text), fields, tx.dialect, whole=True)
    row = tx.row(f"SELECT COUNT(*) FROM {table} WHERE {condition.text or '1=1'}", condition.values)
    return row[0] if row else 0


def ordered(tx: Tx, columns: str, table: Sql, condition: Sql, order: Sequence[OrderTerm], limit: int) -> list[Row]:
    """Rows with the values of the terms before the columns."""
    selected = ", ".join(term.expr for term in order)
    values: list[Any] = [value for term in order for value in term.arguments]
    sorting = ", ".join(f"{number}{term.direction}" for number, term in enumerate(order, 1))
    return tx.rows(
        f"SELECT {selected}, {columns} FROM {table.text} WHERE {condition.text or '1=1'} ORDER BY {sorting} LIMIT ?",
        (*values, *table.values, *condition.values, limit),
    )


def page_size(size: int, most: int) -> None:
    """Refuse a page size out of bounds.

    Raises:
        Invalid: not from 1 to `most`.
    """
    if not 1 <= size <= most:
        raise Invalid(f"max_results must be from 1 to {most:,}, got {size}", where="max_results")
