"""How fast the registry answers over HTTP: `python -m bench.registry [MODELS VERSIONS] [--no-peers]`.

10,000 models of 10 versions each, with tags and aliases. Searches on one connection; lookups by alias on 8 connections
that ask again as soon as they are answered. MLflow's server gets the same rows and the same requests of its own wire.
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from bench.servers import LOAD_CORE, pinned, serving

_WIRE = "/api/2.0/mlflow"
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_AT = 1_700_000_000_000

SEARCHES = {
    "models, first page of 100": "/registered-models/search",
    "models, name LIKE": "/registered-models/search?filter=" + quote("name LIKE '%model-77%'"),
    "models, rare tag": "/registered-models/search?filter=" + quote("tags.serial = '7777'"),
    "models, common tag": "/registered-models/search?filter=" + quote("tags.team = 'team-3'"),
    "models, newest first": "/registered-models/search?order_by=" + quote("last_updated_timestamp DESC"),
    "versions of one model": "/model-versions/search?max_results=100&filter=" + quote("name = 'model-5000'"),
    "versions, newest 100": "/model-versions/search?max_results=100",
    "versions, rare tag": "/model-versions/search?max_results=100&filter=" + quote("tags.serial = '7777-7'"),
    "versions of a run": "/model-versions/search?max_results=100&filter=" + quote("run_id = '" + "7" * 32 + "'"),
}


def rows(models: int, versions: int) -> tuple[list[Any], list[Any], list[Any], list[Any], list[Any]]:
    """(models, their tags, versions, their tags, aliases), each named by (model number, …)."""
    numbers = range(1, models + 1)
    tags = [(n, "team", f"team-{n % 10}") for n in numbers] + [(n, "serial", str(n)) for n in numbers]
    each = [(n, v) for n in numbers for v in range(1, versions + 1)]
    version_tags = [(n, v, "serial", f"{n}-{v}") for n, v in each]
    return [(n, f"model-{n}") for n in numbers], tags, each, version_tags, [(n, "champion", versions) for n in numbers]


def fill_ours(folder: Path, models: int, versions: int) -> None:
    """The rows straight into our tables, because this measures reading."""
    from modelwright import testing

    ctx = testing.context(folder)
    named, tags, each, version_tags, aliases = rows(models, versions)
    place = {pair: number for number, pair in enumerate(each, 1)}
    with ctx.db.write() as tx:
        tx.many(
            "INSERT INTO registered_models (id, workspace, name, kind, description, created_ms, updated_ms, "
            "next_version) VALUES (?, 'default', ?, 'model', '', ?, ?, ?)",
            [(n, name, _AT, _AT + n, versions + 1) for n, name in named],
        )
        tx.many("INSERT INTO registered_model_tags (model, key, value) VALUES (?,?,?)", tags)
        tx.many(
            "INSERT INTO model_versions (id, model, version, workspace, name, kind, source, location, run_id, "
            "created_ms, updated_ms) VALUES (?,?,?, 'default', ?, 'model', 's3://b/m', 's3://b/m', ?, ?, ?)",
            [(place[n, v], n, v, f"model-{n}", f"{n:032d}", _AT, _AT + n * 10 + v) for n, v in each],
        )
        tx.many(
            "INSERT INTO version_tags (version, key, value) VALUES (?,?,?)",
            [(place[n, v], key, value) for n, v, key, value in version_tags],
        )
        tx.many("INSERT INTO registered_aliases (model, alias, version) VALUES (?,?,?)", aliases)
    ctx.db.close()


def fill_theirs(folder: Path, models: int, versions: int) -> None:
    """The same rows into MLflow's tables, which its server has made."""
    with serving("mlflow", folder):
        pass
    named, tags, each, version_tags, aliases = rows(models, versions)
    db = sqlite3.connect(folder / "mlflow.db")
    db.executemany(
        "INSERT INTO registered_models (name, creation_time, last_updated_time, description) VALUES (?,?,?,'')",
        [(name, _AT, _AT + n) for n, name in named],
    )
    db.executemany(
        "INSERT INTO registered_model_tags (name, key, value) VALUES (?,?,?)",
        [(f"model-{n}", key, value) for n, key, value in tags],
    )
    db.executemany(
        "INSERT INTO model_versions (name, version, creation_time, last_updated_time, description, current_stage, "
        "source, storage_location, run_id, status) VALUES (?,?,?,?,'','None','s3://b/m','s3://b/m',?,'READY')",
        [(f"model-{n}", v, _AT, _AT + n * 10 + v, f"{n:032d}") for n, v in each],
    )
    db.executemany(
        "INSERT INTO model_version_tags (name, version, key, value) VALUES (?,?,?,?)",
        [(f"model-{n}", v, key, value) for n, v, key, value in version_tags],
    )
    db.executemany(
        "INSERT INTO registered_model_aliases (name, alias, version) VALUES (?,?,?)",
        [(f"model-{n}", alias, version) for n, alias, version in aliases],
    )
    db.commit()
    db.close()


