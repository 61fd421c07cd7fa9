"""Do both engines keep the promises of `kit.db`? The shipped suite, and what only one engine can do wrong."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import pytest

from modelwright.kit.db import Database, Tx
from modelwright.kit.dialect import open_dialect
from modelwright.testing.database import DatabaseSuite
from modelwright.types.errors import Unavailable


class TestBothEngines(DatabaseSuite):
    @pytest.fixture
    def opened(self, engine: str, tmp_path: Path) -> Callable[[], Database]:
        return lambda: Database(open_dialect(engine, tmp_path), query_timeout_s=20)


@pytest.fixture
def database(engine: str, tmp_path: Path) -> Database:
    return Database(open_dialect(engine, tmp_path))


def test_a_statement_whose_failure_was_ignored_never_counts_as_committed(postgres_server, tmp_path: Path) -> None:
    url = postgres_server.empty()
    database = Database(open_dialect(url, tmp_path))
    with database.write() as tx:
        tx.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)")
    with pytest.raises(RuntimeError, match="ignored"), database.write() as tx:
        tx.execute("INSERT INTO t VALUES (1)")
        with contextlib.suppress(Exception):
            tx.execute("INSERT INTO t VALUES (1)")
    with database.read() as tx:
        assert tx.rows("SELECT id FROM t") == []
    database.close()
    postgres_server.drop(url)


def test_an_idle_session_that_the_server_ended_is_replaced(postgres_server, tmp_path: Path) -> None:
    url = postgres_server.empty()
    database = Database(open_dialect(url, tmp_path))
    for _ in range(2):
        with database.read() as tx:
            assert tx.row("SELECT 1") == (1,)
        with database.write() as tx:
            tx.execute("SELECT 1")
        postgres_server.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'modelwright'"
        )
    assert database.submit(lambda tx: tx.row("SELECT 2")).result(10) == (2,)
    database.close()
    postgres_server.drop(url)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # that forking with threads is unwise is the point
def test_a_forked_child_refuses_and_leaves_the_parent_in_peace(database: Database) -> None:
    with database.write() as tx:
        tx.execute("CREATE TABLE t(id INTEGER)")
    with database.read() as tx:
        tx.rows("SELECT id FROM t")
    child = os.fork()
    if child == 0:
        outcome = 1
        try:
            with database.read():
                pass
        except Unavailable as error:
            refused = isinstance(database.submit(lambda tx: None).exception(1), Unavailable)
            outcome = 0 if "fork" in error.message and refused else 2
        finally:
            os._exit(outcome)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert database.submit(lambda tx: tx.execute("INSERT INTO t VALUES (1)")).result(10) == 1
    with database.read() as tx:
        assert tx.rows("SELECT id FROM t") == [(1,)]
    database.close()


def test_a_transaction_that_stood_still_for_too_long_is_unavailable(postgres_server, tmp_path: Path) -> None:
    url = postgres_server.empty()
    database = Database(open_dialect(url, tmp_path))
    with pytest.raises(Unavailable), database.write() as tx:
        tx.execute("SET LOCAL idle_in_transaction_session_timeout = 50")
        time.sleep(0.3)
        tx.execute("SELECT 1")
    with database.read() as tx:
        assert tx.row("SELECT 1") == (1,)
    database.close()
    postgres_server.drop(url)


def test_two_streams_run_side_by_side(database: Database) -> None:
    numbers = "SELECT id FROM (VALUES (1), (2), (3)) AS n(id) ORDER BY id"
    if database.dialect.name == "sqlite":
        numbers = "SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3"
    with database.read() as tx:
        pairs = list(zip(tx.stream(numbers, rows=1), tx.stream(numbers, rows=1), strict=True))
    assert pairs == [([(n,)], [(n,)]) for n in (1, 2, 3)]
    database.close()


def test_a_folder_that_is_gone_is_unavailable(tmp_path: Path) -> None:
    database = Database(open_dialect("", tmp_path / "gone"))
    for block in (database.read, database.write):
        with pytest.raises(Unavailable, match="cannot be opened"), block():
            pass
    assert isinstance(database.submit(lambda tx: None).exception(20), Unavailable)
    database.close()


def test_a_write_that_finds_something_damaged_takes_nothing_from_its_neighbours(database: Database) -> None:
    with database.write() as tx:
        tx.execute("CREATE TABLE t(id BIGINT)")
    here, go = threading.Event(), threading.Event()

    def wait(tx: Tx) -> None:
        here.set()
        assert go.wait(20)

    def damaged(tx: Tx) -> None:
        tx.execute("INSERT INTO t VALUES (100)")
        raise Unavailable("damaged")

    def insert(number: int) -> Future[int]:
        return database.submit(lambda tx: tx.execute("INSERT INTO t VALUES (?)", (number,)), key="k")

    busy = database.submit(wait, key="k")
    assert here.wait(20)
    before, bad, after = insert(1), database.submit(damaged, key="k"), insert(2)
    go.set()
    busy.result(20)
    assert (before.result(20), after.result(20)) == (1, 1)
    assert str(bad.exception(20)) == "damaged"
    with database.read() as tx:
        assert tx.rows("SELECT id FROM t ORDER BY id") == [(1,), (2,)]
    database.close()
