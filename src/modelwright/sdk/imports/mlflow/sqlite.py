"""An MLflow store read from its SQLite file.

Knows the tables of MLflow 2.22 to 3.17 and asks which columns are there. Opens the file read-only.
"""

from __future__ import annotations

import math
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from modelwright.sdk.imports.mlflow import files
from modelwright.sdk.imports.mlflow.registry import SourceModel, SourceVersion
from modelwright.sdk.imports.mlflow.source import STATES, Point, SourceRun
from modelwright.types.errors import Invalid
from modelwright.types.tracking import (
    DatasetInput,
    Experiment,
    Lifecycle,
    LoggedModel,
    LoggedModelState,
    ModelInput,
    ModelMetric,
    ModelOutput,
    Run,
    RunState,
)

_MODEL_STATES = {
    0: LoggedModelState.UNSPECIFIED,
    1: LoggedModelState.PENDING,
    2: LoggedModelState.READY,
    3: LoggedModelState.FAILED,
}
_LEFT_OUT = {
    "traces": "trace_info",
    "evaluation datasets": "evaluation_datasets",
}


class SqliteSource:
    """The store behind `mlflow server --backend-store-uri sqlite:///FILE`.

    Args:
        file: the database.
        proxied: the folder behind `mlflow-artifacts:` (`--artifacts-destination`); by default `mlartifacts` beside it.
    """

    def __init__(self, file: Path, *, proxied: Path | None = None) -> None:
        if not file.is_file():
            raise Invalid(f"there is no file {file}", where="source")
        self.name = str(file.resolve())
        self._folder = file.resolve().parent
        beside = self._folder / "mlartifacts"
        self._proxied = proxied or (beside if beside.is_dir() else None)
        self._db = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=30)
        self._db.row_factory = sqlite3.Row
        try:
            self._tables = {row[0] for row in self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        except sqlite3.DatabaseError:
            raise Invalid(f"{file} is not a SQLite database", where="source") from None
        if not {"experiments", "runs", "metrics", "params", "tags"} <= self._tables:
            raise Invalid(f"{file} is not the database of an MLflow server", where="source")

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _rows(self, table: str, where: str = "1", args: tuple[Any, ...] = (), order: str = "") -> list[dict[str, Any]]:
        """Rows of a table; none when this version of MLflow has no such table."""
        if table not in self._tables:
            return []
        text = f"SELECT * FROM {table} WHERE {where}{f' ORDER BY {order}' if order else ''}"
        return [dict(row) for row in self._db.execute(text, args)]

    def experiments(self) -> Iterator[Experiment]:
        """Every experiment."""
        tags: dict[int, dict[str, str]] = defaultdict(dict)
        for row in self._rows("experiment_tags"):
            tags[row["experiment_id"]][row["key"]] = row["value"] or ""
        for row in self._rows("experiments", order="experiment_id"):
            yield Experiment(
                id=str(row["experiment_id"]),
                name=row["name"],
                workspace=row.get("workspace") or "default",
                artifact_location=row["artifact_location"] or "",
                lifecycle=Lifecycle(row["lifecycle_stage"]),
                created_ms=row.get("creation_time") or 0,
                updated_ms=row.get("last_update_time") or 0,
                tags=tags[row["experiment_id"]],
            )

    def runs(self, experiment_id: str) -> Iterator[SourceRun]:
        """Every run of an experiment, oldest first."""
        for row in self._rows("runs", "experiment_id = ?", (int(experiment_id),), "start_time, run_uuid"):
            run_id = row["run_uuid"]
            tags = {item["key"]: item["value"] or "" for item in self._rows("tags", "run_uuid = ?", (run_id,))}
            params = {item["key"]: item["value"] for item in self._rows("params", "run_uuid = ?", (run_id,))}
            latest = {
                item["key"]: _point(item["step"], item["timestamp"], item["value"], item["is_nan"])
                for item in self._rows("latest_metrics", "run_uuid = ?", (run_id,))
            }
            deleted = row["lifecycle_stage"] == "deleted"
            run = Run(
                id=run_id,
                experiment_id=experiment_id,
                name=row["name"] or tags.get("mlflow.runName", ""),
                state=STATES.get(row["status"], RunState.FINISHED),
                lifecycle=Lifecycle.DELETED if deleted else Lifecycle.ACTIVE,
                user=row["user_id"] or "",
                start_ms=row["start_time"],
                end_ms=row["end_time"],
                deleted_ms=row.get("deleted_time"),
                artifact_uri=row["artifact_uri"] or "",
                params=params,
                tags=tags,
                dataset_inputs=self._datasets(run_id),
                model_inputs=[ModelInput(model_id=r["destination_id"]) for r in self._links(run_id, "MODEL_INPUT")],
                model_outputs=[
                    ModelOutput(model_id=item["destination_id"], step=item.get("step") or 0)
                    for item in self._links(run_id, "MODEL_OUTPUT")
                ],
            )
            yield SourceRun(run, latest)

    def _links(self, run_id: str, kind: str) -> list[dict[str, Any]]:
        return self._rows("inputs", "source_id = ? AND destination_type = ?", (run_id, kind), "input_uuid")

    def _datasets(self, run_id: str) -> list[DatasetInput]:
        found: list[DatasetInput] = []
        for link in self._rows("inputs", "destination_id = ? AND source_type = 'DATASET'", (run_id,), "input_uuid"):
            tags = {
                item["name"]: item["value"]
                for item in self._rows("input_tags", "input_uuid = ?", (link["input_uuid"],))
            }
            found.extend(
                DatasetInput(
                    name=row["name"],
                    digest=row["digest"],
                    source_type=row["dataset_source_type"] or "",
                    source=row["dataset_source"] or "",
                    schema=row["dataset_schema"],
                    profile=row["dataset_profile"],
                    tags=tags,
                )
                for row in self._rows("datasets", "dataset_uuid = ?", (link["source_id"],))
            )
        return found

    def points(self, run_id: str, key: str) -> Iterator[Point]:
        """Every point of one metric."""
        cursor = self._db.execute(
            "SELECT step, timestamp, value, is_nan FROM metrics WHERE run_uuid = ? AND key = ? "
            "ORDER BY step, timestamp, value",
            (run_id, key),
        )
        for step, stamp, value, is_nan in cursor:
            yield _point(step, stamp, value, is_nan)

    def models(self, experiment_id: str) -> Iterator[LoggedModel]:
        """Every logged model of an experiment (none before MLflow 3)."""
        for row in self._rows("logged_models", "experiment_id = ?", (int(experiment_id),), "creation_timestamp_ms"):
            key = (row["model_id"],)
            yield LoggedModel(
                id=row["model_id"],
                experiment_id=experiment_id,
                name=row["name"] or "",
                kind=row["model_type"] or "",
                state=_MODEL_STATES.get(row["status"], LoggedModelState.UNSPECIFIED),
                state_message=row["status_message"] or "",
                lifecycle=Lifecycle(row["lifecycle_stage"] or "active"),
                source_run_id=row["source_run_id"],
                created_ms=row["creation_timestamp_ms"] or 0,
                updated_ms=row["last_updated_timestamp_ms"] or 0,
                artifact_uri=row["artifact_location"] or "",
                params={
                    r["param_key"]: r["param_value"] for r in self._rows("logged_model_params", "model_id = ?", key)
                },
                tags={r["tag_key"]: r["tag_value"] for r in self._rows("logged_model_tags", "model_id = ?", key)},
                metrics=[
                    ModelMetric(
                        key=r["metric_name"],
                        value=r["metric_value"],
                        step=r["metric_step"],
                        time_ms=r["metric_timestamp_ms"],
                        run_id=r["run_id"],
                        dataset_name=r["dataset_name"],
                        dataset_digest=r["dataset_digest"],
                    )
                    for r in self._rows("logged_model_metrics", "model_id = ?", key)
                ],
            )

    def files(self, *, run: Run | None = None, model: LoggedModel | None = None) -> files.Files:
        """The artifacts of a run or model, from this machine's disk."""
        thing = run or model
        assert thing is not None
        return files.disk(thing.artifact_uri, base=self._folder, proxied=self._proxied)

    def registered(self) -> Iterator[SourceModel]:
        """Every registered model and prompt with its versions."""
        tags: dict[str, dict[str, str]] = defaultdict(dict)
        for row in self._rows("registered_model_tags"):
            tags[row["name"]][row["key"]] = row["value"] or ""
        aliases: dict[str, dict[str, int]] = defaultdict(dict)
        for row in self._rows("registered_model_aliases"):
            aliases[row["name"]][row["alias"]] = int(row["version"])
        for row in self._rows("registered_models", order="name"):
            if (row.get("workspace") or "default") != "default":
                continue
            name = row["name"]
            yield SourceModel(
                name=name,
                description=row["description"] or "",
                tags=tags[name],
                aliases=aliases[name],
                versions=self._versions(name),
            )

    def _versions(self, name: str) -> list[SourceVersion]:
        tags: dict[int, dict[str, str]] = defaultdict(dict)
        for row in self._rows("model_version_tags", "name = ?", (name,)):
            tags[row["version"]][row["key"]] = row["value"] or ""
        return [
            SourceVersion(
                version=row["version"],
                source=row["source"] or "",
                run_id=row["run_id"] or "",
                run_link=row.get("run_link") or "",
                description=row["description"] or "",
                stage=row["current_stage"] or "None",
                created_ms=row["creation_time"] or 0,
                tags=tags[row["version"]],
            )
            for row in self._rows("model_versions", "name = ?", (name,), "version")
            if row["current_stage"] != "Deleted_Internal"
        ]

    def left_out(self) -> dict[str, int]:
        """Counts of what is not copied."""
        counts = {
            what: int(self._db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
            for what, table in _LEFT_OUT.items()
            if table in self._tables
        }
        return {what: count for what, count in counts.items() if count}


def _point(step: int | None, stamp: int, value: float, is_nan: int) -> Point:
    return Point(step or 0, stamp, math.nan if is_nan else float(value))
