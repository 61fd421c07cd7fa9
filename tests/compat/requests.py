"""Requests that are put to MLflow's own server and to ours. `{name}` stands for what an earlier answer gave."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple


class Ask(NamedTuple):
    """One request; `keep` maps a name to the place of its value in the answer."""

    name: str
    method: str
    path: str
    body: Any = None  # JSON of a POST or PATCH, parameters of a GET
    keep: Mapping[str, str] = MappingProxyType({})


def _post(name: str, path: str, body: Any, /, **keep: str) -> Ask:
    return Ask(name, "POST", path, body, keep)


def _get(name: str, path: str, /, **query: Any) -> Ask:
    return Ask(name, "GET", path, query)


_METRIC = {"key": "loss", "value": 0.5, "timestamp": 1000, "step": 1}
_DATASET = {
    "dataset": {"name": "d", "digest": "x1", "source_type": "local", "source": "{}"},
    "tags": [{"key": "mlflow.data.context", "value": "train"}],
}

ASKS = [
    _post(
        "experiment", "/experiments/create", {"name": "diff", "tags": [{"key": "a", "value": "1"}]}, exp="experiment_id"
    ),
    _post("experiment twice", "/experiments/create", {"name": "diff"}),
    _post("experiment without name", "/experiments/create", {}),
    _post("experiment with an empty name", "/experiments/create", {"name": ""}),
    _post("experiment with a number as name", "/experiments/create", {"name": 5}),
    _post("experiment with a long name", "/experiments/create", {"name": "x" * 501}),
    _post("experiment with a null name", "/experiments/create", {"name": None}),
    _post("experiment with tags that are no list", "/experiments/create", {"name": "t1", "tags": "x"}),
    _post("experiment at a fragment", "/experiments/create", {"name": "t2", "artifact_location": "s3://b/x#y"}),
    _post("experiment in a run", "/experiments/create", {"name": "t4", "artifact_location": "runs:/x"}),
    _post(
        "experiment in camelCase",
        "/experiments/create",
        {"name": "camel", "artifactLocation": "mlflow-artifacts:/camel"},
        camel="experiment_id",
    ),
    _post(
        "experiment in both spellings",
        "/experiments/create",
        {"name": "t5", "artifact_location": "a", "artifactLocation": "b"},
    ),
    _post("experiment with unknown fields", "/experiments/create", {"name": "unknown fields", "color": "red"}),
    _get("experiment by id", "/experiments/get", experiment_id="{exp}"),
    _get("experiment 0", "/experiments/get", experiment_id="0"),
    _get("no experiment", "/experiments/get", experiment_id="98765"),
    _get("experiment id of letters", "/experiments/get", experiment_id="abc"),
    _get("experiment without id", "/experiments/get"),
    _get("experiment with an empty id", "/experiments/get", experiment_id=""),
    _get("experiment by name", "/experiments/get-by-name", experiment_name="diff"),
    _get("experiment by a name of none", "/experiments/get-by-name", experiment_name="none such"),
    _get("experiment by no name", "/experiments/get-by-name"),
    _post("rename", "/experiments/update", {"experiment_id": "{exp}", "new_name": "diff 2"}),
    _post("rename to nothing", "/experiments/update", {"experiment_id": "{exp}", "new_name": ""}),
    _post("rename to a taken name", "/experiments/update", {"experiment_id": "{exp}", "new_name": "camel"}),
    _post("rename none", "/experiments/update", {"experiment_id": "98765", "new_name": "z"}),
    _post("experiment tag", "/experiments/set-experiment-tag", {"experiment_id": "{exp}", "key": "k", "value": "v"}),
    _post("experiment tag without value", "/experiments/set-experiment-tag", {"experiment_id": "{exp}", "key": "k2"}),
    _post("experiment tag without key", "/experiments/set-experiment-tag", {"experiment_id": "{exp}", "value": "v"}),
    _post(
        "experiment tag with a long key",
        "/experiments/set-experiment-tag",
        {"experiment_id": "{exp}", "key": "k" * 251, "value": "v"},
    ),
    _post(
        "experiment tag with a long value",
        "/experiments/set-experiment-tag",
        {"experiment_id": "{exp}", "key": "k", "value": "v" * 20001},
    ),
    _post(
        "experiment tag of none",
        "/experiments/set-experiment-tag",
        {"experiment_id": "98765", "key": "k", "value": "v"},
    ),
    _post("experiment tag removed", "/experiments/delete-experiment-tag", {"experiment_id": "{exp}", "key": "k2"}),
    _post(
        "experiment tag removed again", "/experiments/delete-experiment-tag", {"experiment_id": "{exp}", "key": "k2"}
    ),
    _post("experiments", "/experiments/search", {"max_results": 10}),
    _post("experiments without a size", "/experiments/search", {}),
    _post("experiments, none", "/experiments/search", {"max_results": 0}),
    _post("experiments, too many", "/experiments/search", {"max_results": 50001}),
    _post("experiments by name", "/experiments/search", {"max_results": 5, "filter": "name LIKE 'diff%'"}),
    _post("experiments by tag", "/experiments/search", {"max_results": 5, "filter": "tags.a = '1'"}),
    _post("experiments by an unknown field", "/experiments/search", {"max_results": 5, "filter": "color = 'red'"}),
    _post("experiments, broken filter", "/experiments/search", {"max_results": 5, "filter": "name = 'x"}),
    _post("experiments in order", "/experiments/search", {"max_results": 5, "order_by": ["name ASC"]}),
    _post("experiments in an unknown order", "/experiments/search", {"max_results": 5, "order_by": ["color"]}),
    _post("experiments, bad token", "/experiments/search", {"max_results": 5, "page_token": "garbage!"}),
    _post("experiments, first page", "/experiments/search", {"max_results": 1}, token="next_page_token"),
    _post("experiments, second page", "/experiments/search", {"max_results": 1, "page_token": "{token}"}),
    _post("experiments, all", "/experiments/search", {"max_results": 5, "view_type": "ALL"}),
    _post("experiments, view as a number", "/experiments/search", {"max_results": 5, "view_type": 2}),
    _get("experiments by GET", "/experiments/search", max_results="3"),
    _get("experiments by GET, size of letters", "/experiments/search", max_results="abc"),
    _post(
        "run",
        "/runs/create",
        {
            "experiment_id": "{exp}",
            "run_name": "one",
            "start_time": 5,
            "user_id": "me",
            "tags": [{"key": "t", "value": "1"}],
        },
        run="run.info.run_id",
    ),
    _post(
        "run, number as text",
        "/runs/create",
        {"experiment_id": "{exp}", "run_name": "two", "start_time": "17"},
        two="run.info.run_id",
    ),
    _post("run without a name", "/runs/create", {"experiment_id": "{exp}", "start_time": 6}),
    _post(
        "run with two names",
        "/runs/create",
        {"experiment_id": "{exp}", "run_name": "a", "tags": [{"key": "mlflow.runName", "value": "b"}]},
    ),
    _post(
        "run named by its tag",
        "/runs/create",
        {"experiment_id": "{exp}", "start_time": 1, "tags": [{"key": "mlflow.runName", "value": "tagged"}]},
    ),
    _post("run nowhere", "/runs/create", {"experiment_id": "98765"}),
    _post("run in an experiment of letters", "/runs/create", {"experiment_id": "abc"}),
    _post("run in a number", "/runs/create", {"experiment_id": 0}),
    _post("run at a time of letters", "/runs/create", {"experiment_id": "{exp}", "start_time": "x"}),
    _post("run, JSON in JSON", "/runs/create", '{"experiment_id": "0", "start_time": 3}'),
    _get("run by id", "/runs/get", run_id="{run}"),
    _get("run by uuid", "/runs/get", run_uuid="{run}"),
    _get("no run", "/runs/get", run_id="f" * 32),
    _get("run without id", "/runs/get"),
    _post("update", "/runs/update", {"run_id": "{two}", "status": "FINISHED", "end_time": 20, "run_name": "second"}),
    _post("update by uuid, status as a number", "/runs/update", {"run_uuid": "{two}", "status": 4}),
    _post("update to an unknown status", "/runs/update", {"run_id": "{two}", "status": "NOPE"}),
    _post("update without id", "/runs/update", {"status": "FINISHED"}),
    _post("update none", "/runs/update", {"run_id": "f" * 32, "status": "FINISHED"}),
    _post("metric", "/runs/log-metric", {"run_id": "{run}", **_METRIC}),
    _post("metric twice", "/runs/log-metric", {"run_id": "{run}", **_METRIC}),
    _post("metric by uuid", "/runs/log-metric", {"run_uuid": "{run}", **_METRIC, "step": 2}),
    _post(
        "metric, all as text",
        "/runs/log-metric",
        {"run_id": "{run}", "key": "loss", "value": "0.25", "timestamp": "1001", "step": "3"},
    ),
    _post("metric NaN", "/runs/log-metric", {"run_id": "{run}", "key": "nan", "value": "NaN", "timestamp": 1}),
    _post(
        "metric Infinity", "/runs/log-metric", {"run_id": "{run}", "key": "inf", "value": "Infinity", "timestamp": 1}
    ),
    _post(
        "metric -Infinity", "/runs/log-metric", {"run_id": "{run}", "key": "ninf", "value": "-Infinity", "timestamp": 1}
    ),
    _post("metric without key", "/runs/log-metric", {"run_id": "{run}", "value": 1, "timestamp": 1}),
    _post("metric without value", "/runs/log-metric", {"run_id": "{run}", "key": "k", "timestamp": 1}),
    _post("metric without time", "/runs/log-metric", {"run_id": "{run}", "key": "k", "value": 1}),
    _post("metric without run", "/runs/log-metric", {"key": "k", "value": 1, "timestamp": 1}),
    _post("metric of letters", "/runs/log-metric", {"run_id": "{run}", "key": "k", "value": "abc", "timestamp": 1}),
    _post("metric before time", "/runs/log-metric", {"run_id": "{run}", "key": "k", "value": 1, "timestamp": -1}),
    _post(
        "metric at half a step",
        "/runs/log-metric",
        {"run_id": "{run}", "key": "k", "value": 1, "timestamp": 1, "step": 1.5},
    ),
    _post("metric of no run", "/runs/log-metric", {"run_id": "f" * 32, **_METRIC}),
    _post("metric with a bad key", "/runs/log-metric", {"run_id": "{run}", **_METRIC, "key": "a/../b"}),
    _post("metric with a strange key", "/runs/log-metric", {"run_id": "{run}", **_METRIC, "key": "a'b"}),
    _post("metric with a long key", "/runs/log-metric", {"run_id": "{run}", **_METRIC, "key": "k" * 251}),
    _post("param", "/runs/log-parameter", {"run_id": "{run}", "key": "p", "value": "1"}),
    _post("param again", "/runs/log-parameter", {"run_id": "{run}", "key": "p", "value": "1"}),
    _post("param changed", "/runs/log-parameter", {"run_id": "{run}", "key": "p", "value": "2"}),
    _post("param, long", "/runs/log-parameter", {"run_id": "{run}", "key": "long", "value": "v" * 7000}),
    _post("param, empty", "/runs/log-parameter", {"run_id": "{run}", "key": "empty", "value": ""}),
    _post("param without key", "/runs/log-parameter", {"run_id": "{run}", "value": "1"}),
    _post("param, a number", "/runs/log-parameter", {"run_id": "{run}", "key": "n", "value": 5}),
    _post("tag", "/runs/set-tag", {"run_id": "{run}", "key": "tag", "value": "1"}),
    _post("tag of the name", "/runs/set-tag", {"run_id": "{run}", "key": "mlflow.runName", "value": "renamed"}),
    _post("tag of the note", "/runs/set-tag", {"run_id": "{run}", "key": "mlflow.note.content", "value": "note"}),
    _post("tag of the parent", "/runs/set-tag", {"run_id": "{two}", "key": "mlflow.parentRunId", "value": "{run}"}),
    _post("tag without key", "/runs/set-tag", {"run_id": "{run}", "value": "1"}),
    _post("tag of no run", "/runs/set-tag", {"run_id": "f" * 32, "key": "k", "value": "1"}),
    _post("tag removed", "/runs/delete-tag", {"run_id": "{run}", "key": "tag"}),
    _post("tag removed again", "/runs/delete-tag", {"run_id": "{run}", "key": "tag"}),
    _post("tag of the name removed", "/runs/delete-tag", {"run_id": "{run}", "key": "mlflow.runName"}),
    _post(
        "batch",
        "/runs/log-batch",
        {
            "run_id": "{run}",
            "metrics": [_METRIC, {**_METRIC, "step": 9}],
            "params": [{"key": "q", "value": "1"}],
            "tags": [{"key": "b", "value": "1"}],
        },
    ),
    _post("batch, empty", "/runs/log-batch", {"run_id": "{run}"}),
    _post("batch of no run", "/runs/log-batch", {"run_id": "f" * 32, "metrics": [_METRIC]}),
    _post("batch without run", "/runs/log-batch", {"metrics": [_METRIC]}),
    _post(
        "batch, metric without key", "/runs/log-batch", {"run_id": "{run}", "metrics": [{"value": 1, "timestamp": 1}]}
    ),
    _post(
        "batch, metric without value", "/runs/log-batch", {"run_id": "{run}", "metrics": [{"key": "k", "timestamp": 1}]}
    ),
    _post("batch, metric without time", "/runs/log-batch", {"run_id": "{run}", "metrics": [{"key": "k", "value": 1}]}),
    _post("batch, param without key", "/runs/log-batch", {"run_id": "{run}", "params": [{"value": "1"}]}),
    _post("batch, tag without key", "/runs/log-batch", {"run_id": "{run}", "tags": [{"value": "1"}]}),
    _post("batch, param changed", "/runs/log-batch", {"run_id": "{run}", "params": [{"key": "p", "value": "other"}]}),
    _post(
        "batch, param twice",
        "/runs/log-batch",
        {"run_id": "{run}", "params": [{"key": "r", "value": "1"}, {"key": "r", "value": "2"}]},
    ),
    _post("batch, too many metrics", "/runs/log-batch", {"run_id": "{run}", "metrics": [_METRIC] * 1001}),
    _post(
        "batch, too many params",
        "/runs/log-batch",
        {"run_id": "{run}", "params": [{"key": f"x{i}", "value": "1"} for i in range(101)]},
    ),
    _post("batch, metrics no list", "/runs/log-batch", {"run_id": "{run}", "metrics": {}}),
    _post("batch, bad key", "/runs/log-batch", {"run_id": "{run}", "metrics": [{**_METRIC, "key": "//"}]}),
    _get("run with everything", "/runs/get", run_id="{run}"),
    _get("history", "/metrics/get-history", run_id="{run}", metric_key="loss"),
    _get("history of NaN", "/metrics/get-history", run_id="{run}", metric_key="nan"),
    _get("history of infinity", "/metrics/get-history", run_id="{run}", metric_key="inf"),
    _get("history of nothing", "/metrics/get-history", run_id="{run}", metric_key="nothing"),
    _get("history without key", "/metrics/get-history", run_id="{run}"),
    _get("history of no run", "/metrics/get-history", run_id="f" * 32, metric_key="loss"),
    Ask(
        "history, first page",
        "GET",
        "/metrics/get-history",
        {"run_id": "{run}", "metric_key": "loss", "max_results": "2"},
        {"page": "next_page_token"},
    ),
    _get(
        "history, second page",
        "/metrics/get-history",
        run_id="{run}",
        metric_key="loss",
        max_results="2",
        page_token="{page}",
    ),
    _get("history, no page", "/metrics/get-history", run_id="{run}", metric_key="loss", max_results="0"),
    _get(
        "history, bad token",
        "/metrics/get-history",
        run_id="{run}",
        metric_key="loss",
        max_results="2",
        page_token="garbage!",
    ),
    _get(
        "interval",
        "/metrics/get-history-bulk-interval",
        run_ids=["{run}", "{two}"],
        metric_key="loss",
        max_results="10",
    ),
    _get(
        "interval of steps",
        "/metrics/get-history-bulk-interval",
        run_ids=["{run}"],
        metric_key="loss",
        start_step="2",
        end_step="3",
    ),
    _get("interval, half", "/metrics/get-history-bulk-interval", run_ids=["{run}"], metric_key="loss", start_step="2"),
    _get(
        "interval, backwards",
        "/metrics/get-history-bulk-interval",
        run_ids=["{run}"],
        metric_key="loss",
        start_step="3",
        end_step="2",
    ),
    _get(
        "interval, too large",
        "/metrics/get-history-bulk-interval",
        run_ids=["{run}"],
        metric_key="loss",
        max_results="2501",
    ),
    _get("interval of no runs", "/metrics/get-history-bulk-interval", metric_key="loss"),
    _post("inputs", "/runs/log-inputs", {"run_id": "{run}", "datasets": [_DATASET]}),
    _post("inputs again", "/runs/log-inputs", {"run_id": "{run}", "datasets": [_DATASET]}),
    _post("inputs without run", "/runs/log-inputs", {"datasets": [_DATASET]}),
    _post("inputs of no run", "/runs/log-inputs", {"run_id": "f" * 32, "datasets": [_DATASET]}),
    _post(
        "inputs, long digest",
        "/runs/log-inputs",
        {"run_id": "{run}", "datasets": [{"dataset": {**_DATASET["dataset"], "digest": "x" * 37}}]},
    ),
    _post("runs", "/runs/search", {"experiment_ids": ["{exp}"]}),
    _post("runs of no experiment", "/runs/search", {"experiment_ids": []}),
    _post("runs of an unknown experiment", "/runs/search", {"experiment_ids": ["98765"]}),
    _post(
        "runs by metric", "/runs/search", {"experiment_ids": ["{exp}"], "filter": "metrics.loss < 1 and params.p = '1'"}
    ),
    _post(
        "runs by tag in backticks",
        "/runs/search",
        {"experiment_ids": ["{exp}"], "filter": "tags.`mlflow.parentRunId` = '{run}'"},
    ),
    _post("runs by status", "/runs/search", {"experiment_ids": ["{exp}"], "filter": "attributes.status = 'FAILED'"}),
    _post("runs by user", "/runs/search", {"experiment_ids": ["{exp}"], "filter": "user_id = 'me'"}),
    _post(
        "runs by dataset",
        "/runs/search",
        {"experiment_ids": ["{exp}"], "filter": "datasets.name = 'd' and dataset.context = 'train'"},
    ),
    _post(
        "runs by id in a list", "/runs/search", {"experiment_ids": ["{exp}"], "filter": "run_id IN ('{run}', '{two}')"}
    ),
    _post("runs by a missing tag", "/runs/search", {"experiment_ids": ["{exp}"], "filter": "tags.t IS NULL"}),
    _post(
        "runs, implicit and", "/runs/search", {"experiment_ids": ["{exp}"], "filter": "metrics.loss < 1 params.p = '1'"}
    ),
    _post(
        "runs in order",
        "/runs/search",
        {"experiment_ids": ["{exp}"], "order_by": ["metrics.loss DESC", "attributes.start_time ASC"]},
    ),
    _post("runs, two", "/runs/search", {"experiment_ids": ["{exp}"], "max_results": 2}, runs="next_page_token"),
    _post("runs, next two", "/runs/search", {"experiment_ids": ["{exp}"], "max_results": 2, "page_token": "{runs}"}),
    _post("runs, none", "/runs/search", {"experiment_ids": ["{exp}"], "max_results": 0}),
    _post("runs, negative", "/runs/search", {"experiment_ids": ["{exp}"], "max_results": -1}),
    _post("runs, too many", "/runs/search", {"experiment_ids": ["{exp}"], "max_results": 50001}),
    _post("runs, bad token", "/runs/search", {"experiment_ids": ["{exp}"], "page_token": "garbage!"}),
    _post("runs, unknown entity", "/runs/search", {"experiment_ids": ["{exp}"], "filter": "nosuch.x = '1'"}),
    _post("runs, unknown attribute", "/runs/search", {"experiment_ids": ["{exp}"], "filter": "attributes.color = 'x'"}),
    _post("runs, unclosed quote", "/runs/search", {"experiment_ids": ["{exp}"], "filter": "params.p = '1"}),
    _post("runs, metric of letters", "/runs/search", {"experiment_ids": ["{exp}"], "filter": "metrics.loss = 'abc'"}),
    _post("runs in an unknown order", "/runs/search", {"experiment_ids": ["{exp}"], "order_by": ["attributes.color"]}),
    _post("runs, order no list", "/runs/search", {"experiment_ids": ["{exp}"], "order_by": "x"}),
    _post("runs, or", "/runs/search", {"experiment_ids": ["{exp}"], "filter": "params.p = '1' or params.p = '2'"}),
    _post(
        "runs, injection",
        "/runs/search",
        {"experiment_ids": ["{exp}"], "filter": "params.p = '1''; DROP TABLE runs; --'"},
    ),
    _get("artifacts", "/artifacts/list", run_id="{run}"),
    _get("artifacts of nothing", "/artifacts/list", run_id="{run}", path="nothing"),
    _get("artifacts that lead out", "/artifacts/list", run_id="{run}", path="../x"),
    _get("artifacts of no run", "/artifacts/list", run_id="f" * 32),
    Ask("put", "PUT", "/../mlflow-artifacts/artifacts/{exp}/{run}/artifacts/dir/a.txt", b"content"),
    _get("artifacts now", "/artifacts/list", run_id="{run}"),
    _get("artifacts of a folder", "/artifacts/list", run_id="{run}", path="dir"),
    _get("artifacts of a file", "/artifacts/list", run_id="{run}", path="dir/a.txt"),
    _get("proxy list", "/../mlflow-artifacts/artifacts", path="{exp}/{run}/artifacts/dir"),
    _get("proxy list of nothing", "/../mlflow-artifacts/artifacts", path="{exp}/{run}/artifacts/nothing"),
    _get("proxy list that leads out", "/../mlflow-artifacts/artifacts", path="../x"),
    _get("proxy get of nothing", "/../mlflow-artifacts/artifacts/{exp}/{run}/artifacts/nothing.txt"),
    Ask("proxy delete", "DELETE", "/../mlflow-artifacts/artifacts/{exp}/{run}/artifacts/dir/a.txt"),
    _post("presigned download", "/artifacts/presigned-download-url", {"run_id": "{run}", "path": "a"}),
    _post("presigned upload", "/artifacts/presigned-upload-url", {"run_id": "{run}", "path": "a"}),
    _post(
        "presigned upload of both", "/artifacts/presigned-upload-url", {"run_id": "{run}", "model_id": "m", "path": "a"}
    ),
    _get("presigned of the proxy", "/../mlflow-artifacts/presigned/{exp}/{run}/artifacts/a"),
    _post("multipart", "/../mlflow-artifacts/mpu/create/{exp}/{run}/artifacts/big", {"path": "big", "num_parts": 2}),
    _post(
        "model",
        "/logged-models",
        {
            "experiment_id": "{exp}",
            "name": "m",
            "model_type": "sk",
            "source_run_id": "{run}",
            "params": [{"key": "a", "value": "1"}],
            "tags": [{"key": "t", "value": "1"}],
        },
        model="model.info.model_id",
    ),
    _post("model without experiment", "/logged-models", {"name": "m"}),
    _post("model with a bad name", "/logged-models", {"experiment_id": "{exp}", "name": "a/b"}),
    _post("model nowhere", "/logged-models", {"experiment_id": "98765", "name": "m"}),
    _get("model by id", "/logged-models/{model}"),
    _get("no model", "/logged-models/m-" + "0" * 32),
    Ask("model ready", "PATCH", "/logged-models/{model}", {"model_id": "{model}", "status": "LOGGED_MODEL_READY"}),
    Ask("model ready, as a number", "PATCH", "/logged-models/{model}", {"model_id": "{model}", "status": 2}),
    Ask("model ready, without id", "PATCH", "/logged-models/{model}", {"status": 2}),
    Ask("model without status", "PATCH", "/logged-models/{model}", {"model_id": "{model}"}),
    Ask("model tags", "PATCH", "/logged-models/{model}/tags", {"tags": [{"key": "x", "value": "1"}]}),
    Ask("model tag removed", "DELETE", "/logged-models/{model}/tags/x"),
    Ask("model tag removed again", "DELETE", "/logged-models/{model}/tags/x"),
    _post(
        "model params", "/logged-models/{model}/params", {"model_id": "{model}", "params": [{"key": "b", "value": "2"}]}
    ),
    _post(
        "model metric",
        "/runs/log-metric",
        {"run_id": "{run}", **_METRIC, "model_id": "{model}", "dataset_name": "d", "dataset_digest": "x1"},
    ),
    _post("output", "/runs/outputs", {"run_id": "{run}", "models": [{"model_id": "{model}", "step": 3}]}),
    _post("output of nothing", "/runs/outputs", {"run_id": "{run}"}),
    _post("models", "/logged-models/search", {"experiment_ids": ["{exp}"]}),
    _post(
        "models by metric",
        "/logged-models/search",
        {"experiment_ids": ["{exp}"], "filter": "metrics.loss < 1", "datasets": [{"dataset_name": "d"}]},
    ),
    _post(
        "models in order",
        "/logged-models/search",
        {"experiment_ids": ["{exp}"], "order_by": [{"field_name": "creation_timestamp", "ascending": False}]},
    ),
    _post("models without experiments", "/logged-models/search", {"filter": "name = 'm'"}),
    _post("models, broken filter", "/logged-models/search", {"experiment_ids": ["{exp}"], "filter": "name == "}),
    _get("model files", "/logged-models/{model}/artifacts/directories"),
    _get("run with a model", "/runs/get", run_id="{run}"),
    Ask("model deleted", "DELETE", "/logged-models/{model}"),
    _get("deleted model", "/logged-models/{model}"),
    _post("run deleted", "/runs/delete", {"run_id": "{run}"}),
    _get("deleted run", "/runs/get", run_id="{run}"),
    _post("metric of a deleted run", "/runs/log-metric", {"run_id": "{run}", **_METRIC}),
    _post("tag of a deleted run", "/runs/set-tag", {"run_id": "{run}", "key": "k", "value": "v"}),
    _post("runs, deleted", "/runs/search", {"experiment_ids": ["{exp}"], "run_view_type": "DELETED_ONLY"}),
    _post("run restored", "/runs/restore", {"run_id": "{run}"}),
    _post("no run deleted", "/runs/delete", {"run_id": "f" * 32}),
    _post("experiment deleted", "/experiments/delete", {"experiment_id": "{exp}"}),
    _post("experiment deleted again", "/experiments/delete", {"experiment_id": "{exp}"}),
    _post("run in a deleted experiment", "/runs/create", {"experiment_id": "{exp}"}),
    _post("name of a deleted experiment", "/experiments/create", {"name": "diff 2"}),
    _post("experiments, deleted", "/experiments/search", {"max_results": 5, "view_type": "DELETED_ONLY"}),
    _post("experiment restored", "/experiments/restore", {"experiment_id": "{exp}"}),
    _post("experiment restored again", "/experiments/restore", {"experiment_id": "{exp}"}),
    _post(
        "experiment that leads out",
        "/experiments/create",
        {"name": "t3", "artifact_location": "mlflow-artifacts:/a/../b"},
    ),
    _get("unknown route", "/nothing"),
    _get("server info", "/../../3.0/mlflow/server-info"),
]
