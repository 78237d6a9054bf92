"""The drain: everybody learns at once that the run is to end, and every wait ends with it."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Literal, TypeAlias

from importer.errors import AccountError, ImportStopped, StoppedEarly
from importer.sending.api import Sleep

DrainKind: TypeAlias = Literal["account", "quota", "outage", "interrupted"]
"""Who can mend it: the account's owner; tomorrow; the network; nobody (Ctrl-C, SIGTERM, a full disk)."""


class Drain:
    """Set once by whoever finds a reason; rows not sent yet stay unsent, waits are cut short.

    Args:
        sleep: `asyncio.sleep`, or a test's.

    Attributes:
        kind: why the run drains, None while it does not.
        message: the reason for the person, "" while it does not.
    """

    def __init__(self, sleep: Sleep = asyncio.sleep) -> None:
        self._sleep = sleep
        self._bell = asyncio.Event()
        self.kind: DrainKind | None = None
        self.message = ""

    @property
    def begun(self) -> bool:
        """True when no new row may be sent."""
        return self.kind is not None

    def begin(self, kind: DrainKind, message: str) -> None:
        """Start to drain. The first reason stays: the later ones are mostly its consequences."""
        if self.kind is None:
            self.kind, self.message = kind, message
            self._bell.set()

    def error(self) -> ImportStopped | None:
        """Build the exception that ends the run after everything is written; None when nothing stopped it."""
        if self.kind is None:
            return None
        return AccountError(self.message) if self.kind == "account" else StoppedEarly(self.message)

    async def rest(self, seconds: float) -> bool:
        """Wait; True when the time has passed, False as soon as the run drains."""
        return not self.begun and await self.race(self._rest(seconds))

    async def race(self, work: Coroutine[Any, Any, object]) -> bool:
        """Wait for `work` or the drain; True when `work` got there, otherwise it is cancelled."""
        task, bell = asyncio.ensure_future(work), asyncio.ensure_future(self._bell.wait())
        try:
            await asyncio.wait({task, bell}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            await _abandon(task, bell)
            raise
        if task.done():
            bell.cancel()
            task.result()
            return True
        await _abandon(task, bell)
        return False

    async def _rest(self, seconds: float) -> None:
        await self._sleep(max(0.0, seconds))


async def _abandon(*tasks: "asyncio.Future[Any]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
