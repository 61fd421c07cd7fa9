"""Artifacts that real dbt-core 1.10 and dbt-duckdb wrote, read into a real server; and what is refused."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.compat.conftest import clean_environment, made, served

from modelwright import Client
from modelwright.sdk.imports.dbt import artifacts, columns
from modelwright.sdk.imports.dbt.load import load
from modelwright.types.errors import Invalid, NotFound
from modelwright.types.lineage import EdgeOrigin

PINS = ["dbt-core==1.10.*", "dbt-duckdb>=1.10,<1.12"]
TABLE = "table:duckdb::warehouse.main."
_WEATHER = (
    "import duckdb; c = duckdb.connect('warehouse.duckdb'); "
    "c.execute(\"create table stations as select 'AA' as station, 3.0 as wind\")"
)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The target folder of a project of three models, a seed, a source, tests and an exposure. One test fails."""
    folder = tmp_path_factory.mktemp("dbt") / "project"
    shutil.copytree(Path(__file__).with_name("dbt"), folder)
    python = made("dbt", PINS)
    environment = clean_environment(DBT_PROFILES_DIR=str(folder), DBT_SEND_ANONYMOUS_USAGE_STATS="false")

    def run(*words: str, code: int) -> None:
        done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == code, done.stdout + done.stderr

    run(str(python), "-c", _WEATHER, code=0)
    dbt = str(python.with_name("dbt"))
    run(dbt, "seed", code=0)
    run(dbt, "run", code=0)
    run(dbt, "docs", "generate", code=0)
    run(dbt, "build", code=1)
    return folder / "target"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with served(tmp_path) as url, Client(url) as made_client:
        yield made_client


def names(graph: Any) -> set[tuple[str, str]]:
    ids = [each.id.rpartition(".")[2] for each in graph.nodes]
    return {(ids[edge.source], ids[edge.target]) for edge in graph.edges}


def test_a_project_becomes_tables_jobs_runs_checks_exposures_and_columns(target: Path, client: Client) -> None:
    report = load(client, target)
    assert (report.tables, report.jobs, report.runs, report.exposures, report.refused) == (5, 4, 4, 1, [])
    assert (report.checks, report.columns_from, report.unread) == (3, "sqlglot", [])
    up = client.lineage.graph("exposure:exposure.flights.delay_model", "up", depth=20, origins=["observed", "declared"])
    assert names(up) >= {("raw_flights", "staged"), ("staged", "staged"), ("by_airline", "delay_model")}
    down = client.lineage.impact(f"{TABLE}raw_flights")
    assert ("model_version", "flight-delay/1") in {(each.node.kind, each.node.id) for each in down.items}
    assert "ada" in down.owners
    found = client.lineage.columns(f"{TABLE}by_airline", "mean_delay", "up")
    flows = {(found.nodes[e.source].column, found.nodes[e.target].column, e.how, e.origin) for e in found.edges}
    assert flows == {
        ("delay", "mean_delay", "DIRECT/TRANSFORMATION", EdgeOrigin.INFERRED),
        ("delay_minutes", "delay", "DIRECT/IDENTITY", EdgeOrigin.INFERRED),
    }
    joined = client.lineage.columns(f"{TABLE}with_weather", "wind", "up")
    assert ("duckdb::warehouse.main.stations", "wind") in {(each.id, each.column) for each in joined.nodes}
    touched = client.lineage.impact(f"{TABLE}raw_flights", column="carrier")
    assert {each.node.id.rpartition(".")[2] for each in touched.items if not each.possible} == {"staged", "by_airline"}


def test_what_ran_is_told_with_its_states_times_and_the_run_above(target: Path, client: Client) -> None:
    load(client, target)
    ask = client.transport.ask
    jobs = {each["name"]: each for each in ask("GET", "/api/v1/namespaces/dbt%3A%2F%2Fflights/jobs")["jobs"]}
    latest = jobs["model.flights.staged"]["latestRun"]
    assert (latest["state"], latest["durationMs"] is not None) == ("COMPLETED", True)
    invocation = json.loads((target / "run_results.json").read_text())["metadata"]["invocation_id"]
    assert latest["parentRunId"] == invocation
    staged = ask("GET", "/api/v1/namespaces/duckdb/datasets/warehouse.main.staged")
    assert next((each["name"], each["description"]) for each in staged["fields"]) == ("id", "One flight.")
    assert (staged["tags"], staged["description"]) == (["core"], "Flights with clean names.")
    tests = ask("GET", f"/api/v1/jobs/runs/{jobs['flights: test']['latestRun']['id']}")
    facets = {each["datasetVersionId"]["name"]: each["facets"] for each in tests["inputDatasetVersions"]}
    said = facets["warehouse.main.by_airline"]["dataQualityAssertions"]["assertions"]
    assert [(each["assertion"], each["column"], each["success"]) for each in said] == [
        ("accepted_values", "airline", False)
    ]


def test_reading_a_folder_again_changes_nothing(target: Path, client: Client) -> None:
    load(client, target)
    before = client.transport.ask("GET", "/api/v1/events/lineage?limit=1000")["totalCount"]
    load(client, target)
    assert client.transport.ask("GET", "/api/v1/events/lineage?limit=1000")["totalCount"] == before


def test_the_index_of_fusion_is_taken_before_sql_is_read(target: Path, tmp_path: Path) -> None:
    """The file is written here with the columns that Fusion's has; Fusion itself was not run."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = tmp_path / "target"
    shutil.copytree(target, folder)
    (folder / "index").mkdir()
    row = {
        "from_node_unique_id": "model.flights.staged", "from_column_name": "delay",
        "to_node_unique_id": "model.flights.by_airline", "to_column_name": "mean_delay", "lineage_kind": "mod",
    }
    elsewhere = {**row, "from_node_unique_id": "model.flights.none"}
    pq.write_table(pa.Table.from_pylist([row, elsewhere]), folder / "index" / "dbt.column_lineage.parquet")
    flows, where, unread = columns.find(artifacts.read(folder))
    assert (where, unread) == ("fusion index", [])
    assert flows == [
        ("model.flights.staged", "delay", "model.flights.by_airline", "mean_delay", "DIRECT/TRANSFORMATION")
    ]


@pytest.mark.parametrize("text", ["{", "[]", '{"metadata": {"dbt_schema_version": "x"}}', '{"nodes": 3}'])
def test_what_is_not_a_manifest_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(NotFound):
        artifacts.read(tmp_path)
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(Invalid):
        artifacts.read(tmp_path)
