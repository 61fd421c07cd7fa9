"""From events to deliveries, and from deliveries to receivers: at least once, whatever is killed in between.

Events are read behind a cursor in the database; deliveries are written in the transaction that moves it. One job a
receiver sends what waits for it, one message after another. A receiver that fails is left alone for longer and longer,
so a dead one takes one attempt now and then and nobody's time; after a day of nothing but failures it is switched off,
and what waits stays until it is switched on again, for a week.
"""

from __future__ import annotations

import time
from collections import defaultdict
from typing import Any

from modelwright.domains.audit import service as audit
from modelwright.domains.events import service as events
from modelwright.domains.jobs import service as jobs
from modelwright.domains.notices import queries, rules, sending, service
from modelwright.domains.notices.queries import Receiver
from modelwright.kit import logs
from modelwright.kit.context import SYSTEM, Ctx
from modelwright.types.codec import from_json
from modelwright.types.events import Fact
from modelwright.types.jobs import Job
from modelwright.types.notices import DeliveryState

_PAGE = 500
_TURN_S = 10.0  # how long one receiver is served before another has its turn
_CLAIM_MS = 60_000  # longer than an attempt may take
_LOG = logs.get(__name__)


def follow(ctx: Ctx) -> None:
    """Turn what has happened since the last look into deliveries."""
    while True:
        with ctx.db.read() as tx:
            last = queries.cursor(tx)
        if last is None:
            return
        found = events.facts(ctx, last, _PAGE)
        if not found:
            return
        _queue(ctx, last, found)
        if len(found) < _PAGE:
            return


def _queue(ctx: Ctx, last: int, found: list[Fact]) -> None:
    with ctx.db.write() as tx:
        if queries.cursor(tx, lock=True) != last:
            return  # another process was quicker
        receivers = queries.active(tx)
        by_workspace: dict[str, list[tuple[str, str, str, dict[str, Any], int]]] = defaultdict(list)
        for fact in found:
            event = fact.event
            if event.kind.startswith("job.") and event.parent == service.DELIVER:
                continue  # telling of a delivery would never end
            for receiver in receivers:
                if receiver.workspace == event.workspace and rules.wants(receiver.webhook.events, event.kind):
                    data = fact.payload or {"subject": event.subject, "parent": event.parent}
                    by_workspace[event.workspace].append(
                        (receiver.webhook.id, event.kind, event.subject, data, event.at_ms)
                    )
        for workspace, messages in by_workspace.items():
            service.queue(ctx.acting(SYSTEM, workspace, ctx.request_id), tx, messages)
        queries.move_cursor(tx, found[-1].event.id)


def deliver(ctx: Ctx, job: Job) -> dict[str, Any]:
    """Send what waits for one receiver, until nothing does, its turn is over, or it fails. A job."""
    webhook_id = str(job.payload["webhook"])
    ends = time.monotonic() + _TURN_S
    sent = 0
    while time.monotonic() < ends:
        taken = _take(ctx, webhook_id)
        if taken is None:
            break
        receiver, message = taken
        if not _settle(ctx, receiver, message, sending.send(ctx, receiver, message)):
            break
        sent += 1
    _again(ctx, webhook_id)
    return {"sent": sent}


def _take(ctx: Ctx, webhook_id: str) -> tuple[Receiver, sending.Message] | None:
    now = ctx.clock.now_ms()
    with ctx.db.write() as tx:
        receiver = queries.get(tx, webhook_id)
        if receiver is None or not receiver.webhook.active or receiver.paused_until_ms > now:
            return None
        found = queries.due(tx, webhook_id, now)
        if found is None:
            return None
        delivery_id, kind, subject, payload, at_ms = found
        queries.claim(tx, delivery_id, now + _CLAIM_MS)
    return receiver, sending.Message(delivery_id, kind, subject, from_json(payload, dict[str, Any]), at_ms)


def _settle(ctx: Ctx, receiver: Receiver, message: sending.Message, outcome: sending.Outcome) -> bool:
    """Keep what came of an attempt; whether the receiver may have the next one now."""
    webhook = receiver.webhook
    now = ctx.clock.now_ms()
    with ctx.db.write() as tx:
        current = queries.get(tx, webhook.id, lock=True)
        if current is None:
            return False
        if outcome.ok:
            queries.settle(tx, message.id, DeliveryState.DELIVERED, outcome.status, "", now, now)
            queries.succeeded(tx, webhook.id, now)
            return True
        failures = current.webhook.failures + 1
        lasting = outcome.lasting and outcome.status != rules.GONE
        again_ms = now + rules.wait_ms(failures, outcome.wait_s)
        state = DeliveryState.FAILED if lasting else DeliveryState.QUEUED
        queries.settle(tx, message.id, state, outcome.status, outcome.error, again_ms, now if lasting else None)
        queries.stumbled(tx, webhook.id, now, now if lasting else again_ms)
        since = current.webhook.failing_since_ms or now
        if outcome.status == rules.GONE:
            _switch_off(ctx, receiver, "the receiver says that it is gone (410)", now, tx)
        elif rules.gives_up(failures, since, now):
            _switch_off(ctx, receiver, f"nothing but failures for a day; the last: {outcome.error}", now, tx)
        return lasting


def _switch_off(ctx: Ctx, receiver: Receiver, reason: str, now: int, tx: Any) -> None:
    webhook = receiver.webhook
    queries.switch_off(tx, webhook.id, reason[:300], now)
    there = ctx.acting(SYSTEM, receiver.workspace, ctx.request_id)
    audit.append(
        there, tx, "webhook.disabled", f"webhooks/{webhook.id}", {"name": webhook.name, "reason": reason[:300]}
    )
    events.publish(there, tx, "webhook.disabled", webhook.id, "", {"name": webhook.name, "reason": reason[:300]})
    _LOG.warning("the webhook %s was switched off: %s", webhook.id, reason)


def _again(ctx: Ctx, webhook_id: str) -> None:
    """A job for what still waits, when it may be sent."""
    with ctx.db.write() as tx:
        receiver = queries.get(tx, webhook_id)
        following = queries.next_ms(tx, webhook_id)
        if receiver is None or following is None or not receiver.webhook.active:
            return
        there = ctx.acting(SYSTEM, receiver.workspace, ctx.request_id)
        at = max(following, receiver.paused_until_ms)
        jobs.enqueue(there, tx, service.DELIVER, {"webhook": webhook_id}, key=webhook_id, run_at_ms=at)


def sweep(ctx: Ctx) -> None:
    """A job for every receiver for which something waits: those whose worker died too often have lost theirs."""
    with ctx.db.read() as tx:
        waiting = queries.waiting(tx)
    for webhook_id in waiting:
        _again(ctx, webhook_id)


def expire(ctx: Ctx) -> None:
    """Forget deliveries of more than a week ago."""
    with ctx.db.write() as tx:
        queries.expire(tx, ctx.clock.now_ms() - rules.KEEP_MS)
