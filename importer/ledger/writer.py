"""Group commit: whoever waits for the disk waits together, in one transaction in a thread of its own.

A commit that survives power loss costs a flush of the disk, milliseconds each; 64 rows that wait share it.
Where the account's limit sets the pace anyway, commits are kept some time apart besides, so that rows which
trickle in share one too: what a commit costs is mostly waking up, not writing.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from importer.errors import StoppedEarly
from importer.ledger.faults import writing_error
from importer.ledger.statements import ContactOwnedError
from importer.ledger.states import IllegalTransitionError

Result: TypeAlias = Exception | None

PACED_APART_S = 0.25
"""Seconds between two commits of a paced run: at 40 rows a second twenty writes share one. Each row is under
way for so much longer, for which there are some workers more; a process that is killed leaves some rows more
to be looked up."""


@dataclass(frozen=True, slots=True)
class Write:
    """One change, all or nothing.

    Attributes:
        apply: makes the change within an open transaction; may raise the program's errors, see `_apply`.
        opens: it is an intent: after a failure of the disk no more of these are taken.
        patient: one of many, so that it may wait for the next commit that is due.
    """

    apply: Callable[[sqlite3.Connection], None]
    opens: bool = False
    patient: bool = False


class Writer:
    """Owns the connection that writes. When the disk fails it refuses intents and still tries answers.

    Args:
        connection: that writes.
        path: of the file, for messages.
        apart_s: seconds between the beginnings of two commits at least; a patient write that comes in between
            waits for the next. After a pause of that length it waits for nothing.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, *, apart_s: float = 0.0) -> None:
        self._connection = connection
        self._path = path
        self._apart_s = apart_s
        self._last_at = float("-inf")
        self._nap: asyncio.Future[None] | None = None
        self._hurried = False  # somebody among the pending is not patient
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
        self._pending: list[tuple[Write, asyncio.Future[None]]] = []
        self._flush: asyncio.Task[None] | None = None
        self._broken: StoppedEarly | None = None
        self._closed = False

    async def write(self, write: Write) -> None:
        """Return when the change is on disk.

        Raises:
            StoppedEarly: the disk is full, the file damaged; the change was not made.
            IllegalTransitionError, ContactOwnedError: the change was not made, others are not affected.
        """
        if self._closed:
            raise RuntimeError("the ledger is closed")
        if write.opens and self._broken is not None:
            raise self._broken
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pending.append((write, future))
        if not write.patient:
            self._hurried = True
            if self._nap is not None:
                _wake(self._nap)
        # It starts in the next turn of the loop, when everybody of this turn has queued up.
        if self._flush is None or self._flush.done():
            self._flush = asyncio.create_task(self._write_groups())
        await future

    def write_now(self, write: Write) -> None:
        """Do the same without a loop; the calling thread waits. Raises the same."""
        result = self._thread.submit(self._commit, [write]).result()[0]
        if result is not None:
            raise result

    def close(self) -> None:
        """Write what still waits, then close. What fails now, the next one to open the ledger finds."""
        if self._closed:
            return
        self._closed = True
        left, self._pending = self._pending, []
        results = self._thread.submit(self._commit, [write for write, _ in left]).result()
        for (_, future), result in zip(left, results, strict=True):
            if not future.get_loop().is_closed():
                _tell(future, result)
        self._thread.shutdown(wait=True)
        self._connection.close()

    async def _write_groups(self) -> None:
        loop = asyncio.get_running_loop()
        while self._pending:
            await self._due(loop)
            group, self._pending = self._pending, []
            self._hurried = False
            if not group:  # closed meanwhile
                return
            try:
                results = await loop.run_in_executor(
                    self._thread, self._commit, [write for write, _ in group]
                )
                for (_, future), result in zip(group, results, strict=True):
                    _tell(future, result)
            finally:
                for _, future in group:
                    future.cancel()  # does nothing to those that were told

    async def _due(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wait until the next commit may begin."""
        wait_s = self._last_at + self._apart_s - time.monotonic()
        if wait_s > 0 and not self._hurried:
            self._nap = loop.create_future()
            timer = loop.call_later(wait_s, _wake, self._nap)
            try:
                await self._nap
            finally:
                timer.cancel()
                self._nap = None
        self._last_at = time.monotonic()

    def _commit(self, writes: Sequence[Write]) -> list[Result]:
        if self._broken is None:
            try:
                return self._transaction(writes)
            except sqlite3.Error as error:
                self._broken = writing_error(self._path, error)
        return self._commit_answers(writes)

    def _commit_answers(self, writes: Sequence[Write]) -> list[Result]:
        # Without the intents, which nobody has acted upon, the answers may still fit on the disk.
        answers = [write for write in writes if not write.opens]
        try:
            noted = iter(self._transaction(answers))
        except sqlite3.Error as error:
            noted = iter([writing_error(self._path, error)] * len(answers))
        return [self._broken if write.opens else next(noted) for write in writes]

    def _transaction(self, writes: Sequence[Write]) -> list[Result]:
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            results = [_apply(connection, write) for write in writes]
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        return results


def _apply(connection: sqlite3.Connection, write: Write) -> Result:
    # The program's own errors concern one row; a statement that fails leaves the rest of the transaction
    # alone.
    try:
        write.apply(connection)
    except (IllegalTransitionError, ContactOwnedError) as error:
        return error
    return None


def _tell(future: asyncio.Future[None], result: Result) -> None:
    if future.done():  # its waiter was cancelled; the change stands all the same
        return
    if result is None:
        future.set_result(None)
    else:
        future.set_exception(result)


def _wake(nap: asyncio.Future[None]) -> None:
    if not nap.done():
        nap.set_result(None)
