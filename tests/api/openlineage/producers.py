"""Events in the shapes of Airflow's provider, the Spark listener and dbt-ol, written from the specification."""

from __future__ import annotations

import uuid
from typing import Any

JSON = dict[str, Any]

_DAG, _TASK, _APP, _WRITE, _DBT = (str(uuid.UUID(int=number)) for number in range(11, 16))
_SPEC = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"


def _event(kind: str, at: str, run: JSON, job: JSON, inputs: list[JSON], outputs: list[JSON], producer: str) -> JSON:
    return {
        "eventType": kind, "eventTime": at, "run": run, "job": job, "inputs": inputs, "outputs": outputs,
        "producer": f"https://github.com/{producer}", "schemaURL": _SPEC,
    }


def _facet(schema: str, /, **more: Any) -> JSON:
    where = f"https://openlineage.io/spec/facets/{schema}.json"
    return {"_producer": "https://example.com", "_schemaURL": where, **more}


def airflow() -> list[JSON]:
    """A DAG run with one task: parent and root, nominal time, ownership, tags, source location."""
    dag: JSON = {"namespace": "airflow", "name": "flights", "facets": {
        "jobType": _facet("2-0-3/JobTypeJobFacet", processingType="BATCH", integration="AIRFLOW", jobType="DAG"),
    }}
    task: JSON = {"namespace": "airflow", "name": "flights.load", "facets": {
        "jobType": _facet("2-0-3/JobTypeJobFacet", processingType="BATCH", integration="AIRFLOW", jobType="TASK"),
        "documentation": _facet("1-0-1/DocumentationJobFacet", description="Loads flights."),
        "ownership": _facet("1-0-1/OwnershipJobFacet", owners=[{"name": "data-team"}]),
        "sourceCodeLocation": _facet("1-0-1/SourceCodeLocationJobFacet", type="git",
                                     url="https://github.com/example/dags/flights.py"),
        "tags": _facet("1-0-0/TagsJobFacet", tags=[{"key": "team", "value": "data", "source": "AIRFLOW"}]),
    }}
    parent = _facet("1-1-0/ParentRunFacet", run={"runId": _DAG}, job={"namespace": "airflow", "name": "flights"},
                    root={"run": {"runId": _DAG}, "job": {"namespace": "airflow", "name": "flights"}})
    run: JSON = {"runId": _TASK, "facets": {
        "parent": parent,
        "nominalTime": _facet("1-0-1/NominalTimeRunFacet", nominalStartTime="2026-01-01T00:00:00Z",
                              nominalEndTime="2026-01-02T00:00:00Z"),
        "airflow": {"dag": {"dag_id": "flights"}, "task": {"task_id": "load", "mapped": False}},
    }}
    tables = [{"namespace": "postgres://db:5432", "name": "db.public.raw", "facets": {}}]
    made = [{"namespace": "postgres://db:5432", "name": "db.public.flights", "facets": {}}]
    where = "apache/airflow/tree/providers-openlineage/2.3.0"
    return [
        _event("START", "2026-01-02T00:00:00.000001+00:00", {"runId": _DAG, "facets": {}}, dag, [], [], where),
        _event("START", "2026-01-02T00:00:01.123456+00:00", run, task, [], [], where),
        _event("COMPLETE", "2026-01-02T00:00:09.5+00:00", run, task, tables, made, where),
        _event("COMPLETE", "2026-01-02T00:00:10+00:00", {"runId": _DAG, "facets": {}}, dag, [], [], where),
    ]


def spark() -> list[JSON]:
    """A write to S3 with column lineage, a symlink to its name in Hive, and a table that is dropped."""
    job: JSON = {"namespace": "spark", "name": "app.write", "facets": {}}
    run: JSON = {"runId": _WRITE, "facets": {
        "parent": _facet("1-1-0/ParentRunFacet", run={"runId": _APP}, job={"namespace": "spark", "name": "app"}),
        "spark_properties": {"properties": {"spark.master": "local"}},
        "processing_engine": _facet("1-1-1/ProcessingEngineRunFacet", name="spark", version="4.0.1"),
    }}
    raw: JSON = {"namespace": "s3://lake", "name": "raw/flights", "facets": {
        "schema": _facet("1-1-1/SchemaDatasetFacet", fields=[{"name": "dep_delay", "type": "integer"}]),
    }}
    source = {"namespace": "s3://lake", "name": "raw/flights"}
    made: JSON = {"namespace": "s3://lake", "name": "warehouse/flights", "facets": {
        "schema": _facet("1-1-1/SchemaDatasetFacet", fields=[{"name": "delay", "type": "double"}]),
        "symlinks": _facet("1-0-1/SymlinksDatasetFacet", identifiers=[
            {"namespace": "hive://meta:9083", "name": "default.flights", "type": "TABLE"},
        ]),
        "columnLineage": _facet("1-2-0/ColumnLineageDatasetFacet", fields={
            "delay": {"inputFields": [{**source, "field": "dep_delay", "transformations": [
                {"type": "DIRECT", "subtype": "TRANSFORMATION", "description": "", "masking": False},
            ]}]},
        }, dataset=[{**source, "field": "carrier", "transformations": [
            {"type": "INDIRECT", "subtype": "FILTER", "description": "", "masking": False},
        ]}]),
    }, "outputFacets": {"outputStatistics": _facet("1-0-2/OutputStatisticsOutputDatasetFacet", rowCount=7, size=99)}}
    old = {"namespace": "s3://lake", "name": "warehouse/old", "facets": {}}
    dropped = {"namespace": "s3://lake", "name": "warehouse/old", "facets": {
        "lifecycleStateChange": _facet("1-0-1/LifecycleStateChangeDatasetFacet", lifecycleStateChange="DROP"),
    }}
    where = "OpenLineage/OpenLineage/tree/1.40.0/integration/spark"
    return [
        _event("START", "2026-01-01T00:00:00.123456789Z", run, job, [], [], where),
        _event("RUNNING", "2026-01-01T00:00:03Z", run, job, [raw, old], [], where),
        _event("COMPLETE", "2026-01-01T00:00:05Z", run, job, [raw], [made, dropped], where),
    ]


def dbt_run() -> list[JSON]:
    """A dbt test run as dbt-ol tells of it: assertions on the tables that were read."""
    job: JSON = {"namespace": "dbt", "name": "flights.main.flights.test", "facets": {}}
    table: JSON = {"namespace": "duckdb://warehouse", "name": "main.flights", "inputFacets": {
        "dataQualityAssertions": _facet("1-0-2/DataQualityAssertionsDatasetFacet", assertions=[
            {"assertion": "not_null", "success": True, "column": "id"},
            {"assertion": "accepted_values", "success": False, "column": "carrier", "failures": 3},
            {"assertion": "freshness"},
        ]),
    }}
    run: JSON = {"runId": _DBT, "facets": {"dbt_version": {"version": "1.10.23"}}}
    where = "OpenLineage/OpenLineage/tree/1.40.0/integration/dbt"
    return [
        _event("START", "2026-01-01T00:00:00Z", run, job, [table], [], where),
        _event("COMPLETE", "2026-01-01T00:00:05Z", run, job, [table], [], where),
    ]
