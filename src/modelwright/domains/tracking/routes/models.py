"""Native operations of logged models."""

from __future__ import annotations

from modelwright.domains.tracking.routes.experiments import shown
from modelwright.domains.tracking.service import models, search
from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes
from modelwright.types.access import Permission
from modelwright.types.page import Page, Search
from modelwright.types.tracking import LoggedModel, LoggedModelCreate, LoggedModelUpdate, Shown

routes = Routes(prefix="/api/v1", tag="models")


@routes.post("/models", permission=Permission.WRITE, summary="Create a logged model")
def create(ctx: Ctx, body: LoggedModelCreate) -> LoggedModel:
    """It is pending until its state is set. Its files go to `/models/{model_id}/artifacts`."""
    return models.create(
        ctx,
        experiment_id=body.experiment_id,
        name=body.name,
        kind=body.kind,
        source_run_id=body.source_run_id,
        params=body.params,
        tags=body.tags,
        id=body.id,
        created_ms=body.created_ms,
    )


@routes.post("/models:search", permission=Permission.READ, summary="Search logged models")
def find(ctx: Ctx, body: Search, experiment: list[str] = [], lifecycle: Shown = Shown.ACTIVE) -> Page[LoggedModel]:  # noqa: B006
    """Of the experiments whose ids are given, or of all of the workspace."""
    return search.models(
        ctx,
        experiment,
        filter=body.filter,
        order_by=body.order_by,
        max_results=body.max_results,
        page=body.page,
        lifecycle=shown(lifecycle),
    )


@routes.get("/models/{model_id}", permission=Permission.READ, summary="One logged model")
def get(ctx: Ctx, model_id: str) -> LoggedModel:
    """With params, tags and metrics."""
    return models.get(ctx, model_id)


@routes.patch("/models/{model_id}", permission=Permission.WRITE, summary="Change a logged model")
def update(ctx: Ctx, model_id: str, body: LoggedModelUpdate) -> LoggedModel:
    """Set its state and tags, add params and metrics."""
    return models.update(ctx, model_id, body)


@routes.delete("/models/{model_id}", permission=Permission.WRITE, summary="Delete a logged model")
def delete(ctx: Ctx, model_id: str) -> None:
    """It can be restored."""
    models.delete(ctx, model_id)


@routes.post("/models/{model_id}:restore", permission=Permission.WRITE, summary="Restore a deleted logged model")
def restore(ctx: Ctx, model_id: str) -> LoggedModel:
    """Bring it back."""
    return models.restore(ctx, model_id)
