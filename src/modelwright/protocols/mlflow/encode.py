"""Entities as MLflow's clients parse them: snake_case, 64-bit integers as numbers, unset fields left out.

NaN travels as the text "NaN", ±Inf as the largest floats, as MLflow's own store gives them back. Refuses to know where
entities come from.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import repeat
from typing import Any

import msgspec
from starlette.responses import Response

from modelwright.protocols.mlflow import rules
from modelwright.types.codec import Number, number_in, to_json
from modelwright.types.tracking import (
    Artifact,
    DatasetInput,
    Experiment,
    Lifecycle,
    LoggedModel,
    LoggedModelState,
    ModelMetric,
    Run,
    RunKind,
)

Json = dict[str, Any]

_LARGEST = 1.7976931348623157e308
_MODEL_STATES = {
    LoggedModelState.UNSPECIFIED: "LOGGED_MODEL_STATUS_UNSPECIFIED",
    LoggedModelState.PENDING: "LOGGED_MODEL_PENDING",
    LoggedModelState.READY: "LOGGED_MODEL_READY",
    LoggedModelState.FAILED: "LOGGED_MODEL_UPLOAD_FAILED",
}


def reply(value: Any) -> Response:
    """A JSON answer."""
    return Response(to_json(value), media_type="application/json")


def raw(content: bytes) -> Response:
    """An answer that is JSON already."""
    return Response(content, media_type="application/json")


def value(number: Number | int) -> Number:
    """A metric value as this wire writes it."""
    if type(number) is float and number - number == 0.0:
        return number
    found = number_in(number)
    if math.isfinite(found):
        return found
    return "NaN" if math.isnan(found) else math.copysign(_LARGEST, found)


class Pair(msgspec.Struct, gc=False):
    """A tag or a param. A struct, because lists of runs hold thousands and it costs a fraction of a dictionary."""

    key: str
    value: str


class Latest(msgspec.Struct, gc=False):
    """The latest point of a metric."""

    key: str
    value: Number
    timestamp: int
    step: int


def pairs(values: dict[str, str]) -> list[Pair]:
    """Tags or params, by key."""
    return [Pair(name, text) for name, text in sorted(values.items())]


def stage(lifecycle: Lifecycle) -> str:
    """`active` or `deleted`."""
    return lifecycle.value


def experiment(item: Experiment) -> Json:
    """An Experiment message."""
    return {
        "experiment_id": item.id,
        "name": item.name,
        "artifact_location": item.artifact_location,
        "lifecycle_stage": stage(item.lifecycle),
        "last_update_time": item.updated_ms,
        "creation_time": item.created_ms,
        **({"tags": pairs(item.tags)} if item.tags else {}),
        "workspace": item.workspace,
    }


def run_tags(run: Run) -> dict[str, str]:
    """The tags of a run with those that are fields here."""
    tags = {rules.RUN_NAME: run.name}
    if run.user:
        tags[rules.USER] = run.user
    if run.parent_id:
        tags[rules.PARENT] = run.parent_id
    if run.notes:
        tags[rules.NOTE] = run.notes
    if run.kind is not RunKind.TRAINING:
        tags[rules.KIND] = run.kind.value
    return {**run.tags, **tags} if run.tags else tags


def run_info(run: Run) -> Json:
    """A RunInfo message. A crashed run shows as FAILED."""
    info: Json = {
        "run_uuid": run.id,
        "run_id": run.id,
        "run_name": run.name,
        "experiment_id": run.experiment_id,
        "user_id": run.user,
        "status": rules.STATUSES[run.state],
        "start_time": run.start_ms or 0,
    }
    if run.end_ms is not None:
        info["end_time"] = run.end_ms
    info["artifact_uri"] = run.artifact_uri
    info["lifecycle_stage"] = stage(run.lifecycle)
    return info


def param_text(item: Any) -> str:
    """A param as MLflow shows it: `str(value)`."""
    return item if isinstance(item, str) else str(item)


def run(item: Run, *, model_inputs: bool = True, outputs: bool = True) -> Json:
    """A Run message; `metrics` holds the latest value of each."""
    data: Json = {}
    if item.metrics:
        data["metrics"] = [Latest(key, value(last.last), last.time_ms, last.step) for key, last in item.metrics.items()]
    if item.params:
        data["params"] = [Pair(key, param_text(param)) for key, param in item.params.items()]
    data["tags"] = [Pair(key, text) for key, text in run_tags(item).items()]
    message: Json = {"info": run_info(item), "data": data}
    inputs: Json = {}
    if item.dataset_inputs:
        inputs["dataset_inputs"] = [dataset_input(dataset) for dataset in item.dataset_inputs]
    if item.model_inputs and model_inputs:
        inputs["model_inputs"] = [{"model_id": model.model_id} for model in item.model_inputs]
    message["inputs"] = inputs
    if outputs:
        made = [{"model_id": model.model_id, "step": model.step} for model in item.model_outputs]
        message["outputs"] = {"model_outputs": made} if made else {}
    return message


def dataset_input(item: DatasetInput) -> Json:
    """A DatasetInput message."""
    dataset: Json = {"name": item.name, "digest": item.digest, "source_type": item.source_type, "source": item.source}
    if item.schema is not None:
        dataset["schema"] = item.schema
    if item.profile is not None:
        dataset["profile"] = item.profile
    return {"tags": pairs(item.tags), "dataset": dataset} if item.tags else {"dataset": dataset}


def file(item: Artifact, path: str | None = None) -> Json:
    """A FileInfo message, under another path when given."""
    shown = item.path if path is None else path
    return (
        {"path": shown, "is_dir": True}
        if item.is_dir
        else {"path": shown, "is_dir": False, "file_size": item.size or 0}
    )


def basename(item: Artifact) -> Json:
    """A FileInfo message with the last part of the path alone."""
    return file(item, item.path.rstrip("/").rpartition("/")[2])


def model(item: LoggedModel) -> Json:
    """A LoggedModel message."""
    info: Json = {
        "model_id": item.id,
        "experiment_id": item.experiment_id,
        "name": item.name,
        "creation_timestamp_ms": item.created_ms,
        "last_updated_timestamp_ms": item.updated_ms,
        "artifact_uri": item.artifact_uri,
        "status": _MODEL_STATES[item.state],
    }
    if item.kind:
        info["model_type"] = item.kind
    if item.source_run_id:
        info["source_run_id"] = item.source_run_id
    if item.state_message:
        info["status_message"] = item.state_message
    if item.tags:
        info["tags"] = pairs(item.tags)
        if "mlflow.modelVersions" in item.tags:
            info["registrations"] = registrations(item.tags["mlflow.modelVersions"])
    data: Json = {}
    if item.params:
        data["params"] = pairs(item.params)
    if item.metrics:
        data["metrics"] = [model_metric(metric, item.id) for metric in item.metrics]
    return {"info": info, "data": data} if data else {"info": info}


def registrations(text: str) -> list[Json]:
    """The versions that a logged model became, from the tag that lists them; what is not such a list is none."""
    try:
        entries = msgspec.json.decode(text, type=list[dict[str, Any]])
    except (msgspec.MsgspecError, RecursionError):
        return []
    return [{"name": str(entry.get("name", "")), "version": str(entry.get("version", ""))} for entry in entries]


def model_metric(item: ModelMetric, model_id: str) -> Json:
    """A Metric message of a logged model."""
    message: Json = {"key": item.key, "value": value(item.value), "timestamp": item.time_ms, "step": item.step}
    if item.dataset_name:
        message["dataset_name"] = item.dataset_name
    if item.dataset_digest:
        message["dataset_digest"] = item.dataset_digest
    message["model_id"] = model_id
    if item.run_id:
        message["run_id"] = item.run_id
    return message


class _Point(msgspec.Struct, gc=False, omit_defaults=True):
    key: str
    value: Any
    timestamp: int
    step: int
    run_id: str = ""


def points(key: str, steps: Sequence[int], times: Sequence[int], values: Sequence[float], *, run_id: str = "") -> bytes:
    """Metric messages of one series, comma-separated, without brackets. Histories are long, so this is the fast way."""
    plain: Sequence[Number] = values
    if not all(map(math.isfinite, values)):
        plain = [value(number) for number in values]
    count = len(steps)
    messages = list(map(_Point, repeat(key, count), plain, times, steps, repeat(run_id, count)))
    return to_json(messages)[1:-1]
