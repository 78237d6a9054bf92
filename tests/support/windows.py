"""The ways in which a server may cut its second, for servers in real time and in jumping time alike.

`hit` counts a call that arrives at `now`, in seconds of any one clock, and returns whether it is accepted and
how many more would be. A refused call uses up nothing.
"""

from collections import deque
from collections.abc import Callable
from typing import Protocol


class Window(Protocol):
    def hit(self, now: float) -> tuple[bool, int]: ...


class FixedWindow:
    """At most `limit` calls in each second of the clock."""

    def __init__(self, limit: int) -> None:
        self.limit, self.second, self.count = limit, -1, 0

    def hit(self, now: float) -> tuple[bool, int]:
        if int(now) != self.second:
            self.second, self.count = int(now), 0
        accepted = self.count < self.limit
        self.count += accepted
        return accepted, self.limit - self.count


class SlidingWindow:
    """At most `limit` calls in the second before each call."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.calls: deque[float] = deque()

    def hit(self, now: float) -> tuple[bool, int]:
        while self.calls and self.calls[0] <= now - 1.0:
            self.calls.popleft()
        accepted = len(self.calls) < self.limit
        if accepted:
            self.calls.append(now)
        return accepted, self.limit - len(self.calls)


class Bucket:
    """A bucket of `limit` calls that is filled with `limit` a second."""

    def __init__(self, limit: int) -> None:
        self.limit, self.tokens, self.at = limit, float(limit), 0.0

    def hit(self, now: float) -> tuple[bool, int]:
        self.tokens = min(self.limit, self.tokens + (now - self.at) * self.limit)
        self.at = now
        accepted = self.tokens >= 1
        self.tokens -= accepted
        return accepted, int(self.tokens)


WINDOWS: dict[str, Callable[[int], Window]] = {
    "fixed": FixedWindow,
    "sliding": SlidingWindow,
    "bucket": Bucket,
}
