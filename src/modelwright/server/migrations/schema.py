"""The tables of all rooms in one place, as the migrations must produce them."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil

import sqlalchemy as sa

from modelwright import domains


def metadata() -> sa.MetaData:
    """One `MetaData` with the tables of every room that has a `tables` module."""
    whole = sa.MetaData()
    for room in sorted(pkgutil.iter_modules(domains.__path__), key=lambda module: module.name):
        name = f"{domains.__name__}.{room.name}.tables"
        if room.ispkg and importlib.util.find_spec(name):
            for table in importlib.import_module(name).metadata.sorted_tables:
                table.to_metadata(whole)
    return whole
