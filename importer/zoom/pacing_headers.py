"""What the answers of one second show: the remainder by the headers, the most that was taken in.

Pure; times are seconds of one monotonic clock.
"""

from dataclasses import dataclass

_TRUST_S = 10.0


@dataclass(frozen=True, slots=True)
class Signal:
    """What one answer says about the rate.

    Attributes:
        sent_at: when the call left.
        refused: whether it was answered 429 for the rate (not for the day).
        limit: calls a second by its header, None without one.
        remaining: calls left in the server's window by its header, None without one.
    """

    sent_at: float
    refused: bool = False
    limit: int | None = None
    remaining: int | None = None


class Peak:
    """The most calls that one second took in, over the last 10 to 20 seconds."""

    _ERA_S = 10.0

    def __init__(self) -> None:
        self._era_end = float("-inf")
        self._before = self._current = 0
        self._eras = 0

    def add(self, now: float, calls: int) -> None:
        """So many calls were taken in during the last second."""
        if now >= self._era_end:
            self._before, self._current = self._current, 0
            self._era_end = now + self._ERA_S
            self._eras += 1
        self._current = max(self._current, calls)

    def of_late(self, now: float) -> int:
        """The peak, 0 while less than 10 seconds are known."""
        return max(self._before, self._current) if self._eras > 1 and now < self._era_end else 0


@dataclass(frozen=True, slots=True)
class Second:
    """One second of headers and of own calls that were answered, not refused.

    Attributes:
        least: the smallest remainder.
        most: the most own calls in any second that ended in this one.
        calls_per_s: own calls in this one.
        rising: the remainder is no smaller than in the second before; a bucket's falls while it is overdrawn.
    """

    least: int
    most: int
    calls_per_s: float
    rising: bool


class HeaderWatch:
    """Gathers `X-RateLimit-Remaining` by the second, and stops believing it when it cannot be true.

    A remainder that stays at nothing for ten seconds however little is sent, without a single 429, may not be
    this account's: it is ignored for 5 seconds, then 20, 80, ... If it was true after all, that costs a 429.
    """

    def __init__(self) -> None:
        self._start = float("-inf")
        self._least: int | None = None
        self._calls = self._most = self._before = 0
        self._low_since: float | None = None
        self._refused = 0
        self._ignore_until = float("-inf")
        self._ignore_s = 5.0

    def add(self, now: float, signal: Signal, own: int) -> Second | None:
        """Take in one answer, the last of `own` within a second.

        At the end of each second return what it showed, None without headers.
        """
        seen = None
        elapsed_s = now - self._start
        if elapsed_s >= 1.0:
            # after a gap the calls cannot be compared with a window of one second
            if self._least is not None and elapsed_s < 1.5:
                seen = Second(
                    self._least, self._most, self._calls / elapsed_s, rising=self._least >= self._before
                )
                self._before = self._least
            self._start, self._least, self._calls, self._most = now, None, 0, 0
        self._calls += not signal.refused
        self._most = max(self._most, own)
        if signal.remaining is not None:
            least = 0 if signal.refused else signal.remaining
            self._least = least if self._least is None else min(self._least, least)
        return seen

    @property
    def heard(self) -> bool:
        """Whether an answer of the current second carried a remainder."""
        return self._least is not None

    def plausible(self) -> None:
        """The last second fitted what was sent."""
        self._low_since = None

    def trusted(self, now: float, refused: int) -> bool:
        """Whether a remainder of nothing is believed at this moment; `refused` counts all 429 so far."""
        if now < self._ignore_until:
            return False
        if self._low_since is None or refused != self._refused:
            self._low_since, self._refused = now, refused
        if now - self._low_since <= _TRUST_S:
            return True
        self._low_since = None
        self._ignore_until = now + self._ignore_s
        self._ignore_s *= 4
        return False
