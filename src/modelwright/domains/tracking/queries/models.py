"""Every statement about logged models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from modelwright.domains.tracking.rules import limits
from modelwright.kit.db import Tx
from modelwright.types.codec import number_in, number_out
from modelwright.types.errors import Conflict, NotFound
from modelwright.types.tracking import Lifecycle, LoggedModel, LoggedModelState, ModelMetric

COLUMNS = (
    "id, workspace, experiment, name, kind, state, state_message, lifecycle, source_run_id, user_name, created_ms, "
    "updated_ms, artifact_uri"
)
"""Of `models`, in the order of `ModelRow`."""

_IN = 500


class ModelRow(NamedTuple):
    """A row of `models`."""

    id: str
    workspace: str
    experiment: int
    name: str
    kind: str
    state: str
    state_message: str
    lifecycle: str
    source_run_id: str | None
    user: str
    created_ms: int
    updated_ms: int
    artifact_uri: str


def taken(tx: Tx, model_id: str) -> bool:
    """Whether any workspace has, or had, a logged model of this id."""
    return tx.row("SELECT 1 FROM models WHERE id = ?", (model_id,)) is not None


def locate(tx: Tx, workspace: str, model_id: str, *, writable: bool = False) -> ModelRow:
    """The logged model of an id in a workspace; `writable` takes it for this transaction and refuses deleted ones.

    Raises:
        NotFound. Conflict: it is deleted.
    """
    row = None
    if limits.is_model_id(model_id):
        lock = tx.dialect.row_lock if writable else ""
        row = tx.row(f"SELECT {COLUMNS} FROM models WHERE id = ? AND workspace = ?{lock}", (model_id, workspace))
    if row is None or row[7] == "purged":
        raise NotFound(f"Logged model with ID '{model_id[:100]}' not found.", where="model_id")
    found = ModelRow._make(row)
    if writable and found.lifecycle != "active":
        raise Conflict(
            f"The logged model {model_id} must be in the 'active' state. Current state is {found.lifecycle}.",
            where="model_id",
            hint="restore it first",
        )
    return found


def insert(tx: Tx, row: ModelRow) -> None:
    """A new one."""
    tx.execute(f"INSERT INTO models ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)", row)


def change(tx: Tx, model_id: str, columns: Mapping[str, Any]) -> None:
    """Set columns; names are ours."""
    assignments = ", ".join(f"{column} = ?" for column in columns)
    tx.execute(f"UPDATE models SET {assignments} WHERE id = ?", (*columns.values(), model_id))


def params_of(tx: Tx, model_id: str) -> dict[str, str]:
    """All params of one model."""
    return dict(tx.rows("SELECT key, value FROM model_params WHERE model = ? ORDER BY key", (model_id,)))


def put_params(tx: Tx, model_id: str, params: Mapping[str, str]) -> None:
    """Add params that are new."""
    tx.many(
        "INSERT INTO model_params (model, key, value) VALUES (?,?,?) ON CONFLICT (model, key) DO NOTHING",
        [(model_id, key, value) for key, value in params.items()],
    )


def tags_of(tx: Tx, model_id: str) -> dict[str, str]:
    """All tags of one model."""
    return dict(tx.rows("SELECT key, value FROM model_tags WHERE model = ? ORDER BY key", (model_id,)))


def put_tags(tx: Tx, model_id: str, tags: Mapping[str, str]) -> None:
    """Set tags; the last word counts."""
    tx.many(
        "INSERT INTO model_tags (model, key, value) VALUES (?,?,?) "
        "ON CONFLICT (model, key) DO UPDATE SET value = excluded.value",
        [(model_id, key, value) for key, value in tags.items()],
    )


def drop_tags(tx: Tx, model_id: str, keys: Iterable[str]) -> None:
    """Remove tags; fine where there are none."""
    tx.many("DELETE FROM model_tags WHERE model = ? AND key = ?", [(model_id, key) for key in keys])


def put_metrics(tx: Tx, model_id: str, metrics: Sequence[ModelMetric]) -> None:
    """Record values; of the same metric, dataset, run, step and time the last arrival counts."""
    rows: list[tuple[Any, ...]] = []
    for metric in metrics:
        value = number_in(metric.value)
        rows.append(
            (
                model_id,
                metric.key,
                metric.dataset_name or "",
                metric.dataset_digest or "",
                metric.run_id,
                metric.step,
                metric.time_ms,
                None if value != value else value,
            )
        )
    tx.many(
        "INSERT INTO model_metrics (model, key, dataset_name, dataset_digest, run_id, step, time_ms, value) "
        "VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (model, key, dataset_name, dataset_digest, run_id, step, time_ms) "
        "DO UPDATE SET value = excluded.value",
        rows,
    )


def assemble(tx: Tx, rows: Sequence[ModelRow]) -> list[LoggedModel]:
    """Rows with params, tags and metrics, as they leave the room, in their order."""
    ids = [row.id for row in rows]
    params: dict[str, dict[str, str]] = {}
    tags: dict[str, dict[str, str]] = {}
    metrics: dict[str, list[ModelMetric]] = {}
    for start in range(0, len(ids), _IN):
        part = ids[start : start + _IN]
        marks = ",".join("?" * len(part))
        for into, table in ((params, "model_params"), (tags, "model_tags")):
            for model_id, key, value in tx.rows(
                f"SELECT model, key, value FROM {table} WHERE model IN ({marks}) ORDER BY model, key", part
            ):
                into.setdefault(model_id, {})[key] = value
        for row in tx.rows(
            "SELECT model, key, value, step, time_ms, run_id, dataset_name, dataset_digest FROM model_metrics "
            f"WHERE model IN ({marks}) ORDER BY model, key, step, time_ms, dataset_name, dataset_digest, run_id",
            part,
        ):
            metrics.setdefault(row[0], []).append(
                ModelMetric(
                    key=row[1],
                    value="NaN" if row[2] is None else number_out(row[2]),
                    step=row[3],
                    time_ms=row[4],
                    run_id=row[5],
                    dataset_name=row[6] or None,
                    dataset_digest=row[7] or None,
                )
            )
    return [
        LoggedModel(
            id=row.id,
            experiment_id=str(row.experiment),
            name=row.name,
            kind=row.kind,
            state=LoggedModelState(row.state),
            state_message=row.state_message,
            lifecycle=Lifecycle(row.lifecycle),
            source_run_id=row.source_run_id,
            user=row.user,
            created_ms=row.created_ms,
            updated_ms=row.updated_ms,
            artifact_uri=row.artifact_uri,
            params=params.get(row.id, {}),
            tags=tags.get(row.id, {}),
            metrics=metrics.get(row.id, []),
        )
        for row in rows
    ]


def of_run(tx: Tx, run_id: str) -> list[str]:
    """Ids of the models that a run made."""
    return [row[0] for row in tx.rows("SELECT id FROM models WHERE source_run_id = ?", (run_id,))]


def of_run_named(tx: Tx, workspace: str, run_id: str, name: str) -> list[str]:
    """Ids of the active models of a name that a run made, oldest first."""
    rows = tx.rows(
        "SELECT id FROM models WHERE source_run_id = ? AND workspace = ? AND name = ? AND lifecycle = 'active' "
        "ORDER BY created_ms, id",
        (run_id, workspace, name),
    )
    return [row[0] for row in rows]
