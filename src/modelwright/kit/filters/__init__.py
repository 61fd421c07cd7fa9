"""The filter language of every list: text → tree → SQL, orders, page tokens. People read docs/reference/search.md.

    FIELDS = Fields("audit event", {"action": text("action"), "at": time("at_ms")}, ends=(Term("id", Kind.INTEGER),))
    rows, next_page = search(
        tx, "id, action, at_ms", "audit_events", Sql("workspace = ?", (space,)), FIELDS, request, default=["at DESC"]
    )

A room keeps its `Fields` beside its queries. Knows no entity, no permission and no HTTP.
"""

from __future__ import annotations

from modelwright.kit.filters.cursor import binding, decode, encode
from modelwright.kit.filters.fields import Field, Fields, Keyed, Kind, Term, choice, duration, integer, text, time
from modelwright.kit.filters.listing import MAX_PAGE, count, ordered, page_size, search
from modelwright.kit.filters.nodes import All, Clause, Literal, Name, Node, Not, Operator, Some, conjuncts
from modelwright.kit.filters.order import Item, OrderTerm, after, end_terms, item_terms, items, terms
from modelwright.kit.filters.parser import parse
from modelwright.kit.filters.predicates import Sql, where

__all__ = [
    "MAX_PAGE",
    "All",
    "Clause",
    "Field",
    "Fields",
    "Item",
    "Keyed",
    "Kind",
    "Literal",
    "Name",
    "Node",
    "Not",
    "Operator",
    "OrderTerm",
    "Some",
    "Sql",
    "Term",
    "after",
    "binding",
    "choice",
    "conjuncts",
    "count",
    "decode",
    "duration",
    "encode",
    "end_terms",
    "integer",
    "item_terms",
    "items",
    "ordered",
    "page_size",
    "parse",
    "search",
    "terms",
    "text",
    "time",
    "where",
]
