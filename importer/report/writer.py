"""The report CSV, written as the run goes."""

import csv
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from importer.report.lines import REPORT_COLUMNS, ReportLine


class ReportWriter:
    """Writes report lines in the order given: UTF-8 with BOM and CRLF, so that Excel opens it right.

    `flush` brings everything written so far to the operating system: an interrupted run has told what it did.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._csv = csv.writer(self._file)
        self._csv.writerow(REPORT_COLUMNS)
        self._file.flush()

    def write(self, lines: Iterable[ReportLine]) -> None:
        """Append lines.

        Raises:
            OSError: the disk is full or gone.
        """
        self._csv.writerows(line.cells() for line in lines)

    def flush(self) -> None:
        """Hand everything to the operating system."""
        self._file.flush()

    def close(self) -> None:
        """Flush and close."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
