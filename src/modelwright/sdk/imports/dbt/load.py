"""Sending what a target folder says to a server. Sent again, it changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from modelwright.sdk.client import Client
from modelwright.sdk.imports.dbt import artifacts, columns, events
from modelwright.sdk.imports.dbt.artifacts import Artifacts, inner, name, strings
from modelwright.types.lineage import ColumnEdge, EdgeNames, EdgeOrigin

_BATCH = 200
_BATCH_BYTES = 4 << 20


class Report(msgspec.Struct, kw_only=True):
    """What was sent."""

    project: str
    namespace: str
    tables: int = 0
    jobs: int = 0
    runs: int = 0
    checks: int = 0
    exposures: int = 0
    column_edges: int = 0
    columns_from: str = ""
    """`fusion index`, `sqlglot`, or nothing when neither could be read."""
    unread: list[str] = []
    """Models whose SQL could not be read for columns."""
    refused: list[str] = []


def load(client: Client, target: Path, namespace: str = "") -> Report:
    """Bring the artifacts of a target folder into the lineage of the client's workspace.

    Args:
        namespace: where its tables live, as other senders name it (`postgres://host:5432`); else the adapter's name.

    Raises:
        NotFound, Invalid: as `artifacts.read`.
    """
    found = artifacts.read(target)
    home = namespace or found.adapter
    told = events.all_of(found, home)
    tables = found.tables()
    report = Report(
        project=found.project, namespace=home, tables=len(tables),
        jobs=sum(node.get("resource_type") != "source" for node in tables.values()),
        runs=sum(each.get("eventType") in ("COMPLETE", "FAIL", "ABORT") and bool(each["outputs"]) for each in told),
        checks=sum(
            len(data["inputFacets"]["dataQualityAssertions"]["assertions"])
            for each in told for data in each.get("inputs", []) if "inputFacets" in data
        ),
    )
    for part in _batches(told):
        answer: Any = client.transport.ask("POST", "/api/v1/lineage/batch", part)
        report.refused += [f"{each['reason']}" for each in answer["failed_events"]]
    _columns(client, found, home, report)
    _exposures(client, found, home, report)
    return report


def _batches(told: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    found: list[list[dict[str, Any]]] = [[]]
    size = 0
    for each in told:
        length = len(msgspec.json.encode(each))
        if found[-1] and (len(found[-1]) >= _BATCH or size + length > _BATCH_BYTES):
            found.append([])
            size = 0
        found[-1].append(each)
        size += length
    return [part for part in found if part]


def _columns(client: Client, found: Artifacts, home: str, report: Report) -> None:
    flows, report.columns_from, report.unread = columns.find(found)
    tables = found.tables()
    gathered: dict[tuple[str, str], dict[tuple[str, str], str]] = {}
    for source, column, target, into, how in flows:
        gathered.setdefault((source, target), {})[column, into] = how
    edges = [
        EdgeNames(
            source=_table(home, name(tables[source])), target=_table(home, name(tables[target])),
            columns=[ColumnEdge(column, into, how) for (column, into), how in pairs.items()],
        )
        for (source, target), pairs in gathered.items()
        if source != target
    ]
    report.column_edges = sum(len(edge.columns) for edge in edges)
    for start in range(0, len(edges), _BATCH):
        client.lineage.declare_all(edges[start : start + _BATCH], EdgeOrigin.INFERRED, f"dbt {report.columns_from}")


def _exposures(client: Client, found: Artifacts, home: str, report: Report) -> None:
    """Exposures as things of their own; `meta.modelwright` names a model or endpoint of ours that one stands for."""
    tables = found.tables()
    edges: list[EdgeNames] = []
    for unique_id, exposure in inner(found.manifest, "exposures").items():
        report.exposures += 1
        node = f"exposure:{unique_id}"
        edges += [
            EdgeNames(source=_table(home, name(tables[each])), target=node)
            for each in strings(inner(exposure, "depends_on").get("nodes"))
            if each in tables
        ]
        ours = inner(exposure, "meta").get("modelwright") or inner(inner(exposure, "config"), "meta").get("modelwright")
        if isinstance(ours, str) and ours:
            edges.append(EdgeNames(source=node, target=ours))
    for start in range(0, len(edges), _BATCH):
        client.lineage.declare_all(edges[start : start + _BATCH], via=f"dbt {found.project}")


def _table(namespace: str, full: str) -> str:
    return f"table:{namespace.replace('::', ':%3A')}::{full}"
