"""OpenLineage over HTTP: events of real producers' shapes, in any order and twice, bad ones, and Marquez's reads."""

from __future__ import annotations

import gzip
import itertools
import json
import uuid
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient
from tests.api.conftest import People
from tests.api.openlineage.producers import airflow, dbt_run, spark

from modelwright.domains.lineage.service import external
from modelwright.kit.context import Ctx
from modelwright.protocols.openlineage import decode

ROOT = "/api/v1"
RUN = str(uuid.UUID(int=7))
PG = "postgres://db:5432"


def event(kind: str = "COMPLETE", at: str = "2026-01-01T00:00:10Z", **more: Any) -> dict[str, Any]:
    """A small RunEvent."""
    return {
        "eventType": kind, "eventTime": at, "producer": "https://example.com", "schemaURL": "https://example.com/s",
        "run": {"runId": RUN, "facets": more.pop("run_facets", {})}, "job": {"namespace": "etl", "name": "daily"},
        "inputs": [{"namespace": PG, "name": "db.public.orders"}],
        "outputs": [{"namespace": PG, "name": "db.public.daily"}], **more,
    }


def send(client: TestClient, *events: dict[str, Any]) -> None:
    for each in events:
        answer = client.post(f"{ROOT}/lineage", json=each)
        assert answer.status_code in (200, 201), answer.text


