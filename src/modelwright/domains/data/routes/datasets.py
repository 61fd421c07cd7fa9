"""Native operations of datasets and their aliases."""

from __future__ import annotations

from modelwright.domains.data.service import aliases, datasets, retention
from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes
from modelwright.types.access import Permission
from modelwright.types.data import (
    AliasChange,
    AliasSet,
    DataAlias,
    Dataset,
    DatasetCreate,
    DatasetUpdate,
    DataUse,
    Retained,
)
from modelwright.types.page import Page, Search

routes = Routes(prefix="/api/v1", tag="datasets")
_READ = {"permission": Permission.READ, "resource": "datasets"}
_WRITE = {"permission": Permission.WRITE, "resource": "datasets"}


@routes.post("/datasets", **_WRITE, status=201, summary="Make a dataset")
def create(ctx: Ctx, body: DatasetCreate) -> Dataset:
    """Adding data to a new name makes it too."""
    return datasets.create(ctx, body)


@routes.get("/datasets", **_READ, summary="List datasets")
def list_datasets(ctx: Ctx, limit: int = 100, page: str = "") -> Page[Dataset]:
    """Those that changed last come first."""
    return datasets.search(ctx, Search(max_results=limit, page=page))


@routes.post("/datasets:search", **_READ, summary="Search datasets")
def search(ctx: Ctx, body: Search) -> Page[Dataset]:
    """Fields: name, description, created, updated, created_by, version, tags.KEY."""
    return datasets.search(ctx, body)


@routes.get("/datasets/{name}", **_READ, summary="A dataset with its newest version")
def get(ctx: Ctx, name: str) -> Dataset:
    """By name."""
    return datasets.get(ctx, name)


@routes.patch("/datasets/{name}", **_WRITE, summary="Change a dataset")
def update(ctx: Ctx, name: str, body: DatasetUpdate) -> Dataset:
    """Its description, tags and rule of retention."""
    return datasets.update(ctx, name, body)


@routes.delete("/datasets/{name}", **_WRITE, summary="Remove a dataset")
def delete(ctx: Ctx, name: str) -> None:
    """Refused while anything needs one of its versions."""
    datasets.delete(ctx, name)


@routes.post("/datasets/{name}:retain", **_WRITE, summary="Apply the rule of retention")
def retain(ctx: Ctx, name: str, dry_run: bool = False) -> Retained:
    """With `dry_run` nothing is removed."""
    return retention.retain(ctx, name, dry_run=dry_run)


@routes.get("/datasets/{name}/uses", **_READ, summary="Runs that use any version of a dataset")
def uses(ctx: Ctx, name: str, limit: int = 1_000) -> Page[DataUse]:
    """Newest first."""
    return Page(datasets.uses(ctx, name, min(max(limit, 1), 10_000)))


@routes.get("/runs/{run_id}/datasets", **_READ, summary="Versions of datasets that a run used")
def uses_of_run(ctx: Ctx, run_id: str) -> Page[DataUse]:
    """Inputs and outputs."""
    return Page(datasets.uses_of_run(ctx, run_id))


@routes.get("/datasets/{name}/aliases", **_READ, summary="Aliases of a dataset")
def list_aliases(ctx: Ctx, name: str) -> Page[DataAlias]:
    """By name."""
    return Page(aliases.listed(ctx, name))


@routes.get("/datasets/{name}/alias-moves", **_READ, summary="How aliases moved")
def alias_moves(ctx: Ctx, name: str, alias: str = "", limit: int = 100) -> Page[AliasChange]:
    """Newest first; of one alias, or of all."""
    return Page(aliases.history(ctx, name, alias, limit))


@routes.put("/datasets/{name}/aliases/{alias}", **_WRITE, summary="Point an alias to a version")
def put_alias(ctx: Ctx, name: str, alias: str, body: AliasSet) -> DataAlias:
    """A number, a digest, `latest`, or another alias."""
    return aliases.put(ctx, name, alias, str(body.version))


@routes.delete("/datasets/{name}/aliases/{alias}", **_WRITE, summary="Remove an alias")
def drop_alias(ctx: Ctx, name: str, alias: str) -> None:
    """Its history stays."""
    aliases.drop(ctx, name, alias)
