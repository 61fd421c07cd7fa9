"""Native operations of experiments."""

from __future__ import annotations

from modelwright.domains.tracking.service import experiments, search
from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes
from modelwright.types.access import Permission
from modelwright.types.page import Page, Search
from modelwright.types.tracking import Experiment, ExperimentCreate, ExperimentUpdate, Lifecycle, Shown

routes = Routes(prefix="/api/v1", tag="experiments")


@routes.post("/experiments", permission=Permission.WRITE, summary="Create an experiment")
def create(ctx: Ctx, body: ExperimentCreate) -> Experiment:
    """A new experiment; 409 when the name is taken, unless `exist_ok`."""
    return experiments.create(ctx, body)


@routes.get("/experiments", permission=Permission.READ, summary="List experiments")
def listed(
    ctx: Ctx,
    filter: str = "",  # noqa: A002
    order_by: str = "",
    max_results: int = 100,
    page: str = "",
    lifecycle: Shown = Shown.ACTIVE,
) -> Page[Experiment]:
    """Newest first; `order_by` holds items with commas between them."""
    items = [item.strip() for item in order_by.split(",") if item.strip()]
    wanted = Search(filter=filter, order_by=items, max_results=max_results, page=page)
    return search.experiments(ctx, wanted, shown(lifecycle))


@routes.post("/experiments:search", permission=Permission.READ, summary="Search experiments")
def find(ctx: Ctx, body: Search, lifecycle: Shown = Shown.ACTIVE) -> Page[Experiment]:
    """See docs/reference/search.md for the language."""
    return search.experiments(ctx, body, shown(lifecycle))


@routes.get("/experiments:by-name", permission=Permission.READ, summary="Find an experiment by its name")
def by_name(ctx: Ctx, name: str) -> Experiment:
    """Deleted experiments are found too."""
    return experiments.by_name(ctx, name)


@routes.get("/experiments/{experiment_id}", permission=Permission.READ, summary="One experiment")
def get(ctx: Ctx, experiment_id: str) -> Experiment:
    """Deleted experiments are found too."""
    return experiments.get(ctx, experiment_id)


@routes.patch(
    "/experiments/{experiment_id}", permission=Permission.WRITE, summary="Rename an experiment, change its tags"
)
def update(ctx: Ctx, experiment_id: str, body: ExperimentUpdate) -> Experiment:
    """Absent fields stay; a tag set to null is removed."""
    return experiments.update(ctx, experiment_id, body)


@routes.delete(
    "/experiments/{experiment_id}", permission=Permission.WRITE, summary="Delete an experiment and its runs"
)
def delete(ctx: Ctx, experiment_id: str) -> None:
    """They can be restored until they are purged."""
    experiments.delete(ctx, experiment_id)


@routes.post(
    "/experiments/{experiment_id}:restore", permission=Permission.WRITE, summary="Restore a deleted experiment"
)
def restore(ctx: Ctx, experiment_id: str) -> Experiment:
    """Runs that were deleted with it come back too."""
    return experiments.restore(ctx, experiment_id)


@routes.post(
    "/experiments/{experiment_id}:purge", permission=Permission.ADMIN, summary="Remove a deleted experiment for good"
)
def purge(ctx: Ctx, experiment_id: str) -> None:
    """Its runs, models and files go too. There is no way back."""
    experiments.purge(ctx, experiment_id)


def shown(wanted: Shown) -> Lifecycle | None:
    """The lifecycle that a list is about; None for both."""
    return None if wanted is Shown.ALL else Lifecycle(wanted.value)
