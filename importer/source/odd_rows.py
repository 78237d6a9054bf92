"""The rows of a text file that need more than pandas: read with care, and fitted to the heading's width."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from importer.errors import SourceError
from importer.model import Issue
from importer.source.dialect import Record
from importer.source.layout import Layout


class OddRows:
    """The rows that need more than pandas: their cells, issues and surplus."""

    def __init__(self, layout: Layout) -> None:
        self.issues: dict[int, tuple[Issue, ...]] = {}
        self.surplus: dict[int, tuple[str, ...]] = {}
        self._layout = layout
        self._positions: list[int] = []
        self._cells: list[list[str]] = []

    def careful(self, position: int, text: bytes) -> None:
        """Read one record by the tokenizer."""
        record = self._layout.dialect.tokenizer.record(text, 0, final=True)
        if not isinstance(record, Record):
            raise changed(self._layout.name)
        try:
            cells = [cell.decode() for cell in record.cells]
        except UnicodeDecodeError as error:
            raise changed(self._layout.name) from error
        issues = [self._control(k, cell) for k, cell in enumerate(cells) if "\0" in cell]
        issues += [self._stray(k, cells[k]) for k in record.stray]
        cells = [cell.replace("\0", "") for cell in cells]
        self._fit_one(position, cells, issues)

    def fit(self, frame: pd.DataFrame, usual: int, positions: npt.NDArray[np.int64]) -> pd.DataFrame:
        """Bring the rows that pandas has read to the width of the heading."""
        width = len(self._layout.headings)
        columns = [frame[k].to_numpy() for k in range(usual)]
        if usual < width:
            issue = (short_row(usual, width),)
            self.issues.update(dict.fromkeys(positions.tolist(), issue))
            return frame_of(columns + [np.full(len(frame), "", dtype=object)] * (width - usual))
        extra = columns[width:]
        for position in positions.tolist():
            if any(column[position].strip(" \t") for column in extra):
                self.surplus[position] = tuple(column[position] for column in extra)
                self.issues[position] = (long_row(usual, width),)
        return frame_of(columns[:width])

    def put_into(self, frame: pd.DataFrame, places: Sequence[int]) -> pd.DataFrame:
        """The frame, which has the columns at some places, with the carefully read rows in theirs."""
        if not self._positions:
            return frame
        table = frame.to_numpy(dtype=object, copy=True)
        table[self._positions] = np.array(self._cells, dtype=object)[:, places]
        return pd.DataFrame(table, dtype=object, copy=False)  # without the dtype it looks for dates

    def _fit_one(self, position: int, cells: list[str], issues: list[Issue]) -> None:
        width, count = len(self._layout.headings), len(cells)
        if count < width:
            issues.append(short_row(count, width))
            cells += [""] * (width - count)
        elif any(cell.strip(" \t") for cell in cells[width:]):
            issues.append(long_row(count, width))
            self.surplus[position] = tuple(cells[width:])
        self._positions.append(position)
        self._cells.append(cells[:width])
        if issues:
            self.issues[position] = tuple(issues)

    def _heading(self, k: int) -> str:
        return self._layout.headings[k] if k < len(self._layout.headings) else ""

    def _control(self, k: int, cell: str) -> Issue:
        return Issue(
            code="cell_control_character",
            field="",
            column=self._heading(k),
            message="the cell contains a NUL character, which is left out",
            severity="warning",
            value=cell.replace("\0", ""),
        )

    def _stray(self, k: int, cell: str) -> Issue:
        quote = self._layout.dialect.quote
        return Issue(
            code="quote_stray",
            field="",
            column=self._heading(k),
            message=f"the cell begins with {quote} and goes on after the closing {quote}: a quotation mark "
            "inside a quoted cell has to be written twice",
            value=cell,
        )


def short_row(count: int, width: int) -> Issue:
    """The row ends before the heading does."""
    message = (
        f"the row has {_cells(count)}, the heading has {width}: "
        "a delimiter is missing, or a line break stands in a cell without quotes"
    )
    return Issue(code="row_too_short", field="", column="", message=message)


def long_row(count: int, width: int) -> Issue:
    """The row goes on after the heading's last column."""
    message = (
        f"the row has {_cells(count)}, the heading has {width}: a cell with the delimiter in it needs quotes"
    )
    return Issue(code="row_too_long", field="", column="", message=message)


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"


def frame_of(columns: Sequence[npt.NDArray[np.object_]]) -> pd.DataFrame:
    """A frame of these columns, named 0, 1, 2, ..."""
    series = {k: pd.Series(column, dtype=object, copy=False) for k, column in enumerate(columns)}
    return pd.DataFrame(series, copy=False)


def changed(name: str) -> SourceError:
    """What to say of bytes that are not those that were surveyed."""
    return SourceError(f"{name} has changed while it was being read: start again when it is complete.")
