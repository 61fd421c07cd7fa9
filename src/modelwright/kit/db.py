"""Transactions: snapshots to read, one at a time to write, and the acknowledged group-commit lane for bulk writes.

    with db.read() as tx:   rows = tx.rows("SELECT …", (…,))
    with db.write() as tx:  tx.execute("INSERT …", (…,))       # committed when the block ends
    future = db.submit(lambda tx: …, key=run_id)               # shares its commit with what arrives meanwhile

A future of `submit` is done only after its transaction was committed. Knows nothing of what the tables mean.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, nullcontext
from typing import Any, TypeVar

from sqlalchemy.sql import ClauseElement

from modelwright.kit import logs
from modelwright.kit.dialect import Connection, Dialect
from modelwright.types.errors import ModelwrightError, StorageFull, Unavailable

T = TypeVar("T")
Row = tuple[Any, ...]
_Work = tuple["Callable[[Tx], Any]", "Future[Any]"]

_LOG = logs.get(__name__)
_GATHER = 256        # writes that share one commit at most
_RETRY_FOR_S = 8.0   # how long a lane tries to reach a database that went away


class Tx:
    """One open transaction. SQL text uses `?` for parameters on every engine."""

    def __init__(self, connection: Connection, dialect: Dialect) -> None:
        self.connection = connection
        self.dialect = dialect
        self.notes: dict[Any, Any] = {}
        """What a transaction gathers for its end (events, for example), by key."""
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

    def select(self, statement: ClauseElement) -> list[Row]:
        """All rows of a composed SQLAlchemy statement."""
        compiled = statement.compile(dialect=self.dialect.sqlalchemy, compile_kwargs={"render_postcompile": True})
        names = compiled.positiontup or ()  # pyright: ignore[reportAttributeAccessIssue]
        values = compiled.params
        return self.connection.execute(str(compiled), [values[name] for name in names]).fetchall()

    def before_commit(self, key: str, action: Callable[[Tx], None]) -> None:
        """Do this once just before the commit."""
        self._before.setdefault(key, action)

    def after_commit(self, key: str, action: Callable[[], None]) -> None:
        """Do this once when the commit has succeeded; it must not raise."""
        self._after.setdefault(key, action)

    def closing(self) -> None:
        """Run what `before_commit` gathered."""
        for action in self._before.values():
            action(self)

    def closed(self) -> None:
        """Run what `after_commit` gathered."""
        for action in self._after.values():
            action()


class _Pool:
    """Sessions for one use; a thread takes the most recently used one."""

    def __init__(self, dialect: Dialect, *, writer: bool) -> None:
        self._dialect = dialect
        self._writer = writer
        self._idle: list[Connection] = []

    def begin(self) -> Connection:
        """A session with an open transaction; idle ones that the engine hung up on are replaced."""
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread was faster
                break
            try:
                self._dialect.begin(connection, writer=self._writer)
            except Exception as error:
                if not self._dialect.closed(error):
                    self.rolled_back(connection)
                    raise
                continue
            return connection
        connection = self._dialect.connect(writer=self._writer)
        self._dialect.begin(connection, writer=self._writer)
        return connection

    def give(self, connection: Connection) -> None:
        """Keep a session for the next one who needs it."""
        self._idle.append(connection)

    def rolled_back(self, connection: Connection) -> None:
        """Roll back and keep the session; one that cannot is thrown away."""
        try:
            if self._dialect.usable(connection):
                self._dialect.rollback(connection)
                self._idle.append(connection)
                return
        except Exception as error:  # noqa: BLE001  the error that led here is the one to report
            _LOG.debug("a session could not roll back: %s", error)
        connection.close()

    def close(self) -> None:
        """End the idle sessions."""
        while self._idle:
            self._idle.pop().close()


class Database:
    """One database, shared by all threads of a process."""

    def __init__(self, dialect: Dialect, *, query_timeout_s: float = 20.0) -> None:
        self.dialect = dialect
        self._timeout = query_timeout_s
        self._readers = _Pool(dialect, writer=False)
        self._writers = _Pool(dialect, writer=True)
        self._turn = threading.Lock() if dialect.lanes == 1 else nullcontext()
        self._lanes = [_Lane(self, number) for number in range(dialect.lanes)]

    @contextmanager
    def read(self, *, timeout_s: float | None = None) -> Generator[Tx]:
        """A snapshot. Statements are cancelled after the query timeout.

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
            StorageFull, Unavailable: nothing was changed. Whatever the block raises.
        """
        with self._translating():
            with self._turn, self._transaction(self._writers) as tx:
                yield tx
            tx.closed()

    def submit(self, work: Callable[[Tx], T], *, key: str = "") -> Future[T]:
        """Queue a write; works of one key run in the order of their arrival.

        The work may run more than once (a lost session is tried again), so it must touch nothing but the transaction.
        """
        future: Future[T] = Future()
        lane = self._lanes[hash(key) % len(self._lanes)] if len(self._lanes) > 1 else self._lanes[0]
        lane.put(work, future)
        return future

    def close(self) -> None:
        """Finish what is queued, then end all sessions."""
        for lane in self._lanes:
            lane.close()
        self._readers.close()
        self._writers.close()

    def translated(self, error: BaseException) -> BaseException:
        """The driver's error as ours; anything else as it is."""
        if isinstance(error, ModelwrightError):
            return error
        return self.dialect.translate(error) or error

    def run_together(self, works: list[_Work]) -> None:
        """Run works in one transaction, each in a savepoint, and answer them after the commit."""
        deadline = time.monotonic() + _RETRY_FOR_S
        pause = 0.05
        while True:
            attempt = _Attempt(works)
            try:
                with self._turn, self._transaction(self._writers) as tx:
                    attempt.run(tx, self)
            except BaseException as error:  # noqa: BLE001  every waiting caller must hear of it
                untouched = attempt.tx is None or not attempt.tx.committing
                again = self.dialect.retryable(error) or (untouched and self.dialect.closed(error))
                if again and time.monotonic() < deadline:
                    time.sleep(pause)
                    pause = min(pause * 2, 1.0)
                    continue
                attempt.fail(self.translated(error))
                return
            tx.closed()
            attempt.answer()
            return

    @contextmanager
    def _transaction(self, pool: _Pool) -> Generator[Tx]:
        connection = pool.begin()
        tx = Tx(connection, self.dialect)
        try:
            yield tx
            tx.closing()
            tx.committing = True
            connection.execute("COMMIT")
        except BaseException:
            pool.rolled_back(connection)
            raise
        pool.give(connection)

    @contextmanager
    def _translating(self) -> Generator[None]:
        try:
            yield
        except Exception as error:
            ours = self.translated(error)
            if ours is error:
                raise
            raise ours from error


