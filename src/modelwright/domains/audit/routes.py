"""Native operation of audit."""

from __future__ import annotations

from modelwright.domains.audit import service
from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes
from modelwright.types.access import Permission
from modelwright.types.audit import AuditEvent
from modelwright.types.page import Page, Search

routes = Routes(prefix="/api/v1", tag="audit")
ROUTES = [routes]


@routes.post("/audit:search", permission=Permission.ADMIN, summary="Search what was changed, by whom and when")
def search_audit(ctx: Ctx, body: Search) -> Page[AuditEvent]:
    """Fields: id, at, actor, action, subject, request_id. Newest first."""
    return service.search(ctx, body)
