"""Questions to the graph of what came from what.

    graph = mw.lineage("models:/flight-delay@champion")          # up and down, five steps
    graph = client.lineage.upstream("run:<id>", depth=10, kinds=["dataset_version", "table"])
    broken = client.lineage.impact("table:postgres://db::public.flights", column="delay")

A thing is named by `kind:id`, `models:/name/3`, `models:/name@alias`, `datasets:/name/2`, `prompts:/name/1`, a run id.
Knows the native routes. Refuses to know how the graph is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from modelwright.sdk.transport import Transport
from modelwright.types.lineage import (
    ColumnEdge,
    ColumnGraph,
    Declared,
    DeclaredEdges,
    EdgeHistory,
    EdgeNames,
    EdgeOrigin,
    Graph,
    Impact,
    LineagePath,
    Node,
)
from modelwright.types.page import Page

_ROOT = "/api/v1/lineage"


class Lineage:
    """The lineage of a server's workspace."""

    def __init__(self, transport: Transport) -> None:
        self._http = transport

    def graph(
        self,
        node: Node | str,
        direction: str = "both",
        *,
        depth: int = 5,
        kinds: Iterable[str] = (),
        origins: Iterable[EdgeOrigin | str] = (),
        limit: int = 1_000,
        fan: int = 200,
        columns: bool = False,
    ) -> Graph:
        """What a thing came from and what came of it.

        Args:
            direction: `up`, `down` or `both`.
            depth: steps, 1 to 100.
            kinds, origins: only these.
            limit: nodes at most. fan: edges that are followed out of one node.
            columns: also which columns flow.

        Raises:
            NotFound: no such thing. Invalid: a bad reference or number.
        """
        asked = {
            "node": str(node), "direction": direction, "depth": depth, "kinds": ",".join(kinds),
            "origins": ",".join(str(each) for each in origins), "limit": limit, "fan": fan,
            "columns": "true" if columns else None,
        }
        return self._http.call(Graph, "GET", f"{_ROOT}/graph", query=asked)

    def upstream(self, node: Node | str, *, depth: int = 5, kinds: Iterable[str] = (), limit: int = 1_000) -> Graph:
        """What a thing came from."""
        return self.graph(node, "up", depth=depth, kinds=kinds, limit=limit)

    def downstream(self, node: Node | str, *, depth: int = 5, kinds: Iterable[str] = (), limit: int = 1_000) -> Graph:
        """What came of a thing."""
        return self.graph(node, "down", depth=depth, kinds=kinds, limit=limit)

    def impact(self, node: Node | str, column: str = "", *, depth: int = 100, limit: int = 5_000) -> Impact:
        """What breaks if a thing, or one column of it, changes: the most urgent first."""
        asked = {"node": str(node), "column": column or None, "depth": depth, "limit": limit}
        return self._http.call(Impact, "GET", f"{_ROOT}/impact", query=asked)

    def path(self, node: Node | str, to: Node | str = "") -> LineagePath:
        """A shortest way between two things; without `to`, to the nearest thing that nothing is upstream of."""
        return self._http.call(LineagePath, "GET", f"{_ROOT}/path", query={"node": str(node), "to": str(to) or None})

    def columns(
        self, node: Node | str, column: str = "", direction: str = "both", *, depth: int = 20, limit: int = 2_000
    ) -> ColumnGraph:
        """Columns that a column came from and went to."""
        asked = {
            "node": str(node), "column": column or None, "direction": direction, "depth": depth, "limit": limit,
        }
        return self._http.call(ColumnGraph, "GET", f"{_ROOT}/columns", query=asked)

    def history(self, source: Node | str, target: Node | str) -> list[EdgeHistory]:
        """When the edges between two things were seen, and which runs proved them."""
        asked = {"source": str(source), "target": str(target)}
        return self._http.call(Page[EdgeHistory], "GET", f"{_ROOT}/edges", query=asked).items

    def declare(
        self, source: Node | str, target: Node | str, columns: Sequence[ColumnEdge | tuple[str, str]] = ()
    ) -> None:
        """Say that `source` flows into `target`, and which columns of it into which."""
        made = [each if isinstance(each, ColumnEdge) else ColumnEdge(*each) for each in columns]
        self.declare_all([EdgeNames(source=str(source), target=str(target), columns=made)])

    def declare_all(
        self, edges: Sequence[EdgeNames], origin: EdgeOrigin = EdgeOrigin.DECLARED, via: str = ""
    ) -> int:
        """Say many edges at once, all or none; `origin` may be inferred. Returns how many."""
        body = DeclaredEdges(edges=list(edges), origin=origin, via=via)
        return self._http.call(Declared, "POST", f"{_ROOT}/edges", body).edges

    def retract(self, source: Node | str, target: Node | str, origin: EdgeOrigin = EdgeOrigin.DECLARED) -> None:
        """Take a declared (or inferred) edge back."""
        asked = {"source": str(source), "target": str(target), "origin": origin.value}
        self._http.request("DELETE", f"{_ROOT}/edges", query=asked)


def lineage(node: Node | str, direction: str = "both", *, depth: int = 5, kinds: Iterable[str] = ()) -> Graph:
    """What a thing came from and what came of it, asked of the server that is configured. As `Client.lineage.graph`."""
    from modelwright.sdk.client import Client

    with Client() as client:
        return client.lineage.graph(node, direction, depth=depth, kinds=kinds)
