"""Every statement of audit."""

from __future__ import annotations

from typing import Any

from modelwright.kit.db import Row, Tx
from modelwright.kit.filters import Fields, Kind, Sql, Term, integer, text, time
from modelwright.kit.filters import search as listing
from modelwright.types.audit import AuditEvent
from modelwright.types.codec import from_json
from modelwright.types.page import Page, Search


def insert(tx: Tx, row: tuple[Any, ...]) -> None:
    """Append one row: (at_ms, workspace, actor, action, subject, detail JSON, request_id)."""
    tx.execute(
        "INSERT INTO audit_events (at_ms, workspace, actor, action, subject, detail, request_id) VALUES "
        "(?,?,?,?,?,?,?)",
        row,
    )


def event(row: Row) -> AuditEvent:
    """A row of `audit_events` in column order."""
    return AuditEvent(
        id=row[0],
        at_ms=row[1],
        workspace=row[2],
        actor=row[3],
        action=row[4],
        subject=row[5],
        detail=from_json(row[6], dict[str, Any]),
        request_id=row[7],
    )


FIELDS = Fields(
    "audit event",
    {
        "id": integer("id"),
        "at": time("at_ms"),
        "actor": text("actor"),
        "action": text("action"),
        "subject": text("subject"),
        "request_id": text("request_id"),
    },
    ends=(Term("id", Kind.INTEGER),),
)
_COLUMNS = "id, at_ms, workspace, actor, action, subject, detail, request_id"


def search(tx: Tx, workspace: str, request: Search) -> Page[AuditEvent]:
    """A page of a workspace's rows, newest first unless the request orders them."""
    rows, following = listing(
        tx, _COLUMNS, "audit_events", Sql("workspace = ?", (workspace,)), FIELDS, request, default=["id DESC"]
    )
    return Page([event(row) for row in rows], following)
