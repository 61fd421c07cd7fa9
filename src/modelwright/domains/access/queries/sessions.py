"""Every statement about sessions, logins under way, wrong guesses, and the version of who may do what."""

from __future__ import annotations

from typing import Any

import msgspec

from modelwright.kit.db import Row, Tx
from modelwright.types.access import Session

_SESSION = "public, user_name, method, address, agent, created_ms, seen_ms, expires_ms"


class Live(msgspec.Struct, frozen=True):
    """A session as requests need it."""

    user: str
    public: str
    seen_ms: int
    expires_ms: int
    proved_ms: int
    provider_token: str


class Begun(msgspec.Struct, frozen=True):
    """A login that a provider is asked to decide."""

    browser: str
    verifier: str
    nonce: str
    place: str
    fresh: int
    expires_ms: int


def version(tx: Tx) -> int:
    """How often it has changed who may do what."""
    row = tx.row("SELECT version FROM access_version WHERE id = 1")
    return row[0] if row else 0


def raise_version(tx: Tx) -> None:
    """It has changed again."""
    tx.execute(
        "INSERT INTO access_version (id, version) VALUES (1, 1) "
        "ON CONFLICT (id) DO UPDATE SET version = access_version.version + 1"
    )


def insert_session(tx: Tx, row: tuple[Any, ...]) -> None:
    """Add (hash of the cookie, public id, user, method, address, agent, provider token, and four times: created,
    proved, seen, expires). Expired ones are forgotten.
    """
    tx.execute("DELETE FROM sessions WHERE expires_ms < ?", (row[7],))
    tx.execute(
        "INSERT INTO sessions (id, public, user_name, method, address, agent, provider_token, created_ms, proved_ms, "
        "seen_ms, expires_ms) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        row,
    )


def live(tx: Tx, session: str) -> Live | None:
    """A session by the hash of its cookie."""
    row = tx.row(
        "SELECT user_name, public, seen_ms, expires_ms, proved_ms, provider_token FROM sessions WHERE id = ?",
        (session,),
    )
    return Live(*row) if row else None


def live_by_public(tx: Tx, public: str) -> Live | None:
    """A session by its public id."""
    row = tx.row(
        "SELECT user_name, public, seen_ms, expires_ms, proved_ms, provider_token FROM sessions WHERE public = ?",
        (public,),
    )
    return Live(*row) if row else None


def touch_session(tx: Tx, public: str, at_ms: int) -> None:
    """Note when a session was used last."""
    tx.execute("UPDATE sessions SET seen_ms = ? WHERE public = ?", (at_ms, public))


def sessions(tx: Tx, name: str | None, now_ms: int, idle_before_ms: int) -> list[Session]:
    """The live sessions of a user, or of all; the newest first."""
    rows = tx.rows(
        f"SELECT {_SESSION} FROM sessions WHERE user_name = COALESCE(?, user_name) AND expires_ms > ? AND seen_ms > ? "
        "ORDER BY created_ms DESC, public",
        (name, now_ms, idle_before_ms),
    )
    return [_session(row) for row in rows]


def _session(row: Row) -> Session:
    return Session(
        id=row[0], user=row[1], method=row[2], address=row[3], agent=row[4], created_ms=row[5], seen_ms=row[6],
        expires_ms=row[7],
    )


def delete_session(tx: Tx, session: str) -> int:
    """End one session by the hash of its cookie."""
    return tx.execute("DELETE FROM sessions WHERE id = ?", (session,))


def end_session(tx: Tx, public: str) -> None:
    """End one session by its public id."""
    tx.execute("DELETE FROM sessions WHERE public = ?", (public,))


def delete_sessions(tx: Tx, name: str, *, but: str = "") -> int:
    """End all sessions of a user, but the one with a public id."""
    return tx.execute("DELETE FROM sessions WHERE user_name = ? AND public <> ?", (name, but))


def insert_login(tx: Tx, row: tuple[Any, ...]) -> None:
    """Add (hash of the state, hash of the browser's cookie, verifier, nonce, place, fresh, expires_ms).

    Old ones are forgotten.
    """
    tx.execute("DELETE FROM logins WHERE expires_ms < ?", (row[6] - 3_600_000,))
    tx.execute(
        "INSERT INTO logins (id, browser, verifier, nonce, place, fresh, expires_ms) VALUES (?,?,?,?,?,?,?)",
        row,
    )


def take_login(tx: Tx, state: str) -> Begun | None:
    """A login under way, which can be finished only once."""
    row = tx.row(
        "DELETE FROM logins WHERE id = ? RETURNING browser, verifier, nonce, place, fresh, expires_ms", (state,)
    )
    return Begun(*row) if row else None


def count_guess(tx: Tx, key: str, spell: int) -> int:
    """Count one more in this spell of time; how many that makes."""
    row = tx.row(
        "INSERT INTO guesses (id, spell, count) VALUES (?,?,1) ON CONFLICT (id) DO UPDATE SET "
        "count = CASE WHEN guesses.spell = excluded.spell THEN guesses.count + 1 ELSE 1 END, spell = excluded.spell "
        "RETURNING count",
        (key, spell),
    )
    assert row is not None
    return row[0]


def uncount_guess(tx: Tx, key: str) -> None:
    """That one was right."""
    tx.execute("UPDATE guesses SET count = count - 1 WHERE id = ? AND count > 0", (key,))


def guessed(tx: Tx, key: str) -> tuple[int, int] | None:
    """(spell, count) of what is counted under a key."""
    row = tx.row("SELECT spell, count FROM guesses WHERE id = ?", (key,))
    return (row[0], row[1]) if row else None


def keep_guess(tx: Tx, key: str, spell: int) -> None:
    """Remember a key as it is, starting afresh."""
    tx.execute(
        "INSERT INTO guesses (id, spell, count) VALUES (?,?,0) "
        "ON CONFLICT (id) DO UPDATE SET spell = excluded.spell, count = 0",
        (key, spell),
    )


def forget_guesses(tx: Tx, before: int) -> None:
    """Drop what was counted before a spell."""
    tx.execute("DELETE FROM guesses WHERE spell < ?", (before,))
