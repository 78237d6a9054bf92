"""The second pass: ledger.begin -> send -> ledger.settle -> report, for every row, in constant memory.

Nothing here knows a terminal or HTTP. Each row ends in exactly one outcome; the outcome is in the ledger
before it is in the report.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar, assert_never

from importer.errors import StoppedEarly
from importer.ledger import Deleted, Entry, Intent, Ledger, Noted, NotStored
from importer.model import (
    Create,
    Created,
    Failed,
    InDoubt,
    Issue,
    NotAttempted,
    Outcome,
    Payload,
    Reject,
    Rejected,
    Skip,
    Skipped,
    Step,
    Unchanged,
    Update,
)
from importer.plan import MappedRows, Mode
from importer.report import CorrectionsWriter, ReportLine, ReportWriter, Tally, report_line
from importer.run.canary import Canary
from importer.run.identity import DuplicatePolicy
from importer.run.planner import Planner, RawChunk
from importer.run.pool import PoolSize, WorkerPool
from importer.run.remembered import lost_at, refused_before, worth_noting
from importer.run.survey import Duplicates
from importer.sending import Absent, Drain, Found, Settled, Unclear

T = TypeVar("T")

_MENDABLE = frozenset({"rejected", "failed", "in doubt"})
_GONE = "2101"
"""Zoom's code for a contact that does not exist."""


class RowSender(Protocol):
    """What carries a step to its outcome, as `importer.sending.Sender` does."""

    async def send(self, step: Create | Update) -> Outcome:
        """Send a step whose key has nothing under way."""
        ...

    async def resume(self, step: Create | Update, *, lost_s: float = 0.0) -> Outcome:
        """Send a step of which an earlier attempt may have arrived late: look first."""
        ...

    async def settle(self, key: str, payload: Payload, *, lost_s: float = 0.0) -> Settled:
        """Find out what became of a create that an earlier process left in doubt."""
        ...


class Watcher(Protocol):
    """Who is told of every finished row."""

    def finished(self, line: ReportLine) -> None:
        """Learn what became of one row."""
        ...


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """How rows are planned and sent.

    Attributes:
        by_content: the mapping names no key, rows are known by their content.
        key_columns: headings of the key, for messages.
        mode: see `importer.plan`.
        duplicates: what becomes of rows that share a key.
        size: bounds of the worker pool.
        tail_s: how long a draining run may go on to write down what it did not attempt, seconds.
    """

    by_content: bool
    key_columns: str = ""
    mode: Mode = "upsert"
    duplicates: DuplicatePolicy = "reject"
    size: PoolSize = field(default_factory=PoolSize)
    tail_s: float = 3.0


@dataclass(frozen=True, slots=True)
class _Job:
    step: Step
    number: int
    lost_at: datetime | None
    row: Callable[[], tuple[Sequence[str], Sequence[str]]]


@dataclass(frozen=True, slots=True)
class _Done:
    job: _Job
    outcome: Outcome
    finished_at: datetime


