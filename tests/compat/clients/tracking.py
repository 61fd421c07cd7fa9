"""The fluent API and MlflowClient, as users write it. Prints what the test then looks for in the store."""

import json
import math
import os
import sys
import tempfile
import time
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import mlflow
import numpy as np
import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException

THREE = int(mlflow.__version__.split(".")[0]) >= 3
name = f"tracking-{mlflow.__version__}-{os.getpid()}"
experiment = mlflow.set_experiment(name)
client = MlflowClient()
out = {"experiment_id": experiment.experiment_id, "version": mlflow.__version__}
client.set_experiment_tag(experiment.experiment_id, "team", "flights")
assert client.get_experiment(experiment.experiment_id).tags["team"] == "flights"
assert client.get_experiment_by_name(name).experiment_id == experiment.experiment_id
assert mlflow.get_experiment_by_name("no such experiment") is None
assert [e.name for e in client.search_experiments(filter_string=f"name = '{name}'")] == [name]

with mlflow.start_run(run_name="parent", description="a **note**", tags={"stage": "dev"}) as parent:
    out["parent"] = parent.info.run_id
    mlflow.log_param("lr", 0.1)
    mlflow.log_params({"depth": 3, "name": "x" * 7000, "empty": ""})
    try:
        mlflow.log_param("lr", 0.2)
    except MlflowException as error:
        assert "Changing param values is not allowed" in str(error), error
        assert error.error_code == "INVALID_PARAMETER_VALUE"
    else:
        raise AssertionError("a param was changed")
    mlflow.log_param("lr", 0.1)
    for step in range(5):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_metrics({"acc": 0.5, "auc": 0.75}, step=1)
    mlflow.log_metric("odd", float("nan"), step=0)
    mlflow.log_metric("odd", float("inf"), step=1)
    mlflow.log_metric("odd", float("-inf"), step=2)
    mlflow.log_metric("later", 1.0, synchronous=False).wait()
    mlflow.log_params({"async": "yes"}, synchronous=False).wait()
    mlflow.set_tags({"a": "1", "b": "2"})
    mlflow.set_tag("mlflow.note.content", "changed **note**")
    mlflow.log_dict({"k": [1, 2]}, "conf/settings.json")
    mlflow.log_text("hello ☃", "notes/hello.txt")
    figure = plt.figure()
    plt.plot([1, 2])
    mlflow.log_figure(figure, "plots/line.png")
    mlflow.log_image(np.zeros((8, 8, 3), dtype=np.uint8), "black.png")
    mlflow.log_table({"q": ["a", "b"], "n": [1, 2]}, "table.json")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "one.bin").write_bytes(b"\0" * 100_000)
        Path(folder, "sub").mkdir()
        Path(folder, "sub", "two words.txt").write_text("two")
        mlflow.log_artifact(str(Path(folder, "one.bin")))
        mlflow.log_artifacts(folder, "tree")
    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [0, 1, 0]})
    mlflow.log_input(
        mlflow.data.from_pandas(frame, source="s3://bucket/x.csv", name="tiny", targets="y"), context="training"
    )
    children = []
    for number in range(3):
        with mlflow.start_run(run_name=f"child-{number}", nested=True) as child:
            children.append(child.info.run_id)
            mlflow.log_param("number", number)
            mlflow.log_metric("score", number * 1.5)
out["children"] = children

run = client.get_run(parent.info.run_id)
assert run.info.status == "FINISHED" and run.info.run_name == "parent"
assert run.data.params["lr"] == "0.1" and len(run.data.params["name"]) == 6000 and run.data.params["empty"] == ""
assert run.data.metrics["loss"] == 0.2 and run.data.metrics["auc"] == 0.75 and run.data.metrics["later"] == 1.0
assert run.data.tags["mlflow.note.content"] == "changed **note**" and run.data.tags["stage"] == "dev"
assert run.data.tags["mlflow.runName"] == "parent" and run.data.tags["mlflow.user"]
[dataset] = run.inputs.dataset_inputs
assert dataset.dataset.name == "tiny" and dataset.tags[0].value == "training", dataset
history = client.get_metric_history(parent.info.run_id, "loss")
assert [(p.step, p.value) for p in history] == [(s, 1 / (s + 1)) for s in range(5)]
odd = [p.value for p in client.get_metric_history(parent.info.run_id, "odd")]
assert sorted(map(str, odd)) == sorted(["nan", "1.7976931348623157e+308", "-1.7976931348623157e+308"]), odd
assert client.get_metric_history(parent.info.run_id, "never") == []

found = mlflow.search_runs(experiment_names=[name], filter_string="metrics.score > 1 and params.number = '2'")
assert list(found.run_id) == [children[2]], found
by_parent = client.search_runs(
    [experiment.experiment_id], f"tags.mlflow.parentRunId = '{parent.info.run_id}'", order_by=["metrics.score DESC"]
)
assert [r.info.run_id for r in by_parent] == children[::-1]
assert client.search_runs([experiment.experiment_id], "attributes.status = 'FINISHED' and tags.stage = 'dev'")[
    0
].inputs.dataset_inputs
assert [
    r.info.run_id
    for r in client.search_runs([experiment.experiment_id], "run_name LIKE 'child-%'", order_by=["start_time ASC"])
] == children
assert (
    len(client.search_runs([experiment.experiment_id], "attributes.run_name = 'child-1' AND metrics.score >= 1.5")) == 1
)
assert [r.info.run_id for r in client.search_runs([experiment.experiment_id], "dataset.name = 'tiny'")] == [
    parent.info.run_id
]
pages, token = [], None
while True:
    page = client.search_runs([experiment.experiment_id], max_results=2, page_token=token)
    pages.append(len(page))
    token = page.token
    if not token:
        break
