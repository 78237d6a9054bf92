"""Rows of a workbook's sheet on their way to a frame."""

from collections.abc import Mapping, Sequence
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
    """

    headings: tuple[str, ...]
    letters: Mapping[str, str]
    rows: Sequence[Sequence[CellValue]]
    lines: Sequence[int]
    first_number: int

    def __len__(self) -> int:
        return len(self.rows)

    def parse(self) -> Chunk:
        """Make the rows."""
        issues = {
            position: found
            for position, row in enumerate(self.rows)
            if (found := self._issues(position, row))
        }
        columns = {
            k: pd.Series([cell_text(value).replace("\0", "") for value in column], dtype=object)
            for k, column in enumerate(zip(*self.rows, strict=True))
        }
        frame = pd.DataFrame(columns, index=pd.RangeIndex(len(self.rows)))
        frame.columns = pd.Index(np.array(self.headings, dtype=object))
        numbers = range(self.first_number, self.first_number + len(self.rows))
        return Chunk(frame, numbers, list(self.lines), issues, {}, dict(self.letters))

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
