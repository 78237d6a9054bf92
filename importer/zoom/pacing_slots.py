"""The log of one's own calls: how many of them a window of the server may hold right now.

A call sent at s and answered at e reached the server somewhere in between. Let m be the shortest round trip
of late. The way there takes at least some i, the way back at least some o, and i + o <= m is all that is
known. So the call arrived by e - o, and a call sent now arrives at now + i or later: they are at least one
second apart at the server when now >= e + 1 - m, that is, when the call's slot is held until

    s + 1 + (e - s - m)          one second, and as long as its round trip was longer than the shortest

With no more slots than the limit, no window of one second sees more than the limit, whatever the delays on
the way do. It costs as much of the rate as the second summand is on average: nothing on a steady way, next
to nothing where one call in a hundred is late, 8 % where delays vary by 180 ms, and that needlessly if they
vary behind the server's counter. So that summand is weighed. What the steady pace leaves free anyway
(`FREE_S` on average) is always taken: rare late calls are held for in full, before any 429. More is taken by
`caution`, 0 to 1, which the governor raises when a lone 429 shows that calls do bunch up on the way.

A call without an answer has been under way for some time already; how late it is by now counts, or what calls
are late on average while it is not late yet.
"""

from bisect import bisect_right
from collections import deque

WAY_S = 0.002
"""Added to each slot: the clock's resolution, and what the kernel needs."""

LONGEST_SPREAD_S = 1.0
"""A round trip longer than the shortest by more than this is a slow answer, not a slow way there."""

FREE_S = 0.0225
"""What a slot may be held longer on average while nothing was refused: what the steady pace leaves free."""

_LEAST_S = 0.03
"""No `least_s` is longer: at least so long the log remembers a call beyond its second."""

_ERA_S = 5.0
_MEMORY = 1 / 64  # of the mean: the last hundred calls or so
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
        self._mean_spread_s = 0.0

    def sent(self, now: float) -> None:
        """A call leaves now: hold a slot for it."""
        self._sent.append(now)
        self._trip.append(None)

    def answered(self, now: float, sent_at: float) -> None:
        """The call that left at or just before `sent_at` has its answer."""
        trip_s = max(0.0, now - sent_at)
        self._shortest.add(now, trip_s)
        spread_s = min(trip_s - self._shortest.seconds, LONGEST_SPREAD_S)
        self._mean_spread_s += (spread_s - self._mean_spread_s) * _MEMORY
        position = bisect_right(self._sent, sent_at) - 1
        while position > 0 and self._trip[position] is not None:
            position -= 1  # several left at the same reading of the clock
        if position >= 0 and self._trip[position] is None:
            self._trip[position] = trip_s

    def wait_s(self, now: float, count: int, caution: float, least_s: float = WAY_S) -> float:
        """Seconds until fewer than `count` slots are held, each for at least a second and `least_s`.

        0 when that is so already. An answer can make it sooner, so that the wait may end before a slot is
        free: ask again.
        """
        self._drop(now)
        surplus = len(self._sent) - count
        if surplus < 0:
            return 0.0
        weight = max(caution, min(1.0, FREE_S / max(self._mean_spread_s, 1e-6)))
        # Mostly the oldest are free; then it does not matter when the others will be.
        oldest = (self._free_at(now, place, weight, least_s) for place in range(surplus + 1))
        if all(free_at <= now for free_at in oldest):
            return 0.0
        free_at = sorted(self._free_at(now, place, weight, least_s) for place in range(len(self._sent)))
        return max(0.0, min(free_at[surplus] - now, self._news_in_s(now, least_s)))

    def _free_at(self, now: float, place: int, weight: float, least_s: float) -> float:
        sent = self._sent[place]
        return sent + 1.0 + max(least_s, WAY_S + weight * self._spread_s(now, sent, self._trip[place]))

    def _spread_s(self, now: float, sent: float, trip_s: float | None) -> float:
        """How much longer than the shortest a call was under way, or is by now."""
        if trip_s is None:
            spread_s = max(self._mean_spread_s, now - sent - self._shortest.seconds)
        else:
            spread_s = trip_s - self._shortest.seconds
        return min(max(0.0, spread_s), LONGEST_SPREAD_S)

    def _news_in_s(self, now: float, least_s: float) -> float:
        """When the soonest slot of a call still under way could come free, were it answered now."""
        oldest = next(
            (sent for sent, trip_s in zip(self._sent, self._trip, strict=True) if trip_s is None), now
        )
        return max(_LOOK_AGAIN_S, oldest + 1.0 + least_s - now)

    def _drop(self, now: float) -> None:
        """Forget the oldest calls that no caution could hold any more."""
        gone = 0
        for sent, trip_s in zip(self._sent, self._trip, strict=True):
            spread_s = LONGEST_SPREAD_S if trip_s is None else self._spread_s(now, sent, trip_s)
            if sent + 1.0 + max(_LEAST_S, 2 * WAY_S + spread_s) > now:
                break
            gone += 1
        del self._sent[:gone], self._trip[:gone]


class SiblingCount:
    """How many calls a second other runs on this machine make, by the numbers of the shared schedule."""

    def __init__(self) -> None:
        self._own = 0
        self._seen: deque[tuple[float, int]] = deque()

    def add(self, now: float, number: int, own: int) -> None:
        """The last of `own` calls that were claimed just now is the `number`th of all runs."""
        self._own += own
        self._seen.append((now, number - self._own))
        while self._seen[0][0] < now - 2.0:
            self._seen.popleft()

    def per_second(self, now: float) -> float:
        """Calls of the others, a second, over the last two; 0 while too little is known."""
        if not self._seen or self._seen[-1][0] < now - 1.0:
            return 0.0
        (start, first), (end, last) = self._seen[0], self._seen[-1]
        return (last - first) / (end - start) if end - start > 0.5 else 0.0
