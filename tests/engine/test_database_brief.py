"""Are brief writes done where they are asked for, and only while that harms nobody?"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelwright.kit.db import Database, Tx
from modelwright.kit.dialect import open_dialect
from modelwright.types.errors import Conflict


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(open_dialect("", tmp_path))
    database.alone = lambda: True
    with database.write() as tx:
        tx.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)")
    here = 0
    for _ in range(2_000):  # until it is known that commits are quick
        done = database.submit(lambda tx: threading.get_ident(), brief=True).result(10)
        here = here + 1 if done == threading.get_ident() else 0
        if here == 20:
            break
    else:
        pytest.fail("no write was done in this thread")
    yield database
    database.close()


def stored(database: Database) -> list[int]:
    with database.read() as tx:
        return [row[0] for row in tx.rows("SELECT id FROM t ORDER BY id")]


def put(number: int, tx: Tx) -> int:
    tx.execute("INSERT INTO t VALUES (?)", (number,))
    return threading.get_ident()


def test_a_brief_write_is_committed_when_submit_returns(database: Database) -> None:
    future = database.submit(lambda tx: put(1, tx), brief=True)
    assert future.done()
    assert future.result() == threading.get_ident()
    assert stored(database) == [1]


def test_a_brief_write_that_is_refused_changes_nothing(database: Database) -> None:
    def work(tx: Tx) -> None:
        put(1, tx)
        raise Conflict("no")

    with pytest.raises(Conflict):
        database.submit(work, brief=True).result(10)
    with pytest.raises(Conflict):
        database.submit(lambda tx: (put(2, tx), put(2, tx)), brief=True).result(10)
    assert stored(database) == []
    database.submit(lambda tx: put(3, tx), brief=True).result(10)
    assert stored(database) == [3]


def test_a_brief_write_waits_its_turn_behind_the_lane(database: Database) -> None:
    entered, leave = threading.Event(), threading.Event()
    order: list[int] = []

    def slow(tx: Tx) -> None:
        entered.set()
        assert leave.wait(10)
        order.append(1)

    first = database.submit(slow, key="k")
    assert entered.wait(10)
    second = database.submit(lambda tx: order.append(2), key="k", brief=True)
    assert not second.done()
    leave.set()
    first.result(10)
    second.result(10)
    assert order == [1, 2]


def test_a_brief_write_inside_a_write_does_not_wait_for_itself(database: Database) -> None:
    with database.write() as tx:
        put(1, tx)
        future = database.submit(lambda tx: put(2, tx), brief=True)
        assert not future.done()
    assert future.result(10) != threading.get_ident()
    assert stored(database) == [1, 2]


def test_a_brief_write_leaves_the_waiting_for_another_process_to_the_lane(database: Database, tmp_path: Path) -> None:
    (path,) = tmp_path.glob("*.db")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    future = database.submit(lambda tx: put(1, tx), brief=True)
    assert not future.done()
    other.execute("ROLLBACK")
    other.close()
    assert future.result(20) != threading.get_ident()


def test_now_and_then_the_lane_gets_a_brief_write_to_write_the_log_back(database: Database) -> None:
    threads: set[int] = set()
    for number in range(300):
        threads.add(database.submit(lambda tx, number=number: put(number, tx), brief=True).result(10))
    assert len(threads) == 2
    assert stored(database) == list(range(300))


def test_nothing_is_done_at_once_while_others_wait(database: Database) -> None:
    database.alone = lambda: False
    assert database.submit(lambda tx: put(1, tx), brief=True).result(10) != threading.get_ident()
