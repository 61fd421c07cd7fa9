"""Logged models (3.x) over the MLflow wire."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from modelwright.domains.tracking.service import artifacts, models, search
from modelwright.kit.context import Ctx
from modelwright.protocols.mlflow import encode, filters, rules
from modelwright.protocols.mlflow.artifacts import send
from modelwright.protocols.mlflow.decode import bad_value
from modelwright.protocols.mlflow.shapes import (
    CreateModel,
    Empty,
    FinalizeModel,
    GetModel,
    ModelFolder,
    ModelParams,
    ModelStatus,
    ModelTags,
    SearchModels,
    Tag,
)
from modelwright.protocols.mlflow.wire import AJAX, direct, endpoint
from modelwright.types.access import Permission
from modelwright.types.errors import Invalid, ModelwrightError, NotFound
from modelwright.types.tracking import Lifecycle, LoggedModel, LoggedModelState

_NOTHING: dict[str, Any] = {}
_PAGE, _LARGEST_PAGE = 50, 50_000
_STATES = {
    ModelStatus.LOGGED_MODEL_STATUS_UNSPECIFIED: LoggedModelState.UNSPECIFIED,
    ModelStatus.LOGGED_MODEL_PENDING: LoggedModelState.PENDING,
    ModelStatus.LOGGED_MODEL_READY: LoggedModelState.READY,
    ModelStatus.LOGGED_MODEL_UPLOAD_FAILED: LoggedModelState.FAILED,
}


class BadRequest(Invalid):
    """A request that upstream answers with BAD_REQUEST."""

    code = "BAD_REQUEST"


@endpoint("POST", "/logged-models", CreateModel, Permission.WRITE)
def create(ctx: Ctx, request: CreateModel) -> Any:
    """A new logged model; its files follow, then its final state."""
    if request.name:
        rules.model_name(request.name)
    made = models.create(
        ctx,
        experiment_id=rules.experiment_id(request.experiment_id),
        name=request.name,
        kind=request.model_type,
        source_run_id=request.source_run_id or None,
        params=_pairs(request.params, "params", rules.PARAM),
        tags=_pairs(request.tags, "tags", rules.TAG),
    )
    return {"model": encode.model(made)}


@endpoint("GET", "/logged-models/{model_id}", GetModel, Permission.READ)
def get(ctx: Ctx, request: GetModel, model_id: str) -> Any:
    """One logged model."""
    return {"model": encode.model(_get(ctx, model_id, deleted=request.allow_deleted))}


@endpoint("PATCH", "/logged-models/{model_id}", FinalizeModel, Permission.WRITE)
def finalize(ctx: Ctx, request: FinalizeModel, model_id: str) -> Any:
    """The final state of a logged model."""
    _same(request.model_id, model_id)
    assert request.status is not None
    _get(ctx, model_id)
    return {"model": encode.model(models.finalize(ctx, model_id, _STATES[request.status]))}


@endpoint("DELETE", "/logged-models/{model_id}", Empty, Permission.WRITE)
def delete(ctx: Ctx, request: Empty, model_id: str) -> Any:
    """Mark deleted."""
    _get(ctx, model_id)
    models.delete(ctx, model_id)
    return _NOTHING


@endpoint("PATCH", "/logged-models/{model_id}/tags", ModelTags, Permission.WRITE)
def set_tags(ctx: Ctx, request: ModelTags, model_id: str) -> Any:
    """Set tags."""
    if request.model_id:
        _same(request.model_id, model_id)
    _get(ctx, model_id)
    return {"model": encode.model(models.set_tags(ctx, model_id, _pairs(request.tags, "tags", rules.TAG)))}


@endpoint("DELETE", "/logged-models/{model_id}/tags/{tag_key}", Empty, Permission.WRITE)
def delete_tag(ctx: Ctx, request: Empty, model_id: str, tag_key: str) -> Any:
    """Remove a tag."""
    if tag_key not in _get(ctx, model_id).tags:
        raise NotFound(f"No tag with key {tag_key[:250]!r} found for model with ID {model_id!r}.", where="tag_key")
    models.delete_tag(ctx, model_id, tag_key)
    return _NOTHING


@endpoint("POST", "/logged-models/{model_id}/params", ModelParams, Permission.WRITE)
def log_params(ctx: Ctx, request: ModelParams, model_id: str) -> Any:
    """Add params."""
    _same(request.model_id, model_id)
    _get(ctx, model_id)
    models.log_params(ctx, model_id, _pairs(request.params, "params", rules.PARAM))
    return _NOTHING


@endpoint("POST", "/logged-models/search", SearchModels, Permission.READ)
def find(ctx: Ctx, request: SearchModels) -> Any:
    """Search. No experiments means no models."""
    size = _PAGE if request.max_results is None or request.max_results == 0 else request.max_results
    if not 1 <= size <= _LARGEST_PAGE:
        raise Invalid(
            f"Invalid value {size} for parameter 'max_results' supplied: It must be a positive integer.",
            where="max_results",
        )
    for index, item in enumerate(request.datasets):
        if not item.dataset_name:
            raise Invalid(
                "`dataset_name` in the `datasets` clause must be specified.", where=f"datasets[{index}].dataset_name"
            )
    for index, item in enumerate(request.order_by):
        if not item.field_name:
            raise Invalid(
                "`field_name` in the `order_by` clause must be specified.", where=f"order_by[{index}].field_name"
            )
        if item.dataset_digest and not item.dataset_name:
            raise Invalid(
                "`dataset_digest` can only be specified if `dataset_name` is also specified.",
                where=f"order_by[{index}].dataset_digest",
            )
    if not request.experiment_ids:
        return _NOTHING
    page = search.models(
        ctx,
        [rules.experiment_id(item) for item in request.experiment_ids],
        filter=request.filter,
        order_by=filters.model_order(request.order_by),
        max_results=size,
        page=request.page_token,
        datasets=[(item.dataset_name, item.dataset_digest) for item in request.datasets],
        order_datasets=[
            (item.dataset_name, item.dataset_digest) if item.dataset_name else None for item in request.order_by
        ],
    )
    answer: dict[str, Any] = {}
    if page.items:
        answer["models"] = [encode.model(item) for item in page.items]
    if page.next_page:
        answer["next_page_token"] = page.next_page
    return answer


@endpoint("GET", "/logged-models/{model_id}/artifacts/directories", ModelFolder, Permission.READ)
def folder(ctx: Ctx, request: ModelFolder, model_id: str) -> Any:
    """A folder of a logged model's files, with paths from the model's root."""
    model = _get(ctx, model_id)
    found = artifacts.list(ctx, f"models/{model.id}", request.artifact_directory_path)
    answer: dict[str, Any] = {"root_uri": model.artifact_uri}
    if found:
        answer["files"] = [encode.file(item) for item in found]
    return answer


@direct("GET", "/logged-models/{model_id}/artifacts/files", Permission.READ, prefixes=AJAX)
def read_file(ctx: Ctx, request: Request, model_id: str) -> Response:
    """A file of a logged model, for a browser to save."""
    path = request.query_params.get("artifact_file_path", "")
    if not path:
        raise BadRequest('Request must include the "artifact_file_path" query parameter.', where="artifact_file_path")
    return send(ctx, request, f"models/{_get(ctx, model_id).id}", path, path)


def _get(ctx: Ctx, model_id: str, *, deleted: bool = False) -> LoggedModel:
    try:
        found = models.get(ctx, model_id)
    except ModelwrightError as error:
        if error.kind not in ("not_found", "invalid"):
            raise
        found = None
    if found is None or (found.lifecycle is not Lifecycle.ACTIVE and not deleted):
        raise NotFound(f"Logged model with ID '{model_id[:100]}' not found.", where="model_id")
    return found


def _same(given: str, model_id: str) -> None:
    if given != model_id:
        raise bad_value("model_id", given, f"It differs from the one in the path, {model_id[:100]!r}.")


def _pairs(items: list[Tag], where: str, most: int) -> dict[str, str]:
    values: dict[str, str] = {}
    for index, item in enumerate(items):
        rules.key(item.key, f"{where}[{index}].key")
        values[item.key] = item.value[:most]
    return values
