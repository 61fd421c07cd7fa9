"""Every statement of audit."""

from __future__ import annotations

from typing import Any

from modelwright.kit.db import Row, Tx
from modelwright.types.audit import AuditEvent
from modelwright.types.codec import from_json


def insert(tx: Tx, row: tuple[Any, ...]) -> None:
    """Append one row: (at_ms, workspace, actor, action, subject, detail JSON, request_id)."""
    tx.execute(
        "INSERT INTO audit_events (at_ms, workspace, actor, action, subject, detail, request_id) VALUES (?,?,?,?,?,?,?)", row
    )


def event(row: Row) -> AuditEvent:
    """A row of `audit_events` in column order."""
    return AuditEvent(
        id=row[0], at_ms=row[1], workspace=row[2], actor=row[3], action=row[4], subject=row[5],
        detail=from_json(row[6], dict[str, Any]), request_id=row[7],
    )
