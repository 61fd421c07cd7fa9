"""The SDK against a real server process: what a run becomes, how it ends, how it goes on."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.survive.processes import ServerProcess

import modelwright as mw
from modelwright.sdk.client import Client
from modelwright.types.errors import Conflict, Invalid, NotFound, Unavailable
from modelwright.types.tracking import LogBatch, Points, RunState, SeriesQuery


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def client(server: ServerProcess) -> Client:
    return Client(server.url)


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, server: ServerProcess) -> None:
    for name, value in {
        "URL": server.url, "CONFIG_DIR": str(tmp_path / "config"), "DIR": str(tmp_path / "data"), "SILENT": "1",
        "SYSTEM_METRICS": "0", "CONSOLE": "off", "GIT": "0",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"MODELWRIGHT_{name}", value)


def script(*lines: str, wait: bool = True, env: dict[str, str] | None = None) -> subprocess.Popen[str]:
    """A user's program."""
    program = "\n".join(("import modelwright as mw, time, sys, os", *lines))
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **(env or {})},
    )
    if wait:
        process.out, process.err = process.communicate(timeout=60)  # type: ignore[attr-defined]
    return process


def test_a_run_arrives_with_everything_that_was_logged(client: Client, tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"\x00" * 3_000_000)
    with mw.init(
        "all",
        name="everything",
        config={"lr": 0.1, "net": {"depth": 2}},
        tags=["fast", "small"],
        notes="hello",
        group="g",
    ) as run:
        run.define_metric("acc", goal="max")
        for step in range(50):
            mw.log({"acc": step % 7, "loss": math.nan if step == 3 else 1 / (step + 1)})
        mw.log({"picture": mw.Html("<b>hi</b>")})
        mw.log_artifact(tmp_path / "model.bin", "models/")
        mw.alert("look", level="warning")
        mw.log_input(
            "flights", source="https://me:hunter2@host/flights.csv", schema={"delay": "float"}, context="training"
        )
        mw.summary["score"] = 0.5
        run.set_tags(owner="me")
    stored = client.runs.get(run.id)
    assert (stored.state, stored.name, stored.notes, stored.group) == (RunState.FINISHED, "everything", "hello", "g")
    assert stored.params == {"lr": 0.1, "net.depth": 2}
    assert stored.tags["fast"] == "true" and stored.tags["owner"] == "me"
    assert stored.metrics["acc"].best == 6 and stored.metrics["loss"].nans == 1 and stored.summary["score"] == 0.5
    assert stored.origin is not None and stored.origin.packages["msgspec"] and stored.origin.pid == os.getpid()
    assert any(key.startswith("alert.") for key in stored.summary)
    (dataset,) = stored.dataset_inputs
    assert (dataset.name, dataset.source, dataset.tags) == (
        "flights",
        "https://host/flights.csv",
        {"context": "training"},
    )
    assert dataset.schema == '{"delay":"float"}' and dataset.digest
    files = {item.path: item.size for item in client.artifacts.walk(run.id)}
    assert files["models/model.bin"] == 3_000_000
    (page,) = [path for path in files if path.startswith("media/picture/")]
    assert client.artifacts.read(run.id, page) == b"<b>hi</b>"
    history = client.series.history(run.id, "loss")
    assert list(history.steps) == list(range(50)) and math.isnan(history.values[3])
    grid = client.series.query(SeriesQuery(runs=[run.id], metrics=["acc"]))
    assert grid.lines[0].points == 50
    assert list((tmp_path / "data" / "spool").iterdir()) == [], "what is acknowledged leaves nothing behind"


def test_a_run_is_found_by_name_and_by_the_beginning_of_its_id(client: Client) -> None:
    with mw.init("find", name="needle") as run:
        pass
    assert client.runs.find("needle").id == client.runs.find(run.id).id == client.runs.find(run.id[:20]).id == run.id
    assert client.runs.count("attributes.run_name = 'needle'") == 1
    with pytest.raises(NotFound):
        client.runs.find("haystack")


