"""dbt's artifacts as OpenLineage events: what is in the project, what ran, what was checked."""

from __future__ import annotations

import uuid
from typing import Any

from modelwright.sdk.imports.dbt.artifacts import JSON, Artifacts, inner, name, objects, parents, strings

_PRODUCER = "https://github.com/modelwright/modelwright"
_SPEC = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/"
_KINDS = {"success": "COMPLETE", "pass": "COMPLETE", "error": "FAIL", "runtime error": "FAIL", "fail": "FAIL",
          "warn": "COMPLETE", "skipped": "ABORT"}
_JOBS = ("model", "seed", "snapshot")


def all_of(artifacts: Artifacts, namespace: str) -> list[JSON]:
    """Every event, the project first; the same artifacts make the same events."""
    return [*project(artifacts, namespace), *ran(artifacts, namespace), *checks(artifacts, namespace)]


def dataset(artifacts: Artifacts, namespace: str, unique_id: str) -> JSON:
    """A table with its columns, description, tags and owners."""
    node = artifacts.nodes()[unique_id]
    facets: JSON = {}
    columns = _columns(artifacts, unique_id, node)
    if columns:
        facets["schema"] = _facet("1-1-1/SchemaDatasetFacet.json") | {"fields": columns}
    if node.get("description"):
        facets["documentation"] = _facet("1-0-1/DocumentationDatasetFacet.json") | {"description": node["description"]}
    owner = inner(node, "meta").get("owner") or inner(inner(node, "config"), "meta").get("owner")
    if isinstance(owner, str):
        facets["ownership"] = _facet("1-0-1/OwnershipDatasetFacet.json") | {"owners": [{"name": owner}]}
    tags = strings(node.get("tags"))
    if tags:
        facets["tags"] = _facet("1-0-0/TagsDatasetFacet.json") | {
            "tags": [{"key": each, "value": "true", "source": "DBT"} for each in tags]
        }
    return {"namespace": namespace, "name": name(node), "facets": facets}


def project(artifacts: Artifacts, namespace: str) -> list[JSON]:
    """A JobEvent for every model, seed and snapshot, a DatasetEvent for every source."""
    at = str(artifacts.metadata.get("generated_at") or "1970-01-01T00:00:00Z")
    found: list[JSON] = []
    for unique_id, node in artifacts.tables().items():
        if node.get("resource_type") == "source":
            found.append(_event(at, "DatasetEvent") | {"dataset": dataset(artifacts, namespace, unique_id)})
            continue
        found.append(
            _event(at, "JobEvent")
            | {
                "job": job(artifacts, unique_id),
                "inputs": [dataset(artifacts, namespace, each) for each in parents(artifacts, unique_id)],
                "outputs": [dataset(artifacts, namespace, unique_id)],
            }
        )
    return found


def job(artifacts: Artifacts, unique_id: str) -> JSON:
    """The job that makes a table."""
    node = artifacts.nodes().get(unique_id, {})
    facets: JSON = {
        "jobType": _facet("2-0-3/JobTypeJobFacet.json")
        | {"processingType": "BATCH", "integration": "DBT", "jobType": str(node.get("resource_type", "")).upper()},
    }
    code = node.get("compiled_code") or node.get("raw_code")
    if isinstance(code, str) and code:
        facets["sql"] = _facet("1-0-1/SQLJobFacet.json") | {"query": code}
    return {"namespace": f"dbt://{artifacts.project}", "name": unique_id, "facets": facets}


def ran(artifacts: Artifacts, namespace: str) -> list[JSON]:
    """Two events for each model, seed and snapshot that ran: its start and its end."""
    nodes = artifacts.nodes()
    tables = artifacts.tables()
    found: list[JSON] = []
    for result in objects(artifacts.results.get("results")):
        unique_id = str(result.get("unique_id", ""))
        if nodes.get(unique_id, {}).get("resource_type") not in _JOBS:
            continue
        begun, ended = _times(artifacts, result)
        run: JSON = {"runId": _run_id(artifacts, unique_id), "facets": {"parent": _parent(artifacts)}}
        message = result.get("message")
        status = str(result.get("status", ""))
        if _KINDS.get(status) == "FAIL" and isinstance(message, str):
            run["facets"]["errorMessage"] = _facet("1-0-1/ErrorMessageRunFacet.json") | {
                "message": message[:10_000], "programmingLanguage": "SQL",
            }
        whole: JSON = {
            "run": run,
            "job": job(artifacts, unique_id),
            "inputs": [dataset(artifacts, namespace, each) for each in parents(artifacts, unique_id)],
            "outputs": [dataset(artifacts, namespace, unique_id)] if unique_id in tables else [],
        }
        if begun:
            found.append(_event(begun, "RunEvent") | {"eventType": "START"} | whole)
        found.append(_event(ended, "RunEvent") | {"eventType": _KINDS.get(status, "OTHER")} | whole)
    return found


