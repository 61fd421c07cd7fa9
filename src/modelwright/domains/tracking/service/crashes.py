"""Finding runs that crashed: those that promised heartbeats and fell silent."""

from __future__ import annotations

from modelwright.domains.audit import service as audit
from modelwright.domains.events import service as events
from modelwright.domains.tracking.queries import runs as queries
from modelwright.kit.context import Ctx

_WATCH = "tracking.watch"  # in this process: (watching since, last looked), ms
_GAP_MS = 20_000  # who did not look for so long (asleep, stopped) begins to watch anew


def sweep(ctx: Ctx) -> int:
    """Mark running runs of all workspaces as crashed that were silent for `heartbeat_timeout_s`; returns how many.

    A late heartbeat or log brings them back. A server that was away itself first listens for as long, because nobody
    could reach it.
    """
    now = ctx.clock.now_ms()
    since = now - int(ctx.settings.heartbeat_timeout_s * 1000)
    watching, looked = ctx.local.get(_WATCH, (now, now))
    if now - looked > _GAP_MS:
        watching = now
    ctx.local[_WATCH] = (watching, now)
    if watching > since:
        return 0
    with ctx.db.read() as tx:
        if not queries.silent(tx, since):
            return 0
    with ctx.db.write() as tx:
        found = queries.crash(tx, since)
        for workspace, run_id, experiment, end_ms in found:
            there = ctx.acting(ctx.actor, workspace)
            audit.append(there, tx, "run.crashed", f"runs/{run_id}", {"last_heartbeat_ms": end_ms})
            events.publish(there, tx, "run.updated", run_id, str(experiment))
    return len(found)
