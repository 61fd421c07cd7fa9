"""System metrics and a long run with the asynchronous queue. Prints the run id."""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

import mlflow

experiment = mlflow.set_experiment(f"system-{mlflow.__version__}-{os.getpid()}")
mlflow.config.enable_async_logging(True)
mlflow.set_system_metrics_sampling_interval(0.2)
mlflow.set_system_metrics_samples_before_logging(1)
with mlflow.start_run(log_system_metrics=True) as run:
    until = time.monotonic() + 2.0
    step = 0
    while time.monotonic() < until:
        mlflow.log_metric("tick", step, step=step)
        step += 1
        time.sleep(0.01)
mlflow.flush_async_logging()
client = mlflow.MlflowClient()
history = client.get_metric_history(run.info.run_id, "system/cpu_utilization_percentage")
assert history, "no system metrics arrived"
assert len(client.get_metric_history(run.info.run_id, "tick")) == step

# A large file in parts, when the user asks for that.
os.environ["MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD"] = "true"
os.environ["MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE"] = str(6 * 1024 * 1024)
os.environ["MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE"] = str(5 * 1024 * 1024)
content = os.urandom(12 * 1024 * 1024)
with tempfile.TemporaryDirectory() as folder:
    Path(folder, "large.bin").write_bytes(content)
    client.log_artifact(run.info.run_id, str(Path(folder, "large.bin")), "parts")
    got = client.download_artifacts(run.info.run_id, "parts/large.bin", folder)
    assert Path(got).read_bytes() == content
sys.stdout.write("\nRESULT " + json.dumps({"run": run.info.run_id, "steps": step}) + "\n")
