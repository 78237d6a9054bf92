"""Contacts that the ledger owns for this source and tonight's file lacks: listed, or deleted.

Only what this tool created or adopted for this source is ever touched: the ledger knows nothing else.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from importer.errors import StoppedEarly
from importer.ledger import Deleted, Entry, Intent, Ledger
from importer.model import Accept, Failed, InDoubt, NotAttempted
from importer.report.leavers import LeaverLine, LeaversWriter
from importer.report.lines import timestamp
from importer.run.in_flight import InFlight
from importer.run.pool import PoolSize, WorkerPool
from importer.sending import Drain

LeaverPolicy = Literal["report", "delete"]

Gone = Deleted | Failed | InDoubt | NotAttempted
"""What became of a contact that was to be deleted."""


class Deleter(Protocol):
    """Who deletes a contact, as `importer.sending.Sender` does."""

    async def delete(self, contact_id: str) -> Accept | Failed | NotAttempted:
        """Delete it; one that is gone already counts as deleted."""
        ...


@dataclass(frozen=True, slots=True)
class _Done:
    entry: Entry
    gone: Gone
    finished_at: datetime


class Leaving:
    """Lists or deletes leavers; one object a run.

    Args:
        delete: whether they are deleted or only listed.
        ledger: opened, with a run started.
        sender: deletes.
        drain: the run's.
        writer: of the leavers CSV.
        size: bounds of the worker pool.
        waiting: how many tasks stand in the pacer's queue.
        now: aware time of day.

    Attributes:
        counts: contacts by what became of them, the words of `LEAVER_OUTCOMES`.
    """

    def __init__(
        self,
        *,
        delete: bool,
        ledger: Ledger,
        sender: Deleter,
        drain: Drain,
        writer: LeaversWriter,
        size: PoolSize,
        waiting: Callable[[], int],
        now: Callable[[], datetime],
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._delete = delete
        self._ledger = ledger
        self._sender = sender
        self._drain = drain
        self._writer = writer
        self._now = now
        self._in_flight = InFlight()
        self._pool: WorkerPool[Entry, _Done] = WorkerPool(self._carry, self._emit, size=size, waiting=waiting)

    @property
    def unfinished(self) -> int:
        """Contacts that were to be deleted and are perhaps still there."""
        return sum(self.counts[name] for name in ("failed", "in doubt", "not attempted"))

    def abandon(self) -> None:
        """Wait for no answer any more; what is on its way is deleted again by the next run."""
        self._in_flight.abandon()

    async def run(self, entries: Iterable[Entry]) -> None:
        """Work through all leavers; ends early, with everything written, when the run drains."""
        if self._delete:
            await self._pool.run(lambda: self._feed(entries))
            return
        for entry in entries:
            self._write(entry, "listed", message="not in the file any more; left in the address book")

    async def _feed(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            await self._pool.put(entry)

    async def _carry(self, entry: Entry) -> _Done:
        return _Done(entry, await self._deleted(entry), self._now())

    async def _deleted(self, entry: Entry) -> Gone:
        if self._drain.begun:
            return NotAttempted(self._drain.message)
        try:
            await self._ledger.begin(Intent("delete", entry.key))
            answer = await self._in_flight.unless_abandoned(self._sender.delete(entry.contact_id))
            if answer is None:
                return InDoubt("The run was ended before the answer came.", 0, 1)
            gone = Deleted() if isinstance(answer, Accept) else answer
            await self._ledger.settle(entry.key, gone)
        except StoppedEarly as error:
            # The ledger still says "deleting": the next run deletes again, which harms nobody.
            self._drain.begin("interrupted", str(error))
            return NotAttempted(str(error))
        return gone

    def _emit(self, done: _Done) -> None:
        at = timestamp(done.finished_at)
        match done.gone:
            case Deleted(attempts=attempts):
                self._write(done.entry, "deleted", attempts=str(attempts), finished_at=at)
            case Failed(code=code, message=message, http_status=status, attempts=attempts):
                self._write(
                    done.entry,
                    "failed",
                    http_status=str(status or ""),
                    code=code,
                    message=message,
                    attempts=str(attempts),
                    finished_at=at,
                )
            case InDoubt(message=message):
                self._write(done.entry, "in doubt", message=message, finished_at=at)
            case NotAttempted(message=message):
                self._write(done.entry, "not attempted", message=message)

    def _write(self, entry: Entry, outcome: str, **columns: str) -> None:
        self.counts[outcome] += 1
        payload = entry.payload or {}
        self._writer.write(
            LeaverLine(
                entry.key,
                outcome,
                entry.contact_id,
                str(payload.get("display_name", "")),
                str(entry.number),
                str(entry.line),
                entry.run,
                **columns,
            )
        )
