"""Is a job run, again when its worker is lost, and never ended by two who both believe they hold it?"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from modelwright import testing
from modelwright.domains.jobs import rules, service
from modelwright.kit.clock import ManualClock
from modelwright.kit.context import SYSTEM, Ctx
from modelwright.kit.duty import Duty
from modelwright.server import maintenance
from modelwright.types.errors import Conflict, NotFound
from modelwright.types.jobs import Job, JobState
from modelwright.types.page import Search


def queue(ctx: Ctx, number: int = 0, **options: Any) -> Job:
    with ctx.db.write() as tx:
        return service.enqueue(ctx, tx, "count", {"n": number}, **options)


@pytest.fixture
def timed(engine: str, tmp_path: Path) -> Any:
    clock = ManualClock()
    made = testing.context(tmp_path, db_url=engine, clock=clock)
    yield made, clock
    made.db.close()


def test_a_job_goes_from_queued_to_done(ctx: Ctx) -> None:
    job = queue(ctx, 1)
    taken = service.lease(ctx, ["count"], "w", 60)
    assert taken is not None
    assert (taken.id, taken.state, taken.attempts, taken.fence, taken.payload) == (
        job.id,
        JobState.LEASED,
        1,
        1,
        {"n": 1},
    )
    assert service.lease(ctx, ["count"], "w", 60) is None
    assert service.lease(ctx, ["other"], "w", 60) is None
    service.finish(ctx, job.id, taken.fence, {"sum": 1})
    done = service.get(ctx, job.id)
    assert (done.state, done.result, done.lease_until_ms) == (JobState.DONE, {"sum": 1}, None)


def test_a_job_that_was_not_committed_does_not_exist(ctx: Ctx) -> None:
    with pytest.raises(RuntimeError), ctx.db.write() as tx:
        service.enqueue(ctx, tx, "count", {})
        raise RuntimeError
    assert service.lease(ctx, ["count"], "w", 60) is None


def test_one_job_of_a_key_is_queued_at_a_time(ctx: Ctx) -> None:
    first = queue(ctx, 1, key="k")
    assert queue(ctx, 2, key="k").id == first.id
    assert queue(ctx, 3, key="other").id != first.id
    taken = service.lease(ctx, ["count"], "w", 60)
    assert taken is not None
    assert taken.id == first.id
    again = queue(ctx, 4, key="k")
    assert again.id != first.id
    service.fail(ctx, taken.id, taken.fence, "no")  # back to the queue beside the newer one
    assert service.get(ctx, first.id).state is JobState.QUEUED


def test_a_failure_is_tried_again_later_and_given_up_at_last(timed: Any) -> None:
    ctx, clock = timed
    job = queue(ctx, max_attempts=3)
    waits = []
    for attempt in range(1, 4):
        taken = service.lease(ctx, ["count"], "w", 60)
        assert taken is not None
        assert taken.attempts == attempt
        service.fail(ctx, job.id, taken.fence, f"boom {attempt}")
        if attempt < 3:
            assert service.lease(ctx, ["count"], "w", 60) is None
            waits.append(service.get(ctx, job.id).run_at_ms - clock.now_ms())
            clock.advance(waits[-1])
    assert waits == [rules.backoff_ms(1), rules.backoff_ms(2)] == [1_000, 4_000]
    assert (service.get(ctx, job.id).state, service.get(ctx, job.id).error) == (JobState.FAILED, "boom 3")


def test_a_lost_worker_cannot_end_what_another_holds(timed: Any) -> None:
    ctx, clock = timed
    queue(ctx)
    lost = service.lease(ctx, ["count"], "a", 10)
    clock.advance(10_001)
    assert service.lease(ctx, ["count"], "b", 10) is None  # given back, and due after its pause
    clock.advance(1_000)
    held = service.lease(ctx, ["count"], "b", 10)
    assert held is not None
    assert lost is not None
    assert held.fence > lost.fence
    for late in (
        lambda: service.finish(ctx, lost.id, lost.fence, {}),
        lambda: service.fail(ctx, lost.id, lost.fence, ""),
        lambda: service.heartbeat(ctx, lost.id, lost.fence),
    ):
        with pytest.raises(Conflict):
            late()
    service.finish(ctx, held.id, held.fence, {})


def test_a_heartbeat_keeps_a_lease(timed: Any) -> None:
    ctx, clock = timed
    queue(ctx)
    held = service.lease(ctx, ["count"], "a", 10)
    assert held is not None
    for _ in range(5):
        clock.advance(9_000)
        service.heartbeat(ctx, held.id, held.fence, 10)
        assert service.lease(ctx, ["count"], "b", 10) is None
    service.finish(ctx, held.id, held.fence, {})


def test_a_cancelled_job_is_taken_from_its_worker(ctx: Ctx) -> None:
    waiting, running = queue(ctx), queue(ctx)
    assert service.cancel(ctx, waiting.id).state is JobState.CANCELLED
    taken = service.lease(ctx, ["count"], "w", 60)
    assert taken is not None
    assert taken.id == running.id
    service.cancel(ctx, running.id)
    with pytest.raises(Conflict):
        service.finish(ctx, running.id, taken.fence, {})
    with pytest.raises(Conflict):
        service.cancel(ctx, running.id)
    with pytest.raises(NotFound):
        service.cancel(ctx.acting(SYSTEM, "elsewhere"), waiting.id)


def test_many_workers_run_each_job_once(ctx: Ctx) -> None:
    total = 60
    for number in range(total):
        queue(ctx, number)
    seen: list[str] = []

    def work(name: str) -> None:
        while (job := service.lease(ctx, ["count"], name, 60)) is not None:
            seen.append(job.id)
            service.finish(ctx, job.id, job.fence, {})

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while (job := service.lease(ctx, ["count"], "last", 60)) is not None:
        seen.append(job.id)
        service.finish(ctx, job.id, job.fence, {})
    assert set(Counter(seen).values()) == {1}
    assert len(seen) == total


def test_a_duty_has_one_holder_at_a_time(timed: Any) -> None:
    ctx, clock = timed
    assert service.claim_duty(ctx, "d", 10, "a")
    assert not service.claim_duty(ctx, "d", 10, "b")
    clock.advance(9_000)
    assert service.claim_duty(ctx, "d", 10, "a")
    clock.advance(9_000)
    assert not service.claim_duty(ctx, "d", 10, "b")
    clock.advance(1_001)
    assert service.claim_duty(ctx, "d", 10, "b")
    assert not service.claim_duty(ctx, "d", 10, "a")
    service.release_duties(ctx, "b")
    assert service.claim_duty(ctx, "d", 10, "a")


def test_background_work_runs_jobs_and_duties_and_survives_their_failures(ctx: Ctx) -> None:
    ran: list[Any] = []

    def count(context: Ctx, job: Job) -> dict[str, Any]:
        if job.payload["n"] == 13 and job.attempts == 1:
            raise ValueError("unlucky")
        ran.append((job.payload["n"], context.who, context.workspace))
        return {"n": job.payload["n"]}

    def broken(context: Ctx) -> None:
        ran.append("duty")
        raise KeyError("a bug")

    work = maintenance.Maintenance(ctx, [Duty("broken", 0.3, broken)], {"count": count})
    work.start()
    jobs = [queue(ctx.acting(SYSTEM, "team"), number) for number in (1, 13)]
    until = time.monotonic() + 10
    while ran.count("duty") < 2 or any(
        service.get(ctx.acting(SYSTEM, "team"), job.id).state is not JobState.DONE for job in jobs
    ):
        assert time.monotonic() < until, ran
        time.sleep(0.05)
    work.stop()
    assert (13, "system", "team") in ran
    assert service.claim_duty(ctx, "all", 10, "another"), "the leases are given up at the end"


def test_of_two_processes_one_runs_the_duties(ctx: Ctx) -> None:
    ran: list[str] = []
    works = [maintenance.Maintenance(ctx, [Duty("d", 0.2, lambda _, name=name: ran.append(name))], {}) for name in "ab"]
    for work in works:
        work.start()
    until = time.monotonic() + 10
    while len(ran) < 4:
        assert time.monotonic() < until
        time.sleep(0.05)
    first = ran[0]
    assert set(ran) == {first}
    works["ab".index(first)].stop()
    other = "b" if first == "a" else "a"
    while other not in ran:
        assert time.monotonic() < until
        time.sleep(0.05)
    works["ab".index(other)].stop()


WORKER = """
import sys, time
from pathlib import Path
from modelwright import testing
from modelwright.domains.jobs import service
ctx = testing.context(Path(sys.argv[1]), db_url=sys.argv[2])
job = service.lease(ctx, ["count"], "doomed", 1.5)
print(job.id, flush=True)
time.sleep(60)
"""


def test_a_killed_worker_loses_its_job_to_another(engine: str, tmp_path: Path) -> None:
    context = testing.context(tmp_path, db_url=engine)
    job = queue(context)
    doomed = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(tmp_path), engine], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    assert doomed.stdout is not None
    assert doomed.stdout.readline().strip() == job.id
    doomed.kill()
    doomed.wait()
    until = time.monotonic() + 10
    while (taken := service.lease(context, ["count"], "heir", 60)) is None:
        assert time.monotonic() < until
        time.sleep(0.1)
    assert (taken.id, taken.attempts) == (job.id, 2)
    assert "lost" in taken.error
    context.db.close()


def test_jobs_are_searched_and_cancelled_over_http(client: TestClient) -> None:
    ctx: Ctx = client.ctx  # pyright: ignore[reportAttributeAccessIssue]
    job = queue(ctx.acting(SYSTEM, "default"), 5)
    found = client.post("/api/v1/jobs:search", json={"filter": "kind = 'count' AND state = 'queued'"}).json()["items"]
    assert [item["id"] for item in found] == [job.id]
    assert client.get(f"/api/v1/jobs/{job.id}").json()["payload"] == {"n": 5}
    assert client.post(f"/api/v1/jobs/{job.id}:cancel").json()["state"] == "cancelled"
    assert client.get("/api/v1/jobs/none").status_code == 404
    assert client.post("/api/v1/jobs:search", json={"filter": "payload = 1"}).status_code == 400
    assert service.search(ctx, Search()).items[0].state is JobState.CANCELLED
