"""Unmodified MLflow clients against a real server of ours; what they logged is looked for through our own API."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from tests.compat.conftest import clean_environment

pytestmark = pytest.mark.compat
_CLIENTS = Path(__file__).parent / "clients"


def run_script(python: Path, script: str, url: str, folder: Path) -> dict[str, Any]:
    """Run a client script; returns what it printed last."""
    done = subprocess.run(
        [str(python), "-W", "ignore", str(_CLIENTS / script)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=170,
        env=clean_environment(
            MLFLOW_TRACKING_URI=url,
            MLFLOW_HTTP_REQUEST_MAX_RETRIES="1",
            MLFLOW_HTTP_REQUEST_TIMEOUT="20",
            OMP_NUM_THREADS="1",
            MLFLOW_REQUIREMENTS_INFERENCE_RAISE_ERRORS="false",
            MPLBACKEND="Agg",
            MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR="false",
        ),
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-6000:]
    return json.loads(done.stdout.rpartition("RESULT ")[2])


def read(url: str, path: str) -> Any:
    """A GET of our own API."""
    with urllib.request.urlopen(f"{url}/api/v1{path}", timeout=20) as answer:
        return json.loads(answer.read())


def search(url: str, experiment: str, text: str = "") -> list[Any]:
    """A search of our own API."""
    body = json.dumps({"experiments": [experiment], "filter": text, "max_results": 1000}).encode()
    request = urllib.request.Request(f"{url}/api/v1/runs:search", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.loads(answer.read())["items"]


def test_the_fluent_and_the_client_api_log_and_read_back(client_python: Path, server_url: str, tmp_path: Path) -> None:
    out = run_script(client_python, "tracking.py", server_url, tmp_path)
    parent = read(server_url, f"/runs/{out['parent']}")
    assert parent["state"] == "finished"
    assert parent["notes"] == "changed **note**"
    assert parent["params"]["lr"] == "0.1"
    assert parent["metrics"]["loss"] == {**parent["metrics"]["loss"], "last": 0.2, "step": 4, "count": 5}
    assert parent["metrics"]["odd"]["nans"] == 1
    assert parent["dataset_inputs"][0]["name"] == "tiny"
    assert "mlflow.runName" not in parent["tags"]
    for number, child in enumerate(out["children"]):
        found = read(server_url, f"/runs/{child}")
        assert found["parent_id"] == out["parent"]
        assert found["metrics"]["score"]["last"] == number * 1.5
    paths = {item["path"] for item in read(server_url, f"/runs/{out['parent']}/artifacts")["items"]}
    assert {"one.bin", "tree", "conf", "table.json", "black.png"} <= paths
    by_client = read(server_url, f"/runs/{out['by_client']}")
    assert by_client["name"] == "by tag"
    assert len(by_client["params"]) == 150
    assert by_client["metrics"]["m0"]["count"] == 500
    assert len(search(server_url, out["experiment_id"], f"parent_id = '{out['parent']}'")) == 3


def test_autologging_models_and_evaluation_work(client_python: Path, server_url: str, tmp_path: Path) -> None:
    out = run_script(client_python, "learning.py", server_url, tmp_path)
    assert read(server_url, f"/runs/{out['sklearn']}")["params"]["C"] == "0.5"
    assert read(server_url, f"/runs/{out['xgboost']}")["metrics"]["train-logloss"]["count"] == 5
    assert read(server_url, f"/runs/{out['lightgbm']}")["metrics"]["train-binary_logloss"]["count"] == 5
    assert read(server_url, f"/runs/{out['evaluate']}")["metrics"]["accuracy_score"]["last"] > 0.5
    assert len(search(server_url, out["experiment_id"], f"parent_id = '{out['grid']}'")) == 2
    if "model_id" in out:
        model = read(server_url, f"/models/{out['model_id']}")
        assert model["state"] == "ready"
        assert model["tags"]["tier"] == "gold"
        assert model["source_run_id"] == out["models"]
        files = {item["path"] for item in read(server_url, f"/models/{out['model_id']}/artifacts")["items"]}
        assert "MLmodel" in files


def test_system_metrics_and_asynchronous_logging_arrive(client_python: Path, server_url: str, tmp_path: Path) -> None:
    out = run_script(client_python, "system.py", server_url, tmp_path)
    run = read(server_url, f"/runs/{out['run']}")
    assert run["metrics"]["tick"]["count"] == out["steps"]
    assert any(key.startswith(("system/memory", "system/system_memory")) for key in run["metrics"])


def test_models_and_prompts_are_registered_moved_found_and_loaded(
    client_python: Path, fresh_url: str, tmp_path: Path
) -> None:
    out = run_script(client_python, "registry.py", fresh_url, tmp_path)
    model = read(fresh_url, "/registered-models/flight-delay")
    assert model["versions"] == 2
    assert model["description"] == "How late will it be?"
    first = read(fresh_url, "/registered-models/flight-delay/versions/1")
    assert first["facts"]["metrics"]["rmse"] == 0.25
    assert first["facts"]["params"]["alpha"] == "0.5"
    assert "sklearn" in first["facts"]["flavors"]
    assert first["facts"]["signature"]["inputs"][0]["type"].startswith("float64")
    assert any("scikit-learn" in line for line in first["facts"]["requirements"])
    moves = read(fresh_url, "/registered-models/flight-delay/history?alias=champion")["items"]
    assert [(move["verb"], move["version"]) for move in moves] == [("deleted", None), ("set", 2), ("set", 1)]
    prompt = read(fresh_url, "/prompts/greeting")
    assert prompt["latest"]["variables"] == ["name", "place"]
    if out["three"]:
        assert '"flight-delay"' in str(out["registrations"])
