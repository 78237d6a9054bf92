"""The worker pool: everything done once, in order, with as many workers as the pace needs."""

import asyncio

import pytest

from importer.run.pool import PoolSize, WorkerPool


async def drive(pool: "WorkerPool[int, int]", jobs: range) -> None:
    async def feed() -> None:
        for job in jobs:
            await pool.put(job)

    await pool.run(feed)


async def test_results_come_in_order_of_the_jobs() -> None:
    """Workers overtake each other, the results do not."""
    seen: list[int] = []

    async def carry(job: int) -> int:
        await asyncio.sleep(0.001 * (job % 3))
        return job

    pool = WorkerPool(carry, seen.append, size=PoolSize(workers=8), waiting=lambda: 0)
    await drive(pool, range(200))
    assert seen == list(range(200))


async def test_skipped_rows_keep_their_place() -> None:
    """A result that needs no sending is emitted between its neighbours."""
    seen: list[int] = []

    async def carry(job: int) -> int:
        await asyncio.sleep(0)
        return job

    pool = WorkerPool(carry, seen.append, size=PoolSize(workers=3), waiting=lambda: 0)

    async def feed() -> None:
        for number in range(50):
            if number % 2:
                pool.pass_by(number)
            else:
                await pool.put(number)

    await pool.run(feed)
    assert seen == list(range(50))


async def test_workers_grow_only_while_nobody_waits_for_the_pacer() -> None:
    """A queue at the pacer means that more workers could not send more."""
    gate = asyncio.Event()

    async def carry(job: int) -> int:
        await gate.wait()
        return job

    async def workers_when(waiting: int) -> int:
        gate.clear()
        pool: WorkerPool[int, int] = WorkerPool(
            carry, lambda _: None, size=PoolSize(workers=20), waiting=lambda: waiting
        )
        running = asyncio.create_task(drive(pool, range(40)))
        for _ in range(100):
            await asyncio.sleep(0.005)
            if pool.workers == 20:
                break
        grown = pool.workers
        gate.set()
        await running
        return grown

    assert await workers_when(waiting=0) == 20
    assert await workers_when(waiting=5) == 8


async def test_the_window_bounds_how_far_rows_run_ahead() -> None:
    """One stuck row stops the feed after `window` rows, so memory stays bounded."""
    gate = asyncio.Event()
    started: list[int] = []

    async def carry(job: int) -> int:
        started.append(job)
        if job == 0:
            await gate.wait()
        return job

    seen: list[int] = []
    pool = WorkerPool(carry, seen.append, size=PoolSize(workers=2, window=10), waiting=lambda: 0)
    running = asyncio.create_task(drive(pool, range(100)))
    for _ in range(100):
        await asyncio.sleep(0.005)
        if len(started) >= 10:
            break
    await asyncio.sleep(0.02)
    assert len(started) == 10
    assert seen == []
    gate.set()
    await running
    assert seen == list(range(100))


async def test_an_error_of_our_own_ends_the_pool() -> None:
    """A bug in `carry` is not swallowed."""

    async def carry(job: int) -> int:
        raise RuntimeError(f"bug at {job}")

    pool: WorkerPool[int, int] = WorkerPool(carry, lambda _: None, size=PoolSize(), waiting=lambda: 0)
    with pytest.raises(ExceptionGroup):
        await drive(pool, range(20))


def test_without_a_pace_few_workers_are_enough() -> None:
    """`--rate 0` does not open hundreds of connections, unless the person asks for them."""
    assert PoolSize.of(None, paced=True).workers > 100
    assert PoolSize.of(None, paced=False).workers == 32
    assert PoolSize.of(200, paced=False).workers == 200


@pytest.mark.parametrize(("workers", "window"), [(0, 1), (1, 0)])
def test_impossible_sizes_are_refused(workers: int, window: int) -> None:
    """A pool of nobody would wait for ever."""
    with pytest.raises(ValueError, match="at least one"):
        PoolSize(workers, window)
