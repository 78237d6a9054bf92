"""The report CSV, written as the run goes."""

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from importer.report.csv_page import CsvPage
from importer.report.lines import REPORT_COLUMNS, ReportLine, UnchangedRows


class ReportWriter:
    """Writes report lines in the order given: UTF-8 with BOM and CRLF, so that Excel opens it right.

    `flush` brings everything written so far to the operating system: an interrupted run has told what it did.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._page = CsvPage(path, REPORT_COLUMNS)
        self._page.open()

    def write(self, lines: Iterable[ReportLine]) -> None:
        """Append lines.

        Raises:
            StoppedEarly: the disk is full or gone; only the first time, what follows is dropped.
        """
        self._page.write(line.cells() for line in lines)

    def write_unchanged(self, rows: UnchangedRows) -> None:
        """Append the lines of many unchanged rows. Raises as `write`."""
        self._page.write(rows.cells())

    def flush(self) -> None:
        """Hand everything to the operating system. Raises as `write`."""
        self._page.flush()

    def close(self) -> None:
        """Flush and close. Raises as `write`."""
        self._page.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
