"""What the answers tell about the rate: how fast the account can really be called.

Pure: times come in as arguments, seconds of one monotonic clock. Three signals, and only
the first needs headers:

1. `X-RateLimit-Remaining`. In each second the smallest remainder m and the most own calls w that any second
   held say what others used: limit - m - w. That holds for a fixed second, a sliding one and a bucket alike
   (a bucket only shows less). With others about and n own calls, the rate that fits is n + m - 1; the moment
   the remainder grows, so does the rate.
2. A lone 429 at full rate, nobody else about: the calls bunched up on the way. It raises `caution`, which
   holds slots longer (`pacing_slots`) and lowers the pace (`pacing`). It wears off in five minutes.
3. Several 429 in one second, or any at less than the full rate: somebody else uses the account. If a share p
   of the calls is refused, all clients together ask for limit / (1 - p), which is limit * p / (1 - p) too
   many; the rate falls by just that, and once a round trip, since calls on their way cannot know of it.
   From there it grows with the cube of the time and is back after 15 s: flat where it has just fitted, steep
   once the other has gone.

Each refused call also takes two slots out of the schedule of all workers: its own and the one of its retry.
That is the shared pause: 25 ms after a lone 429, half a second after ten at once, never more than a second.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from importer.zoom.pacing_headers import HeaderWatch, Peak, Signal

_OPEN_SHARE = 0.9775
_CAREFUL_SHARE = 0.945
_WAY_S = 0.015
_FREE_CREDIT_S = 0.08

REGROWTH_S = 15.0
_CAUTION_STEP = 0.4
_CAUTION_CAP = 1.3  # so that full caution lasts a minute and a half after the last 429
_CAUTION_FADES_S = 300.0
_CAUTION_PROBATION_S = 10.0
_FLOOR_SHARE = 0.05
_HEADER_FLOOR_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Gait:
    """A pace: calls a second, and how many seconds of lateness are caught up."""

    rate: float
    credit_s: float


def gait(limit: int, caution: float) -> Gait:
    """The fastest pace that keeps to `limit` calls in any second.

    limit + 1 calls take 1 / share - credit seconds to leave; 15 ms above one second are left for unsteadiness
    of the way, the rest is credit. At full caution the slots are the limit, and come free in bunches that the
    pace must not hold up.
    """
    if caution == 1:
        return Gait(float(limit), _FREE_CREDIT_S)
    share = _OPEN_SHARE - (_OPEN_SHARE - _CAREFUL_SHARE) * caution
    return Gait(limit * share, 1 / share - 1 - _WAY_S)


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
        self._caution, self._caution_at = 0.0, 0.0
        self._calm = (0.0, float("-inf"))
        self._base = float(limit)
        self._cut_at = self._raised_at = float("-inf")
        self._answers: deque[tuple[float, bool]] = deque()  # of the last second
        self._refusals = 0  # among them
        self._headers = HeaderWatch()
        self._limit_votes = 0
        self._peak = Peak()

    # --- what the pacer asks -----------------------------------------------------------------

    def caution(self, now: float) -> float:
        """0 to 1 in steps of an eighth, so that the bucket is not rebuilt all the time."""
        return min(1.0, round(self._faded(now) * 8) / 8)

    def gait(self, now: float) -> Gait:
        """The pace that the limit allows on a way like this one."""
        return gait(self.limit, self.caution(now))

    def rate(self, now: float) -> float:
        """Calls a second to make now."""
        top = self.gait(now).rate
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
        self._watch_headers(now, signal, own, siblings_per_s)

    def _faded(self, now: float) -> float:
        return max(0.0, self._caution - (now - self._caution_at) / _CAUTION_FADES_S)

    def _refused(self, now: float, signal: Signal) -> None:
        rate = self.rate(now)
        self.refused += 1
        pause_s = (1.5 + self._random()) / rate
        self.hold_until = min(max(self.hold_until, now) + pause_s, now + 1.0)
        if signal.sent_at <= self._cut_at:
            return  # left before the last cut: says nothing new
        refused = self._refusals
        if refused >= 3 or rate <= 0.9 * self.gait(now).rate:
            self._calm_down(now)
            self._cut(now, self._fitting(rate, refused))
            self._name_limit(now)
            return
        if self.caution(now) == 1:
            self._cut(now, self._fitting(rate, refused))
        self._worry(now)

    def _worry(self, now: float) -> None:
        faded = self._faded(now)
        if now - self._calm[1] > _CAUTION_PROBATION_S:
            self._calm = (faded, now)
        self._caution, self._caution_at = min(_CAUTION_CAP, faded + _CAUTION_STEP), now

    def _calm_down(self, now: float) -> None:
        """The lone 429 of just now were the first of many, and not the way's doing."""
        if now - self._calm[1] <= _CAUTION_PROBATION_S:
            self._caution = self._calm[0]

    def _fitting(self, rate: float, refused: int) -> float:
        """The rate at which nobody would have been refused in the last second."""
        accepted = len(self._answers) - refused
        excess = self.limit * refused / max(accepted, 1)
        return max(rate - excess, 0.75 * min(accepted, rate))

    def _name_limit(self, now: float) -> None:
        """Calls are refused, and no second of the last half minute took in what the limit promises."""
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
        if seen.least >= 3 and seen.rising and rate < self.gait(now).rate:
            self._base = rate + min(2.0, (seen.least - 2) / 4)
            self._raised_at = now
