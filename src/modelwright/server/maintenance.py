"""Background work of a server process.

Duties (in one process of all, by a lease) and jobs (in each, by leases with fences).

A process that is killed simply stops renewing: its duties pass to another within `LEASE_S`, its jobs are tried again.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from modelwright.domains.jobs import service as jobs
from modelwright.kit import logs
from modelwright.kit.context import SYSTEM, Ctx
from modelwright.kit.duty import Duty
from modelwright.types.errors import Conflict, ModelwrightError
from modelwright.types.ids import new_id
from modelwright.types.jobs import Job

LEASE_S = 20.0  # a silent process keeps its duties and jobs for so long
_RENEW_S = 7.0
_TICK_S = 0.25
_POLL_S = 1.0  # jobs that other processes queued are noticed within this time
_WORKERS = 2
_NOBODY: Mapping[str, int] = {}
_LOG = logs.get(__name__)

Handler = Callable[[Ctx, Job], dict[str, Any]]


class Maintenance:
    """Runs duties and jobs in threads of its own until it is stopped."""

    def __init__(
        self, ctx: Ctx, duties: Sequence[Duty], handlers: Mapping[str, Handler], apart: Mapping[str, int] = _NOBODY
    ) -> None:
        """`apart` names kinds of jobs that have threads of their own, and how many."""
        self.worker = f"{socket.gethostname()[:60]}/{os.getpid()}/{new_id()[-8:]}"
        self._ctx = ctx
        self._duties = list(duties)
        self._handlers = dict(handlers)
        self._stop = threading.Event()
        self._work = threading.Event()
        self._lock = threading.Lock()
        self._held: dict[str, Job] = {}
        self._next: dict[str, float] = {}
        self._running: dict[str, Future[None]] = {}
        self._pool = ThreadPoolExecutor(4, "duty")
        self._threads = [threading.Thread(target=self._schedule, name="maintenance", daemon=True)]
        common = sorted(set(handlers) - set(apart))
        for kinds, count in ((common, _WORKERS), *(([kind], count) for kind, count in apart.items())):
            if kinds:
                self._threads += [
                    threading.Thread(target=self._labour, args=(kinds,), name=f"job-{kinds[0]}-{n}", daemon=True)
                    for n in range(count)
                ]

    def start(self) -> None:
        """Begin."""
        jobs.waiters(self._ctx).add(self._work.set)
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float = 5.0) -> None:
        """Begin nothing more, wait so long for what is under way, and give up the leases."""
        self._stop.set()
        self._work.set()
        jobs.waiters(self._ctx).discard(self._work.set)
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        self._pool.shutdown(wait=False, cancel_futures=True)
        for running in list(self._running.values()):
            if not running.cancelled():
                try:
                    running.exception(max(0.0, until - time.monotonic()))
                except TimeoutError:
                    _LOG.warning("a duty did not end in time")
        try:
            jobs.release_duties(self._ctx, self.worker)
        except ModelwrightError as error:
            _LOG.debug("the duties could not be released: %s", error)

    def _schedule(self) -> None:
        leading = False
        leads_until = renew_jobs = 0.0
        while not self._stop.wait(_TICK_S):
            now = time.monotonic()
            try:
                if now >= leads_until - (LEASE_S - _RENEW_S) * leading:
                    leading = jobs.claim_duty(self._ctx, "all", LEASE_S, self.worker)
                    leads_until = now + (LEASE_S if leading else 2.0)
                if now >= renew_jobs:
                    renew_jobs = now + _RENEW_S
                    self._renew()
            except Exception as error:
                leading = leading and now < leads_until
                _LOG.warning("background work waits: %s", error)
                self._stop.wait(1.0)
            if leading:
                self._begin_due(now)

    def _begin_due(self, now: float) -> None:
        for duty in self._duties:
            running = self._running.get(duty.name)
            if now < self._next.get(duty.name, 0.0) or (running is not None and not running.done()):
                continue
            self._next[duty.name] = now + duty.every_s
            self._running[duty.name] = self._pool.submit(self._perform, duty)

    def _perform(self, duty: Duty) -> None:
        try:
            duty.run(self._ctx.acting(SYSTEM, self._ctx.workspace, f"duty-{duty.name}"))
        except Exception as error:
            if not self._stop.is_set():
                _LOG.warning(
                    "the duty %s failed: %s", duty.name, error, exc_info=not isinstance(error, ModelwrightError)
                )

    def _renew(self) -> None:
        with self._lock:
            held = list(self._held.values())
        for job in held:
            try:
                jobs.heartbeat(self._ctx, job.id, job.fence, LEASE_S)
            except Conflict:
                _LOG.info("the lease of job %s was lost", job.id)
                with self._lock:
                    self._held.pop(job.id, None)

    def _labour(self, kinds: Sequence[str]) -> None:
        while not self._stop.is_set():
            self._work.clear()
            try:
                job = jobs.lease(self._ctx, kinds, self.worker, LEASE_S)
            except Exception as error:
                _LOG.warning("jobs wait: %s", error)
                self._stop.wait(_POLL_S)
                continue
            if job is None:
                self._work.wait(_POLL_S)
            else:
                self._run(job)

    def _run(self, job: Job) -> None:
        with self._lock:
            self._held[job.id] = job
        ctx = self._ctx.acting(SYSTEM, job.workspace, f"job-{job.id}")
        try:
            try:
                result = self._handlers[job.kind](ctx, job)
            except Exception as error:
                _LOG.warning(
                    "job %s (%s) failed: %s", job.id, job.kind, error, exc_info=not isinstance(error, ModelwrightError)
                )
                jobs.fail(ctx, job.id, job.fence, f"{type(error).__name__}: {error}")
            else:
                jobs.finish(ctx, job.id, job.fence, result)
        except ModelwrightError as error:  # the lease was lost, or the database is away: the lease runs out
            _LOG.info("job %s could not be ended: %s", job.id, error)
        finally:
            with self._lock:
                self._held.pop(job.id, None)
