"""Telling another lineage server of our runs: a duty that follows events from where it left off.

What was not told yet stays among the events (hook `events.seen`), so nothing committed is missed while the other side
is down; told twice after a crash, an event is the same event. It waits longer after each failure and holds nobody up.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from modelwright.domains.events import service as events
from modelwright.domains.lineage import service as lineage
from modelwright.domains.tracking.service import experiments, models, runs
from modelwright.kit import logs
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.kit.duty import Duty
from modelwright.kit.egress import egress
from modelwright.protocols.openlineage import encode
from modelwright.types.access import DEFAULT_WORKSPACE
from modelwright.types.errors import Conflict, ModelwrightError, NotFound

_CURSOR = "openlineage.emitted"
_PAUSE = "openlineage.pause"
_KINDS = frozenset({"run.created", "run.updated"})
_LOG = logs.get(__name__)
_FIRST_S, _LONGEST_S = 1.0, 300.0
_BATCH = 500
_LONGEST_TURN_S = 5.0
_HEADERS = {"Content-Type": "application/json", "User-Agent": "modelwright"}


def plug(ctx: Ctx) -> None:
    """Keep the events that are still to be told of."""
    if ctx.settings.openlineage_url:
        ctx.hooks.setdefault("events.seen", []).append(_seen)


def _seen(ctx: Ctx, tx: Tx) -> int:
    return lineage.position(tx, _CURSOR) or 0


def tell(ctx: Ctx) -> int:
    """Tell of what changed since the last time; returns how many runs were told of."""
    if not ctx.settings.openlineage_url:
        return 0
    until, _ = ctx.local.get(_PAUSE, (0.0, 0.0))
    if time.monotonic() < until:
        return 0
    with ctx.db.read() as tx:
        place = lineage.position(tx, _CURSOR)
    if place is None:  # the first time: from now on
        _advance(ctx, events.position(ctx))
        return 0
    told = 0
    end = time.monotonic() + _LONGEST_TURN_S
    while time.monotonic() < end:
        found, _ = events.after(ctx, place, _BATCH)
        if not found:
            break
        wanted = {(each.workspace, each.subject): None for each in found if each.kind in _KINDS}
        try:
            told += _send(ctx, wanted)
        except ModelwrightError as error:
            _wait(ctx, error)
            break
        ctx.local.pop(_PAUSE, None)
        place = found[-1].id
        _advance(ctx, place)
    return told


def _send(ctx: Ctx, wanted: Iterable[tuple[str, str]]) -> int:
    """Tell of runs as they are now. Raises when the other side is not there (tell them all again)."""
    headers = dict(_HEADERS)
    if ctx.settings.openlineage_token:
        headers["Authorization"] = f"Bearer {ctx.settings.openlineage_token}"
    count = 0
    for workspace, run_id in wanted:
        content = _event(ctx.acting(ctx.actor, workspace), run_id)
        if content is None:
            continue
        answer = egress(ctx).request("POST", ctx.settings.openlineage_url, headers=headers, body=content)
        if answer.status >= 500 or answer.status in (401, 403, 404, 408, 429):
            raise Conflict(f"the lineage server answers {answer.status}", where="openlineage_url")
        if answer.status >= 300:  # it does not want this one, and never will
            _LOG.warning("the lineage server refuses a run with %s", answer.status)
        count += 1
    return count


def _event(ctx: Ctx, run_id: str) -> bytes | None:
    try:
        run = runs.get(ctx, run_id)
        experiment = experiments.get(ctx, run.experiment_id).name
    except NotFound:  # it was purged meanwhile
        return None
    made = [models.get(ctx, each.model_id) for each in run.model_outputs]
    root = ctx.settings.openlineage_namespace
    namespace = root if ctx.workspace == DEFAULT_WORKSPACE else f"{root}/{ctx.workspace}"
    return encode.run_event(run, experiment, made, namespace)


def _wait(ctx: Ctx, error: ModelwrightError) -> None:
    _, last = ctx.local.get(_PAUSE, (0.0, 0.0))
    pause = min(max(last * 2, _FIRST_S), _LONGEST_S)
    ctx.local[_PAUSE] = (time.monotonic() + pause, pause)
    _LOG.warning("runs could not be told of to the lineage server, trying again in %.0f s: %s", pause, error.message)


def _advance(ctx: Ctx, place: int) -> None:
    with ctx.db.write() as tx:
        lineage.advance(tx, _CURSOR, place)


def _tell(ctx: Ctx) -> None:
    tell(ctx)


DUTIES = [Duty("openlineage-emission", 1.0, _tell)]
