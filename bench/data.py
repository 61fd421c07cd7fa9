"""Data through a real server on loopback: hash and store, again, one inserted row, look-ups by alias; DVC beside it.

usage: python -m bench.data [--peers] [--dvc PROGRAM] [--rounds 3]

Each figure is the best of the rounds, with all of them in brackets; the speed of the disk (a copy with fsync) is
measured in the same rounds, because that of a virtual disk varies more than the program. SDK → HTTP → packs with fsync.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.survive.processes import ServerProcess

GIB = 1 << 30


def row(name: str, figures: list[float], unit: str, wanted: str = "", *, least: bool = False) -> None:
    best = min(figures) if least else max(figures)
    others = ", ".join(f"{figure:,.3g}" for figure in figures)
    print(f"{name:<52} {best:>12,.4g} {unit:<8} {wanted:<12} [{others}]", flush=True)


def seconds(action: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def fill(place: Path, size: int) -> None:
    with place.open("wb") as file:
        for _ in range(size >> 24):
            file.write(os.urandom(1 << 24))


def small(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for number in range(10_000):
        (folder / f"{number:05}.bin").write_bytes(os.urandom(10_000))


def disk(place: Path) -> float:
    """MB/s of a copy of 1 GiB with one fsync."""
    target = place.with_suffix(".copy")

    def copy() -> None:
        with place.open("rb") as source, target.open("wb") as file:
            shutil.copyfileobj(source, file, 1 << 24)
            os.fsync(file.fileno())

    took = seconds(copy)
    target.unlink()
    return GIB / 1e6 / took


def lookups(url: str, count: int = 400, connections: int = 8, *, pause_s: float = 0.0) -> list[float]:
    """Milliseconds of look-ups by alias over so many connections."""
    times: list[float] = []
    parts = urlsplit(url)

    def one() -> None:
        assert parts.hostname
        connection = http.client.HTTPConnection(parts.hostname, parts.port)
        for _ in range(count):
            begun = time.perf_counter()
            connection.request("GET", "/api/v1/datasets/rows/versions/prod")
            connection.getresponse().read()
            times.append((time.perf_counter() - begun) * 1000)
            time.sleep(pause_s)
        connection.close()

    threads = [threading.Thread(target=one) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def command(*arguments: str) -> None:
    program = "from modelwright.cli.main import main; main()"
    subprocess.run([sys.executable, "-c", program, "data", *arguments], check=True, capture_output=True)


def ours(folder: Path, rounds: int) -> None:
    import modelwright as mw

    figures: dict[str, list[float]] = {}

    def note(name: str, figure: float) -> None:
        figures.setdefault(name, []).append(figure)

    with ServerProcess(folder / "server") as server:
        os.environ["MODELWRIGHT_URL"] = server.url
        for number in range(rounds):
            os.environ["MODELWRIGHT_CACHE_DIR"] = str(folder / f"cache{number}")
            big, many = folder / "big.bin", folder / "many"
            fill(big, GIB)
            small(many)
            os.sync()
            note("disk", disk(big))
            os.sync()
            note("big", GIB / 1e6 / seconds(lambda big=big: mw.data.add("big", big, profile=False)))
            os.sync()
            note("many", 10_000 / seconds(lambda many=many: mw.data.add("many", many, profile=False)))
            note("again", seconds(lambda many=many: mw.data.add("many", many)))
            note("again, mw data add", seconds(lambda many=many: command("add", "many", str(many))))
            target = folder / f"got{number}"
            note("get", GIB / 1e6 / seconds(lambda target=target: mw.data.get("big", target)))
            note("get many", 10_000 / seconds(lambda target=target: mw.data.get("many", target / "many")))
            shutil.rmtree(target)
            shutil.rmtree(folder / f"cache{number}")
        dice = random.Random(0)
        rows = [f"{number},{dice.random()},{dice.random()},text {number % 97}\n" for number in range(1_900_000)]
        table = folder / "rows.csv"
        table.write_text("".join(rows))
        size = table.stat().st_size
        mw.data.add("rows", table, profile=False)
        rows.insert(900_000, "inserted,0,0,row\n")
        table.write_text("".join(rows))
        stored = mw.data.add("rows", table, profile=False, alias="prod").stored_bytes
        closed = statistics.quantiles(lookups(server.url), n=100)
        paced = statistics.quantiles(lookups(server.url, pause_s=0.02), n=100)
    row("a copy with fsync (the disk)", figures["disk"], "MB/s")
    row("hash and store 1 GiB", figures["big"], "MB/s", "≥ 400")
    row("hash and store 10,000 files of 10 kB", figures["many"], "files/s", "≥ 5,000")
    row("the same 10,000 again, in Python", figures["again"], "s", "≤ 0.3", least=True)
    row("the same 10,000 again, `mw data add` from its start", figures["again, mw data add"], "s", least=True)
    row("get 1 GiB", figures["get"], "MB/s")
    row("get 10,000 files of 10 kB", figures["get many"], "files/s")
    row(f"one row inserted in a CSV of {size / 1e6:.0f} MB", [stored / 1e6], "MB", "≤ 2")
    row("look-up by alias, p99, 8 connections without pause", [closed[98]], "ms", "≤ 2")
    row("look-up by alias, p99, 8 connections, 20 ms between", [paced[98]], "ms", "≤ 2")


def dvc(program: str, folder: Path) -> None:
    root = folder / "dvc"
    root.mkdir()
    fill(root / "big.bin", GIB)
    small(root / "many")

    def run(*arguments: str) -> None:
        subprocess.run([program, *arguments], cwd=root, check=True, capture_output=True)

    run("init", "--no-scm")
    run("config", "core.analytics", "false")
    row("DVC: add 1 GiB", [GIB / 1e6 / seconds(lambda: run("add", "big.bin"))], "MB/s")
    row("DVC: add 10,000 files of 10 kB", [10_000 / seconds(lambda: run("add", "many"))], "files/s")
    row("DVC: add them again", [seconds(lambda: run("add", "many"))], "s")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m bench.data", description=__doc__)
    parser.add_argument("--peers", action="store_true", help="measure `dvc` beside it")
    parser.add_argument("--dvc", default=shutil.which("dvc") or "", help="the program, in an environment of its own")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dir", type=Path, help="where to (a real disk)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.dir) as folder:
        ours(Path(folder), options.rounds)
        if (options.peers or options.dvc) and options.dvc:
            dvc(options.dvc, Path(folder))


if __name__ == "__main__":
    main()
