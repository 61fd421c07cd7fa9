"""Native operations of registered models and their aliases."""

from __future__ import annotations

from starlette.requests import Request

from modelwright.domains.registry.service import moves, names, search, versions
from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes
from modelwright.kit.http.near import near
from modelwright.types.access import Permission
from modelwright.types.errors import Invalid
from modelwright.types.page import Page, Search
from modelwright.types.registry import (
    AliasSet,
    Comparison,
    Expected,
    Kind,
    ModelVersion,
    Move,
    RegisteredModel,
    RegisteredModelCreate,
    RegisteredUpdate,
    Rename,
)

routes = Routes(prefix="/api/v1", tag="registry")
_MODELS = "models"


@routes.post("/registered-models", permission=Permission.WRITE, resource=_MODELS, summary="Create a registered model")
def create(ctx: Ctx, body: RegisteredModelCreate) -> RegisteredModel:
    """A name for versions. Making a version makes it as well."""
    return names.create(ctx, body)


@routes.post("/registered-models:search", permission=Permission.READ, resource=_MODELS, summary="Search models")
def find(ctx: Ctx, body: Search) -> Page[RegisteredModel]:
    """Filters name `name`, `alias`, `tags.<key>`, `description`, `user`, `created`, `updated`."""
    return search.models(ctx, body)


@routes.get("/registered-models:compare", permission=Permission.READ, resource=_MODELS, summary="Compare two versions")
def compare(ctx: Ctx, a: str, b: str) -> Comparison:
    """`a` and `b` are `name/3`, `name@alias` or `name/latest`."""
    return versions.compare(ctx, _reference(a, "a"), _reference(b, "b"))


@routes.get("/registered-models/{name}", permission=Permission.READ, resource=_MODELS, summary="One registered model")
def get(ctx: Ctx, name: str) -> RegisteredModel:
    """With tags, aliases and the newest version of each stage."""
    return names.get(ctx, name, Kind.MODEL)


@routes.patch("/registered-models/{name}", permission=Permission.WRITE, resource=_MODELS, summary="Change a model")
def update(ctx: Ctx, name: str, body: RegisteredUpdate) -> RegisteredModel:
    """Its description (Markdown) and tags."""
    return names.update(ctx, name, body, Kind.MODEL)


@routes.post(
    "/registered-models/{name}:rename", permission=Permission.WRITE, resource=_MODELS, summary="Rename a model"
)
def rename(ctx: Ctx, name: str, body: Rename) -> RegisteredModel:
    """Versions, aliases and history follow."""
    return names.rename(ctx, name, body.name, Kind.MODEL)


@routes.delete("/registered-models/{name}", permission=Permission.WRITE, resource=_MODELS, summary="Delete a model")
def delete(ctx: Ctx, name: str) -> None:
    """With its versions. Their numbers are not given again."""
    names.delete(ctx, name, Kind.MODEL)


@routes.get(
    "/registered-models/{name}/history", permission=Permission.READ, resource=_MODELS, summary="Moves of a model"
)
def history(ctx: Ctx, name: str, alias: str = "") -> Page[Move]:
    """Every move of its aliases and stages, or of one alias, the newest first."""
    return Page(moves.history(ctx, name, alias=alias, kind=Kind.MODEL))


@routes.get(
    "/registered-models/{name}/aliases/{alias}",
    permission=Permission.READ,
    resource=_MODELS,
    summary="The version that an alias means",
)
async def get_alias(ctx: Ctx, name: str, alias: str, request: Request) -> ModelVersion:
    """`latest` is the version with the highest number."""
    return await near(ctx, request, lambda: versions.by_alias(ctx, name, alias, kind=Kind.MODEL))


@routes.put(
    "/registered-models/{name}/aliases/{alias}", permission=Permission.WRITE, resource=_MODELS, summary="Move an alias"
)
def set_alias(ctx: Ctx, name: str, alias: str, body: AliasSet) -> ModelVersion:
    """To a version; with `expected`, only if it means that one now (0: none)."""
    return moves.set_alias(ctx, name, alias, body.version, expected=body.expected, kind=Kind.MODEL)


@routes.delete(
    "/registered-models/{name}/aliases/{alias}",
    permission=Permission.WRITE,
    resource=_MODELS,
    summary="Delete an alias",
)
def delete_alias(ctx: Ctx, name: str, alias: str, expected: int | None = None) -> None:
    """Fine when there is none."""
    moves.delete_alias(ctx, name, alias, expected=expected, kind=Kind.MODEL)


@routes.post(
    "/registered-models/{name}/aliases/{alias}:rollback",
    permission=Permission.WRITE,
    resource=_MODELS,
    summary="Move an alias back",
)
def rollback(ctx: Ctx, name: str, alias: str, body: Expected) -> ModelVersion:
    """To the version that it meant before. Once more goes back once more."""
    return moves.rollback(ctx, name, alias, expected=body.expected, kind=Kind.MODEL)


def _reference(text: str, where: str) -> tuple[str, str]:
    name, slash, version = text.removeprefix("models:/").partition("/")
    if slash:
        return name, version
    name, at, alias = name.rpartition("@")
    if at:
        return name, f"@{alias}"
    raise Invalid(f"{text[:100]!r} names no version", where=where, hint="write name/3 or name@alias")
