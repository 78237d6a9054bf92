"""Deleting what a run has created, and nothing that anybody may miss.

Every contact is read before it is deleted. What somebody has changed in Zoom since stays, and so does a
contact that was *found* after a lost answer: it equals what was sent, but it may have been there before the
run, and then it is not ours to delete.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, assert_never

from importer.errors import StoppedEarly
from importer.ledger import Deleted, Entry, Intent, Ledger, NotStored
from importer.model import Accept, Created, Failed, InDoubt, NotAttempted, Outcome, Payload
from importer.report import ReportLine, ReportWriter
from importer.report.lines import timestamp
from importer.run.differences import FieldPair, compared, differing
from importer.run.in_flight import InFlight
from importer.run.pool import PoolSize, WorkerPool
from importer.run.reading_back import Missing, ReadBack, Stored
from importer.sending import Absent, Drain, Found, Settled, Unclear

UNDO_OUTCOMES = ("deleted", "gone", "left", "failed", "in doubt", "not attempted")
"""What can become of a contact. gone: somebody had deleted it before; left: it stays, on purpose."""

_FOUND = (
    "The answer to its creation was lost, and this equal contact was found: it may have been there before "
    "(--include-found)."
)

_ABANDONED = "The run was ended before the answer came."


class UndoSender(Protocol):
    """What carries the calls, as `importer.sending.Sender` does."""

    async def delete(self, contact_id: str) -> Accept | Failed | NotAttempted:
        """Delete a contact; one that is gone already counts as deleted."""
        ...

    async def settle(self, key: str, payload: Payload, *, lost_s: float = 0.0) -> Settled:
        """Find out what became of a create that is in doubt."""
        ...


class Watcher(Protocol):
    """Who is told of every finished contact."""

    def finished(self, line: ReportLine) -> None:
        """Learn what became of one contact."""
        ...


@dataclass(frozen=True, slots=True)
class _Fate:
    """What became of one contact."""

    outcome: str
    message: str = ""
    code: str = ""
    fields: str = ""
    http_status: int = 0
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class _Done:
    entry: Entry
    fate: _Fate
    finished_at: datetime


class UndoRun:
    """Deletes the contacts that one run has created; can be repeated until nothing is left to do.

    Args:
        undone: id of the run.
        found_too: whether contacts found after a lost answer are deleted as well.
        changed_too: whether contacts that somebody has changed since are deleted as well.
        ledger: opened for the source of that run, with a run of its own started.
        sender: carries the calls.
        read_back: reads contacts.
        drain: the run's.
        report: gets a line for each contact.
        watcher: is told of each contact.
        size: bounds of the worker pool.
        waiting: how many tasks stand in the pacer's queue.
        now: aware time of day.

    Attributes:
        counts: contacts by outcome, words of `UNDO_OUTCOMES`.
        left: contacts that were left, by the code of the reason: changed, found, unknown.
    """

    def __init__(
        self,
        undone: str,
        *,
        found_too: bool,
        changed_too: bool,
        ledger: Ledger,
        sender: UndoSender,
        read_back: ReadBack,
        drain: Drain,
        report: ReportWriter,
        watcher: Watcher,
        size: PoolSize,
        waiting: Callable[[], int],
        now: Callable[[], datetime],
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.left: Counter[str] = Counter()
        self._undone = undone
        self._overruled = {
            name for name, chosen in (("found", found_too), ("changed", changed_too)) if chosen
        }
        self._ledger = ledger
        self._sender = sender
        self._read_back = read_back
        self._drain = drain
        self._report = report
        self._watcher = watcher
        self._now = now
        self._in_flight = InFlight()
        self._pool: WorkerPool[Entry, _Done] = WorkerPool(self._carry, self._emit, size=size, waiting=waiting)

    @property
    def unfinished(self) -> int:
        """Contacts that are, or may be, still in the address book."""
        return self.counts.total() - self.counts["deleted"] - self.counts["gone"]

    def abandon(self) -> None:
        """Wait for no answer any more; what is on its way is looked at again by the next undo."""
        self._in_flight.abandon()

    async def run(self) -> None:
        """Work through all contacts; ends early, with everything written, when the run drains."""
        await self._settle_doubt()
        await self._pool.run(self._feed)

    async def _feed(self) -> None:
        for entry in self._ledger.created_by(self._undone):
            if self._drain.begun:
                return  # what follows stays as it is, and is told as a number
            await self._pool.put(entry)

    # --- rows of which nobody knows whether they were created ----------------------------------------

    async def _settle_doubt(self) -> None:
        doubtful = [entry for entry in self._ledger.in_doubt() if entry.created_run == self._undone]
        await asyncio.gather(*(self._settle_entry(entry) for entry in doubtful))

    async def _settle_entry(self, entry: Entry) -> None:
        if entry.sent_payload is None:
            return
        lost_s = max(0.0, (self._now() - entry.changed_at).total_seconds())
        settled = await self._in_flight.unless_abandoned(
            self._sender.settle(entry.key, entry.sent_payload, lost_s=lost_s)
        )
        match settled:
            case Found(contact_id):
                await self._settle(entry.key, Created(contact_id, 0, 0, adopted=True))
            case Absent():
                await self._settle(entry.key, NotStored())
            case Unclear(message, candidates):
                doubt = f"Nobody knows whether it was created: {message}."
                await self._settle(entry.key, InDoubt(doubt, 0, 0, candidates))
                which = f" Possible contacts: {', '.join(candidates)}." if candidates else ""
                self._emit(_Done(entry, _Fate("in doubt", doubt + which, "in_doubt"), self._now()))
            case None:
                self._emit(_Done(entry, _Fate("in doubt", _ABANDONED, "in_doubt"), self._now()))
            case _:
                assert_never(settled)

    # --- one contact -----------------------------------------------------------------------------------

    async def _carry(self, entry: Entry) -> _Done:
        return _Done(entry, await self._fate(entry), self._now())

    async def _fate(self, entry: Entry) -> _Fate:
        if self._drain.begun:
            return _Fate("not attempted", self._drain.message)
        sent = entry.payload or {}
        looked = await self._in_flight.unless_abandoned(self._read_back.look(entry.contact_id, sent))
        match looked:
            case Missing():
                return await self._gone(entry)
            case Stored():
                found = list(_obstacles(entry, looked))
                left = next((one for one in found if one.code not in self._overruled), None)
                return left or await self._delete(entry, found)
            case Failed() | NotAttempted():
                return _not_done(looked)
            case None:
                return _Fate("not attempted", _ABANDONED)
            case _:
                assert_never(looked)

    async def _gone(self, entry: Entry) -> _Fate:
        if not await self._settle(entry.key, Deleted(404, 1)):
            return _Fate("not attempted", self._drain.message)
        return _Fate("gone", "Somebody had deleted it already.", http_status=404)

    async def _delete(self, entry: Entry, overruled: Sequence[_Fate]) -> _Fate:
        try:
            await self._ledger.begin(Intent("delete", entry.key))
        except StoppedEarly as error:
            self._drain.begin("interrupted", str(error))
            return _Fate("not attempted", str(error))
        answer = await self._in_flight.unless_abandoned(self._sender.delete(entry.contact_id))
        if answer is None:
            # The ledger says "deleting": the next undo looks at the contact again.
            return _Fate("in doubt", _ABANDONED, "in_doubt", attempts=1)
        await self._settle(entry.key, Deleted() if isinstance(answer, Accept) else answer)
        if not isinstance(answer, Accept):
            return _not_done(answer)
        # What was overruled stays on paper: nobody else knows any more what the contact held.
        told = " ".join(one.message for one in overruled)
        codes, fields = " | ".join(one.code for one in overruled), "".join(one.fields for one in overruled)
        return _Fate("deleted", told, codes, fields, 204, 1)

    async def _settle(self, key: str, settlement: Outcome | Deleted | NotStored) -> bool:
        try:
            await self._ledger.settle(key, settlement)
        except StoppedEarly as error:
            self._drain.begin("interrupted", str(error))
            return False
        return True

    def _emit(self, done: _Done) -> None:
        entry, fate = done.entry, done.fate
        line = ReportLine(
            row=entry.number,
            line=entry.line,
            key=entry.key,
            outcome=fate.outcome,
            contact_id=entry.contact_id,
            http_status=fate.http_status,
            code=fate.code,
            field=fate.fields,
            message=fate.message,
            attempts=fate.attempts,
            finished_at=timestamp(done.finished_at),
        )
        self._report.write([line])
        self.counts[fate.outcome] += 1
        if fate.outcome == "left":
            self.left[fate.code] += 1
        self._watcher.finished(line)


def _obstacles(entry: Entry, stored: Stored) -> Iterator[_Fate]:
    """Yield everything that speaks against deleting the contact."""
    known = [payload for payload in (entry.payload, _maybe_arrived(entry)) if payload is not None]
    if not known:
        yield _Fate("left", "The ledger does not know what it was created with.", "unknown")
        return
    changes = min((_changes(payload, stored) for payload in known), key=len)
    if changes:
        told = "; ".join(f'{pair.field} was "{pair.sent}", is "{pair.stored}"' for pair in changes)
        fields = " | ".join(pair.field for pair in changes)
        yield _Fate("left", f"Changed in Zoom since: {told}.", "changed", fields)
    if was_found(entry):
        yield _Fate("left", _FOUND, "found")


def _maybe_arrived(entry: Entry) -> Payload | None:
    """What an unfinished update has sent: the contact may have the old text or this one."""
    return entry.sent_payload if entry.state == "updating" else None


def _changes(payload: Payload, stored: Stored) -> Sequence[FieldPair]:
    return differing(compared(payload, stored.contact, stored.custom_values))


def was_found(entry: Entry) -> bool:
    """Say whether the contact was found after a lost answer, instead of its id coming with the answer.

    A later update settles the question: what it wrote is ours.
    """
    return entry.outcome == "created" and entry.http_status not in (200, 201)


def _not_done(answer: Failed | NotAttempted) -> _Fate:
    match answer:
        case Failed(code, field, message, status, attempts):
            return _Fate("failed", message, code, field, status, attempts)
        case NotAttempted(message):
            return _Fate("not attempted", message)
