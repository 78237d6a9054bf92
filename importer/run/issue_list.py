"""Every issue of the file as one line, in row order, those that only the whole file shows included."""

import csv
import heapq
import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from types import TracebackType
from typing import IO, Self

import numpy as np

from importer.duplicates import Repeated
from importer.model import Issue
from importer.run.identity import rows_named
from importer.run.survey import ChunkSurvey, Duplicates

ISSUE_COLUMNS = (
    "row",
    "line",
    "cell",
    "column",
    "field",
    "code",
    "severity",
    "value",
    "message",
    "suggestion",
)


@dataclass(frozen=True, slots=True)
class IssueLine:
    """One issue of one row, columns as in `ISSUE_COLUMNS`."""

    row: int
    line: int
    cell: str
    column: str
    field: str
    code: str
    severity: str
    value: str
    message: str
    suggestion: str


def issue_line(number: int, line: int, issue: Issue) -> IssueLine:
    """Put an issue and its place on one line."""
    return IssueLine(
        number,
        line,
        issue.cell,
        issue.column,
        issue.field,
        issue.code,
        issue.severity,
        issue.value,
        issue.message,
        issue.suggestion,
    )


class LineIndex:
    """Where each row starts in the file; 8 bytes a row, on disk."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="zoom-import-")  # noqa: SIM115 - closed in close()
        self._rows = 0

    def add(self, lines: Iterable[int]) -> None:
        """Append the lines of the next rows."""
        array = np.fromiter(lines, dtype="<i8")
        self._file.write(array.tobytes())
        self._rows += len(array)

    def line(self, number: int) -> int:
        """Return the line of row `number`, 1 = first row."""
        self._file.seek((number - 1) * 8)
        return int.from_bytes(self._file.read(8), "little")

    def close(self) -> None:
        """Give the temporary file back."""
        self._file.close()


class IssueSpool:
    """Issues of single rows, kept on disk in row order until the whole file is known."""

    def __init__(self) -> None:
        self._file: IO[str] = tempfile.TemporaryFile(  # noqa: SIM115 - closed in close()
            "w+", prefix="zoom-import-", encoding="utf-8", errors="surrogatepass", newline=""
        )
        self.lines = LineIndex()

    def add(self, chunk: ChunkSurvey) -> None:
        """Append the issues of the next chunk."""
        self._file.writelines(
            json.dumps(astuple(issue_line(row.number, row.line, issue)), ensure_ascii=False) + "\n"
            for row in chunk.issues
            for issue in row.issues
        )

    def __iter__(self) -> Iterator[IssueLine]:
        self._file.seek(0)
        return (IssueLine(*json.loads(text)) for text in self._file)

    def close(self) -> None:
        """Give the temporary files back."""
        self._file.close()
        self.lines.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def all_issues(
    spool: IssueSpool, duplicates: Duplicates, *, by_content: bool, key_columns: str, reject: bool
) -> Iterator[IssueLine]:
    """Yield every issue of the file in row order."""
    key_code = "duplicate_row" if by_content else "duplicate_key"
    key_severity = "error" if reject and not by_content else "warning"
    found = [
        _of_whole_file(
            duplicates.keys,
            key_code,
            key_severity,
            "the same content as {}" if by_content else "the same key as {}",
            spool,
            key_columns,
            "",
        ),
        _of_whole_file(
            duplicates.phones,
            "duplicate_phone",
            "warning",
            "the same phone number as {}",
            spool,
            "",
            "phone_numbers",
        ),
        _of_whole_file(
            duplicates.emails,
            "duplicate_email",
            "warning",
            "the same email address as {}",
            spool,
            "",
            "emails",
        ),
    ]
    return heapq.merge(iter(spool), *found, key=lambda line: line.row)


def _of_whole_file(
    repeated: Repeated,
    code: str,
    severity: str,
    text: str,
    spool: IssueSpool,
    column: str,
    field: str,
) -> Iterator[IssueLine]:
    for number in dict.fromkeys(repeated.numbers.tolist()):
        message = text.format(rows_named(repeated.others(number)))
        line = spool.lines.line(number)
        yield IssueLine(number, line, "", column, field, code, severity, "", message, "")


def write_issues_csv(lines: Iterable[IssueLine], file: IO[str]) -> int:
    """Write the issues CSV and return how many lines it has besides the heading."""
    writer = csv.writer(file)
    writer.writerow(ISSUE_COLUMNS)
    count = 0
    for line in lines:
        writer.writerow(astuple(line))
        count += 1
    return count
