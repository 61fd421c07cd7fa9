"""Which columns flow into which: from the index that dbt Fusion writes, or read out of compiled SQL with sqlglot.

Either way it was read out of code and nothing was seen to run, so its edges are `inferred`.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from modelwright.sdk.imports.dbt.artifacts import Artifacts, inner, name, parents

_INDEX = ("index/dbt.column_lineage.parquet", "info_schema/v1/dbt.column_lineage.parquet")
_HOW = {"copy": "DIRECT/IDENTITY", "mod": "DIRECT/TRANSFORMATION", "scan": "INDIRECT"}
Flow = tuple[str, str, str, str, str]
"""(unique id and column that is read, unique id and column that is written, how)."""


def find(artifacts: Artifacts) -> tuple[list[Flow], str, list[str]]:
    """Flows between columns, where they are from, and the models that could not be read."""
    place = next((artifacts.folder / each for each in _INDEX if (artifacts.folder / each).is_file()), None)
    if place is not None and (parquet := _optional("pyarrow.parquet")) is not None:
        return _from_index(artifacts, place, parquet), "fusion index", []
    if (sqlglot := _optional("sqlglot")) is not None:
        flows, unread = _from_sql(artifacts, sqlglot)
        return flows, "sqlglot", unread
    return [], "", []


def _from_index(artifacts: Artifacts, place: Path, parquet: Any) -> list[Flow]:
    tables = artifacts.tables()
    wanted = ["from_node_unique_id", "from_column_name", "to_node_unique_id", "to_column_name", "lineage_kind"]
    rows = parquet.read_table(place, columns=wanted).to_pylist()
    return [
        (row[wanted[0]], row[wanted[1]], row[wanted[2]], row[wanted[3]], _HOW.get(row[wanted[4]] or "", ""))
        for row in rows
        if row[wanted[0]] in tables and row[wanted[2]] in tables and row[wanted[1]] and row[wanted[3]]
    ]


def _from_sql(artifacts: Artifacts, sqlglot: Any) -> tuple[list[Flow], list[str]]:
    tables = artifacts.tables()
    found: list[Flow] = []
    unread: list[str] = []
    for unique_id, node in tables.items():
        code = node.get("compiled_code")
        if node.get("resource_type") not in ("model", "snapshot") or not isinstance(code, str) or not code.strip():
            continue
        above = {name(tables[each]).lower(): each for each in parents(artifacts, unique_id) if each in tables}
        try:
            found += [(*flow[:2], unique_id, *flow[2:]) for flow in _read(artifacts, code, above, sqlglot)]
        except Exception:  # any dialect, any SQL: what cannot be read is named and left out
            unread.append(unique_id)
    return found, unread


def _read(artifacts: Artifacts, code: str, above: dict[str, str], sqlglot: Any) -> Iterator[tuple[str, str, str, str]]:
    """(unique id, column, column it flows into, how) of one statement."""
    lineage: Any = importlib.import_module("sqlglot.lineage")
    optimizer: Any = importlib.import_module("sqlglot.optimizer.qualify")
    schema = _schema(artifacts, list(above.values()))
    dialect = artifacts.adapter if artifacts.adapter in sqlglot.Dialect.classes else None
    parsed = sqlglot.parse_one(code, dialect=dialect)
    qualified = optimizer.qualify(parsed, schema=schema, dialect=dialect, validate_qualify_columns=False)
    for column in qualified.named_selects:
        if column == "*":
            continue
        root = lineage.lineage(column, code, schema=schema, dialect=dialect)
        for leaf in root.walk():
            source = leaf.source
            if leaf.downstream or not isinstance(source, sqlglot.exp.Table):
                continue
            unique_id = above.get(".".join(part.name for part in source.parts).lower())
            inside = leaf.name.rpartition(".")[2].strip('"')
            if unique_id and inside and inside != "*":
                plain = isinstance(root.expression.unalias(), sqlglot.exp.Column)
                yield unique_id, inside, column, "DIRECT/IDENTITY" if plain else "DIRECT/TRANSFORMATION"


def _schema(artifacts: Artifacts, unique_ids: list[str]) -> dict[str, Any]:
    """Columns of the tables that are read, nested by database and schema, as sqlglot wants them."""
    found: dict[str, Any] = {}
    for unique_id in unique_ids:
        node = artifacts.nodes()[unique_id]
        place = "sources" if node.get("resource_type") == "source" else "nodes"
        known = inner(inner(inner(artifacts.catalog, place), unique_id), "columns") or inner(node, "columns")
        columns = {key: str(each.get("type") or "text") for key, each in known.items() if isinstance(each, dict)}
        parts = name(node).split(".")
        inside = found
        for part in parts[:-1]:
            inside = inside.setdefault(part, {})
        inside[parts[-1]] = columns
    return found


def _optional(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError:
        return None
