"""Edges that people declare, and what is known about an edge."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from modelwright.domains.audit import service as audit
from modelwright.domains.events import service as events
from modelwright.domains.lineage import rules
from modelwright.domains.lineage.queries import graph as queries
from modelwright.domains.lineage.service.names import locate
from modelwright.domains.lineage.service.writing import link
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.errors import Invalid, NotFound
from modelwright.types.lineage import Edge, EdgeHistory, EdgeNames, EdgeOrigin, Node

_PROOFS = 100


def declare(ctx: Ctx, edges: Sequence[EdgeNames], origin: EdgeOrigin = EdgeOrigin.DECLARED, via: str = "") -> int:
    """Keep edges between things, known or new; all of them or none. Returns how many.

    Raises:
        Invalid: a bad reference, an edge from a thing to itself, an origin that is not for people to say.
        NotFound: an alias that names nothing.
    """
    ctx.require(Permission.WRITE)
    if origin is EdgeOrigin.OBSERVED:
        raise Invalid("only what ran is observed; declare it, or say that it is inferred", where="origin")
    if not 1 <= len(edges) <= rules.MOST_EDGES:
        raise Invalid(f"1 to {rules.MOST_EDGES:,} edges can be declared at once", where="edges")

    def work(tx: Tx) -> None:
        made: list[Edge] = []
        for place, names in enumerate(edges):
            source = _named(ctx, tx, names.source, f"edges[{place}].source")
            target = _named(ctx, tx, names.target, f"edges[{place}].target")
            if source == target:
                raise Invalid("a thing does not come from itself", where=f"edges[{place}]")
            made.append(Edge(source, target, origin, via, names.columns))
        link(ctx, tx, made)
        for edge in made:
            detail = {"origin": origin.value, "source": str(edge.source), "columns": len(edge.columns)}
            audit.append(ctx, tx, "lineage.declared", f"lineage/{edge.target}", detail)

    ctx.db.submit(work).result()
    return len(edges)


def retract(ctx: Ctx, edges: Sequence[EdgeNames], origin: EdgeOrigin = EdgeOrigin.DECLARED) -> int:
    """Take declared (or inferred) edges back. What was observed stays. Returns how many there were.

    Raises:
        Invalid, NotFound: as `declare`, and when there is no such edge.
    """
    ctx.require(Permission.WRITE)
    if origin is EdgeOrigin.OBSERVED:
        raise Invalid("what was observed cannot be taken back", where="origin")
    if not 1 <= len(edges) <= rules.MOST_EDGES:
        raise Invalid(f"1 to {rules.MOST_EDGES:,} edges can be taken back at once", where="edges")

    def work(tx: Tx) -> None:
        for place, names in enumerate(edges):
            source = locate(ctx, tx, names.source, f"edges[{place}].source")
            target = locate(ctx, tx, names.target, f"edges[{place}].target")
            if not queries.drop_edge(tx, source.id, target.id, origin):
                raise NotFound(f"there is no {origin.value} edge between the two", where=f"edges[{place}]")
            detail = {"origin": origin.value, "source": f"{source.kind}:{source.name}"}
            audit.append(ctx, tx, "lineage.retracted", f"lineage/{target.kind}:{target.name}", detail)
            events.publish(ctx, tx, "lineage.changed", f"{target.kind}:{target.name}")

    ctx.db.submit(work).result()
    return len(edges)


def retract_one(ctx: Ctx, source: str, target: str, origin: EdgeOrigin = EdgeOrigin.DECLARED) -> None:
    """As `retract`, one edge."""
    retract(ctx, [EdgeNames(source=source, target=target)], origin)


def origins(names: Sequence[str]) -> list[EdgeOrigin]:
    """Origins by their names. Raises `Invalid`."""
    try:
        return [EdgeOrigin(name) for name in names]
    except ValueError:
        raise Invalid("origins are observed, declared, inferred", where="origins") from None


def history(ctx: Ctx, source: Node | str, target: Node | str) -> list[EdgeHistory]:
    """When the edges between two things were seen first and last, and which runs proved them (the newest 100).

    Raises:
        Invalid: a bad reference. NotFound: no such thing.
    """
    ctx.require(Permission.READ)
    with ctx.db.read() as tx:
        first = locate(ctx, tx, str(source), "source").id
        second = locate(ctx, tx, str(target), "target").id
        rows = queries.between(tx, first, second)
        columns = queries.columns_of(tx, [row.id for row in rows], rules.MOST_COLUMNS)
        return [
            EdgeHistory(
                origin=rules.ORIGINS[row.origin], first_ms=row.first_ms, last_ms=row.last_ms,
                proofs=queries.proofs(tx, row.id, _PROOFS), columns=columns.get(row.id, []),
            )
            for row in rows
        ]


def _named(ctx: Ctx, tx: Tx, text: str, where: str) -> Node:
    node, alias = rules.parse(text, where)
    if not alias:
        return msgspec.structs.replace(node, label="")
    row = locate(ctx, tx, text, where)
    return Node(row.kind, row.name)
