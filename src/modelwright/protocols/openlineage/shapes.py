"""Answers in Marquez's shape."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from modelwright.types.elsewhere import OuterName, OuterNamespace, OuterRun, OuterThing, OuterVersion

JSON = dict[str, Any]


def moment(ms: int | None) -> str | None:
    """A time as Marquez writes it."""
    if ms is None:
        return None
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def namespace(each: OuterNamespace) -> JSON:
    """A namespace."""
    return {
        "name": each.name, "createdAt": moment(each.created_ms), "updatedAt": moment(each.updated_ms),
        "ownerName": "anonymous", "description": None, "isHidden": False,
    }


def name(each: OuterName) -> JSON:
    """The id of a job or dataset."""
    return {"namespace": each.namespace, "name": each.name}


def node_id(kind: str, each: OuterName) -> str:
    """The id of a node of Marquez's graph."""
    return f"{'job' if kind == 'job' else 'dataset'}:{each.namespace}:{each.name}"


def run(each: OuterRun) -> JSON:
    """A run."""
    duration = None if each.ended_ms is None or each.started_ms is None else max(each.ended_ms - each.started_ms, 0)
    return {
        "id": each.id, "createdAt": moment(each.created_ms), "updatedAt": moment(each.updated_ms),
        "nominalStartTime": moment(each.nominal_start_ms), "nominalEndTime": moment(each.nominal_end_ms),
        "state": each.state or "NEW", "startedAt": moment(each.started_ms), "endedAt": moment(each.ended_ms),
        "durationMs": duration, "args": {}, "facets": each.facets,
        "jobVersion": {**name(each.job), "version": each.job_version or str(uuid.UUID(int=0))},
        "job": name(each.job), "parentRunId": each.parent or None,
        "inputDatasetVersions": [
            {"datasetVersionId": {**name(e.table), "version": e.version}, "facets": e.facets} for e in each.inputs
        ],
        "outputDatasetVersions": [
            {"datasetVersionId": {**name(e.table), "version": e.version}, "facets": e.facets} for e in each.outputs
        ],
    }


def job(each: OuterThing, runs: list[OuterRun] | None = None) -> JSON:
    """A job."""
    parent = each.facts.get("parent")
    above = parent if isinstance(parent, str) else None
    latest = run(each.latest) if each.latest else None
    return {
        "id": name(each.name), "type": str(each.facts.get("type") or "BATCH"), "name": each.name.name,
        "simpleName": each.name.name.removeprefix(f"{above}.") if above else each.name.name,
        "parentJobName": above, "parentJobUuid": None,
        "createdAt": moment(each.created_ms), "updatedAt": moment(each.updated_ms), "namespace": each.name.namespace,
        "inputs": [name(e) for e in each.inputs], "outputs": [name(e) for e in each.outputs],
        "location": each.facts.get("url"), "description": each.facts.get("description"),
        "latestRun": latest,
        "latestRuns": [run(e) for e in runs] if runs is not None else ([latest] if latest else []),
        "facets": each.facets, "tags": _tags(each), "currentVersion": each.version.version if each.version else None,
        "labels": [],
    }


def job_version(thing: OuterThing, each: OuterVersion) -> JSON:
    """A version of a job."""
    return {
        "id": {**name(thing.name), "version": each.version}, "name": thing.name.name,
        "namespace": thing.name.namespace, "version": each.version, "createdAt": moment(each.created_ms),
        "location": thing.facts.get("url"), "inputs": [name(e) for e in thing.inputs],
        "outputs": [name(e) for e in thing.outputs], "latestRun": run(thing.latest) if thing.latest else None,
    }


def dataset(each: OuterThing, columns: list[JSON] | None = None) -> JSON:
    """A dataset."""
    return {
        "id": name(each.name), "type": "STREAM" if str(each.facts.get("type", "")).upper() == "STREAM" else "DB_TABLE",
        "name": each.name.name, "physicalName": each.name.name, "createdAt": moment(each.created_ms),
        "updatedAt": moment(each.updated_ms), "namespace": each.name.namespace, "sourceName": each.name.namespace,
        "fields": fields(each.version), "tags": _tags(each), "lastModifiedAt": moment(each.updated_ms),
        "lastLifecycleState": "DROP" if each.gone else "", "description": each.facts.get("description"),
        "currentVersion": each.version.version if each.version else None, "facets": each.facets,
        "deleted": each.gone, "columnLineage": columns,
    }


def dataset_version(thing: OuterThing, each: OuterVersion, made_by: OuterRun | None) -> JSON:
    """A version of a dataset."""
    whole = dataset(thing)
    return whole | {
        "id": {**name(thing.name), "version": each.version}, "version": each.version,
        "createdAt": moment(each.created_ms), "fields": fields(each), "lifecycleState": "",
        "createdByRun": run(made_by) if made_by else None,
    }


def fields(version: OuterVersion | None) -> list[JSON]:
    """Columns of a dataset."""
    return [
        {"name": e.get("name"), "type": e.get("type"), "tags": [], "description": e.get("description")}
        for e in (version.fields if version else [])
    ]


def found(each: OuterThing) -> JSON:
    """A result of a search."""
    return {
        "name": each.name.name, "namespace": each.name.namespace, "nodeId": node_id(each.kind, each.name),
        "type": "JOB" if each.kind == "job" else "DATASET", "updatedAt": moment(each.updated_ms),
    }


def _tags(each: OuterThing) -> list[str]:
    tags = each.facts.get("tags")
    return tags if isinstance(tags, list) else []  # pyright: ignore[reportUnknownVariableType]
