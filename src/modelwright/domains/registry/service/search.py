"""The verbs that find registered names and versions. What an actor may not see is left out before pages are cut."""

from __future__ import annotations

from collections.abc import Sequence

from modelwright.domains.registry.queries import lists, versions
from modelwright.domains.registry.rules import names as rules
from modelwright.domains.registry.service import names
from modelwright.kit.context import Ctx
from modelwright.types.access import Permission
from modelwright.types.page import Page, Search
from modelwright.types.registry import Kind, ModelVersion, RegisteredModel

_ROOMS = {Kind.MODEL: "models", Kind.PROMPT: "prompts"}


def models(ctx: Ctx, request: Search, kind: Kind = Kind.MODEL) -> Page[RegisteredModel]:
    """A page of registered names, by name unless the request orders them. Raises `Invalid`."""
    _seen(ctx, kind)
    with ctx.db.read() as tx:
        rows, token = lists.models(tx, ctx.workspace, request, kind, ctx.scope(_ROOMS[kind]).where("m.name"))
        return Page(lists.assemble(tx, rows), token)


def found_versions(ctx: Ctx, request: Search, kind: Kind = Kind.MODEL) -> Page[ModelVersion]:
    """A page of versions of all names, the last changed first unless the request orders them. Raises `Invalid`."""
    _seen(ctx, kind)
    with ctx.db.read() as tx:
        rows, token = lists.found_versions(tx, ctx.workspace, request, kind, ctx.scope(_ROOMS[kind]).where("v.name"))
        return Page(versions.assemble(tx, rows), token)


def latest(ctx: Ctx, name: str, stages: Sequence[str] = (), kind: Kind | None = None) -> list[ModelVersion]:
    """The newest version of each stage, or of those named. Raises `NotFound`, `Invalid`: no stage."""
    wanted = [rules.stage(stage).value for stage in stages]
    with ctx.db.read() as tx:
        row = names.located(tx, ctx, name, Permission.READ, kind=kind)
        return versions.assemble(tx, versions.latest(tx, [row.id], wanted))


def _seen(ctx: Ctx, kind: Kind) -> None:
    if not ctx.may_some(Permission.READ, _ROOMS[kind]):
        ctx.require(Permission.READ)