def test_an_id_is_resumed_only_where_that_was_said(client: Client) -> None:
    with mw.init("again", id="resumable", config={"lr": 1}) as first:
        first.log({"x": 0}, step=9)
    with pytest.raises(Conflict, match="already"):
        mw.init("again", id="resumable")
    with mw.init("again", id="resumable", resume="allow", config={"more": 2}) as run:
        assert run.step == 10 and run.config["lr"] == 1
        assert client.runs.get("resumable").state is RunState.RUNNING
        run.log({"x": 1})
    stored = client.runs.get("resumable")
    assert (stored.state, stored.params, stored.metrics["x"].step) == (RunState.FINISHED, {"lr": 1, "more": 2}, 10)
    with pytest.raises(NotFound):
        mw.init("again", id="never-seen", resume="must")


def test_the_id_of_a_cluster_job_is_the_same_after_a_preemption(
    monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    monkeypatch.setenv("SLURM_JOB_ID", "4711")
    monkeypatch.setenv("MODELWRIGHT_RESUME", "auto")
    with mw.init("cluster") as first:
        first.log({"x": 0})
    with mw.init("cluster") as second:
        second.log({"x": 1})
    assert first.id == second.id and client.runs.get(first.id).metrics["x"].count == 2


def test_a_fork_begins_with_the_points_up_to_its_step(client: Client) -> None:
    with mw.init("fork", config={"lr": 1}) as first:
        for step in range(10):
            first.log({"x": step})
    with mw.init("fork", fork_from=f"{first.id}@4", config={"lr": 2}, name="branch") as second:
        assert second.step == 5
        second.log({"x": 100})
    history = client.series.history(second.id, "x")
    assert list(history.values) == [0, 1, 2, 3, 4, 100]
    stored = client.runs.get(second.id)
    assert (stored.forked_from, stored.fork_step, stored.params["lr"], stored.name) == (first.id, 4, 2, "branch")
    assert stored.state is RunState.FINISHED


def test_a_stop_reaches_the_script(client: Client) -> None:
    with mw.init("stop", stop="interrupt") as run:
        run.log({"x": 1})
        deadline = time.monotonic() + 20
        while run.id not in {item.id for item in client.runs.search(limit=20)} and time.monotonic() < deadline:
            time.sleep(0.05)
        client.runs.stop(run.id)
        with pytest.raises(KeyboardInterrupt):
            while time.monotonic() < deadline:
                run.log({"x": 2})
                time.sleep(0.02)
        assert run.stop_requested


@pytest.mark.parametrize(
    ("ending", "state"),
    [
        ("pass", RunState.FINISHED),
        ("raise ValueError('boom')", RunState.FAILED),
        ("sys.exit(3)", RunState.FAILED),
        ("raise KeyboardInterrupt", RunState.KILLED),
        ("os.kill(os.getpid(), 15); time.sleep(30)", RunState.KILLED),
    ],
)
def test_how_a_script_ends_is_the_state_of_its_run(client: Client, ending: str, state: RunState) -> None:
    process = script("run = mw.init('ends')", "mw.log({'x': 1})", "print(run.id, flush=True)", ending)
    stored = client.runs.get(process.out.strip())  # type: ignore[attr-defined]
    assert stored.state is state and stored.metrics["x"].count == 1 and stored.end_ms


def test_an_interrupt_ends_the_run_as_killed(client: Client) -> None:
    process = script(
        "run = mw.init('ends')", "mw.log({'x': 1})", "print(run.id, flush=True)", "time.sleep(60)", wait=False
    )
    assert process.stdout is not None
    run_id = process.stdout.readline().strip()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert client.runs.get(run_id).state is RunState.KILLED


def test_console_output_keeps_colours_and_the_last_state_of_a_bar(client: Client) -> None:
    process = script(
        "import logging",
        "handler = logging.StreamHandler()",
        "run = mw.init('console', console='wrap')",
        "print('\\x1b[31mred\\x1b[0m')",
        "for i in range(101): sys.stderr.write(f'\\r{i}%')",
        "sys.stderr.write('\\n')",
        "logging.getLogger('x').addHandler(handler); logging.getLogger('x').warning('from a logger')",
        "print('no newline', end='')",
        "run.finish()",
        "print()",
        "print(run.id)",
    )
    assert process.returncode == 0, process.err  # type: ignore[attr-defined]
    run_id = process.out.split()[-1]  # type: ignore[attr-defined]
    lines = {(line.stream, line.text) for line in client.console.lines(run_id)}
    assert lines == {
        ("stdout", "\x1b[31mred\x1b[0m"),
        ("stderr", "100%"),
        ("stderr", "from a logger"),
        ("stdout", "no newline"),
    }


def test_the_output_of_child_processes_is_heard_at_the_file_descriptors(client: Client) -> None:
    process = script(
        "run = mw.init('console', console='fd')",
        "import subprocess",
        "subprocess.run([sys.executable, '-c', 'print(\"from a child\")'])",
        "print('from the parent', flush=True)",
        "run.finish()",
        "print(run.id, flush=True)",
    )
    run_id = process.out.split()[-1]  # type: ignore[attr-defined]
    assert [line.text for line in client.console.lines(run_id)] == ["from a child", "from the parent"]
    assert "from a child" in process.out  # type: ignore[attr-defined]


def test_forked_workers_log_to_the_run_of_their_parent(client: Client) -> None:
    process = script(
        "import multiprocessing as mp",
        "def work(rank):",
        "    for step in range(100): mw.log({f'worker{rank}': step}, step=step)",
        "run = mw.init('forks', console='wrap')",
        "mw.log({'parent': 1})",
        "context = mp.get_context('fork')",
        "workers = [context.Process(target=work, args=(rank,)) for rank in range(3)]",
        "[worker.start() for worker in workers]; [worker.join() for worker in workers]",
        "mw.log({'parent': 2})",
        "run.finish()",
        "print(run.id, run.dropped)",
    )
    assert process.returncode == 0, process.err  # type: ignore[attr-defined]
    run_id, dropped = process.out.split()[-2:]  # type: ignore[attr-defined]
    stored = client.runs.get(run_id)
    counts = {key: summary.count for key, summary in stored.metrics.items()}
    assert counts == {"parent": 2, "worker0": 100, "worker1": 100, "worker2": 100}
    assert stored.state is RunState.FINISHED and dropped == "0"


def test_one_refused_value_does_not_take_the_good_ones_with_it(client: Client) -> None:
    with mw.init("refused") as run:
        run.define_metric("once", policy="error")
        run.flush()
        time.sleep(1.0)
        run.log({"once": 1, "good": 1}, step=0)
        run.flush()
        time.sleep(1.0)
        run.log({"once": 2, "good": 2}, step=0)
        run.log({"good": 3}, step=1)
    counts = {key: summary.count for key, summary in client.runs.get(run.id).metrics.items()}
    assert counts["good"] == 3 and counts["once"] == 1


def test_system_metrics_come_with_the_run(client: Client) -> None:
    with mw.init("system", system_metrics=0.2) as run:
        time.sleep(1.0)
    keys = set(client.runs.get(run.id).metrics)
    assert {"system/cpu", "system/memory", "system/process_memory_mb", "system/disk"} <= keys


def test_uncommitted_changes_are_kept_and_secrets_are_not(client: Client, tmp_path: Path) -> None:
    folder = tmp_path / "code"
    folder.mkdir()
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    (folder / "train.py").write_text(
        "import modelwright as mw\nwith mw.init('git', git=True) as run:\n    mw.log({'x': 1})\nprint(run.id)\n"
    )
    subprocess.run([*git, "init", "-q", "-b", "trunk"], check=True)
    subprocess.run([*git, "remote", "add", "origin", "https://me:hunter2@example.com/repo.git"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "first"], check=True)
    with (folder / "train.py").open("a") as file:
        file.write("# changed\n")
    env = {**os.environ, "AWS_SECRET_ACCESS_KEY": "hunter2", "SLURM_JOB_ID": "5"}
    done = subprocess.run(
        [sys.executable, "train.py", "--password", "hunter2", "--api-key=hunter2", "--lr", "3"],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    run_id = done.stdout.strip()
    origin = client.runs.get(run_id).origin
    assert origin is not None and origin.git is not None
    assert origin.git.dirty and origin.git.branch == "trunk" and origin.git.remote == "https://example.com/repo.git"
    assert origin.command[-5:] == ["--password", "***", "--api-key=***", "--lr", "3"]
    assert origin.environment["SLURM_JOB_ID"] == "5" and "hunter2" not in repr(origin)
    assert b"+# changed" in client.artifacts.read(run_id, "code/diff.patch")


def test_a_download_goes_on_where_it_broke_off(client: Client, tmp_path: Path) -> None:
    run = client.runs.create(mw_create())
    content = os.urandom(2_500_000)
    (tmp_path / "source").write_bytes(content)
    moved: list[int] = []
    stored = client.artifacts.upload(
        run.id, "deep/file.bin", tmp_path / "source", report=lambda _, count: moved.append(count)
    )
    assert stored.size == len(content) == sum(moved)
    (tmp_path / "copy.part").write_bytes(content[:1_000_000])
    moved.clear()
    client.artifacts.download(run.id, "deep/file.bin", tmp_path / "copy", report=lambda _, count: moved.append(count))
    assert (tmp_path / "copy").read_bytes() == content and sum(moved) == 1_500_000
    assert client.artifacts.read(run.id, "deep/file.bin", start=10, length=5) == content[10:15]
    assert client.artifacts.download_folder(run.id, "deep", tmp_path / "all") == 1
    assert client.artifacts.exists(run.id, "deep/file.bin") and not client.artifacts.exists(run.id, "nothing")


def mw_create() -> object:
    from modelwright.types.tracking import RunCreate

    return RunCreate(name="made by hand")


def test_a_batch_by_hand_is_safe_to_repeat(client: Client) -> None:
    run = client.runs.create(mw_create())
    batch = LogBatch(
        writer="hand", seq=1, points=[Points(key="x", steps=[0, 0], times_ms=[1, 2], values=[1.0, math.inf])]
    )
    assert not client.runs.log(run.id, batch).duplicate
    assert client.runs.log(run.id, batch).duplicate
    assert list(client.series.history(run.id, "x").values) == [1.0, math.inf]


def test_events_tell_of_new_points(client: Client) -> None:
    run = client.runs.create(mw_create())
    news = client.news.follow(kinds=["run.points"], subject=run.id, after=0, give_up_s=10)
    client.runs.log(run.id, LogBatch(points=[Points(key="x", steps=[0], times_ms=[1], values=[1.0])]))
    event = next(iter(news))
    assert (event.kind, event.subject) == ("run.points", run.id)


def test_refusals_are_the_errors_of_the_vocabulary(client: Client, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        client.runs.get("0" * 32)
    with pytest.raises(Invalid) as refused:
        list(client.runs.search("metrics.a >"))
    assert refused.value.message and refused.value.where
    with pytest.raises(Unavailable, match="cannot reach"):
        Client("http://127.0.0.1:9", timeout_s=1).runs.get("x")
    with pytest.raises(Invalid):
        Client("ftp://somewhere")
    with pytest.raises(Invalid):
        mw.init(mode="sometimes")
    with pytest.raises(Invalid):
        mw.sync(tmp_path / "nowhere")


def test_everything_can_be_chosen_by_the_environment(client: Client) -> None:
    process = script(
        "run = mw.init()",
        "print(run.id)",
        env={
            "MODELWRIGHT_EXPERIMENT": "from env", "MODELWRIGHT_NAME": "n", "MODELWRIGHT_GROUP": "g",
            "MODELWRIGHT_TAGS": "a=1,b", "MODELWRIGHT_NOTES": "text", "MODELWRIGHT_KIND": "evaluation",
            "MODELWRIGHT_RUN_ID": "from-env",
        },
    )  # fmt: skip
    stored = client.runs.get(process.out.strip())  # type: ignore[attr-defined]
    assert (stored.id, stored.name, stored.group, stored.notes, stored.kind) == (
        "from-env",
        "n",
        "g",
        "text",
        "evaluation",
    )
    assert stored.tags["a"] == "1" and stored.tags["b"] == "true"
    assert client.experiments.get(stored.experiment_id).name == "from env"


def test_a_run_without_a_login_goes_to_disk_and_is_shipped_after_it(tmp_path: Path) -> None:
    secret = "an-admin-token-for-tests-only"
    with ServerProcess(tmp_path / "closed", settings={"auth": "true", "admin_token": secret}) as closed:
        with mw.init("login", url=closed.url, finish_timeout=0.5, config={"a": 1}) as run:
            run.log({"x": 1})
        report = mw.sync(tmp_path / "data", closed.url, secret)
        assert (report.runs, report.problems) == (1, [])
        stored = Client(closed.url, secret).runs.get(run.id)
        assert stored.metrics["x"].count == 1 and stored.state is RunState.FINISHED
        with mw.init("login", url=closed.url, token=secret) as run:
            run.log({"x": 1})
        assert Client(closed.url, secret).runs.get(run.id).metrics["x"].count == 1
