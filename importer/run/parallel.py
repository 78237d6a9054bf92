"""The first pass on several processors: blocks go out to worker processes, surveys come back in order.

Reading a file into blocks is cheap and stays here; parsing, mapping and judging are the work. Workers get how
to make a mapper, and then blocks. What they give back is what this process would have found itself.

Where this process is a single thread on Linux, workers are copies of it and work at once; importing pandas
once more in each would cost a second of every processor. Elsewhere they are started afresh: a copy of a
process with threads may hold a lock that nobody gives back.
"""

import gc
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Protocol, TypeAlias

from importer.errors import ImportStopped, StoppedEarly
from importer.mapping import Mapper
from importer.run.survey import ChunkSurvey, Wanted, survey_chunk
from importer.source import Block, parse_block

MapperRecipe: TypeAlias = Callable[[], Mapper]
"""Makes the mapper anew; picklable, because every worker process does so."""

WORTH_BYTES = 16 << 20
"""About 100,000 rows: from here on more is gained than the second that it takes to start workers."""

_AHEAD = 2
"""Blocks waiting for each worker: it never waits, and memory stays flat."""


def process_count(asked: int | None, text_bytes: int) -> int:
    """Say how many processes a file is worth: as asked, else one a processor if it is long."""
    if asked is not None:
        return asked
    return _processors() if text_bytes >= WORTH_BYTES else 1


def survey_blocks(
    blocks: Iterable[Block], recipe: MapperRecipe, wanted: Wanted, *, processes: int
) -> Generator[ChunkSurvey]:
    """Survey all blocks; the results come in the order of the blocks, whoever has made them.

    Args:
        blocks: of one file.
        recipe: how to make the mapper.
        wanted: what is to be found out.
        processes: how many work on it; with 1 it is done in this process.

    Raises:
        SourceError: the file has changed or is broken further on.
        StoppedEarly: a worker process has died.
    """
    if processes <= 1:
        return _alone(blocks, _Surveyor(recipe, wanted))
    return _spread(blocks, recipe, wanted, processes)


class _Surveyor:
    def __init__(self, recipe: MapperRecipe, wanted: Wanted) -> None:
        self._mapper = recipe()
        self._wanted = wanted

    def __call__(self, block: Block) -> ChunkSurvey:
        with _collector_paused():
            found = survey_chunk(self._mapper.apply(parse_block(block, self._mapper.reads)), self._wanted)
        # phonenumbers keeps exceptions in a circle, each with the frames, and all lists, of its chunk.
        gc.collect(1)
        return found


def _alone(blocks: Iterable[Block], surveyor: _Surveyor) -> Generator[ChunkSurvey]:
    for block in blocks:
        yield surveyor(block)


def _spread(
    blocks: Iterable[Block], recipe: MapperRecipe, wanted: Wanted, processes: int
) -> Generator[ChunkSurvey]:
    workers = _start_workers(recipe, wanted, processes)
    free: SimpleQueue[_Worker] = SimpleQueue()
    for worker in workers:
        free.put(worker)

    def survey(block: Block) -> ChunkSurvey:
        worker = free.get()
        try:
            return worker.survey(block)
        finally:
            free.put(worker)

    waiting: deque[Future[ChunkSurvey]] = deque()
    threads = ThreadPoolExecutor(processes)  # one a worker, which does nothing but wait for it
    try:
        for block in blocks:
            waiting.append(threads.submit(survey, block))
            if len(waiting) > processes * _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for worker in workers:
            worker.end()
        threads.shutdown(cancel_futures=True)


def _start_workers(recipe: MapperRecipe, wanted: Wanted, processes: int) -> "list[_Worker]":
    copied = _may_copy()
    workers: list[_Worker] = []
    with _interrupts_held(afresh=not copied):  # processes inherit it: Ctrl-C is for this one, which ends them
        for _ in range(processes):
            before = [worker.connection for worker in workers]
            workers.append(_Worker(recipe, wanted, before, copied=copied))
    return workers


class _Closeable(Protocol):
    """A connection, which Windows has of a type of its own."""

    def close(self) -> None: ...


class _Worker:
    """A process that surveys one block after the other.

    Args:
        recipe, wanted: what it is to do.
        before: connections to other workers that a copy of this process would keep open.
        copied: whether it is to be a copy of this process, or to be started afresh.
    """

    def __init__(
        self, recipe: MapperRecipe, wanted: Wanted, before: Sequence[_Closeable], *, copied: bool
    ) -> None:
        if sys.platform == "win32":
            context = get_context("spawn")
        else:
            context = get_context("fork") if copied else get_context("spawn")
        self.connection, theirs = context.Pipe()
        ours = [*before, self.connection] if copied else []
        self._process = context.Process(target=_work, args=(theirs, ours, recipe, wanted), daemon=True)
        self._process.start()
        theirs.close()

    def survey(self, block: Block) -> ChunkSurvey:
        """Let the worker do it; raises what it raises."""
        try:
            self.connection.send(block)
            outcome: ChunkSurvey | Exception = self.connection.recv()
        except (EOFError, OSError) as error:
            raise StoppedEarly(
                "A worker process ended without a word; most often the system has stopped it for want of "
                "memory. Nothing was sent. Run the command again with --processes 1."
            ) from error
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def end(self) -> None:
        """End the process, also in the middle of a block: nobody waits for its result any more."""
        self._process.terminate()
        self._process.join()
        self.connection.close()


def _work(
    connection: Connection, of_parent: Sequence[_Closeable], recipe: MapperRecipe, wanted: Wanted
) -> None:
    """What a worker does until it is ended, or until nobody is left to ask for anything."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for one in of_parent:
        one.close()  # else this process would keep itself waiting after the parent's death
    gc.freeze()  # what is shared with the parent stays shared when the collector looks for garbage
    surveyor = _Surveyor(recipe, wanted)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            connection.send(_outcome(surveyor, connection.recv()))


def _outcome(surveyor: _Surveyor, block: Block) -> ChunkSurvey | ImportStopped:
    try:
        return surveyor(block)
    except ImportStopped as stopped:
        return stopped


# --- around it ------------------------------------------------------------------------------------


@contextmanager
def _collector_paused() -> Iterator[None]:
    """A chunk makes tens of thousands of small tuples: looking for cycles among them would cost a third."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


@contextmanager
def _interrupts_held(*, afresh: bool) -> Iterator[None]:
    """Keep SIGINT from this thread, and from the processes that it starts, for a moment. Not on Windows."""
    if sys.platform == "win32":
        yield
    else:
        if afresh:
            resource_tracker.ensure_running()  # when it starts it lets SIGINT through again
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _may_copy() -> bool:
    """Whether copies of this process can work: on Linux, and as long as this is its only thread.

    Threads of libraries count, which is why the system is asked and not `threading`.
    """
    return sys.platform == "linux" and len(list(Path("/proc/self/task").iterdir())) == 1


def _processors() -> int:
    """How many processors this process may use, which containers and `taskset` can limit."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
