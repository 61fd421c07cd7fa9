"""The verbs of events: publish inside a transaction, follow from an id on."""

from __future__ import annotations

from typing import Any

from modelwright.domains.events import queries
from modelwright.domains.events.follow import wake
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx

_NOTE = "events"


def publish(ctx: Ctx, tx: Tx, kind: str, subject: str, parent: str = "") -> None:
    """Tell, once `tx` has committed, that `subject` changed. One transaction tells each (kind, subject) once."""
    gathered: dict[tuple[str, str, str], tuple[Any, ...]] | None = tx.notes.get(_NOTE)
    if gathered is None:
        gathered = tx.notes[_NOTE] = {}
        tx.before_commit(_NOTE, _write)
        tx.after_commit(_NOTE, lambda: wake(ctx))
    gathered[ctx.workspace, kind, subject] = (ctx.clock.now_ms(), ctx.workspace, kind, subject, parent)


def _write(tx: Tx) -> None:
    queries.insert(tx, tx.notes[_NOTE].values())
