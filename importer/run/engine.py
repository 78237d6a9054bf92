"""The second pass: every row planned, and then carried or written down as it is, in constant memory.

Nothing here knows a terminal or HTTP. Each row ends in exactly one outcome; the outcome is in the ledger
before it is in the report.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never

from importer.ledger import Entry, Leavers, Ledger, Noted, is_beside
from importer.model import (
    Create,
    Created,
    InDoubt,
    NotAttempted,
    Outcome,
    Reject,
    Rejected,
    Skip,
    Skipped,
    Unchanged,
    Update,
)
from importer.plan import Mode
from importer.report import CorrectionsWriter, ReportWriter, Tally
from importer.report.lines import UnchangedRows
from importer.run.canary import Canary
from importer.run.carrying import Carrier, Done, Job, RowSender
from importer.run.doubt import Doubt, still_in_doubt
from importer.run.identity import DuplicatePolicy
from importer.run.in_flight import InFlight
from importer.run.pieces import Piece
from importer.run.planner import Planner, RawChunk
from importer.run.pool import PoolSize, WorkerPool
from importer.run.recorder import Recorder
from importer.run.remembered import lost_at, refused_before, worth_noting
from importer.run.sieve import Sieve, Sifted
from importer.run.survey import Duplicates
from importer.run.writing_down import Watcher, WritingDown
from importer.sending import Drain


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
        present: the keys of the file, all of which were added.
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
        present: Leavers,
        canary: Canary | None = None,
    ) -> None:
        self._canary = canary
        self._settings = settings
        self._drain = drain
        self._planner = Planner(
            ledger,
            duplicates.keys,
            by_content=settings.by_content,
            key_columns=settings.key_columns,
            mode=settings.mode,
            duplicates=settings.duplicates,
            shared=present.shared,
        )
        self._present = present
        self._now = now
        self._clock = clock
        self._in_flight = InFlight()
        self._recorder = Recorder(ledger, drain)
        self._doubt = Doubt(ledger, self._recorder, sender, self._in_flight, now)
        self._written = WritingDown(report, corrections, watcher, drain)
        carrier = Carrier(sender, self._recorder, self._in_flight, drain, now, canary)
        self._sieve = Sieve(ledger, duplicates.keys, self._doubt)
        self._pool: WorkerPool[Job, Done | UnchangedRows] = WorkerPool(
            carrier.carry, self._written.write, size=settings.size, waiting=waiting
        )

    @property
    def tally(self) -> Tally:
        """Rows by what became of them, so far."""
        return self._written.tally

    def abandon(self) -> None:
        """Wait for no answer any more: what is in flight becomes in doubt. The drain must have begun."""
        self._in_flight.abandon()

    async def run(self, pieces: Iterable[Piece]) -> None:
        """Send all pieces of the file; returns early, with everything written, when the run drains."""
        await self._doubt.take_up()
        await self._pool.run(lambda: self._feed(pieces))
        if self._canary is not None:
            await self._canary.judge()
        self._written.flush()

    async def forget_stale(self, file_name: str, run_id: str) -> None:
        """Forget rows that are not in the book and not in the file any more; only after the whole of it.

        Otherwise the report over all runs would have a line for what the row was and one for what it is.
        """
        await self._recorder.forget(await asyncio.to_thread(self._present.stale, file_name, run_id))

    async def _feed(self, pieces: Iterable[Piece]) -> None:
        iterator = iter(pieces)
        drained_at: float | None = None
        while (piece := await asyncio.to_thread(next, iterator, None)) is not None:
            await self._feed_piece(piece)
            if self._drain.begun:
                drained_at = drained_at if drained_at is not None else self._clock()
                if self._clock() - drained_at > self._settings.tail_s:
                    return

    async def _feed_piece(self, piece: Piece) -> None:
        """Pass by what is unchanged in one go, between the rows that have to be looked at one by one."""
        sifted = await asyncio.to_thread(self._sieve.sift, piece)
        noted: list[Noted] = []
        begin = 0
        async for position, job, entry in self._planned(piece, sifted.rest):
            await self._pass_by(sifted, begin, position)
            await self._place(job, entry, noted)
            begin = position + 1
        await self._pass_by(sifted, begin, len(piece))
        await self._recorder.record(noted)

    async def _planned(
        self, piece: Piece, positions: Sequence[int]
    ) -> AsyncIterator[tuple[int, Job, Entry | None]]:
        if not positions:
            return
        chunk, rows = await asyncio.to_thread(piece.rows, positions)
        for before, now in self._planner.renamings(chunk, rows):
            await self._recorder.rename(before, now)
        steps = await asyncio.to_thread(self._planner.plan, chunk, rows)
        for place, (position, planned) in enumerate(zip(positions, steps, strict=True)):
            step, entry = planned.step, planned.entry
            cells = _cells_of(chunk, place)
            job = Job(step, planned.number, planned.noted_as, lost_at(step, entry), cells)
            yield position, job, entry

    async def _pass_by(self, sifted: Sifted, begin: int, end: int) -> None:
        if begin < end:
            await self._pool.has_room()
            self._pool.pass_by(sifted.unchanged(begin, end, self._now()), end - begin)

    async def _place(self, job: Job, entry: Entry | None, noted: list[Noted]) -> None:
        """Put a step where it belongs: to the workers, or into the report with what is known already."""
        outcome = self._without_sending(job, entry)
        if outcome is None:
            if self._canary is not None:
                await self._canary.admit()
            if not self._drain.begun:
                await self._pool.put(job)
                return
            outcome = self._left_alone(entry)
        elif is_beside(job.noted_as) or worth_noting(outcome, entry):
            noted.append(_noted(job, outcome))
        await self._pool.has_room()
        self._pool.pass_by(Done(job, outcome, self._now()))

    def _without_sending(self, job: Job, entry: Entry | None) -> Outcome | None:
        """Return the outcome of a step for which nothing is sent, None for one that has to be sent."""
        taken_up = self._doubt.outcome(job.noted_as)  # said once: not to another row with the same key
        match step := job.step:
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


def _noted(job: Job, outcome: Outcome) -> Noted:
    assert isinstance(outcome, Rejected | Skipped | Unchanged)  # noqa: S101 - as `worth_noting` says
    return Noted(job.noted_as, job.number, job.step.line, outcome)


def _cells_of(chunk: RawChunk, position: int) -> Callable[[], tuple[Sequence[str], Sequence[str]]]:
    """Get a row's own cells only when they are needed."""
    return lambda: (chunk.frame.iloc[position].tolist(), chunk.surplus.get(position, ()))
