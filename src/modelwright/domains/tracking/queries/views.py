"""Every statement about saved views."""

from __future__ import annotations

from typing import Any, NamedTuple

from modelwright.kit.db import Tx
from modelwright.types.codec import reader
from modelwright.types.overview import View

_COLUMNS = "id, workspace, experiment, name, owner, shared, state, created_ms, updated_ms"
_state: Any = reader(dict[str, Any])


class ViewRow(NamedTuple):
    """A row of `views`."""

    id: str
    workspace: str
    experiment: int
    name: str
    owner: str
    shared: int
    state: str
    created_ms: int
    updated_ms: int


def whole(row: ViewRow) -> View:
    """A view as it leaves the room."""
    return View(
        id=row.id,
        experiment_id=str(row.experiment),
        name=row.name,
        owner=row.owner,
        shared=bool(row.shared),
        state=_state(row.state.encode()),
        created_ms=row.created_ms,
        updated_ms=row.updated_ms,
    )


def get(tx: Tx, workspace: str, view_id: str, *, lock: bool = False) -> ViewRow | None:
    """The view of an id, unless its experiment is being removed."""
    row = tx.row(
        f"SELECT {_COLUMNS} FROM views WHERE id = ? AND workspace = ?{tx.dialect.row_lock if lock else ''}",
        (view_id, workspace),
    )
    if row is None or not tx.row("SELECT 1 FROM experiments WHERE id = ? AND workspace = ?", (row[2], workspace)):
        return None
    return ViewRow._make(row)


def of_experiment(tx: Tx, experiment: int) -> list[ViewRow]:
    """All views of an experiment, oldest first."""
    rows = tx.rows(f"SELECT {_COLUMNS} FROM views WHERE experiment = ? ORDER BY created_ms, id", (experiment,))
    return [ViewRow._make(row) for row in rows]


def count(tx: Tx, experiment: int) -> int:
    """How many views an experiment has."""
    row = tx.row("SELECT count(*) FROM views WHERE experiment = ?", (experiment,))
    return row[0] if row else 0


def insert(tx: Tx, row: ViewRow) -> None:
    """A new view."""
    tx.execute(f"INSERT INTO views ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)", row)


def change(tx: Tx, row: ViewRow) -> None:
    """Write what can change of a view."""
    tx.execute(
        "UPDATE views SET name = ?, shared = ?, state = ?, updated_ms = ? WHERE id = ?",
        (row.name, row.shared, row.state, row.updated_ms, row.id),
    )


def delete(tx: Tx, view_id: str) -> None:
    """Remove a view."""
    tx.execute("DELETE FROM views WHERE id = ?", (view_id,))
