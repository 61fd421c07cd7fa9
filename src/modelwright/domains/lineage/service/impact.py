"""What breaks if a thing, or one column of it, changes: everything downstream, the most urgent first."""

from __future__ import annotations

from collections.abc import Sequence

from modelwright.domains.lineage import rules
from modelwright.domains.lineage.queries import graph as queries
from modelwright.domains.lineage.service.names import locate
from modelwright.domains.lineage.service.walks import Walk, answer
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.errors import Invalid
from modelwright.types.lineage import EdgeOrigin, GraphNode, Impact, ImpactItem, Node

LIMIT = 5_000
_WHOLE = "*"
_PART = 2_000


def impact(
    ctx: Ctx,
    node: Node | str,
    column: str = "",
    *,
    depth: int = rules.MOST_DEPTH,
    limit: int = LIMIT,
    origins: Sequence[EdgeOrigin] = (),
) -> Impact:
    """Everything downstream with its kind, owners, aliases and facts; endpoints and champions first.

    With a column, only what that column flows into; where columns are not known on the way, what lies beyond is marked
    `possible`.

    Raises:
        Invalid: a bad reference or number. NotFound: no such thing.
    """
    ctx.require(Permission.READ)
    for value, most, where in ((depth, rules.MOST_DEPTH, "depth"), (limit, rules.MOST_NODES, "limit")):
        if not 1 <= value <= most:
            raise Invalid(f"{where} is 1 to {most:,}", where=where)
    with ctx.db.read() as tx:
        start = locate(ctx, tx, str(node)).id
        walk = Walk(start)
        touched: dict[int, set[str]] = {}
        sure: set[int] = set()
        if column:
            touched, sure = _by_column(tx, start, column, walk, depth, limit, origins)
        else:
            walk.go(tx, start, down=True, depth=depth, limit=limit + 1, fan=limit + 1, origins=origins)
            sure = set(walk.depth)
        numbers = list(walk.depth)
        nodes, _ = answer(tx, numbers, [], walk)
    items = [
        _item(found, sorted(touched.get(number, set()) - {_WHOLE}), possible=number not in sure)
        for number, found in zip(numbers[1:], nodes[1:], strict=True)
        if not found.gone
    ]
    items.sort(key=lambda item: (item.possible, item.rank, item.distance, item.node.kind, item.node.id))
    counts: dict[str, int] = {}
    owners: dict[str, None] = {}
    for item in items:
        counts[item.node.kind] = counts.get(item.node.kind, 0) + 1
        owners |= dict.fromkeys(rules.owners(item.node.facts))
    return Impact(node=nodes[0], items=items, counts=counts, owners=list(owners), truncated=walk.truncated)


def _item(found: GraphNode, columns: list[str], *, possible: bool) -> ImpactItem:
    rank, why = rules.rank(found.kind, found.facts)
    return ImpactItem(node=found, distance=found.depth, rank=rank, why=why, possible=possible, columns=columns)


def _by_column(
    tx: Tx, start: int, column: str, walk: Walk, depth: int, limit: int, origins: Sequence[EdgeOrigin]
) -> tuple[dict[int, set[str]], set[int]]:
    """The columns that are touched by node (`*`: nobody knows which), and the nodes that are touched for certain."""
    touched: dict[int, set[str]] = {start: {column}}
    sure = {start}
    border: dict[int, set[str]] = {start: {column}}
    for level in range(1, depth + 1):
        if not border:
            break
        following: dict[int, set[str]] = {}
        for begin in range(0, len(border), _PART):
            part = dict(list(border.items())[begin : begin + _PART])
            for target, reached, certain in _flows(tx, part, limit, sure, walk, origins):
                if target not in walk.depth:
                    if len(walk.depth) > limit:
                        walk.truncated = True
                        continue
                    walk.depth[target] = level
                news = reached - touched.setdefault(target, set())
                if certain and target not in sure:
                    sure.add(target)
                    news = news | reached
                if news:
                    touched[target] |= news
                    following.setdefault(target, set()).update(news)
        border = following
    return touched, sure


def _flows(
    tx: Tx, border: dict[int, set[str]], limit: int, sure: set[int], walk: Walk, origins: Sequence[EdgeOrigin]
) -> list[tuple[int, set[str], bool]]:
    """(target, columns it is reached by, whether for certain) of the nodes after some."""
    edges = queries.around(tx, list(border), down=True, most_each=limit + 1, origins=origins)
    if len(edges) > limit:
        walk.truncated = True
    known: dict[int, list[tuple[str, str]]] = {}
    for edge, pairs in queries.columns_of(tx, [edge.id for edge in edges], rules.MOST_NODES * 10).items():
        known[edge] = [(each.source, each.target) for each in pairs]
    found: list[tuple[int, set[str], bool]] = []
    for edge in edges:
        here = border[edge.source]
        if edge.id not in known:
            found.append((edge.target, {_WHOLE}, False))
            continue
        reached = {
            target for source, target in known[edge.id] if source in here or source == _WHOLE or _WHOLE in here
        }
        if reached:
            found.append((edge.target, reached, edge.source in sure and here != {_WHOLE}))
    return found
