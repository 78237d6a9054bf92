"""Drafts from small tables."""

from collections.abc import Callable, Sequence

import pandas as pd
import pytest

from importer.mapping import MappedChunk, Mapper, load_mapping
from importer.source import Chunk
from importer.suggest import Draft, draft_mapping


def cells_of(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    """Rows as columns."""
    return {heading: [row[at] for row in rows] for at, heading in enumerate(headings)}


@pytest.fixture(scope="session")
def draft() -> Callable[..., Draft]:
    """Draft a mapping for a heading line and rows, cells with | between."""

    def run(heading_line: str, *rows: str, **more: object) -> Draft:
        headings = heading_line.split("|")
        cells = cells_of(headings, [row.split("|") for row in rows])
        return draft_mapping(headings, cells, **more)  # type: ignore[arg-type]

    return run


@pytest.fixture(scope="session")
def map_with() -> Callable[..., MappedChunk]:
    """Map rows with the text of a mapping."""

    def run(text: str, heading_line: str, *rows: str) -> MappedChunk:
        headings = heading_line.split("|")
        frame = pd.DataFrame([row.split("|") for row in rows], columns=headings, dtype=object)
        chunk = Chunk(frame, range(1, len(rows) + 1), range(2, len(rows) + 2))
        return Mapper(load_mapping(text, "draft.yaml"), headings).apply(chunk)

    return run
