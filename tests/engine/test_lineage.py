"""The graph on both engines: edges kept once, walks with limits, columns, impact, what a removed thing leaves."""

from __future__ import annotations

import itertools

import pytest

from modelwright.domains.lineage import service as lineage
from modelwright.kit.context import Ctx
from modelwright.types.access import Actor, Role
from modelwright.types.errors import Denied, Invalid, NotFound, TooLarge
from modelwright.types.lineage import ColumnEdge, Edge, EdgeNames, EdgeOrigin, Graph, Node

A, B, C, D = (Node("table", f"db::{name}") for name in "abcd")
RUN = Node("run", "0" * 32)
MODEL = Node("model", "m-" + "1" * 32)
VERSION = Node("model_version", "flight-delay/3")
OBSERVED, DECLARED, INFERRED = EdgeOrigin.OBSERVED, EdgeOrigin.DECLARED, EdgeOrigin.INFERRED


def link(ctx: Ctx, *edges: Edge) -> None:
    with ctx.db.write() as tx:
        lineage.link(ctx, tx, edges)


def chain(ctx: Ctx, *nodes: Node) -> None:
    link(ctx, *[Edge(source, target) for source, target in itertools.pairwise(nodes)])


def ids(graph: Graph) -> list[tuple[str, int]]:
    return [(node.id, node.depth) for node in graph.nodes]


def pairs(graph: Graph) -> set[tuple[str, str]]:
    return {(graph.nodes[edge.source].id, graph.nodes[edge.target].id) for edge in graph.edges}


def test_a_walk_goes_up_and_down_to_the_depth_that_was_asked(ctx: Ctx) -> None:
    chain(ctx, A, B, RUN, MODEL, VERSION)
    assert ids(lineage.upstream(ctx, VERSION, depth=2)) == [(VERSION.id, 0), (MODEL.id, -1), (RUN.id, -2)]
    assert lineage.upstream(ctx, VERSION, depth=2).nodes[2].more
    whole = lineage.graph(ctx, RUN)
    assert dict(ids(whole)) == {A.id: -2, B.id: -1, RUN.id: 0, MODEL.id: 1, VERSION.id: 2}
    assert pairs(whole) == {(A.id, B.id), (B.id, RUN.id), (RUN.id, MODEL.id), (MODEL.id, VERSION.id)}
    assert not whole.truncated


def test_a_circle_ends_a_walk(ctx: Ctx) -> None:
    chain(ctx, A, B, C, A)
    found = lineage.downstream(ctx, A, depth=100)
    assert ids(found) == [(A.id, 0), (B.id, 1), (C.id, 2)]
    assert len(found.edges) == 3


def test_an_edge_is_kept_once_with_its_first_and_last_time_and_its_proofs(ctx: Ctx) -> None:
    for at, via in ((2_000, "two"), (1_000, "one"), (3_000, "three"), (2_000, "two")):
        link(ctx, Edge(A, B, OBSERVED, via, at_ms=at))
    link(ctx, Edge(A, B, DECLARED))
    observed, declared = lineage.history(ctx, A, B)
    assert (observed.first_ms, observed.last_ms) == (1_000, 3_000)
    assert [(proof.via, proof.at_ms) for proof in observed.proofs] == [("three", 3_000), ("two", 2_000), ("one", 1_000)]
    assert declared.origin is DECLARED and declared.proofs == []
    assert {edge.origin for edge in lineage.graph(ctx, A).edges} == {OBSERVED, DECLARED}
    assert [edge.via for edge in lineage.graph(ctx, A, origins=[OBSERVED]).edges] == ["three"]


def test_kinds_filter_the_answer_and_ways_through_others_become_single_edges(ctx: Ctx) -> None:
    chain(ctx, A, RUN, MODEL, VERSION)
    link(ctx, Edge(B, RUN, INFERRED))
    found = lineage.graph(ctx, VERSION, "up", kinds=["table"])
    assert {node.id for node in found.nodes} == {VERSION.id, A.id, B.id}
    assert {(found.nodes[e.source].id, e.hidden, e.origin) for e in found.edges} == {
        (A.id, 2, OBSERVED), (B.id, 2, INFERRED),
    }


