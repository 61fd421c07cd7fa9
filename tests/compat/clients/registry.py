"""The registry as MLflow's users use it: models, aliases, stages, search, copies, prompts."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import mlflow
import mlflow.sklearn
import numpy as np
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from sklearn.linear_model import LinearRegression

client = MlflowClient()
three = mlflow.__version__.startswith("3")
x, y = np.arange(12.0).reshape(-1, 2), np.arange(6.0)
model = LinearRegression().fit(x, y)
mlflow.set_experiment("registry")
out: dict[str, object] = {"three": three}


def refused(call, *arguments, **options) -> str:
    try:
        call(*arguments, **options)
    except MlflowException as error:
        return error.error_code
    return "done"


with mlflow.start_run() as run:
    mlflow.log_param("alpha", 0.5)
    mlflow.log_metric("rmse", 0.25)
    named = {"name": "model"} if three else {"artifact_path": "model"}
    logged = mlflow.sklearn.log_model(model, registered_model_name="flight-delay", input_example=x[:2], **named)
out["run"] = run.info.run_id
first = client.get_model_version("flight-delay", "1")
assert first.status == "READY" and first.current_stage == "None", first
assert first.run_id == run.info.run_id, first

second = mlflow.register_model(f"runs:/{run.info.run_id}/model", "flight-delay", tags={"from": "run"})
assert second.version in (2, "2"), second.version
client.set_registered_model_alias("flight-delay", "champion", "1")
client.set_registered_model_alias("flight-delay", "champion", 2)
loaded = mlflow.pyfunc.load_model("models:/flight-delay@champion")
assert np.allclose(loaded.predict(x), y), loaded.predict(x)
for uri in ("models:/flight-delay/1", "models:/flight-delay/latest"):
    assert np.allclose(mlflow.sklearn.load_model(uri).predict(x), y)
by_alias = client.get_model_version_by_alias("flight-delay", "champion")
assert str(by_alias.version) == "2" and list(by_alias.aliases) == ["champion"], by_alias
assert client.get_registered_model("flight-delay").aliases == {"champion": "2"}
assert refused(client.get_model_version_by_alias, "flight-delay", "none") == "INVALID_PARAMETER_VALUE"

client.update_registered_model("flight-delay", description="How late will it be?")
client.update_model_version("flight-delay", "1", description="The **first** one")
client.set_registered_model_tag("flight-delay", "team", "ops")
client.set_model_version_tag("flight-delay", "1", "checked", "yes")
client.delete_model_version_tag("flight-delay", "2", "from")
assert client.get_registered_model("flight-delay").tags == {"team": "ops"}
assert client.get_model_version("flight-delay", "1").tags["checked"] == "yes"
client.transition_model_version_stage("flight-delay", "1", "Production")
client.transition_model_version_stage("flight-delay", "2", "Production", archive_existing_versions=True)
assert client.get_model_version("flight-delay", "1").current_stage == "Archived"
assert [str(v.version) for v in client.get_latest_versions("flight-delay", ["Production"])] == ["2"]
assert np.allclose(mlflow.pyfunc.load_model("models:/flight-delay/Production").predict(x), y)

copied = client.copy_model_version("models:/flight-delay@champion", "flight-delay-prod")
assert copied.source == "models:/flight-delay/2", copied.source
assert np.allclose(mlflow.pyfunc.load_model("models:/flight-delay-prod/1").predict(x), y)
found = client.search_registered_models("name LIKE 'flight%'", order_by=["name DESC"])
assert [item.name for item in found] == ["flight-delay-prod", "flight-delay"], found
assert [item.name for item in client.search_registered_models("tags.team = 'ops'")] == ["flight-delay"]
page = client.search_registered_models(max_results=1)
assert page.token and len(client.search_registered_models(max_results=1, page_token=page.token)) == 1
versions = client.search_model_versions(f"run_id = '{run.info.run_id}'")
assert {(v.name, str(v.version)) for v in versions} == {
    ("flight-delay", "1"), ("flight-delay", "2"), ("flight-delay-prod", "1")
}, versions
assert [str(v.version) for v in client.search_model_versions("tags.checked = 'yes'")] == ["1"]
target = client.get_model_version_download_uri("flight-delay", "1")
folder = mlflow.artifacts.download_artifacts("models:/flight-delay/1")
assert (Path(folder) / "MLmodel").exists(), target
assert mlflow.models.get_model_info("models:/flight-delay/1").signature is not None

for source in ("/etc/passwd", "file:///etc/passwd", "mlflow-artifacts:/0/../../etc"):
    assert refused(client.create_model_version, "flight-delay", source) == "INVALID_PARAMETER_VALUE", source
assert refused(client.create_registered_model, "flight-delay") == "RESOURCE_ALREADY_EXISTS"
client.delete_model_version("flight-delay", "2")
assert client.get_registered_model("flight-delay").aliases == {}
third = client.create_model_version("flight-delay", f"runs:/{run.info.run_id}/model", run_id=run.info.run_id)
assert str(third.version) == "3", third.version
client.rename_registered_model("flight-delay-prod", "flight-delay-live")
assert refused(client.get_registered_model, "flight-delay-prod") == "RESOURCE_DOES_NOT_EXIST"
client.delete_registered_model("flight-delay-live")

prompts = mlflow.genai if three else mlflow
made = prompts.register_prompt("greeting", "Hello {{ name }}!", commit_message="first", tags={"tone": "kind"})
assert int(made.version) == 1
made = prompts.register_prompt("greeting", "Good day, {{ name }}, from {{ place }}.", commit_message="politer")
assert int(made.version) == 2
(prompts if three else client).set_prompt_alias("greeting", "prod", version=1)
assert prompts.load_prompt("prompts:/greeting@prod").format(name="Ada") == "Hello Ada!"
assert prompts.load_prompt("prompts:/greeting/2").variables == {"name", "place"}
assert refused(client.get_model_version_by_alias, "greeting", "none") == "INVALID_PARAMETER_VALUE"
assert [item.name for item in client.search_registered_models()] == ["flight-delay"]
if three:
    assert mlflow.genai.load_prompt("greeting").version == 2
    chat = mlflow.genai.register_prompt(
        "chat", [{"role": "system", "content": "You are {{ who }}."}, {"role": "user", "content": "{{ question }}"}],
        response_format={"type": "object"}, model_config={"model": "tiny", "temperature": 0.5},
    )
    back = mlflow.genai.load_prompt("prompts:/chat/1")
    assert back.format(who="kind", question="Why?")[0] == {"role": "system", "content": "You are kind."}
    assert back.response_format == {"type": "object"} and back.model_config["model"] == "tiny"
    assert {item.name for item in mlflow.genai.search_prompts()} == {"greeting", "chat"}
    assert [item.name for item in mlflow.genai.search_prompts("name LIKE 'gre%'")] == ["greeting"]
    assert len(client.search_prompt_versions("greeting")) == 2
    mlflow.genai.set_prompt_tag("greeting", "team", "words")
    mlflow.genai.set_prompt_version_tag("greeting", 1, "checked", "yes")
    assert mlflow.genai.get_prompt_tags("greeting")["team"] == "words"
    mlflow.genai.delete_prompt_alias("greeting", "prod")
    assert refused(client.get_model_version_by_alias, "greeting", "prod") == "INVALID_PARAMETER_VALUE"
    with mlflow.start_run() as used:
        mlflow.genai.load_prompt("prompts:/greeting/1")
    client.link_prompt_version_to_run(used.info.run_id, back)
    assert "chat" in client.get_run(used.info.run_id).data.tags["mlflow.linkedPrompts"]
    client.delete_prompt_version("chat", "1")
    client.delete_prompt("chat")
    models = client.search_logged_models([run.info.experiment_id])
    out["registrations"] = models[0].tags.get("mlflow.modelVersions")
sys.stdout.write("\nRESULT " + json.dumps(out) + "\n")
