"""A sheet of a workbook (XLSX, XLSM, XLSB, XLS, ODS) as a source of rows.

python-calamine reads a sheet whole: count on about 100 bytes of memory for each cell of it. What only the
format of a number shows (leading zeros, "+") and error values such as #N/A are not in what it hands out: the
number comes bare, the error empty.
"""

import difflib
from collections.abc import Iterator, Sequence
from typing import Literal

import python_calamine as calamine

from importer.errors import EmptySourceError, SourceError
from importer.source.chunk import Block
from importer.source.container import Bytes
from importer.source.headings import column_letters, columns_of, numbered_headings, unique_headings
from importer.source.options import SourceOptions
from importer.source.sheet_block import SheetBlock
from importer.source.sheet_cells import CellValue, cell_text

_PROSE_ROWS = 40
_SAMPLE_ROWS = 300


class WorkbookSource:
    """Rows of one sheet; the attributes are those of `importer.source.Source`."""

    kind: Literal["text", "workbook"] = "workbook"

    def __init__(self, source: Bytes, options: SourceOptions, chunk_rows: int) -> None:
        self._source, self._chunk_rows = source, chunk_rows
        self._fingerprint = source.fingerprint()
        self.text_bytes = source.text_bytes()
        workbook, name, self._sheet = _load(source, options.sheet)
        first_column = (self._sheet.start or (0, 0))[1]
        self._heading_row, cells = self._heading(options)
        used = self._used_columns(cells)
        self._columns = used
        self.headings = _names(cells, used, options, source.name)
        self._letters = {
            heading: column_letters(first_column + k) for heading, k in zip(self.headings, used, strict=False)
        }
        if next(self._rows(), None) is None:
            raise EmptySourceError(f'{source.name}: the sheet "{name}" holds a heading but no rows.')
        where = f"heading in row {self._heading_row}" if cells else "no heading"
        others = [sheet for sheet in workbook.sheet_names if sheet != name]
        left_out = f" (not read: {', '.join(others)})" if others and options.sheet is None else ""
        self.description = (
            f'{source.name}: workbook, sheet "{name}"{left_out}, {where}, {columns_of(len(self.headings))}'
        )

    def blocks(self, limit: int | None = None) -> Iterator[Block]:
        """The rows not yet made texts, at most `limit` of them; from the beginning each time."""
        rows: list[Sequence[CellValue]] = []
        lines: list[int] = []
        number = 1
        for line, row in self._rows():
            if limit is not None and number + len(rows) > limit:
                break
            rows.append(row)
            lines.append(line)
            if len(rows) == self._chunk_rows:
                yield SheetBlock(self.headings, self._letters, rows, lines, range(number, number + len(rows)))
                number, rows, lines = number + len(rows), [], []
        if rows:
            yield SheetBlock(self.headings, self._letters, rows, lines, range(number, number + len(rows)))

    def changed(self) -> bool:
        """True when the file on disk is not the one that was opened."""
        try:
            return self._source.fingerprint() != self._fingerprint
        except OSError:
            return True

    def close(self) -> None:
        """Remove the copy of standard input, if there is one."""
        self._source.close()

    def _filled_rows(self) -> Iterator[tuple[int, list[CellValue]]]:
        """Sheet row and values of every row with anything in it."""
        for line, row in enumerate(self._sheet.iter_rows(), start=1):
            if any(value != "" and (not isinstance(value, str) or value.strip()) for value in row):
                yield line, row

    def _rows(self) -> Iterator[tuple[int, Sequence[CellValue]]]:
        for line, row in self._filled_rows():
            if line > self._heading_row:
                picked = [row[k] for k in self._columns]
                if any(cell_text(value).strip() for value in picked):
                    yield line, picked

    def _heading(self, options: SourceOptions) -> tuple[int, list[str]]:
        """Sheet row of the heading and its texts; 0 and nothing for a sheet without."""
        if options.heading_line == 0 or (options.headings is not None and options.heading_line is None):
            return 0, []
        sample = [row for row, _ in zip(self._filled_rows(), range(_SAMPLE_ROWS), strict=False)]
        if options.heading_line is not None:
            sample = [(line, row) for line, row in self._filled_rows() if line == options.heading_line]
            if not sample:
                raise SourceError(
                    f"{self._source.name} has nothing in row {options.heading_line} (--heading-line)."
                )
        most = max(_filled(row) for _, row in sample)
        enough = max(min(2, most), 0.6 * most)
        line, row = next(found for found in sample[:_PROSE_ROWS] or sample if _filled(found[1]) >= enough)
        return line, [cell_text(value).replace("\0", "") for value in row]

    def _used_columns(self, cells: Sequence[str]) -> list[int]:
        """Columns with a heading or anything below it."""
        used = {k for k, cell in enumerate(cells) if cell.strip()}
        for line, row in self._filled_rows():
            if line > self._heading_row:
                used.update(k for k, value in enumerate(row) if value != "")
        return sorted(used)


def _names(cells: list[str], used: list[int], options: SourceOptions, name: str) -> tuple[str, ...]:
    if options.headings is not None:
        if len(options.headings) < len(used):
            raise SourceError(
                f"{name} has {len(used)} columns, but {len(options.headings)} headings were given: name all."
            )
        return unique_headings(options.headings[: len(used)])
    return unique_headings([cells[k] for k in used]) if cells else numbered_headings(len(used))


def _filled(row: Sequence[CellValue]) -> int:
    return sum(1 for value in row if value != "" and (not isinstance(value, str) or value.strip()))


def _load(
    source: Bytes, wanted: str | int | None
) -> tuple[calamine.CalamineWorkbook, str, calamine.CalamineSheet]:
    """The workbook, the name of the sheet that is read, and the sheet."""
    try:
        with source.open() as file:
            workbook = calamine.load_workbook(file)
        name = _sheet_name(workbook, wanted, source.name)
        return workbook, name, workbook.get_sheet_by_name(name)
    except calamine.PasswordError:
        raise SourceError(f"{source.name} is protected by a password: save a copy without it.") from None
    except (calamine.CalamineError, OSError) as error:
        raise SourceError(f"{source.name} is damaged or no workbook ({error}).") from None


def _sheet_name(workbook: calamine.CalamineWorkbook, wanted: str | int | None, name: str) -> str:
    """The sheet asked for, else the first visible one that can hold a heading and a row."""
    names = workbook.sheet_names
    if wanted is None:
        visible = [
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.visible == calamine.SheetVisibleEnum.Visible
        ]
        heights = {sheet: workbook.get_sheet_by_name(sheet).height for sheet in visible or names}
        for least in (2, 1):
            for sheet, height in heights.items():
                if height >= least:
                    return sheet
        raise SourceError(f"{name} is an empty workbook.")
    if str(wanted) in names:  # a sheet may be called 2024
        return str(wanted)
    number = int(wanted) if str(wanted).isdigit() else 0
    if 1 <= number <= len(names):
        return names[number - 1]
    near = difflib.get_close_matches(str(wanted), names, n=1)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    raise SourceError(f'{name} has no sheet "{wanted}"; it has: {", ".join(names)}.{hint}')
