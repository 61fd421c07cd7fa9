"""The verbs of jobs. A job runs at least once; the fence makes sure that only the last lease may end it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from modelwright.domains.events import service as events
from modelwright.domains.jobs import queries, rules
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.codec import finite, to_json
from modelwright.types.errors import Conflict, NotFound
from modelwright.types.ids import new_id
from modelwright.types.jobs import Job, JobState
from modelwright.types.page import Page, Search

_ERROR_CHARS = 4_000


def enqueue(
    ctx: Ctx,
    tx: Tx,
    kind: str,
    payload: Mapping[str, Any],
    *,
    run_at_ms: int | None = None,
    key: str = "",
    max_attempts: int = 5,
) -> Job:
    """Queue work inside the transaction that needs it. At most one job of a `key` is queued at a time.

    A second call returns it.
    """
    now = ctx.clock.now_ms()
    job_id = new_id()
    row = (
        job_id,
        kind,
        ctx.workspace,
        to_json(finite(dict(payload))).decode(),
        key,
        max_attempts,
        now if run_at_ms is None else run_at_ms,
        now,
    )
    while not queries.insert(tx, row):
        found = queries.queued(tx, ctx.workspace, kind, key)
        if found is not None:
            return found
    events.publish(ctx, tx, "job.queued", job_id, kind)
    tx.after_commit("jobs", lambda: _wake(ctx))
    job = queries.get(tx, job_id)
    assert job is not None
    return job


def _wake(ctx: Ctx) -> None:
    for call in tuple(waiters(ctx)):
        call()


def waiters(ctx: Ctx) -> set[Callable[[], None]]:
    """Callbacks to run after a commit that queued a job, for workers of this process.

    Each must be quick and thread-safe.
    """
    return ctx.local.setdefault("jobs.waiters", set())


def lease(ctx: Ctx, kinds: Sequence[str], worker: str, seconds: float) -> Job | None:
    """Take the next due job for `seconds`; None when there is none. Leases that ran out are given back first."""
    if not kinds:
        return None
    now = ctx.clock.now_ms()
    with ctx.db.read() as tx:
        if queries.idle(tx, kinds, now):
            return None
    with ctx.db.write() as tx:
        for lost in queries.lapsed(tx, now):
            _failed(ctx, tx, lost, "the worker was lost: its lease ran out")
        found = queries.due(tx, kinds, now)
        return queries.take(tx, found.id, worker, now + int(seconds * 1000)) if found else None


def heartbeat(ctx: Ctx, job_id: str, fence: int, seconds: float = 60.0) -> None:
    """Keep a lease for `seconds` more.

    Raises:
        Conflict: the lease was lost (it ran out, or the job was cancelled); stop working.
    """
    with ctx.db.write() as tx:
        if not queries.extend(tx, job_id, fence, ctx.clock.now_ms() + int(seconds * 1000)):
            raise _lost(job_id)


def finish(ctx: Ctx, job_id: str, fence: int, result: Mapping[str, Any]) -> None:
    """The work is done. Raises `Conflict` when the lease was lost: the result is not taken."""
    with ctx.db.write() as tx:
        text = to_json(finite(dict(result))).decode()
        if not queries.finish(tx, job_id, fence, JobState.DONE, ctx.clock.now_ms(), "", text):
            raise _lost(job_id)
        _tell(ctx, tx, "job.done", job_id)


def fail(ctx: Ctx, job_id: str, fence: int, error: str) -> None:
    """The work failed: it is tried again later, or given up after its last attempt.

    Raises `Conflict` when the lease was lost.
    """
    with ctx.db.write() as tx:
        job = queries.get(tx, job_id)
        if job is None or job.fence != fence or not _failed(ctx, tx, job, error):
            raise _lost(job_id)


def cancel(ctx: Ctx, job_id: str) -> Job:
    """Cancel a job that has not ended.

    Raises:
        NotFound: no such job here. Conflict: it has ended.
    """
    ctx.require(Permission.WRITE)
    with ctx.db.write() as tx:
        job = _visible(ctx, tx, job_id)
        if not queries.cancel(tx, job_id, ctx.clock.now_ms()):
            raise Conflict(f"the job has ended ({job.state.value})", where="job_id")
        events.publish(ctx, tx, "job.cancelled", job_id, job.kind)
        return _visible(ctx, tx, job_id)


def get(ctx: Ctx, job_id: str) -> Job:
    """One job of the workspace. Raises `NotFound`."""
    ctx.require(Permission.READ)
    with ctx.db.read() as tx:
        return _visible(ctx, tx, job_id)


def search(ctx: Ctx, request: Search) -> Page[Job]:
    """A page of the workspace's jobs. Raises `Invalid` (filter, order, page)."""
    ctx.require(Permission.READ)
    with ctx.db.read() as tx:
        return queries.search(tx, ctx.workspace, request)


def claim_duty(ctx: Ctx, name: str, seconds: float, worker: str) -> bool:
    """Take or keep the right to run a recurring duty for `seconds`; False while another worker has it."""
    now = ctx.clock.now_ms()
    with ctx.db.read() as tx:
        if queries.duty_taken(tx, name, worker, now):
            return False
    with ctx.db.write() as tx:
        return queries.claim_duty(tx, name, worker, now, now + int(seconds * 1000))


def release_duties(ctx: Ctx, worker: str) -> None:
    """Give up the duties of a worker that stops, so that another takes over at once."""
    with ctx.db.write() as tx:
        queries.release_duties(tx, worker)


def expire(ctx: Ctx, before_ms: int) -> int:
    """Forget jobs that ended before this; returns how many."""
    with ctx.db.write() as tx:
        return queries.expire(tx, before_ms)


def _failed(ctx: Ctx, tx: Tx, job: Job, error: str) -> bool:
    now = ctx.clock.now_ms()
    text = error[:_ERROR_CHARS]
    if job.attempts < job.max_attempts:
        return queries.again(tx, job.id, job.fence, now + rules.backoff_ms(job.attempts), text)
    if not queries.finish(tx, job.id, job.fence, JobState.FAILED, now, text, "{}"):
        return False
    _tell(ctx, tx, "job.failed", job.id)
    return True


def _tell(ctx: Ctx, tx: Tx, kind: str, job_id: str) -> None:
    job = queries.get(tx, job_id)
    if job is not None:
        events.publish(ctx.acting(ctx.actor, job.workspace, ctx.request_id), tx, kind, job_id, job.kind)


def _visible(ctx: Ctx, tx: Tx, job_id: str) -> Job:
    job = queries.get(tx, job_id)
    if job is None or job.workspace != ctx.workspace:
        raise NotFound(f"there is no job {job_id!r}", where="job_id")
    return job


def _lost(job_id: str) -> Conflict:
    return Conflict(f"the lease of job {job_id} is no longer held", hint="drop the work; another worker has it")
