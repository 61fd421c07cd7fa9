"""Every statement of audit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from modelwright.domains.audit.rules import leaves
from modelwright.domains.audit.rules.tree import Frontier, unpacked
from modelwright.kit.db import Row, Tx
from modelwright.kit.filters import Fields, Kind, Sql, Term, integer, text, time
from modelwright.kit.filters import search as listing
from modelwright.types.audit import AuditAnchor, AuditCheck, AuditCheckpoint, AuditEvent, AuditKey
from modelwright.types.codec import from_json, to_json
from modelwright.types.page import Page, Search

COLUMNS = "id, at_ms, workspace, actor, action, subject, detail, request_id"
_NOTHING: tuple[Any, ...] = ()


class Head(msgspec.Struct, frozen=True):
    """The right edge of the log, under its name."""

    origin: str
    frontier: Frontier


def head(tx: Tx, *, lock: bool = False) -> Head | None:
    """The head of the log, locked for those who append; None before the first row."""
    ending = tx.dialect.row_lock if lock else ""
    row = tx.row(f"SELECT origin, size, frontier FROM audit_tree WHERE id = 1{ending}")
    return Head(row[0], unpacked(row[1], bytes(row[2]))) if row else None


def begin(tx: Tx, origin: str) -> None:
    """Found the log, unless another writer has."""
    tx.execute(
        "INSERT INTO audit_tree (id, origin, size, frontier) VALUES (1, ?, 0, ?) ON CONFLICT (id) DO NOTHING",
        (origin, b""),
    )


def append(tx: Tx, frontier: Frontier, rows: Sequence[tuple[Any, ...]]) -> None:
    """Append rows (at_ms, workspace, actor, action, subject, detail JSON, request_id) behind a locked head."""
    inserted: list[tuple[Any, ...]] = []
    nodes: list[tuple[Any, ...]] = []
    for row in rows:
        place = frontier.size + 1
        leaf = leaves.leaf(leaves.entry(place, *row))
        inserted.append((place, *row, leaf))
        nodes.extend(frontier.add(leaf))
    insert = f"INSERT INTO audit_events ({COLUMNS}, leaf) VALUES (?,?,?,?,?,?,?,?,?)"
    if len(inserted) == 1:
        tx.execute(insert, inserted[0])
    else:
        tx.many(insert, inserted)
    if nodes:
        tx.many("INSERT INTO audit_nodes (level, place, hash) VALUES (?,?,?)", nodes)
    tx.execute("UPDATE audit_tree SET size = ?, frontier = ? WHERE id = 1", (frontier.size, frontier.packed()))


def event(row: Row) -> AuditEvent:
    """A row of `audit_events` in column order."""
    return AuditEvent(
        id=row[0],
        at_ms=row[1],
        workspace=row[2],
        actor=row[3],
        action=row[4],
        subject=row[5],
        detail=from_json(row[6], dict[str, Any]),
        request_id=row[7],
    )


FIELDS = Fields(
    "audit event",
    {
        "id": integer("id"),
        "at": time("at_ms"),
        "actor": text("actor"),
        "action": text("action"),
        "subject": text("subject"),
        "request_id": text("request_id"),
    },
    ends=(Term("id", Kind.INTEGER),),
)


def search(tx: Tx, workspace: str, request: Search) -> Page[AuditEvent]:
    """A page of a workspace's rows, newest first unless the request orders them."""
    rows, following = listing(
        tx, COLUMNS, "audit_events", Sql("workspace = ?", (workspace,)), FIELDS, request, default=["id DESC"]
    )
    return Page([event(row) for row in rows], following)


def row(tx: Tx, place: int) -> Row | None:
    """One row with its leaf, by its place."""
    return tx.row(f"SELECT {COLUMNS}, leaf FROM audit_events WHERE id = ?", (place,))


def rows_after(tx: Tx, place: int, last: int, limit: int) -> list[Row]:
    """Rows with their leaves, in order, up to `last`."""
    return tx.rows(
        f"SELECT {COLUMNS}, leaf FROM audit_events WHERE id > ? AND id <= ? ORDER BY id LIMIT ?", (place, last, limit)
    )


def stream(tx: Tx) -> Iterator[list[Row]]:
    """All rows with their leaves, in order."""
    return tx.stream(f"SELECT {COLUMNS}, leaf FROM audit_events ORDER BY id", rows=2_000)


def hashes(tx: Tx, level: int, first: int, count: int) -> list[bytes]:
    """Kept hashes of one level, from left to right; level 0 are the leaves."""
    if level == 0:
        found = tx.rows("SELECT leaf FROM audit_events WHERE id > ? AND id <= ? ORDER BY id", (first, first + count))
    else:
        found = tx.rows(
            "SELECT hash FROM audit_nodes WHERE level = ? AND place >= ? AND place < ? ORDER BY place",
            (level, first, first + count),
        )
    return [bytes(item[0]) for item in found]


