"""Every statement of access."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelwright.kit.db import Row, Tx
from modelwright.types.access import Role, Token, User, Workspace

_USER = "name, server_admin, disabled, created_ms"
_TOKEN = "id, user_name, label, created_ms, expires_ms, last_used_ms, revoked"  # noqa: S105


def _user(row: Row, roles: dict[str, Role]) -> User:
    return User(name=row[0], server_admin=bool(row[1]), disabled=bool(row[2]), created_ms=row[3], roles=roles)


def _token(row: Row) -> Token:
    return Token(
        id=row[0],
        user=row[1],
        label=row[2],
        created_ms=row[3],
        expires_ms=row[4],
        last_used_ms=row[5],
        revoked=bool(row[6]),
    )


def roles(tx: Tx, name: str) -> dict[str, Role]:
    """The roles of a user by workspace."""
    found = tx.rows("SELECT workspace, role FROM memberships WHERE user_name = ? ORDER BY workspace", (name,))
    return {workspace: Role(role) for workspace, role in found}


def user(tx: Tx, name: str) -> User | None:
    """One user."""
    row = tx.row(f"SELECT {_USER} FROM users WHERE name = ?", (name,))
    return _user(row, roles(tx, name)) if row else None


def users(tx: Tx) -> list[User]:
    """All users by name."""
    held: dict[str, dict[str, Role]] = {}
    for name, workspace, role in tx.rows("SELECT user_name, workspace, role FROM memberships ORDER BY workspace"):
        held.setdefault(name, {})[workspace] = Role(role)
    return [_user(row, held.get(row[0], {})) for row in tx.rows(f"SELECT {_USER} FROM users ORDER BY name")]


def members(tx: Tx, workspace: str) -> list[User]:
    """The users with a role in a workspace, with that role alone."""
    rows = tx.rows(
        f"SELECT {_USER}, role FROM users JOIN memberships ON user_name = name WHERE workspace = ? ORDER BY name",
        (workspace,),
    )
    return [_user(row, {workspace: Role(row[4])}) for row in rows]


def password(tx: Tx, name: str) -> str | None:
    """The stored hash of an enabled user's password."""
    row = tx.row("SELECT password FROM users WHERE name = ? AND disabled = 0", (name,))
    return row[0] if row else None


def insert_user(tx: Tx, row: tuple[Any, ...]) -> bool:
    """Add (name, password hash, server_admin, created_ms); False when the name is taken, whatever its case."""
    if tx.row("SELECT 1 FROM users WHERE lower(name) = lower(?)", (row[0],)):
        return False
    return (
        tx.execute(
            "INSERT INTO users (name, password, server_admin, created_ms) VALUES (?,?,?,?) ON CONFLICT DO NOTHING", row
        )
        > 0
    )


def update_user(tx: Tx, name: str, *, password: str | None, server_admin: bool | None, disabled: bool | None) -> None:
    """Change what is given."""
    tx.execute(
        "UPDATE users SET password = COALESCE(?, password), server_admin = COALESCE(?, server_admin), "
        "disabled = COALESCE(?, disabled) WHERE name = ?",
        (
            password,
            None if server_admin is None else int(server_admin),
            None if disabled is None else int(disabled),
            name,
        ),
    )


def delete_user(tx: Tx, name: str) -> None:
    """Remove a user with its roles, tokens and sessions."""
    tx.execute("DELETE FROM users WHERE name = ?", (name,))


def set_roles(tx: Tx, name: str, given: Mapping[str, Role], *, only: str = "") -> None:
    """Replace the roles of a user; in the workspace `only`, when it is named."""
    if only:
        tx.execute("DELETE FROM memberships WHERE user_name = ? AND workspace = ?", (name, only))
    else:
        tx.execute("DELETE FROM memberships WHERE user_name = ?", (name,))
    tx.many(
        "INSERT INTO memberships (user_name, workspace, role) VALUES (?,?,?)",
        [(name, workspace, role.value) for workspace, role in given.items() if not only or workspace == only],
    )


def admins(tx: Tx) -> list[str]:
    """Enabled server administrators that can log in, by a password or a live token."""
    return [
        row[0]
        for row in tx.rows(
            "SELECT name FROM users WHERE server_admin = 1 AND disabled = 0 AND (password IS NOT NULL OR EXISTS "
            "(SELECT 1 FROM tokens WHERE user_name = name AND revoked = 0)) ORDER BY name"
        )
    ]


def insert_token(tx: Tx, row: tuple[Any, ...]) -> None:
    """Add (id, user, label, secret hash, created_ms, expires_ms)."""
    tx.execute("INSERT INTO tokens (id, user_name, label, secret, created_ms, expires_ms) VALUES (?,?,?,?,?,?)", row)


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


def touch_token(tx: Tx, token_id: str, at_ms: int) -> None:
    """Note when a token was used last."""
    tx.execute("UPDATE tokens SET last_used_ms = ? WHERE id = ?", (at_ms, token_id))


def insert_session(tx: Tx, row: tuple[Any, ...]) -> None:
    """Add (hash of the cookie, user, created_ms, expires_ms), and forget expired ones."""
    tx.execute("DELETE FROM sessions WHERE expires_ms < ?", (row[2],))
    tx.execute("INSERT INTO sessions (id, user_name, created_ms, expires_ms) VALUES (?,?,?,?)", row)


def session_user(tx: Tx, session: str, now_ms: int) -> str | None:
    """Whose live session it is."""
    row = tx.row("SELECT user_name FROM sessions WHERE id = ? AND expires_ms > ?", (session, now_ms))
    return row[0] if row else None


def delete_session(tx: Tx, session: str) -> int:
    """End one session."""
    return tx.execute("DELETE FROM sessions WHERE id = ?", (session,))


def delete_sessions(tx: Tx, name: str) -> None:
    """End all sessions of a user."""
    tx.execute("DELETE FROM sessions WHERE user_name = ?", (name,))


def insert_workspace(tx: Tx, row: tuple[Any, ...]) -> bool:
    """Add (id, description, created_ms); False when it exists."""
    return (
        tx.execute("INSERT INTO workspaces (id, description, created_ms) VALUES (?,?,?) ON CONFLICT DO NOTHING", row)
        > 0
    )


def workspaces(tx: Tx) -> list[Workspace]:
    """All workspaces by id."""
    rows = tx.rows("SELECT id, description, created_ms FROM workspaces ORDER BY id")
    return [Workspace(id=row[0], description=row[1], created_ms=row[2]) for row in rows]


def has_workspace(tx: Tx, workspace: str) -> bool:
    """Whether it exists."""
    return tx.row("SELECT 1 FROM workspaces WHERE id = ?", (workspace,)) is not None