def get(client: TestClient, path: str, **query: Any) -> Any:
    answer = client.get(f"{ROOT}{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def edges(client: TestClient, node: str, **query: Any) -> set[tuple[str, str]]:
    found = get(client, "/lineage/graph", node=node, **query)
    names = [f"{each['kind']} {each['id'].partition('::')[2]}" for each in found["nodes"]]
    return {(names[each["source"]], names[each["target"]]) for each in found["edges"]}


def test_an_event_makes_edges_through_its_job_and_its_run(client: TestClient) -> None:
    send(client, event("START", "2026-01-01T00:00:00Z"), event())
    assert edges(client, f"table:{PG}::db.public.daily") == {
        ("table db.public.orders", "job daily"), ("job daily", "table db.public.daily"),
    }
    run = get(client, f"/jobs/runs/{RUN}")
    assert (run["state"], run["durationMs"]) == ("COMPLETED", 10_000)
    assert [each["datasetVersionId"]["name"] for each in run["inputDatasetVersions"]] == ["db.public.orders"]


def test_the_same_event_twice_is_one_and_any_order_gives_the_same_state(small: TestClient) -> None:
    schema = {"schema": {"fields": [{"name": "x", "type": "INT"}]}}
    later = {"schema": {"fields": [{"name": "x", "type": "INT"}, {"name": "y", "type": "TEXT"}]}}
    orders = [{"namespace": PG, "name": "o", "facets": schema}]
    told = [
        event("START", "2026-01-01T00:00:00Z", inputs=orders, outputs=[]),
        event("RUNNING", "2026-01-01T00:00:05Z", inputs=[{"namespace": PG, "name": "o", "facets": later}]),
        event("COMPLETE", "2026-01-01T00:00:10Z", inputs=[], run_facets={"a": {"v": 2}}),
        event("OTHER", "2026-01-01T00:00:11Z", inputs=[], outputs=[], run_facets={"a": {"v": 3}}),
    ]
    seen: set[str] = set()
    for number, order in enumerate(itertools.permutations(told)):
        workspace = f"w{number}"
        small.post(f"{ROOT}/workspaces", json={"id": workspace})
        small.headers["x-modelwright-workspace"] = workspace
        send(small, *order, *order[:2])
        assert small.post(f"{ROOT}/lineage", json=order[0]).json() == {"new": False}
        state = [
            get(small, f"/jobs/runs/{RUN}"), get(small, "/namespaces/etl/jobs/daily")["inputs"],
            [each["version"] for each in get(small, "/namespaces/etl/jobs/daily/versions")["versions"]],
            get(small, f"/namespaces/{quote(PG, safe='')}/datasets/o")["fields"],
        ]
        seen.add(json.dumps(state, sort_keys=True).replace(workspace, "w"))
    del small.headers["x-modelwright-workspace"]
    assert len(seen) == 1, seen
    assert '"state": "COMPLETED"' in seen.pop()


def test_what_airflow_says_nests_its_tasks_under_their_run(client: TestClient) -> None:
    send(client, *airflow())
    job = get(client, "/namespaces/airflow/jobs/" + quote("flights.load", safe=""))
    assert job["latestRun"]["parentRunId"] == airflow()[0]["run"]["runId"]
    assert (job["location"], job["tags"], job["description"]) == (
        "https://github.com/example/dags/flights.py", ["team=data"], "Loads flights.",
    )
    facets = get(client, f"/jobs/runs/{job['latestRun']['id']}/facets", type="run")["facets"]
    assert facets["airflow"]["dag"]["dag_id"] == "flights"
    assert job["latestRun"]["nominalStartTime"] == "2026-01-01T00:00:00.000Z"


def test_what_spark_says_of_columns_symlinks_and_a_dropped_table_is_understood(client: TestClient) -> None:
    send(client, *spark())
    assert edges(client, "table:s3://lake::warehouse/flights", direction="up", depth=1) >= {
        ("job app.write", "table warehouse/flights")
    }
    same = get(client, "/lineage/graph", node="table:hive://meta:9083::default.flights")
    assert same["nodes"][0]["id"] == "s3://lake::warehouse/flights", "a symlink is the same thing"
    found = get(client, "/lineage/columns", node="table:s3://lake::warehouse/flights", column="delay", direction="up")
    pairs = {(found["nodes"][e["source"]]["column"], found["nodes"][e["target"]]["column"], e["how"])
             for e in found["edges"]}
    assert pairs == {("dep_delay", "delay", "DIRECT/TRANSFORMATION"), ("carrier", "*", "INDIRECT/FILTER")}
    column = get(client, "/column-lineage", nodeId="dataset:s3://lake:warehouse/flights", withDownstream="true")
    assert "datasetField:s3://lake:raw/flights:dep_delay" in {each["id"] for each in column["graph"]}
    gone = get(client, "/lineage/graph", node="table:s3://lake::warehouse/old", direction="both")
    assert gone["nodes"][0]["gone"]


def test_what_dbt_says_of_tests_becomes_checks(ctx: Ctx) -> None:
    from modelwright.domains.lineage.service import catalog

    for each in dbt_run():
        content = json.dumps(each).encode()
        assert external.submit(ctx, decode.event(content), content).result()
    found = catalog.checks(ctx, "duckdb://warehouse", "main.flights")
    assert {(each.name, each.column, each.passed) for each in found} == {
        ("not_null", "id", True), ("accepted_values", "carrier", False), ("freshness", "", None),
    }


def test_explicit_lineage_is_taken_where_it_is_said(client: TestClient) -> None:
    said = {"lineage": {"lineage": [{
        "namespace": PG, "name": "out", "type": "DATASET",
        "inputs": [{"namespace": PG, "name": "in", "type": "DATASET"}],
        "fields": {"x": {"inputs": [{"namespace": PG, "name": "in", "type": "DATASET", "field": "a"}]}},
    }]}}
    send(client, event(inputs=[], outputs=[{"namespace": PG, "name": "out"}], run_facets=said))
    assert ("table in", "table out") in edges(client, f"table:{PG}::out")
    found = get(client, "/lineage/columns", node=f"table:{PG}::out", column="x")
    assert {each["column"] for each in found["nodes"]} == {"a", "x"}


def test_events_without_a_run_are_declared(client: TestClient) -> None:
    static = event()
    del static["run"], static["eventType"]
    send(client, static)
    only = {key: static[key] for key in ("eventTime", "producer", "schemaURL")}
    send(client, {**only, "dataset": {"namespace": PG, "name": "alone", "facets": {
        "ownership": {"owners": [{"name": "ada"}]}, "tags": {"tags": [{"key": "pii", "value": "true"}]},
    }}})
    found = get(client, "/lineage/graph", node="job:etl::daily")
    assert {each["origin"] for each in found["edges"]} == {"declared"}
    assert get(client, "/lineage/graph", node=f"table:{PG}::alone")["nodes"][0]["facts"]["owners"] == ["ada"]
    assert get(client, "/tags")["tags"] == [{"name": "pii", "description": ""}]


def test_marquez_reads_answer_in_its_shape(client: TestClient) -> None:
    send(client, event("START", "2026-01-01T00:00:00Z"), event())
    space = quote(PG, safe="")
    assert {each["name"] for each in get(client, "/namespaces")["namespaces"]} == {"etl", PG}
    assert get(client, f"/namespaces/{space}")["name"] == PG
    assert get(client, f"/namespaces/{space}/datasets")["totalCount"] == 2
    jobs = get(client, "/namespaces/etl/jobs")
    assert [(each["name"], each["latestRun"]["state"]) for each in jobs["jobs"]] == [("daily", "COMPLETED")]
    assert get(client, "/jobs")["totalCount"] == 1
    assert get(client, "/namespaces/etl/jobs/daily/runs")["totalCount"] == 1
    versions = get(client, "/namespaces/etl/jobs/daily/versions")["versions"]
    assert get(client, f"/namespaces/etl/jobs/daily/versions/{versions[0]['version']}") == versions[0]
    graph = get(client, "/lineage/", nodeId=f"dataset:{PG}:db.public.daily", depth=2)["graph"]
    assert {each["id"] for each in graph} == {
        "job:etl:daily", f"dataset:{PG}:db.public.daily", f"dataset:{PG}:db.public.orders",
    }
    job = next(each for each in graph if each["type"] == "JOB")
    assert job["inEdges"] == [{"origin": f"dataset:{PG}:db.public.orders", "destination": "job:etl:daily"}]
    assert [each["type"] for each in get(client, "/search/", q="dail", filter="JOB")["results"]] == ["JOB"]
    assert len(get(client, "/events/lineage", sortDirection="asc")["events"]) == 2
    assert get(client, "/events/lineage", after="2026-01-01T00:00:05Z")["events"][0]["eventType"] == "COMPLETE"
    assert get(client, "/runlineage/upstream", runId=RUN)["runs"][0]["id"] == RUN
    for path in ("/namespaces/none", "/namespaces/etl/jobs/none", f"/jobs/runs/{uuid.UUID(int=8)}",
                 "/lineage?nodeId=job:etl:none", "/namespaces/etl/other"):
        assert client.get(f"{ROOT}{path}").status_code == 404, path
    for path in ("/lineage?nodeId=x", "/jobs/runs/x", "/jobs?limit=x", "/events/lineage?after=x"):
        assert client.get(f"{ROOT}{path}").status_code == 400, path


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"eventTime": None}, "eventTime"), ({"eventTime": "yesterday"}, "eventTime"), ({"job": None}, "job"),
        ({"job": {"namespace": "etl"}}, "job.name"), ({"run": {}}, "run.runId"), ({"run": {"runId": "7"}}, "run.runId"),
        ({"eventType": "DONE"}, "eventType"), ({"inputs": {}}, "inputs"), ({"inputs": ["x"]}, "inputs[0]"),
        ({"outputs": [{"namespace": "n", "name": ""}]}, "outputs[0].name"),
        ({"outputs": [{"namespace": "n", "name": "a\x00b"}]}, "outputs[0].name"),
        ({"outputs": [{"namespace": "n", "name": "x" * 1_000}]}, "outputs[0].name"),
        ({"run": {"runId": RUN, "facets": {"parent": {"run": {}}}}}, "run.facets.parent.run.runId"),
        ({"run": {"runId": RUN, "facets": {"~ours": {}}}}, "run.facets"),
        ({"job": {"namespace": "etl", "name": "daily", "facets": []}}, "job.facets"),
    ],
)
def test_a_bad_event_is_refused_with_what_and_where(small: TestClient, change: dict[str, Any], where: str) -> None:
    answer = small.post(f"{ROOT}/lineage", json={**event(), **change})
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["where"] == where
    assert small.get(f"{ROOT}/jobs").json()["totalCount"] == 0


