"""Runs over the MLflow wire: create, change, read, search, inputs and outputs. What is logged to them is in `log`."""

from __future__ import annotations

from typing import Any

from modelwright.domains.tracking.service import inputs, runs, search
from modelwright.kit.context import Ctx
from modelwright.kit.http.commits import committed
from modelwright.protocols.mlflow import encode, filters, rules
from modelwright.protocols.mlflow.decode import bad_value, missing
from modelwright.protocols.mlflow.experiments import LIFECYCLES, page_size
from modelwright.protocols.mlflow.shapes import (
    CreateRun,
    DeleteTag,
    LogInputs,
    LogOutputs,
    RunId,
    SearchRuns,
    UpdateRun,
)
from modelwright.protocols.mlflow.shapes import DatasetInput as DatasetMessage
from modelwright.protocols.mlflow.wire import endpoint, hot
from modelwright.types.access import Permission
from modelwright.types.codec import to_json
from modelwright.types.errors import Invalid
from modelwright.types.tracking import DatasetInput, ModelInput, ModelOutput, RunCreate, RunSearch, RunUpdate

_NOTHING: dict[str, Any] = {}
_DATASETS = 1_000
_DATASET_LIMITS = (("name", 500), ("digest", 36), ("source", 65_535), ("schema", 1_048_575), ("profile", 16_777_215))


@hot("POST", "/runs/create", CreateRun)
async def create(ctx: Ctx, request: CreateRun) -> bytes:
    """A new run."""
    tags: dict[str, str] = {}
    for index, tag in enumerate(request.tags):
        rules.key(tag.key, f"tags[{index}].key")
        tags[tag.key] = tag.value[: rules.TAG]
    named = tags.pop(rules.RUN_NAME, "")
    if request.run_name and named and request.run_name != named:
        raise Invalid(
            "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values "
            f"(run_name='{request.run_name}', mlflow.runName='{named}').",
            where="run_name",
        )
    user = tags.pop(rules.USER, "")
    more: dict[str, Any] = {}
    if rules.KIND in tags:
        more["kind"] = rules.kind(tags.pop(rules.KIND))
    body = RunCreate(
        experiment_id=rules.experiment_id(request.experiment_id) if request.experiment_id else "0",
        name=rules.run_name(request.run_name or named),
        user=request.user_id or user,
        parent_id=tags.pop(rules.PARENT, "") or None,
        notes=tags.pop(rules.NOTE, ""),
        start_ms=request.start_time,
        tags=tags,
        **more,
    )
    made = await committed(runs.submit_create(ctx, body))
    return to_json({"run": encode.run(made, outputs=False)})


@hot("POST", "/runs/update", UpdateRun)
async def update(ctx: Ctx, request: UpdateRun) -> bytes:
    """A new state, end or name of a run."""
    body = RunUpdate(
        state=None if request.status is None else rules.STATES[request.status.name],
        end_ms=request.end_time,
        name=rules.run_name(request.run_name or "") or None,
    )
    changed = await committed(runs.submit_update(ctx, request.run_id, body))
    return to_json({"run_info": encode.run_info(changed)})


@endpoint("POST", "/runs/delete", RunId, Permission.WRITE)
def delete(ctx: Ctx, request: RunId) -> Any:
    """Mark deleted."""
    runs.delete(ctx, request.run_id)
    return _NOTHING


@endpoint("POST", "/runs/restore", RunId, Permission.WRITE)
def restore(ctx: Ctx, request: RunId) -> Any:
    """Bring back."""
    runs.restore(ctx, request.run_id)
    return _NOTHING


@endpoint("GET", "/runs/get", RunId, Permission.READ)
def get(ctx: Ctx, request: RunId) -> Any:
    """One run with everything."""
    return {"run": encode.run(runs.get(ctx, request.run_id))}


@endpoint("POST", "/runs/search", SearchRuns, Permission.READ)
def find(ctx: Ctx, request: SearchRuns) -> Any:
    """Search. No experiments means no runs, as upstream."""
    size = page_size(request.max_results)
    if not request.experiment_ids:
        return _NOTHING
    page = search.runs(
        ctx,
        RunSearch(
            experiments=[rules.experiment_id(item) for item in request.experiment_ids],
            filter=filters.runs(request.filter),
            order_by=filters.order(request.order_by),
            max_results=size,
            page=request.page_token,
            lifecycle=LIFECYCLES[request.run_view_type],
        ),
    )
    answer: dict[str, Any] = {}
    if page.items:
        answer["runs"] = [encode.run(item, model_inputs=False) for item in page.items]
    if page.next_page:
        answer["next_page_token"] = page.next_page
    return answer


@endpoint("POST", "/runs/delete-tag", DeleteTag, Permission.WRITE)
def delete_tag(ctx: Ctx, request: DeleteTag) -> Any:
    """Remove a tag. The name of a run stays when its tag goes, as upstream."""
    if request.key == rules.RUN_NAME:
        runs.update(ctx, request.run_id, RunUpdate())
        return _NOTHING
    if request.key in (rules.PARENT, rules.NOTE):
        found = runs.get(ctx, request.run_id)
        if found.parent_id if request.key == rules.PARENT else found.notes:
            runs.update(
                ctx, request.run_id, RunUpdate(parent_id="") if request.key == rules.PARENT else RunUpdate(notes="")
            )
            return _NOTHING
    runs.delete_tag(ctx, request.run_id, request.key)
    return _NOTHING


@endpoint("POST", "/runs/log-inputs", LogInputs, Permission.WRITE)
def log_inputs(ctx: Ctx, request: LogInputs) -> Any:
    """Datasets and models that a run used."""
    if len(request.datasets) > _DATASETS:
        raise Invalid(
            f"A batch logging request can contain at most {_DATASETS} datasets. Got {len(request.datasets)} datasets. "
            "Please split up datasets across multiple requests and try again.",
            where="datasets",
        )
    datasets = [_dataset(item, f"datasets[{index}]") for index, item in enumerate(request.datasets)]
    runs_models = [ModelInput(model_id=item.model_id) for item in request.models]
    inputs.log_inputs(ctx, request.run_id, datasets, runs_models)
    return _NOTHING


@endpoint("POST", "/runs/outputs", LogOutputs, Permission.WRITE)
def log_outputs(ctx: Ctx, request: LogOutputs) -> Any:
    """Models that a run made."""
    inputs.log_outputs(
        ctx, request.run_id, [ModelOutput(model_id=item.model_id, step=item.step) for item in request.models]
    )
    return _NOTHING


def _dataset(item: DatasetMessage, where: str) -> DatasetInput:
    dataset = item.dataset
    if dataset is None:
        raise missing(f"{where}.dataset")
    for name, most in _DATASET_LIMITS:
        if len(getattr(dataset, name) or "") > most:
            raise Invalid(
                f"'{where}.dataset.{name}' exceeds the maximum length of {most} characters",
                where=f"{where}.dataset.{name}",
            )
    tags: dict[str, str] = {}
    for index, tag in enumerate(item.tags):
        place = f"{where}.tags[{index}]"
        if not tag.key:
            raise missing(f"{place}.key")
        if tag.key in tags:
            raise bad_value(f"{place}.key", tag.key, "The key is given twice.")
        tags[tag.key] = rules.limit(tag.value, 500, f"{place}.value")
        rules.limit(tag.key, 255, f"{place}.key")
    return DatasetInput(
        name=dataset.name,
        digest=dataset.digest,
        source_type=dataset.source_type,
        source=dataset.source,
        schema=dataset.schema,
        profile=dataset.profile,
        tags=tags,
    )
