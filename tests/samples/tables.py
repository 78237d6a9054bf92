"""Rows of cells -> the bytes of a CSV file, in the habits of each exporting program."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence


def csv_text(
    headings: Sequence[str],
    rows: Iterable[Mapping[str, str]],
    *,
    delimiter: str = ",",
    quote_all: bool = False,
    line_end: str = "\n",
) -> str:
    """The text of a CSV file. A row's cells are named by heading; what it does not name is empty.

    A heading that a row names and the file does not have is a slip of the maker: KeyError.
    """
    out = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=line_end)
    writer.writerow(headings)
    for row in rows:
        writer.writerow(cells(headings, row))
    return out.getvalue()


def cells(headings: Sequence[str], row: Mapping[str, str]) -> list[str]:
    """The cells of a row in the order of the headings."""
    unknown = set(row) - set(headings)
    if unknown:
        raise KeyError(f"no such heading: {sorted(unknown)}")
    return [row.get(heading, "") for heading in headings]
