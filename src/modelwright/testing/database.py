"""The suite that a database engine must pass: promises of `modelwright.kit.db.Database`, each as one test.

    class TestMyEngine(DatabaseSuite):
        @pytest.fixture
        def opened(self):
            return lambda: Database(MyDialect(…))     # each call opens the same database anew

The suite makes one table of its own, `suite_items`, and drops it again. Knows nothing of the rooms' tables.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from typing import Any

import pytest
import sqlalchemy as sa

from modelwright.kit.db import Database, Tx
from modelwright.types.errors import Conflict, Invalid, ModelwrightError, Unavailable

_ITEMS = sa.table("suite_items", sa.column("id"), sa.column("text"), sa.column("number"))
_SLOW = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT count(*) FROM n"
)


def put(tx: Tx, key: int, text: str = "", number: float | None = None) -> int:
    """Insert one row of the suite's table; returns its key."""
    tx.execute("INSERT INTO suite_items(id, text, number) VALUES (?, ?, ?)", (key, text, number))
    return key


def keys(database: Database) -> list[int]:
    """Keys of the suite's table, in order."""
    with database.read() as tx:
        return [row[0] for row in tx.rows("SELECT id FROM suite_items ORDER BY id")]


class DatabaseSuite:
    """Subclass it and define the fixture `opened`: a function that opens the database under test, again each time."""

    @pytest.fixture
    def database(self, opened: Callable[[], Database]) -> Iterator[Database]:
        """The database, with the suite's table."""
        database = opened()
        with database.write() as tx:
            tx.execute("CREATE TABLE suite_items(id BIGINT PRIMARY KEY, text TEXT, number DOUBLE PRECISION, "
                       + ("data BLOB)" if database.dialect.name == "sqlite" else "data BYTEA)"))
        yield database
        database.close()
        cleaning = opened()
        with cleaning.write() as tx:
            tx.execute("DROP TABLE suite_items")
        cleaning.close()

    def test_what_a_block_wrote_is_there_after_it(self, database: Database) -> None:
        """Commit at the end of the block."""
        with database.write() as tx:
            put(tx, 1)
        assert keys(database) == [1]

    def test_a_block_that_raises_leaves_nothing(self, database: Database) -> None:
        """Rollback, and the error passes through."""
        with pytest.raises(KeyError), database.write() as tx:
            put(tx, 1)
            raise KeyError("mine")
        assert keys(database) == []

    def test_a_read_is_a_snapshot(self, database: Database) -> None:
        """What others commit meanwhile is not seen."""
        with database.read() as tx:
            assert tx.rows("SELECT id FROM suite_items") == []
            with database.write() as other:
                put(other, 1)
            assert tx.rows("SELECT id FROM suite_items") == []
        assert keys(database) == [1]

    def test_a_read_cannot_write(self, database: Database) -> None:
        """Not even by mistake."""
        with pytest.raises(Exception, match=r"read.?only|readonly|cannot be written"), database.read() as tx:
            put(tx, 1)
        assert keys(database) == []

    def test_an_upsert_replaces(self, database: Database) -> None:
        """ON CONFLICT is one text for all engines."""
        sql = ("INSERT INTO suite_items(id, text) VALUES (?, ?) "
               "ON CONFLICT (id) DO UPDATE SET text = excluded.text")
        with database.write() as tx:
            assert tx.execute(sql, (1, "a")) == 1
            tx.execute(sql, (1, "b"))
            assert tx.row("SELECT text FROM suite_items") == ("b",)

    def test_many_rows_go_in_at_once(self, database: Database) -> None:
        """An iterator is as good as a list, and none is fine."""
        with database.write() as tx:
            tx.many("INSERT INTO suite_items(id) VALUES (?)", ((number,) for number in range(2500)))
            tx.many("INSERT INTO suite_items(id) VALUES (?)", [])
        assert keys(database) == list(range(2500))

    def test_a_stream_gives_all_rows_in_portions(self, database: Database) -> None:
        """In order, none lost at the seams."""
        with database.write() as tx:
            tx.many("INSERT INTO suite_items(id) VALUES (?)", [(number,) for number in range(25)])
        with database.read() as tx:
            portions = list(tx.stream("SELECT id FROM suite_items WHERE id >= ? ORDER BY id", (5,), rows=10))
        assert [len(portion) for portion in portions] == [10, 10]
        assert [row[0] for portion in portions for row in portion] == list(range(5, 25))

    def test_composed_statements_run(self, database: Database) -> None:
        """IN lists, LIKE with percent signs, NULL and literal question marks."""
        with database.write() as tx:
            put(tx, 1, "100% sure?", 1.5)
            put(tx, 2, "no")
        with database.read() as tx:
            chosen = sa.select(_ITEMS.c.id).order_by(_ITEMS.c.id)
            assert tx.select(chosen.where(_ITEMS.c.id.in_([1, 2, 3]))) == [(1,), (2,)]
            assert tx.select(chosen.where(_ITEMS.c.text.like("100%?"))) == [(1,)]
            assert tx.select(chosen.where(_ITEMS.c.text == sa.literal_column("'100% sure?'"))) == [(1,)]
            assert tx.select(chosen.where(_ITEMS.c.number.is_(None))) == [(2,)]

    @pytest.mark.parametrize("text", ["", "é ü 漢字 🦉", "%s ? :x '\"", "a\tb\nc\r", "x" * 1_000_000])
    def test_texts_come_back_as_they_were(self, database: Database, text: str) -> None:
        """All of Unicode, a million characters."""
        with database.write() as tx:
            put(tx, 1, text)
        with database.read() as tx:
            assert tx.row("SELECT text FROM suite_items WHERE text = ?", (text,)) == (text,)

    def test_numbers_come_back_as_they_were(self, database: Database) -> None:
        """64-bit integers, extreme floats and the infinities."""
        integers = [-(2**63), -1, 0, 2**53 + 1, 2**63 - 1]
        floats = [0.1, 5e-324, -1.7976931348623157e308, float("inf"), float("-inf")]
        with database.write() as tx:
            for key, number in zip(integers, floats, strict=True):
                put(tx, key, "", number)
        with database.read() as tx:
            rows = [tx.row("SELECT id, number FROM suite_items WHERE id = ?", (key,)) for key in integers]
        assert rows == list(zip(integers, floats, strict=True))

    def test_bytes_come_back_as_they_were(self, database: Database) -> None:
        """Every byte value."""
        data = bytes(range(256)) * 40
        with database.write() as tx:
            tx.execute("INSERT INTO suite_items(id, data) VALUES (1, ?)", (data,))
        with database.read() as tx:
            found = tx.row("SELECT data FROM suite_items")
        assert found is not None
        assert bytes(found[0]) == data

    @pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 2**200])
    def test_an_integer_of_more_than_64_bits_is_invalid(self, database: Database, value: int) -> None:
        """Refused in words, and the database goes on."""
        with pytest.raises(Invalid), database.write() as tx:
            tx.execute("INSERT INTO suite_items(id) VALUES (?)", (value,))
        assert keys(database) == []

    def test_a_lone_surrogate_is_invalid(self, database: Database) -> None:
        """It has no UTF-8 form."""
        with pytest.raises(Invalid), database.write() as tx:
            put(tx, 1, "\ud800")
        with pytest.raises(Invalid), database.read() as tx:
            tx.rows("SELECT id FROM suite_items WHERE text = ?", ("\ud800",))

    def test_a_nul_character_is_kept_or_invalid(self, database: Database) -> None:
        """Never cut off."""
        try:
            with database.write() as tx:
                put(tx, 1, "a\0b")
        except Invalid:
            assert keys(database) == []
            return
        with database.read() as tx:
            assert tx.row("SELECT text FROM suite_items") == ("a\0b",)

    def test_a_taken_key_is_a_conflict(self, database: Database) -> None:
        """Constraints are told apart from bugs."""
        with database.write() as tx:
            put(tx, 1)
        with pytest.raises(Conflict), database.write() as tx:
            put(tx, 1)

    def test_a_long_key_is_stored_or_invalid(self, database: Database) -> None:
        """Engines limit what an index can hold."""
        text = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(20_000))
        with database.write() as tx:
            tx.execute("CREATE INDEX suite_texts ON suite_items(text)")
        try:
            with database.write() as tx:
                put(tx, 1, text)
        except Invalid:
            assert keys(database) == []
            return
        with database.read() as tx:
            assert tx.row("SELECT id FROM suite_items WHERE text = ?", (text,)) == (1,)

    def test_a_slow_query_is_cancelled_and_the_session_goes_on(self, database: Database) -> None:
        """Within about a second of its limit."""
        begun = time.monotonic()
        with pytest.raises(Invalid, match="too long"), database.read(timeout_s=0.2) as tx:
            tx.rows(_SLOW)
        assert time.monotonic() - begun < 3
        assert keys(database) == []

    def test_a_submitted_write_is_committed_when_it_is_answered(
        self, database: Database, opened: Callable[[], Database],
    ) -> None:
        """Another process sees it at once."""
        other = opened()
        for number in range(20):
            assert database.submit(lambda tx, number=number: put(tx, number)).result(10) == number
            assert number in keys(other)
        other.close()

    def test_submitted_writes_of_one_key_keep_their_order(self, database: Database) -> None:
        """The last one wins."""
        with database.write() as tx:
            put(tx, 1)
        sql = "UPDATE suite_items SET number = ? WHERE id = 1"
        futures = [database.submit(lambda tx, n=number: tx.execute(sql, (n,)), key="run") for number in range(200)]
        assert {future.result(20) for future in futures} == {1}
        with database.read() as tx:
            assert tx.row("SELECT number FROM suite_items") == (199.0,)

    def test_a_failing_write_takes_nothing_from_its_neighbours(self, database: Database) -> None:
        """Each gets its own answer: a refusal, a bug, a broken constraint, a value that cannot be stored."""
        def refuse(tx: Tx) -> None:
            put(tx, 1000)
            raise Invalid("mine")

        def stumble(tx: Tx) -> None:
            put(tx, 1001)
            raise ZeroDivisionError

        bad: list[Callable[[Tx], Any]] = [refuse, stumble, lambda tx: put(tx, 0), lambda tx: put(tx, 2**64),
                                          lambda tx: put(tx, 1002, "\udfff"), lambda tx: tx.execute("SELECT nonsense")]
        with self._busy(database):
            good = [database.submit(lambda tx, n=number: put(tx, n), key="k") for number in range(5)]
            failing = [database.submit(work, key="k") for work in bad]
            good += [database.submit(lambda tx, n=number: put(tx, n), key="k") for number in range(5, 10)]
        assert [future.result(20) for future in good] == list(range(10))
        errors = [future.exception(20) for future in failing]
        assert [type(error) for error in errors[:5]] == [Invalid, ZeroDivisionError, Conflict, Invalid, Invalid]
        assert errors[5] is not None
        assert keys(database) == list(range(10))

    def test_what_a_failed_write_gathered_is_forgotten(self, database: Database) -> None:
        """Notes and actions of works that share a commit are united, those of a failed one are not among them."""
        said: list[str] = []

        def at_the_end(tx: Tx) -> None:
            put(tx, 100, ",".join(sorted(tx.notes["names"])))

        def work(name: str, *, fails: bool) -> Callable[[Tx], None]:
            def run(tx: Tx) -> None:
                tx.notes.setdefault("names", {})[name] = True
                tx.before_commit("end", at_the_end)
                tx.after_commit(name, lambda: said.append(name))
                if fails:
                    raise Invalid(name)
            return run

        with self._busy(database):
            futures = [database.submit(work(name, fails=name == "b"), key="k") for name in ("a", "b", "c")]
        assert futures[0].result(20) is None
        assert futures[2].result(20) is None
        assert isinstance(futures[1].exception(20), Invalid)
        assert sorted(said) == ["a", "c"]
        with database.read() as tx:
            assert tx.rows("SELECT text FROM suite_items") == [("a,c",)]

    def test_an_action_before_the_commit_that_fails_hurts_only_its_own_write(self, database: Database) -> None:
        """The group is taken apart until the culprit stands alone."""
        def nonsense(tx: Tx) -> None:
            tx.row("SELECT nonsense")

        def guilty(tx: Tx) -> None:
            put(tx, 50)
            tx.before_commit("guilty", nonsense)

        with self._busy(database):
            good = [database.submit(lambda tx, n=number: put(tx, n), key="k") for number in range(3)]
            culprit = database.submit(guilty, key="k")
        assert [future.result(20) for future in good] == [0, 1, 2]
        assert culprit.exception(20) is not None
        assert keys(database) == [0, 1, 2]

    def test_an_action_after_the_commit_that_fails_does_not_undo_it(self, database: Database) -> None:
        """The commit stands and is answered as such."""
        def stumble() -> None:
            raise ZeroDivisionError

        with database.write() as tx:
            put(tx, 1)
            tx.after_commit("boom", stumble)
        assert keys(database) == [1]

    def test_a_caller_that_goes_away_stops_nothing(self, database: Database) -> None:
        """A write that has not begun is cancelled, the lane goes on."""
        with self._busy(database):
            gone = database.submit(lambda tx: put(tx, 1), key="k")
            kept = database.submit(lambda tx: put(tx, 2), key="k")
            assert gone.cancel()
        assert kept.result(20) == 2
        with pytest.raises(CancelledError):
            gone.result(20)
        assert keys(database) == [2]

    def test_threads_that_count_together_lose_nothing(self, database: Database) -> None:
        """Blocks and submitted writes side by side, read-modify-write under a row lock."""
        with database.write() as tx:
            put(tx, 1, "", 0)

        def count(tx: Tx) -> None:
            tx.execute("UPDATE suite_items SET number = number + 1 WHERE id = 1")

        def blocks() -> None:
            for _ in range(50):
                with database.write() as tx:
                    count(tx)

        def submits() -> None:
            for future in [database.submit(count) for _ in range(50)]:
                future.result(30)

        threads = [threading.Thread(target=target) for target in (blocks, submits) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with database.read() as tx:
            assert tx.row("SELECT number FROM suite_items") == (400.0,)

    def test_a_write_inside_a_write_is_refused_at_once(self, database: Database) -> None:
        """It would wait for itself for ever."""
        with database.write() as tx:
            put(tx, 1)
            with pytest.raises(RuntimeError, match="inside"), database.write():
                pass
        assert keys(database) == [1]

    def test_closing_finishes_what_is_queued_and_then_refuses(self, database: Database) -> None:
        """A server that stops answers everything that it took."""
        with self._busy(database):
            futures = [database.submit(lambda tx, n=number: put(tx, n), key="k") for number in range(50)]
        database.close()
        assert [future.result(0) for future in futures] == list(range(50))
        assert isinstance(database.submit(lambda tx: put(tx, 99)).exception(5), Unavailable)
        for block in (database.read, database.write):
            with pytest.raises(Unavailable), block():
                pass

    def test_errors_of_the_engine_are_ours(self, database: Database) -> None:
        """Nobody above needs to know a driver."""
        with pytest.raises(ModelwrightError), database.write() as tx:
            put(tx, 1)
            put(tx, 1)

    class _Busy:
        """Keeps the lane of key `k` in a write until the block ends, so that what is submitted in it is gathered."""

        def __init__(self, database: Database) -> None:
            self._go = threading.Event()
            self._here = threading.Event()
            self._future: Future[Any] = database.submit(self._wait, key="k")

        def _wait(self, tx: Tx) -> None:
            self._here.set()
            assert self._go.wait(20)

        def __enter__(self) -> None:
            assert self._here.wait(20)

        def __exit__(self, *_: object) -> None:
            self._go.set()
            self._future.result(20)

    def _busy(self, database: Database) -> _Busy:
        return self._Busy(database)
