"""Walks over columns: which columns a column was made of, and which were made of it."""

from __future__ import annotations

from modelwright.domains.lineage import rules
from modelwright.domains.lineage.queries import graph as queries
from modelwright.domains.lineage.queries.graph import ColumnRow
from modelwright.domains.lineage.service.names import locate
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.errors import Invalid
from modelwright.types.lineage import ColumnGraph, ColumnLink, ColumnNode, Node

_Key = tuple[int, str]
_WHOLE = "*"
_ROWS = 100_000


class _Found:
    def __init__(self) -> None:
        self.depth: dict[_Key, int] = {}
        self.links: dict[tuple[_Key, _Key], ColumnRow] = {}
        self.truncated = False


def columns(
    ctx: Ctx, node: Node | str, column: str = "", direction: str = "both", *, depth: int = 20, limit: int = 2_000
) -> ColumnGraph:
    """Columns up and down from one column of a thing, or from all of its columns that are known.

    A column that flows into a whole thing (a filter, a join) shows as an edge to its column `*`.

    Raises:
        Invalid: a bad reference, direction or number. NotFound: no such thing.
    """
    ctx.require(Permission.READ)
    if direction not in ("up", "down", "both"):
        raise Invalid("direction is up, down or both", where="direction")
    for value, most, where in ((depth, rules.MOST_DEPTH, "depth"), (limit, rules.MOST_NODES, "limit")):
        if not 1 <= value <= most:
            raise Invalid(f"{where} is 1 to {most:,}", where=where)
    found = _Found()
    with ctx.db.read() as tx:
        number = locate(ctx, tx, str(node)).id
        begin = [(number, column)] if column else _own(tx, number)
        found.depth |= dict.fromkeys(begin, 0)
        for down in (False, True):
            if direction in ("both", "down" if down else "up"):
                _go(tx, begin, found, down=down, depth=depth, limit=limit)
        rows = queries.nodes(tx, {key[0] for key in found.depth})
    kept = [key for key in found.depth if key[0] in rows]
    place = {key: index for index, key in enumerate(kept)}
    return ColumnGraph(
        nodes=[
            ColumnNode(kind=rows[key[0]].kind, id=rows[key[0]].name, column=key[1], depth=found.depth[key])
            for key in kept
        ],
        edges=[
            ColumnLink(source=place[source], target=place[target], how=row.how, origin=rules.ORIGINS[row.origin])
            for (source, target), row in found.links.items()
            if source in place and target in place
        ],
        truncated=found.truncated,
    )


def _own(tx: Tx, number: int) -> list[_Key]:
    names: dict[str, None] = {}
    for row in queries.columns_around(tx, [number], down=True, most=_ROWS):
        names[row.source_column] = None
    for row in queries.columns_around(tx, [number], down=False, most=_ROWS):
        names[row.target_column] = None
    return [(number, name) for name in sorted(names)]


def _go(tx: Tx, begin: list[_Key], found: _Found, *, down: bool, depth: int, limit: int) -> None:
    border = set(begin)
    seen = set(begin)
    for level in range(1, depth + 1):
        if not border:
            return
        rows = queries.columns_around(tx, sorted({key[0] for key in border}), down=down, most=_ROWS)
        found.truncated = found.truncated or len(rows) >= _ROWS
        following: set[_Key] = set()
        for row in rows:
            source, target = (row.source, row.source_column), (row.target, row.target_column)
            near, far = (source, target) if down else (target, source)
            # What filters a whole thing is upstream of each of its columns.
            if near not in border and not (near[1] == _WHOLE and any(key[0] == near[0] for key in border)):
                continue
            if far not in found.depth:
                if len(found.depth) >= limit:
                    found.truncated = True
                    continue
                found.depth[far] = level if down else -level
            found.depth.setdefault(near, level - 1 if down else 1 - level)
            found.links[source, target] = row
            if far not in seen:
                seen.add(far)
                following.add(far)
        border = following
    if border and not found.truncated:  # the depth ended the walk: was there more?
        rows = queries.columns_around(tx, sorted({key[0] for key in border}), down=down, most=_ROWS)
        ends = {(row.source, row.source_column) if down else (row.target, row.target_column) for row in rows}
        found.truncated = bool(border & ends)
