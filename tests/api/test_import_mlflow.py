"""Does `mw import mlflow` bring everything, once, whatever happens in between? Stores made by real MLflow versions."""

from __future__ import annotations

import json
import math
import os
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.compat.conftest import clean_environment, environment
from tests.docs.serving import BIN, mw, server
from tests.docs.serving import environment as ours

from modelwright.sdk.client import Client
from modelwright.types.tracking import Lifecycle

MAKE = Path(__file__).parent / "foreign" / "mlflow_store.py"
RUNS = 24


def make(folder: Path, version: str) -> Path:
    """A store of an MLflow version in `folder`; returns its database."""
    command = [environment(version), MAKE, str(RUNS)]
    done = subprocess.run(command, cwd=folder, env=clean_environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder / "mlflow.db"


@pytest.fixture(scope="module", params=["3.17", "2.22"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("mlflow"), request.param)


def rows(store: Path, text: str, *args: object) -> list[dict[str, Any]]:
    """What MLflow itself has stored."""
    db = sqlite3.connect(store)
    db.row_factory = sqlite3.Row
    found = [dict(row) for row in db.execute(text, args)]
    db.close()
    return found


def report(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    assert done.stdout, done.stderr
    return {row["kind"]: row for row in json.loads(done.stdout)["report"]}


def compare(store: Path, url: str, *, proxied: bool = False) -> None:
    """Everything that the store holds is on the server, with the same ids, times and values."""
    with Client(url) as client:
        experiments = {item.name: item for item in client.experiments.search(lifecycle=None)}
        for theirs in rows(store, "SELECT * FROM experiments"):
            assert experiments[theirs["name"]].lifecycle.value == theirs["lifecycle_stage"]
            tags = rows(
                store, "SELECT key, value FROM experiment_tags WHERE experiment_id = ?", theirs["experiment_id"]
            )
            assert {tag["key"]: tag["value"] for tag in tags}.items() <= experiments[theirs["name"]].tags.items()
        names = {item.id: item.name for item in experiments.values()}
        for theirs in rows(store, "SELECT r.*, e.name AS home FROM runs r JOIN experiments e USING (experiment_id)"):
            run = client.runs.get(theirs["run_uuid"])
            assert names[run.experiment_id] == theirs["home"]
            assert (run.name, run.user, run.start_ms, run.end_ms) == (
                theirs["name"], theirs["user_id"], theirs["start_time"], theirs["end_time"],
            )  # fmt: skip
            assert run.state.value.upper() == theirs["status"]
            assert run.lifecycle.value == theirs["lifecycle_stage"]
            for table, here in (("params", run.params), ("tags", run.tags)):
                pairs = rows(store, f"SELECT key, value FROM {table} WHERE run_uuid = ?", run.id)
                wanted = {pair["key"]: pair["value"] for pair in pairs}
                # Our wire tells a run's user in a tag also where MLflow keeps it in a column alone.
                assert {key: here[key] for key in here if key in wanted or key != "mlflow.user"} == wanted
            compare_points(store, client, run.id)
            assert run.parent_id == run.tags.get("mlflow.parentRunId")
            inputs = rows(
                store,
                "SELECT d.* FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id WHERE i.destination_id = ?",
                run.id,
            )
            assert sorted((i["name"], i["digest"]) for i in inputs) == sorted(
                (i.name, i.digest) for i in run.dataset_inputs
            )
            if not proxied:
                compare_files(Path(theirs["artifact_uri"].removeprefix("file://")), client, run.id)
        compare_models(store, client, proxied=proxied)


def compare_points(store: Path, client: Client, run_id: str) -> None:
    theirs: dict[str, list[tuple[int, int, str]]] = {}
    for point in rows(store, "SELECT * FROM metrics WHERE run_uuid = ?", run_id):
        value = math.nan if point["is_nan"] else float(point["value"])
        theirs.setdefault(point["key"], []).append((point["step"], point["timestamp"], repr(value)))
    keys = {item["key"] for item in client.series.metrics(run_id)} if theirs else set()
    assert keys == set(theirs)
    for key, points in theirs.items():
        here = [(step, time, repr(value)) for step, time, value in client.series.history(run_id, key).rows()]
        assert sorted(here) == sorted(points)


def compare_files(folder: Path, client: Client, owner: str) -> None:
    there = (
        {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
        if folder.is_dir()
        else {}
    )
    assert {item.path for item in client.artifacts.walk(owner)} == set(there)
    assert all(client.artifacts.read(owner, name) == content for name, content in there.items())


def compare_models(store: Path, client: Client, *, proxied: bool) -> None:
    if not rows(store, "SELECT 1 FROM sqlite_master WHERE name = 'logged_models'"):
        return
    for theirs in rows(store, "SELECT * FROM logged_models"):
        model = client.models.get(theirs["model_id"])
        assert (model.name, model.source_run_id, model.state.value) == (
            theirs["name"],
            theirs["source_run_id"],
            "ready",
        )
        assert model.created_ms == theirs["creation_timestamp_ms"]
        pairs = rows(store, "SELECT param_key, param_value FROM logged_model_params WHERE model_id = ?", model.id)
        assert {pair["param_key"]: pair["param_value"] for pair in pairs} == model.params
        metrics = rows(store, "SELECT metric_name, metric_step FROM logged_model_metrics WHERE model_id = ?", model.id)
        assert sorted((m["metric_name"], m["metric_step"]) for m in metrics) == sorted(
            (m.key, m.step) for m in model.metrics
        )
        assert model.id in [output.model_id for output in client.runs.get(theirs["source_run_id"]).model_outputs]
        if not proxied:
            compare_files(Path(theirs["artifact_location"].removeprefix("file://")), client, model.id)


def test_a_sqlite_store_arrives_whole_and_a_second_import_stores_nothing(store: Path, tmp_path: Path) -> None:
    with server(tmp_path) as url:
        first = mw("import", "mlflow", store, "--json", cwd=tmp_path, url=url)
        assert first.returncode == 0, first.stderr
        counts = report(first)
        assert counts["runs"]["stored"] == RUNS + 6
        assert counts["points"]["stored"] == rows(store, "SELECT count(*) AS n FROM metrics")[0]["n"]
        assert all(row["read"] == row["stored"] + row["skipped"] for row in counts.values())
        compare(store, url)
        second = report(mw("import", "mlflow", store, "--json", cwd=tmp_path, url=url))
        forgetful = report(mw("import", "mlflow", store, "--json", "--state", "elsewhere", cwd=tmp_path, url=url))
        for again in (second, forgetful):
            assert {kind: row["stored"] for kind, row in again.items() if row["stored"]} == {}
        assert forgetful["points"]["read"] == counts["points"]["read"]
        compare(store, url)


def test_an_import_that_is_killed_goes_on_where_it_was(store: Path, tmp_path: Path) -> None:
    with server(tmp_path) as url, Client(url) as client:
        total = 0
        for some in (3, 10, 20):
            command = [BIN / "mw", "import", "mlflow", store, "--url", url]
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            process = subprocess.Popen(command, cwd=tmp_path, env=ours(tmp_path), **quiet)
            until = time.monotonic() + 60
            while process.poll() is None and time.monotonic() < until:
                total = sum(client.runs.count(lifecycle=life) for life in (Lifecycle.ACTIVE, Lifecycle.DELETED))
                if total >= some:
                    process.send_signal(signal.SIGKILL)
                    break
                time.sleep(0.02)
            process.wait(timeout=30)
        assert 0 < total < RUNS + 6
        last = mw("import", "mlflow", store, "--json", cwd=tmp_path, url=url)
        assert last.returncode == 0, last.stderr
        assert 0 < report(last)["runs"]["stored"] < RUNS + 6
        compare(store, url)


def test_people_s_edits_and_later_points_survive_another_import(tmp_path: Path) -> None:
    store = make(tmp_path, "3.17")
    with server(tmp_path) as url, Client(url) as client:
        assert mw("import", "mlflow", store, cwd=tmp_path, url=url).returncode == 0
        (going,) = client.runs.search("attributes.run_name = 'still going'")
        assert (
            mw("runs", "edit", "one", "--tag", "colour=red", "--tag", "mine=yes", cwd=tmp_path, url=url).returncode == 0
        )
        db = sqlite3.connect(store)
        (one,) = db.execute("SELECT run_uuid FROM runs WHERE name = 'one'").fetchone()
        for run in (going.id, one):
            db.execute("INSERT INTO metrics VALUES ('late', 1.5, 1700000000000, ?, 3, 0)", (run,))
            db.execute("INSERT INTO latest_metrics VALUES ('late', 1.5, 1700000000000, 3, 0, ?)", (run,))
        db.execute("UPDATE runs SET status = 'FINISHED', end_time = 1700000000001 WHERE run_uuid = ?", (going.id,))
        db.commit()
        db.close()
        counts = report(mw("import", "mlflow", store, "--json", cwd=tmp_path, url=url))
        assert counts["points"]["stored"] == 2
        assert counts["tags"]["reasons"]["edited here since"] == 1
        after = client.runs.get(one)
        assert (after.tags["colour"], after.tags["mine"], after.metrics["late"].last) == ("red", "yes", 1.5)
        assert client.runs.get(going.id).end_ms == 1_700_000_000_001


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A live MLflow 3.17 server over a store, with its database."""
    folder = tmp_path_factory.mktemp("upstream")
    store = make(folder, "3.17")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        environment("3.17"), "-m", "mlflow", "server", "--backend-store-uri", f"sqlite:///{store}",
        "--host", "127.0.0.1", "--port", str(port), "--artifacts-destination", folder / "proxied", "--workers", "1",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=folder, env=clean_environment(), start_new_session=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 90
    while True:
        try:
            urllib.request.urlopen(f"{url}/health", timeout=2).close()
            break
        except OSError:
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.3)
    script = (
        "import mlflow; mlflow.set_experiment('over the wire')\n"
        "with mlflow.start_run(run_name='proxied'): mlflow.log_text('far away', 'deep/er/note.txt')"
    )
    env = clean_environment(MLFLOW_TRACKING_URI=url)
    subprocess.run([environment("3.17"), "-c", script], env=env, check=True, cwd=folder, capture_output=True)
    yield url, store
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(timeout=30)


def test_a_live_mlflow_server_arrives_whole_and_so_does_ours(upstream: tuple[str, Path], tmp_path: Path) -> None:
    source, store = upstream
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with server(tmp_path / "a") as url, server(tmp_path / "b") as next_url:
        done = mw("import", "mlflow", source, "--json", cwd=tmp_path / "a", url=url)
        assert done.returncode == 0, done.stdout + done.stderr
        compare(store, url, proxied=True)
        with Client(url) as client:
            proxied = client.runs.find("proxied")
            assert client.artifacts.read(proxied.id, "deep/er/note.txt") == b"far away"
            assert client.artifacts.read(client.runs.find("one").id, "a/b/notes.txt") == b"hello"
        again = report(mw("import", "mlflow", source, "--json", cwd=tmp_path / "a", url=url))
        assert {kind: row["stored"] for kind, row in again.items() if row["stored"]} == {}
        onward = mw("import", "mlflow", url, "--json", cwd=tmp_path / "b", url=next_url)
        assert onward.returncode == 0, onward.stdout + onward.stderr
        compare(store, next_url, proxied=True)
        with Client(next_url) as client:
            assert client.artifacts.read(proxied.id, "deep/er/note.txt") == b"far away"


def test_what_is_no_mlflow_store_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database at all, only text that is long enough to be looked at")
    sqlite3.connect(tmp_path / "other.db").execute("CREATE TABLE t (a)").connection.close()
    with server(tmp_path) as url:
        for name, says in (("text.db", "not a SQLite database"), ("other.db", "not the database of an MLflow server")):
            done = mw("import", "mlflow", name, cwd=tmp_path, url=url)
            assert (done.returncode, len(done.stderr.strip().splitlines())) == (1, 1)
            assert says in done.stderr
