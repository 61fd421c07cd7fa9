"""What clients log to a run over the MLflow wire: points, params, tags, old-style model records.

These are the hot routes: decoded and grouped on the loop, answered after their group commit. A batch is applied whole
or not at all (upstream keeps the part before a failure).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import msgspec

from modelwright.domains.tracking.service import log, models, runs
from modelwright.kit.context import Ctx
from modelwright.kit.http.commits import committed
from modelwright.protocols.mlflow import rules
from modelwright.protocols.mlflow.shapes import LogBatch, LogKey, LogMetric, LogModel, Metric
from modelwright.protocols.mlflow.wire import EMPTY, endpoint, hot
from modelwright.types.access import Permission
from modelwright.types.codec import to_json
from modelwright.types.errors import Invalid
from modelwright.types.tracking import LogBatch as Batch
from modelwright.types.tracking import ModelMetric, Points, RunUpdate

_HISTORY = "mlflow.log-model.history"


@hot("POST", "/runs/log-metric", LogMetric)
async def log_metric(ctx: Ctx, request: LogMetric) -> bytes:
    """One point."""
    key = rules.key(request.key, "name", "Metric name")
    rules.timestamp(request.timestamp, "timestamp", key)
    batch = Batch(points=[Points(key=key, steps=[request.step], times_ms=[request.timestamp], values=[request.value])])
    for_models = _of_models(request.run_id, [request]) if request.model_id else {}
    await _check_models(ctx, for_models)
    await committed(log.submit(ctx, request.run_id, batch, write_once=True))
    await _model_metrics(ctx, for_models)
    return EMPTY


@hot("POST", "/runs/log-parameter", LogKey)
async def log_parameter(ctx: Ctx, request: LogKey) -> bytes:
    """One param; it cannot be changed afterwards."""
    key = rules.key(request.key, "key", "Param key")
    await _logged(ctx, request.run_id, Batch(params={key: request.value[: rules.PARAM]}))
    return EMPTY


@hot("POST", "/runs/set-tag", LogKey)
async def set_tag(ctx: Ctx, request: LogKey) -> bytes:
    """One tag; those that are fields of a run change it."""
    key = rules.key(request.key, "key")
    await _tagged(ctx, request.run_id, Batch(), {key: request.value[: rules.TAG]})
    return EMPTY


@hot("POST", "/runs/log-batch", LogBatch)
async def log_batch(ctx: Ctx, request: LogBatch) -> bytes:
    """Points, params and tags together."""
    metrics, params, tags = request.metrics, request.params, request.tags
    rules.batch(len(metrics), len(params), len(tags))
    values: dict[str, str] = {}
    for index, item in enumerate(params):
        key = rules.key(item.key, f"params[{index}].key", "Param key")
        if key in values:
            twice = [
                other.key
                for place, other in enumerate(params)
                if other.key in {before.key for before in params[:place]}
            ]
            raise Invalid(
                f"Duplicate parameter keys have been submitted: {twice}. "
                "Please ensure the request contains only one param value per param key.",
                where=f"params[{index}].key",
            )
        values[key] = item.value[: rules.PARAM]
    marks = {rules.key(item.key, f"tags[{index}].key"): item.value[: rules.TAG] for index, item in enumerate(tags)}
    batch = Batch(points=_grouped(metrics), params=values)
    for_models = _of_models(request.run_id, metrics)
    await _check_models(ctx, for_models)
    if marks:
        await _tagged(ctx, request.run_id, batch, marks)
    else:
        await _logged(ctx, request.run_id, batch)
    await _model_metrics(ctx, for_models)
    return EMPTY


@endpoint("POST", "/runs/log-model", LogModel, Permission.WRITE)
def log_model(ctx: Ctx, request: LogModel) -> Any:
    """Append to the list of models that clients before 3.0 keep in a tag."""
    try:
        found = msgspec.json.decode(request.model_json)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Invalid(
            f"Malformed model info. \n {request.model_json[:500]} \n is not a valid JSON.", where="model_json"
        )
    model: dict[str, Any] = found
    absent = {"artifact_path", "flavors", "utc_time_created", "run_id"} - set(model)
    if absent:
        raise Invalid(f"Model json is missing mandatory fields: {absent}", where="model_json")
    flavors = model["flavors"]
    if isinstance(flavors, dict):
        for flavor in flavors.values():
            if isinstance(flavor, dict):
                flavor.pop("config", None)
    before = runs.get(ctx, request.run_id).tags.get(_HISTORY, "[]")
    try:
        history = msgspec.json.decode(before, type=list[Any])
    except ValueError:
        history = []
    text = to_json([*history, model]).decode()
    runs.update(ctx, request.run_id, RunUpdate(tags={_HISTORY: text}))
    return {}


def _grouped(metrics: list[Metric]) -> list[Points]:
    """Points by metric, as columns, in the order of their arrival."""
    columns: dict[str, tuple[list[int], list[int], list[Any]]] = {}
    for index, item in enumerate(metrics):
        column = columns.get(item.key)
        if column is None:
            rules.key(item.key, f"metrics[{index}].name" if item.key else f"metrics[{index}].key", "Metric name")
            column = columns[item.key] = ([], [], [])
        if item.timestamp < 0:
            rules.timestamp(item.timestamp, f"metrics[{index}].timestamp", item.key)
        column[0].append(item.step)
        column[1].append(item.timestamp)
        column[2].append(item.value)
    return [
        Points(key=key, steps=steps, times_ms=times, values=values) for key, (steps, times, values) in columns.items()
    ]


async def _logged(ctx: Ctx, run_id: str, batch: Batch) -> None:
    await committed(log.submit(ctx, run_id, batch, write_once=True))


async def _tagged(ctx: Ctx, run_id: str, batch: Batch, tags: dict[str, str]) -> None:
    """Log a batch with tags, in one transaction. Tags that are fields here change the run."""
    plain = {key: value for key, value in tags.items() if key not in rules.FIELD_TAGS}
    change: RunUpdate | None = None
    if len(plain) < len(tags):
        change = RunUpdate(
            name=rules.run_name(tags.get(rules.RUN_NAME, "")) or None,
            user=tags.get(rules.USER),
            parent_id=tags.get(rules.PARENT),
            notes=tags.get(rules.NOTE),
        )
        if rules.KIND in tags:
            rules.kind(tags[rules.KIND])
            plain[rules.KIND] = tags[rules.KIND]
        if not (plain or batch.points or batch.params):  # no sign of life of the run: people do this too
            await committed(runs.submit_update(ctx, run_id, change))
            return
    whole = msgspec.structs.replace(batch, tags=plain)
    await committed(log.submit(ctx, run_id, whole, write_once=True, change=change))


def _of_models(run_id: str, metrics: Iterable[Metric | LogMetric]) -> dict[str, list[ModelMetric]]:
    """The points that are about logged models, by model."""
    by_model: dict[str, list[ModelMetric]] = {}
    for item in metrics:
        if item.model_id:
            by_model.setdefault(item.model_id, []).append(
                ModelMetric(
                    key=item.key,
                    value=item.value,
                    step=item.step,
                    time_ms=item.timestamp,
                    run_id=run_id,
                    dataset_name=item.dataset_name or None,
                    dataset_digest=item.dataset_digest or None,
                )
            )
    return by_model


async def _check_models(ctx: Ctx, by_model: dict[str, list[ModelMetric]]) -> None:
    """Refuse before anything is logged when a model is not there."""
    for model_id in by_model:
        await asyncio.get_running_loop().run_in_executor(None, models.get, ctx, model_id)


async def _model_metrics(ctx: Ctx, by_model: dict[str, list[ModelMetric]]) -> None:
    for model_id, found in by_model.items():
        await asyncio.get_running_loop().run_in_executor(None, models.record_metrics, ctx, model_id, found)