def test_facets_of_the_wrong_form_are_kept_and_lose_no_event(small: TestClient) -> None:
    odd: Any = {name: value for name in ("schema", "columnLineage", "symlinks", "version", "ownership", "tags",
                                         "dataQualityAssertions", "lineage", "lifecycleStateChange", "documentation")
                for value in ([1, {"fields": 3, "identifiers": {}, "owners": [4], "tags": "x", "assertions": [1]}],)}
    half = {name: {"fields": {"x": 1, "": {}}, "inputs": [None]} for name in odd}
    for second, value in enumerate((odd, half, dict.fromkeys(odd, "x"))):
        outputs = [{"namespace": "n", "name": "t", "facets": value, "outputFacets": {"a": None}}]
        send(small, event(at=f"2026-01-01T00:00:0{second}Z", outputs=outputs))
    assert get(small, "/namespaces/n/datasets/t")["facets"]["version"] == "x"


def test_nul_is_refused_in_names_and_kept_out_of_texts(client: TestClient) -> None:
    facets = {"version": {"datasetVersion": "a\x00b"}, "other": {"x": "a\x00b"},
              "documentation": {"description": "\x00"},
              "schema": {"fields": [{"name": "a\x00b"}]},
              "dataQualityAssertions": {"assertions": [{"assertion": "a\x00b", "column": "\x00", "success": True}]}}
    send(client, event(outputs=[{"namespace": "n", "name": "t", "facets": facets}]))
    assert get(client, "/namespaces/n/datasets/t")["facets"]["other"] == {"x": "a\x00b"}
    for path in ("/search?q=%00", "/namespaces/n%00/jobs", "/namespaces/n/datasets/a%00b", "/lineage?nodeId=job:a%00:b",
                 "/column-lineage?nodeId=datasetField:n:t:%00"):
        assert client.get(f"{ROOT}{path}").status_code == 400, path


