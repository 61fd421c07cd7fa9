"""An MLflow store read from a live tracking server (also from ours, which speaks the same wire).

Knows the REST API 2.0 of MLflow 2.22 to 3.17. Refuses to know what becomes of what it reads.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from modelwright.sdk.imports.mlflow import files, registry
from modelwright.sdk.imports.mlflow.registry import SourceModel
from modelwright.sdk.imports.mlflow.source import MODEL_STATES, STATES, Point, SourceRun
from modelwright.sdk.transport import Transport, segment
from modelwright.types.codec import number_in
from modelwright.types.errors import Invalid, NotFound, Unavailable
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

_API = "/api/2.0/mlflow"


class RestSource:
    """A tracking server. MLFLOW_TRACKING_TOKEN, or _USERNAME and _PASSWORD, log in as MLflow's client does."""

    def __init__(self, url: str) -> None:
        user, password = os.environ.get("MLFLOW_TRACKING_USERNAME"), os.environ.get("MLFLOW_TRACKING_PASSWORD", "")
        if user and "@" not in url:
            scheme, _, rest = url.partition("://")
            url = f"{scheme}://{segment(user)}:{segment(password)}@{rest}"
        self.http = Transport(url, os.environ.get("MLFLOW_TRACKING_TOKEN", ""), timeout_s=120)
        self.name = self.http.url
        self._has_models = True

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def _pages(self, target: str, field: str, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
        token = ""
        while True:
            sent = {**body, "page_token": token} if token else body
            answer = self.http.call(dict[str, Any], "POST", f"{_API}{target}", sent, tries=3)
            yield from answer.get(field, [])
            token = answer.get("next_page_token") or ""
            if not token:
                return

    def experiments(self) -> Iterator[Experiment]:
        """Every experiment."""
        for item in self._pages("/experiments/search", "experiments", {"max_results": 1000, "view_type": "ALL"}):
            yield Experiment(
                id=item["experiment_id"],
                name=item["name"],
                artifact_location=item.get("artifact_location", ""),
                lifecycle=Lifecycle(item.get("lifecycle_stage", "active")),
                created_ms=int(item.get("creation_time", 0)),
                updated_ms=int(item.get("last_update_time", 0)),
                tags=_pairs(item.get("tags")),
            )

    def runs(self, experiment_id: str) -> Iterator[SourceRun]:
        """Every run of an experiment, oldest first. Each is read whole: a search leaves model inputs out."""
        body = {
            "experiment_ids": [experiment_id],
            "run_view_type": "ALL",
            "max_results": 1000,
            "order_by": ["attributes.start_time ASC"],
        }
        for found in self._pages("/runs/search", "runs", body):
            query = {"run_id": found["info"]["run_id"]}
            whole = self.http.call(dict[str, Any], "GET", f"{_API}/runs/get", query=query)["run"]
            yield _run(whole)

    def points(self, run_id: str, key: str) -> Iterator[Point]:
        """Every point of one metric."""
        token: str | None = None
        while True:
            query = {"run_id": run_id, "metric_key": key, "max_results": 25_000, "page_token": token}
            answer = self.http.call(dict[str, Any], "GET", f"{_API}/metrics/get-history", query=query)
            for item in answer.get("metrics", []):
                yield _point(item)
            token = answer.get("next_page_token") or None
            if token is None:
                return

    def models(self, experiment_id: str) -> Iterator[LoggedModel]:
        """Every logged model of an experiment (none before MLflow 3)."""
        if not self._has_models:
            return
        try:
            for item in self._pages("/logged-models/search", "models", {"experiment_ids": [experiment_id]}):
                yield _model(item)
        except (NotFound, Invalid):
            self._has_models = False

    def files(self, *, run: Run | None = None, model: LoggedModel | None = None) -> files.Files:
        """Artifacts: through the proxy, from a folder that both machines share, or read by the server."""
        thing = run or model
        assert thing is not None
        scheme, _, rest = thing.artifact_uri.partition(":")
        if scheme == "mlflow-artifacts":
            return files.ProxyFiles(self.http, rest)
        try:
            return files.disk(thing.artifact_uri, base=Path("/"), proxied=None, strict=True)
        except Unavailable:
            if run is None:
                raise
            return files.ServedFiles(self.http, run.id)

    def registered(self) -> Iterator[SourceModel]:
        """Every registered model and prompt with its versions (none where the server has no registry)."""
        for text in ("", "tags.`mlflow.prompt.is_prompt` = 'true'"):
            try:
                found = list(self._listed("/registered-models/search", "registered_models", text, 1000))
            except (NotFound, Invalid):
                continue
            for model in found:
                name = model["name"]
                if "'" in name:  # cannot be written in a filter of theirs
                    versions = [each for each in self._versions(text) if each["name"] == name]
                else:
                    versions = list(self._versions(f"name = '{name}'{f' AND {text}' if text else ''}"))
                yield registry.from_messages(model, iter(versions))

    def _versions(self, text: str) -> Iterator[dict[str, Any]]:
        return self._listed("/model-versions/search", "model_versions", text, 10_000)

    def _listed(self, target: str, field: str, text: str, size: int) -> Iterator[dict[str, Any]]:
        token = ""
        while True:
            query = {"filter": text or None, "max_results": size, "page_token": token or None}
            answer = self.http.call(dict[str, Any], "GET", f"{_API}{target}", query=query)
            yield from answer.get(field, [])
            token = answer.get("next_page_token") or ""
            if not token:
                return

    def left_out(self) -> dict[str, int]:
        """Counts of what is not copied."""
        return {}


def _pairs(items: list[dict[str, Any]] | None) -> dict[str, str]:
    return {item["key"]: item.get("value", "") for item in items or []}


def _point(item: dict[str, Any]) -> Point:
    return Point(int(item.get("step", 0)), int(item.get("timestamp", 0)), number_in(item.get("value", 0.0)))


def _run(item: dict[str, Any]) -> SourceRun:
    info, data = item["info"], item.get("data", {})
    inputs, outputs = item.get("inputs", {}), item.get("outputs", {})
    run = Run(
        id=info["run_id"],
        experiment_id=info["experiment_id"],
        name=info.get("run_name", ""),
        state=STATES.get(info.get("status", ""), RunState.FINISHED),
        lifecycle=Lifecycle(info.get("lifecycle_stage", "active")),
        user=info.get("user_id", ""),
        start_ms=int(info["start_time"]) if "start_time" in info else None,
        end_ms=int(info["end_time"]) if info.get("end_time") else None,
        artifact_uri=info.get("artifact_uri", ""),
        params=dict(_pairs(data.get("params"))),
        tags=_pairs(data.get("tags")),
        dataset_inputs=[
            DatasetInput(
                name=entry["dataset"]["name"],
                digest=entry["dataset"]["digest"],
                source_type=entry["dataset"].get("source_type", ""),
                source=entry["dataset"].get("source", ""),
                schema=entry["dataset"].get("schema"),
                profile=entry["dataset"].get("profile"),
                tags=_pairs(entry.get("tags")),
            )
            for entry in inputs.get("dataset_inputs", [])
        ],
        model_inputs=[ModelInput(model_id=entry["model_id"]) for entry in inputs.get("model_inputs", [])],
        model_outputs=[
            ModelOutput(model_id=entry["model_id"], step=int(entry.get("step", 0)))
            for entry in outputs.get("model_outputs", [])
        ],
    )
    return SourceRun(run, {metric["key"]: _point(metric) for metric in data.get("metrics", [])})


def _model(item: dict[str, Any]) -> LoggedModel:
    info, data = item["info"], item.get("data", {})
    return LoggedModel(
        id=info["model_id"],
        experiment_id=info["experiment_id"],
        name=info.get("name", ""),
        kind=info.get("model_type", ""),
        state=MODEL_STATES.get(info.get("status", ""), LoggedModelState.UNSPECIFIED),
        state_message=info.get("status_message", ""),
        source_run_id=info.get("source_run_id") or None,
        created_ms=int(info.get("creation_timestamp_ms", 0)),
        updated_ms=int(info.get("last_updated_timestamp_ms", 0)),
        artifact_uri=info.get("artifact_uri", ""),
        params=_pairs(data.get("params")),
        tags=_pairs(info.get("tags")),
        metrics=[
            ModelMetric(
                key=metric["key"],
                value=number_in(metric.get("value", 0.0)),
                step=int(metric.get("step", 0)),
                time_ms=int(metric.get("timestamp", 0)),
                run_id=metric.get("run_id", ""),
                dataset_name=metric.get("dataset_name"),
                dataset_digest=metric.get("dataset_digest"),
            )
            for metric in data.get("metrics", [])
        ],
    )
