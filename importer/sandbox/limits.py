"""Rate limits: how many calls of a label one account gets in a second and in a day.

Zoom does not say how it cuts its seconds, so there are three ways to choose from. A call that was turned
away never counts. Clocks are arguments: `now` is in seconds of a clock that only goes forward, `wall` in
seconds since 1970.
"""

import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol, TypeAlias

Label: TypeAlias = Literal["light", "medium", "heavy"]
WindowPolicy: TypeAlias = Literal["fixed", "sliding", "bucket"]
Plan: TypeAlias = Literal["pro", "business"]

PER_SECOND: Mapping[Plan, Mapping[Label, int]] = {
    "pro": {"light": 20, "medium": 10, "heavy": 5},
    "business": {"light": 40, "medium": 20, "heavy": 10},
}
"""Calls a second and account, from Zoom's rate limit table for the Contact Center."""

PER_DAY: Mapping[Plan, Mapping[Label, int]] = {
    "pro": {"light": 0, "medium": 0, "heavy": 15_000},
    "business": {"light": 0, "medium": 0, "heavy": 30_000},
}
"""Calls a day and account from the same table; 0 is no limit."""


class Window(Protocol):
    """One second's worth of calls."""

    def take(self, now: float) -> bool:
        """Count a call if there is room for it."""

    def remaining(self, now: float) -> int:
        """Say how many more calls there is room for."""


class FixedSecond:
    """The count starts anew at every full second of the clock."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._second = -math.inf
        self._used = 0

    def take(self, now: float) -> bool:
        """Count a call if this second has room for it."""
        if self.remaining(now) <= 0:
            return False
        self._used += 1
        return True

    def remaining(self, now: float) -> int:
        """Say how much of this second is left."""
        second = math.floor(now)
        if second != self._second:
            self._second, self._used = second, 0
        return self._limit - self._used


class SlidingSecond:
    """No second, wherever it begins, holds more calls than the limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken: deque[float] = deque()

    def take(self, now: float) -> bool:
        """Count a call if the second that ends now has room for it."""
        if self.remaining(now) <= 0:
            return False
        self._taken.append(now)
        return True

    def remaining(self, now: float) -> int:
        """Say how much room the second that ends now has."""
        # A billionth of a second is rounding, not a call that came too early.
        while self._taken and self._taken[0] <= now - 1.0 + 1e-9:
            self._taken.popleft()
        return self._limit - len(self._taken)


class TokenBucket:
    """A bucket of `limit` tokens that fills up evenly, `limit` a second."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._tokens = float(limit)
        self._filled_at = -math.inf

    def take(self, now: float) -> bool:
        """Take a token if there is a whole one."""
        if self.remaining(now) <= 0:
            return False
        self._tokens -= 1.0
        return True

    def remaining(self, now: float) -> int:
        """Say how many whole tokens there are."""
        # Without the bound the first call would multiply an endless wait by the limit.
        waited = min(now - self._filled_at, 1.0)
        self._tokens = min(float(self._limit), self._tokens + waited * self._limit)
        self._filled_at = now
        # A millionth of a token is rounding, not a token that is missing.
        return math.floor(self._tokens + 1e-6)


WINDOWS: Mapping[WindowPolicy, Callable[[int], Window]] = {
    "fixed": FixedSecond,
    "sliding": SlidingSecond,
    "bucket": TokenBucket,
}


class Day:
    """Calls a day. The day ends at midnight UTC, or `length_s` seconds after its first call."""

    def __init__(self, limit: int, length_s: float | None) -> None:
        self._limit = limit
        self._length_s = length_s
        self._ends_at = -math.inf
        self._used = 0

    def reset_at(self, wall: float) -> float | None:
        """Give the time at which the used-up day ends, None while there is room."""
        if wall >= self._ends_at:
            self._used = 0
        return self._ends_at if self._used >= self._limit else None

    def count(self, wall: float) -> None:
        """Count a call; the first one begins the day."""
        if self._used == 0:
            self._ends_at = wall + self._length_s if self._length_s is not None else next_midnight(wall)
        self._used += 1


def next_midnight(wall: float) -> float:
    """Give the next midnight UTC after `wall`, both in seconds since 1970."""
    today = datetime.fromtimestamp(wall, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return (today + timedelta(days=1)).timestamp()


@dataclass(frozen=True, slots=True)
class Admission:
    """What the limiter says to one call. `limit` is 0 where there is none.

    Attributes:
        refusal: "" for a call that may pass, else "second" or "day".
        reset_at: with "day" the end of the day, in seconds since 1970.
    """

    label: Label
    refusal: Literal["", "second", "day"]
    limit: int
    remaining: int
    reset_at: float = 0.0


class Limiter:
    """The limits of every account and label, over all tokens and apps of the account together."""

    def __init__(
        self,
        per_second: Mapping[Label, int],
        per_day: Mapping[Label, int],
        policy: WindowPolicy,
        day_s: float | None,
    ) -> None:
        self._per_second = per_second
        self._per_day = per_day
        self._policy = policy
        self._day_s = day_s
        self._windows: dict[tuple[str, Label], Window] = {}
        self._days: dict[tuple[str, Label], Day] = {}

    def admit(self, account: str, label: Label, now: float, wall: float) -> Admission:
        """Let a call pass and count it, or turn it away without counting it."""
        day = self._day(account, label)
        if day is not None and (reset_at := day.reset_at(wall)) is not None:
            return Admission(label, "day", self._per_day[label], 0, reset_at)
        limit = self._per_second[label]
        window = self._window(account, label)
        if window is not None and not window.take(now):
            return Admission(label, "second", limit, 0)
        if day is not None:
            day.count(wall)
        return Admission(label, "", limit, window.remaining(now) if window is not None else 0)

    def _window(self, account: str, label: Label) -> Window | None:
        if self._per_second[label] <= 0:
            return None
        found = self._windows.get((account, label))
        if found is None:
            found = self._windows[account, label] = WINDOWS[self._policy](self._per_second[label])
        return found

    def _day(self, account: str, label: Label) -> Day | None:
        if self._per_day[label] <= 0:
            return None
        found = self._days.get((account, label))
        if found is None:
            found = self._days[account, label] = Day(self._per_day[label], self._day_s)
        return found
