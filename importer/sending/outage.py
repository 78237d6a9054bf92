"""When nothing gets through for anybody: the rows wait together instead of each burning its attempts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from importer.retry import RetryPolicy, backoff
from importer.sending.api import Clock, Random
from importer.sending.drain import Drain

FAULTS_UNTIL_OUTAGE = 10
"""Faults in a row, over all rows, that make an outage. With a third of all answers lost by chance, ten in a
row come once in 59,000 attempts, and then cost one short wait; a dead line has ten after a moment."""


class Outage:
    """A circuit breaker with one probe at a time.

    Closed, it costs a comparison. After `FAULTS_UNTIL_OUTAGE` faults in a row it opens: one row tries now and
    then, at growing intervals, the others wait; the first answer closes it. Faults during an outage say
    nothing about the row and are not counted against its attempts. When nothing has got through for
    `policy.give_up_after_s` the run drains: it stops early and resumable, instead of failing 50,000 rows.

    Attributes:
        since: clock reading at which it opened, None while it is closed.
        reason: what the last fault was, for the progress line.
    """

    def __init__(self, drain: Drain, *, policy: RetryPolicy, clock: Clock, random: Random) -> None:
        self._drain = drain
        self._policy = policy
        self._clock = clock
        self._random = random
        self._probing = asyncio.Lock()
        self._streak = 0
        self._probes = 0
        self._probe_is_out = False
        self._next_probe = 0.0
        self.since: float | None = None
        self.reason = ""

    @property
    def open(self) -> bool:
        """True while nothing gets through."""
        return self.since is not None

    @property
    def next_try_s(self) -> float:
        """Seconds until a row tries again; 0 while one does, and while nothing is wrong."""
        if not self.open or self._probe_is_out:
            return 0.0
        return max(0.0, self._next_probe - self._clock())

    def answered(self) -> None:
        """Note that the API answered, whatever it said."""
        self._streak, self._probes, self.since, self.reason = 0, 0, None, ""

    def faulted(self, reason: str) -> None:
        """Note an attempt without an answer of the API."""
        self._streak += 1
        self.reason = reason
        now = self._clock()
        if self._streak < FAULTS_UNTIL_OUTAGE:
            return
        if self.since is None:
            self.since = now
        elif not self._probe_is_out:
            return  # it was on its way when the line broke: four hundred of those are still one outage
        self._probes += 1
        # Half of the ceiling at least: a probe that comes at once after the last one tells nothing new.
        wait = backoff(self._probes, lambda: 0.5 + self._random() / 2, self._policy)
        self._next_probe = now + wait
        if now - self.since >= self._policy.give_up_after_s:
            self._drain.begin("outage", self._farewell(now - self.since))

    @asynccontextmanager
    async def passage(self) -> AsyncIterator[bool]:
        """Wait for the turn to send: ``async with outage.passage() as may_send``; False when the run drains.

        During an outage the body is the probe, and only one row is in it.
        """
        if not self.open:
            yield not self._drain.begun
            return
        if not await self._drain.race(self._probing.acquire()):
            yield False
            return
        try:
            probe = await self._due()
            if probe:
                self._probe_is_out = True
                yield True
        finally:
            self._probe_is_out = False
            self._probing.release()
        if not probe:  # it closed meanwhile: everybody goes on at once
            yield not self._drain.begun

    async def _due(self) -> bool:
        """Wait until the next probe is due; False when it closed meanwhile or the run drains."""
        while self.open:
            left_s = self._next_probe - self._clock()
            if left_s <= 0:
                return not self._drain.begun
            if not await self._drain.rest(left_s):
                return False
        return False

    def _farewell(self, seconds: float) -> str:
        return (
            f"Zoom has not answered for {round(seconds / 60)} minutes ({self.reason}). Everything done so "
            "far is on disk; run the same command again when the connection is back."
        )
