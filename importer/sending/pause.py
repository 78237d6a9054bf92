"""A pause that all rows share: one wait for everybody instead of forty, and one reason to show."""

from datetime import datetime, timedelta

from importer.sending.api import Clock, Now
from importer.sending.drain import Drain


class SharedPause:
    """Holds every row back until a moment; the progress line reads `reason` and `until`.

    The pacer spaces the requests out again afterwards, so the restart is no burst.
    """

    def __init__(self, drain: Drain, *, clock: Clock, now: Now) -> None:
        self._drain = drain
        self._clock = clock
        self._now = now
        self._end = float("-inf")
        self._reason = ""

    @property
    def reason(self) -> str:
        """Why nothing is sent right now, "" when there is no pause."""
        return self._reason if self._left_s() > 0 else ""

    @property
    def until(self) -> datetime | None:
        """The time of day at which it goes on, None when there is no pause."""
        left_s = self._left_s()
        return self._now() + timedelta(seconds=left_s) if left_s > 0 else None

    @property
    def left_s(self) -> float:
        """Seconds until it goes on, 0 when there is no pause."""
        return max(0.0, self._left_s())

    def hold(self, seconds: float, reason: str) -> None:
        """Hold everybody back for `seconds` from now; a longer pause that is already on stays."""
        end = self._clock() + seconds
        if end > self._end:
            self._end, self._reason = end, reason

    async def over(self) -> bool:
        """Wait until there is no pause; False as soon as the run drains."""
        while (left_s := self._left_s()) > 0:
            if not await self._drain.rest(left_s):
                return False
        return not self._drain.begun

    def _left_s(self) -> float:
        return self._end - self._clock()
