"""Lineage over HTTP: what tracking tells it, declared edges, walks, who may do what, and the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.conftest import People

from modelwright.cli.lineage import dot, tree
from modelwright.cli.main import main
from modelwright.domains.lineage import service as lineage
from modelwright.domains.tracking.service import flows, inputs, models, runs
from modelwright.kit.context import Ctx
from modelwright.types.lineage import EdgeOrigin, Graph, GraphEdge, GraphNode
from modelwright.types.tracking import ModelOutput, RunCreate

ROOT = "/api/v1"


def post(client: TestClient, path: str, body: Any) -> Any:
    answer = client.post(f"{ROOT}{path}", json=body)
    assert answer.status_code < 300, answer.text
    return answer.json() if answer.content else None


def graph(client: TestClient, node: str, **query: Any) -> tuple[set[tuple[str, str]], dict[str, Any]]:
    answer = client.get(f"{ROOT}/lineage/graph", params={"node": node, **query})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    names = [f"{each['kind']}:{each['label'] or each['id']}" for each in found["nodes"]]
    return {(names[each["source"]], names[each["target"]]) for each in found["edges"]}, found


def test_runs_their_data_models_children_and_forks_enter_the_graph_by_themselves(client: TestClient) -> None:
    parent = post(client, "/runs", {"name": "sweep"})
    run = post(client, "/runs", {"name": "trial", "parent_id": parent["id"]})
    dataset = {"name": "flights", "digest": "abc", "source_type": "local", "source": "flights.csv"}
    post(client, f"/runs/{run['id']}/inputs", {"datasets": [dataset]})
    model = post(client, "/models", {"name": "delay", "source_run_id": run["id"]})
    fork = post(client, f"/runs/{run['id']}:fork", {"name": "again"})
    edges, _ = graph(client, run["id"])
    assert edges == {
        ("run:sweep", "run:trial"), ("dataset_version:flights", "run:trial"), ("run:trial", "model:delay"),
        ("run:trial", "run:again"),
    }
    edges, _ = graph(client, fork["id"], direction="up", depth=1)
    assert ("dataset_version:flights", "run:again") in edges, "a fork has read what it was forked with"
    assert client.patch(f"{ROOT}/runs/{run['id']}", json={"name": "renamed", "parent_id": ""}).status_code == 200
    edges, _ = graph(client, f"models:/{model['id']}", direction="up")
    assert edges == {("dataset_version:flights", "run:renamed"), ("run:renamed", "model:delay")}


def test_a_purged_run_leaves_its_place_between_its_data_and_its_model(client: TestClient) -> None:
    run = post(client, "/runs", {"name": "trained on secrets"})
    dataset = {"name": "flights", "digest": "abc", "source_type": "local", "source": "x"}
    post(client, f"/runs/{run['id']}/inputs", {"datasets": [dataset]})
    model = post(client, "/models", {"name": "delay", "source_run_id": run["id"]})
    assert client.delete(f"{ROOT}/runs/{run['id']}").status_code == 204
    assert client.post(f"{ROOT}/runs/{run['id']}:purge").status_code == 204
    edges, found = graph(client, f"model:{model['id']}")
    assert edges == {("dataset_version:flights", f"run:{run['id']}"), (f"run:{run['id']}", "model:delay")}
    assert [each["gone"] for each in found["nodes"] if each["kind"] == "run"] == [True]
    assert "secrets" not in json.dumps(found)


def test_runs_made_before_the_graph_get_their_edges(ctx: Ctx) -> None:
    run = runs.create(ctx, RunCreate(name="old"))
    child = runs.create(ctx, RunCreate(name="old child", parent_id=run.id))
    model = models.create(ctx, name="delay", source_run_id=child.id)
    inputs.log_outputs(ctx, child.id, [ModelOutput(model_id=model.id)])
    before = lineage.graph(ctx, child.id)
    with ctx.db.write() as tx:
        for table in ("lineage_edges", "lineage_nodes", "lineage_cursors"):
            tx.execute(f"DELETE FROM {table}")
    assert [flows.catch_up(ctx), flows.catch_up(ctx), flows.catch_up(ctx)] == [2, 0, 0]
    after = lineage.graph(ctx, child.id)
    assert {(each.kind, each.id) for each in after.nodes} == {(each.kind, each.id) for each in before.nodes}
    assert len(after.edges) == len(before.edges) == 2


def test_declared_edges_are_shown_apart_and_taken_back(client: TestClient) -> None:
    edge = {"source": "table:pg::a", "target": "table:pg::b", "columns": [{"source": "x", "target": "y", "how": ""}]}
    assert post(client, "/lineage/edges", {"edges": [edge]}) == {"edges": 1}
    post(client, "/lineage/edges", {"edges": [edge], "origin": "inferred", "via": "sqlglot"})
    _, found = graph(client, "table:pg::a", columns="true")
    assert sorted(each["origin"] for each in found["edges"]) == ["declared", "inferred"]
    assert found["edges"][0]["columns"] == [{"source": "x", "target": "y", "how": ""}]
    assert len(graph(client, "table:pg::a", origins="inferred")[1]["edges"]) == 1
    history = client.get(f"{ROOT}/lineage/edges", params={"source": "table:pg::a", "target": "table:pg::b"}).json()
    assert [each["origin"] for each in history["items"]] == ["declared", "inferred"]
    assert history["items"][1]["proofs"][0]["via"] == "sqlglot"
    columns = client.get(f"{ROOT}/lineage/columns", params={"node": "table:pg::b", "column": "y"}).json()
    assert {each["column"] for each in columns["nodes"]} == {"x", "y"}
    impact = client.get(f"{ROOT}/lineage/impact", params={"node": "table:pg::a", "column": "x"}).json()
    assert [(each["node"]["id"], each["possible"]) for each in impact["items"]] == [("pg::b", False)]
    path = client.get(f"{ROOT}/lineage/path", params={"node": "table:pg::b", "to": "table:pg::a"}).json()
    assert [each["id"] for each in path["nodes"]] == ["pg::a", "pg::b"]
    where = {"source": "table:pg::a", "target": "table:pg::b"}
    assert client.delete(f"{ROOT}/lineage/edges", params=where).status_code == 204
    assert client.delete(f"{ROOT}/lineage/edges", params=where).status_code == 404
    assert client.delete(f"{ROOT}/lineage/edges", params={**where, "origin": "observed"}).status_code == 400


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("graph", {"node": "nothing"}), ("graph", {"node": "table:x", "depth": "0"}), ("graph", {}),
        ("graph", {"node": "table:x", "direction": "left"}), ("graph", {"node": "table:x", "origins": "guessed"}),
        ("graph", {"node": "table:x", "limit": "999999"}), ("impact", {"node": "UPPER:x"}), ("path", {"node": ":"}),
        ("columns", {"node": "table:x", "depth": "-1"}), ("graph", {"node": "table:" + "x" * 3_000}),
    ],
)
def test_bad_questions_are_refused_with_what_and_where(small: TestClient, path: str, query: dict[str, str]) -> None:
    small.post(f"{ROOT}/lineage/edges", json={"edges": [{"source": "table:x", "target": "table:y"}]})
    answer = small.get(f"{ROOT}/lineage/{path}", params=query)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["where"]


def test_other_workspaces_have_other_graphs_and_viewers_declare_nothing(people: People) -> None:
    body = {"edges": [{"source": "table:pg::a", "target": "table:pg::b"}]}
    people.ask("POST", f"{ROOT}/lineage/edges", "editor", json=body, expect=201)
    people.ask("POST", f"{ROOT}/lineage/edges", "viewer", json=body, expect=403)
    people.ask("GET", f"{ROOT}/lineage/graph?node=table:pg::a", "viewer", expect=200)
    people.ask("GET", f"{ROOT}/lineage/graph?node=table:pg::a", "stranger", expect=404)
    people.ask("GET", f"{ROOT}/lineage/graph?node=table:pg::a", "stranger", workspace="other", expect=404)


@pytest.fixture
def page() -> Iterator[Graph]:
    names = [("table", "a"), ("run", "r"), ("model", "m\x1b[31m"), ("report", "q")]
    nodes = [GraphNode(kind=kind, id=name) for kind, name in names]
    pairs = [(0, 1), (1, 2), (2, 3), (1, 3)]
    yield Graph(nodes=nodes, edges=[GraphEdge(source=s, target=t, origin=EdgeOrigin.INFERRED) for s, t in pairs])


def test_a_graph_is_drawn_as_a_tree_once_a_node_and_without_a_terminals_commands(page: Graph) -> None:
    assert tree(page, "down") == [
        "table a", "came of it", "└─ run r (inferred)", "   ├─ model m·[31m (inferred)",
        "   │  └─ report q (inferred)", "   └─ report q (inferred)",
    ]
    assert 'n2 [label="model m·[31m"];' in dot(page)
    assert "n1 -> n3 [style=dotted];" in dot(page)


def test_the_command_line_shows_declares_and_takes_back(
    served_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MODELWRIGHT_URL", served_url)

    def mw(*words: str, code: int = 0) -> str:
        with pytest.raises(SystemExit) as end:
            main(["lineage", *words])
        said = capsys.readouterr()
        assert (end.value.code or 0) == code, said
        return said.out

    mw("declare", "table:pg::a", "table:pg::b", "--column", "x=y")
    assert "└─ table pg::a (declared)" in mw("show", "table:pg::b", "--up")
    assert json.loads(mw("show", "table:pg::b", "--json"))["nodes"][0]["id"] == "pg::b"
    assert "table pg::b" in mw("impact", "table:pg::a")
    assert "→ table pg::b" in mw("path", "table:pg::b")
    assert "pg::a" in mw("columns", "table:pg::b", "y")
    assert "declared" in mw("history", "table:pg::a", "table:pg::b")
    mw("retract", "table:pg::a", "table:pg::b")
    mw("show", "table:pg::nothing", code=1)


@pytest.fixture
def served_url(tmp_path: Path) -> Iterator[str]:
    from tests.compat.conftest import served

    (tmp_path / "server").mkdir()
    with served(tmp_path / "server") as url:
        yield url


def test_a_small_server_is_enough_to_ask_from_python(served_url: str) -> None:
    from modelwright import Client

    with Client(served_url) as client:
        client.lineage.declare("table:pg::a", "table:pg::b", [("x", "y")])
        client.lineage.declare("table:pg::b", "model_version:flight-delay/3")
        assert len(client.lineage.upstream("models:/flight-delay/3").nodes) == 3
        assert client.lineage.downstream("table:pg::a", depth=1).nodes[1].more
        assert client.lineage.impact("table:pg::a").counts == {"table": 1, "model_version": 1}
        assert [each.id for each in client.lineage.path("table:pg::a", "models:/flight-delay/3").nodes][1] == "pg::b"
        assert client.lineage.columns("table:pg::b").edges[0].origin is EdgeOrigin.DECLARED
        assert client.lineage.history("table:pg::a", "table:pg::b")[0].origin is EdgeOrigin.DECLARED
        client.lineage.retract("table:pg::a", "table:pg::b")
        assert client.lineage.history("table:pg::a", "table:pg::b") == []