def test_a_hub_is_cut_at_the_limits_and_the_answer_says_so(ctx: Ctx) -> None:
    link(ctx, *[Edge(A, Node("table", f"db::child-{n}")) for n in range(500)])
    link(ctx, Edge(A, B), Edge(B, C))
    found = lineage.downstream(ctx, A, limit=1_000)
    assert (len(found.nodes), found.truncated, found.nodes[0].more) == (201 + 1, True, True)
    assert B.id in [node.id for node in found.nodes], "the newest edges are followed first"
    few = lineage.graph(ctx, A, "down", limit=10, fan=1_000)
    assert (len(few.nodes), few.truncated) == (10, True)
    assert not lineage.graph(ctx, A, "down", limit=1_000, fan=1_000).truncated


def test_the_shortest_way_is_found_whichever_end_is_upstream(ctx: Ctx) -> None:
    chain(ctx, A, B, C, VERSION)
    chain(ctx, A, D, VERSION)
    link(ctx, *[Edge(A, Node("table", f"db::child-{n}")) for n in range(300)])
    for way in (lineage.path(ctx, A, VERSION), lineage.path(ctx, VERSION, A)):
        assert [node.id for node in way.nodes] == [A.id, D.id, VERSION.id]
        assert [(edge.source, edge.target) for edge in way.edges] == [(0, 1), (1, 2)]
    assert lineage.path(ctx, B, D).nodes == []
    assert [node.id for node in lineage.path(ctx, VERSION).nodes] == [A.id, D.id, VERSION.id]
    assert [node.id for node in lineage.path(ctx, A).nodes] == [A.id]
    assert [node.id for node in lineage.path(ctx, A, A).nodes] == [A.id]


def test_impact_names_what_serves_people_first_and_whom_to_ask(ctx: Ctx) -> None:
    endpoint = Node("endpoint", "delays")
    chain(ctx, A, RUN, MODEL, VERSION)
    chain(ctx, MODEL, Node("model_version", "flight-delay/2"))
    link(ctx, Edge(VERSION, endpoint))
    with ctx.db.write() as tx:
        lineage.describe(ctx, tx, VERSION, "flight-delay 3", {"aliases": ["champion"], "owner": "ada"})
        lineage.describe(ctx, tx, endpoint, "", {"owners": ["ada", "grace"]})
    found = lineage.impact(ctx, A)
    assert [(item.node.kind, item.rank) for item in found.items[:3]] == [
        ("model_version", 0), ("endpoint", 0), ("model_version", 2),
    ]
    assert (found.items[0].why, found.items[0].node.label, found.items[0].distance) == (
        "is @champion", "flight-delay 3", 3,
    )
    assert found.counts == {"model_version": 2, "endpoint": 1, "model": 1, "run": 1}
    assert found.owners == ["ada", "grace"]


def test_impact_of_a_column_follows_columns_and_says_where_it_only_may_reach(ctx: Ctx) -> None:
    link(
        ctx,
        Edge(A, B, columns=[ColumnEdge("delay", "late", "AGGREGATION"), ColumnEdge("carrier", "airline")]),
        Edge(B, C, columns=[ColumnEdge("airline", "name")]),
        Edge(B, D, columns=[ColumnEdge("late", "*", "FILTER")]),
        Edge(C, RUN), Edge(D, MODEL),
    )
    late = lineage.impact(ctx, A, "delay")
    assert {(item.node.id, item.possible) for item in late.items} == {(B.id, False), (D.id, False), (MODEL.id, True)}
    assert next(item.columns for item in late.items if item.node.id == B.id) == ["late"]
    name = lineage.impact(ctx, A, "carrier")
    assert {(item.node.id, item.possible) for item in name.items} == {(B.id, False), (C.id, False), (RUN.id, True)}
    assert lineage.impact(ctx, A, "no-such-column").items == []


