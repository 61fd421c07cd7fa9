"""Every statement of the graph."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from modelwright.domains.lineage.rules import ORIGINS
from modelwright.kit.db import Tx
from modelwright.types.codec import reader
from modelwright.types.lineage import ColumnEdge, EdgeOrigin, GraphNode, Node, Proof

_MANY = 400
_facts = reader(dict[str, Any])
_NODE = "id, kind, name, label, facts, deleted_ms"
_EDGE = "id, source, target, origin, via, first_ms, last_ms"


class NodeRow(NamedTuple):
    """A node as it is kept."""

    id: int
    kind: str
    name: str
    label: str
    facts: str
    deleted_ms: int | None


class EdgeRow(NamedTuple):
    """An edge as it is kept."""

    id: int
    source: int
    target: int
    origin: int
    via: str
    first_ms: int
    last_ms: int


class ColumnRow(NamedTuple):
    """A column edge as it is kept."""

    source: int
    source_column: str
    target: int
    target_column: str
    how: str
    origin: int
    edge: int


def shown(row: NodeRow, depth: int, *, more: bool = False) -> GraphNode:
    """A node for an answer."""
    facts: dict[str, Any] = {} if row.facts == "{}" else _facts(row.facts.encode())
    gone = row.deleted_ms is not None
    return GraphNode(kind=row.kind, id=row.name, label=row.label, depth=depth, facts=facts, gone=gone, more=more)


def _known(tx: Tx, workspace: str, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[int, str]]:
    """(id that has the edges, label) by (kind, name), of those that exist."""
    by_kind: dict[str, list[str]] = {}
    for kind, name in wanted:
        by_kind.setdefault(kind, []).append(name)
    found: dict[tuple[str, str], tuple[int, str]] = {}
    for kind, names in by_kind.items():
        for start in range(0, len(names), _MANY):
            part = names[start : start + _MANY]
            for row in tx.rows(
                "SELECT name, COALESCE(same_as, id), label FROM lineage_nodes "
                f"WHERE workspace = ? AND kind = ? AND name IN ({','.join('?' * len(part))})",
                (workspace, kind, *part),
            ):
                found[kind, row[0]] = (row[1], row[2])
    return found


def put_nodes(tx: Tx, workspace: str, nodes: Sequence[Node], now_ms: int) -> dict[tuple[str, str], int]:
    """The numbers of nodes by (kind, id); those not known are made, and labels that are given replace others."""
    wanted = {(node.kind, node.id): node.label for node in nodes}
    wanted |= {(node.kind, node.id): node.label for node in nodes if node.label}
    names = sorted(wanted)
    known = _known(tx, workspace, names)
    missing = [key for key in names if key not in known]
    if missing:
        tx.many(
            "INSERT INTO lineage_nodes (workspace, kind, name, label, created_ms, updated_ms) VALUES (?,?,?,?,?,?) "
            "ON CONFLICT (workspace, kind, name) DO NOTHING",
            [(workspace, kind, name, wanted[kind, name], now_ms, now_ms) for kind, name in missing],
        )
        known |= _known(tx, workspace, missing)
    tx.many(
        "UPDATE lineage_nodes SET label = ?, updated_ms = ? WHERE id = ?",
        [(wanted[key], now_ms, known[key][0]) for key in names if wanted[key] and wanted[key] != known[key][1]],
    )
    return {key: known[key][0] for key in names}


def find(tx: Tx, workspace: str, kind: str, name: str) -> NodeRow | None:
    """A node by its kind and id, or the one that it is another name of."""
    row = tx.row(
        "SELECT COALESCE(same_as, id) FROM lineage_nodes WHERE workspace = ? AND kind = ? AND name = ?",
        (workspace, kind, name),
    )
    return nodes(tx, [row[0]]).get(row[0]) if row else None


def nodes(tx: Tx, ids: Collection[int]) -> dict[int, NodeRow]:
    """Nodes by number."""
    return {
        row[0]: NodeRow(*row)
        for row in tx.rows(
            f"SELECT {_NODE} FROM lineage_nodes WHERE id {tx.dialect.among}", (tx.dialect.members(list(ids)),)
        )
    }


def starting(tx: Tx, workspace: str, kind: str, prefix: str, most: int) -> list[NodeRow]:
    """Nodes of a kind whose ids begin so, the newest first."""
    rows = tx.rows(
        f"SELECT {_NODE} FROM lineage_nodes WHERE workspace = ? AND kind = ? AND name >= ? AND name < ? "
        "AND same_as IS NULL ORDER BY id DESC LIMIT ?",
        (workspace, kind, prefix, prefix + "\U0010ffff", most),
    )
    return [NodeRow(*row) for row in rows]


def describe(tx: Tx, number: int, label: str, facts: str, now_ms: int) -> None:
    """Say what a node is; it exists (again)."""
    tx.execute(
        "UPDATE lineage_nodes SET label = CASE WHEN ? = '' THEN label ELSE ? END, facts = ?, updated_ms = ?, "
        "deleted_ms = NULL WHERE id = ?",
        (label, label, facts, now_ms, number),
    )


def put_edge(tx: Tx, source: int, target: int, origin: EdgeOrigin, via: str, at_ms: int) -> int:
    """Keep an edge; its times widen, and the newest proof is named. Returns its number."""
    row = tx.row(
        "INSERT INTO lineage_edges (source, target, origin, via, first_ms, last_ms) VALUES (?,?,?,?,?,?) "
        "ON CONFLICT (source, target, origin) DO UPDATE SET "
        "first_ms = CASE WHEN excluded.first_ms < lineage_edges.first_ms THEN excluded.first_ms "
        "ELSE lineage_edges.first_ms END, "
        "via = CASE WHEN excluded.last_ms >= lineage_edges.last_ms AND excluded.via <> '' THEN excluded.via "
        "ELSE lineage_edges.via END, "
        "last_ms = CASE WHEN excluded.last_ms > lineage_edges.last_ms THEN excluded.last_ms "
        "ELSE lineage_edges.last_ms END RETURNING id",
        (source, target, ORIGINS.index(origin), via, at_ms, at_ms),
    )
    assert row is not None
    if via:
        tx.execute(
            "INSERT INTO lineage_proofs (edge, via, at_ms) VALUES (?,?,?) ON CONFLICT (edge, via) DO UPDATE SET "
            "at_ms = CASE WHEN excluded.at_ms > lineage_proofs.at_ms THEN excluded.at_ms "
            "ELSE lineage_proofs.at_ms END",
            (row[0], via, at_ms),
        )
    return row[0]


def put_columns(
    tx: Tx, edge: int, source: int, target: int, origin: EdgeOrigin, columns: Sequence[ColumnEdge]
) -> None:
    """Keep the column edges of an edge, each once."""
    tx.many(
        "INSERT INTO lineage_columns (edge, source, source_column, target, target_column, how, origin) "
        "VALUES (?,?,?,?,?,?,?) ON CONFLICT (edge, source_column, target_column) DO UPDATE SET how = excluded.how",
        sorted(
            (edge, source, each.source, target, each.target, each.how, ORIGINS.index(origin)) for each in columns
        ),
    )


def around(
    tx: Tx, numbers: Sequence[int], *, down: bool, most_each: int, origins: Sequence[EdgeOrigin] = ()
) -> list[EdgeRow]:
    """Edges out of nodes (or into them), of each node the newest ones at most."""
    near, far = ("source", "target") if down else ("target", "source")
    also = f"AND origin IN ({','.join(str(ORIGINS.index(each)) for each in origins)})" if origins else ""
    text = tx.dialect.few(_EDGE, "lineage_edges", near, f"{far} DESC", also)
    return [EdgeRow(*row) for row in tx.rows(text, (tx.dialect.members(numbers), most_each))]


def columns_around(tx: Tx, numbers: Sequence[int], *, down: bool, most: int) -> list[ColumnRow]:
    """Column edges out of nodes (or into them)."""
    near = "source" if down else "target"
    rows = tx.rows(
        "SELECT source, source_column, target, target_column, how, origin, edge FROM lineage_columns "
        f"WHERE {near} {tx.dialect.among} ORDER BY id LIMIT ?",
        (tx.dialect.members(numbers), most),
    )
    return [ColumnRow(*row) for row in rows]


def columns_of(tx: Tx, edges: Sequence[int], most: int) -> dict[int, list[ColumnEdge]]:
    """Column edges by edge."""
    found: dict[int, list[ColumnEdge]] = {}
    for row in tx.rows(
        f"SELECT edge, source_column, target_column, how FROM lineage_columns WHERE edge {tx.dialect.among} "
        "ORDER BY edge, target_column, source_column LIMIT ?",
        (tx.dialect.members(edges), most),
    ):
        found.setdefault(row[0], []).append(ColumnEdge(row[1], row[2], row[3]))
    return found


def between(tx: Tx, source: int, target: int) -> list[EdgeRow]:
    """The edges from one node to another, one an origin."""
    return [
        EdgeRow(*row)
        for row in tx.rows(
            f"SELECT {_EDGE} FROM lineage_edges WHERE source = ? AND target = ? ORDER BY origin", (source, target)
        )
    ]


def proofs(tx: Tx, edge: int, most: int) -> list[Proof]:
    """What proved an edge, newest first."""
    rows = tx.rows(
        "SELECT via, at_ms FROM lineage_proofs WHERE edge = ? ORDER BY at_ms DESC, via LIMIT ?", (edge, most)
    )
    return [Proof(*row) for row in rows]


def drop_edge(tx: Tx, source: int, target: int, origin: EdgeOrigin) -> bool:
    """Forget an edge, its columns and proofs; whether there was one."""
    return (
        tx.execute(
            "DELETE FROM lineage_edges WHERE source = ? AND target = ? AND origin = ?",
            (source, target, ORIGINS.index(origin)),
        )
        > 0
    )


def leads_on(tx: Tx, number: int) -> bool:
    """Whether something came of a node."""
    return tx.row("SELECT 1 FROM lineage_edges WHERE source = ? LIMIT 1", (number,)) is not None


def bury(tx: Tx, number: int, now_ms: int) -> None:
    """Leave a node's place in the graph and nothing else of it."""
    tx.execute(
        "UPDATE lineage_nodes SET label = '', facts = '{}', deleted_ms = ?, updated_ms = ? WHERE id = ?",
        (now_ms, now_ms, number),
    )


