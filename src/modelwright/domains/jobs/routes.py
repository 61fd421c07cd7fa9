"""Native operations of jobs."""

from __future__ import annotations

from modelwright.domains.jobs import service
from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes
from modelwright.types.access import Permission
from modelwright.types.jobs import Job
from modelwright.types.page import Page, Search

routes = Routes(prefix="/api/v1", tag="jobs")
ROUTES = [routes]


@routes.post("/jobs:search", permission=Permission.READ, summary="Search background jobs")
def search_jobs(ctx: Ctx, body: Search) -> Page[Job]:
    """Fields: id, kind, state, attempts, created, run_at, finished, error. Newest first."""
    return service.search(ctx, body)


@routes.get("/jobs/{job_id}", permission=Permission.READ, summary="One background job")
def get_job(ctx: Ctx, job_id: str) -> Job:
    """With its result or its last error."""
    return service.get(ctx, job_id)


@routes.post("/jobs/{job_id}:cancel", permission=Permission.WRITE, summary="Cancel a background job")
def cancel_job(ctx: Ctx, job_id: str) -> Job:
    """A worker that has it loses its lease."""
    return service.cancel(ctx, job_id)
