"""Every issue of the file as one line, in row order, those that only the whole file shows included."""

import csv
import heapq
import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import astuple
from itertools import groupby
from types import TracebackType
from typing import IO, Self

from importer.duplicates import Numbers, Repeated
from importer.run.identity import rows_named
from importer.run.issue_line import ISSUE_COLUMNS, IssueLine
from importer.run.survey import ChunkSurvey, Duplicates


class LineIndex:
    """Where each row starts in the file; 8 bytes a row, on disk."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="zoom-import-")  # noqa: SIM115 - closed in close()

    def add(self, lines: Numbers) -> None:
        """Append the lines of the next rows."""
        self._file.write(lines.astype("<i8").tobytes())

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
        """Append the issues and lines of the next chunk, surveyed with issues."""
        self._file.write(chunk.issue_text)
        if chunk.lines is not None:
            self.lines.add(chunk.lines)

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
    numbers = (number for some in repeated.numbers() for number in some.tolist())
    for number, _ in groupby(numbers):
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