def closed_loop(url: str, paths: list[str], connections: int, seconds: float) -> tuple[list[float], int]:
    """Latencies in ms and the number of bytes of an answer: each connection asks again as soon as it is answered."""
    address = urlsplit(url)
    watched = selectors.DefaultSelector()
    place = 0
    latencies: list[float] = []
    size = 0

    def ask(link: socket.socket) -> None:
        nonlocal place
        path = paths[place % len(paths)]
        place += 1
        link.sendall(f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
        state[link] = (time.perf_counter(), b"", -1)

    state: dict[socket.socket, tuple[float, bytes, int]] = {}
    for _ in range(connections):
        link = socket.create_connection((address.hostname or "", address.port or 0))
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        watched.register(link, selectors.EVENT_READ)
        ask(link)
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or not latencies:  # at least one answer, however long it takes
        for key, _ in watched.select(60):
            link: Any = key.fileobj
            begun, data, wanted = state[link]
            data += link.recv(1 << 20)
            if wanted < 0 and (cut := data.find(b"\r\n\r\n")) >= 0:
                assert b" 200 " in data[:20], data[:300]
                found = _LENGTH.search(data)
                assert found, data[:300]
                wanted = cut + 4 + int(found[1])
            if 0 <= wanted <= len(data):
                latencies.append((time.perf_counter() - begun) * 1000)
                size = wanted
                ask(link)
            else:
                state[link] = (begun, data, wanted)
    for link in state:
        link.close()
    return latencies, size


def measure(url: str, models: int) -> dict[str, Any]:
    """Searches one after the other, then lookups by alias."""
    figures: dict[str, Any] = {}
    for label, path in SEARCHES.items():
        closed_loop(url, [_WIRE + path], 1, 0.3)
        found, size = closed_loop(url, [_WIRE + path], 1, 1.5)
        figures[label] = {"p50_ms": statistics.median(found), "p99_ms": _p99(found), "bytes": size}
    paths = [f"{_WIRE}/registered-models/alias?name=model-{n}&alias=champion" for n in range(1, models + 1, 7)]
    for connections in (1, 8):
        closed_loop(url, paths, connections, 0.5)
        found, size = closed_loop(url, paths, connections, 4)
        figures[f"alias, {connections} connections"] = {
            "p50_ms": statistics.median(found), "p99_ms": _p99(found), "bytes": size, "per_s": len(found) / 4,
        }  # fmt: skip
    return figures


def _p99(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)]


def main() -> None:
    """Fill, serve, measure, print."""
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    if words[:1] == ["measure"]:
        json.dump(measure(words[1], int(words[2])), sys.stdout)
        return
    models, versions = (int(words[0]), int(words[1])) if len(words) > 1 else (10_000, 10)
    table: dict[str, dict[str, Any]] = {}
    for name, fill in (("modelwright", fill_ours), ("mlflow", fill_theirs)):
        if name != "modelwright" and "--no-peers" in sys.argv:
            continue
        with tempfile.TemporaryDirectory() as fresh:
            fill(Path(fresh), models, versions)
            with serving(name, Path(fresh)) as url:
                command = [*pinned(LOAD_CORE), sys.executable, "-m", "bench.registry", "measure", url, str(models)]
                table[name] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    print(f"{f'{models:,} models of {versions} versions':34}" + "".join(f"{name:>24}" for name in table))
    for label in table["modelwright"]:
        cells = [found[label] for found in table.values()]
        print(f"{label:34}" + "".join(f"{c['p50_ms']:>11.2f} {c['p99_ms']:>7.2f} ms " for c in cells))
    for name, found in table.items():
        print(f"{name}: {found['alias, 8 connections']['per_s']:,.0f} lookups/s on 8 connections")


if __name__ == "__main__":
    main()
