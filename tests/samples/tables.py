"""Rows of cells -> the bytes of a CSV file or a workbook, in the habits of each exporting program."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence

import openpyxl


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


def workbook_bytes(book: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook, without the time of its making."""
    saved, out = io.BytesIO(), io.BytesIO()
    book.save(saved)
    with zipfile.ZipFile(saved) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in made.namelist():
            part = made.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"2026-03-05T10:11:12Z", part)
            kept.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()
