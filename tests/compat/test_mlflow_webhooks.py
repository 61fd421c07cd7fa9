"""The webhook calls of the unmodified MLflow client, and MLflow's own check of what its receivers get."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.api.receiver import Receiver
from tests.compat.conftest import clean_environment, environment

pytestmark = pytest.mark.compat

_SERVE = (
    "import sys; from modelwright.kit.settings import Settings; from modelwright.server.serve import serve;"
    "serve(Settings(dir=sys.argv[1], port=0, egress_allow=('127.0.0.1',)), lambda url: print(url, flush=True))"
)


def test_the_six_calls_work_and_the_receiver_gets_what_mlflow_would_send(tmp_path: Path) -> None:
    receiver = Receiver()
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE, str(tmp_path / "server")], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        done = subprocess.run(
            [str(environment("3.17")), "-W", "ignore", str(Path(__file__).parent / "clients" / "webhooks.py")],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=170,
            env=clean_environment(
                MLFLOW_TRACKING_URI=url,
                MLFLOW_HTTP_REQUEST_MAX_RETRIES="1",
                RECEIVER=receiver.url,
                COUNT=receiver.url,
            ),
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-6000:]
    finally:
        process.terminate()
        process.wait(20)
        receiver.close()
    result = json.loads(done.stdout.rpartition("RESULT ")[2])
    told = [(f"{got.json['entity']}.{got.json['action']}", got.json["data"]) for got in receiver.got]
    example, alias_example, *real = told
    assert example[1]["name"] == alias_example[1]["name"] == "example_model"
    facts = dict(real)
    assert facts["registered_model.created"] == {"name": "a-model", "tags": {"t": "1"}, "description": "d"}
    alias = facts["model_version_alias.created"]
    assert (alias["name"], alias["alias"], alias["version"]) == ("a-model", "champion", result["version"])
    assert facts["model_version_tag.set"] == {"name": "a-model", "version": result["version"], "key": "k", "value": "v"}
    for got in receiver.got:
        signed = f"{got.headers['x-mlflow-delivery-id']}.{got.headers['x-mlflow-timestamp']}.".encode() + got.body
        expected = base64.b64encode(hmac.new(b"the-secret", signed, hashlib.sha256).digest()).decode()
        assert got.headers["x-mlflow-signature"] == f"v1,{expected}"
