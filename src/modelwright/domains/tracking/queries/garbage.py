"""Every statement of garbage collection: who refers to a content, and which contents are condemned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from modelwright.kit.db import Tx

_IN = 500


class Mark(NamedTuple):
    """A condemned content; `done_ms` is when it was deleted."""

    digest: str
    at_ms: int
    done_ms: int | None


def referenced(tx: Tx, digests: Sequence[str]) -> set[str]:
    """Those of the contents (at most 500) that an artifact or a part of an upload is made of."""
    marks = ",".join("?" * len(digests))
    return {
        row[0]
        for row in tx.rows(
            f"SELECT digest FROM artifacts WHERE digest IN ({marks}) "
            f"UNION SELECT digest FROM upload_parts WHERE digest IN ({marks})",
            (*digests, *digests),
        )
    }


def mark(tx: Tx, digests: Sequence[str], now_ms: int) -> None:
    """Condemn contents; those that are condemned already keep their time, unless they had been deleted."""
    tx.many(
        "INSERT INTO condemned (digest, at_ms) VALUES (?,?) ON CONFLICT (digest) DO UPDATE SET "
        "at_ms = CASE WHEN condemned.done_ms IS NULL THEN condemned.at_ms ELSE excluded.at_ms END, done_ms = NULL",
        [(digest, now_ms) for digest in digests],
    )


def mark_of(tx: Tx, digest: str) -> Mark | None:
    """The mark of a content."""
    row = tx.row("SELECT digest, at_ms, done_ms FROM condemned WHERE digest = ?", (digest,))
    return Mark._make(row) if row else None


def unmark(tx: Tx, digests: Sequence[str]) -> None:
    """Pardon contents."""
    tx.many("DELETE FROM condemned WHERE digest = ?", [(digest,) for digest in digests])


def ripe(tx: Tx, before_ms: int) -> list[str]:
    """Contents condemned before a time and not deleted yet, at most 500."""
    return [
        row[0]
        for row in tx.rows(
            f"SELECT digest FROM condemned WHERE done_ms IS NULL AND at_ms <= ? ORDER BY at_ms LIMIT {_IN}",
            (before_ms,),
        )
    ]


def done(tx: Tx, digests: Sequence[str], now_ms: int) -> None:
    """Contents were deleted."""
    tx.many("UPDATE condemned SET done_ms = ? WHERE digest = ?", [(now_ms, digest) for digest in digests])


def forget(tx: Tx, before_ms: int) -> None:
    """Drop the marks of contents deleted before a time."""
    tx.execute("DELETE FROM condemned WHERE done_ms < ?", (before_ms,))
