"""Data through the SDK and the command line against a real server: add, get, compare, resume, and what may go wrong."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import urllib3
from tests.survive.processes import ServerProcess

import modelwright as mw
from modelwright.sdk.client import Client
from modelwright.sdk.data import sending
from modelwright.sdk.data.dvc import bring
from modelwright.sdk.data.store import Store
from modelwright.sdk.data.verbs import add_query
from modelwright.types.errors import Conflict, Invalid, ModelwrightError, NotFound


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def client(server: ServerProcess) -> Iterator[Client]:
    with Client(server.url) as made:
        yield made


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, server: ServerProcess) -> None:
    for name, value in {
        "URL": server.url, "CONFIG_DIR": str(tmp_path / "config"), "CACHE_DIR": str(tmp_path / "cache"), "SILENT": "1",
        "DIR": str(tmp_path / "spool"), "SYSTEM_METRICS": "0", "CONSOLE": "off", "GIT": "0",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"MODELWRIGHT_{name}", value)


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    return request.node.name.replace("[", "-").replace("]", "")[:100]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "source"
    (place / "deep" / "er").mkdir(parents=True)
    (place / "big.bin").write_bytes(os.urandom(3_000_000))
    (place / "empty").write_bytes(b"")
    for number in range(40):
        (place / "deep" / "er" / f"{number}.txt").write_text(f"file {number}")
    for path in place.rglob("*"):
        os.utime(path, ns=(10**18, 10**18))  # what was written this moment is read again
    return place


def contents(place: Path) -> dict[str, bytes]:
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()}


def test_a_folder_comes_back_as_it_was(folder: Path, name: str, tmp_path: Path, client: Client) -> None:
    made = mw.data.add(name, folder, alias="prod", message="first", tags={"team": "ops"})
    assert (made.number, made.files, made.aliases, made.tags) == (1, 42, ["prod"], {"team": "ops"})
    assert mw.data.add(name, folder).number == 1
    place = mw.data.get(f"{name}@prod", tmp_path / "there")
    assert contents(place) == contents(folder)
    (folder / "new.txt").write_text("new")
    (folder / "big.bin").unlink()
    assert mw.data.add(name, folder).number == 2
    found = mw.data.diff(f"{name}@prod", name)
    assert {(item.path, item.change) for item in found.changes} == {("big.bin", "removed"), ("new.txt", "added")}
    assert contents(mw.data.get(f"{name}:2")) == contents(folder)
    assert client.datasets.verify(f"{name}:1").damaged == []


def test_a_part_of_a_version_is_fetched_by_itself(folder: Path, name: str, tmp_path: Path) -> None:
    mw.data.add(name, folder)
    assert mw.data.read(name, "deep/er/7.txt") == b"file 7"
    assert mw.data.read(name, "big.bin", start=1_000_000, length=500_000) == (folder / "big.bin").read_bytes()[
        1_000_000:1_500_000]
    place = mw.data.get(name, tmp_path / "one", path="deep/er/3.txt")
    assert contents(place) == {"deep/er/3.txt": b"file 3"}
    place = mw.data.get(name, tmp_path / "some", glob="1*.txt")
    assert len(contents(place)) == 11
    with pytest.raises(Invalid, match="matches"):
        mw.data.get(name, tmp_path / "none", glob="*.nothing")
    with pytest.raises(NotFound):
        mw.data.read(name, "deep/er/none")


def test_what_is_known_is_neither_read_nor_sent_again(folder: Path, name: str) -> None:
    told: dict[str, int] = {}

    def report(what: str, size: int) -> None:
        told[what] = told.get(what, 0) + size

    mw.data.add(name, folder, report=report)
    assert told["read"] > 3_000_000 < told["sent"]
    told.clear()
    os.utime(folder / "big.bin", ns=(1, 1))
    assert mw.data.add(name, folder, report=report).number == 1
    assert told == {"read": 3_000_000}
    told.clear()
    assert mw.data.add(name, folder, report=report).number == 1
    assert told == {}


def test_an_upload_that_was_interrupted_goes_on_where_it_was(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "large.bin"
    place.write_bytes(os.urandom(60_000_000))
    packs = 0
    send = sending.Sender._send

    def failing(self: sending.Sender, batch: sending.Batch) -> None:
        nonlocal packs
        packs += 1
        if packs > 2:
            raise KeyboardInterrupt
        send(self, batch)

    with monkeypatch.context() as patched:
        patched.setattr(sending.Sender, "_send", failing)
        with pytest.raises(KeyboardInterrupt):
            mw.data.add(name, place)
    sent: list[int] = []
    made = mw.data.add(name, place, report=lambda what, size: sent.append(size) if what == "sent" else None)
    assert made.bytes == 60_000_000
    assert sum(sent) < 45_000_000


def test_a_server_that_was_killed_between_packs_loses_nothing_that_it_answered(tmp_path: Path) -> None:
    place = tmp_path / "d.bin"
    place.write_bytes(os.urandom(40_000_000))
    with ServerProcess(tmp_path / "own") as own, Client(own.url) as client:
        made = mw.data.add("d", place, client=client)
        own.kill()
        own.start()
        assert client.datasets.version("d").digest == made.digest
        assert client.datasets.verify("d").damaged == []
        assert contents(mw.data.get("d", tmp_path / "back", client=client))["d.bin"] == place.read_bytes()


def test_two_people_add_the_same_at_once(folder: Path, name: str) -> None:
    made: list[Any] = []

    def one() -> None:
        made.append(mw.data.add(name, folder))

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {item.number for item in made} == {1}
    assert len(made) == 4


def test_a_table_has_statistics_and_a_comparison(name: str, tmp_path: Path) -> None:
    import pandas as pd

    frame = pd.DataFrame({"x": [float(n) for n in range(1000)], "s": ["a", "b"] * 500, "n": [None, 1.0] * 500})
    assert mw.data.add(name, frame).rows == 1000
    (table,) = mw.data.profile(name).tables
    x, s, n = table.columns
    assert (x.count, x.nulls, x.mean) == (1000, 0, 499.5)
    assert (float(x.min or 0), float(x.max or 0)) == (0, 999)
    assert sum(item.count for item in x.histogram) == 1000
    assert [(item.value, item.count) for item in s.top] == [("a", 500), ("b", 500)]
    assert n.nulls == 500
    frame["x"] += 500
    mw.data.add(name, frame.drop(columns=["s"]))
    found = {column.name: column for column in mw.data.diff(f"{name}:1").tables[0].columns}
    assert found["x"].change == "shifted"
    assert found["x"].distance == pytest.approx(0.5, abs=0.05)
    assert found["s"].change == "removed"
    assert mw.data.load(f"{name}:1").to_pandas()["x"].tolist() == [float(value) for value in range(1000)]
    with pytest.raises(Invalid, match="Parquet"):
        mw.data.add(name, pd.DataFrame({"x": [object()]}))


def test_a_file_that_is_no_table_inside_says_so_and_is_kept(name: str, tmp_path: Path) -> None:
    (tmp_path / "bad.parquet").write_bytes(b"not parquet at all")
    mw.data.add(name, tmp_path / "bad.parquet")
    assert mw.data.profile(name).errors


def test_a_run_that_reads_data_says_so_and_keeps_it(name: str, folder: Path, client: Client) -> None:
    mw.data.add(name, folder)
    with mw.init(experiment="data") as run:
        assert run.use_data(name, context="training").number == 1
        made = run.log_data(f"{name}-out", folder / "deep")
    assert made.created_run == run.id
    read = client.runs.get(run.id).dataset_inputs
    assert [(item.name, item.source) for item in read] == [(name, f"datasets:/{name}/1")]
    with pytest.raises(Conflict, match="in use"):
        mw.data.delete(f"{name}:1")
    with mw.init(experiment="data") as run, pytest.raises(NotFound):
        run.use_data("nothing-of-the-kind")


class Pages(BaseHTTPRequestHandler):
    """A web server with one file whose ETag can be changed."""

    etag = '"one"'

    def do_HEAD(self) -> None:
        self.send_response(200 if self.path == "/a/data.csv" else 404)
        self.send_header("ETag", self.etag)
        self.send_header("Content-Length", "12")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


def test_references_are_versions_of_their_fingerprints(name: str) -> None:
    web = HTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    url = f"http://user:secret@127.0.0.1:{web.server_port}/a/data.csv"
    try:
        assert mw.data.add(name, url).number == 1
        assert mw.data.add(name, url).number == 1
        Pages.etag = '"two"'
        assert mw.data.add(name, url).number == 2
        with pytest.raises(NotFound):
            mw.data.add(name, url + ".gone")
    finally:
        web.shutdown()
        web.server_close()
    (item,) = mw.data.files(name)
    assert (item.size, item.digest) == (12, 'etag:"two"')
    assert "secret" not in item.uri
    with pytest.raises(Conflict, match="elsewhere"):
        mw.data.read(name, "data.csv")


def test_a_query_is_a_version_of_its_answer(name: str) -> None:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE t (a, b)")
    database.execute("INSERT INTO t VALUES (1, 'x')")
    assert add_query(name, "SELECT * FROM t", database, label="warehouse").number == 1
    assert add_query(name, "SELECT * FROM t", database, label="warehouse").number == 1
    database.execute("INSERT INTO t VALUES (2, NULL)")
    assert add_query(name, "SELECT * FROM t", database, label="warehouse").number == 2
    assert mw.data.read(name, "query.sql") == b"SELECT * FROM t"
    database.close()


def test_the_cache_stays_within_its_bound(folder: Path, name: str, tmp_path: Path) -> None:
    for number in range(3):
        (folder / "big.bin").write_bytes(os.urandom(1_000_000))
        mw.data.add(f"{name}{number}", folder)
        mw.data.get(f"{name}{number}", tmp_path / str(number))
    store = Store(limit=1_500_000)
    assert store.shrink() == 2_000_000
    kept = [path for path in (store.folder / "contents").rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in kept] == [(folder / "big.bin").read_bytes()]
    kept[0].write_bytes(b"damaged!" + kept[0].read_bytes()[8:])  # a damaged cache is not believed
    store.close()
    assert contents(mw.data.get(f"{name}2", tmp_path / "again")) == contents(folder)


def test_fetching_never_writes_through_a_link(folder: Path, name: str, tmp_path: Path) -> None:
    mw.data.add(name, folder)
    outside = tmp_path / "outside"
    outside.mkdir()
    target = tmp_path / "target"
    target.mkdir()
    (target / "deep").symlink_to(outside)
    with pytest.raises(Invalid, match="link"):
        mw.data.get(name, target)
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("path", ["..%2f..%2fetc%2fpasswd", "%2e%2e/x", "a%00b", "a%5cb"])
def test_no_path_of_a_request_leads_out(path: str, folder: Path, client: Client) -> None:
    mw.data.add("paths", folder)
    answer = urllib3.request("GET", f"{client.url}/api/v1/datasets/paths/versions/1/files/{path}")
    assert answer.status in (400, 404)
    answer = urllib3.request("GET", f"{client.url}/api/v1/datasets/paths/versions/1/files?prefix={path}")
    assert answer.status in (200, 400)
    assert b"root:" not in answer.data


@pytest.mark.parametrize(
    "body", [b"", b"x" * 31, b"MWPACK1\n" + b"\0" * 12, b"MWPACK1\n" + b"\xff" * 5_000, b"x" * 70_000]
)
def test_bodies_that_are_nothing_are_refused(body: bytes, client: Client) -> None:
    answer = urllib3.request("POST", f"{client.url}/api/v1/datasets/bad/packs", body=body)
    assert answer.status in (400, 413)
    answer = urllib3.request("POST", f"{client.url}/api/v1/datasets/bad/contents:missing", body=body)
    assert answer.status == (400 if len(body) % 32 else 200)
    with pytest.raises(NotFound):
        client.datasets.get("bad")


def mw_command(*arguments: str, expect: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-c", "from modelwright.cli.main import main; main()", "data", *arguments],
        capture_output=True, text=True, timeout=60,
    )
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_command_line_does_all_of_it(folder: Path, name: str, tmp_path: Path) -> None:
    (folder / "t.csv").write_text("a,b\n1,x\n2,y\n")
    assert f"{name}:1" in mw_command("add", name, str(folder), "-a", "prod", "-m", "first")
    assert "prod" in mw_command("ls", name)
    assert name in mw_command("ls")
    assert "t.csv: 2 rows" in mw_command("show", name, "--files")
    (folder / "t.csv").write_text("a,b\n1,x\n2,y\n3,z\n")
    mw_command("add", name, str(folder), "--json")
    assert "~ t.csv" in mw_command("diff", f"{name}:1")
    mw_command("alias", f"{name}:2", "prod")
    assert "prod" in mw_command("alias", name)
    mw_command("tag", f"{name}:2", "good=yes")
    assert "0 damaged" in mw_command("verify", name)
    mw_command("get", f"{name}@prod", "-o", str(tmp_path / "out"))
    assert contents(tmp_path / "out") == contents(folder)
    assert "Would remove versions: 1" in mw_command("gc", name, "--keep-last", "1", "--dry-run")
    assert "Removed versions: 1" in mw_command("gc", name)
    assert "no version" in mw_command("show", f"{name}:1", expect=1)


@pytest.fixture(params=["now", "legacy"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A DVC repository written by the documented formats: a file, a folder and a stage."""
    import hashlib
    import json

    legacy = request.param == "legacy"
    root = tmp_path / "repo"
    cache = root / ".dvc" / "cache"
    cache.mkdir(parents=True)
    (root / ".dvc" / "config").write_text(
        "[core]\n    remote = store\n['remote \"store\"']\n    url = s3://key:secret@bucket/dvc\n")

    def keep(data: bytes, suffix: str = "") -> str:
        md5 = hashlib.md5(data).hexdigest()
        place = (cache if legacy else cache / "files" / "md5") / md5[:2] / (md5[2:] + suffix)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        return md5

    word = "" if legacy else "  hash: md5\n"
    raw = keep(b"a,b\n1,2\n")
    (root / "raw.csv.dvc").write_text(f"outs:\n- md5: {raw}\n  size: 8\n{word}  path: raw.csv\n")
    listed = sorted([{"md5": keep(text), "relpath": path} for path, text in (("x/1.txt", b"1"), ("2.txt", b"22"))],
                    key=lambda item: item["relpath"])
    images = keep(json.dumps(listed, sort_keys=True).encode(), ".dir")
    (root / "images.dvc").write_text(f"outs:\n- md5: {images}.dir\n  size: 3\n  nfiles: 2\n{word}  path: images\n")
    model = keep(b"model")
    (root / "dvc.lock").write_text(
        "schema: '2.0'\nstages:\n  train:\n    cmd: python train.py\n    deps:\n    - path: raw.csv\n"
        f"      md5: {raw}\n    outs:\n    - path: model.pkl\n      md5: {model}\n      size: 5\n"
        + ("" if legacy else "      hash: md5\n"))
    return root