def test_large_things_are_bounded(small: TestClient) -> None:
    plan = {"spark.logicalPlan": {"plan": "x" * 400_000}}
    send(small, event(run_facets=plan))
    facet = get(small, f"/jobs/runs/{RUN}/facets")["facets"]["spark.logicalPlan"]
    assert facet == {"_left_out": "400,011 bytes"}
    many = [{"namespace": "n", "name": str(number)} for number in range(2_001)]
    assert small.post(f"{ROOT}/lineage", json=event(inputs=many)).status_code == 413
    fields = {f"c{n}": {"inputFields": [{"namespace": "n", "name": "s", "field": f"f{m}"} for m in range(150)]}
              for n in range(150)}
    wide = [{"namespace": "n", "name": "t", "facets": {"columnLineage": {"fields": fields}}}]
    assert small.post(f"{ROOT}/lineage", json=event(outputs=wide)).status_code == 413


def test_a_batch_takes_what_it_can_and_names_the_rest(client: TestClient) -> None:
    bad = {**event(), "eventTime": "x"}
    answer = client.post(f"{ROOT}/lineage/batch", json=[event("START"), bad, event()])
    assert answer.status_code == 207
    told = answer.json()
    assert told["summary"]["successful"] == 2
    assert [(each["index"], "eventTime" in each["reason"]) for each in told["failed_events"]] == [(1, True)]
    packed = gzip.compress(json.dumps([event()]).encode())
    headers = {"content-encoding": "gzip", "content-type": "application/json"}
    assert client.post(f"{ROOT}/lineage/batch", content=packed, headers=headers).status_code == 200
    assert client.post(f"{ROOT}/lineage/batch", json={}).status_code == 400


def test_events_need_a_token_that_may_write_and_stay_in_its_workspace(people: People) -> None:
    people.ask("POST", f"{ROOT}/lineage", json=event(), expect=401)
    people.ask("POST", f"{ROOT}/lineage", "viewer", json=event(), expect=403)
    people.ask("POST", f"{ROOT}/lineage", "stranger", json=event(), expect=404)
    people.ask("POST", f"{ROOT}/lineage", "editor", json=event(), expect=201)
    people.ask("GET", f"{ROOT}/namespaces/etl/jobs/daily", "viewer", expect=200)
    people.ask("GET", f"{ROOT}/namespaces/etl/jobs/daily", "stranger", workspace="other", expect=404)
    people.ask("GET", f"{ROOT}/jobs/runs/{RUN}", "stranger", workspace="other", expect=404)


def test_old_events_are_forgotten_and_what_they_taught_stays(ctx: Ctx) -> None:
    from modelwright.domains.lineage.service import catalog

    for number in range(250):
        content = json.dumps(event(run={"runId": str(uuid.UUID(int=number + 1))})).encode()
        external.submit(ctx, decode.event(content), content).result()
    with ctx.db.write() as tx:
        tx.execute("UPDATE lineage_events SET received_ms = 0")
    assert external.expire(ctx) == 250
    assert catalog.runs(ctx, "etl", "daily")[1] == 250
    with ctx.db.read() as tx:
        assert tx.rows("SELECT count(*) FROM lineage_proofs GROUP BY edge") == [(100,), (100,)]
