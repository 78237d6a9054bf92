"""The first pass on several processors: blocks go out to worker processes, surveys come back in order.

Reading a file into blocks is cheap and stays here; parsing, mapping and judging are the work. Workers are
started afresh on every system ("spawn"), so that they carry nothing of this process with them: they get how
to make a mapper, and then blocks. What they give back is what this process would have found itself.
"""

import gc
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import TypeAlias

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
            return survey_chunk(self._mapper.apply(parse_block(block)), self._wanted)


def _alone(blocks: Iterable[Block], surveyor: _Surveyor) -> Generator[ChunkSurvey]:
    for block in blocks:
        yield surveyor(block)


def _spread(
    blocks: Iterable[Block], recipe: MapperRecipe, wanted: Wanted, processes: int
) -> Generator[ChunkSurvey]:
    workers = [_Worker(recipe, wanted) for _ in range(processes)]
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


class _Worker:
    """A process that surveys one block after the other."""

    def __init__(self, recipe: MapperRecipe, wanted: Wanted) -> None:
        context = get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs, recipe, wanted), daemon=True)
        with _interrupts_held():  # the process inherits it: Ctrl-C is for this one, which ends the others
            self._process.start()
        theirs.close()

    def survey(self, block: Block) -> ChunkSurvey:
        """Let the worker do it; raises what it raises."""
        try:
            self._connection.send(block)
            outcome: ChunkSurvey | Exception = self._connection.recv()
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
        self._connection.close()


def _work(connection: Connection, recipe: MapperRecipe, wanted: Wanted) -> None:
    """What a worker does until it is ended, or until nobody is left to ask for anything."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    surveyor = _Surveyor(recipe, wanted)
    while True:
        try:
            block = connection.recv()
        except (EOFError, OSError):
            return
        try:
            connection.send(surveyor(block))
        except ImportStopped as stopped:
            connection.send(stopped)


# --- around it ------------------------------------------------------------------------------------


@contextmanager
def _collector_paused() -> Iterator[None]:
    """A chunk makes tens of thousands of small tuples and no cycles: looking for some would cost a third."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Keep SIGINT from this thread, and from the processes that it starts, for a moment. Not on Windows."""
    if sys.platform == "win32":
        yield
    else:
        resource_tracker.ensure_running()  # when it starts it lets SIGINT through again
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _processors() -> int:
    """How many processors this process may use, which containers and `taskset` can limit."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
