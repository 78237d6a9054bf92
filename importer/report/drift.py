"""The drift CSV: what somebody has changed in Zoom since our last write, one line a field."""

import csv
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

DRIFT_OUTCOMES = ("reported", "kept", "overwritten", "created again", "left")
"""Every word that can stand in the column `outcome`.

left    --drift overwrite found no row for it: not in the file, rejected, or the run stopped before
"""


@dataclass(frozen=True, slots=True)
class DriftLine:
    """One field of one contact; the fields are the columns.

    Attributes:
        field: "(contact)" when the contact has been deleted.
        ours: what this tool has written.
        theirs: what the address book has now.
    """

    key: str
    contact_id: str
    field: str
    ours: str
    theirs: str
    outcome: str


DRIFT_COLUMNS = tuple(one.name for one in fields(DriftLine))


def write_drift(path: Path, lines: Iterable[DriftLine]) -> None:
    """Write the CSV, which must not be there yet; UTF-8 with BOM, so that Excel opens it right.

    Raises:
        OSError: it cannot be written.
    """
    with path.open("x", encoding="utf-8-sig", newline="", errors="surrogatepass") as file:
        table = csv.writer(file)
        table.writerow(DRIFT_COLUMNS)
        table.writerows(astuple(line) for line in lines)
