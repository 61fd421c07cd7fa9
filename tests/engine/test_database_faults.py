"""Does every acknowledged write survive what disks, kernels and power do? With the failures really made."""

from __future__ import annotations

import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Self

import pytest
from tests.survive.proxy import Proxy

from modelwright.kit import page_sums
from modelwright.kit.db import Database, Tx
from modelwright.kit.dialect import open_dialect
from modelwright.types.errors import StorageFull, Unavailable

FULL = os.environ.get("MODELWRIGHT_CHAOS") == "full"
HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that makes calls fail; needs a C compiler."""
    library = tmp_path_factory.mktemp("shim") / "shim.so"
    compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc") or shutil.which("clang") or "cc"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, HERE / "fault_shim.c", "-ldl"], check=True)
    return library


def driven(shim: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, HERE / "fault_driver.py", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "LD_PRELOAD": str(shim)},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("call", "error", "every"),
    [
        ("write", 5, 13),
        ("write", 28, 17),
        ("write", 122, 19),
        ("write", 0, 23),
        ("fsync", 5, 3),
        ("fsync", 28, 9),
        ("fsync", 122, 9),
        ("ftruncate", 5, 3),
        ("read", 5, 9),
    ],
)
def test_any_call_that_fails_loses_nothing_acknowledged(
    shim: Path, tmp_path: Path, call: str, error: int, every: int
) -> None:
    assert int(driven(shim, "faults", str(tmp_path), call, str(error), "1" if FULL else str(every))) > 3


def events(log: Path) -> list[tuple[str, str, int, bytes]]:
    """The logged changes as (kind, file name, offset or size or row, data)."""
    data = log.read_bytes()
    found: list[tuple[str, str, int, bytes]] = []
    at = 0
    while at < len(data):
        kind, length, offset, size = struct.unpack_from("=4q", data, at)
        at += 32
        name = Path(data[at : at + length].decode()).name
        at += length
        content = data[at : at + size] if chr(kind) == "w" else b""
        at += len(content)
        found.append((chr(kind), name, offset, content))
    return found


def changed(disk: bytearray, kind: str, offset: int, data: bytes) -> None:
    if kind == "t":
        del disk[offset:]
        disk.extend(bytes(max(0, offset - len(disk))))
        return
    disk.extend(bytes(max(0, offset - len(disk))))
    disk[offset : offset + len(data)] = data


def after_power_cut(
    start: dict[str, bytes], happened: list[tuple[str, str, int, bytes]], chance: random.Random
) -> dict[str, bytearray]:
    """A disk as it may look: what was synced is there; of the rest some writes, in any order, some of them torn."""
    synced = {name: bytearray(content) for name, content in start.items()}
    waiting: dict[str, list[tuple[str, int, bytes]]] = {}
    for kind, name, offset, data in happened:
        if kind in "wt":
            waiting.setdefault(name, []).append((kind, offset, data))
        elif kind == "s":
            for one in waiting.pop(name, []):
                changed(synced.setdefault(name, bytearray()), *one)
    keep = chance.choice((0.0, 0.5, 0.9, 1.0))
    for name, writes in waiting.items():
        left = [one for one in writes if chance.random() < keep]
        if chance.random() < 0.5:
            chance.shuffle(left)
        for kind, offset, data in left:
            if kind == "w" and chance.random() < 0.2 and len(data) > 512:  # a sector is written whole or not at all
                data = data[: 512 * chance.randrange(1, len(data) // 512 + 1)]
            changed(synced.setdefault(name, bytearray()), kind, offset, data)
    return {name: content for name, content in synced.items() if not name.endswith("-shm")}


@pytest.mark.slow
def test_a_power_cut_at_any_moment_loses_nothing_acknowledged(shim: Path, tmp_path: Path) -> None:
    folder = tmp_path / "db"
    folder.mkdir()
    driven(shim, "trace", str(folder), str(tmp_path / "log"))
    start = {path.name: path.read_bytes() for path in (tmp_path / "db-start").iterdir()}
    log = events(tmp_path / "log")
    assert sum(1 for kind, name, *_ in log if kind == "s" and name == "modelwright.db") > 3, "no log was written back"
    chance = random.Random(2)
    for number in range(2000 if FULL else 60):
        moment = chance.randrange(len(log))
        place = tmp_path / f"cut{number}"
        place.mkdir()
        for name, content in after_power_cut(start, log[:moment], chance).items():
            (place / name).write_bytes(content)
        acknowledged = {offset for kind, _, offset, _ in log[:moment] if kind == "a"}
        sums = page_sums.of(place / "modelwright.db")
        assert list(sums.damages()) == [], "a false alarm"
        database = Database(open_dialect("", place))
        with database.write() as tx:
            assert tx.rows("PRAGMA integrity_check") == [("ok",)]
        with database.read() as tx:
            rows = {row[0] for row in tx.rows("SELECT id FROM t WHERE length(data) = id * 997 % 9000")}
        database.close()
        assert list(sums.damages()) == [], "a false alarm"
        assert acknowledged <= rows, (moment, acknowledged - rows)
        assert rows == set(range(len(rows))), "not a prefix"
        shutil.rmtree(place)


def test_a_full_disk_says_so_reads_go_on_and_writes_resume(small_disk: Any) -> None:
    database = Database(open_dialect("", small_disk.folder))
    with database.write() as tx:
        tx.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, data BLOB)")

    def insert(number: int, size: int) -> Future[int]:
        return database.submit(lambda tx: tx.execute("INSERT INTO t VALUES (?, ?)", (number, bytes(size))))

    kept = [number for number in range(20) if insert(number, 1000).result(10)]
    for attempt in range(3):
        small_disk.fill(leave=8192 if attempt == 1 else 0)
        for number in range(100, 104):
            with pytest.raises((StorageFull, Unavailable) if small_disk.imitated else StorageFull):
                insert(number, 400_000).result(10)
        with pytest.raises((StorageFull, Unavailable)), database.write() as tx:
            tx.execute("INSERT INTO t VALUES (?, ?)", (200, bytes(400_000)))
        with database.read() as tx:
            assert [row[0] for row in tx.rows("SELECT id FROM t ORDER BY id")] == kept
        small_disk.free()
        assert insert(1000 + attempt, 400_000).result(10) == 1
        kept.append(1000 + attempt)
    database.close()
    again = Database(open_dialect("", small_disk.folder))
    with again.read() as tx:
        assert [row[0] for row in tx.rows("SELECT id FROM t ORDER BY id")] == kept
        assert tx.rows("PRAGMA integrity_check") == [("ok",)]
    again.close()


_KILLED = textwrap.dedent("""
    import sys, threading
    from pathlib import Path
    from modelwright.kit.db import Database
    from modelwright.kit.dialect import open_dialect

    database = Database(open_dialect(sys.argv[1], Path(sys.argv[2])))
    first = int(sys.argv[3])

    def client(number):
        n = 0
        while True:
            key = first + n * 8 + number
            database.submit(lambda tx: tx.execute("INSERT INTO t(id) VALUES (?)", (key,)), key=str(number)).result()
            sys.stdout.write(f"{key}\\n")
            sys.stdout.flush()
            n += 1

    for number in range(8):
        threading.Thread(target=client, args=(number,)).start()
