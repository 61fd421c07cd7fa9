"""The verbs of events: publish inside a transaction, follow from an id on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelwright.domains.events import queries
from modelwright.domains.events.follow import wake
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.events import Event

_NOTE = "events"
_NOTHING: Mapping[str, Any] = {}


def publish(ctx: Ctx, tx: Tx, kind: str, subject: str, parent: str = "", payload: Mapping[str, Any] = _NOTHING) -> None:
    """Tell, once `tx` has committed, that `subject` changed. One transaction tells each (kind, subject) once."""
    gathered: dict[tuple[str, str, str], tuple[Any, ...]] | None = tx.notes.get(_NOTE)
    if gathered is None:
        gathered = tx.notes[_NOTE] = {}
        tx.before_commit(_NOTE, _write)
        tx.after_commit(_NOTE, lambda: wake(ctx))
    gathered[ctx.workspace, kind, subject] = (ctx.clock.now_ms(), ctx.workspace, kind, subject, parent)


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


def expire(ctx: Ctx) -> int:
    """Forget events older than the retention setting; returns how many."""
    settle(ctx)
    with ctx.db.write() as tx:
        return queries.expire(tx, ctx.clock.now_ms() - ctx.settings.event_retention_s * 1000)