class Engine:
    """Sends one file.

    Args:
        ledger: opened, with a run started.
        sender: carries steps to outcomes.
        drain: begun by whoever finds a reason to stop.
        report: where every row gets its line.
        corrections: where rows that were not imported go.
        duplicates: what the first pass found.
        watcher: who is told of every row.
        waiting: how many tasks stand in the pacer's queue.
        now: aware time of day.
        clock: seconds that only grow.
        canary: holds the other rows back until the first are judged; None for no such thing.
    """

    def __init__(
        self,
        settings: EngineSettings,
        *,
        ledger: Ledger,
        sender: RowSender,
        drain: Drain,
        report: ReportWriter,
        corrections: CorrectionsWriter,
        duplicates: Duplicates,
        watcher: Watcher,
        waiting: Callable[[], int],
        now: Callable[[], datetime],
        clock: Callable[[], float],
        canary: Canary | None = None,
    ) -> None:
        self.tally = Tally()
        self._canary = canary
        self._settings = settings
        self._ledger = ledger
        self._sender = sender
        self._drain = drain
        self._report = report
        self._corrections = corrections
        self._planner = Planner(
            ledger,
            duplicates.keys,
            by_content=settings.by_content,
            key_columns=settings.key_columns,
            mode=settings.mode,
            duplicates=settings.duplicates,
        )
        self._watcher = watcher
        self._now = now
        self._clock = clock
        self._abandoned = False
        self._in_flight: set[asyncio.Future[Any]] = set()
        self._taken_up: dict[str, Outcome] = {}
        self._pool: WorkerPool[_Job, _Done] = WorkerPool(
            self._carry, self._emit, size=settings.size, waiting=waiting
        )

    def abandon(self) -> None:
        """Wait for no answer any more: what is in flight becomes in doubt. The drain must have begun."""
        self._abandoned = True
        for task in list(self._in_flight):
            task.cancel()

    async def run(self, chunks: Iterable[tuple[RawChunk, MappedRows]]) -> None:
        """Send all chunks; returns early, with everything written, when the run drains."""
        await self._take_up_doubt()
        await self._pool.run(lambda: self._feed(chunks))
        if self._canary is not None:
            await self._canary.judge()
        self._report.flush()
        self._corrections.flush()

    # --- rows that an earlier process left in doubt come first ---------------------------------------

    async def _take_up_doubt(self) -> None:
        doubtful = [entry for entry in self._ledger.in_doubt() if entry.sent_payload is not None]
        await asyncio.gather(*(self._settle_entry(entry) for entry in doubtful))

    async def _settle_entry(self, entry: Entry) -> None:
        lost_s = max(0.0, (self._now() - entry.changed_at).total_seconds())
        payload = entry.sent_payload or {}
        settled = await self._unless_abandoned(self._sender.settle(entry.key, payload, lost_s=lost_s))
        match settled:
            case Found(contact_id):
                outcome: Outcome = Created(contact_id, 0, 0, adopted=True)
                await self._settle(entry.key, outcome)
                self._taken_up[entry.key] = outcome
            case Unclear(message, candidates):
                outcome = InDoubt(
                    f"An earlier run ended before the answer came, and {message}.", 0, 0, candidates
                )
                await self._settle(entry.key, outcome)
                self._taken_up[entry.key] = outcome
            case Absent():
                await self._settle(entry.key, NotStored())
            case None:
                pass
            case _:
                assert_never(settled)

    # --- planning ------------------------------------------------------------------------------------

    async def _feed(self, chunks: Iterable[tuple[RawChunk, MappedRows]]) -> None:
        iterator = iter(chunks)
        drained_at: float | None = None
        while (item := await asyncio.to_thread(next, iterator, None)) is not None:
            chunk, rows = item
            await self._feed_chunk(chunk, rows)
            if self._drain.begun:
                drained_at = drained_at if drained_at is not None else self._clock()
                if self._clock() - drained_at > self._settings.tail_s:
                    return

    async def _feed_chunk(self, chunk: RawChunk, rows: MappedRows) -> None:
        noted: list[Noted] = []
        for position, planned in enumerate(self._planner.plan(chunk, rows)):
            step, entry = planned.step, planned.entry
            job = _Job(step, planned.number, lost_at(step, entry), _cells_of(chunk, position))
            await self._place(job, entry, noted)
        await self._record(noted)

    async def _place(self, job: _Job, entry: Entry | None, noted: list[Noted]) -> None:
        """Put a step where it belongs: to the workers, or into the report with what is known already."""
        outcome = self._without_sending(job.step, entry)
        if outcome is None:
            if self._canary is not None:
                await self._canary.admit()
            if not self._drain.begun:
                await self._pool.put(job)
                return
            outcome = NotAttempted(self._drain.message)
        elif worth_noting(outcome, entry):
            noted.append(_noted(job, outcome))
        await self._pool.has_room()
        self._pool.pass_by(_Done(job, outcome, self._now()))

    def _without_sending(self, step: Step, entry: Entry | None) -> Outcome | None:
        """Return the outcome of a step for which nothing is sent, None for one that has to be sent."""
        taken_up = self._taken_up.pop(step.key, None)
        match step:
            case Reject():
                return Rejected(step.issues)
            case Skip(reason="unchanged"):
                return taken_up if isinstance(taken_up, Created) else Unchanged(step.contact_id)
            case Skip():
                return Skipped(step.reason)
            case Create() | Update():
                if isinstance(taken_up, InDoubt):
                    return taken_up
                return refused_before(step, entry)
            case _:
                assert_never(step)

    # --- sending ---------------------------------------------------------------------------------------

    async def _carry(self, job: _Job) -> _Done:
        step = job.step
        assert isinstance(step, Create | Update)  # noqa: S101 - `_place` lets no other through
        outcome = await self._begin_and_send(step, job)
        if self._canary is not None:
            self._canary.finished(step, outcome)
        return _Done(job, outcome, self._now())

    async def _begin_and_send(self, step: Create | Update, job: _Job) -> Outcome:
        if self._drain.begun:
            return NotAttempted(self._drain.message)
        intent = Intent(
            "create" if isinstance(step, Create) else "update",
            step.key,
            job.number,
            step.line,
            step.fingerprint,
            step.contact.payload,
            step.warnings,
        )
        try:
            await self._ledger.begin(intent)
        except StoppedEarly as error:
            self._drain.begin("interrupted", str(error))
            return NotAttempted(str(error))
        outcome = await self._unless_abandoned(self._send(step, job.lost_at))
        if outcome is None:
            outcome = InDoubt("The run was ended before the answer came.", 0, 1)
        gone = isinstance(outcome, Failed) and outcome.code == _GONE and isinstance(step, Update)
        await self._settle(step.key, Deleted(404, outcome.attempts) if gone else outcome)  # type: ignore[union-attr]
        return outcome

    async def _send(self, step: Create | Update, lost: datetime | None) -> Outcome:
        if lost is None:
            return await self._sender.send(step)
        return await self._sender.resume(step, lost_s=max(0.0, (self._now() - lost).total_seconds()))

    async def _settle(self, key: str, settlement: Outcome | Deleted | NotStored) -> None:
        try:
            await self._ledger.settle(key, settlement)
        except StoppedEarly as error:
            # The row stays "in flight" in the ledger: the next run looks it up before it sends anything.
            self._drain.begin("interrupted", str(error))

    async def _record(self, noted: Sequence[Noted]) -> None:
        try:
            await self._ledger.record(noted)
        except StoppedEarly as error:
            self._drain.begin("interrupted", str(error))

    async def _unless_abandoned(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Wait for `work`; None when the run is abandoned first."""
        task = asyncio.ensure_future(work)
        self._in_flight.add(task)
        try:
            return await task
        except asyncio.CancelledError:
            if self._abandoned:
                return None
            raise
        finally:
            self._in_flight.discard(task)

    # --- writing down ------------------------------------------------------------------------------------

    def _emit(self, done: _Done) -> None:
        step, outcome = done.job.step, done.outcome
        warnings = _warnings(step)
        line = report_line(
            step.number, step.line, step.key, outcome, warnings=warnings, finished_at=done.finished_at
        )
        self._report.write([line])
        if line.outcome in _MENDABLE:
            cells, surplus = done.job.row()
            self._corrections.write(cells, surplus, replace(line, row=done.job.number))
        self.tally.add(line, outcome, warnings)
        self._watcher.finished(line)


def _noted(job: _Job, outcome: Outcome) -> Noted:
    assert isinstance(outcome, Rejected | Skipped | Unchanged)  # noqa: S101 - as `worth_noting` says
    return Noted(job.step.key, job.number, job.step.line, outcome)


def _warnings(step: Step) -> tuple[Issue, ...]:
    return () if isinstance(step, Reject) else step.warnings


def _cells_of(chunk: RawChunk, position: int) -> Callable[[], tuple[Sequence[str], Sequence[str]]]:
    """Get a row's own cells only when they are needed."""
    return lambda: (chunk.frame.iloc[position].tolist(), chunk.surplus.get(position, ()))
