"""Native operations of versions of registered models, and of their files."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from modelwright.domains.registry.service import files, moves, search, versions
from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes
from modelwright.kit.http.download import download
from modelwright.types.access import Permission
from modelwright.types.page import Page, Search
from modelwright.types.registry import Kind, ModelVersion, RegisteredUpdate, StageSet, VersionCreate
from modelwright.types.tracking import Artifact

routes = Routes(prefix="/api/v1", tag="model_versions")
_MODELS = "models"
_ONE = "/registered-models/{name}/versions/{version}"


@routes.post(
    "/registered-models/{name}/versions", permission=Permission.WRITE, resource=_MODELS, summary="Make a version"
)
def create(ctx: Ctx, name: str, body: VersionCreate) -> ModelVersion:
    """From files of a run, a logged model, another version, or a place in an object store. The files are pinned."""
    return versions.create(ctx, name, body)


@routes.post("/model-versions:search", permission=Permission.READ, resource=_MODELS, summary="Search versions")
def find(ctx: Ctx, body: Search) -> Page[ModelVersion]:
    """Filters name `name`, `version`, `stage`, `alias`, `run_id`, `model_id`, `source`, `digest`, `tags.<key>`."""
    return search.found_versions(ctx, body)


@routes.get(_ONE, permission=Permission.READ, resource=_MODELS, summary="One version")
def get(ctx: Ctx, name: str, version: str) -> ModelVersion:
    """By number, or `latest`; with everything that was known when it was made."""
    return versions.find(ctx, name, version, kind=Kind.MODEL)


@routes.patch(_ONE, permission=Permission.WRITE, resource=_MODELS, summary="Change a version")
def update(ctx: Ctx, name: str, version: int, body: RegisteredUpdate) -> ModelVersion:
    """Its description (Markdown) and tags."""
    return versions.update(ctx, name, version, body, kind=Kind.MODEL)


@routes.delete(_ONE, permission=Permission.WRITE, resource=_MODELS, summary="Delete a version")
def delete(ctx: Ctx, name: str, version: int) -> None:
    """Its number stays taken, aliases that meant it are deleted."""
    versions.delete(ctx, name, version, kind=Kind.MODEL)


@routes.post(_ONE + ":stage", permission=Permission.WRITE, resource=_MODELS, summary="Move a version to a stage")
def stage(ctx: Ctx, name: str, version: int, body: StageSet) -> ModelVersion:
    """With `expected`, only if it is in that stage now."""
    return moves.transition_stage(
        ctx, name, version, body.stage.value, archive=body.archive, expected=body.expected
    )


@routes.get(_ONE + "/files", permission=Permission.READ, resource=_MODELS, summary="List files of a version")
def list_files(ctx: Ctx, name: str, version: int, path: str = "") -> Page[Artifact]:
    """Files and directories right below a directory."""
    return Page(files.listed(ctx, versions.row_of(ctx, name, version), path))


@routes.get(
    _ONE + "/files/{path:path}",
    permission=Permission.READ,
    resource=_MODELS,
    response="application/octet-stream",
    summary="Download a file of a version",
)
def get_file(ctx: Ctx, name: str, version: int, path: str, request: Request) -> Any:
    """Takes `Range` and `If-None-Match`."""
    found = files.opened(ctx, versions.row_of(ctx, name, version), path)
    return download(
        request,
        lambda start, length: files.content(ctx, found, start, length),
        name=found.path.rsplit("/", 1)[-1],
        size=found.size or 0,
        digest=found.digest,
        media_type=found.media_type,
    )
