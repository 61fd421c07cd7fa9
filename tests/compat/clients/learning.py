"""Autologging of scikit-learn, XGBoost and LightGBM; models logged, loaded, evaluated. Prints run and model ids."""

import json
import os
import sys
import warnings

import lightgbm
import mlflow
import numpy as np
import pandas as pd
import xgboost
from mlflow import MlflowClient
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV

warnings.filterwarnings("ignore")
THREE = int(mlflow.__version__.split(".")[0]) >= 3
experiment = mlflow.set_experiment(f"learning-{mlflow.__version__}-{os.getpid()}")
client = MlflowClient()
out = {"experiment_id": experiment.experiment_id, "version": mlflow.__version__}
features, labels = make_classification(n_samples=200, n_features=5, random_state=1)
columns = [f"x{i}" for i in range(5)]
frame = pd.DataFrame(features, columns=columns)

mlflow.sklearn.autolog(max_tuning_runs=2)
with mlflow.start_run(run_name="sklearn") as run:
    LogisticRegression(C=0.5).fit(frame, labels)
out["sklearn"] = run.info.run_id
mlflow.sklearn.autolog(max_tuning_runs=2, log_models=False)
with mlflow.start_run(run_name="grid") as run:
    GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2).fit(frame, labels)
out["grid"] = run.info.run_id
assert len(client.search_runs([experiment.experiment_id], f"tags.mlflow.parentRunId = '{run.info.run_id}'")) == 2
mlflow.sklearn.autolog(disable=True)

mlflow.xgboost.autolog(log_models=False)
with mlflow.start_run(run_name="xgboost") as run:
    data = xgboost.DMatrix(frame, labels)
    xgboost.train(
        {"objective": "binary:logistic", "max_depth": 2},
        data,
        num_boost_round=5,
        evals=[(data, "train")],
        verbose_eval=False,
    )
out["xgboost"] = run.info.run_id
assert len(client.get_metric_history(run.info.run_id, "train-logloss")) == 5
mlflow.xgboost.autolog(disable=True)

mlflow.lightgbm.autolog(log_models=THREE)
with mlflow.start_run(run_name="lightgbm") as run:
    data = lightgbm.Dataset(frame, labels)
    lightgbm.train(
        {"objective": "binary", "verbose": -1, "num_leaves": 4},
        data,
        num_boost_round=5,
        valid_sets=[data],
        valid_names=["train"],
    )
out["lightgbm"] = run.info.run_id
assert len(client.get_metric_history(run.info.run_id, "train-binary_logloss")) == 5
mlflow.lightgbm.autolog(disable=True)

classifier = LogisticRegression().fit(frame, labels)
with mlflow.start_run(run_name="models") as run:
    signature = mlflow.models.infer_signature(frame, classifier.predict(frame))
    where = {"name": "classifier"} if THREE else {"artifact_path": "classifier"}
    info = mlflow.sklearn.log_model(
        classifier, signature=signature, input_example=frame.head(2), pip_requirements=["scikit-learn"], **where
    )
    out["models"] = run.info.run_id
    for uri in [f"runs:/{run.info.run_id}/classifier", info.model_uri]:
        loaded = mlflow.pyfunc.load_model(uri)
        assert np.array_equal(loaded.predict(frame), classifier.predict(frame)), uri
    assert np.array_equal(mlflow.sklearn.load_model(info.model_uri).predict(frame), classifier.predict(frame))
    if THREE:
        assert info.model_uri.startswith("models:/m-"), info.model_uri
        out["model_id"] = info.model_id
        mlflow.log_metric("held_out", 0.9, model_id=info.model_id)
        client.set_logged_model_tags(info.model_id, {"tier": "gold", "old": "1"})
        client.delete_logged_model_tag(info.model_id, "old")
        model = client.get_logged_model(info.model_id)
        assert model.tags.get("tier") == "gold" and "old" not in model.tags, model.tags
        assert [m.key for m in model.metrics] == ["held_out"], model.metrics
        assert str(model.status) == "READY" and model.source_run_id == run.info.run_id
        found = mlflow.search_logged_models(
            [experiment.experiment_id], filter_string="name = 'classifier'", output_format="list"
        )
        assert [m.model_id for m in found] == [info.model_id], found
        best = mlflow.search_logged_models(
            [experiment.experiment_id],
            filter_string="metrics.held_out > 0.5 AND tags.tier = 'gold'",
            order_by=[{"field_name": "metrics.held_out", "ascending": False}],
            output_format="list",
        )
        assert [m.model_id for m in best] == [info.model_id], best
        assert client.get_run(run.info.run_id).outputs.model_outputs[0].model_id == info.model_id
        assert "MLmodel" in [f.path for f in client.list_logged_model_artifacts(info.model_id)]
        extra = mlflow.initialize_logged_model(name="external", params={"a": "1"}, model_type="thing")
        mlflow.finalize_logged_model(extra.model_id, "READY")
        assert client.get_logged_model(extra.model_id).params == {"a": "1"}
        client.delete_logged_model(extra.model_id)
        try:
            client.get_logged_model(extra.model_id)
        except mlflow.exceptions.MlflowException as error:
            assert error.error_code == "RESOURCE_DOES_NOT_EXIST", error
        else:
            raise AssertionError("a deleted model was found")

with mlflow.start_run(run_name="evaluate") as run:
    table = frame.assign(label=labels)
    evaluate = mlflow.models.evaluate if THREE else mlflow.evaluate
    result = evaluate(
        info.model_uri,
        table,
        targets="label",
        model_type="classifier",
        evaluators="default",
        evaluator_config={"log_explainer": False, "log_model_explainability": False},
    )
    assert result.metrics["accuracy_score"] > 0.5
out["evaluate"] = run.info.run_id
assert client.get_run(run.info.run_id).data.metrics["accuracy_score"] == result.metrics["accuracy_score"]
assert client.list_artifacts(run.info.run_id)
sys.stdout.write("\nRESULT " + json.dumps(out) + "\n")
