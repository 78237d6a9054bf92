"""Writing into the ledger while rows are sent: a disk that fails ends the run in good order, never a row."""

from collections.abc import Sequence
from typing import TypeVar

from importer.errors import StoppedEarly
from importer.ledger import (
    ContactOwnedError,
    Deleted,
    IllegalTransitionError,
    Intent,
    Ledger,
    Noted,
    NotStored,
)
from importer.model import Created, Failed, InDoubt, NotAttempted, Outcome
from importer.sending import Drain

Settled = TypeVar("Settled", bound=Outcome | Deleted | NotStored)


class Recorder:
    """Notes what is meant and what became of it; when that fails, the run drains.

    Args:
        ledger: opened, with a run started.
        drain: the run's.
    """

    def __init__(self, ledger: Ledger, drain: Drain) -> None:
        self._ledger = ledger
        self._drain = drain

    async def begin(self, intent: Intent) -> Failed | NotAttempted | None:
        """Note what is about to be sent; what it returns is the outcome of a row that must not be sent."""
        try:
            await self._ledger.begin(intent)
        except StoppedEarly as error:
            self._drain.begin("interrupted", str(error))
            return NotAttempted(str(error))
        except IllegalTransitionError:
            # Two rows of one file under one key, as when a row of a corrections file was copied in it.
            message = "Another row of the file has the same key and was sent first; this one was not sent."
            return Failed("duplicate_key", "", message, 0, 0, transient=False)
        return None

    async def settle(self, key: str, settlement: Settled) -> Settled | InDoubt:
        """Note what became of a row; returns what could be noted.

        A row that the server answers with the contact of another row is in doubt.
        """
        try:
            await self._ledger.settle(key, settlement)
        except ContactOwnedError as error:
            attempts = settlement.attempts if isinstance(settlement, Created) else 0
            return await self.settle(key, not_ours(error.contact_id, attempts))
        except StoppedEarly as error:
            # The row stays "in flight" in the ledger: the next run looks it up before it sends anything.
            self._drain.begin("interrupted", str(error))
        return settlement

    async def record(self, noted: Sequence[Noted]) -> None:
        """Note rows for which nothing was sent."""
        try:
            await self._ledger.record(noted)
        except StoppedEarly as error:
            self._drain.begin("interrupted", str(error))

    async def forget(self, keys: Sequence[str]) -> None:
        """Forget rows that have nothing in the book."""
        try:
            await self._ledger.forget(keys)
        except StoppedEarly as error:
            self._drain.begin("interrupted", str(error))

    async def rename(self, before: str, now: str) -> None:
        """Let a row that is not in the book go on under another key."""
        try:
            await self._ledger.rename(before, now)
        except StoppedEarly as error:
            self._drain.begin("interrupted", str(error))


def not_ours(contact_id: str, attempts: int) -> InDoubt:
    """Build the outcome of a row that was answered with a contact which another row owns."""
    message = (
        "Zoom answered with a contact that belongs to another row, so it is not known whether it was stored."
    )
    return InDoubt(message, 201, attempts, (contact_id,))
