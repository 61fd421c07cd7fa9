"""What other rooms call in their own transactions: link, describe, same, unlink. Who may do so is their affair."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from modelwright.domains.events import service as events
from modelwright.domains.lineage import rules
from modelwright.domains.lineage.queries import graph as queries
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.codec import finite, from_json, to_json
from modelwright.types.errors import TooLarge
from modelwright.types.lineage import Edge, EdgeOrigin, Node

_NOTHING: Mapping[str, Any] = {}


def link(ctx: Ctx, tx: Tx, edges: Iterable[Edge]) -> None:
    """Keep edges in the workspace, each once by (source, target, origin); nodes that are not known are made.

    Seen again, an edge remembers when it was seen first and last and every `via` that proved it. An edge from a thing
    to itself is left out.

    Raises:
        Invalid: a kind, id or column name that cannot be one.
    """
    wanted = list(edges)
    if not wanted:
        return
    for place, edge in enumerate(wanted):
        rules.check(edge.source, f"edges[{place}].source")
        rules.check(edge.target, f"edges[{place}].target")
        rules.check_columns(edge.columns, f"edges[{place}].columns")
    now = ctx.clock.now_ms()
    numbers = queries.put_nodes(tx, ctx.workspace, [node for e in wanted for node in (e.source, e.target)], now)
    # In one order, so that two writers never wait for each other in a circle.
    keyed = sorted(
        ((numbers[e.source.kind, e.source.id], numbers[e.target.kind, e.target.id], e) for e in wanted),
        key=lambda item: item[:2],
    )
    for source, target, edge in keyed:
        if source == target:
            continue
        number = queries.put_edge(tx, source, target, edge.origin, edge.via, now if edge.at_ms is None else edge.at_ms)
        if edge.columns:
            queries.put_columns(tx, number, source, target, edge.origin, edge.columns)
    events.publish(ctx, tx, "lineage.changed", str(wanted[0].target))


def describe(ctx: Ctx, tx: Tx, node: Node, label: str = "", facts: Mapping[str, Any] = _NOTHING) -> None:
    """Say what a node is called and what is worth knowing of it.

    Facts that are given replace those of the same name, None removes one. Known to answers: `aliases` (a list),
    `stage`, `owner` or `owners`, `state`, `url`; others are shown as they are.

    Raises:
        Invalid: a kind or id that cannot be one. TooLarge: over 64 kB of facts.
    """
    rules.check(node)
    now = ctx.clock.now_ms()
    number = queries.put_nodes(tx, ctx.workspace, [Node(node.kind, node.id)], now)[node.kind, node.id]
    row = queries.nodes(tx, [number])[number]
    known = from_json(row.facts, dict[str, Any])
    merged = {key: value for key, value in {**known, **finite(dict(facts))}.items() if value is not None}
    text = to_json(merged).decode()
    if len(text) > rules.MOST_FACTS:
        raise TooLarge(f"over {rules.MOST_FACTS:,} bytes of facts about {node}", where="facts")
    name = label or node.label
    if text != row.facts or (name and name != row.label) or row.deleted_ms is not None:
        queries.describe(tx, number, name, text, now)


def relabel(ctx: Ctx, tx: Tx, node: Node) -> None:
    """A thing has another label; nothing happens when the graph does not know it."""
    row = queries.find(tx, ctx.workspace, node.kind, node.id)
    if row is not None and row.deleted_ms is None and row.label != node.label:
        queries.describe(tx, row.id, node.label, row.facts, ctx.clock.now_ms())


def rename(ctx: Ctx, tx: Tx, old: Node, new: Node) -> None:
    """A thing has another id; the old one is free for something else.

    Should the graph know something by the new id already, the two are the same from now on.
    """
    row = queries.find(tx, ctx.workspace, old.kind, old.id)
    if row is None:
        return
    rules.check(new)
    if queries.find(tx, ctx.workspace, new.kind, new.id) is not None or (row.kind, row.name) != (old.kind, old.id):
        same(ctx, tx, new, [old])
    else:
        queries.rename(tx, row.id, new.id, new.label, ctx.clock.now_ms())


def cut(ctx: Ctx, tx: Tx, source: Node, target: Node, origin: EdgeOrigin = EdgeOrigin.OBSERVED) -> None:
    """An edge was a mistake: it goes, with its history."""
    first = queries.find(tx, ctx.workspace, source.kind, source.id)
    second = queries.find(tx, ctx.workspace, target.kind, target.id)
    if first is not None and second is not None and queries.drop_edge(tx, first.id, second.id, origin):
        events.publish(ctx, tx, "lineage.changed", str(target))


def same(ctx: Ctx, tx: Tx, node: Node, others: Iterable[Node]) -> None:
    """Say that other names mean the same thing: from now on each finds it, and it has the edges of all."""
    names = [rules.check(each) for each in others]
    now = ctx.clock.now_ms()
    numbers = queries.put_nodes(tx, ctx.workspace, [node, *names], now)
    mine = numbers[node.kind, node.id]
    for each in names:
        other = numbers[each.kind, each.id]
        if other != mine:
            queries.join(tx, mine, other)


def unlink(ctx: Ctx, tx: Tx, node: Node) -> None:
    """A thing was removed for good.

    If something came of it, its place stays, without name and facts and marked gone: what was made from it can still
    be traced to where it came from. Else it goes with its edges.
    """
    row = queries.find(tx, ctx.workspace, node.kind, node.id)
    if row is None:
        return
    if queries.leads_on(tx, row.id):
        queries.bury(tx, row.id, ctx.clock.now_ms())
    else:
        queries.remove(tx, row.id)
    events.publish(ctx, tx, "lineage.changed", str(node))