""")


@pytest.mark.slow
def test_a_process_killed_at_random_moments_loses_nothing_acknowledged(engine: str, tmp_path: Path) -> None:
    database = Database(open_dialect(engine, tmp_path))
    with database.write() as tx:
        tx.execute("CREATE TABLE t(id BIGINT PRIMARY KEY)")
    database.close()
    chance = random.Random(3)
    acknowledged: set[int] = set()
    for cycle in range(300 if FULL else 4):
        process = subprocess.Popen(
            [sys.executable, "-c", _KILLED, engine, str(tmp_path), str(cycle * 10_000_000)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        acknowledged.add(int(process.stdout.readline()))
        time.sleep(chance.uniform(0.0, 0.15))
        process.send_signal(signal.SIGKILL)
        lines = process.stdout.read().splitlines(keepends=True)
        process.wait()
        process.stdout.close()
        acknowledged.update(int(line) for line in lines if line.endswith("\n"))
        if not engine:
            sums = page_sums.of(tmp_path / "modelwright.db")
            assert list(sums.damages()) == [], "a false alarm"
            (bare, total) = sums.missing()
            assert bare < total, "the sums of a killed process are believed"
        begun = time.monotonic()
        database = Database(open_dialect(engine, tmp_path))
        with database.read() as tx:
            rows = {row[0] for row in tx.rows("SELECT id FROM t")}
            if not engine:
                assert tx.rows("PRAGMA integrity_check") == [("ok",)]
        database.close()
        assert time.monotonic() - begun < 2
        assert acknowledged <= rows
    assert len(acknowledged) > 100


class Load:
    """Clients that insert rows by blocks and by submitted writes, and remember what they were told."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.write() as tx:
            tx.execute("CREATE TABLE t(id BIGINT, lane TEXT)")  # no key: a row that was written twice would show
        self.acknowledged: set[int] = set()
        self.failed: dict[int, BaseException] = {}
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._client, args=(number,)) for number in range(6)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _client(self, number: int) -> None:
        def insert(tx: Tx) -> None:
            tx.execute("INSERT INTO t(id, lane) VALUES (?, 'x')", (key,))

        turn = 0
        while not self._stop.is_set():
            turn += 1
            key = turn * 100 + number
            try:
                if number % 3:
                    self.database.submit(insert, key=str(number)).result(60)
                else:
                    with self.database.write() as tx:
                        insert(tx)
                self.acknowledged.add(key)
            except Unavailable as error:
                self.failed[key] = error
                time.sleep(0.01)

    def verify(self, rows: list[int]) -> None:
        assert len(rows) == len(set(rows)), "applied twice"
        assert self.acknowledged <= set(rows), "acknowledged and lost"
        said_nothing_changed = {key for key, error in self.failed.items() if "may or may not" not in str(error)}
        assert not said_nothing_changed & set(rows), "refused and applied"
        assert len(self.acknowledged) > 100


