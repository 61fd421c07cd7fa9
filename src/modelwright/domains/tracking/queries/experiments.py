"""Every statement about experiments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from modelwright.kit.db import Tx
from modelwright.types.tracking import Experiment, Lifecycle

COLUMNS = "id, workspace, name, artifact_location, lifecycle, created_ms, updated_ms"
_IN = 500


class ExperimentRow(NamedTuple):
    """A row of `experiments`; `number` is the id."""

    number: int
    workspace: str
    name: str
    artifact_location: str
    lifecycle: str
    created_ms: int
    updated_ms: int

    @property
    def active(self) -> bool:
        """Whether it is not deleted."""
        return self.lifecycle == Lifecycle.ACTIVE


def get(tx: Tx, workspace: str, number: int, *, lock: bool = False) -> ExperimentRow | None:
    """One experiment of a workspace; `lock` keeps it from changing until the commit."""
    row = tx.row(
        f"SELECT {COLUMNS} FROM experiments WHERE id = ? AND workspace = ?{tx.dialect.row_lock if lock else ''}",
        (number, workspace),
    )
    return ExperimentRow._make(row) if row else None


def by_name(tx: Tx, workspace: str, name: str) -> ExperimentRow | None:
    """The experiment of a name, deleted ones too."""
    row = tx.row(f"SELECT {COLUMNS} FROM experiments WHERE workspace = ? AND name = ?", (workspace, name))
    return ExperimentRow._make(row) if row else None


def insert(tx: Tx, workspace: str, name: str, location: str, now_ms: int) -> ExperimentRow | None:
    """A new experiment; None when the name is taken. An empty location becomes `mlflow-artifacts:/<id>`."""
    row = tx.row(
        "INSERT INTO experiments (workspace, name, artifact_location, created_ms, updated_ms) VALUES (?,?,?,?,?) "
        "ON CONFLICT (workspace, name) DO NOTHING RETURNING id",
        (workspace, name, location, now_ms, now_ms),
    )
    if row is None:
        return None
    number = row[0]
    if not location:
        location = f"mlflow-artifacts:/{number}"
        tx.execute("UPDATE experiments SET artifact_location = ? WHERE id = ?", (location, number))
    return ExperimentRow(number, workspace, name, location, Lifecycle.ACTIVE.value, now_ms, now_ms)


def rename(tx: Tx, number: int, name: str, now_ms: int) -> None:
    """Give it a name that is free."""
    tx.execute("UPDATE experiments SET name = ?, updated_ms = ? WHERE id = ?", (name, now_ms, number))


def touch(tx: Tx, number: int, now_ms: int) -> None:
    """It was changed now."""
    tx.execute("UPDATE experiments SET updated_ms = ? WHERE id = ?", (now_ms, number))


def put_tags(tx: Tx, number: int, tags: dict[str, str]) -> None:
    """Set tags; the last word counts."""
    tx.many(
        "INSERT INTO experiment_tags (experiment, key, value) VALUES (?,?,?) "
        "ON CONFLICT (experiment, key) DO UPDATE SET value = excluded.value",
        [(number, key, value) for key, value in tags.items()],
    )


def drop_tag(tx: Tx, number: int, key: str) -> bool:
    """Remove a tag; False when there was none."""
    return tx.execute("DELETE FROM experiment_tags WHERE experiment = ? AND key = ?", (number, key)) > 0


def tags_of(tx: Tx, numbers: Sequence[int]) -> dict[int, dict[str, str]]:
    """Tags by experiment."""
    found: dict[int, dict[str, str]] = {number: {} for number in numbers}
    for start in range(0, len(numbers), _IN):
        part = numbers[start : start + _IN]
        marks = ",".join("?" * len(part))
        for number, key, value in tx.rows(
            f"SELECT experiment, key, value FROM experiment_tags WHERE experiment IN ({marks}) "
            "ORDER BY experiment, key",
            part,
        ):
            found[number][key] = value
    return found


def assemble(tx: Tx, rows: Iterable[ExperimentRow]) -> list[Experiment]:
    """Rows with their tags, as they leave the room."""
    rows = list(rows)
    tags = tags_of(tx, [row.number for row in rows]) if rows else {}
    return [
        Experiment(
            id=str(row.number),
            name=row.name,
            workspace=row.workspace,
            artifact_location=row.artifact_location,
            lifecycle=Lifecycle(row.lifecycle),
            created_ms=row.created_ms,
            updated_ms=row.updated_ms,
            tags=tags[row.number],
        )
        for row in rows
    ]


def delete(tx: Tx, number: int, now_ms: int) -> list[str]:
    """Mark it deleted, and its active runs with it; returns their ids."""
    tx.execute(
        "UPDATE experiments SET lifecycle = 'deleted', updated_ms = ?, deleted_ms = ? WHERE id = ?",
        (now_ms, now_ms, number),
    )
    return [
        row[0]
        for row in tx.rows(
            "UPDATE runs SET lifecycle = 'deleted', deleted_ms = ?, deleted_with = 1 "
            "WHERE experiment = ? AND lifecycle = 'active' RETURNING id",
            (now_ms, number),
        )
    ]


def restore(tx: Tx, number: int, now_ms: int) -> list[str]:
    """Mark it active, and the runs that were deleted with it, not those deleted before; returns their ids."""
    tx.execute(
        "UPDATE experiments SET lifecycle = 'active', updated_ms = ?, deleted_ms = NULL WHERE id = ?",
        (now_ms, number),
    )
    return [
        row[0]
        for row in tx.rows(
            "UPDATE runs SET lifecycle = 'active', deleted_ms = NULL, deleted_with = 0 "
            "WHERE experiment = ? AND lifecycle = 'deleted' AND deleted_with = 1 RETURNING id",
            (number,),
        )
    ]


def remove(tx: Tx, number: int) -> None:
    """Remove the row of an experiment that has no runs any more; its tags, datasets and models go with it."""
    tx.execute("DELETE FROM experiments WHERE id = ?", (number,))
