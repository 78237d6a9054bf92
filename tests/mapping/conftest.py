"""Rows in, mapped chunk out: what most tests of the mapping need."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd
import pytest

from importer.mapping import MappedChunk, Mapper, load_mapping
from importer.model import Issue

Row = Mapping[str, str]


@dataclass
class Rows:
    """A chunk as a source would give it."""

    frame: pd.DataFrame
    numbers: Sequence[int]
    lines: Sequence[int]
    issues: Mapping[int, tuple[Issue, ...]] = field(default_factory=dict)
    cell_names: Mapping[str, str] | None = None


@pytest.fixture(scope="session")
def rows_of() -> Callable[..., Rows]:
    def make(rows: Sequence[Row], **extra: object) -> Rows:
        headings = list(dict.fromkeys(name for row in rows for name in row))
        cells = [[row.get(name, "") for name in headings] for row in rows]
        frame = pd.DataFrame(cells, columns=headings, dtype=object)
        return Rows(frame, range(1, len(rows) + 1), range(2, len(rows) + 2), **extra)  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def map_rows(rows_of: Callable[..., Rows]) -> Callable[..., MappedChunk]:
    """Map rows (dicts) by the YAML of a mapping, without its line `version: 1`."""

    def run(yaml: str, *rows: Row, **mapper: object) -> MappedChunk:
        chunk = rows_of(rows)
        mapping = load_mapping(f"version: 1\n{yaml}", "mapping.yaml")
        return Mapper(mapping, list(chunk.frame.columns), **mapper).apply(chunk)  # type: ignore[arg-type]

    return run


@pytest.fixture(scope="session")
def payload_of(map_rows: Callable[..., MappedChunk]) -> Callable[..., Mapping[str, object]]:
    """The payload of one row."""

    def run(yaml: str, row: Row, **mapper: object) -> Mapping[str, object]:
        return map_rows(yaml, row, **mapper).contact(0).payload

    return run


@pytest.fixture(scope="session")
def codes_of(map_rows: Callable[..., MappedChunk]) -> Callable[..., list[tuple[str, str, str]]]:
    """(code, column, severity) of the issues of one row, in order."""

    def run(yaml: str, row: Row, **mapper: object) -> list[tuple[str, str, str]]:
        issues = map_rows(yaml, row, **mapper).issues.get(0, ())
        return [(issue.code, issue.column, issue.severity) for issue in issues]

    return run
