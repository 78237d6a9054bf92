"""Sheets of workbooks read like text files, with the cells' addresses."""

import datetime as dt
import io
import pickle
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from importer.errors import SourceError
from importer.source import SourceOptions, open_source
from importer.source.headings import column_letters
from importer.source.sheet_cells import CellValue, cell_text, is_rounded

OPTIONS = SourceOptions()


def workbook(path: Path, sheets: dict[str, Sequence[Sequence[object]]], *, first_column: int = 1) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for line, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=first_column):
                sheet.cell(line, column, value)
    book.save(path)
    return path


PEOPLE = [["Id", "Name", "Phone"], [7, "Ada", 2025550101], [], [8, "Bob", "+1 202 555 0102"]]


def test_rows_are_texts_with_their_addresses(tmp_path: Path) -> None:
    """Numbers lose their .0, blank rows are no rows, and letters and line name the cell."""
    path = workbook(tmp_path / "people.xlsx", {"People": PEOPLE}, first_column=2)
    with open_source(path, OPTIONS) as source:
        (chunk,) = source.chunks()
        assert source.kind == "workbook"
        assert source.headings == ("Id", "Name", "Phone")
    assert chunk.frame.to_numpy().tolist() == [["7", "Ada", "2025550101"], ["8", "Bob", "+1 202 555 0102"]]
    assert (list(chunk.numbers), list(chunk.lines)) == ([1, 2], [2, 4])
    assert chunk.cell_names == {"Id": "B", "Name": "C", "Phone": "D"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (4155550101.0, "4155550101"),
        (0.1, "0.1"),
        (0.1 + 0.2, "0.3"),
        (1e-7, "0.0000001"),
        (-5.0, "-5"),
        (12345678901234567890.0, "12345678901234600000"),
        (9007199254740991.0, "9007199254740991"),
        (True, "TRUE"),
        (False, "FALSE"),
        (dt.date(2024, 1, 2), "2024-01-02"),
        (dt.datetime(2024, 1, 2), "2024-01-02"),  # noqa: DTZ001 - a workbook knows no zones
        (dt.datetime(2024, 1, 2, 3, 4, 5), "2024-01-02T03:04:05"),  # noqa: DTZ001 - likewise
        (dt.time(3, 4), "03:04:00"),
        (dt.timedelta(hours=30), "30:00:00"),
        (" 007 ", " 007 "),
    ],
    ids=str,
)
def test_a_cell_says_what_was_typed(value: CellValue, text: str) -> None:
    """No exponents, no .0, dates as ISO."""
    assert cell_text(value) == text


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (999999999999999.0, False),
        (1234567890123450.0, True),
        (1234567890123456.0, False),
        (1.234567e18, True),
        (0.5, False),
        ("1234567890123450", False),
        (True, False),
    ],
    ids=str,
)
def test_a_rounded_number_is_known(value: CellValue, rounded: bool) -> None:
    """More than 15 digits cannot have been kept, unless another program wrote them exactly."""
    assert is_rounded(value) is rounded


def test_a_rounded_number_gets_an_issue(tmp_path: Path) -> None:
    """The damage is told with the cell's address; whether it matters is the mapping's business."""
    path = workbook(tmp_path / "ids.xlsx", {"S": [["Id", "Name"], [4876876000000211000, "Ada"]]})
    with open_source(path, OPTIONS) as source:
        (chunk,) = source.chunks()
    (issue,) = chunk.issues[0]
    assert (issue.code, issue.column, issue.cell, issue.severity) == ("number_damaged", "Id", "A2", "warning")


SHEETS = {"Intro": [["Read me"]], "People": PEOPLE, "More": [["x", "y"], [1, 2]]}


@pytest.mark.parametrize(
    ("sheet", "first_heading"),
    [(None, "Id"), ("More", "x"), (3, "x"), ("3", "x"), ("People", "Id")],
    ids=["first with rows", "by name", "by number", "by number as text", "by name again"],
)
def test_the_sheet_is_found(tmp_path: Path, sheet: str | int | None, first_heading: str) -> None:
    """By name, by number, or the first that can hold rows."""
    path = workbook(tmp_path / "three.xlsx", SHEETS)
    with open_source(path, SourceOptions(sheet=sheet)) as source:
        assert source.headings[0] == first_heading


def test_a_sheet_named_by_a_year_is_found(tmp_path: Path) -> None:
    """A name that looks like a number is a name first."""
    path = workbook(tmp_path / "years.xlsx", {"2023": PEOPLE, "2024": SHEETS["More"]})
    with open_source(path, SourceOptions(sheet=2024)) as source:
        assert source.headings == ("x", "y")


