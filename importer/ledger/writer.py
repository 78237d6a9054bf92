"""Group commit: whoever waits for the disk waits together, in one transaction in a thread of its own.

A commit that survives power loss costs a flush of the disk, milliseconds each; 64 rows that wait share it.
"""

import asyncio
import sqlite3
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


@dataclass(frozen=True, slots=True)
class Write:
    """One change, all or nothing.

    Attributes:
        apply: makes the change within an open transaction; may raise the program's errors, see `_apply`.
        opens: it is an intent: after a failure of the disk no more of these are taken.
    """

    apply: Callable[[sqlite3.Connection], None]
    opens: bool = False


class Writer:
    """Owns the connection that writes. When the disk fails it refuses intents and still tries answers."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
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
        while self._pending:
            group, self._pending = self._pending, []
            try:
                results = await asyncio.get_running_loop().run_in_executor(
                    self._thread, self._commit, [write for write, _ in group]
                )
                for (_, future), result in zip(group, results, strict=True):
                    _tell(future, result)
            finally:
                for _, future in group:
                    future.cancel()  # does nothing to those that were told

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
