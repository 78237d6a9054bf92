"""The corrections CSV: every row that was not imported, its own cells untouched, and what is wrong with it.

It is meant to be mended in a spreadsheet and run again with the same mapping, so the added columns carry
names that no export has, and the row's key and number travel along.
"""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from importer.report.csv_page import CsvPage
from importer.report.lines import ReportLine

ADDED_COLUMNS = (
    "zoom_import_row",
    "zoom_import_line",
    "zoom_import_key",
    "zoom_import_outcome",
    "zoom_import_code",
    "zoom_import_column",
    "zoom_import_message",
    "zoom_import_surplus",
)


_LEFTOVER = "zoom_import_surplus"
"""While something stands in this column the row is rejected again: its cells are not yet put right."""

_SHORT = "row_too_short"


class CorrectionsWriter:
    """Writes rejected, failed and doubtful rows; the file appears with the first such row.

    Args:
        path: where to write.
        headings: the headings of the source, as many as its rows have cells.
    """

    def __init__(self, path: Path, headings: Sequence[str]) -> None:
        self.path = path
        self.count = 0
        self._headings = tuple(heading for heading in headings if heading not in ADDED_COLUMNS)
        self._kept = [index for index, heading in enumerate(headings) if heading not in ADDED_COLUMNS]
        self._leftover = headings.index(_LEFTOVER) if _LEFTOVER in headings else None
        self._page = CsvPage(path, (*self._headings, *ADDED_COLUMNS), anew=True)

    def write(self, cells: Sequence[str], surplus: Sequence[str], line: ReportLine) -> None:
        """Append one row.

        Args:
            cells: the row's cells in the order of the headings.
            surplus: cells beyond the headings, kept in a column of their own so that nothing is lost.
            line: what the report says of the row.

        Raises:
            StoppedEarly: the disk is full or gone; only the first time, what follows is dropped.
        """
        said = (line.row, line.line, line.key, line.outcome, line.code, line.column, line.message)
        leftover = " | ".join(surplus) or self._left_before(cells)
        if not leftover and _SHORT in line.code:
            leftover = "(cells are missing)"
        self._page.write([(*(cells[index] for index in self._kept), *said, leftover)])
        self.count += 1

    def _left_before(self, cells: Sequence[str]) -> str:
        """What an earlier corrections file kept of the row, when this run read one."""
        return "" if self._leftover is None else cells[self._leftover]

    def flush(self) -> None:
        """Hand everything to the operating system."""
        self._page.flush()

    def close(self) -> None:
        """Flush and close."""
        self._page.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
