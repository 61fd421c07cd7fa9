"""A SQLite store of MLflow with registered models, gaps in their numbers, aliases, stages and prompts."""

from __future__ import annotations

import sys

import mlflow
from mlflow import MlflowClient

mlflow.set_tracking_uri("sqlite:///mlflow.db")
client = MlflowClient()
with mlflow.start_run() as run:
    mlflow.log_text("flavors: {sklearn: {}}\n", "model/MLmodel")
source = f"{run.info.artifact_uri}/model"
client.create_registered_model("flight delay", tags={"team": "ops"}, description="How late?")
for _ in range(4):
    client.create_model_version("flight delay", source, run.info.run_id, tags={"a": "b"}, description="words")
client.delete_model_version("flight delay", "2")
client.set_registered_model_alias("flight delay", "champion", "3")
client.transition_model_version_stage("flight delay", "4", "Production")
client.copy_model_version("models:/flight delay/3", "copy")
client.create_registered_model("outside")
client.create_model_version("outside", "s3://bucket/model")
mlflow.genai.register_prompt("greeting", "Hello {{ name }}", commit_message="first", tags={"tone": "kind"})
mlflow.genai.register_prompt("greeting", [{"role": "user", "content": "Hi {{ name }}"}], model_config={"model": "x"})
mlflow.genai.set_prompt_alias("greeting", "prod", version=1)
sys.stdout.write(run.info.run_id)
