"""Native operations of saved views."""

from __future__ import annotations

from modelwright.domains.tracking.service import views
from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes
from modelwright.types.access import Permission
from modelwright.types.overview import View, ViewCreate, ViewUpdate
from modelwright.types.page import Page

routes = Routes(prefix="/api/v1", tag="views")


@routes.get("/experiments/{experiment_id}/views", permission=Permission.READ, summary="Saved views of an experiment")
def listed(ctx: Ctx, experiment_id: str) -> Page[View]:
    """Those that are shared, and one's own."""
    return views.listed(ctx, experiment_id)


@routes.post("/experiments/{experiment_id}/views", permission=Permission.WRITE, summary="Save a view")
def create(ctx: Ctx, experiment_id: str, body: ViewCreate) -> View:
    """The state is kept as it comes; at most 256 KB."""
    return views.create(ctx, experiment_id, body)


@routes.get("/views/{view_id}", permission=Permission.READ, summary="One saved view")
def get(ctx: Ctx, view_id: str) -> View:
    """404 for views of others that are not shared."""
    return views.get(ctx, view_id)


@routes.patch("/views/{view_id}", permission=Permission.WRITE, summary="Change a saved view")
def update(ctx: Ctx, view_id: str, body: ViewUpdate) -> View:
    """Its owner may, and administrators."""
    return views.update(ctx, view_id, body)


@routes.delete("/views/{view_id}", permission=Permission.WRITE, summary="Delete a saved view")
def delete(ctx: Ctx, view_id: str) -> None:
    """There is no way back."""
    views.delete(ctx, view_id)