def remove(tx: Tx, number: int) -> None:
    """Remove a node with its edges and other names."""
    tx.execute("DELETE FROM lineage_edges WHERE source = ?", (number,))
    tx.execute("DELETE FROM lineage_edges WHERE target = ?", (number,))
    tx.execute("DELETE FROM lineage_nodes WHERE id = ? OR same_as = ?", (number, number))


def rename(tx: Tx, number: int, name: str, label: str, now_ms: int) -> None:
    """Give a node another id in its kind; nobody may have it."""
    tx.execute(
        "UPDATE lineage_nodes SET name = ?, label = CASE WHEN ? = '' THEN label ELSE ? END, updated_ms = ? "
        "WHERE id = ?",
        (name, label, label, now_ms, number),
    )


def join(tx: Tx, number: int, other: int) -> None:
    """`other` is the same thing: its edges become those of `number`."""
    for near in ("source", "target"):
        for row in tx.rows(f"SELECT {_EDGE} FROM lineage_edges WHERE {near} = ?", (other,)):
            edge = EdgeRow(*row)
            end = edge.target if near == "source" else edge.source
            if end not in (number, other):
                _move(tx, edge, (number, end) if near == "source" else (end, number))
        tx.execute(f"DELETE FROM lineage_edges WHERE {near} = ?", (other,))
    tx.execute("UPDATE lineage_nodes SET same_as = ? WHERE id = ? OR same_as = ?", (number, other, other))
    tx.execute(  # what was said of the other is not lost where nothing is said of this one
        "UPDATE lineage_nodes SET label = CASE WHEN label = '' THEN "
        "(SELECT o.label FROM lineage_nodes o WHERE o.id = ?) ELSE label END, facts = CASE WHEN facts = '{}' THEN "
        "(SELECT o.facts FROM lineage_nodes o WHERE o.id = ?) ELSE facts END WHERE id = ?",
        (other, other, number),
    )


def _move(tx: Tx, edge: EdgeRow, ends: tuple[int, int]) -> None:
    origin = ORIGINS[edge.origin]
    made = put_edge(tx, *ends, origin, edge.via, edge.first_ms)
    put_edge(tx, *ends, origin, edge.via, edge.last_ms)
    for proof in proofs(tx, edge.id, 100_000):
        put_edge(tx, *ends, origin, proof.via, proof.at_ms)
    put_columns(tx, made, *ends, origin, columns_of(tx, [edge.id], 100_000).get(edge.id, []))
