"""Does the command do what it says, as a person at a terminal meets it? Real processes, a real server."""

from __future__ import annotations

import csv
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from tests.docs.serving import BIN, environment, mw, server

SCRIPT = """
import modelwright as mw
with mw.init(experiment="kitchen", name="{name}", config={{"lr": {lr}, "model": "tree"}}) as run:
    print("line one of {name}")
    for step in range(10):
        run.log({{"loss": {lr} / (step + 1)}})
    run.log({{"odd": float("nan")}})
    open("note.txt", "w").write("hello")
    run.log_artifact("note.txt")
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cli")


@pytest.fixture(scope="module")
def url(place: Path) -> Iterator[str]:
    """A server with two runs of the experiment `kitchen`."""
    with server(place) as address:
        for name, lr in (("plain", 0.1), ("salted", 0.5)):
            env = environment(place, MODELWRIGHT_URL=address, MODELWRIGHT_SILENT="1")
            subprocess.run([BIN / "python", "-c", SCRIPT.format(name=name, lr=lr)], cwd=place, env=env, check=True)
        yield address


def started_cpu_s(address: str) -> float:
    """Processor time in seconds of the process that listens at an address."""
    port = int(address.rpartition(":")[2])
    for process in psutil.Process().children():
        if any(found.laddr.port == port for found in process.net_connections()):
            times = process.cpu_times()
            return times.user + times.system
    raise AssertionError(f"nobody listens at {address}")


def runs(place: Path, url: str, *words: str) -> list[dict[str, object]]:
    done = mw("runs", "ls", "--json", *words, cwd=place, url=url)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_up_answers_health_within_two_seconds(tmp_path: Path) -> None:
    began = time.monotonic()
    with server(tmp_path) as address:
        took = time.monotonic() - began
        used = started_cpu_s(address)
        assert mw("doctor", "--url", address, cwd=tmp_path).returncode == 0
    # The clock on the wall counts what else the machine does; the processor's own clock does not.
    assert used <= 2.0, f"{used:.2f} s of processor time, {took:.2f} s in all"


def test_runs_are_listed_filtered_and_ordered(place: Path, url: str) -> None:
    assert [run["name"] for run in runs(place, url, "-e", "kitchen", "-o", "metrics.loss ASC")] == ["plain", "salted"]
    assert [run["name"] for run in runs(place, url, "--filter", "params.lr = '0.5'")] == ["salted"]
    assert len(runs(place, url, "--limit", "1")) == 1


def test_the_table_of_runs_shows_states_and_metrics(place: Path, url: str) -> None:
    done = mw("runs", "ls", "-e", "kitchen", "-p", "lr", cwd=place, url=url)
    assert done.returncode == 0, done.stderr
    header, *lines = done.stdout.splitlines()
    assert header.split()[:3] == ["RUN", "NAME", "STATE"]
    assert {"lr", "loss"} <= set(header.split())
    assert sorted(line.split()[1] for line in lines) == ["plain", "salted"]
    assert all("finished" in line for line in lines)


def test_a_run_is_found_by_name_by_id_and_by_the_beginning_of_an_id(place: Path, url: str) -> None:
    whole = json.loads(mw("runs", "show", "plain", "--json", cwd=place, url=url).stdout)
    assert json.loads(mw("runs", "show", whole["id"], "--json", cwd=place, url=url).stdout)["name"] == "plain"
    shown = mw("runs", "show", whole["id"][:31], cwd=place, url=url).stdout
    assert "note.txt" in shown
    assert "loss" in shown
    assert whole["metrics"]["odd"]["last"] == "NaN"


def test_logs_print_what_the_program_wrote(place: Path, url: str) -> None:
    assert "line one of plain" in mw("logs", "plain", cwd=place, url=url).stdout
    assert "line one" in mw("logs", "plain", "-f", cwd=place, url=url).stdout  # an ended run ends the following too
    assert mw("logs", "plain", "--grep", "nowhere", cwd=place, url=url).stdout == ""


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_export_writes_params_points_and_files(place: Path, url: str, tmp_path: Path, form: str) -> None:
    done = mw("export", tmp_path, "-e", "kitchen", "--format", form, cwd=place, url=url)
    assert done.returncode == 0, done.stderr
    folders = sorted((tmp_path / "kitchen").iterdir())
    described = [json.loads((folder / "run.json").read_text()) for folder in folders]
    assert sorted(run["params"]["lr"] for run in described) == [0.1, 0.5]
    assert all((folder / "artifacts" / "note.txt").read_text() == "hello" for folder in folders)
    if form == "csv":
        with (folders[0] / "metrics.csv").open() as file:
            points = list(csv.DictReader(file))
    else:
        import pyarrow.parquet

        points = pyarrow.parquet.read_table(folders[0] / "metrics.parquet").to_pylist()
    assert [float(point["value"]) for point in points if point["key"] == "loss"][1] == pytest.approx(
        described[0]["params"]["lr"] / 2
    )
    assert len([point for point in points if point["key"] == "odd"]) == 1


def test_runs_are_edited_deleted_restored_and_purged(place: Path, url: str) -> None:
    env = environment(place, MODELWRIGHT_URL=url, MODELWRIGHT_SILENT="1")
    subprocess.run([BIN / "python", "-c", SCRIPT.format(name="spare", lr=1.0)], cwd=place, env=env, check=True)
    assert mw("runs", "edit", "spare", "--name", "second", "--tag", "stage=raw", cwd=place, url=url).returncode == 0
    (run,) = runs(place, url, "--filter", "tags.stage = 'raw'")
    assert run["name"] == "second"
    identity = str(run["id"])
    assert mw("runs", "delete", "second", cwd=place, url=url).returncode == 0
    assert [r["id"] for r in runs(place, url, "--deleted")] == [identity]
    assert mw("runs", "restore", identity, cwd=place, url=url).returncode == 0
    assert mw("runs", "delete", identity, "--purge", "--yes", cwd=place, url=url).returncode == 0
    assert mw("runs", "show", identity, cwd=place, url=url).returncode == 1
    assert mw("gc", cwd=place, url=url).returncode == 0


def test_experiments_are_made_renamed_deleted_and_restored(place: Path, url: str) -> None:
    assert mw("experiments", "create", "cellar", "--tag", "team=a", cwd=place, url=url).returncode == 0
    assert mw("experiments", "edit", "cellar", "--name", "attic", cwd=place, url=url).returncode == 0
    assert mw("experiments", "delete", "attic", cwd=place, url=url).returncode == 0
    names = [item["name"] for item in json.loads(mw("experiments", "ls", "--json", cwd=place, url=url).stdout)]
    assert "attic" not in names
    assert mw("experiments", "restore", "attic", cwd=place, url=url).returncode == 0
    assert "attic" in mw("experiments", "ls", cwd=place, url=url).stdout


def test_what_was_logged_without_a_server_is_taken_in_when_one_starts_there(tmp_path: Path) -> None:
    subprocess.run(
        [BIN / "python", "-c", SCRIPT.format(name="offline", lr=0.2)],
        cwd=tmp_path,
        check=True,
        env=environment(tmp_path, MODELWRIGHT_SILENT="1"),
    )
    with server(tmp_path) as address:
        deadline = time.monotonic() + 20
        found: list[dict[str, object]] = []
        while time.monotonic() < deadline and not (found and found[0]["state"] == "finished"):
            found = (
                runs(tmp_path, address, "-e", "kitchen")
                if "kitchen" in mw("experiments", "ls", cwd=tmp_path, url=address).stdout
                else []
            )
            time.sleep(0.2)
        assert [(run["name"], run["state"]) for run in found] == [("offline", "finished")]


def test_sync_ships_a_spool_and_then_has_nothing_to_do(place: Path, url: str, tmp_path: Path) -> None:
    subprocess.run(
        [BIN / "python", "-c", SCRIPT.format(name="shipped", lr=0.2)],
        cwd=tmp_path,
        check=True,
        env=environment(tmp_path, MODELWRIGHT_SILENT="1"),
    )
    first = json.loads(mw("sync", "--json", cwd=tmp_path, url=url).stdout)
    assert (first["runs"], first["points"]) == (1, 11)
    assert json.loads(mw("sync", "--json", cwd=tmp_path, url=url).stdout)["points"] == 0
    assert "note.txt" in mw("runs", "show", "shipped", cwd=tmp_path, url=url).stdout


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["rnus"], 2, "No such command"),
        (["runs", "show"], 2, "Missing argument"),
        (["runs", "ls", "--limit", "many"], 2, "not a valid"),
        (["runs", "show", "nobody"], 1, "nobody"),
        (["runs", "ls", "--filter", "metrics.loss <"], 1, "metrics.loss"),
        (["logs", "nobody"], 1, "nobody"),
        (["import", "mlflow", "nowhere.db"], 1, "nowhere.db"),
        (["import", "mlflow", "mysql://host/db"], 1, "mlflow server"),
        (["runs", "edit", "plain", "--tag", "novalue"], 2, "KEY=VALUE"),
        (["sync", "nowhere"], 0, "nowhere"),
    ],
)
def test_an_error_is_one_line_with_the_right_exit_code(
    place: Path, url: str, words: list[str], code: int, says: str
) -> None:
    done = mw(*words, cwd=place, url=url)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_without_a_server_the_error_says_how_to_start_one(tmp_path: Path) -> None:
    done = mw("runs", "ls", "--url", "http://127.0.0.1:9", cwd=tmp_path)
    assert done.returncode == 1
    assert "mw up" in done.stderr


def test_up_refuses_the_port_of_a_running_server_and_of_another_program(place: Path, url: str, tmp_path: Path) -> None:
    done = mw("up", "--port", url.rpartition(":")[2], cwd=tmp_path)
    assert done.returncode == 1
    assert "already up" in done.stderr
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = mw("up", "--port", str(port), cwd=tmp_path)
    assert done.returncode == 1
    assert "another program" in done.stderr


def test_up_refuses_the_network_until_there_is_an_administrator(tmp_path: Path) -> None:
    done = mw("up", "--host", "0.0.0.0", "--port", "0", cwd=tmp_path)
    assert done.returncode == 1
    assert "mw users add" in done.stderr
    added = subprocess.run(
        [BIN / "mw", "users", "add", "ada", "--admin", "--password-stdin", "--dir", "modelwright-data"],
        cwd=tmp_path,
        input="correct horse battery\n",
        text=True,
        capture_output=True,
        env=environment(tmp_path),
    )
    assert added.returncode == 0, added.stderr
    made = mw("tokens", "create", "--user", "ada", "--dir", "modelwright-data", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    with server(tmp_path, "--auth") as address:
        refused = mw("runs", "ls", cwd=tmp_path, url=address)
        assert refused.returncode == 1
        assert "mw login" in refused.stderr
        login = mw("login", "--url", address, "--token", made.stdout.strip(), cwd=tmp_path)
        assert login.returncode == 0, login.stderr
        assert "ada" in login.stderr
        assert mw("runs", "ls", cwd=tmp_path).returncode == 0
        kept = tmp_path / "config" / "credentials.json"
        assert kept.stat().st_mode & 0o777 == 0o600
        listed = json.loads(mw("users", "ls", "--json", cwd=tmp_path).stdout)
        assert [user["name"] for user in listed] == ["ada"]
        assert mw("logout", cwd=tmp_path).returncode == 0
        assert mw("runs", "ls", "--url", address, cwd=tmp_path).returncode == 1


def test_backup_and_restore_bring_everything_to_another_folder(place: Path, url: str, tmp_path: Path) -> None:
    done = mw("backup", tmp_path / "copy", cwd=place)
    assert done.returncode == 0, done.stderr
    assert mw("restore", tmp_path / "copy", "--dir", tmp_path / "modelwright-data", cwd=tmp_path).returncode == 0
    again = mw("restore", tmp_path / "copy", "--dir", tmp_path / "modelwright-data", cwd=tmp_path)
    assert again.returncode == 1
    assert "already holds" in again.stderr
    before = {str(run["id"]) for run in runs(place, url, "-e", "kitchen")}
    with server(tmp_path) as address:
        assert {str(run["id"]) for run in runs(tmp_path, address, "-e", "kitchen")} == before
    assert mw("doctor", cwd=tmp_path).returncode == 0
