"""Every statement about users, their roles, and workspaces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelwright.kit.db import Row, Tx
from modelwright.types.access import Role, User, Workspace

_USER = "name, server_admin, disabled, service, origin, created_ms"


def _user(row: Row, roles: dict[str, Role], groups: list[str]) -> User:
    return User(
        name=row[0], server_admin=bool(row[1]), disabled=bool(row[2]), service=bool(row[3]), origin=row[4],
        created_ms=row[5], roles=roles, groups=groups,
    )


def roles(tx: Tx, name: str) -> dict[str, Role]:
    """The roles that a user has in person, by workspace."""
    found = tx.rows("SELECT workspace, role FROM memberships WHERE user_name = ? ORDER BY workspace", (name,))
    return {workspace: Role(role) for workspace, role in found}


def groups_of(tx: Tx, name: str) -> list[str]:
    """The groups that a user is in, by name."""
    return [
        row[0]
        for row in tx.rows(
            "SELECT name FROM user_groups JOIN group_members ON group_id = id WHERE user_name = ? ORDER BY name",
            (name,),
        )
    ]


def user(tx: Tx, name: str) -> User | None:
    """One user."""
    row = tx.row(f"SELECT {_USER} FROM users WHERE name = ?", (name,))
    return _user(row, roles(tx, name), groups_of(tx, name)) if row else None


def user_at(tx: Tx, origin: str, subject: str) -> str | None:
    """The user whom a login provider vouches for."""
    row = tx.row("SELECT name FROM users WHERE origin = ? AND subject = ?", (origin, subject))
    return row[0] if row else None


def users(tx: Tx) -> list[User]:
    """All users by name."""
    held: dict[str, dict[str, Role]] = {}
    for name, workspace, role in tx.rows("SELECT user_name, workspace, role FROM memberships ORDER BY workspace"):
        held.setdefault(name, {})[workspace] = Role(role)
    within: dict[str, list[str]] = {}
    for name, group in tx.rows(
        "SELECT user_name, name FROM group_members JOIN user_groups ON group_id = id ORDER BY name"
    ):
        within.setdefault(name, []).append(group)
    found = tx.rows(f"SELECT {_USER} FROM users ORDER BY name")
    return [_user(row, held.get(row[0], {}), within.get(row[0], [])) for row in found]


def members(tx: Tx, workspace: str) -> list[User]:
    """The users with a role of their own in a workspace, with that role alone."""
    rows = tx.rows(
        f"SELECT {_USER}, role FROM users JOIN memberships ON user_name = name WHERE workspace = ? ORDER BY name",
        (workspace,),
    )
    return [_user(row, {workspace: Role(row[6])}, []) for row in rows]


def password(tx: Tx, name: str) -> str | None:
    """The stored hash of an enabled user's password."""
    row = tx.row("SELECT password FROM users WHERE name = ? AND disabled = 0 AND service = 0", (name,))
    return row[0] if row else None


def insert_user(tx: Tx, row: tuple[Any, ...]) -> bool:
    """Add (name, password hash, server_admin, service, origin, subject, created_ms).

    False when the name is taken, whatever its case.
    """
    if tx.row("SELECT 1 FROM users WHERE lower(name) = lower(?)", (row[0],)):
        return False
    return (
        tx.execute(
            "INSERT INTO users (name, password, server_admin, service, origin, subject, created_ms) "
            "VALUES (?,?,?,?,?,?,?) ON CONFLICT DO NOTHING",
            row,
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
        [
            (name, workspace, role.value)
            for workspace, role in given.items()
            if role is not Role.NONE and (not only or workspace == only)
        ],
    )


def admins(tx: Tx) -> list[str]:
    """Enabled server administrators that can log in, by a password, a live token or a provider."""
    return [
        row[0]
        for row in tx.rows(
            "SELECT name FROM users WHERE server_admin = 1 AND disabled = 0 AND (password IS NOT NULL OR origin <> '' "
            "OR EXISTS (SELECT 1 FROM tokens WHERE user_name = name AND revoked = 0)) ORDER BY name"
        )
    ]


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