def test_a_dvc_repository_comes_in_by_reference(repository: Path, client: Client) -> None:
    prefix = f"{repository.parent.name}-"
    found = {item.dataset: item for item in bring(repository, prefix=prefix, client=client)}
    assert set(found) == {f"{prefix}raw.csv", f"{prefix}images", f"{prefix}model.pkl"}
    legacy = not (repository / ".dvc" / "cache" / "files").exists()
    word = "md5-dos2unix" if legacy else "md5"
    files = mw.data.files(f"{prefix}images", client=client)
    assert [(item.path, item.size) for item in files] == [("2.txt", 2), ("x/1.txt", 1)]
    assert all(item.digest.startswith(f"{word}:") for item in files)
    assert all(item.uri.startswith("s3://") and "secret" not in item.uri for item in files)
    assert all(("/files/md5/" in item.uri) is not legacy for item in files)
    assert {item.number for item in bring(repository, prefix=prefix, client=client)} == {1}


@pytest.mark.parametrize("text", [
    "outs:\n- md5: ../../etc/passwd\n  path: x\n", "outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  path: ../../x\n",
    "outs: [\n", "- 1\n- 2\n", "outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  path: /etc/passwd\n",
    "!!python/object/apply:os.system ['true']\n",
])  # fmt: skip
def test_a_hostile_dvc_file_is_refused(text: str, tmp_path: Path, client: Client) -> None:
    (tmp_path / "repo" / ".dvc").mkdir(parents=True)
    (tmp_path / "repo" / "x.dvc").write_text(text)
    with pytest.raises(ModelwrightError):
        bring(tmp_path / "repo", client=client)
