"""Experiments over the MLflow wire."""

from __future__ import annotations

from typing import Any

from modelwright.domains.tracking.service import experiments, inputs, search
from modelwright.kit.context import Ctx
from modelwright.protocols.mlflow import encode, rules
from modelwright.protocols.mlflow.shapes import (
    CreateExperiment,
    DeleteExperimentTag,
    ExperimentByName,
    ExperimentId,
    SearchDatasets,
    SearchExperiments,
    SetExperimentTag,
    UpdateExperiment,
    ViewType,
)
from modelwright.protocols.mlflow.wire import AJAX, endpoint
from modelwright.types.access import Permission
from modelwright.types.errors import AlreadyExists, Conflict, Invalid, NotFound
from modelwright.types.page import Search
from modelwright.types.tracking import Experiment, ExperimentCreate, ExperimentUpdate, Lifecycle

LARGEST_PAGE = 50_000
LIFECYCLES = {ViewType.ACTIVE_ONLY: Lifecycle.ACTIVE, ViewType.DELETED_ONLY: Lifecycle.DELETED, ViewType.ALL: None}
_NOTHING: dict[str, Any] = {}


def page_size(value: int | None, most: int = LARGEST_PAGE) -> int:
    """A page size that the client may ask for. Raises `Invalid`."""
    size = 0 if value is None else value
    if size > most:
        raise Invalid(
            f"Invalid value {size} for parameter 'max_results' supplied: "
            f"It must be at most {most}, but got value {size}",
            where="max_results",
        )
    if size < 1:
        raise Invalid(
            f"Invalid value {size} for parameter 'max_results' supplied: It must be a positive integer, but got {size}",
            where="max_results",
        )
    return size


@endpoint("GET", "/experiments/get-by-name", ExperimentByName, Permission.READ)
def get_by_name(ctx: Ctx, request: ExperimentByName) -> Any:
    """The experiment of a name, deleted ones too."""
    try:
        found = experiments.by_name(ctx, request.experiment_name)
    except NotFound:
        raise NotFound(
            f"Could not find experiment with name '{request.experiment_name}'", where="experiment_name"
        ) from None
    return {"experiment": encode.experiment(found)}


@endpoint("POST", "/experiments/create", CreateExperiment, Permission.WRITE)
def create(ctx: Ctx, request: CreateExperiment) -> Any:
    """A new experiment."""
    name = rules.experiment_name(request.name)
    tags = {tag.key: tag.value for tag in request.tags}
    for key, value in tags.items():
        rules.experiment_tag(key, value)
    if request.artifact_location.startswith("runs:"):
        raise Invalid(
            f"Artifact location cannot be a runs:/ URI. Given: '{request.artifact_location[:200]}'",
            where="artifact_location",
        )
    try:
        made = experiments.create(
            ctx, ExperimentCreate(name=name, artifact_location=request.artifact_location, tags=tags)
        )
    except AlreadyExists as error:
        raise AlreadyExists(
            f"Experiment(name={name}) already exists. Error: {error.message}. "
            "If the experiment is deleted, its name stays reserved: restore the experiment, or permanently delete it",
            where="name",
        ) from None
    return {"experiment_id": made.id}


@endpoint("GET", "/experiments/get", ExperimentId, Permission.READ)
def get(ctx: Ctx, request: ExperimentId) -> Any:
    """One experiment."""
    return {"experiment": encode.experiment(_get(ctx, request.experiment_id))}


@endpoint("POST", "/experiments/delete", ExperimentId, Permission.WRITE)
def delete(ctx: Ctx, request: ExperimentId) -> Any:
    """Mark deleted, with its runs."""
    found = _get(ctx, request.experiment_id)
    if found.lifecycle is not Lifecycle.ACTIVE:
        raise NotFound(f"No Experiment with id={found.id} exists in state active", where="experiment_id")
    experiments.delete(ctx, found.id)
    return _NOTHING