@pytest.mark.slow
def test_postgres_restarted_under_load_loses_nothing_and_applies_nothing_twice(
    postgres_server: Any, tmp_path: Path
) -> None:
    url = postgres_server.empty()
    database = Database(open_dialect(url, tmp_path))
    chance = random.Random(4)
    with Load(database) as load:
        for mode in ["fast", "immediate"] * (25 if FULL else 2):
            time.sleep(chance.uniform(0.1, 0.4))
            postgres_server.control("-m", mode, "restart")
        time.sleep(0.3)
    with database.read() as tx:
        load.verify([row[0] for row in tx.rows("SELECT id FROM t")])
    database.close()
    postgres_server.drop(url)


@pytest.mark.slow
def test_connections_cut_at_any_byte_lose_nothing_and_apply_nothing_twice(postgres_server: Any, tmp_path: Path) -> None:
    url = postgres_server.empty()
    direct = url.split("?host=", 1)
    proxy = Proxy(f"{direct[1]}/.s.PGSQL.5432", random.Random(7))
    name = direct[0].rsplit("/", 1)[1]
    database = Database(open_dialect(f"postgresql://postgres@127.0.0.1:{proxy.port}/{name}", tmp_path))
    with Load(database) as load:
        proxy.cutting = True
        time.sleep(60 if FULL else 3)
        proxy.cutting = False
    database.close()
    proxy.close()
    straight = Database(open_dialect(url, tmp_path))
    with straight.read() as tx:
        load.verify([row[0] for row in tx.rows("SELECT id FROM t")])
    straight.close()
    postgres_server.drop(url)
    assert proxy.cuts > 20


@pytest.mark.slow
def test_a_silent_network_delays_writes_and_loses_none(postgres_server: Any, tmp_path: Path) -> None:
    url = postgres_server.empty()
    direct = url.split("?host=", 1)
    proxy = Proxy(f"{direct[1]}/.s.PGSQL.5432", random.Random(8))
    name = direct[0].rsplit("/", 1)[1]
    database = Database(open_dialect(f"postgresql://postgres@127.0.0.1:{proxy.port}/{name}", tmp_path))
    with Load(database) as load:
        for seconds in (1, 30) if FULL else (2,):
            time.sleep(0.5)
            proxy.stall()
            time.sleep(seconds)
            proxy.flow()
        time.sleep(1)
    database.close()
    proxy.close()
    straight = Database(open_dialect(url, tmp_path))
    with straight.read() as tx:
        load.verify([row[0] for row in tx.rows("SELECT id FROM t")])
    straight.close()
    postgres_server.drop(url)
