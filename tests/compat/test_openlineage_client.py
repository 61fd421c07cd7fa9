"""The real `openlineage-python` client against our server, and our server telling another of its runs."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import urllib3
from tests.compat.conftest import clean_environment, made, served

PINS = ["openlineage-python==1.54.*"]
_SCRIPT = """
import sys
from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import Dataset, InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.event_v2 import DatasetEvent, JobEvent
from openlineage.client.facet_v2 import column_lineage_dataset, parent_run, schema_dataset
from openlineage.client.uuid import generate_new_uuid
from datetime import datetime, timezone

client = OpenLineageClient(config={"transport": {
    "type": "http", "url": sys.argv[1], "compression": "gzip", "auth": {"type": "api_key", "apiKey": "mw_x_y"}}})
now = lambda: datetime.now(timezone.utc).isoformat()
above, run = str(generate_new_uuid()), str(generate_new_uuid())
parent = parent_run.ParentRunFacet(run=parent_run.Run(runId=above), job=parent_run.Job(namespace="py", name="all"))
fields = {"delay": column_lineage_dataset.Fields(inputFields=[
    column_lineage_dataset.InputField(namespace="pg://db", name="raw", field="dep_delay")])}
made = OutputDataset(namespace="pg://db", name="flights", facets={
    "schema": schema_dataset.SchemaDatasetFacet(fields=[schema_dataset.SchemaDatasetFacetFields("delay", "int")]),
    "columnLineage": column_lineage_dataset.ColumnLineageDatasetFacet(fields=fields)})
for state in (RunState.COMPLETE, RunState.START):  # the end first
    client.emit(RunEvent(eventTime=now(), eventType=state, run=Run(run, facets={"parent": parent}),
                         job=Job("py", "load"), inputs=[InputDataset("pg://db", "raw")], outputs=[made]))
client.emit(JobEvent(eventTime=now(), job=Job("py", "static"), inputs=[InputDataset("pg://db", "flights")],
                     outputs=[OutputDataset("pg://db", "report")]))
client.emit(DatasetEvent(eventTime=now(), dataset=Dataset("pg://db", "alone")))
print(above, run)
"""


def test_the_python_client_sends_all_kinds_of_events(tmp_path: Path) -> None:
    python = made("openlineage", PINS)
    with served(tmp_path) as url:
        done = subprocess.run(
            [str(python), "-c", _SCRIPT, url], capture_output=True, text=True, env=clean_environment(), timeout=120
        )
        assert done.returncode == 0, done.stderr
        above, run = done.stdout.split()
        told = _get(f"{url}/api/v1/jobs/runs/{run}")
        assert (told["state"], told["parentRunId"]) == ("COMPLETED", above)
        graph = _get(f"{url}/api/v1/lineage?nodeId=dataset:pg://db:report&depth=5")["graph"]
        assert {each["id"] for each in graph} == {
            "dataset:pg://db:raw", "job:py:load", "dataset:pg://db:flights", "job:py:static", "dataset:pg://db:report",
        }
        columns = _get(f"{url}/api/v1/lineage/columns?node=table:pg://db::flights&column=delay")
        assert {each["column"] for each in columns["nodes"]} == {"delay", "dep_delay"}
        assert _get(f"{url}/api/v1/namespaces/pg%3A%2F%2Fdb/datasets/alone")["name"] == "alone"


def test_runs_are_told_to_another_server_which_was_down_at_first(tmp_path: Path) -> None:
    (tmp_path / "sender").mkdir()
    (tmp_path / "receiver").mkdir()
    with served(tmp_path / "receiver") as found:
        port = found.rsplit(":", 1)[1]
    settings = {
        "MODELWRIGHT_SERVER_OPENLINEAGE_URL": f"http://127.0.0.1:{port}/api/v1/lineage",
        "MODELWRIGHT_SERVER_EGRESS_ALLOW": f"127.0.0.1:{port}",
    }
    with served(tmp_path / "sender", 0, **settings) as sender:
        time.sleep(3)  # the first look marks where it begins
        run = _post(f"{sender}/api/v1/runs", {"name": "trial", "experiment": "flights", "params": {"lr": 0.1}})
        dataset = {"name": "raw", "digest": "d1", "source_type": "local", "source": "raw.csv"}
        _post(f"{sender}/api/v1/runs/{run['id']}/inputs", {"datasets": [dataset]})
        model = _post(f"{sender}/api/v1/models", {"name": "delay", "source_run_id": run["id"]})
        _post(f"{sender}/api/v1/runs/{run['id']}/outputs", {"models": [{"model_id": model["id"]}]})
        _post(f"{sender}/api/v1/runs/{run['id']}", {"state": "finished"}, "PATCH")
        time.sleep(2)  # nobody listens there yet
        with served(tmp_path / "receiver", port=int(port)) as receiver:
            until = time.monotonic() + 60
            while time.monotonic() < until:
                told = _get(f"{receiver}/api/v1/namespaces/modelwright/jobs", missing=True)
                if told and told["jobs"] and told["jobs"][0]["latestRun"]["state"] == "COMPLETED":
                    break
                time.sleep(0.5)
            job = _get(f"{receiver}/api/v1/namespaces/modelwright/jobs/flights")
            assert job["latestRun"]["state"] == "COMPLETED"
            assert job["latestRun"]["id"].replace("-", "") == run["id"]
            assert job["latestRun"]["facets"]["modelwright_run"]["params"] == {"lr": 0.1}
            assert [each["name"] for each in job["inputs"]] == ["datasets/raw"]
            assert [each["name"] for each in job["outputs"]] == [f"models/{model['id']}"]


def _get(url: str, *, missing: bool = False) -> Any:
    answer = urllib3.request("GET", url)
    if missing and answer.status == 404:
        return None
    assert answer.status == 200, answer.data
    return json.loads(answer.data)


def _post(url: str, body: Any, method: str = "POST") -> Any:
    answer = urllib3.request(method, url, json=body)
    assert answer.status < 300, answer.data
    return json.loads(answer.data) if answer.data else None
