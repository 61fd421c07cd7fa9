"""The verbs of audit: append (inside the transaction of the change itself) and search."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelwright.domains.audit import queries
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.audit import AuditEvent
from modelwright.types.codec import finite, to_json
from modelwright.types.page import Page, Search

_NOTHING: Mapping[str, Any] = {}


def append(ctx: Ctx, tx: Tx, action: str, subject: str, detail: Mapping[str, Any] = _NOTHING) -> None:
    """Record that the actor did `action` (`run.deleted`) to `subject`, in the transaction that does it."""
    text = to_json(finite(dict(detail))).decode() if detail else "{}"
    queries.insert(tx, (ctx.clock.now_ms(), ctx.workspace, ctx.who, action, subject, text, ctx.request_id))


def search(ctx: Ctx, request: Search) -> Page[AuditEvent]:
    """A page of the workspace's audit rows, newest first. Raises `Invalid` (filter, order, page)."""
    ctx.require(Permission.ADMIN)
    with ctx.db.read() as tx:
        return queries.search(tx, ctx.workspace, request)