def checks(artifacts: Artifacts, namespace: str) -> list[JSON]:
    """One event of the tests' results, and one of the freshness of sources."""
    nodes = artifacts.nodes()
    tables = artifacts.tables()
    tested: dict[str, list[JSON]] = {}
    at = str(inner(artifacts.results, "metadata").get("generated_at") or "")
    for result in objects(artifacts.results.get("results")):
        node = nodes.get(str(result.get("unique_id", "")), {})
        if node.get("resource_type") != "test":
            continue
        status = str(result.get("status", ""))
        entry: JSON = {
            "assertion": str(inner(node, "test_metadata").get("name") or node.get("name")),
            "name": str(node.get("name")),
            "success": True if status == "pass" else False if status in ("fail", "error") else None,
            "column": node.get("column_name"),
            "status": status, "failures": result.get("failures"), "message": result.get("message"),
        }
        attached = node.get("attached_node")
        targets = [attached] if isinstance(attached, str) and attached in tables else parents(
            artifacts, str(result.get("unique_id"))
        )
        for each in targets[:1]:
            tested.setdefault(each, []).append(entry)
    found: list[JSON] = []
    if tested and at:
        found.append(_checked(artifacts, namespace, at, "test", tested))
    fresh: dict[str, list[JSON]] = {}
    for result in objects(artifacts.sources.get("results")):
        unique_id = str(result.get("unique_id", ""))
        if unique_id in tables:
            status = str(result.get("status", ""))
            fresh[unique_id] = [{
                "assertion": "freshness", "name": "freshness", "success": status == "pass", "column": None,
                "status": status, "max_loaded_at": result.get("max_loaded_at"), "criteria": result.get("criteria"),
            }]
    at = str(inner(artifacts.sources, "metadata").get("generated_at") or "")
    if fresh and at:
        found.append(_checked(artifacts, namespace, at, "source freshness", fresh))
    return found


def _checked(artifacts: Artifacts, namespace: str, at: str, what: str, results: dict[str, list[JSON]]) -> JSON:
    inputs = [
        {
            "namespace": namespace, "name": name(artifacts.nodes()[unique_id]),
            "inputFacets": {
                "dataQualityAssertions": _facet("1-0-2/DataQualityAssertionsDatasetFacet.json") | {"assertions": each}
            },
        }
        for unique_id, each in results.items()
    ]
    return _event(at, "RunEvent") | {
        "eventType": "COMPLETE",
        "run": {"runId": _run_id(artifacts, what), "facets": {"parent": _parent(artifacts)}},
        "job": {"namespace": f"dbt://{artifacts.project}", "name": f"{artifacts.project}: {what}"},
        "inputs": inputs,
        "outputs": [],
    }


def _columns(artifacts: Artifacts, unique_id: str, node: JSON) -> list[JSON]:
    """Columns as the warehouse says (catalog), with descriptions as people wrote them (manifest)."""
    said = inner(node, "columns")
    lower = {key.lower(): each for key, each in said.items() if isinstance(each, dict)}
    place = "sources" if node.get("resource_type") == "source" else "nodes"
    known = inner(inner(inner(artifacts.catalog, place), unique_id), "columns")
    if not known:
        return [_field(key, each.get("data_type"), each) for key, each in said.items() if isinstance(each, dict)]
    ordered = sorted(objects(list(known.values())), key=_place)
    return [_field(str(each.get("name")), each.get("type"), lower.get(str(each.get("name")).lower(), {}))
            for each in ordered]


def _place(column: JSON) -> int:
    place = column.get("index")
    return place if isinstance(place, int) else 0


def _field(column: str, kind: Any, said: JSON) -> JSON:
    found: JSON = {"name": column}
    if kind:
        found["type"] = str(kind)
    if said.get("description"):
        found["description"] = str(said["description"])
    return found


def _times(artifacts: Artifacts, result: JSON) -> tuple[str, str]:
    begun = ended = ""
    for each in objects(result.get("timing")):
        begun = min(filter(None, (begun, str(each.get("started_at") or ""))), default="")
        ended = max(ended, str(each.get("completed_at") or ""))
    return begun, ended or str(inner(artifacts.results, "metadata").get("generated_at") or "1970-01-01T00:00:00Z")


def _invocation(artifacts: Artifacts) -> str:
    holder = artifacts.results or artifacts.sources or artifacts.manifest
    text = str(inner(holder, "metadata").get("invocation_id") or artifacts.metadata.get("invocation_id") or "")
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"dbt:{artifacts.project}:{text}"))


def _run_id(artifacts: Artifacts, what: str) -> str:
    return str(uuid.uuid5(uuid.UUID(_invocation(artifacts)), what))


def _parent(artifacts: Artifacts) -> JSON:
    command = str(inner(artifacts.results, "args").get("which") or "run")
    return _facet("1-1-0/ParentRunFacet.json") | {
        "run": {"runId": _invocation(artifacts)},
        "job": {"namespace": f"dbt://{artifacts.project}", "name": f"{artifacts.project}: {command}"},
    }


def _event(at: str, kind: str) -> JSON:
    return {"eventTime": at, "producer": _PRODUCER, "schemaURL": f"{_SPEC}{kind}"}


def _facet(schema: str) -> JSON:
    return {"_producer": _PRODUCER, "_schemaURL": f"https://openlineage.io/spec/facets/{schema}"}