def nodes(tx: Tx) -> dict[tuple[int, int], bytes]:
    """All kept hashes above the leaves: one for each 256 rows and a few more."""
    return {(item[0], item[1]): bytes(item[2]) for item in tx.rows("SELECT level, place, hash FROM audit_nodes")}


_CHECKPOINT = "size, root, at_ms, key_id, note"


def _checkpoint(found: Row) -> AuditCheckpoint:
    return AuditCheckpoint(size=found[0], root=bytes(found[1]).hex(), at_ms=found[2], key_id=found[3], note=found[4])


def last_checkpoint(tx: Tx) -> AuditCheckpoint | None:
    """The newest one."""
    found = tx.row(f"SELECT {_CHECKPOINT} FROM audit_checkpoints ORDER BY size DESC LIMIT 1")
    return _checkpoint(found) if found else None


def checkpoints(tx: Tx, before: int = 0, limit: int = 0) -> list[AuditCheckpoint]:
    """All, oldest first; or the newest `limit` of those smaller than `before` (0: all), newest first."""
    if not limit:
        return [_checkpoint(found) for found in tx.rows(f"SELECT {_CHECKPOINT} FROM audit_checkpoints ORDER BY size")]
    smaller, given = ("WHERE size < ? ", (before,)) if before else ("", _NOTHING)
    found = tx.rows(f"SELECT {_CHECKPOINT} FROM audit_checkpoints {smaller}ORDER BY size DESC LIMIT ?", (*given, limit))
    return [_checkpoint(item) for item in found]


def add_checkpoint(tx: Tx, made: AuditCheckpoint) -> None:
    """Keep a checkpoint; one of the same size stays as it is."""
    tx.execute(
        f"INSERT INTO audit_checkpoints ({_CHECKPOINT}) VALUES (?,?,?,?,?) ON CONFLICT (size) DO NOTHING",
        (made.size, bytes.fromhex(made.root), made.at_ms, made.key_id, made.note),
    )


def keys(tx: Tx) -> list[AuditKey]:
    """Public keys, oldest first."""
    return [
        AuditKey(id=found[0], vkey=found[1], created_ms=found[2])
        for found in tx.rows("SELECT id, vkey, created_ms FROM audit_keys ORDER BY created_ms, id")
    ]


def add_key(tx: Tx, key: AuditKey) -> bool:
    """Keep a public key; False when it is known."""
    return (
        tx.execute(
            "INSERT INTO audit_keys (id, vkey, created_ms) VALUES (?,?,?) ON CONFLICT (id) DO NOTHING",
            (key.id, key.vkey, key.created_ms),
        )
        > 0
    )


def anchors(tx: Tx) -> list[AuditAnchor]:
    """How far each place outside has come."""
    found = tx.rows("SELECT place, size, at_ms, error FROM audit_anchors ORDER BY place")
    return [AuditAnchor(place=item[0], size=item[1], at_ms=item[2], error=item[3]) for item in found]


def set_anchor(tx: Tx, anchor: AuditAnchor) -> None:
    """Remember how far a place has come."""
    tx.execute(
        "INSERT INTO audit_anchors (place, size, at_ms, error) VALUES (?,?,?,?) ON CONFLICT (place) DO UPDATE SET "
        "size = excluded.size, at_ms = excluded.at_ms, error = excluded.error",
        (anchor.place, anchor.size, anchor.at_ms, anchor.error),
    )


def last_check(tx: Tx) -> tuple[bool, int, AuditCheck | None]:
    """Whether a verification is wanted, when the last one ended, and what it found."""
    found = tx.row("SELECT wanted, at_ms, result FROM audit_checks WHERE id = 1")
    if found is None:
        return False, 0, None
    return found[0] > 0, found[1], from_json(found[2], AuditCheck) if found[2] else None


def want_check(tx: Tx) -> None:
    """Ask for a verification."""
    tx.execute("INSERT INTO audit_checks (id, wanted) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET wanted = 1")


def set_check(tx: Tx, result: AuditCheck) -> None:
    """Keep the result of a verification; nobody waits for one any more."""
    tx.execute(
        "INSERT INTO audit_checks (id, wanted, at_ms, result) VALUES (1, 0, ?, ?) ON CONFLICT (id) DO UPDATE SET "
        "wanted = 0, at_ms = excluded.at_ms, result = excluded.result",
        (result.at_ms, to_json(result).decode()),
    )
