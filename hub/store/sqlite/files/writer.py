"""One writer at a time, and one write to disk for all that wait together (group commit)."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, TypeVar

from hub.errors import StoreError

T = TypeVar("T")
MOST_TOGETHER = 64


@dataclass(frozen=True, slots=True)
class _Job:
    """A work that waits, who waits for it, and whether what it writes is to stay."""

    work: Callable[[], Any]
    future: Future[Any]
    stays: bool


class Writer:
    """A thread that owns the writing connection. Works run one after the other, each in a savepoint of its own."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        broken: Callable[[sqlite3.DatabaseError], StoreError],
        undone: Callable[[], None],
    ) -> None:
        """broken: says what a database error means. undone: called after anything was rolled back."""
        self._connection = connection
        self._broken = broken
        self._undone = undone
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="hub-writer", daemon=True)
        self._thread.start()

    def run(self, work: Callable[[], T]) -> T:
        """Do the work in a commit and return when it is durable; what the work raises leaves nothing behind."""
        return self._wait_for(work, stays=True)

    def rehearse(self, work: Callable[[], T]) -> T:
        """Do the work as in a commit, undo all it wrote, and give its result."""
        return self._wait_for(work, stays=False)

    def close(self) -> None:
        """Finish what waits, then let go of the file."""
        self._queue.put(None)
        self._thread.join()
        self._connection.close()

    def _wait_for(self, work: Callable[[], T], *, stays: bool) -> T:
        if not self._thread.is_alive():
            raise StoreError("the store is closed")
        future: Future[T] = Future()
        self._queue.put(_Job(work, future, stays))
        return future.result()

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            batch, more = [first], True
            while len(batch) < MOST_TOGETHER and not self._queue.empty():
                item = self._queue.get()
                if item is None:
                    more = False
                    break
                batch.append(item)
            self._commit(batch)
            if not more:
                return

    def _commit(self, batch: list[_Job]) -> None:
        done: list[tuple[Future[Any], Any]] = []
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for job in batch:
                self._one(job, done)
            self._connection.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            self._roll_back()
            left = [job for job in batch if not job.future.done()]
            if len(left) > 1:  # whose fault it was is not known: each on its own
                for each in left:
                    self._commit([each])
            for job in left if len(left) == 1 else ():
                job.future.set_exception(self._broken(error))
            return
        for future, result in done:
            future.set_result(result)

    def _one(self, job: _Job, done: list[tuple[Future[Any], Any]]) -> None:
        self._connection.execute("SAVEPOINT work")
        try:
            result = job.work()
        except sqlite3.DatabaseError:
            raise  # the batch is over: SQLite may have rolled back already
        except BaseException as error:  # noqa: BLE001 - whatever it is belongs to the one who waits for it
            self._undo()
            job.future.set_exception(error)
        else:
            if not job.stays:
                self._undo()
            done.append((job.future, result))
        self._connection.execute("RELEASE work")

    def _undo(self) -> None:
        self._connection.execute("ROLLBACK TO work")
        self._undone()

    def _roll_back(self) -> None:
        """Undo the batch. Where a damaged file doesn't let even that be done, the next BEGIN says so."""
        if self._connection.in_transaction:
            with suppress(sqlite3.DatabaseError):
                self._connection.execute("ROLLBACK")
        self._undone()
