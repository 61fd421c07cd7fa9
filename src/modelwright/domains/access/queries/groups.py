"""Every statement about groups, their members, and grants."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from modelwright.kit.db import Row, Tx
from modelwright.types.access import Grant, Group, Role

EVERYTHING = "*"
"""The pattern of a group's role in a workspace."""

_GRANT = (
    "grants.id, grants.workspace, grants.pattern, grants.role, grants.user_name, user_groups.name, grants.label, "
    "grants.created_ms"
)
_GRANTS = f"SELECT {_GRANT} FROM grants LEFT JOIN user_groups ON user_groups.id = grants.group_id"


def _grant(row: Row) -> Grant:
    return Grant(
        id=row[0], workspace=row[1], pattern=row[2], role=Role(row[3]), user=row[4], group=row[5], label=row[6],
        created_ms=row[7],
    )


def groups(tx: Tx, name: str | None = None) -> list[Group]:
    """All groups by name, or the one of a name."""
    rows = tx.rows(
        "SELECT id, name, description, created_ms FROM user_groups WHERE name = COALESCE(?, name) ORDER BY name",
        (name,),
    )
    wanted = rows[0][0] if name is not None and rows else None
    members: dict[int, list[str]] = {}
    for group, user in tx.rows(
        "SELECT group_id, user_name FROM group_members WHERE group_id = COALESCE(?, group_id) ORDER BY user_name",
        (wanted,),
    ):
        members.setdefault(group, []).append(user)
    held: dict[int, dict[str, Role]] = {}
    for group, workspace, role in tx.rows(
        "SELECT group_id, workspace, role FROM grants WHERE group_id = COALESCE(?, group_id) AND pattern = ? "
        "ORDER BY workspace",
        (wanted, EVERYTHING),
    ):
        held.setdefault(group, {})[workspace] = Role(role)
    return [
        Group(
            id=row[0], name=row[1], description=row[2], created_ms=row[3], members=members.get(row[0], []),
            roles=held.get(row[0], {}),
        )
        for row in rows
    ]


def group(tx: Tx, name: str) -> Group | None:
    """One group."""
    return next(iter(groups(tx, name)), None)


def name_of(tx: Tx, group_id: int) -> str | None:
    """The name of a group by its number."""
    row = tx.row("SELECT name FROM user_groups WHERE id = ?", (group_id,))
    return row[0] if row else None


def insert_group(tx: Tx, name: str, description: str, now_ms: int) -> int | None:
    """Add a group; None when the name is taken, whatever its case."""
    if tx.row("SELECT 1 FROM user_groups WHERE lower(name) = lower(?)", (name,)):
        return None
    row = tx.row(
        "INSERT INTO user_groups (name, description, created_ms) VALUES (?,?,?) ON CONFLICT DO NOTHING RETURNING id",
        (name, description, now_ms),
    )
    return row[0] if row else None


def update_group(tx: Tx, group_id: int, *, name: str | None = None, description: str | None = None) -> None:
    """Change what is given."""
    tx.execute(
        "UPDATE user_groups SET name = COALESCE(?, name), description = COALESCE(?, description) WHERE id = ?",
        (name, description, group_id),
    )


def delete_group(tx: Tx, group_id: int) -> None:
    """Remove a group with its memberships and grants."""
    tx.execute("DELETE FROM user_groups WHERE id = ?", (group_id,))


def add_members(tx: Tx, group_id: int, names: Iterable[str], *, origin: str = "") -> None:
    """Put users in; those that are in stay as they are."""
    tx.many(
        "INSERT INTO group_members (group_id, user_name, origin) VALUES (?,?,?) ON CONFLICT DO NOTHING",
        [(group_id, name, origin) for name in names],
    )


def remove_members(tx: Tx, group_id: int, names: Iterable[str]) -> None:
    """Take users out."""
    tx.many("DELETE FROM group_members WHERE group_id = ? AND user_name = ?", [(group_id, name) for name in names])


def vouched(tx: Tx, name: str, origin: str) -> set[int]:
    """The groups that a login provider put a user in."""
    rows = tx.rows("SELECT group_id FROM group_members WHERE user_name = ? AND origin = ?", (name, origin))
    return {row[0] for row in rows}


def ids(tx: Tx, names: Sequence[str]) -> dict[str, int]:
    """The numbers of groups by their names."""
    found: dict[str, int] = {}
    for name in names:
        row = tx.row("SELECT id FROM user_groups WHERE name = ?", (name,))
        if row:
            found[name] = row[0]
    return found


def held(tx: Tx, name: str) -> list[tuple[str, str, Role, bool]]:
    """What a user holds: (workspace, pattern, role, whether in person) of its own grants and of its groups'."""
    rows = tx.rows(
        "SELECT workspace, pattern, role, 1 FROM grants WHERE user_name = ? UNION ALL "
        "SELECT workspace, pattern, role, 0 FROM grants JOIN group_members ON group_members.group_id = grants.group_id "
        "WHERE group_members.user_name = ?",
        (name, name),
    )
    return [(row[0], row[1], Role(row[2]), bool(row[3])) for row in rows]


def grants(tx: Tx, workspace: str | None, *, user: str | None = None, group: int | None = None) -> list[Grant]:
    """The grants in a workspace (or in all), of a user or a group when one is named."""
    rows = tx.rows(
        f"{_GRANTS} WHERE grants.workspace = COALESCE(?, grants.workspace) "
        "AND (CAST(? AS TEXT) IS NULL OR grants.user_name = ?) AND (CAST(? AS BIGINT) IS NULL OR grants.group_id = ?) "
        "ORDER BY grants.workspace, grants.pattern, grants.id",
        (workspace, user, user, group, group),
    )
    return [_grant(row) for row in rows]


def grant(tx: Tx, grant_id: int) -> Grant | None:
    """One grant."""
    row = tx.row(f"{_GRANTS} WHERE grants.id = ?", (grant_id,))
    return _grant(row) if row else None


def put_grant(tx: Tx, row: tuple[Any, ...]) -> int:
    """Add or replace (workspace, user, group id, pattern, role, label, created_ms); the grant's number."""
    holder = "user_name" if row[1] is not None else "group_id"
    made = tx.row(
        "INSERT INTO grants (workspace, user_name, group_id, pattern, role, label, created_ms) VALUES (?,?,?,?,?,?,?) "
        f"ON CONFLICT ({holder}, workspace, pattern) DO UPDATE SET role = excluded.role, label = excluded.label "
        "RETURNING id",
        row,
    )
    assert made is not None
    return made[0]


def change_grant(tx: Tx, grant_id: int, role: Role, label: str) -> None:
    """Another role for the same resources."""
    tx.execute("UPDATE grants SET role = ?, label = ? WHERE id = ?", (role.value, label, grant_id))


def delete_grant(tx: Tx, grant_id: int) -> None:
    """Take a grant back."""
    tx.execute("DELETE FROM grants WHERE id = ?", (grant_id,))


def clear_roles(tx: Tx, group_id: int) -> None:
    """Take back a group's roles in workspaces."""
    tx.execute("DELETE FROM grants WHERE group_id = ? AND pattern = ?", (group_id, EVERYTHING))
