"""Native operations of prompts."""

from __future__ import annotations

from starlette.requests import Request

from modelwright.domains.registry.service import moves, names, prompts, versions
from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes
from modelwright.kit.http.near import near
from modelwright.types.access import Permission
from modelwright.types.page import Page, Search
from modelwright.types.registry import (
    AliasSet,
    Expected,
    Kind,
    Move,
    Prompt,
    PromptCreate,
    PromptDiff,
    PromptVersion,
    RegisteredUpdate,
    Rename,
)

routes = Routes(prefix="/api/v1", tag="prompts")
_PROMPTS = "prompts"


@routes.post("/prompts:search", permission=Permission.READ, resource=_PROMPTS, summary="Search prompts")
def find(ctx: Ctx, body: Search) -> Page[Prompt]:
    """Filters name `name`, `alias`, `tags.<key>`, `description`, `user`, `created`, `updated`."""
    return prompts.find(ctx, body)


@routes.get("/prompts/{name}", permission=Permission.READ, resource=_PROMPTS, summary="One prompt")
def get(ctx: Ctx, name: str) -> Prompt:
    """With its newest version."""
    return prompts.get(ctx, name)


@routes.patch("/prompts/{name}", permission=Permission.WRITE, resource=_PROMPTS, summary="Change a prompt")
def update(ctx: Ctx, name: str, body: RegisteredUpdate) -> Prompt:
    """Its description (Markdown) and tags."""
    names.update(ctx, name, body, Kind.PROMPT)
    return prompts.get(ctx, name)


@routes.post("/prompts/{name}:rename", permission=Permission.WRITE, resource=_PROMPTS, summary="Rename a prompt")
def rename(ctx: Ctx, name: str, body: Rename) -> Prompt:
    """Versions, aliases and history follow."""
    names.rename(ctx, name, body.name, Kind.PROMPT)
    return prompts.get(ctx, body.name)


@routes.delete("/prompts/{name}", permission=Permission.WRITE, resource=_PROMPTS, summary="Delete a prompt")
def delete(ctx: Ctx, name: str) -> None:
    """With its versions. Their numbers are not given again."""
    names.delete(ctx, name, Kind.PROMPT)


@routes.post(
    "/prompts/{name}/versions", permission=Permission.WRITE, resource=_PROMPTS, summary="Register a version of a prompt"
)
def register(ctx: Ctx, name: str, body: PromptCreate) -> PromptVersion:
    """The prompt is made when it is missing."""
    return prompts.register(ctx, name, body)


@routes.get("/prompts/{name}/versions", permission=Permission.READ, resource=_PROMPTS, summary="Versions of a prompt")
def list_versions(ctx: Ctx, name: str) -> Page[PromptVersion]:
    """The newest first."""
    return Page(prompts.list_versions(ctx, name))


@routes.get(
    "/prompts/{name}/versions/{version}",
    permission=Permission.READ,
    resource=_PROMPTS,
    summary="One version of a prompt",
)
def get_version(ctx: Ctx, name: str, version: str) -> PromptVersion:
    """By number, or `latest`."""
    return prompts.load(ctx, name, version)


@routes.patch(
    "/prompts/{name}/versions/{version}",
    permission=Permission.WRITE,
    resource=_PROMPTS,
    summary="Change a version of a prompt",
)
def update_version(ctx: Ctx, name: str, version: int, body: RegisteredUpdate) -> PromptVersion:
    """Its message and tags; what it says stays."""
    return prompts.version_of(versions.update(ctx, name, version, body, kind=Kind.PROMPT))


@routes.delete(
    "/prompts/{name}/versions/{version}",
    permission=Permission.WRITE,
    resource=_PROMPTS,
    summary="Delete a version of a prompt",
)
def delete_version(ctx: Ctx, name: str, version: int) -> None:
    """Its number stays taken."""
    versions.delete(ctx, name, version, kind=Kind.PROMPT)


@routes.get("/prompts/{name}:diff", permission=Permission.READ, resource=_PROMPTS, summary="Compare two versions")
def diff(ctx: Ctx, name: str, a: str, b: str) -> PromptDiff:
    """`a` and `b` are numbers, `@alias` or `latest`."""
    return prompts.diff(ctx, name, a, b)


@routes.get("/prompts/{name}/history", permission=Permission.READ, resource=_PROMPTS, summary="Moves of a prompt")
def history(ctx: Ctx, name: str, alias: str = "") -> Page[Move]:
    """Every move of its aliases, or of one, the newest first."""
    return Page(moves.history(ctx, name, alias=alias, kind=Kind.PROMPT))


@routes.get(
    "/prompts/{name}/aliases/{alias}",
    permission=Permission.READ,
    resource=_PROMPTS,
    summary="The version of a prompt that an alias means",
)
async def get_alias(ctx: Ctx, name: str, alias: str, request: Request) -> PromptVersion:
    """`latest` is the version with the highest number."""
    return await near(ctx, request, lambda: prompts.load(ctx, name, f"@{alias}"))


@routes.put(
    "/prompts/{name}/aliases/{alias}",
    permission=Permission.WRITE,
    resource=_PROMPTS,
    summary="Move an alias of a prompt",
)
def set_alias(ctx: Ctx, name: str, alias: str, body: AliasSet) -> PromptVersion:
    """To a version; with `expected`, only if it means that one now (0: none)."""
    return prompts.version_of(
        moves.set_alias(ctx, name, alias, body.version, expected=body.expected, kind=Kind.PROMPT)
    )


@routes.delete(
    "/prompts/{name}/aliases/{alias}",
    permission=Permission.WRITE,
    resource=_PROMPTS,
    summary="Delete an alias of a prompt",
)
def delete_alias(ctx: Ctx, name: str, alias: str, expected: int | None = None) -> None:
    """Fine when there is none."""
    moves.delete_alias(ctx, name, alias, expected=expected, kind=Kind.PROMPT)


@routes.post(
    "/prompts/{name}/aliases/{alias}:rollback",
    permission=Permission.WRITE,
    resource=_PROMPTS,
    summary="Move an alias of a prompt back",
)
def rollback(ctx: Ctx, name: str, alias: str, body: Expected) -> PromptVersion:
    """To the version that it meant before. Once more goes back once more."""
    return prompts.version_of(moves.rollback(ctx, name, alias, expected=body.expected, kind=Kind.PROMPT))
