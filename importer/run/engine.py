"""The second pass: ledger.begin -> send -> ledger.settle -> report, for every row, in constant memory.

Nothing here knows a terminal or HTTP. Each row ends in exactly one outcome; the outcome is in the ledger
before it is in the report.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol, assert_never

from importer.errors import StoppedEarly
from importer.ledger import Deleted, Entry, Intent, Ledger, Noted
from importer.model import (
    Create,
    Created,
    Failed,
    InDoubt,
    Issue,
    NotAttempted,
    Outcome,
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
from importer.run.doubt import Doubt, DoubtSettler, still_in_doubt
from importer.run.identity import DuplicatePolicy
from importer.run.in_flight import InFlight
from importer.run.planner import Planner, RawChunk
from importer.run.pool import PoolSize, WorkerPool
from importer.run.recorder import Recorder
from importer.run.remembered import lost_at, refused_before, worth_noting
from importer.run.survey import Duplicates
from importer.sending import Drain

_MENDABLE = frozenset({"rejected", "failed", "in doubt"})
_GONE = "2101"
"""Zoom's code for a contact that does not exist."""


class RowSender(DoubtSettler, Protocol):
    """What carries a step to its outcome, as `importer.sending.Sender` does."""

    async def send(self, step: Create | Update) -> Outcome:
        """Send a step whose key has nothing under way."""
        ...

    async def resume(self, step: Create | Update, *, lost_s: float = 0.0) -> Outcome:
        """Send a step of which an earlier attempt may have arrived late: look first."""
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
        self._in_flight = InFlight()
        self._recorder = Recorder(ledger, drain)
        self._doubt = Doubt(ledger, self._recorder, sender, self._in_flight, now)
        self._pool: WorkerPool[_Job, _Done] = WorkerPool(
            self._carry, self._emit, size=settings.size, waiting=waiting
        )

    def abandon(self) -> None:
        """Wait for no answer any more: what is in flight becomes in doubt. The drain must have begun."""
        self._in_flight.abandon()

    def flush(self) -> None:
        """Hand what is reported so far to the operating system."""
        for page in (self._report, self._corrections):
            with self._draining():
                page.flush()

    async def run(self, chunks: Iterable[tuple[RawChunk, MappedRows]]) -> None:
        """Send all chunks; returns early, with everything written, when the run drains."""
        await self._doubt.take_up()
        await self._pool.run(lambda: self._feed(chunks))
        if self._canary is not None:
            await self._canary.judge()
        self.flush()

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
        for before, now in self._planner.renamings(chunk, rows):
            await self._recorder.rename(before, now)
        noted: list[Noted] = []
        for position, planned in enumerate(self._planner.plan(chunk, rows)):
            step, entry = planned.step, planned.entry
            job = _Job(step, planned.number, lost_at(step, entry), _cells_of(chunk, position))
            await self._place(job, entry, noted)
        await self._recorder.record(noted)

    async def _place(self, job: _Job, entry: Entry | None, noted: list[Noted]) -> None:
        """Put a step where it belongs: to the workers, or into the report with what is known already."""
        outcome = self._without_sending(job.step, entry)
        if outcome is None:
            if self._canary is not None:
                await self._canary.admit()
            if not self._drain.begun:
                await self._pool.put(job)
                return
            outcome = self._left_alone(entry)
        elif worth_noting(outcome, entry):
            noted.append(_noted(job, outcome))
        await self._pool.has_room()
        self._pool.pass_by(_Done(job, outcome, self._now()))

    def _without_sending(self, step: Step, entry: Entry | None) -> Outcome | None:
        """Return the outcome of a step for which nothing is sent, None for one that has to be sent."""
        taken_up = self._doubt.outcome(step.key)
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

    def _left_alone(self, entry: Entry | None) -> Outcome:
        """Return the outcome of a row that a draining run does not send."""
        if entry is not None and entry.state == "in_doubt":
            return still_in_doubt(entry)
        return NotAttempted(self._drain.message)

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
        barred = await self._recorder.begin(intent)
        if barred is not None:
            return barred
        outcome = await self._in_flight.unless_abandoned(self._send(step, job.lost_at))
        if outcome is None:
            outcome = InDoubt("The run was ended before the answer came.", 0, 1)
        if isinstance(outcome, Failed) and outcome.code == _GONE and isinstance(step, Update):
            await self._recorder.settle(step.key, Deleted(404, outcome.attempts))
            return outcome
        return await self._recorder.settle(step.key, outcome)

    async def _send(self, step: Create | Update, lost: datetime | None) -> Outcome:
        if lost is None:
            return await self._sender.send(step)
        return await self._sender.resume(step, lost_s=max(0.0, (self._now() - lost).total_seconds()))

    # --- writing down ------------------------------------------------------------------------------------

    def _emit(self, done: _Done) -> None:
        step, outcome = done.job.step, done.outcome
        warnings = _warnings(step)
        line = report_line(
            step.number, step.line, step.key, outcome, warnings=warnings, finished_at=done.finished_at
        )
        with self._draining():
            self._report.write([line])
        with self._draining():
            if line.outcome in _MENDABLE:
                cells, surplus = done.job.row()
                self._corrections.write(cells, surplus, replace(line, row=done.job.number))
        self.tally.add(line, outcome, warnings)
        self._watcher.finished(line)

    @contextmanager
    def _draining(self) -> Iterator[None]:
        """Let a disk that is full end the run in good order."""
        try:
            yield
        except StoppedEarly as error:
            self._drain.begin("interrupted", str(error))


def _noted(job: _Job, outcome: Outcome) -> Noted:
    assert isinstance(outcome, Rejected | Skipped | Unchanged)  # noqa: S101 - as `worth_noting` says
    return Noted(job.step.key, job.number, job.step.line, outcome)


def _warnings(step: Step) -> tuple[Issue, ...]:
    return () if isinstance(step, Reject) else step.warnings


def _cells_of(chunk: RawChunk, position: int) -> Callable[[], tuple[Sequence[str], Sequence[str]]]:
    """Get a row's own cells only when they are needed."""
    return lambda: (chunk.frame.iloc[position].tolist(), chunk.surplus.get(position, ()))
