"""Every statement about API tokens."""

from __future__ import annotations

import json
from typing import Any

from modelwright.kit.db import Row, Tx
from modelwright.types.access import Token, TokenScope

_TOKEN = (
    "id, user_name, label, scopes, workspace, patterns, replaces, created_ms, expires_ms, last_used_ms, revoked"  # noqa: S105
)


def _token(row: Row) -> Token:
    return Token(
        id=row[0],
        user=row[1],
        label=row[2],
        scopes=[TokenScope(word) for word in row[3].split()] if row[3] else None,
        workspace=row[4],
        patterns=json.loads(row[5]) if row[5] else [],
        replaces=row[6],
        created_ms=row[7],
        expires_ms=row[8],
        last_used_ms=row[9],
        revoked=bool(row[10]),
    )


def insert_token(tx: Tx, row: tuple[Any, ...]) -> None:
    """Add (id, user, label, secret hash, scopes, workspace, patterns, replaces, created_ms, expires_ms)."""
    tx.execute(
        "INSERT INTO tokens (id, user_name, label, secret, scopes, workspace, patterns, replaces, created_ms, "
        "expires_ms) VALUES (?,?,?,?,?,?,?,?,?,?)",
        row,
    )


def token(tx: Tx, token_id: str) -> Token | None:
    """One token."""
    row = tx.row(f"SELECT {_TOKEN} FROM tokens WHERE id = ?", (token_id,))
    return _token(row) if row else None


def tokens(tx: Tx, name: str | None) -> list[Token]:
    """The tokens of a user, or of all; newest first."""
    rows = tx.rows(
        f"SELECT {_TOKEN} FROM tokens WHERE user_name = COALESCE(?, user_name) ORDER BY created_ms DESC, id DESC",
        (name,),
    )
    return [_token(row) for row in rows]


def token_secret(tx: Tx, token_id: str) -> str:
    """The stored hash of a token's secret, or nothing."""
    row = tx.row("SELECT secret FROM tokens WHERE id = ?", (token_id,))
    return row[0] if row else ""


def revoke_token(tx: Tx, token_id: str) -> None:
    """Make a token useless for good."""
    tx.execute("UPDATE tokens SET revoked = 1 WHERE id = ?", (token_id,))


def end_by(tx: Tx, token_id: str, at_ms: int) -> None:
    """Let a token expire at a moment, unless it does so before."""
    tx.execute(
        "UPDATE tokens SET expires_ms = ? WHERE id = ? AND (expires_ms IS NULL OR expires_ms > ?)",
        (at_ms, token_id, at_ms),
    )


def touch_token(tx: Tx, token_id: str, at_ms: int) -> None:
    """Note when a token was used last."""
    tx.execute("UPDATE tokens SET last_used_ms = ? WHERE id = ?", (at_ms, token_id))
