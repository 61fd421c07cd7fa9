"""Every statement about how far those who go through something piece by piece have come."""

from __future__ import annotations

from modelwright.kit.db import Tx


def position(tx: Tx, name: str) -> int | None:
    """Where someone is; None before the first step."""
    row = tx.row("SELECT position FROM lineage_cursors WHERE name = ?", (name,))
    return row[0] if row else None


def advance(tx: Tx, name: str, position: int) -> None:
    """Go on from here next time."""
    tx.execute(
        "INSERT INTO lineage_cursors (name, position) VALUES (?,?) ON CONFLICT (name) DO UPDATE SET "
        "position = excluded.position",
        (name, position),
    )
