"""Every statement of jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modelwright.kit.db import Row, Tx
from modelwright.kit.filters import Fields, Kind, Sql, Term, choice, integer, text, time
from modelwright.kit.filters import search as listing
from modelwright.types.codec import from_json
from modelwright.types.jobs import Job, JobState
from modelwright.types.page import Page, Search

COLUMNS = (
    "id, kind, workspace, payload, state, attempts, max_attempts, fence, run_at_ms, lease_until_ms, created_ms, "
    "finished_ms, error, result"
)


def job(row: Row) -> Job:
    """A row in the order of `COLUMNS`."""
    return Job(
        id=row[0],
        kind=row[1],
        workspace=row[2],
        payload=from_json(row[3], dict[str, Any]),
        state=JobState(row[4]),
        attempts=row[5],
        max_attempts=row[6],
        fence=row[7],
        run_at_ms=row[8],
        lease_until_ms=row[9],
        created_ms=row[10],
        finished_ms=row[11],
        error=row[12],
        result=from_json(row[13], dict[str, Any]),
    )


def insert(tx: Tx, row: Sequence[Any]) -> bool:
    """Queue (id, kind, workspace, payload, queue_key, max_attempts, run_at_ms, created_ms).

    False when its key is queued already.
    """
    return (
        tx.execute(
            "INSERT INTO jobs (id, kind, workspace, payload, queue_key, max_attempts, run_at_ms, "
            "created_ms) VALUES (?,?,?,?,?,?,?,?) "
            "ON CONFLICT (workspace, kind, queue_key) WHERE state = 'queued' AND queue_key <> '' DO NOTHING",
            row,
        )
        > 0
    )


def queued(tx: Tx, workspace: str, kind: str, key: str) -> Job | None:
    """The queued job of a key."""
    row = tx.row(
        f"SELECT {COLUMNS} FROM jobs WHERE workspace = ? AND kind = ? AND queue_key = ? AND state = 'queued'",
        (workspace, kind, key),
    )
    return job(row) if row else None


def get(tx: Tx, job_id: str) -> Job | None:
    """One job, of any workspace."""
    row = tx.row(f"SELECT {COLUMNS} FROM jobs WHERE id = ?", (job_id,))
    return job(row) if row else None


def idle(tx: Tx, kinds: Sequence[str], now_ms: int) -> bool:
    """Whether there is neither a job to take nor a lapsed lease to give back: a look that locks nothing."""
    marks = ",".join("?" * len(kinds))
    return (
        tx.row(
            f"SELECT 1 FROM jobs WHERE (state = 'queued' AND run_at_ms <= ? AND kind IN ({marks})) "
            "OR (state = 'leased' AND lease_until_ms < ?) LIMIT 1",
            (now_ms, *kinds, now_ms),
        )
        is None
    )


def due(tx: Tx, kinds: Sequence[str], now_ms: int) -> Job | None:
    """The queued job that has waited longest, locked for this transaction."""
    marks = ",".join("?" * len(kinds))
    row = tx.row(
        f"SELECT {COLUMNS} FROM jobs WHERE state = 'queued' AND run_at_ms <= ? AND kind IN ({marks}) "
        f"ORDER BY run_at_ms, id LIMIT 1{tx.dialect.skip_locked}",
        (now_ms, *kinds),
    )
    return job(row) if row else None


def take(tx: Tx, job_id: str, worker: str, until_ms: int) -> Job:
    """Lease a job that `due` gave."""
    tx.execute(
        "UPDATE jobs SET state = 'leased', worker = ?, lease_until_ms = ?, attempts = attempts + 1, fence "
        "= fence + 1 WHERE id = ?",
        (worker, until_ms, job_id),
    )
    taken = get(tx, job_id)
    assert taken is not None
    return taken


def lapsed(tx: Tx, now_ms: int) -> list[Job]:
    """Leased jobs whose lease ran out, locked for this transaction."""
    return [
        job(row)
        for row in tx.rows(
            f"SELECT {COLUMNS} FROM jobs WHERE state = 'leased' AND lease_until_ms < ? ORDER BY id LIMIT "
            f"100{tx.dialect.skip_locked}",
            (now_ms,),
        )
    ]


def extend(tx: Tx, job_id: str, fence: int, until_ms: int) -> bool:
    """Keep a lease; False when it is no longer held."""
    return (
        tx.execute(
            "UPDATE jobs SET lease_until_ms = ? WHERE id = ? AND fence = ? AND state = 'leased'",
            (until_ms, job_id, fence),
        )
        > 0
    )


def finish(tx: Tx, job_id: str, fence: int, state: JobState, at_ms: int, error: str, result: str) -> bool:
    """End a leased job; False when the lease is no longer held."""
    return (
        tx.execute(
            "UPDATE jobs SET state = ?, finished_ms = ?, lease_until_ms = NULL, error = ?, result = ? "
            "WHERE id = ? AND fence = ? AND state = 'leased'",
            (state.value, at_ms, error, result, job_id, fence),
        )
        > 0
    )


def again(tx: Tx, job_id: str, fence: int, run_at_ms: int, error: str) -> bool:
    """Back to the queue; its key is dropped when another job of the key has been queued meanwhile."""
    return (
        tx.execute(
            "UPDATE jobs SET state = 'queued', run_at_ms = ?, lease_until_ms = NULL, error = ?, queue_key "
            "= CASE WHEN EXISTS "
            "(SELECT 1 FROM jobs other WHERE other.workspace = jobs.workspace AND other.kind = jobs.kind "
            "AND other.queue_key = jobs.queue_key "
            "AND other.state = 'queued') THEN '' ELSE queue_key END WHERE id = ? AND fence = ? AND state = 'leased'",
            (run_at_ms, error, job_id, fence),
        )
        > 0
    )


def cancel(tx: Tx, job_id: str, at_ms: int) -> bool:
    """Cancel a job that has not ended; a worker that holds it loses its lease."""
    return (
        tx.execute(
            "UPDATE jobs SET state = 'cancelled', finished_ms = ?, lease_until_ms = NULL, fence = fence + 1 "
            "WHERE id = ? AND state IN ('queued', 'leased')",
            (at_ms, job_id),
        )
        > 0
    )


def expire(tx: Tx, before_ms: int) -> int:
    """Remove jobs that ended before this."""
    return tx.execute(
        "DELETE FROM jobs WHERE state IN ('done', 'failed', 'cancelled') AND finished_ms < ?", (before_ms,)
    )


def duty_taken(tx: Tx, name: str, worker: str, now_ms: int) -> bool:
    """Whether another worker holds a duty: a look that locks nothing."""
    return (
        tx.row("SELECT 1 FROM duties WHERE name = ? AND worker <> ? AND until_ms >= ?", (name, worker, now_ms))
        is not None
    )


def claim_duty(tx: Tx, name: str, worker: str, now_ms: int, until_ms: int) -> bool:
    """Take or keep the lease of a duty; False while another worker holds it."""
    return (
        tx.execute(
            "INSERT INTO duties (name, worker, until_ms) VALUES (?,?,?) ON CONFLICT (name) DO UPDATE SET "
            "worker = excluded.worker, "
            "until_ms = excluded.until_ms WHERE duties.worker = excluded.worker OR duties.until_ms < ?",
            (name, worker, until_ms, now_ms),
        )
        > 0
    )


def release_duties(tx: Tx, worker: str) -> None:
    """Give up all leases of a worker that stops."""
    tx.execute("DELETE FROM duties WHERE worker = ?", (worker,))


FIELDS = Fields(
    "job",
    {
        "id": text("id"),
        "kind": text("kind"),
        "state": choice("state", {state.value: state.value for state in JobState}),
        "attempts": integer("attempts"),
        "created": time("created_ms"),
        "run_at": time("run_at_ms"),
        "finished": time("finished_ms", nullable=True),
        "error": text("error"),
    },
    ends=(Term("id", Kind.TEXT),),
)


def search(tx: Tx, workspace: str, request: Search) -> Page[Job]:
    """A page of a workspace's jobs, newest first unless the request orders them."""
    rows, following = listing(
        tx, COLUMNS, "jobs", Sql("workspace = ?", (workspace,)), FIELDS, request, default=["created DESC"]
    )
    return Page([job(row) for row in rows], following)