class _Attempt:
    """One try to run a group of works in one transaction."""

    def __init__(self, works: list[_Work]) -> None:
        self._works = works
        self._answers: list[tuple[Any, BaseException | None]] = []
        self.tx: Tx | None = None

    def run(self, tx: Tx, database: Database) -> None:
        self.tx = tx
        for work, _ in self._works:
            self._answers.append(self._isolated(tx, work, database))

    def _isolated(self, tx: Tx, work: Callable[[Tx], Any], database: Database) -> tuple[Any, BaseException | None]:
        execute = tx.connection.execute
        execute("SAVEPOINT work")
        try:
            answer = work(tx)
        except BaseException as error:
            if database.dialect.closed(error) or database.dialect.retryable(error):
                raise
            ours = database.translated(error)
            if isinstance(ours, (StorageFull, Unavailable)) and ours is not error:
                raise  # the transaction itself is in trouble, not this work alone
            execute("ROLLBACK TO SAVEPOINT work")
            execute("RELEASE SAVEPOINT work")
            return None, ours
        execute("RELEASE SAVEPOINT work")
        return answer, None

    def answer(self) -> None:
        for (_, future), (answer, failure) in zip(self._works, self._answers, strict=True):
            if failure is not None:
                future.set_exception(failure)
            else:
                future.set_result(answer)

    def fail(self, error: BaseException) -> None:
        for _, future in self._works:
            future.set_exception(error)


class _Lane:
    """A thread that takes what has arrived, writes it in one transaction and answers."""

    def __init__(self, database: Database, number: int) -> None:
        self._database = database
        self._queue: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._loop, name=f"write-lane-{number}", daemon=True)
        self._thread.start()

    def put(self, work: Callable[[Tx], Any], future: Future[Any]) -> None:
        if self._closed:
            future.set_exception(Unavailable("the server is stopping; try again in a moment"))
            return
        self._queue.put((work, future))

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            self._thread.join()

    def _loop(self) -> None:
        while True:
            item = self._queue.get()
            if item is None:
                return
            works = [item]
            stop = False
            while len(works) < _GATHER:
                try:
                    following = self._queue.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    stop = True
                    break
                works.append(following)
            self._database.run_together(works)
            if stop:
                return
