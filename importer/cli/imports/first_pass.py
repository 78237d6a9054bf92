"""The first pass of whatever looks at a whole file before it does, or says, anything about its rows."""

from collections.abc import Callable
from contextlib import closing

from importer.cli.inputs import Inputs, MapperRecipe
from importer.run.parallel import survey_blocks
from importer.run.row_memory import MemoryPlace, MemoryWriter
from importer.run.row_spool import RowSpool
from importer.run.survey import ChunkSurvey, Survey, Wanted, survey_file
from importer.run.workers import Workers


def first_pass(
    inputs: Inputs,
    recipe: MapperRecipe,
    rows: RowSpool,
    workers: Workers | None,
    *,
    limit: int | None,
    memory: MemoryPlace | None = None,
    remember: MemoryWriter | None = None,
    check: Callable[[], None] = lambda: None,
) -> Survey:
    """Survey the file and keep who each row is, and what it says, in `rows`.

    Args:
        inputs: the opened file.
        recipe: makes the mapper.
        rows: empty.
        workers: who does it, and has then ended; None for this process.
        limit: how many rows count, None for all.
        memory: what rows came to before; None for none.
        remember: takes what they come to now; with `memory` only.
        check: called after each chunk; raises when the person wants to stop.

    Raises:
        SourceError: the file is broken further on.
        StoppedEarly: a worker process has died.
    """

    def keep(chunk: ChunkSurvey) -> None:
        check()
        rows.add(chunk)
        if remember is not None and chunk.cells is not None:
            remember.add(chunk.cells, chunk.fingerprints, chunk.remarked)

    wanted = Wanted(fingerprints=True, shared=False)
    blocks = inputs.source.blocks(limit)
    with closing(survey_blocks(blocks, recipe, wanted, workers, memory)) as chunks:
        return survey_file(chunks, wanted, on_chunk=keep)