@endpoint("POST", "/experiments/restore", ExperimentId, Permission.WRITE)
def restore(ctx: Ctx, request: ExperimentId) -> Any:
    """Bring back, with its runs."""
    found = _get(ctx, request.experiment_id)
    if found.lifecycle is Lifecycle.ACTIVE:
        raise NotFound(f"No Experiment with id={found.id} exists in state deleted", where="experiment_id")
    experiments.restore(ctx, found.id)
    return _NOTHING


@endpoint("POST", "/experiments/update", UpdateExperiment, Permission.WRITE)
def update(ctx: Ctx, request: UpdateExperiment) -> Any:
    """Rename."""
    _active(_get(ctx, request.experiment_id))
    experiments.update(ctx, request.experiment_id, ExperimentUpdate(name=rules.experiment_name(request.new_name)))
    return _NOTHING


@endpoint("POST", "/experiments/search", SearchExperiments, Permission.READ)
@endpoint("GET", "/experiments/search", SearchExperiments, Permission.READ)
def find(ctx: Ctx, request: SearchExperiments) -> Any:
    """Search."""
    size = page_size(request.max_results)
    page = search.experiments(
        ctx,
        Search(filter=request.filter, order_by=request.order_by, max_results=size, page=request.page_token),
        LIFECYCLES[request.view_type],
    )
    answer: dict[str, Any] = {}
    if page.items:
        answer["experiments"] = [encode.experiment(item) for item in page.items]
    if page.next_page:
        answer["next_page_token"] = page.next_page
    return answer


@endpoint("POST", "/experiments/set-experiment-tag", SetExperimentTag, Permission.WRITE)
def set_tag(ctx: Ctx, request: SetExperimentTag) -> Any:
    """Set a tag."""
    rules.experiment_tag(request.key, request.value)
    _active(_get(ctx, request.experiment_id))
    experiments.set_tags(ctx, request.experiment_id, {request.key: request.value})
    return _NOTHING


@endpoint("POST", "/experiments/delete-experiment-tag", DeleteExperimentTag, Permission.WRITE)
def delete_tag(ctx: Ctx, request: DeleteExperimentTag) -> Any:
    """Remove a tag."""
    found = _get(ctx, request.experiment_id)
    _active(found)
    if request.key not in found.tags:
        raise NotFound(f"No tag with name: {request.key[:250]} in experiment with id {found.id}", where="key")
    experiments.set_tags(ctx, found.id, {request.key: None})
    return _NOTHING


@endpoint("POST", "/experiments/search-datasets", SearchDatasets, Permission.READ, prefixes=AJAX)
def search_datasets(ctx: Ctx, request: SearchDatasets) -> Any:
    """The datasets that runs of experiments read."""
    ids = request.experiment_ids
    if not ids:
        raise Invalid("SearchDatasets request must specify at least one experiment_id.", where="experiment_ids")
    if len(ids) > 20:
        raise Invalid(
            f"SearchDatasets request cannot specify more than 20 experiment_ids. Received {len(ids)} experiment_ids.",
            where="experiment_ids",
        )
    for item in ids:
        rules.experiment_id(item)
    found = inputs.datasets(ctx, ids)
    return {
        "dataset_summaries": [
            {"experiment_id": experiment, "name": name, "digest": digest, "context": context}
            for experiment, name, digest, context in found
        ]
    }


def _get(ctx: Ctx, text: str) -> Experiment:
    number = rules.experiment_id(text)
    try:
        return experiments.get(ctx, number)
    except NotFound:
        raise NotFound(f"No Experiment with id={number} exists", where="experiment_id") from None


def _active(found: Experiment) -> None:
    if found.lifecycle is not Lifecycle.ACTIVE:
        raise Conflict(
            f"The experiment {found.id} must be in the 'active' state. Current state is {found.lifecycle.value}.",
            where="experiment_id",
        )