def test_an_unknown_sheet_brings_the_list(tmp_path: Path) -> None:
    """The person sees what there is, and the nearest name."""
    path = workbook(tmp_path / "three.xlsx", SHEETS)
    with pytest.raises(SourceError, match=r'Intro, People, More.*Did you mean "People"'):
        open_source(path, SourceOptions(sheet="Peple"))


def test_prose_before_the_heading_is_left_out(tmp_path: Path) -> None:
    """Titles above the table are not headings."""
    rows = [["Export of Monday"], [], ["By", "Bob"], *PEOPLE, [9, "Cy", 1, "note without heading"]]
    with open_source(workbook(tmp_path / "p.xlsx", {"S": rows}), OPTIONS) as source:
        chunk = next(source.chunks())
    assert source.headings == ("Id", "Name", "Phone", "Column 4")
    assert list(chunk.lines) == [5, 7, 8]


def test_heading_row_and_headings_can_be_given(tmp_path: Path) -> None:
    """The same options as for text files."""
    path = workbook(tmp_path / "p.xlsx", {"S": PEOPLE})
    with open_source(path, SourceOptions(heading_line=0)) as source:
        assert source.headings == ("Column 1", "Column 2", "Column 3")
        assert next(source.chunks()).lines[0] == 1
    with open_source(path, SourceOptions(headings=("a", "b", "c"), heading_line=1)) as source:
        assert source.headings == ("a", "b", "c")
        assert next(source.chunks()).lines[0] == 2
    with pytest.raises(SourceError, match="row 3"):
        open_source(path, SourceOptions(heading_line=3))


def test_chunks_limit_and_pickled_blocks(tmp_path: Path) -> None:
    """A workbook's chunks behave like those of a text file."""
    rows = [["Id", "Name"], *([k, f"N{k}"] for k in range(1, 26))]
    with open_source(workbook(tmp_path / "p.xlsx", {"S": rows}), OPTIONS, chunk_rows=10) as source:
        parsed = [pickle.loads(pickle.dumps(block)).parse() for block in source.blocks()]  # noqa: S301
        assert [chunk.numbers[0] for chunk in parsed] == [1, 11, 21]
        assert [len(chunk) for chunk in source.chunks(12)] == [10, 2]
        assert [cell for chunk in source.chunks() for cell in chunk.frame["Id"]] == [
            str(k) for k in range(1, 26)
        ]


def test_a_workbook_comes_through_standard_input_too(tmp_path: Path) -> None:
    """It is known by its content, not by its name."""
    data = workbook(tmp_path / "p.xlsx", {"S": PEOPLE}).read_bytes()
    (tmp_path / "p.csv").write_bytes(data)
    with open_source("-", OPTIONS, stdin=io.BytesIO(data)) as source:
        assert sum(len(chunk) for chunk in source.chunks()) == 2
    with open_source(tmp_path / "p.csv", OPTIONS) as source:
        assert source.kind == "workbook"


SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "table")
)
ROWS = "".join(
    f"<table:table-row>{''.join(cells)}</table:table-row>"
    for cells in (
        [
            f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
            for text in row
        ]
        for row in (["Id", "Name"], ["007", "Ada"])
    )
)
ODS = (
    f'<?xml version="1.0"?><office:document-content {SPACES}><office:automatic-styles/><office:body>'
    f'<office:spreadsheet><table:table table:name="S">{ROWS}</table:table></office:spreadsheet>'
    "</office:body></office:document-content>"
)


def test_a_sheet_of_libreoffice_is_read(tmp_path: Path) -> None:
    """An ODS file is a workbook too."""
    path = tmp_path / "people.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", ODS)
    with open_source(path, OPTIONS) as source:
        assert next(source.chunks()).frame.to_numpy().tolist() == [["007", "Ada"]]


@pytest.mark.parametrize("rows", [[], [["Id", "Name"]]], ids=["empty", "heading only"])
def test_a_workbook_without_rows_is_refused(tmp_path: Path, rows: list[list[object]]) -> None:
    """Nothing to import is an error, as for a text file."""
    with pytest.raises(SourceError, match=r"empty|no rows"):
        open_source(workbook(tmp_path / "p.xlsx", {"S": rows}), OPTIONS)


def test_a_damaged_sheet_is_refused(tmp_path: Path) -> None:
    """XML that breaks off inside an intact zip is a sentence, not a traceback."""
    path = workbook(tmp_path / "p.xlsx", {"S": PEOPLE})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data[: data.index(b"<c r=") + 5] if "sheet1" in name else data)
    with pytest.raises(SourceError, match=r"p\.xlsx is damaged"):
        open_source(path, OPTIONS)


@pytest.mark.parametrize(
    ("position", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
)
def test_column_letters(position: int, letters: str) -> None:
    """Letters count like a workbook does."""
    assert column_letters(position) == letters
