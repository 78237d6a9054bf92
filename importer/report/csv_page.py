"""A CSV file that is written while a run goes on: UTF-8 with BOM and CRLF, so that Excel opens it right."""

import contextlib
import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

from importer.errors import StoppedEarly


class CsvPage:
    """Appends lines. A disk that fails is said once, then everything further is dropped without a word.

    Half a report that goes on after a hole would be taken for a whole one; the ledger has all of it anyway.

    Args:
        path: where to write; nothing is there before the first line or `open`.
        heading: the first line.
        anew: refuse to write over a file that is there.
    """

    def __init__(self, path: Path, heading: Sequence[str], *, anew: bool = False) -> None:
        self.path = path
        self._heading = heading
        self._mode = "x" if anew else "w"
        self._file: IO[str] | None = None
        self._write_rows: Callable[[Iterable[Sequence[str | int]]], object] = _not_open
        self._failed = False

    def open(self) -> IO[str]:
        """Make the file with its heading, if it is not there yet.

        Raises:
            OSError: it cannot be made.
        """
        if self._file is None:
            self._file = self.path.open(self._mode, encoding="utf-8-sig", newline="")
            # One writer for all lines: making one costs as much as writing a line.
            writer = csv.writer(self._file)
            writer.writerow(self._heading)
            self._write_rows = writer.writerows
            self._file.flush()
        return self._file

    def write(self, lines: Iterable[Sequence[str | int]]) -> None:
        """Append lines.

        Raises:
            StoppedEarly: the disk is full or gone; only the first time.
        """
        if not self._failed:
            with self._said():
                self.open()
                self._write_rows(lines)

    def flush(self) -> None:
        """Hand everything to the operating system. Raises as `write`."""
        if self._file is not None and not self._failed:
            with self._said():
                self._file.flush()

    def close(self) -> None:
        """Flush and close. Raises as `write`; the file is closed all the same."""
        try:
            self.flush()
        finally:
            if self._file is not None:
                # What is left in the buffer is tried once more by Python, and fails once more.
                with contextlib.suppress(OSError):
                    self._file.close()
            self._failed = True

    @contextlib.contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._failed = True
            raise StoppedEarly(
                f"{self.path} cannot be written ({error.strerror or error}): make room, and start the same "
                "command again. Nothing is lost: the ledger knows what has been done, and `zoom-import "
                "report --all` writes it down."
            ) from error


def _not_open(_lines: Iterable[Sequence[str | int]]) -> None:
    raise AssertionError("a page is opened before it is written to")
