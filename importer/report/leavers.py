"""The leavers CSV: contacts of this source that tonight's file does not have, and what became of them."""

import csv
from dataclasses import astuple, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

LEAVER_COLUMNS = (
    "key",
    "outcome",
    "contact_id",
    "display_name",
    "last_row",
    "last_line",
    "last_run",
    "http_status",
    "code",
    "message",
    "attempts",
    "finished_at",
)

LEAVER_OUTCOMES = ("listed", "deleted", "failed", "in doubt", "not attempted")
"""Every word that can stand in the column `outcome`."""


@dataclass(frozen=True, slots=True)
class LeaverLine:
    """One contact; the fields are the columns, with "" where there is nothing to say.

    Attributes:
        last_row, last_line: where its row stood in the last file that had it.
        last_run: the run that wrote it last.
    """

    key: str
    outcome: str
    contact_id: str
    display_name: str = ""
    last_row: str = ""
    last_line: str = ""
    last_run: str = ""
    http_status: str = ""
    code: str = ""
    message: str = ""
    attempts: str = ""
    finished_at: str = ""


class LeaversWriter:
    """Writes one line a leaver; the file appears with the first one.

    Args:
        path: where to write; must not be there yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._file: IO[str] | None = None

    def write(self, line: LeaverLine) -> None:
        """Append one line."""
        if self._file is None:
            self._file = self.path.open("x", encoding="utf-8-sig", newline="")
            csv.writer(self._file).writerow(LEAVER_COLUMNS)
        csv.writer(self._file).writerow(astuple(line))
        self.count += 1

    def close(self) -> None:
        """Flush and close."""
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
