"""The six webhook calls of the real client, and what a receiver gets. RECEIVER and COUNT are its URLs."""

import json
import os
import sys
import time
import urllib.request

import mlflow
from mlflow import MlflowClient
from mlflow.entities.webhook import WebhookEvent, WebhookStatus
from mlflow.exceptions import MlflowException

client = MlflowClient()
receiver = os.environ["RECEIVER"]
event = WebhookEvent.from_str
made = client.create_webhook(
    name="deploy",
    url=receiver,
    events=[event("registered_model.created"), event("model_version_alias.created"), event("model_version_tag.set")],
    description="told of models",
    secret="the-secret",
)
assert made.status == WebhookStatus.ACTIVE and made.secret is None, made
got = client.get_webhook(made.webhook_id)
assert {str(item) for item in got.events} == {
    "registered_model.created",
    "model_version_alias.created",
    "model_version_tag.set",
}, got.events
assert (got.name, got.description, got.url) == ("deploy", "told of models", receiver)
for number in range(3):
    client.create_webhook(name=f"more-{number}", url=receiver, events=[event("prompt.created")], status="DISABLED")
names, token = [], None
while True:
    page = client.list_webhooks(max_results=2, page_token=token)
    names += [item.name for item in page]
    token = page.token
    if not token:
        break
assert names == ["deploy", "more-0", "more-1", "more-2"], names
result = client.test_webhook(made.webhook_id)
assert result.success and result.response_status == 200 and result.response_body.startswith("noted"), result
result = client.test_webhook(made.webhook_id, event=event("model_version_alias.created"))
assert result.success, result

client.create_registered_model("a-model", tags={"t": "1"}, description="d")
with mlflow.start_run() as run:
    mlflow.log_text("x", "model/file.txt")
version = client.create_model_version("a-model", f"runs:/{run.info.run_id}/model", run_id=run.info.run_id)
client.set_model_version_tag("a-model", version.version, "k", "v")
client.set_registered_model_alias("a-model", "champion", version.version)

deadline = time.monotonic() + 30
while time.monotonic() < deadline:  # what is told before the receiver goes
    with urllib.request.urlopen(os.environ["COUNT"], timeout=5) as answer:
        if int(answer.read()) >= 5:
            break
    time.sleep(0.1)

changed = client.update_webhook(made.webhook_id, name="renamed", status="DISABLED")
assert (changed.name, changed.status) == ("renamed", WebhookStatus.DISABLED)
client.delete_webhook(made.webhook_id)
for call in (lambda: client.get_webhook(made.webhook_id), lambda: client.delete_webhook(made.webhook_id)):
    try:
        call()
    except MlflowException as error:
        assert error.error_code == "RESOURCE_DOES_NOT_EXIST", error.error_code
    else:
        raise AssertionError("it is still there")
for url in ("http://10.0.0.1/", "http://169.254.169.254/", "ftp://8.8.8.8/"):
    try:
        client.create_webhook(name="x", url=url, events=[event("prompt.created")])
    except MlflowException as error:
        assert error.error_code == "INVALID_PARAMETER_VALUE", error.error_code
    else:
        raise AssertionError(url)
print("RESULT", json.dumps({"version": version.version, "run": run.info.run_id}))
sys.exit(0)
