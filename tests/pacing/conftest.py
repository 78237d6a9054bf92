"""A world without real time: an event loop that jumps from timer to timer, and a server that counts."""

import asyncio
import random
import selectors
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest
from windows import WINDOWS

from importer.model import Reply


class _JumpingSelector(selectors.SelectSelector):
    """Instead of waiting, moves the loop's clock on, and a little too far, as timers do."""

    loop: "JumpingLoop"

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("nothing is left to wait for")
        if timeout > 0:
            self.loop.now += timeout + 1e-6 + self.loop.lateness()
        return []


class JumpingLoop(asyncio.SelectorEventLoop):
    """`lateness` says by how many seconds a timer is late."""

    def __init__(self, lateness: Callable[[], float]) -> None:
        self.now = 1000.0
        self.lateness = lateness
        selector = _JumpingSelector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.now


@dataclass
class Tally:
    """What one client did: times of sending, of accepted arrivals, of refused arrivals, from the start."""

    sent: list[float] = field(default_factory=list)
    accepted: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)

    def rate(self, start_s: float, end_s: float) -> float:
        """Accepted calls a second between two times."""
        return sum(start_s <= t < end_s for t in self.accepted) / (end_s - start_s)

    def refused_share(self, start_s: float, end_s: float) -> float:
        accepted = sum(start_s <= t < end_s for t in self.accepted)
        refused = sum(start_s <= t < end_s for t in self.refused)
        return refused / max(1, accepted + refused)


class World:
    """Clients, a way and a server, in jumping time. All times in seconds from the start."""

    def __init__(
        self,
        *,
        window: str = "sliding",
        limit: int = 40,
        way_s: tuple[float, float] = (0.0, 0.0),
        back_s: tuple[float, float] = (0.0, 0.0),
        headers: bool = False,
        late_s: float = 0.001,  # what rounding to milliseconds adds
        seed: int = 1,
    ) -> None:
        self.random = random.Random(seed)
        self.window = WINDOWS[window](limit)
        self.limit, self.way_s, self.back_s, self.headers = limit, way_s, back_s, headers
        self.loop = JumpingLoop(lambda: self.random.uniform(0, late_s))
        self.start = self.loop.time()
        self.end_s = 0.0

    @staticmethod
    def tally() -> Tally:
        return Tally()

    def reopen(self) -> None:
        """Go on at the time where the last `run` ended."""
        now = self.loop.now
        self.loop = JumpingLoop(self.loop.lateness)
        self.loop.now = now

    def clock(self) -> float:
        return self.loop.time()

    def now_s(self) -> float:
        return self.clock() - self.start

    def run(self, end_s: float, *clients: Coroutine[Any, Any, None]) -> None:
        """Run the clients until all have ended; they look at `end_s`."""
        self.end_s = end_s

        async def together() -> None:
            await asyncio.gather(*clients)

        try:
            self.loop.run_until_complete(together())
        finally:
            self.loop.close()

    async def call(self, tally: Tally) -> Reply:
        """One call: there, counted, back."""
        tally.sent.append(self.now_s())
        await asyncio.sleep(self.random.uniform(*self.way_s))
        accepted, remaining = self.window.hit(self.clock())
        (tally.accepted if accepted else tally.refused).append(self.now_s())
        await asyncio.sleep(self.random.uniform(*self.back_s))
        known = {"x-ratelimit-limit": str(self.limit), "x-ratelimit-remaining": str(remaining)}
        return Reply(201 if accepted else 429, known if self.headers else {}, b"{}")

    async def importer(self, pacer: Any, tally: Tally, workers: int = 100, start_s: float = 0.0) -> None:
        """A pool of workers that pace themselves by `pacer`."""

        async def worker() -> None:
            await asyncio.sleep(start_s)
            while self.now_s() < self.end_s:
                await pacer.acquire()
                sent_at = self.clock()
                pacer.observe(await self.call(tally), sent_at)

        await asyncio.gather(*(worker() for _ in range(workers)))

    async def other(self, rate: float, tally: Tally, start_s: float, end_s: float) -> None:
        """Somebody else: `rate` calls a second, whatever comes back."""
        await asyncio.sleep(start_s)
        calls: set[asyncio.Task[Reply]] = set()
        due = self.now_s()
        while due < end_s:
            await asyncio.sleep(max(0.0, due - self.now_s()))
            calls.add(asyncio.create_task(self.call(tally)))
            due += 1 / rate
        await asyncio.gather(*calls)


@pytest.fixture(scope="session")
def make_world() -> Callable[..., World]:
    """Build worlds; see `World`."""
    return World
