"""Rows that an earlier process left in doubt come first: what became of them is found out before all else."""

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Protocol, assert_never

from importer.ledger import Entry, Ledger, NotStored
from importer.model import Created, InDoubt, Payload
from importer.run.in_flight import InFlight
from importer.run.recorder import Recorder
from importer.sending import Absent, Found, Settled, Unclear


class DoubtSettler(Protocol):
    """Who asks the address book, as `importer.sending.Sender` does."""

    async def settle(self, key: str, payload: Payload, *, lost_s: float = 0.0) -> Settled:
        """Find out what became of a create that an earlier process left in doubt."""
        ...


class Doubt:
    """Takes up what is in doubt, whether its row is still in the file or not.

    Args:
        ledger: knows the rows and what was sent.
        recorder: notes what was found.
        sender: asks the address book.
        in_flight: so that a run which may not wait any longer can give the looks up.
        now: aware time of day.
    """

    def __init__(
        self,
        ledger: Ledger,
        recorder: Recorder,
        sender: DoubtSettler,
        in_flight: InFlight,
        now: Callable[[], datetime],
    ) -> None:
        self._ledger = ledger
        self._recorder = recorder
        self._sender = sender
        self._in_flight = in_flight
        self._now = now
        self._outcomes: dict[str, Created | InDoubt] = {}

    async def take_up(self) -> None:
        """Look up everything that is in doubt."""
        doubtful = [entry for entry in self._ledger.in_doubt() if entry.sent_payload is not None]
        await asyncio.gather(*(self._settle(entry) for entry in doubtful))

    @property
    def keys(self) -> Collection[str]:
        """Keys of which `outcome` has something to say."""
        return self._outcomes.keys()

    def outcome(self, key: str) -> Created | InDoubt | None:
        """Say, once, what was found for a key: it is there, or nobody can tell; None for neither."""
        return self._outcomes.pop(key, None)

    async def _settle(self, entry: Entry) -> None:
        lost_s = max(0.0, (self._now() - entry.changed_at).total_seconds())
        payload = entry.sent_payload or {}
        looked = self._sender.settle(entry.key, payload, lost_s=lost_s)
        settled = await self._in_flight.unless_abandoned(looked)
        match settled:
            case Found(contact_id):
                await self._keep(entry.key, Created(contact_id, 0, 0, adopted=True))
            case Unclear(message, candidates):
                text = f"An earlier run ended before the answer came, and {message}."
                await self._keep(entry.key, InDoubt(text, 0, 0, candidates))
            case Absent():
                await self._recorder.settle(entry.key, NotStored())
            case None:
                self._outcomes[entry.key] = still_in_doubt(entry)
            case _:
                assert_never(settled)

    async def _keep(self, key: str, outcome: Created | InDoubt) -> None:
        self._outcomes[key] = await self._recorder.settle(key, outcome)


def still_in_doubt(entry: Entry) -> InDoubt:
    """Build the outcome of a row in doubt that this run could not look up."""
    text = "An earlier run ended before the answer came, and this one ended before it could be looked up."
    return InDoubt(text, entry.http_status, 0, entry.candidates)
