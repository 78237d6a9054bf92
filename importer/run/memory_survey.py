"""The first pass over rows of which most are as they were: only the others are mapped."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pandas as pd

from importer.duplicates import Digests, digests
from importer.mapping import Mapper
from importer.run.row_memory import Positions, RowMemory
from importer.run.survey import ChunkSurvey, Wanted, survey_chunk
from importer.source import Block, Chunk, parse_block


def survey_with_memory(block: Block, mapper: Mapper, memory: RowMemory, wanted: Wanted) -> ChunkSurvey:
    """Survey a block as if every row were mapped; see `survey_chunk`.

    Args:
        block: the rows.
        mapper: has a key.
        memory: made on the same terms.
        wanted: keys and fingerprints; of rows that are not mapped nothing else is known.
    """
    assert wanted == Wanted(fingerprints=True, shared=False)  # noqa: S101 - see above
    chunk = parse_block(block, mapper.reads)
    cells = cell_digests(chunk.frame, mapper.reads)
    known, fingerprints = memory.recall(cells)
    if len(known) and chunk.issues:
        # The cells alone do not tell a short row from one whose last cells are empty.
        whole = ~np.isin(known, list(chunk.issues))
        known = known[whole]
        fingerprints = [one for one, kept in zip(fingerprints, whole.tolist(), strict=True) if kept]
    if not len(known):
        return replace(survey_chunk(mapper.apply(chunk), wanted), cells=cells)
    rest = np.setdiff1d(np.arange(len(chunk)), known, assume_unique=True)
    mapped = _of_rest(block, mapper, rest, wanted)
    return replace(_together(chunk, mapper, known, fingerprints, rest, mapped), cells=cells)


def cell_digests(frame: pd.DataFrame, columns: Collection[str] | None) -> Digests:
    """Return a digest of the cells of each row, those of some columns only; None for all."""
    read = [frame[heading].tolist() for heading in frame.columns if columns is None or heading in columns]
    # No cell holds NUL: the source leaves it out.
    return digests(list(map("\0".join, zip(*read, strict=True))))


def _of_rest(block: Block, mapper: Mapper, rest: Positions, wanted: Wanted) -> ChunkSurvey | None:
    if not len(rest):
        return None
    return survey_chunk(mapper.apply(parse_block(block.take(rest.tolist()), mapper.reads)), wanted)


def _together(
    chunk: Chunk,
    mapper: Mapper,
    known: Positions,
    fingerprints: list[str],
    rest: Positions,
    mapped: ChunkSurvey | None,
) -> ChunkSurvey:
    """Put the rows that are known and those that were mapped into one survey."""
    keys = list(mapper.keys(chunk))
    numbers = np.asarray(chunk.numbers, dtype=np.int64)
    found = [""] * len(chunk)
    for position, fingerprint in zip(known.tolist(), fingerprints, strict=True):
        found[position] = fingerprint
    nothing = np.empty(0, np.uint64), np.empty(0, np.int64)
    pairs = digests([keys[position] for position in known.tolist()]), numbers[known]
    survey = ChunkSurvey(len(chunk), 0, nothing[1], (), pairs, nothing, nothing)
    if mapped is not None:
        for place, position in enumerate(rest.tolist()):
            keys[position], found[position] = mapped.row_keys[place], mapped.fingerprints[place]
        survey = replace(
            mapped,
            rows=len(chunk),
            keys=(np.concatenate([mapped.keys[0], pairs[0]]), np.concatenate([mapped.keys[1], pairs[1]])),
            ends_short=mapped.ends_short and int(rest[-1]) == len(chunk) - 1,
            remarked=tuple(rest[list(mapped.remarked)].tolist()),
        )
    return replace(
        survey,
        lines=np.asarray(chunk.lines, dtype=np.int64),
        row_keys=tuple(keys),
        fingerprints=tuple(found),
    )
