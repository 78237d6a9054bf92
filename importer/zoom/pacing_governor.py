"""What the answers tell about the rate: how fast the account can really be called.

Pure: times come in as arguments, seconds of one monotonic clock. Three signals, and only
the first needs headers:

1. `X-RateLimit-Remaining`. In each second the smallest remainder m and the most own calls w that any second
   held say what others used: limit - m - w. That holds for a fixed second, a sliding one and a bucket alike
   (a bucket only shows less). With others about and n own calls, the rate that fits is n + m - 1; the moment
   the remainder grows, so does the rate.
2. A lone 429 at full rate, nobody else about: the calls bunched up on the way. It raises `caution`, which
   holds slots longer (`pacing_slots`). Each call that is taken in lowers it by a 2,000th of that: so caution
   settles where one call in 2,000 is refused, which costs no more of the rate than this way and this window
   need. Where nothing is refused any more it wears off.
3. Several 429 in one second, or any at less than the full rate: somebody else uses the account. If a share p
   of the calls is refused, all clients together ask for limit / (1 - p), which is limit * p / (1 - p) too
   many; the rate falls by just that (further at first, where headers bring it back), and once a round trip,
   since calls on their way cannot know of it. From there it grows with the cube of the time and is back after
   15 s: flat where it has just fitted, steep once the other has gone.

Each refused call also takes two slots out of the schedule of all workers: its own and the one of its retry.
That is the shared pause: 25 ms after a lone 429, half a second after ten at once, never more than a second.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from importer.zoom.pacing_headers import HeaderWatch, Peak, Signal

_SHARE = 0.9775
_WAY_S = 0.015
_FREE_CREDIT_S = 0.08

REGROWTH_S = 15.0
_FIRST_CAUTION = 0.4
_MORE_CAUTION = 0.15
_CAUTION_FADES = _MORE_CAUTION / 2000
_CAUTION_CAP = 1.3  # more than 1 lasts longer; at the cap 429s are no longer the way's doing
_CAUTION_PROBATION_S = 10.0
_FLOOR_SHARE = 0.05
_NEWCOMER_SHARE = 0.7
_HEADER_FLOOR_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Gait:
    """A pace: calls a second, and how many seconds of lateness are caught up."""

    rate: float
    credit_s: float


def gait(limit: int, *, slots_bound: bool = False) -> Gait:
    """The fastest pace that keeps to `limit` calls in any second.

    limit + 1 calls take 1 / share - credit seconds to leave; 15 ms above one second are left for unsteadiness
    of the way, the rest is credit. Where the slots bound what leaves, they come free in bunches, and the pace
    only smooths those.
    """
    if slots_bound:
        return Gait(float(limit), _FREE_CREDIT_S)
    return Gait(limit * _SHARE, 1 / _SHARE - 1 - _WAY_S)


class Governor:
    """Turns signals into a rate, a caution and a shared pause.

    Attributes:
        limit: calls a second the account has, as far as is known now.
        observed_limit: the limit that the answers show when it is not the plan's, else None.
        hold_until: nobody sends before this.
        refused: calls refused for the rate so far.
    """

    def __init__(self, limit: int, *, random: Callable[[], float]) -> None:
        self.limit = limit
        self.observed_limit: int | None = None
        self.hold_until = 0.0
        self.refused = 0
        self._random = random
        self._caution = 0.0
        self._calm = (0.0, float("-inf"))
        self._base = float(limit)
        self._cut_at = self._raised_at = float("-inf")
        self._answers: deque[tuple[float, bool]] = deque()  # of the last second
        self._refusals = 0  # among them
        self._headers = HeaderWatch()
        self._limit_votes = 0
        self._peak = Peak()

    # --- what the pacer asks -----------------------------------------------------------------

    @property
    def caution(self) -> float:
        """How much of a call's lateness its slot is held longer: 0 to 1."""
        return min(1.0, self._caution)

    @property
    def gait(self) -> Gait:
        """The pace that the limit allows on a way like this one."""
        return gait(self.limit, slots_bound=self._caution > 0)

    def rate(self, now: float) -> float:
        """Calls a second to make now."""
        top = self.gait.rate
        age = (now - self._cut_at) / REGROWTH_S
        return top if age >= 1 else min(top, self._base + max(0.0, top - self._base) * age**3)

    # --- what the pacer tells ----------------------------------------------------------------

    def answered(self, now: float, signal: Signal, siblings_per_s: float = 0.0) -> None:
        """Take in one answer; `siblings_per_s` are the calls of runs that share the schedule anyway."""
        self._answers.append((now, signal.refused))
        self._refusals += signal.refused
        while self._answers[0][0] <= now - 1.0:
            self._refusals -= self._answers.popleft()[1]
        own = len(self._answers) - self._refusals
        self._peak.add(now, own)
        self._compare_limit(signal.limit, own)
        if signal.refused:
            self._refused(now, signal)
        else:
            self._caution = max(0.0, self._caution - _CAUTION_FADES)
        self._watch_headers(now, signal, own, siblings_per_s)

    def _refused(self, now: float, signal: Signal) -> None:
        rate = self.rate(now)
        self.refused += 1
        pause_s = (1.5 + self._random()) / rate
        self.hold_until = min(max(self.hold_until, now) + pause_s, now + 1.0)
        if signal.sent_at <= self._cut_at:
            return  # left before the last cut: says nothing new
        refused = self._refusals
        if refused >= 3 or rate <= 0.9 * self.gait.rate:
            self._calm_down(now)
            self._cut(now, self._newcomer(now, rate, self._fitting(rate, refused)))
            self._name_limit(now)
            return
        if self._caution == _CAUTION_CAP:
            self._cut(now, self._fitting(rate, refused))
        self._worry(now)

    def _worry(self, now: float) -> None:
        if now - self._calm[1] > _CAUTION_PROBATION_S:
            self._calm = (self._caution, now)
        step = _MORE_CAUTION if self._caution >= _MORE_CAUTION else _FIRST_CAUTION
        self._caution = min(_CAUTION_CAP, self._caution + step)

    def _calm_down(self, now: float) -> None:
        """The lone 429 of just now were the first of many, and not the way's doing."""
        if now - self._calm[1] <= _CAUTION_PROBATION_S:
            self._caution = self._calm[0]

    def _fitting(self, rate: float, refused: int) -> float:
        """The rate at which nobody would have been refused in the last second."""
        accepted = len(self._answers) - refused
        excess = self.limit * refused / max(accepted, 1)
        return max(rate - excess, 0.75 * min(accepted, rate))

    def _newcomer(self, now: float, rate: float, fitting: float) -> float:
        """The first refusals show the least of what a newcomer wants: with headers, give way further.

        A remainder brings the rate back within seconds, more refusals would bring it down just as surely.
        """
        if self._headers.heard and now - self._cut_at > REGROWTH_S:
            return min(fitting, _NEWCOMER_SHARE * rate)
        return fitting

    def _name_limit(self, now: float) -> None:
        """Calls are refused, and no second of the last ten or twenty took in what the limit promises."""
        peak = self._peak.of_late(now)
        if self._limit_votes == 0 and 0 < peak <= 0.8 * self.limit:
            self.observed_limit = peak

    def _cut(self, now: float, rate: float) -> None:
        self._base = max(rate, _FLOOR_SHARE * self.limit)
        self._cut_at = now

    def _compare_limit(self, limit: int | None, own: int) -> None:
        """Five answers in a row that name a lower limit are believed; a higher one is only reported."""
        if limit is None and self.observed_limit is not None and own > 1.1 * self.observed_limit + 1:
            self.observed_limit = None
        if limit is None or limit == self.limit or not 1 <= limit <= 4 * self.limit:
            self._limit_votes = 0
            return
        self._limit_votes += 1
        if self._limit_votes >= 5:
            self.observed_limit = limit
            self.limit = min(self.limit, limit)

    def _watch_headers(self, now: float, signal: Signal, own: int, siblings_per_s: float) -> None:
        seen = self._headers.add(now, signal, own)
        if seen is None or signal.sent_at <= max(self._cut_at, self._raised_at):
            return
        rate = self.rate(now)
        # evenly spaced as they are, a window holds one or two more of the siblings' calls than the mean
        others = self.limit - seen.least - seen.most - (siblings_per_s + 2 if siblings_per_s > 0.5 else 0)
        if seen.least <= 1 and others > max(2.0, 0.075 * self.limit):
            fitting = min(rate, seen.calls_per_s + seen.least - 1.0)
            if self._headers.trusted(now, self.refused):
                self._cut(now, max(fitting, _HEADER_FLOOR_SHARE * self.limit))
            return
        self._headers.plausible()
        if seen.least >= 3 and seen.rising and rate < self.gait.rate:
            self._base = rate + min(2.0, (seen.least - 2) / 4)
            self._raised_at = now
