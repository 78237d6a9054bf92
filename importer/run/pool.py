"""The worker pool: sends concurrently, as many at once as the pace needs, and keeps the row order.

How many workers are right depends on the server's latency, which nobody should have to find out: a pace
of 40 a second needs one worker at a latency of 25 ms and 40 at one second. So the pool starts small and
adds workers while steps are waiting and nobody stands in the pacer's queue, which is exactly when the
pace is not reached. Where the ledger lets rows wait for its next commit, those who will be needed until then
have to stand there, too; `waiting` leaves them out.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

from importer.run.ordered import InOrder

Job = TypeVar("Job")
Done = TypeVar("Done")

TICK_S = 0.05
SLOW_TICK_S = 0.2
"""As long as there are enough workers the pool looks less often: at 40 a second each look costs a wake-up."""

GROWTH_PER_TICK = 4

_FIRST_WORKERS = 2 * GROWTH_PER_TICK
"""So many rows go into the first commit together; one alone would leave the others to the next."""

PACED_WORKERS = 400
"""Enough for 40 a second with answers that take ten seconds."""

FREE_WORKERS = 32
"""Without a pace nobody ever stands in its queue, so the pool would always grow to its bound; a server on
this machine does no more for 400 connections than for 32."""


@dataclass(frozen=True, slots=True)
class PoolSize:
    """Bounds of the pool.

    Attributes:
        workers: the most rows that are being sent at once.
        window: how many rows may have started after the oldest unfinished one; bounds the memory.
    """

    workers: int = PACED_WORKERS
    window: int = 20_000

    def __post_init__(self) -> None:
        if self.workers < 1 or self.window < 1:
            raise ValueError("a pool has at least one worker and one row in its window")

    @classmethod
    def of(cls, workers: int | None, *, paced: bool) -> Self:
        """As many workers as the person asked for; else what paced or unpaced sending can use."""
        return cls(workers or (PACED_WORKERS if paced else FREE_WORKERS))


class WorkerPool(Generic[Job, Done]):
    """Runs `carry` on jobs by a pool of workers.

    Args:
        carry: sends one job and returns what became of it; must not raise for a row.
        emit: receives the results in the order of the jobs, called on the event loop.
        size: bounds.
        waiting: how many tasks stand in the pacer's queue now.
    """

    def __init__(
        self,
        carry: Callable[[Job], Awaitable[Done]],
        emit: Callable[[Done], None],
        *,
        size: PoolSize,
        waiting: Callable[[], int],
    ) -> None:
        self._carry = carry
        self._size = size
        self._waiting = waiting
        self._order: InOrder[Done] = InOrder(emit)
        self._jobs: asyncio.Queue[tuple[int, Job] | None] = asyncio.Queue(maxsize=2 * GROWTH_PER_TICK)
        self._moved = asyncio.Event()
        self._workers: set[asyncio.Task[None]] = set()
        self._idle = 0

    @property
    def workers(self) -> int:
        """How many workers there are now."""
        return len(self._workers)

    def pass_by(self, done: Done, rows: int = 1) -> None:
        """Put a result that needs no sending into its place in the order; it may stand for several rows."""
        self._order.finish(self._order.ticket(rows), done)

    async def has_room(self) -> None:
        """Wait until the window allows another row."""
        while self._order.open >= self._size.window:
            self._moved.clear()
            await self._moved.wait()

    async def put(self, job: Job) -> None:
        """Hand a job over; waits while the pool has enough to do."""
        await self.has_room()
        await self._jobs.put((self._order.ticket(), job))

    async def run(self, feed: Callable[[], Awaitable[None]]) -> None:
        """Work until `feed`, which calls `put` and `pass_by`, has returned and every job is done."""
        async with asyncio.TaskGroup() as group:
            supervisor = group.create_task(self._supervise(group))
            for _ in range(min(_FIRST_WORKERS, self._size.workers)):
                self._add_worker(group)
            await feed()
            await self._jobs.join()
            supervisor.cancel()
            for _ in range(len(self._workers)):
                await self._jobs.put(None)

    async def _supervise(self, group: asyncio.TaskGroup) -> None:
        tick_s = TICK_S
        while True:
            await asyncio.sleep(tick_s)
            starving = not self._jobs.empty() and self._idle == 0 and self._waiting() == 0
            room = self._size.workers - len(self._workers)
            for _ in range(min(GROWTH_PER_TICK, room) if starving else 0):
                self._add_worker(group)
            tick_s = TICK_S if starving else min(2 * tick_s, SLOW_TICK_S)

    def _add_worker(self, group: asyncio.TaskGroup) -> None:
        task = group.create_task(self._work())
        self._workers.add(task)
        task.add_done_callback(self._workers.discard)

    async def _work(self) -> None:
        while True:
            self._idle += 1
            try:
                job = await self._jobs.get()
            finally:
                self._idle -= 1
            if job is None:
                return
            ticket, item = job
            try:
                self._order.finish(ticket, await self._carry(item))
            finally:
                self._jobs.task_done()
                self._moved.set()
