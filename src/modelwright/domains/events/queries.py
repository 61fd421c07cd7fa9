"""Every statement of events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from modelwright.kit.db import Tx
from modelwright.types.codec import from_json
from modelwright.types.events import Event, Fact

_LOCK = 0x6D77_6576  # the advisory lock that numbers events ("mwev")
_COLUMNS = "at_ms, workspace, kind, subject, parent"
_STORED = f"{_COLUMNS}, payload"


def insert(tx: Tx, rows: Iterable[tuple[Any, ...]]) -> None:
    """Write (at_ms, workspace, kind, subject, parent, payload) rows; see `tables` for where they go."""
    table = "events" if tx.dialect.lanes == 1 else "event_outbox"
    tx.many(f"INSERT INTO {table} ({_STORED}) VALUES (?,?,?,?,?,?)", list(rows))


def waiting(tx: Tx) -> bool:
    """Whether committed events wait for their number."""
    return tx.dialect.lanes > 1 and tx.row("SELECT 1 FROM event_outbox LIMIT 1") is not None


def number(tx: Tx) -> None:
    """Give the committed events of the outbox their ids, one process at a time: what gets a later id commits later."""
    if tx.row("SELECT pg_advisory_xact_lock(?)", (_LOCK,)) is not None:
        tx.execute(
            f"WITH gone AS (DELETE FROM event_outbox RETURNING id, {_STORED}) "
            f"INSERT INTO events ({_STORED}) SELECT {_STORED} FROM gone ORDER BY id"
        )


def after(tx: Tx, last: int, limit: int) -> list[Event]:
    """Events with greater ids, in order."""
    rows = tx.rows(f"SELECT id, {_COLUMNS} FROM events WHERE id > ? ORDER BY id LIMIT ?", (last, limit))
    return [
        Event(id=row[0], at_ms=row[1], workspace=row[2], kind=row[3], subject=row[4], parent=row[5]) for row in rows
    ]


def facts_after(tx: Tx, last: int, limit: int) -> list[Fact]:
    """Events with greater ids and what they tell, in order."""
    rows = tx.rows(f"SELECT id, {_STORED} FROM events WHERE id > ? ORDER BY id LIMIT ?", (last, limit))
    return [
        Fact(
            Event(id=row[0], at_ms=row[1], workspace=row[2], kind=row[3], subject=row[4], parent=row[5]),
            from_json(row[6], dict[str, Any]) if row[6] else {},
        )
        for row in rows
    ]


def bounds(tx: Tx) -> tuple[int, int]:
    """The smallest and the greatest id held; (0, 0) when there are none."""
    row = tx.row("SELECT min(id), max(id) FROM events")
    return (row[0] or 0, row[1] or 0) if row else (0, 0)


def expire(tx: Tx, before_ms: int, before_id: int) -> int:
    """Remove events older than this, up to an id; the newest stays, so that ids go on from it."""
    return tx.execute(
        "DELETE FROM events WHERE at_ms < ? AND id < ? AND id < (SELECT max(id) FROM events)", (before_ms, before_id)
    )
