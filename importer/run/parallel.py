"""The first pass on several processors: blocks go out to worker processes, surveys come back in order.

Reading a file into blocks is cheap and stays here; parsing, mapping and judging are the work. Workers get how
to make a mapper, and then blocks. What they give back is what this process would have found itself.
"""

import gc
import os
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeAlias

from importer.mapping import Mapper
from importer.run.memory_survey import survey_with_memory
from importer.run.row_memory import MemoryPlace, RowMemory
from importer.run.survey import ChunkSurvey, Wanted, survey_chunk
from importer.run.workers import Workers
from importer.source import Block, parse_block

MapperRecipe: TypeAlias = Callable[[], Mapper]
"""Makes the mapper anew; picklable, because every worker process does so."""

WORTH_BYTES = 16 << 20
"""About 100,000 rows: from here on more is gained than the second that it takes to start workers."""


def process_count(asked: int | None, text_bytes: int) -> int:
    """Say how many processes a file is worth: as asked, else one a processor if it is long."""
    if asked is not None:
        return asked
    return _processors() if text_bytes >= WORTH_BYTES else 1


@contextmanager
def started_workers(asked: int | None, text_bytes: int) -> Iterator[Workers | None]:
    """Start the processes that a file is worth (`process_count`); None when this one does it alone."""
    count = process_count(asked, text_bytes)
    if count == 1:
        yield None
        return
    with Workers(count) as workers:
        yield workers


def survey_blocks(
    blocks: Iterable[Block],
    recipe: MapperRecipe,
    wanted: Wanted,
    workers: Workers | None,
    memory: MemoryPlace | None = None,
) -> Generator[ChunkSurvey]:
    """Survey all blocks; the results come in the order of the blocks, whoever has made them.

    Args:
        blocks: of one file.
        recipe: how to make the mapper.
        wanted: what is to be found out.
        workers: who does it, and has then ended; None for this process.
        memory: what rows came to before; None for none.

    Raises:
        SourceError: the file has changed or is broken further on.
        StoppedEarly: a worker process has died.
    """
    if workers is None:
        return _alone(blocks, _Surveyor(recipe, wanted, memory))
    return workers.spread(blocks, partial(_Surveyor, recipe, wanted, memory))


class _Surveyor:
    def __init__(self, recipe: MapperRecipe, wanted: Wanted, memory: MemoryPlace | None) -> None:
        self._mapper = recipe()
        self._wanted = wanted
        self._memory = RowMemory(memory) if memory is not None else None

    def __call__(self, block: Block) -> ChunkSurvey:
        with _collector_paused():
            found = self._survey(block)
        # phonenumbers keeps exceptions in a circle, each with the frames, and all lists, of its chunk.
        gc.collect(1)
        return found

    def _survey(self, block: Block) -> ChunkSurvey:
        if self._memory is not None:
            return survey_with_memory(block, self._mapper, self._memory, self._wanted)
        return survey_chunk(self._mapper.apply(parse_block(block, self._mapper.reads)), self._wanted)


def _alone(blocks: Iterable[Block], surveyor: _Surveyor) -> Generator[ChunkSurvey]:
    for block in blocks:
        yield surveyor(block)


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


def _processors() -> int:
    """How many processors this process may use, which containers and `taskset` can limit."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
