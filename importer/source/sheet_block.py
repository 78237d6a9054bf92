"""Rows of a workbook's sheet on their way to a frame."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from importer.model import Issue
from importer.source.chunk import Chunk
from importer.source.sheet_cells import CellValue, cell_text, is_rounded


@dataclass(frozen=True, slots=True)
class SheetBlock:
    """Some rows as the workbook holds them.

    Attributes:
        headings: names of the columns.
        letters: heading -> column letters.
        rows: the values of the table's columns.
        lines: sheet row of each.
        numbers: of each, from 1.
    """

    headings: tuple[str, ...]
    letters: Mapping[str, str]
    rows: Sequence[Sequence[CellValue]]
    lines: Sequence[int]
    numbers: Sequence[int]

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, positions: Sequence[int]) -> "SheetBlock":
        """Some of the rows, as a block of their own."""
        return SheetBlock(
            self.headings,
            self.letters,
            rows=[self.rows[position] for position in positions],
            lines=[self.lines[position] for position in positions],
            numbers=[self.numbers[position] for position in positions],
        )

    def parse(self, columns: Collection[str] | None = None) -> Chunk:
        """Make the rows; columns that are not among the given headings are left out."""
        issues = {
            position: found
            for position, row in enumerate(self.rows)
            if (found := self._issues(position, row))
        }
        wanted = [k for k, heading in enumerate(self.headings) if columns is None or heading in columns]
        cells = {
            k: pd.Series([cell_text(row[k]).replace("\0", "") for row in self.rows], dtype=object)
            for k in wanted
        }
        frame = pd.DataFrame(cells, index=pd.RangeIndex(len(self.rows)))
        frame.columns = pd.Index(np.array([self.headings[k] for k in wanted], dtype=object))
        return Chunk(frame, self.numbers, list(self.lines), issues, {}, dict(self.letters))

    def _issues(self, position: int, row: Sequence[CellValue]) -> tuple[Issue, ...]:
        return tuple(
            self._rounded(heading, position, value)
            for heading, value in zip(self.headings, row, strict=True)
            if is_rounded(value)
        )

    def _rounded(self, heading: str, position: int, value: CellValue) -> Issue:
        text = cell_text(value)
        return Issue(
            code="number_damaged",
            field="",
            column=heading,
            message=f'"{text}" has {len(text.lstrip("-"))} digits, but a workbook keeps only 15 of a '
            "number: format the column as text and enter it again from the source",
            severity="warning",
            value=text,
            cell=f"{self.letters[heading]}{self.lines[position]}",
        )
