"""Proof: one audit event per change."""

from __future__ import annotations

from typing import Any

import msgspec


class AuditEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what to which thing, when. `detail` holds old and new values where they are small."""

    id: int
    at_ms: int
    workspace: str
    actor: str
    action: str
    subject: str
    detail: dict[str, Any] = {}
    request_id: str = ""
