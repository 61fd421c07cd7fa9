"""Native operations of audit. The tiles follow C2SP tlog-tiles under `/api/v1/audit/tiles/`."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from modelwright.domains.audit import service
from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes
from modelwright.types.access import Permission
from modelwright.types.audit import (
    AuditCheckpoint,
    AuditEvent,
    AuditKey,
    AuditStatus,
    ConsistencyProof,
    InclusionProof,
)
from modelwright.types.errors import NotFound
from modelwright.types.page import Page, Search

routes = Routes(prefix="/api/v1", tag="audit")
ROUTES = [routes]

_TILE = re.compile(r"([0-9])/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([0-9]{1,3}))?")


@routes.post("/audit:search", permission=Permission.AUDIT, summary="Search what was changed, by whom and when")
def search_audit(ctx: Ctx, body: Search) -> Page[AuditEvent]:
    """Fields: id, at, actor, action, subject, request_id. Newest first."""
    return service.search(ctx, body)


@routes.get("/audit/status", permission=Permission.AUDIT, summary="How the audit log stands")
def audit_status(ctx: Ctx) -> AuditStatus:
    """Size and root, the last signed checkpoint, the last verification."""
    return service.status(ctx)


@routes.post("/audit:verify", permission=Permission.AUDIT, status=202, summary="Verify the whole audit log")
def verify_audit(ctx: Ctx) -> AuditStatus:
    """In the background; the result shows in the status."""
    return service.want_check(ctx)


@routes.get("/audit/checkpoint", permission=Permission.AUDIT, summary="A signed head of the audit log")
def audit_checkpoint(ctx: Ctx) -> AuditCheckpoint:
    """Of the log as it is now; `note` is a C2SP signed note."""
    return service.checkpoint(ctx)


@routes.get("/audit/checkpoints", permission=Permission.AUDIT, summary="The signed heads of the audit log")
def audit_checkpoints(ctx: Ctx, before: int = 0, limit: int = 100) -> Page[AuditCheckpoint]:
    """Newest first; `before` is a size, the `next_page` of an answer."""
    return service.checkpoints(ctx, before, limit)


@routes.get("/audit/proof/inclusion", permission=Permission.AUDIT, summary="Prove that a row is in the audit log")
def prove_inclusion(ctx: Ctx, id: int, size: int = 0) -> InclusionProof:  # noqa: A002  the name of the parameter
    """At a size of the log; 0 is the present one."""
    return service.inclusion(ctx, id, size)


@routes.get("/audit/proof/consistency", permission=Permission.AUDIT, summary="Prove that the audit log only grew")
def prove_consistency(ctx: Ctx, old: int, size: int = 0) -> ConsistencyProof:
    """From size `old` to `size`; 0 is the present one."""
    return service.consistency(ctx, old, size)


@routes.get("/audit/keys", permission=Permission.AUDIT, summary="The public keys of the audit log")
def audit_keys(ctx: Ctx) -> list[AuditKey]:
    """Oldest first."""
    return service.keys(ctx)


@routes.post("/audit/keys:rotate", permission=Permission.SERVER, summary="Sign the audit log with a new key")
def rotate_audit_key(ctx: Ctx) -> AuditKey:
    """Old signatures stay valid."""
    return service.rotate(ctx)


@routes.get(
    "/audit/export",
    permission=Permission.AUDIT,
    raw=True,
    summary="The audit log as JSON Lines, with its proofs",
    response="application/x-ndjson",
)
def export_audit(ctx: Ctx, request: Request) -> Response:
    """Rows of other workspaces as hashes alone, unless the caller administers the server."""
    return StreamingResponse(service.export(ctx), media_type="application/x-ndjson")


@routes.get(
    "/audit/tiles/checkpoint",
    permission=Permission.AUDIT,
    raw=True,
    summary="The newest checkpoint as a signed note",
    response="text/plain",
)
def tile_checkpoint(ctx: Ctx, request: Request) -> Response:
    """As C2SP tlog-tiles has it."""
    return Response(service.checkpoint(ctx).note, media_type="text/plain; charset=utf-8")


@routes.get(
    "/audit/tiles/tile/{path:path}",
    permission=Permission.AUDIT,
    raw=True,
    summary="A tile of hashes",
    response="application/octet-stream",
)
def tile(ctx: Ctx, request: Request, path: str) -> Response:
    """`<level>/<number>[.p/<width>]`, as C2SP tlog-tiles has it."""
    found = _TILE.fullmatch(path)
    if found is None:
        raise NotFound("there is no such tile")
    place = int(found[2].replace("x", "").replace("/", ""))
    content = service.tile(ctx, int(found[1]), place, int(found[3]) if found[3] else 256)
    return Response(content, media_type="application/octet-stream")
