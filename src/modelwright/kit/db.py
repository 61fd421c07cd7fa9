"""Transactions: snapshots to read, one at a time to write, and the acknowledged group-commit lane for bulk writes.

    with db.read() as tx:   rows = tx.rows("SELECT …", (…,))
    with db.write() as tx:  tx.execute("INSERT …", (…,))       # committed when the block ends
    future = db.submit(lambda tx: …, key=run_id)               # shares its commit with what arrives meanwhile

A block of `write` that ended, and a future of `submit` that has a result, are committed and survive a power cut. One
that raised has changed nothing, with one exception that its message names: the database was lost during the commit, and
does not say that it rolled back (PostgreSQL is asked by the transaction's id as soon as it answers again). Nothing is
ever applied twice: a transaction is repeated only when the first try is known to have been rolled back.
Knows nothing of what the tables mean.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, nullcontext
from typing import Any, TypeVar

from sqlalchemy.sql import ClauseElement

from modelwright.kit import logs
from modelwright.kit.dialect import Connection, Dialect
from modelwright.kit.lane import Lane
from modelwright.kit.pool import Pool
from modelwright.types.errors import ModelwrightError, Unavailable

T = TypeVar("T")
Row = tuple[Any, ...]
_Gathered = tuple[dict[Any, Any], dict[str, Callable[["Tx"], None]], dict[str, Callable[[], None]]]

_LOG = logs.get(__name__)
_TOGETHER = 16  # rows that one statement inserts
_ASK_FOR_S = 8.0   # how long a lost database is asked what became of a commit
_PROMPT_S = 0.001  # a brief write runs where it is asked for while commits take less than this
_COMPANY = 16  # so many writes go to the lane after others were seen: together they commit faster
_PROMPT_RUN = 100  # so many in a row, then one goes to the lane, which does the database's upkeep


class Tx:
    """One open transaction. SQL text uses `?` for parameters on every engine."""

    def __init__(self, connection: Connection, dialect: Dialect) -> None:
        self.connection = connection
        self.dialect = dialect
        self.notes: dict[Any, Any] = {}
        """What a transaction gathers for its end (events, for example), by key. Works that share a commit share their
        notes: dicts and sets are united, lists joined, of other values the last one stays."""
        self.committing = False
        self._before: dict[str, Callable[[Tx], None]] = {}
        self._after: dict[str, Callable[[], None]] = {}

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query."""
        return self.connection.execute(self.dialect.text(sql), parameters).fetchall()

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row of a query, or None."""
        return self.connection.execute(self.dialect.text(sql), parameters).fetchone()

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run one statement; returns the number of rows that it changed."""
        return self.connection.execute(self.dialect.text(sql), parameters).rowcount

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for many rows."""
        items = rows if isinstance(rows, list) else list(rows)
        if items:
            self.dialect.many(self.connection, self.dialect.text(sql), items)

    def insert(self, into: str, rows: Sequence[Sequence[Any]], end: str = "") -> int:
        """`INSERT INTO … VALUES` rows `end`, several with one statement, whose fixed cost is that of several rows.

        Returns the number of rows that were written.
        """
        if not rows:
            return 0
        each = f"({','.join('?' * len(rows[0]))})"
        written = 0
        for start in range(0, len(rows), _TOGETHER):
            part = rows[start : start + _TOGETHER]
            written += self.execute(
                f"{into} VALUES {','.join([each] * len(part))}{end}", [*itertools.chain.from_iterable(part)]
            )
        return written

    def stream(self, sql: str, parameters: Sequence[Any] = (), *, rows: int = 1000) -> Generator[list[Row]]:
        """Rows of a query in lists of at most `rows`, for results that do not fit in memory."""
        yield from self.dialect.stream(self.connection, self.dialect.text(sql), parameters, rows)

    def select(self, statement: ClauseElement) -> list[Row]:
        """All rows of a composed SQLAlchemy statement."""
        compiled = statement.compile(dialect=self.dialect.sqlalchemy, compile_kwargs={"render_postcompile": True})
        names = compiled.positiontup or ()  # pyright: ignore[reportAttributeAccessIssue]
        values = compiled.params or {}
        return self.connection.execute(str(compiled), [values[name] for name in names]).fetchall()

    def before_commit(self, key: str, action: Callable[[Tx], None]) -> None:
        """Do this once just before the commit."""
        self._before.setdefault(key, action)

    def after_commit(self, key: str, action: Callable[[], None]) -> None:
        """Do this once when the commit has succeeded; an error of it is logged and changes nothing."""
        self._after.setdefault(key, action)

    def closing(self) -> None:
        """Run what `before_commit` gathered."""
        for action in list(self._before.values()):
            action(self)

    def closed(self) -> None:
        """Run what `after_commit` gathered."""
        for action in self._after.values():
            try:
                action()
            except Exception:
                _LOG.exception("an action after a commit failed; the commit stands")

    def mark(self) -> _Gathered:
        """Gather afresh; what was gathered so far is returned, for `keep` or `forget`."""
        gathered = (self.notes, self._before, self._after)
        self.notes, self._before, self._after = {}, {}, {}
        return gathered

    def keep(self, mark: _Gathered) -> None:
        """Add what was gathered since `mark` to what was gathered before."""
        notes, before, after = mark
        for key, value in self.notes.items():
            known = notes.get(key)
            if isinstance(known, (dict, set)):
                known.update(value)
            elif isinstance(known, list):
                known.extend(value)
            else:
                notes[key] = value
        self.notes, self._before, self._after = notes, {**self._before, **before}, {**self._after, **after}

    @contextmanager
    def part(self) -> Generator[None]:
        """A part that leaves nothing when it raises one of our own refusals, while the transaction goes on.

        Any other error is the transaction's end as well.
        """
        self.connection.execute("SAVEPOINT part")
        mark = self.mark()
        try:
            yield
        except ModelwrightError:
            self.connection.execute("ROLLBACK TO SAVEPOINT part")
            self.connection.execute("RELEASE SAVEPOINT part")
            self.forget(mark)
            raise
        self.connection.execute("RELEASE SAVEPOINT part")
        self.keep(mark)

    def forget(self, mark: _Gathered) -> None:
        """Drop what was gathered since `mark`."""
        self.notes, self._before, self._after = mark


class Database:
    """One database, shared by all threads of a process. A forked child must open its own."""

    def __init__(self, dialect: Dialect, *, query_timeout_s: float = 20.0) -> None:
        self.dialect = dialect
        self._timeout = query_timeout_s
        self._readers = Pool(dialect, writer=False)
        self._writers = Pool(dialect, writer=True)
        self._turn = threading.Lock() if dialect.lanes == 1 else nullcontext()
        self._thread = threading.local()
        self._lanes = [Lane(self, number) for number in range(dialect.lanes)]
        self._prompt = Pool(dialect, writer=True, prompt=True)
        self._prompt_left = 0
        self._company = 0
        self._commit_s = 1.0  # what half of the commits of late take longer than; slow until it is known
        self.alone: Callable[[], bool] | None = None
        """Whether nobody else is about to write or waits for the thread that asks; set by the server."""
        self._next = itertools.count()

    @contextmanager
    def read(self, *, timeout_s: float | None = None) -> Generator[Tx]:
        """A snapshot. Statements are cancelled after the query timeout (SQLite: the whole block's statements).

        Raises:
            Unavailable: the database cannot be reached. Invalid: a query took too long.
        """
        with self._translating(), self._transaction(self._readers) as tx:
            self.dialect.deadline(tx.connection, timeout_s or self._timeout)
            yield tx

    @contextmanager
    def write(self) -> Generator[Tx]:
        """A transaction that is committed when the block ends, rolled back when it raises.

        Raises:
            StorageFull, Unavailable: nothing was changed (or the message says that it is not known).
            Whatever the block raises.
        """
        with self._translating(), self.writing() as tx:
            yield tx

    def submit(self, work: Callable[[Tx], T], *, key: str = "", brief: bool = False) -> Future[T]:
        """Queue a write; works of one key run in the order of their arrival (those without a key in any order).

        The work may run more than once before it is committed once, so it must touch nothing but the transaction. It
        may not wait for another write. A future that was not started yet can be cancelled.

        Args:
            brief: the work takes well under a millisecond. While nobody else wants to write and commits are quick it is
                done before this returns: handing it to another thread and back would take as long as the work.
        """
        future: Future[T] = Future()
        if self._writers.refusal:
            future.set_exception(Unavailable(self._writers.refusal))
            return future
        count = len(self._lanes)
        if brief and count == 1 and self._done_at_once(work, future):
            return future
        self._lanes[0 if count == 1 else (hash(key) if key else next(self._next)) % count].put(work, future)
        return future

    @property
    def queued(self) -> int:
        """Writes that wait for a lane."""
        return sum(lane.waiting for lane in self._lanes)

    def close(self) -> None:
        """Finish what is queued, then end all sessions; later calls get `Unavailable`."""
        for lane in self._lanes:
            lane.close()
        self._readers.close()
        self._writers.close()
        self._prompt.close()

    def translated(self, error: BaseException) -> BaseException:
        """The driver's error as ours; anything else as it is."""
        if isinstance(error, ModelwrightError):
            return error
        return self.dialect.translate(error) or error

    def repeatable(self, error: BaseException) -> bool:
        """Whether a write that raised this is known to have changed nothing, and may succeed when it is tried again."""
        if isinstance(error, _CommitLost):
            return error.rolled_back
        return self.dialect.retryable(error) or self.dialect.closed(error)

    @contextmanager
    def writing(self) -> Generator[Tx]:
        """As `write`, with the driver's own errors; for the lanes."""
        if getattr(self._thread, "writes", False):
            raise RuntimeError("a write inside a write would wait for itself: pass the open transaction on")
        self._writers.check()
        with self._turn:
            self._thread.writes = True
            try:
                with self._transaction(self._writers) as tx:
                    yield tx
            finally:
                self._thread.writes = False
        tx.closed()

    def _done_at_once(self, work: Callable[[Tx], T], future: Future[T]) -> bool:
        """Do a brief write in this thread; False, with nothing changed, when it is better done by the lane."""
        if self._commit_s > _PROMPT_S or self.alone is None:
            return False
        if not self.alone():
            self._company = _COMPANY
            return False
        if self._company:
            self._company -= 1
            return False
        turn = self._turn
        assert not isinstance(turn, nullcontext)
        if self._prompt_left <= 0 or not turn.acquire(blocking=False):
            self._prompt_left = _PROMPT_RUN
            return False
        begun = False
        try:
            if not self._lanes[0].idle:
                return False
            self._prompt_left -= 1
            self._thread.writes = True
            with self._transaction(self._prompt) as tx:
                begun = True
                answer = work(tx)
        except BaseException as error:
            if not begun:
                return False
            future.set_exception(self.translated(error))
            if not isinstance(error, Exception):
                raise
            return True
        finally:
            self._thread.writes = False
            turn.release()
        tx.closed()
        future.set_result(answer)
        return True

    @contextmanager
    def _transaction(self, pool: Pool) -> Generator[Tx]:
        connection, name = pool.begin()
        tx = Tx(connection, self.dialect)
        try:
            yield tx
            tx.closing()
            tx.committing = True
            began = time.perf_counter()
            self.dialect.commit(connection)
            if pool is not self._readers:
                longer = time.perf_counter() - began > self._commit_s
                self._commit_s = max(self._commit_s * (1.25 if longer else 0.8), 1e-5)
        except BaseException as error:
            pool.rolled_back(connection)
            if tx.committing:
                self._commit_s = 1.0
            if tx.committing and self.dialect.closed(error):
                raise _CommitLost(rolled_back=self._was_rolled_back(name)) from error
            raise
        pool.give(connection)

    def _was_rolled_back(self, name: str) -> bool:
        """Whether a transaction whose COMMIT got no answer is known to have changed nothing."""
        end = time.monotonic() + _ASK_FOR_S
        pause = 0.02
        while time.monotonic() < end:
            time.sleep(pause)
            pause = min(pause * 2, 0.5)
            try:
                connection = self.dialect.connect(writer=False)
                try:
                    committed = self.dialect.outcome(connection, name)
                finally:
                    connection.close()
            except Exception as error:
                _LOG.debug("the database does not say what became of %s: %s", name, error)
                continue
            if committed is not None:
                return not committed
        return False

    @contextmanager
    def _translating(self) -> Generator[None]:
        try:
            yield
        except Exception as error:
            ours = self.translated(error)
            if ours is error:
                raise
            raise ours from error


class _CommitLost(Unavailable):
    """The database was lost during a commit."""

    def __init__(self, *, rolled_back: bool) -> None:
        self.rolled_back = rolled_back
        if rolled_back:
            super().__init__("the database was lost before the change was made; try again")
        else:
            super().__init__("the database was lost during the commit; the change may or may not have been made",
                             hint="look whether it is there before you repeat it")
