"""A run of ours as an OpenLineage event. The job is its experiment; datasets it read are inputs, models outputs."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from modelwright.types.codec import finite, to_json
from modelwright.types.tracking import LoggedModel, Run, RunState

JSON = dict[str, Any]

PRODUCER = "https://github.com/modelwright/modelwright"
_SPEC = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
_FACETS = "https://openlineage.io/spec/facets"
_OURS = f"{PRODUCER}/docs/wires/openlineage.md"
_KINDS = {
    RunState.QUEUED: "OTHER", RunState.RUNNING: "START", RunState.FINISHED: "COMPLETE", RunState.FAILED: "FAIL",
    RunState.KILLED: "ABORT", RunState.CRASHED: "FAIL",
}
_MOST = 500


def run_uuid(run_id: str) -> str:
    """A run's id as a UUID: the same 32 digits, or one made of another kind of id."""
    try:
        return str(uuid.UUID(run_id))
    except ValueError:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"modelwright:run:{run_id}"))


def run_event(run: Run, experiment: str, models: list[LoggedModel], namespace: str) -> bytes:
    """The event of what a run is now. Told twice, it is the same event."""
    kind = _KINDS[run.state]
    ended = kind in ("COMPLETE", "FAIL", "ABORT")
    at_ms = (run.end_ms if ended else None) or run.start_ms or run.created_ms
    event = {
        "eventType": kind,
        "eventTime": _moment(at_ms),
        "producer": PRODUCER,
        "schemaURL": _SPEC,
        "run": {"runId": run_uuid(run.id), "facets": _run_facets(run, experiment, namespace)},
        "job": {
            "namespace": namespace, "name": experiment,
            "facets": {
                "jobType": _facet("2-0-3/JobTypeJobFacet.json") | {
                    "processingType": "BATCH", "integration": "MODELWRIGHT", "jobType": run.kind.value.upper(),
                },
            },
        },
        "inputs": [_dataset(each.name, each.digest, each.source, namespace) for each in run.dataset_inputs[:_MOST]]
        + [_model(each.model_id, "", namespace) for each in run.model_inputs[:_MOST]],
        "outputs": [_model(each.id, each.name, namespace) for each in models[:_MOST]],
    }
    return to_json(finite(event))


def _run_facets(run: Run, experiment: str, namespace: str) -> JSON:
    facets: JSON = {
        "processing_engine": _facet("1-1-1/ProcessingEngineRunFacet.json") | {"version": "1", "name": "modelwright"},
        "modelwright_run": {
            "_producer": PRODUCER, "_schemaURL": _OURS, "id": run.id, "name": run.name, "user": run.user,
            "params": dict(list(run.params.items())[:_MOST]),
            "metrics": {key: each.last for key, each in list(run.metrics.items())[:_MOST]},
        },
    }
    if run.parent_id:
        facets["parent"] = _facet("1-1-0/ParentRunFacet.json") | {
            "run": {"runId": run_uuid(run.parent_id)}, "job": {"namespace": namespace, "name": experiment},
        }
    if run.state in (RunState.FAILED, RunState.CRASHED):
        facets["errorMessage"] = _facet("1-0-1/ErrorMessageRunFacet.json") | {
            "message": f"the run {run.state.value}", "programmingLanguage": "python",
        }
    return facets


def _dataset(name: str, digest: str, source: str, namespace: str) -> JSON:
    return {
        "namespace": namespace, "name": f"datasets/{name}",
        "facets": {
            "version": _facet("1-0-1/DatasetVersionDatasetFacet.json") | {"datasetVersion": digest},
            "modelwright_dataset": {"_producer": PRODUCER, "_schemaURL": _OURS, "source": source[:4_000]},
        },
    }


def _model(model_id: str, name: str, namespace: str) -> JSON:
    return {
        "namespace": namespace, "name": f"models/{model_id}",
        "facets": {
            "datasetType": _facet("1-0-0/DatasetTypeDatasetFacet.json") | {"datasetType": "MODEL", "subType": name},
        },
    }


def _facet(schema: str) -> JSON:
    return {"_producer": PRODUCER, "_schemaURL": f"{_FACETS}/{schema}"}


def _moment(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