def test_columns_are_walked_up_and_down(ctx: Ctx) -> None:
    link(
        ctx,
        Edge(A, B, columns=[ColumnEdge("x", "y", "IDENTITY"), ColumnEdge("k", "*", "JOIN")]),
        Edge(B, C, INFERRED, columns=[ColumnEdge("y", "z")]),
    )
    up = lineage.columns(ctx, C, "z", "up")
    assert {(node.id, node.column) for node in up.nodes} >= {(C.id, "z"), (B.id, "y"), (A.id, "x"), (A.id, "k")}
    down = lineage.columns(ctx, A, "x", "down")
    assert [(node.column, node.depth) for node in down.nodes] == [("x", 0), ("y", 1), ("z", 2)]
    assert [(edge.how, edge.origin) for edge in down.edges] == [("IDENTITY", OBSERVED), ("", INFERRED)]
    assert {node.column for node in lineage.columns(ctx, B).nodes if node.depth == 0} == {"y", "*"}


def test_a_removed_thing_leaves_its_place_when_something_came_of_it_and_else_nothing(ctx: Ctx) -> None:
    chain(ctx, A, RUN, MODEL)
    with ctx.db.write() as tx:
        lineage.describe(ctx, tx, RUN, "secret name", {"user": "ada"})
        lineage.unlink(ctx, tx, RUN)
    found = lineage.upstream(ctx, MODEL)
    assert [(node.id, node.gone, node.label, node.facts) for node in found.nodes[1:]] == [
        (RUN.id, True, "", {}), (A.id, False, "", {}),
    ]
    assert [item.node.kind for item in lineage.impact(ctx, A).items] == ["model"]
    with ctx.db.write() as tx:
        lineage.unlink(ctx, tx, MODEL)
        lineage.unlink(ctx, tx, RUN)
        lineage.unlink(ctx, tx, RUN)
    assert ids(lineage.graph(ctx, A)) == [(A.id, 0)]
    with pytest.raises(NotFound):
        lineage.graph(ctx, MODEL)


def test_two_names_of_one_thing_are_one_node_with_the_edges_of_both(ctx: Ctx) -> None:
    chain(ctx, A, B)
    link(ctx, Edge(C, D, via="run", columns=[ColumnEdge("x", "y")]))
    with ctx.db.write() as tx:
        lineage.describe(ctx, tx, C, "the other", {"owner": "ada"})
        lineage.same(ctx, tx, B, [C])
        lineage.same(ctx, tx, C, [B])
    assert pairs(lineage.graph(ctx, A)) == {(A.id, B.id), (B.id, D.id)}
    assert ids(lineage.graph(ctx, C)) == ids(lineage.graph(ctx, B))
    same = lineage.graph(ctx, B).nodes[0]
    assert (same.label, same.facts) == ("the other", {"owner": "ada"})
    assert [proof.via for proof in lineage.history(ctx, C, D)[0].proofs] == ["run"]
    assert len(lineage.columns(ctx, A, "x", "down").nodes) == 1
    assert len(lineage.columns(ctx, B, "x", "down").nodes) == 2
    link(ctx, Edge(C, A))
    assert (B.id, A.id) in pairs(lineage.graph(ctx, A))


def test_a_thing_that_is_renamed_leaves_its_old_id_to_another(ctx: Ctx) -> None:
    chain(ctx, A, VERSION)
    new = Node("model_version", "delays/3", "delays 3")
    with ctx.db.write() as tx:
        lineage.rename(ctx, tx, VERSION, new)
        lineage.rename(ctx, tx, VERSION, new)
    assert pairs(lineage.graph(ctx, A)) == {(A.id, new.id)}
    chain(ctx, B, VERSION)
    assert pairs(lineage.graph(ctx, VERSION)) == {(B.id, VERSION.id)}
    assert lineage.graph(ctx, new).nodes[0].label == "delays 3"


