"""Work: queued, leased, finished."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec


class JobState(StrEnum):
    """Where a job is."""

    QUEUED = "queued"
    LEASED = "leased"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One unit of background work. `fence` rises with every lease, so a late worker cannot finish another's lease."""

    id: str
    kind: str
    workspace: str
    payload: dict[str, Any] = {}
    state: JobState = JobState.QUEUED
    attempts: int = 0
    max_attempts: int = 5
    fence: int = 0
    run_at_ms: int = 0
    lease_until_ms: int | None = None
    created_ms: int = 0
    finished_ms: int | None = None
    error: str = ""
    result: dict[str, Any] = {}
