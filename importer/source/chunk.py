"""Some rows of the file, in the one shape that the mapping works on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import pandas as pd

from importer.model import Issue


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows in the order of the file, consecutive unless they were picked.

    Attributes:
        frame: one column a heading, dtype object, every cell a str exactly as in the file ("" when empty);
            short rows are padded, long ones truncated; the index counts from 0.
        numbers: number of each row, 1 = first after the heading, consecutive over all chunks of a file.
        lines: physical line where each row starts; in a workbook the sheet row.
        issues: position in the chunk -> what is wrong with the shape of that row.
        surplus: position -> the cells beyond the heading, so that nothing of the file gets lost.
        cell_names: heading -> column letters of a workbook ("C": the cell is f"C{line}"); None for text.
    """

    frame: pd.DataFrame
    numbers: Sequence[int]
    lines: Sequence[int]
    issues: Mapping[int, tuple[Issue, ...]] = field(default_factory=dict)
    surplus: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    cell_names: Mapping[str, str] | None = None

    def __len__(self) -> int:
        return len(self.numbers)


class Block(Protocol):
    """The raw stuff of one chunk: cheap to make, to be pickled, and to be parsed in any process."""

    @property
    def numbers(self) -> Sequence[int]:
        """Number of each row: consecutive, unless the rows were picked."""

    def __len__(self) -> int:
        """How many rows it holds."""

    def take(self, positions: Sequence[int]) -> "Block":
        """Some of the rows, at least one, as a block of their own; the others need not be parsed.

        Args:
            positions: ascending, each once.
        """

    def parse(self, columns: Collection[str] | None = None) -> Chunk:
        """Make the rows. Raises SourceError when the bytes are not those that were surveyed.

        Columns that are not among the given headings may be left out.
        """