def test_workspaces_see_their_own_graph_alone(ctx: Ctx) -> None:
    chain(ctx, A, B)
    other = ctx.acting(ctx.actor, "other")
    with pytest.raises(NotFound):
        lineage.graph(other, A)
    chain(other, A, C)
    assert [node.id for node in lineage.graph(other, A).nodes] == [A.id, C.id]
    assert [node.id for node in lineage.graph(ctx, A).nodes] == [A.id, B.id]


def test_aliases_find_versions_by_what_was_said_of_them(ctx: Ctx) -> None:
    chain(ctx, A, VERSION)
    with ctx.db.write() as tx:
        lineage.describe(ctx, tx, Node("model_version", "flight-delay/2"), facts={"aliases": ["old"]})
        lineage.describe(ctx, tx, VERSION, facts={"aliases": ["champion"], "a": 1})
        lineage.describe(ctx, tx, VERSION, facts={"a": None})
    assert lineage.resolve(ctx, "models:/flight-delay@champion").id == "flight-delay/3"
    assert lineage.resolve(ctx, "models:/flight-delay/2").id == "flight-delay/2"
    assert lineage.graph(ctx, VERSION).nodes[0].facts == {"aliases": ["champion"]}
    with pytest.raises(NotFound):
        lineage.resolve(ctx, "models:/flight-delay@none")


def test_people_declare_edges_and_take_them_back_but_not_what_was_observed(ctx: Ctx) -> None:
    chain(ctx, A, B)
    columns = [ColumnEdge("x", "y")]
    names = [EdgeNames(source=str(A), target=str(B), columns=columns), EdgeNames(source=str(B), target=str(C))]
    assert lineage.declare(ctx, names) == 2
    assert [each.origin for each in lineage.history(ctx, A, B)] == [OBSERVED, DECLARED]
    lineage.retract(ctx, names)
    assert [each.origin for each in lineage.history(ctx, A, B)] == [OBSERVED]
    assert lineage.columns(ctx, A).nodes == []
    for refused in (
        lambda: lineage.retract(ctx, names[:1]),
        lambda: lineage.retract(ctx, names, OBSERVED),
        lambda: lineage.declare(ctx, names, OBSERVED),
        lambda: lineage.declare(ctx, [EdgeNames(source=str(A), target=str(A))]),
        lambda: lineage.declare(ctx, []),
    ):
        with pytest.raises((Invalid, NotFound)):
            refused()
    with ctx.db.read() as tx:
        assert tx.rows("SELECT count(*) FROM audit_events WHERE action LIKE 'lineage.%'") == [(4,)]
    reader = ctx.acting(Actor("reader", roles={"default": Role.VIEWER}), "default")
    with pytest.raises(Denied):
        lineage.declare(reader, names)


@pytest.mark.parametrize(
    "text",
    ["", "x", "Bad:x", "table:", "table:a\x00b", "table:" + "x" * 2_001, "models:/", "../..:x", "table:\ud800"],
)
def test_what_names_nothing_is_refused(ctx: Ctx, text: str) -> None:
    with pytest.raises((Invalid, NotFound)):
        lineage.graph(ctx, text)


def test_limits_are_stated_and_kept(ctx: Ctx) -> None:
    chain(ctx, A, B)
    for options in ({"depth": 0}, {"depth": 101}, {"limit": 0}, {"limit": 20_001}, {"fan": 0}, {"direction": "left"}):
        with pytest.raises(Invalid):
            lineage.graph(ctx, A, **options)  # pyright: ignore[reportArgumentType]
    with pytest.raises(TooLarge), ctx.db.write() as tx:
        lineage.describe(ctx, tx, A, facts={"big": "x" * 70_000})
