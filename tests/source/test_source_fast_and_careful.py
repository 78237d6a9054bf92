"""The fast reading and the careful one are one reading."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.errors import SourceError
from importer.source.chunk import Chunk
from importer.source.container import Bytes
from importer.source.dialect import BLANK, Dialect, Record
from importer.source.encoding import Encoding
from importer.source.layout import Layout
from importer.source.scan import line_ends_in
from importer.source.text import Table, text_blocks

HEADINGS = ("A", "B", "C")
TRICKY = st.text(alphabet='ab,,,"""\n\n\r é\t\0\ufeff\x1a\\', max_size=60)
DIALECTS = st.sampled_from(
    [Dialect(), Dialect(quote=""), Dialect(delimiter=";"), Dialect(quote="'"), Dialect(escape="\\")]
)


def naive(text: bytes, dialect: Dialect) -> list[tuple[int, list[str], tuple[str, ...], set[str]]] | None:
    """Record by record: line, cells, surplus, issue codes; None when a quoted cell never ends."""
    rows = []
    at, line = 0, 1
    while at < len(text):
        record = dialect.tokenizer.record(text, at, final=True)
        if not isinstance(record, Record):
            return None
        cells = [cell.decode() for cell in record.cells]
        codes = {"cell_control_character"} if any("\0" in cell for cell in cells) else set()
        codes |= {"quote_stray"} if record.stray else set()
        cells = [cell.replace("\0", "") for cell in cells]
        surplus = tuple(cells[3:]) if any(cell.strip(" \t") for cell in cells[3:]) else ()
        codes |= {"row_too_short"} if len(cells) < 3 else set()
        codes |= {"row_too_long"} if surplus else set()
        if any(cell.strip(BLANK.decode()) for cell in cells):
            rows.append((line, [*cells, "", "", ""][:3], surplus, codes))
        line += line_ends_in(text[at : record.following])
        at = record.following
    return rows


def as_rows(chunks: list[Chunk]) -> list[tuple[int, list[str], tuple[str, ...], set[str]]]:
    return [
        (
            chunk.lines[k],
            [chunk.frame.iloc[k, column] for column in range(3)],
            chunk.surplus.get(k, ()),
            {issue.code for issue in chunk.issues.get(k, ())},
        )
        for chunk in chunks
        for k in range(len(chunk))
    ]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("text") / "rows.csv"


@settings(max_examples=600)
@given(
    text=TRICKY, dialect=DIALECTS, piece_bytes=st.sampled_from([1, 2, 3, 7, 16, 4096]), rows=st.integers(1, 4)
)
def test_any_bytes_read_the_same_in_pieces_of_any_size(
    path: Path, text: str, dialect: Dialect, piece_bytes: int, rows: int
) -> None:
    """Fast scan, pandas, pieces and blocks together give what one record after the other gives."""
    data = text.encode()
    path.write_bytes(data)
    layout = Layout("rows.csv", HEADINGS, dialect)
    table = Table(Bytes(path, "rows.csv"), Encoding("utf-8"), layout, 0, len(data), 1, piece_bytes)
    expected = naive(data, dialect)
    if expected is None:
        with pytest.raises(SourceError, match="never closed"):
            list(text_blocks(table, rows))
        return
    blocks = list(text_blocks(table, rows))
    assert as_rows([block.parse() for block in blocks]) == expected
    assert [number for block in blocks for number in block.parse().numbers] == [*range(1, len(expected) + 1)]
    assert all(len(block) <= rows for block in blocks)


CELL = st.text(alphabet="ab,;\"\n\r 'é\t", max_size=6)


@settings(max_examples=400)
@given(
    rows=st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=8),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_the_careful_reading_agrees_with_the_csv_module(rows: list[list[str]], line_end: str) -> None:
    """What the csv module writes, the tokenizer reads back."""
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(rows)
    data, at, found = written.getvalue().encode(), 0, []
    while at < len(data):
        record = Dialect().tokenizer.record(data, at, final=True)
        assert isinstance(record, Record)
        found.append([cell.decode() for cell in record.cells])
        at = record.following
    assert found == rows
