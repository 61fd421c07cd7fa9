"""Every statement about registered names and their tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from modelwright.kit.db import Tx
from modelwright.types.errors import Conflict, NotFound
from modelwright.types.registry import Kind

COLUMNS = "id, workspace, name, kind, description, user_name, created_ms, updated_ms, next_version"
IN = 500


class NameRow(NamedTuple):
    """A row of `registered_models`."""

    id: int
    workspace: str
    name: str
    kind: str
    description: str
    user: str
    created_ms: int
    updated_ms: int
    next_version: int

    @property
    def prompt(self) -> bool:
        """Whether it names prompts."""
        return self.kind == Kind.PROMPT


def find(tx: Tx, workspace: str, name: str, *, lock: bool = False) -> NameRow | None:
    """The row of a name; `lock` keeps it from changing until the commit."""
    row = tx.row(
        f"SELECT {COLUMNS} FROM registered_models WHERE workspace = ? AND name = ?"
        f"{tx.dialect.row_lock if lock else ''}",
        (workspace, name),
    )
    return NameRow._make(row) if row else None


def locate(tx: Tx, workspace: str, name: str, *, kind: Kind | None = None, lock: bool = False) -> NameRow:
    """As `find`. Raises `NotFound`: no such name, or of another kind than `kind`."""
    row = find(tx, workspace, name, lock=lock)
    if row is None or (kind is not None and row.kind != kind):
        what = "Prompt" if kind is Kind.PROMPT else "Registered Model"
        raise NotFound(f"{what} with name={name[:256]} not found", where="name")
    return row


def by_id(tx: Tx, workspace: str, number: int) -> NameRow | None:
    """The row of an id."""
    row = tx.row(f"SELECT {COLUMNS} FROM registered_models WHERE id = ? AND workspace = ?", (number, workspace))
    return NameRow._make(row) if row else None


def insert(tx: Tx, workspace: str, name: str, kind: Kind, description: str, user: str, now_ms: int) -> NameRow | None:
    """A new name, whose numbers go on where those of the last owner of the name ended; None when it is taken."""
    past = tx.row("SELECT next_version FROM registered_pasts WHERE workspace = ? AND name = ?", (workspace, name))
    row = tx.row(
        "INSERT INTO registered_models (workspace, name, kind, description, user_name, created_ms, updated_ms, "
        "next_version) VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (workspace, name) DO NOTHING RETURNING id",
        (workspace, name, kind.value, description, user, now_ms, now_ms, past[0] if past else 1),
    )
    if row is None:
        return None
    return NameRow(row[0], workspace, name, kind.value, description, user, now_ms, now_ms, past[0] if past else 1)


def given_up(tx: Tx, row: NameRow) -> None:
    """Remember the numbers of a name that is renamed or removed."""
    tx.execute(
        "INSERT INTO registered_pasts (workspace, name, model, next_version) VALUES (?,?,?,?) ON CONFLICT "
        "(workspace, name) DO UPDATE SET model = excluded.model, next_version = excluded.next_version",
        (row.workspace, row.name, row.id, row.next_version),
    )


def past_of(tx: Tx, workspace: str, name: str) -> int | None:
    """The id of the model that a name last belonged to, if it was given up."""
    row = tx.row("SELECT model FROM registered_pasts WHERE workspace = ? AND name = ?", (workspace, name))
    return row[0] if row else None


def rename(tx: Tx, row: NameRow, name: str, now_ms: int) -> None:
    """Give it, and its versions, a name that is free."""
    tx.execute("UPDATE registered_models SET name = ?, updated_ms = ? WHERE id = ?", (name, now_ms, row.id))
    tx.execute("UPDATE model_versions SET name = ?, updated_ms = ? WHERE model = ?", (name, now_ms, row.id))


def describe(tx: Tx, number: int, description: str, now_ms: int) -> None:
    """Set the description."""
    tx.execute(
        "UPDATE registered_models SET description = ?, updated_ms = ? WHERE id = ?", (description, now_ms, number)
    )


def touch(tx: Tx, number: int, now_ms: int) -> None:
    """It was changed now."""
    tx.execute("UPDATE registered_models SET updated_ms = ? WHERE id = ?", (now_ms, number))


def take_number(tx: Tx, number: int, now_ms: int, wanted: int | None = None) -> int:
    """The next number, or a higher one that is wanted; nobody gets it again. Raises `Conflict`: it is not free."""
    if wanted is not None:
        skipped = tx.execute(
            "UPDATE registered_models SET next_version = ? WHERE id = ? AND next_version <= ?",
            (wanted, number, wanted),
        )
        if not skipped:
            raise Conflict(f"the number {wanted} was given before", where="number")
    row = tx.row(
        "UPDATE registered_models SET next_version = next_version + 1, updated_ms = ? WHERE id = ? "
        "RETURNING next_version",
        (now_ms, number),
    )
    assert row is not None
    return row[0] - 1


def delete(tx: Tx, number: int) -> None:
    """Remove it with its versions, tags, aliases and moves."""
    tx.execute("DELETE FROM registered_models WHERE id = ?", (number,))


def tags_of(tx: Tx, numbers: Sequence[int]) -> dict[int, dict[str, str]]:
    """Tags by model."""
    return keyed(tx, "registered_model_tags", "model", numbers)


def put_tags(tx: Tx, number: int, tags: Mapping[str, str]) -> None:
    """Set tags; the last word counts."""
    tx.many(
        "INSERT INTO registered_model_tags (model, key, value) VALUES (?,?,?) "
        "ON CONFLICT (model, key) DO UPDATE SET value = excluded.value",
        [(number, key, value) for key, value in tags.items()],
    )


def drop_tags(tx: Tx, number: int, keys: Iterable[str]) -> None:
    """Remove tags; fine where there are none."""
    tx.many("DELETE FROM registered_model_tags WHERE model = ? AND key = ?", [(number, key) for key in keys])


def keyed(tx: Tx, table: str, column: str, ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Tags of a table by owner."""
    found: dict[int, dict[str, str]] = {}
    for start in range(0, len(ids), IN):
        part = ids[start : start + IN]
        marks = ",".join("?" * len(part))
        for owner, key, value in tx.rows(
            f"SELECT {column}, key, value FROM {table} WHERE {column} IN ({marks}) ORDER BY {column}, key", part
        ):
            found.setdefault(owner, {})[key] = value
    return found
