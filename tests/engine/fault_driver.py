"""Runs below the fault shim: writes rows while calls fail, and says what was acknowledged. Not a test by itself.

python fault_driver.py faults FOLDER CALL ERRNO EVERY     # every EVERY-th call fails in a run of its own
python fault_driver.py trace FOLDER LOG                   # one run, every change to the files logged
"""

from __future__ import annotations

import ctypes
import os
import random
import shutil
import struct
import sys
from pathlib import Path
from typing import Any

from modelwright.kit import page_sums
from modelwright.kit.db import Database, Tx
from modelwright.kit.sqlite import Sqlite
from modelwright.types.errors import ModelwrightError, StorageFull, Unavailable

shim = ctypes.CDLL(None)
ROWS = 14


class SmallLog(Sqlite):
    """Writes its log back often, so that few writes see all kinds of calls."""

    checkpoint_pages = 12


def insert(number: int) -> Any:
    def work(tx: Tx) -> None:
        tx.execute("INSERT INTO t(id, data) VALUES (?, ?)", (number, bytes([number % 256]) * (number * 997 % 9000)))

    return work


def check(folder: Path, acknowledged: set[int], why: str) -> None:
    """What was acknowledged is there, once, and the file is sound."""
    database = Database(SmallLog(folder / "modelwright.db"))
    with database.write() as tx:
        assert tx.rows("PRAGMA integrity_check") == [("ok",)], why
    with database.read() as tx:
        rows = [row[0] for row in tx.rows("SELECT id FROM t WHERE length(data) = id * 997 % 9000")]
    database.close()
    assert list(page_sums.of(folder / "modelwright.db").damages()) == [], why
    assert len(rows) == len(set(rows)), why
    assert acknowledged <= set(rows), (why, acknowledged - set(rows))


def faulty_run(folder: Path, call: str, error: int, number: int) -> bool:
    """One run in which the `number`-th call fails; returns whether there were so many."""
    folder.mkdir()
    database = Database(SmallLog(folder / "modelwright.db"))
    with database.write() as tx:
        tx.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, data BLOB)")
    why = f"{call} {error} {number}"
    acknowledged: set[int] = set()
    errors: list[BaseException] = []
    shim.fault_arm(call.encode(), str(folder).encode(), number, error)
    for row in range(ROWS):
        try:
            database.submit(insert(row)).result(20)
            acknowledged.add(row)
        except ModelwrightError as failure:
            assert isinstance(failure, (StorageFull, Unavailable)), (why, failure)
            errors.append(failure)
    hit = shim.fault_hits() > 0
    shim.fault_arm(b"", b"", -1, 0)
    assert hit or not errors, (why, errors)
    assert len(errors) <= 2, (why, errors)
    shutil.copytree(folder, str(folder) + "-killed", ignore=shutil.ignore_patterns("*-shm"))
    for row in range(ROWS, ROWS + 3):  # recovers without a restart
        database.submit(insert(row)).result(20)
        acknowledged.add(row)
    with database.read() as tx:
        seen = {row[0] for row in tx.rows("SELECT id FROM t")}
    assert acknowledged <= seen, why
    database.close()
    check(folder, acknowledged, why)
    check(Path(str(folder) + "-killed"), {row for row in acknowledged if row < ROWS}, why + " killed")
    shutil.rmtree(folder)
    shutil.rmtree(str(folder) + "-killed")
    return hit


def faults(folder: Path, call: str, error: int, every: int) -> None:
    number = 1
    while faulty_run(folder / f"{call}{error}-{number}", call, error, number):
        number += every
    print(number)


def trace(folder: Path, log: Path) -> None:
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    database = Database(SmallLog(folder / "modelwright.db"))
    with database.write() as tx:
        tx.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, data BLOB)")
    shutil.copytree(folder, str(folder) + "-start", ignore=shutil.ignore_patterns("*-shm"))
    shim.fault_trace(str(folder).encode(), descriptor)
    chance = random.Random(1)
    row = 0
    while row < 150:
        group = [database.submit(insert(row + offset)) for offset in range(chance.choice((1, 1, 2, 5)))]
        for future in group:
            future.result(20)
            os.write(descriptor, struct.pack("=4q", ord("a"), 0, row, 0))
            row += 1
    os._exit(0)


if __name__ == "__main__":
    if sys.argv[1] == "faults":
        faults(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
    else:
        trace(Path(sys.argv[2]), Path(sys.argv[3]))
