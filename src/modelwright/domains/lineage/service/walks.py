"""Walks over the graph: level by level, with a limit on nodes and one on what is followed out of a single node."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from modelwright.domains.lineage import rules
from modelwright.domains.lineage.queries import graph as queries
from modelwright.domains.lineage.queries.graph import EdgeRow, NodeRow
from modelwright.domains.lineage.service.names import locate
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.errors import Invalid
from modelwright.types.lineage import EdgeOrigin, Graph, GraphEdge, GraphNode, LineagePath, Node

DEPTH, LIMIT, FAN = 5, 1_000, 200
_PART = 2_000
_SEARCHED = 200_000
_ROOTS = 20
_COLUMNS = 20_000


class Walk:
    """What a walk has found: nodes by number with their depth, edges by number."""

    def __init__(self, start: int) -> None:
        self.depth: dict[int, int] = {start: 0}
        self.edges: dict[int, EdgeRow] = {}
        self.more: set[int] = set()
        self.truncated = False

    def go(
        self, tx: Tx, start: int, *, down: bool, depth: int, limit: int, fan: int, origins: Sequence[EdgeOrigin]
    ) -> None:
        """Follow the flow (or go against it) from a node."""
        border = [start]
        for level in range(1, depth + 1):
            found = self._level(tx, border, down=down, fan=fan, origins=origins)
            border = []
            for edge in found:
                near, far = (edge.source, edge.target) if down else (edge.target, edge.source)
                if far not in self.depth:
                    if len(self.depth) >= limit:
                        self.truncated = True
                        self.more.add(near)
                        continue
                    self.depth[far] = level if down else -level
                    border.append(far)
                self.edges[edge.id] = edge
            if not border:
                return
        if border:  # the depth ended the walk: say where it could go on
            for edge in self._level(tx, border, down=down, fan=1, origins=origins):
                near, far = (edge.source, edge.target) if down else (edge.target, edge.source)
                if far not in self.depth:
                    self.more.add(near)

    def _level(
        self, tx: Tx, border: Sequence[int], *, down: bool, fan: int, origins: Sequence[EdgeOrigin]
    ) -> list[EdgeRow]:
        """The edges of a level: of no node more than `fan`, and one is asked for beyond that to know of it."""
        found: list[EdgeRow] = []
        for start in range(0, len(border), _PART):
            part = border[start : start + _PART]
            rows = queries.around(tx, part, down=down, most_each=fan + 1, origins=origins)
            if len(rows) <= fan:
                found += rows
                continue
            rows.sort(key=lambda edge: edge.target if down else edge.source, reverse=True)  # the newest first
            counts: dict[int, int] = {}
            for edge in rows:
                near = edge.source if down else edge.target
                counts[near] = counts.get(near, 0) + 1
                if counts[near] <= fan:
                    found.append(edge)
                elif fan > 1:
                    self.truncated = True
                    self.more.add(near)
        return found


def graph(
    ctx: Ctx,
    start: Node | str,
    direction: str = "both",
    *,
    depth: int = DEPTH,
    kinds: Collection[str] = (),
    origins: Sequence[EdgeOrigin] = (),
    limit: int = LIMIT,
    fan: int = FAN,
    with_columns: bool = False,
) -> Graph:
    """What a thing came from (`up`), what came of it (`down`), or both.

    Args:
        depth: how many steps, 1 to 100.
        kinds: only these; ways through others become single edges that say how many nodes they hide.
        origins: only edges that are known so.
        limit: nodes at most, 1 to 20,000. fan: edges that are followed out of one node, the newest first.
        with_columns: edges say which columns flow, where it is known.

    Raises:
        Invalid: a bad reference, direction or number. NotFound: no such thing.
    """
    ctx.require(Permission.READ)
    if direction not in ("up", "down", "both"):
        raise Invalid("direction is up, down or both", where="direction")
    for value, most, where in (
        (depth, rules.MOST_DEPTH, "depth"), (limit, rules.MOST_NODES, "limit"), (fan, rules.MOST_FAN, "fan"),
    ):
        if not 1 <= value <= most:
            raise Invalid(f"{where} is 1 to {most:,}", where=where)
    with ctx.db.read() as tx:
        row = locate(ctx, tx, str(start))
        walk = Walk(row.id)
        for down in (False, True):
            if direction in ("both", "down" if down else "up"):
                most = limit if direction != "both" or down else (limit + 1) // 2
                walk.go(tx, row.id, down=down, depth=depth, limit=most, fan=fan, origins=origins)
        nodes, edges = answer(tx, list(walk.depth), list(walk.edges.values()), walk, with_columns=with_columns)
    nodes, edges = rules.filtered(nodes, edges, kinds)
    return Graph(nodes=nodes, edges=edges, truncated=walk.truncated)


def upstream(
    ctx: Ctx, node: Node | str, depth: int = DEPTH, kinds: Collection[str] = (), limit: int = LIMIT
) -> Graph:
    """What a thing came from; as `graph`."""
    return graph(ctx, node, "up", depth=depth, kinds=kinds, limit=limit)


def downstream(
    ctx: Ctx, node: Node | str, depth: int = DEPTH, kinds: Collection[str] = (), limit: int = LIMIT
) -> Graph:
    """What came of a thing; as `graph`."""
    return graph(ctx, node, "down", depth=depth, kinds=kinds, limit=limit)


def answer(
    tx: Tx, numbers: Sequence[int], edges: Sequence[EdgeRow], walk: Walk | None = None, *, with_columns: bool = False
) -> tuple[list[GraphNode], list[GraphEdge]]:
    """Nodes in the order of their numbers here, and edges between places in it."""
    rows: dict[int, NodeRow] = {}
    for start in range(0, len(numbers), _PART):
        rows |= queries.nodes(tx, numbers[start : start + _PART])
    kept = [number for number in numbers if number in rows]
    place = {number: index for index, number in enumerate(kept)}
    more = walk.more if walk else set[int]()
    depths = walk.depth if walk else dict[int, int]()
    nodes = [queries.shown(rows[number], depths.get(number, 0), more=number in more) for number in kept]
    columns = queries.columns_of(tx, [edge.id for edge in edges], _COLUMNS) if with_columns else {}
    return nodes, [
        GraphEdge(
            source=place[edge.source], target=place[edge.target], origin=rules.ORIGINS[edge.origin], via=edge.via,
            first_ms=edge.first_ms, last_ms=edge.last_ms, columns=columns.get(edge.id, []),
        )
        for edge in edges
        if edge.source in place and edge.target in place
    ]


def path(ctx: Ctx, node: Node | str, to: Node | str = "") -> LineagePath:
    """A shortest way between two things, whichever is upstream; or, without `to`, to the nearest thing that nothing
    is upstream of.

    Raises:
        Invalid: a bad reference. NotFound: no such thing.
    """
    ctx.require(Permission.READ)
    with ctx.db.read() as tx:
        first = locate(ctx, tx, str(node)).id
        if not to:
            return _to_root(tx, first)
        second = locate(ctx, tx, str(to), "to").id
        if first == second:
            return LineagePath(nodes=answer(tx, [first], [])[0], edges=[])
        found, cut = _meet(tx, first, second)
        if found is None:
            found, also = _meet(tx, second, first)
            cut = cut or also
        if found is None:
            return LineagePath(nodes=[], edges=[], truncated=cut)
        return _along(tx, found)


def _along(tx: Tx, way: Sequence[EdgeRow], *, truncated: bool = False) -> LineagePath:
    numbers = [way[0].source, *(edge.target for edge in way)]
    nodes, edges = answer(tx, numbers, way, with_columns=True)
    nodes = [msgspec.structs.replace(each, depth=place) for place, each in enumerate(nodes)]
    return LineagePath(nodes=nodes, edges=edges, truncated=truncated)


def _meet(tx: Tx, source: int, target: int) -> tuple[list[EdgeRow] | None, bool]:
    """A way from `source` down to `target`, searched from both ends: always from the end with less before it."""
    known: dict[bool, dict[int, EdgeRow | None]] = {True: {source: None}, False: {target: None}}
    border = {True: [source], False: [target]}
    cut = False
    while border[True] and border[False] and len(known[True]) + len(known[False]) < _SEARCHED:
        down = len(border[True]) <= len(border[False])
        later: list[int] = []
        for start in range(0, len(border[down]), _PART):
            part = border[down][start : start + _PART]
            rows = queries.around(tx, part, down=down, most_each=rules.MOST_FAN + 1)
            cut = cut or len(rows) > rules.MOST_FAN
            for edge in rows:
                far = edge.target if down else edge.source
                if far in known[down]:
                    continue
                known[down][far] = edge
                later.append(far)
                if far in known[not down]:
                    return _way(known, far), cut
        border[down] = later
    return None, cut or bool(border[True] and border[False])


def _way(known: dict[bool, dict[int, EdgeRow | None]], middle: int) -> list[EdgeRow]:
    way: list[EdgeRow] = []
    place = middle
    while (edge := known[True][place]) is not None:
        way.insert(0, edge)
        place = edge.source
    place = middle
    while (edge := known[False][place]) is not None:
        way.append(edge)
        place = edge.target
    return way


def _to_root(tx: Tx, start: int) -> LineagePath:
    known: dict[int, EdgeRow | None] = {start: None}
    border = [start]
    while border and len(known) < _SEARCHED:
        rows = queries.around(tx, border[:_PART], down=False, most_each=rules.MOST_FAN)
        having = {edge.target for edge in rows}
        for number in border[:_PART]:
            if number not in having:
                return _from_root(tx, known, number)
        border = border[_PART:]
        for edge in rows:
            if edge.source not in known:
                known[edge.source] = edge
                border.append(edge.source)
    return LineagePath(nodes=[], edges=[], truncated=bool(border))


def _from_root(tx: Tx, known: dict[int, EdgeRow | None], root: int) -> LineagePath:
    way: list[EdgeRow] = []
    place = root
    while (edge := known[place]) is not None:
        way.append(edge)
        place = edge.target
    return _along(tx, way) if way else LineagePath(nodes=answer(tx, [root], [])[0], edges=[])
