"""The adoption CSV: one line a row, which contact it was tied to, or why to none."""

import csv
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Self

from importer.errors import SettingsError

ADOPTION_OUTCOMES = ("adopted", "known", "ambiguous", "not found", "rejected", "skipped")
"""Every word that can stand in the column `outcome`.

adopted     tied to a contact of the book; `fields` names what the next run will write
known       the ledger had it already
ambiguous   several contacts or rows fit; `candidates` names the contacts
not found   the next run creates it
"""


@dataclass(frozen=True, slots=True)
class AdoptionLine:
    """One row; the fields are the columns.

    Attributes:
        fields: fields in which row and contact differ, separated by ` | `, as are `stored` and `row_has`.
        candidates: ids of the contacts that it may be.
    """

    row: int
    line: int
    key: str
    outcome: str
    contact_id: str = ""
    fields: str = ""
    stored: str = ""
    row_has: str = ""
    candidates: str = ""
    message: str = ""


ADOPTION_COLUMNS = tuple(one.name for one in fields(AdoptionLine))


class AdoptionWriter:
    """Writes adoption lines.

    Raises:
        SettingsError: the file is there already, or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = path.open("x", encoding="utf-8-sig", newline="", errors="surrogatepass")
        except FileExistsError:
            raise SettingsError(
                f"{path} is already there and is not overwritten. Choose another name with --report PATH."
            ) from None
        except OSError as error:
            raise SettingsError(
                f"The report cannot be written to {path}: {error.strerror or error}."
            ) from error
        self._csv = csv.writer(self._file)
        self._csv.writerow(ADOPTION_COLUMNS)

    def write(self, line: AdoptionLine) -> None:
        """Append a line."""
        self._csv.writerow(astuple(line))

    def close(self) -> None:
        """Flush and close."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
