"""The tables of all rooms in one place, as the migrations must produce them. Knows no room by name."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil

import sqlalchemy as sa

from modelwright import domains

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Text that sorts by code point on both engines, whatever the locale of the PostgreSQL server."""


def metadata() -> sa.MetaData:
    """One `MetaData` with the tables of every room that has a `tables` module."""
    whole = sa.MetaData()
    for room in sorted(pkgutil.iter_modules(domains.__path__), key=lambda module: module.name):
        name = f"{domains.__name__}.{room.name}.tables"
        if room.ispkg and importlib.util.find_spec(name):
            for table in importlib.import_module(name).metadata.sorted_tables:
                copy = table.to_metadata(whole)
                for column in copy.columns:
                    if isinstance(column.type, sa.Text):
                        column.type = TEXT
    return whole


def digest_columns() -> dict[str, str]:
    """Columns that refer to stored contents (declared with `info={"cas": True}`), by table."""
    return {table.name: column.name for table in metadata().tables.values() for column in table.columns
            if column.info.get("cas")}
