"""Every statement about uploads in parts."""

from __future__ import annotations

from modelwright.kit.db import Tx
from modelwright.types.tracking import Upload, UploadPart


def insert(tx: Tx, workspace: str, upload: Upload) -> None:
    """Begin one."""
    tx.execute(
        "INSERT INTO uploads (id, workspace, owner, path, created_ms) VALUES (?,?,?,?,?)",
        (upload.id, workspace, upload.owner, upload.path, upload.created_ms),
    )


def get(tx: Tx, workspace: str, upload_id: str, *, lock: bool = False) -> Upload | None:
    """One with the parts that arrived, by number."""
    row = tx.row(
        "SELECT owner, path, created_ms FROM uploads WHERE id = ? AND workspace = ?"
        + (tx.dialect.row_lock if lock else ""),
        (upload_id, workspace),
    )
    if row is None:
        return None
    parts = tx.rows("SELECT number, digest, size FROM upload_parts WHERE upload = ? ORDER BY number", (upload_id,))
    return Upload(
        id=upload_id,
        owner=row[0],
        path=row[1],
        created_ms=row[2],
        parts=[UploadPart(number=part[0], digest=part[1], size=part[2]) for part in parts],
    )


def put_part(tx: Tx, upload_id: str, part: UploadPart) -> None:
    """Keep a part; of one number the last arrival counts."""
    tx.execute(
        "INSERT INTO upload_parts (upload, number, digest, size) VALUES (?,?,?,?) "
        "ON CONFLICT (upload, number) DO UPDATE SET digest = excluded.digest, size = excluded.size",
        (upload_id, part.number, part.digest, part.size),
    )


def delete(tx: Tx, upload_id: str) -> None:
    """Forget one and its parts."""
    tx.execute("DELETE FROM uploads WHERE id = ?", (upload_id,))


def expire(tx: Tx, before_ms: int) -> int:
    """Forget those begun before this; returns how many."""
    return tx.execute("DELETE FROM uploads WHERE created_ms < ?", (before_ms,))
