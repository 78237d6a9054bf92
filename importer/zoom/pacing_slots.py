"""The log of one's own calls: how many of them a window of the server may hold right now.

A call sent at s and answered at e reached the server somewhere in between. Let m be the shortest round trip
of late. The way there takes at least some i, the way back at least some o, and i + o <= m is all that is
known. So the call arrived by e - o, and a call sent now arrives at now + i or later: they are at least one
second apart at the server when now >= e + 1 - m, that is, when the call's slot is held until

    s + 1 + (e - s - m)          one second, and as long as its round trip was longer than the shortest

With no more slots than the limit, no window of one second sees more than the limit, whatever the delays on
the way do, and with a steady delay (e - s = m) it costs nothing. With delays that vary by 180 ms it costs
8 %, needlessly if they vary behind the server's counter. So the second summand is weighed by `caution`,
0 to 1, which the governor raises when a lone 429 shows that calls bunch up on the way.
"""

from bisect import bisect_right
from collections import deque
from itertools import repeat

WAY_S = 0.002
"""Added to each slot: the clock's resolution, and what the kernel needs."""

LONGEST_SPREAD_S = 1.0
"""A round trip longer than the shortest by more than this is a slow answer, not a slow way there."""

_ERA_S = 5.0
_LOOK_AGAIN_S = 0.01


class ShortestTrip:
    """The shortest round trip of the last 5 to 10 seconds, so that a changed route is learnt."""

    def __init__(self) -> None:
        self._era_end = 0.0
        self._before = self._current = float("inf")

    def add(self, now: float, trip_s: float) -> None:
        """Take in one round trip."""
        if now >= self._era_end:
            self._before, self._current = self._current, float("inf")
            self._era_end = now + _ERA_S
        self._current = min(self._current, trip_s)

    @property
    def seconds(self) -> float:
        """The shortest, infinite before the first answer."""
        return min(self._before, self._current)


class SlotLog:
    """Holds a slot for each call of the last second or so; times in seconds of one monotonic clock."""

    def __init__(self) -> None:
        self._sent: list[float] = []
        self._trip: list[float | None] = []
        self._shortest = ShortestTrip()

    def sent(self, now: float) -> None:
        """A call leaves now: hold a slot for it."""
        self._sent.append(now)
        self._trip.append(None)

    def answered(self, now: float, sent_at: float) -> None:
        """The call that left at or just before `sent_at` has its answer."""
        trip_s = max(0.0, now - sent_at)
        self._shortest.add(now, trip_s)
        position = bisect_right(self._sent, sent_at) - 1
        if position >= 0 and self._trip[position] is None:
            self._trip[position] = trip_s

    def wait_s(self, now: float, count: int, caution: float) -> float:
        """Seconds until fewer than `count` slots are held; 0 when that is so already.

        With caution an answer can make it sooner, so that the wait may end before a slot is free: ask again.
        """
        self._drop(now)
        surplus = len(self._sent) - count
        if surplus < 0:
            return 0.0
        if caution == 0:
            return max(0.0, self._sent[surplus] + 1.0 + WAY_S - now)
        free_at = sorted(map(self._free_at, self._sent, self._trip, repeat(caution)))
        return max(0.0, min(free_at[surplus] - now, self._news_in_s(now, caution)))

    def _news_in_s(self, now: float, caution: float) -> float:
        """When the soonest slot of a call still under way could come free, were it answered now."""
        oldest = next(
            (sent for sent, trip_s in zip(self._sent, self._trip, strict=True) if trip_s is None), now
        )
        age_s = now - oldest
        return max(_LOOK_AGAIN_S, 1.0 - age_s + caution * max(0.0, age_s - self._shortest.seconds))

    def _free_at(self, sent: float, trip_s: float | None, caution: float) -> float:
        # without an answer it may still be on its way
        spread_s = LONGEST_SPREAD_S if trip_s is None else max(0.0, trip_s - self._shortest.seconds)
        return sent + 1.0 + WAY_S + caution * min(spread_s, LONGEST_SPREAD_S)

    def _drop(self, now: float) -> None:
        """Forget the calls that no caution could hold any more; the log never outgrows three seconds."""
        gone = bisect_right(self._sent, now - 1.0 - WAY_S - LONGEST_SPREAD_S)
        del self._sent[:gone], self._trip[:gone]


class SiblingCount:
    """How many calls a second other runs on this machine make, by the numbers of the shared schedule."""

    def __init__(self) -> None:
        self._own = 0
        self._seen: deque[tuple[float, int]] = deque()

    def add(self, now: float, number: int) -> None:
        """The own next call is the `number`th of all runs."""
        self._own += 1
        self._seen.append((now, number - self._own))
        while self._seen[0][0] < now - 2.0:
            self._seen.popleft()

    def per_second(self, now: float) -> float:
        """Calls of the others, a second, over the last two; 0 while too little is known."""
        if not self._seen or self._seen[-1][0] < now - 1.0:
            return 0.0
        (start, first), (end, last) = self._seen[0], self._seen[-1]
        return (last - first) / (end - start) if end - start > 0.5 else 0.0
