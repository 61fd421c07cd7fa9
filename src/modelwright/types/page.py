"""Lists come in pages: a filter, an order, a size and an opaque cursor."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True):
    """One page of a list; `next_page` is empty on the last one."""

    items: list[T]
    next_page: str = ""


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """A search of any list: the filter language of docs/reference/search.md, `order_by` items `field [ASC|DESC]`."""

    filter: str = ""
    order_by: list[str] = []
    max_results: int = 100
    page: str = ""
