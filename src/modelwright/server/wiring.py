"""Which rooms and wires this server has: their routes, jobs and duties, in explicit lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from modelwright.domains.access.routes import ROUTES as ACCESS
from modelwright.domains.audit import service as audit
from modelwright.domains.audit.background import DUTIES as AUDIT_DUTIES
from modelwright.domains.audit.routes import ROUTES as AUDIT
from modelwright.domains.data.background import DUTIES as DATA_DUTIES
from modelwright.domains.data.routes import ROUTES as DATA
from modelwright.domains.data.service import hooks as data_hooks
from modelwright.domains.events.background import DUTIES as EVENTS_DUTIES
from modelwright.domains.events.routes import ROUTES as EVENTS
from modelwright.domains.jobs.background import DUTIES as JOBS_DUTIES
from modelwright.domains.jobs.routes import ROUTES as JOBS
from modelwright.domains.lineage.background import DUTIES as LINEAGE_DUTIES
from modelwright.domains.lineage.routes import ROUTES as LINEAGE
from modelwright.domains.notices import background as notices
from modelwright.domains.notices import service as notice_service
from modelwright.domains.notices.routes import ROUTES as NOTICES
from modelwright.domains.registry.routes import ROUTES as REGISTRY
from modelwright.domains.tracking.background import DUTIES as TRACKING_DUTIES
from modelwright.domains.tracking.routes import ROUTES as TRACKING
from modelwright.domains.tracking.service import garbage
from modelwright.kit.context import Ctx
from modelwright.kit.duty import Duty
from modelwright.kit.http import Routes
from modelwright.protocols.mlflow.routes import ROUTES as MLFLOW
from modelwright.protocols.openlineage import emit as openlineage
from modelwright.protocols.openlineage.routes import ROUTES as OPENLINEAGE
from modelwright.types.jobs import Job


def routes() -> list[Routes]:
    """The operations of all rooms and wires."""
    return [*ACCESS, *AUDIT, *DATA, *EVENTS, *JOBS, *LINEAGE, *NOTICES, *REGISTRY, *TRACKING, *MLFLOW, *OPENLINEAGE]


def duties() -> list[Duty]:
    """The recurring tasks of all rooms."""
    return [
        *AUDIT_DUTIES,
        *DATA_DUTIES,
        *EVENTS_DUTIES,
        *JOBS_DUTIES,
        *LINEAGE_DUTIES,
        *notices.DUTIES,
        *TRACKING_DUTIES,
        *openlineage.DUTIES,
    ]


def jobs() -> dict[str, Callable[[Ctx, Job], dict[str, Any]]]:
    """The job handlers of all rooms, by kind."""
    return {**notices.JOBS}


def jobs_apart() -> dict[str, int]:
    """Kinds of jobs with threads of their own, and how many."""
    return {**notices.APART}


def plug(ctx: Ctx) -> None:
    """Tell rooms of each other by hooks: once for each opened state."""
    ctx.hooks.setdefault("events.seen", []).append(notice_service.seen)
    ctx.hooks.setdefault("refused", []).append(audit.request_refused)
    ctx.hooks.setdefault("drain", []).append(lambda: audit.refusals_end(ctx))
    data_hooks.register(ctx)
    openlineage.plug(ctx)
    ctx.hooks.setdefault("spare_content", []).append(garbage.spare)
