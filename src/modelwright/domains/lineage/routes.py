"""Native operations of lineage."""

from __future__ import annotations

from modelwright.domains.lineage import service
from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes
from modelwright.types.access import Permission
from modelwright.types.lineage import (
    ColumnGraph,
    Declared,
    DeclaredEdges,
    EdgeHistory,
    EdgeOrigin,
    Graph,
    Impact,
    LineagePath,
    Node,
)
from modelwright.types.page import Page

routes = Routes(prefix="/api/v1", tag="lineage")
ROUTES = [routes]


@routes.get("/lineage/graph", permission=Permission.READ, summary="What a thing came from, and what came of it")
def get_graph(
    ctx: Ctx,
    node: str,
    direction: str = "both",
    depth: int = 5,
    kinds: str = "",
    origins: str = "",
    limit: int = 1_000,
    fan: int = 200,
    columns: bool = False,
) -> Graph:
    """`node` is `kind:id`, `models:/name@alias`, `models:/name/3`, `datasets:/name/2`, `prompts:/name/1` or a run's id.

    `direction` is up, down or both. `kinds` and `origins` (observed, declared, inferred) are comma-separated filters.
    Of one node at most `fan` edges are followed; the answer has at most `limit` nodes and says when it leaves some out.
    """
    return service.graph(
        ctx, node, direction, depth=depth, kinds=_names(kinds), origins=_origins(origins), limit=limit, fan=fan,
        with_columns=columns,
    )


@routes.get("/lineage/impact", permission=Permission.READ, summary="What breaks if a thing, or a column of it, changes")
def get_impact(
    ctx: Ctx, node: str, column: str = "", depth: int = 100, origins: str = "", limit: int = 5_000
) -> Impact:
    """The most urgent first: endpoints and champions, then what has an alias, then the rest by kind and distance."""
    return service.impact(ctx, node, column, depth=depth, origins=_origins(origins), limit=limit)


@routes.get("/lineage/path", permission=Permission.READ, summary="A shortest way between two things")
def get_path(ctx: Ctx, node: str, to: str = "") -> LineagePath:
    """With the flow, whichever of the two is upstream. Without `to`, to the nearest thing with nothing upstream."""
    return service.path(ctx, node, to)


@routes.get("/lineage/columns", permission=Permission.READ, summary="Columns that a column came from, and went to")
def get_columns(
    ctx: Ctx, node: str, column: str = "", direction: str = "both", depth: int = 20, limit: int = 2_000
) -> ColumnGraph:
    """Without `column`, from all columns of the thing that have edges."""
    return service.columns(ctx, node, column, direction, depth=depth, limit=limit)


@routes.get("/lineage/edges", permission=Permission.READ, summary="What is known about the edges between two things")
def get_edges(ctx: Ctx, source: str, target: str) -> Page[EdgeHistory]:
    """One entry an origin: first and last seen, the runs that proved it, its columns."""
    return Page(service.history(ctx, source, target))


@routes.post("/lineage/edges", permission=Permission.WRITE, summary="Declare edges", status=201)
def declare_edges(ctx: Ctx, body: DeclaredEdges) -> Declared:
    """All or none. `origin` is declared (what people know) or inferred (what a tool read out of code)."""
    return Declared(edges=service.declare(ctx, body.edges, body.origin, body.via))


@routes.delete("/lineage/edges", permission=Permission.WRITE, summary="Take back a declared edge")
def retract_edge(ctx: Ctx, source: str, target: str, origin: EdgeOrigin = EdgeOrigin.DECLARED) -> None:
    """What was observed stays."""
    service.retract_one(ctx, source, target, origin)


@routes.get("/lineage/node", permission=Permission.READ, summary="What a reference names in the graph")
def get_node(ctx: Ctx, node: str) -> Node:
    """Its kind, id and label."""
    return service.resolve(ctx, node)


def _names(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def _origins(text: str) -> list[EdgeOrigin]:
    return service.origins(_names(text))
