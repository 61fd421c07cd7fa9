"""The verbs of events: publish inside a transaction, follow from an id on."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from modelwright.domains.events import queries
from modelwright.domains.events.follow import wake
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.codec import finite, to_json
from modelwright.types.events import Event, Fact

_NOTE = "events"
_ALL = (1 << 63) - 2
_NUMBER = itertools.count(1)
_NOTHING: Mapping[str, Any] = {}


def publish(ctx: Ctx, tx: Tx, kind: str, subject: str, parent: str = "", payload: Mapping[str, Any] = _NOTHING) -> None:
    """Tell, once `tx` has committed, that `subject` changed. One transaction tells each (kind, subject) once.

    With a payload (a small dict, in the words of those who act on it: name, version, alias, key, value …) the event is
    kept until everyone who acts on events has seen it, and each one is told, however alike they are.
    """
    gathered: dict[tuple[str, str, str, int], tuple[Any, ...]] | None = tx.notes.get(_NOTE)
    if gathered is None:
        gathered = tx.notes[_NOTE] = {}
        tx.before_commit(_NOTE, _write)
        tx.after_commit(_NOTE, lambda: wake(ctx))
    text = to_json(finite(dict(payload))).decode() if payload else ""
    key = (ctx.workspace, kind, subject, next(_NUMBER) if payload else 0)
    gathered[key] = (ctx.clock.now_ms(), ctx.workspace, kind, subject, parent, text)


def _write(tx: Tx) -> None:
    queries.insert(tx, tx.notes[_NOTE].values())


def position(ctx: Ctx) -> int:
    """The id of the newest event; what is committed from now on comes after it."""
    with ctx.db.read() as tx:
        stored = not queries.waiting(tx)
        newest = queries.bounds(tx)[1]
    if stored:
        return newest
    settle(ctx)
    with ctx.db.read() as tx:
        return queries.bounds(tx)[1]


def settle(ctx: Ctx) -> None:
    """Number committed events that wait for it (where writers run side by side)."""
    with ctx.db.read() as tx:
        if not queries.waiting(tx):
            return
    with ctx.db.write() as tx:
        queries.number(tx)


def after(ctx: Ctx, last: int, limit: int = 1_000) -> tuple[list[Event], bool]:
    """Events of all workspaces with ids after `last`, in order, and whether some before them are gone.

    They are gone when they were too old, or when `last` is the id of another database.
    """
    settle(ctx)
    with ctx.db.read() as tx:
        first, newest = queries.bounds(tx)
        lost = last > newest or last < first - 1
        return queries.after(tx, last, limit), lost


def facts(ctx: Ctx, last: int, limit: int = 500) -> list[Fact]:
    """Events of all workspaces after an id with what they tell, in order; for those who act on events."""
    settle(ctx)
    with ctx.db.read() as tx:
        return queries.facts_after(tx, last, limit)


def expire(ctx: Ctx) -> int:
    """Forget events older than the retention setting; returns how many.

    Those that somebody has to act on yet stay: each of the hooks `events.seen` gives the id up to which it has seen.
    """
    settle(ctx)
    with ctx.db.write() as tx:
        seen = [hook(ctx, tx) for hook in ctx.hooks.get("events.seen", ())]
        before = min(seen, default=_ALL) + 1
        return queries.expire(tx, ctx.clock.now_ms() - ctx.settings.event_retention_s * 1000, before)
