"""Makes an MLflow store that has one of everything. Run by the Python of an MLflow environment, in an empty folder:

python mlflow_store.py RUNS    (writes mlflow.db and artifact folders; RUNS more runs in the experiment `many`)
"""

from __future__ import annotations

import sys
from pathlib import Path

import mlflow
import numpy as np
from mlflow import MlflowClient
from mlflow.entities import Metric
from sklearn.linear_model import LogisticRegression

here = Path.cwd()
mlflow.set_tracking_uri(f"sqlite:///{here}/mlflow.db")
client = MlflowClient()

client.create_experiment("alpha", artifact_location=(here / "art").as_uri(), tags={"team": "x", "empty": ""})
mlflow.set_experiment("alpha")
with mlflow.start_run(run_name="one", description="a note") as one:
    mlflow.log_params({"lr": 0.1, "name": "naïve", "long": "x" * 3000})
    for step in range(50):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    # Out of order, repeated steps, negative steps, and what is no number.
    stamps = [
        (1.0, 10, 5),
        (2.0, 11, 5),
        (3.0, 9, -3),
        (float("nan"), 12, 6),
        (float("inf"), 13, 7),
        (float("-inf"), 14, 8),
    ]
    client.log_batch(one.info.run_id, metrics=[Metric("odd/one", value, time, step) for value, time, step in stamps])
    mlflow.set_tag("colour", "blue")
    mlflow.log_text("hello", "a/b/notes.txt")
    mlflow.log_text("", "empty.txt")
    mlflow.log_input(mlflow.data.from_numpy(np.arange(4.0), name="grid"), context="train")
    model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    if mlflow.__version__.startswith("2."):
        mlflow.sklearn.log_model(model, "model")
    else:
        mlflow.sklearn.log_model(model, name="model", params={"depth": "3"})
    with mlflow.start_run(run_name="child", nested=True):
        mlflow.log_metric("loss", 0.5)

failed = client.create_run(one.info.experiment_id, run_name="failed", start_time=1_700_000_000_000)
client.set_terminated(failed.info.run_id, status="FAILED", end_time=1_700_000_060_000)
client.create_run(one.info.experiment_id, run_name="still going")
gone = client.create_run(one.info.experiment_id, run_name="gone")
client.log_metric(gone.info.run_id, "loss", 9.0)
client.delete_run(gone.info.run_id)

beta = client.create_experiment("beta", artifact_location=(here / "beta").as_uri())
old = client.create_run(beta, run_name="in a deleted experiment")
client.log_param(old.info.run_id, "p", "1")
client.set_terminated(old.info.run_id)
client.delete_experiment(beta)

many = client.create_experiment("many", artifact_location=(here / "many").as_uri())
for number in range(int(sys.argv[1])):
    run = client.create_run(many, run_name=f"run {number}")
    points = [Metric("loss", number + step / 7, 1_700_000_000_000 + step, step) for step in range(200)]
    client.log_batch(run.info.run_id, metrics=points)
    client.log_param(run.info.run_id, "number", number)
    client.set_terminated(run.info.run_id)
