"""Carrying one row through: ledger.begin -> send -> ledger.settle. Nothing here raises for a row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from importer.ledger import Deleted, Intent
from importer.model import Create, Failed, InDoubt, NotAttempted, Outcome, Step, Update
from importer.run.canary import Canary
from importer.run.doubt import DoubtSettler
from importer.run.in_flight import InFlight
from importer.run.recorder import Recorder
from importer.sending import Drain

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


@dataclass(frozen=True, slots=True)
class Job:
    """A row and what is to be done with it.

    Attributes:
        step: what.
        number: of the row in the file that it first came from.
        noted_as: the key under which the ledger notes what was not sent, see `PlannedRow`.
        lost_at: when an earlier run gave it up although its last attempt may have arrived late.
        row: gets the row's own cells, and those beyond the heading, when they are needed.
    """

    step: Step
    number: int
    noted_as: str
    lost_at: datetime | None
    row: Callable[[], tuple[Sequence[str], Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Done:
    """A row and what became of it."""

    job: Job
    outcome: Outcome
    finished_at: datetime


class Carrier:
    """Carries jobs; one object a run.

    Args:
        sender: carries steps to outcomes.
        recorder: notes what is meant and what became of it.
        in_flight: so that answers can be given up.
        drain: the run's.
        now: aware time of day.
        canary: learns what became of its rows; None for no such thing.
    """

    def __init__(
        self,
        sender: RowSender,
        recorder: Recorder,
        in_flight: InFlight,
        drain: Drain,
        now: Callable[[], datetime],
        canary: Canary | None,
    ) -> None:
        self._sender = sender
        self._recorder = recorder
        self._in_flight = in_flight
        self._drain = drain
        self._now = now
        self._canary = canary

    async def carry(self, job: Job) -> Done:
        """Carry a job whose step is a create or an update."""
        step = job.step
        assert isinstance(step, Create | Update)  # noqa: S101 - the engine lets no other through
        outcome = await self._begin_and_send(step, job)
        if self._canary is not None:
            self._canary.finished(step, outcome)
        return Done(job, outcome, self._now())

    async def _begin_and_send(self, step: Create | Update, job: Job) -> Outcome:
        if self._drain.begun:
            return NotAttempted(self._drain.message)
        barred = await self._recorder.begin(_intent(step, job.number))
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


def _intent(step: Create | Update, number: int) -> Intent:
    return Intent(
        "create" if isinstance(step, Create) else "update",
        step.key,
        number,
        step.line,
        step.fingerprint,
        step.contact.payload,
        step.warnings,
    )
