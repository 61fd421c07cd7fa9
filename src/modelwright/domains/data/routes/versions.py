"""Native operations of versions. `{version}` is a number, an alias, a digest or `latest`."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from modelwright.domains.data.rules import names
from modelwright.domains.data.service import compare, contents, files, uses, versions
from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes
from modelwright.kit.http.download import download
from modelwright.types.access import Permission
from modelwright.types.data import (
    Committed,
    DataDiff,
    DataFile,
    DataUse,
    DataVersion,
    Preview,
    Profile,
    UseCreate,
    Verified,
    VersionCreate,
    VersionUpdate,
)
from modelwright.types.errors import Conflict
from modelwright.types.page import Page

routes = Routes(prefix="/api/v1", tag="dataset-versions")
_READ = {"permission": Permission.READ, "resource": "datasets"}
_WRITE = {"permission": Permission.WRITE, "resource": "datasets"}
_AT = "/datasets/{name}/versions/{version}"


@routes.post("/datasets/{name}/versions", **_WRITE, summary="Make a version")
def commit(ctx: Ctx, name: str, body: VersionCreate) -> Committed:
    """Of contents that were sent before. The same contents again are the same version; what is missing is answered."""
    return versions.commit(ctx, name, body)


@routes.get("/datasets/{name}/versions", **_READ, summary="List versions")
def list_versions(ctx: Ctx, name: str, before: int | None = None, limit: int = 100) -> Page[DataVersion]:
    """Newest first; `next_page` is the `before` of the next page."""
    return versions.page(ctx, name, before, limit)


@routes.get(_AT, **_READ, summary="A version")
def get(ctx: Ctx, name: str, version: str) -> DataVersion:
    """What is known of it."""
    return versions.get(ctx, name, version)


@routes.patch(_AT, **_WRITE, summary="Change what is said about a version")
def update(ctx: Ctx, name: str, version: str, body: VersionUpdate) -> DataVersion:
    """Its message and tags; contents never change."""
    return versions.update(ctx, name, version, body)


@routes.delete(_AT, **_WRITE, summary="Remove a version")
def delete(ctx: Ctx, name: str, version: str) -> None:
    """Refused while an alias points to it or anything needs it."""
    versions.delete(ctx, name, version)


@routes.get("/datasets/{name}:diff", **_READ, summary="What differs between two versions")
def diff(ctx: Ctx, name: str, before: str, after: str = "latest", limit: int = 1_000) -> DataDiff:
    """Files, schema, counts, distributions."""
    return compare.diff(ctx, name, before, after, limit)


@routes.get(f"{_AT}/files", **_READ, summary="List files of a version")
def list_files(
    ctx: Ctx, name: str, version: str, prefix: str = "", glob: str = "", after: str = "", limit: int = 1_000,
    deep: bool = False,
) -> Page[DataFile]:
    """Right below a folder; with `deep` or a pattern (`*`, `**`, `?`), all below it."""
    return files.listing(ctx, name, version, prefix, glob, after, limit, deep=deep)


@routes.get(f"{_AT}/files/{{path:path}}", **_READ, response="application/octet-stream", summary="Download a file")
def get_file(ctx: Ctx, name: str, version: str, path: str, request: Request) -> Any:
    """Takes `Range` and `If-None-Match`. What is kept elsewhere is not fetched from there."""
    row = versions.located(ctx, name, version)
    entry = files.find(ctx, row, path)
    if entry.uri:
        raise Conflict(f"the file lies elsewhere: {entry.uri[:300]}", where="path", hint="fetch it from there")
    items = contents.chunks_of(ctx, row, entry)
    found: Response = download(
        request, lambda start, length: contents.stream(ctx, row, items, start, length),
        name=entry.path.rsplit("/", 1)[-1], size=entry.size, digest=names.shown(entry.digest),
        media_type="application/octet-stream",
    )
    return found


@routes.get(f"{_AT}/profile", **_READ, summary="Statistics of a version")
def profile(ctx: Ctx, name: str, version: str) -> Profile:
    """Per table and column, with small histograms."""
    return files.profile(ctx, name, version)


@routes.get(f"{_AT}/rows", **_READ, summary="Sampled rows of a version")
def rows(ctx: Ctx, name: str, version: str, table: str = "", limit: int = 100) -> Preview:
    """Of the first table, or of a named one."""
    return files.preview(ctx, name, version, table, limit)


@routes.get(f"{_AT}/uses", **_READ, summary="Runs that use a version, and what pins it")
def list_uses(ctx: Ctx, name: str, version: str, limit: int = 1_000) -> Page[DataUse]:
    """Newest first."""
    return Page(uses.of_version(ctx, name, version, limit))


@routes.post(f"{_AT}/uses", **_WRITE, summary="Record that a run uses a version")
def put_use(ctx: Ctx, name: str, version: str, body: UseCreate) -> DataVersion:
    """As `input` or as `output`."""
    return uses.put(ctx, name, version, body)


@routes.post(f"{_AT}:verify", **_WRITE, summary="Read all contents of a version")
def verify(ctx: Ctx, name: str, version: str) -> Verified:
    """What is damaged is named, and healed when the same data is added again."""
    return contents.verify(ctx, name, versions.located(ctx, name, version))