assert pages == [2, 2], pages
assert client.get_parent_run(children[0]).info.run_id == parent.info.run_id
for bad in ("metrics.score", "nosuch.x = '1'", "metrics.score ~ 1"):
    try:
        client.search_runs([experiment.experiment_id], bad)
    except MlflowException as error:
        assert error.error_code == "INVALID_PARAMETER_VALUE", (bad, error)
    else:
        raise AssertionError(f"accepted: {bad}")

files = {f.path: (f.is_dir, f.file_size) for f in client.list_artifacts(parent.info.run_id)}
assert files["one.bin"] == (False, 100_000) and files["tree"][0] and files["table.json"], files
assert sorted(f.path for f in client.list_artifacts(parent.info.run_id, "tree")) == ["tree/one.bin", "tree/sub"]
assert client.list_artifacts(parent.info.run_id, "one.bin") == []
assert mlflow.artifacts.load_text(f"{run.info.artifact_uri}/notes/hello.txt") == "hello ☃"
assert mlflow.artifacts.load_dict(f"runs:/{parent.info.run_id}/conf/settings.json") == {"k": [1, 2]}
with tempfile.TemporaryDirectory() as folder:
    local = mlflow.artifacts.download_artifacts(run_id=parent.info.run_id, artifact_path="tree", dst_path=folder)
    assert Path(local, "sub", "two words.txt").read_text() == "two"
    assert Path(local, "one.bin").stat().st_size == 100_000
assert len(mlflow.load_table("table.json", run_ids=[parent.info.run_id])) == 2
try:
    client.download_artifacts(parent.info.run_id, "nothing.txt", tempfile.mkdtemp())
except Exception as error:
    assert "nothing.txt" in str(error) or "No such artifact" in str(error), error
else:
    raise AssertionError("a missing artifact was downloaded")

made = client.create_run(experiment.experiment_id, run_name="by client", tags={"k": "v"})
run_id = out["by_client"] = made.info.run_id
now = int(time.time() * 1000)
client.log_batch(
    run_id,
    metrics=[Metric(f"m{i % 5}", float(i), now + i, i) for i in range(2500)],
    params=[Param(f"p{i}", str(i)) for i in range(150)],
    tags=[RunTag(f"t{i}", str(i)) for i in range(150)],
)
assert len(client.get_metric_history(run_id, "m0")) == 500
client.delete_tag(run_id, "t3")
try:
    client.delete_tag(run_id, "t3")
except MlflowException as error:
    assert error.error_code == "RESOURCE_DOES_NOT_EXIST", error
client.update_run(run_id, status="SCHEDULED", name="renamed")
assert (
    client.get_run(run_id).info.status == "SCHEDULED"
    and client.get_run(run_id).data.tags["mlflow.runName"] == "renamed"
)
client.set_tag(run_id, "mlflow.runName", "by tag")
assert client.get_run(run_id).info.run_name == "by tag"
client.set_terminated(run_id, "KILLED")
assert client.get_run(run_id).info.status == "KILLED" and client.get_run(run_id).info.end_time >= now
client.delete_run(run_id)
assert client.get_run(run_id).info.lifecycle_stage == "deleted"
try:
    client.log_metric(run_id, "m0", 1)
except MlflowException as error:
    assert "must be in the 'active' state" in str(error), error
else:
    raise AssertionError("a deleted run was written to")
assert run_id in [
    r.info.run_id for r in client.search_runs([experiment.experiment_id], run_view_type=ViewType.DELETED_ONLY)
]
client.restore_run(run_id)
assert client.get_run(run_id).info.lifecycle_stage == "active"
for missing in ("f" * 32, "nope"):
    try:
        client.get_run(missing)
    except MlflowException as error:
        assert error.error_code == "RESOURCE_DOES_NOT_EXIST" and "not found" in str(error), error
with mlflow.start_run(run_id=run_id):
    mlflow.log_metric("resumed", 1)
assert client.get_run(run_id).info.status == "FINISHED"

other = client.create_experiment(name + "-other", tags={"x": "1"})
client.rename_experiment(other, name + "-renamed")
client.delete_experiment(other)
assert client.get_experiment(other).lifecycle_stage == "deleted"
try:
    client.create_experiment(name + "-renamed")
except MlflowException as error:
    assert error.error_code == "RESOURCE_ALREADY_EXISTS", error
client.restore_experiment(other)
assert client.get_experiment(other).lifecycle_stage == "active" and client.get_experiment(other).tags == {"x": "1"}
client.delete_experiment(other)
if THREE:
    client.set_experiment_tag(experiment.experiment_id, "gone", "1")
    client.delete_experiment_tag(experiment.experiment_id, "gone")
    assert "gone" not in client.get_experiment(experiment.experiment_id).tags
assert math.isnan(float("nan"))


@mlflow.trace
def traced(number):
    return number + 1


began = time.monotonic()  # spans that a server does not take yet must not hold up a run
with mlflow.start_run(run_name="traced"):
    assert traced(1) == 2
if hasattr(mlflow, "flush_trace_async_logging"):
    mlflow.flush_trace_async_logging()
assert time.monotonic() - began < 15
sys.stdout.write("\nRESULT " + json.dumps(out) + "\n")
