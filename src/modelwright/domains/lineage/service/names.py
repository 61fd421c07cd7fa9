"""From what people write to nodes: `models:/flight-delay@champion`, `run:<id>`, `table:db::orders`."""

from __future__ import annotations

from modelwright.domains.lineage import rules
from modelwright.domains.lineage.queries import graph as queries
from modelwright.domains.lineage.queries.graph import NodeRow
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.errors import NotFound
from modelwright.types.lineage import Node

_VERSIONS = 10_000


def resolve(ctx: Ctx, text: str) -> Node:
    """The node of a reference. Raises `Invalid` when it is none, `NotFound` when nothing is known by it."""
    ctx.require(Permission.READ)
    with ctx.db.read() as tx:
        row = locate(ctx, tx, text)
    return Node(row.kind, row.name, row.label)


def locate(ctx: Ctx, tx: Tx, text: str, where: str = "node") -> NodeRow:
    """As `resolve`, in an open transaction. An alias is looked for in the facts of versions (hook `lineage.alias`)."""
    node, alias = rules.parse(text, where)
    if alias:
        for hook in ctx.hooks.get("lineage.alias", []):
            found: Node | None = hook(ctx, tx, node.kind, node.id, alias)
            if found is not None:
                node, alias = found, ""
                break
    if alias:
        for row in queries.starting(tx, ctx.workspace, node.kind, f"{node.id}/", _VERSIONS):
            if alias in rules.aliases(row.facts):
                return row
        raise NotFound(f"nothing in the lineage graph is {text!r}", where=where)
    row = queries.find(tx, ctx.workspace, node.kind, node.id)
    if row is None:
        raise NotFound(
            f"the lineage graph knows no {node.kind} {node.id!r}", where=where,
            hint="things enter it with their first edge",
        )
    return row
