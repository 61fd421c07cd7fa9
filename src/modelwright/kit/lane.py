"""The acknowledged group-commit lane: a thread that takes what has arrived, commits it together and then answers.

A work is answered only after its transaction was committed. Works of a group cannot see that they share a commit:
one that fails takes nothing of the others with it. They run bare first, and once more in savepoints when one of them
failed, so a work may run more than once and must touch nothing but the transaction.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from modelwright.kit import logs
from modelwright.kit.pool import STOPPING
from modelwright.types.errors import StorageFull, Unavailable

if TYPE_CHECKING:
    from modelwright.kit.db import Database, Tx

_LOG = logs.get(__name__)
_GATHER = 256        # works that share one commit at most
_RETRY_FOR_S = 8.0   # how long a lane tries to reach a database that went away

Work = tuple[Callable[["Tx"], Any], "Future[Any]"]


class Lane:
    """One thread with a queue of works, in the order of their arrival."""

    def __init__(self, database: Database, number: int) -> None:
        self._database = database
        self._queue: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._closed = False
        self._closing = threading.Lock()
        self._given = 0
        self._answered = 0
        self._thread = threading.Thread(target=self._loop, name=f"write-lane-{number}", daemon=True)
        self._thread.start()

    def put(self, work: Callable[[Tx], Any], future: Future[Any]) -> None:
        """Queue a work; its future fails at once when the lane is closed."""
        with self._closing:
            if not self._closed:
                self._given += 1
                self._queue.put((work, future))
                return
        future.set_exception(Unavailable(STOPPING))

    @property
    def waiting(self) -> int:
        """Works that wait."""
        return self._queue.qsize()

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing is under way."""
        return self._given == self._answered and not self._closed

    def close(self) -> None:
        """Finish what is queued and end the thread."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _loop(self) -> None:
        stop = False
        while not stop:
            item = self._queue.get()
            works: list[Work] = []
            taken = 0
            while item is not None:
                taken += 1
                # From here on a caller that goes away cannot cancel: the write is under way.
                if item[1].set_running_or_notify_cancel():
                    works.append(item)
                if len(works) >= _GATHER:
                    break
                try:
                    item = self._queue.get_nowait()
                except queue.Empty:
                    break
            stop = item is None
            if works:
                try:
                    _run_together(self._database, works)
                except BaseException as error:  # a lane that dies would hang every later writer
                    _LOG.exception("the write lane met an error of its own")
                    for _, future in works:
                        if not future.done():
                            future.set_exception(error)
            self._answered += taken


def _run_together(database: Database, works: list[Work]) -> None:
    """Run works in one transaction and answer them after the commit."""
    deadline = time.monotonic() + _RETRY_FOR_S
    pause = 0.02
    isolated = False
    while True:
        answers: list[tuple[Any, BaseException | None]] = []
        inside = False
        try:
            with database.writing() as tx:
                for work, _ in works:
                    inside = True
                    answers.append(_isolated(database, tx, work) if isolated else (work(tx), None))
                    inside = False
        except BaseException as error:
            ours = database.translated(error)
            # What a work says itself is its own affair; what the storage says is everyone's, and no second try helps.
            of_all = isinstance(ours, (StorageFull, Unavailable)) and not (inside and ours is error)
            if database.repeatable(error):
                if time.monotonic() < deadline:
                    time.sleep(pause)
                    pause = min(pause * 2, 0.5)
                    continue
            elif len(works) > 1 and not of_all:
                if not isolated:
                    isolated = True
                    continue
                for work in works:  # the end of the transaction failed; whose fault it is shows when each has its own
                    _run_together(database, [work])
                return
            for _, future in works:
                future.set_exception(ours)
            return
        for (_, future), (answer, failure) in zip(works, answers, strict=True):
            if failure is None:
                future.set_result(answer)
            else:
                future.set_exception(failure)
        return


def _isolated(database: Database, tx: Tx, work: Callable[[Tx], Any]) -> tuple[Any, BaseException | None]:
    """Run one work in a savepoint; returns its answer or its error."""
    execute = tx.connection.execute
    execute("SAVEPOINT work")
    mark = tx.mark()
    try:
        answer = work(tx)
    except BaseException as error:
        ours = database.translated(error)
        in_trouble = isinstance(ours, (StorageFull, Unavailable)) and ours is not error
        if in_trouble or database.repeatable(error) or not database.dialect.usable(tx.connection, in_transaction=True):
            raise  # the transaction itself is in trouble, not this work alone
        execute("ROLLBACK TO SAVEPOINT work")
        execute("RELEASE SAVEPOINT work")
        tx.forget(mark)
        return None, ours
    execute("RELEASE SAVEPOINT work")
    tx.keep(mark)
    return answer, None
