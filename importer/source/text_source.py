"""A text file as a source of rows: what was recognised, told in one line, and its rows in chunks."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from importer.errors import EmptySourceError, SourceError
from importer.source.chunk import Block
from importer.source.container import Bytes
from importer.source.encoding import Survey, survey
from importer.source.footer import footer_length
from importer.source.headings import columns_of, numbered_headings, unique_headings
from importer.source.layout import Layout
from importer.source.options import SourceOptions
from importer.source.recognise import Recognised, Sampled, looks_like_row, recognise, usual_width
from importer.source.text import Table, text_blocks

_FIRST_LOOK_BYTES = 1 << 16
_DELIMITER_WORDS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space"}


class TextSource:
    """Rows of a CSV file in any of its habits. Memory stays flat however long the file.

    Attributes:
        headings: unique names of the columns.
        description: the one line that tells the person what was recognised.
        kind: "text".
        text_bytes: about how many bytes of text there are.
    """

    kind: Literal["text", "workbook"] = "text"

    def __init__(self, source: Bytes, options: SourceOptions, chunk_rows: int) -> None:
        self._source, self._chunk_rows = source, chunk_rows
        self._fingerprint = source.fingerprint()
        self.text_bytes = source.text_bytes()
        seen = survey(source, options.encoding)
        whole = seen.size == len(seen.head)
        found = recognise(seen.head, options, source.name, whole=whole)
        self.headings = _headings(found, options, source.name)
        footer = footer_length(seen.tail, found.dialect) if len(self.headings) > 1 else 0
        self.description = _description(source, seen, found, self.headings, footer)
        layout = Layout(source.name, self.headings, found.dialect)
        stop = max(found.start, seen.size - footer)
        self._table = Table(source, seen.encoding, layout, found.start, stop, found.line)
        if next(text_blocks(replace(self._table, piece_bytes=_FIRST_LOOK_BYTES), 1), None) is None:
            raise EmptySourceError(f"{source.name} holds a heading but no rows.")

    def blocks(self, limit: int | None = None) -> Iterator[Block]:
        """The rows not yet parsed, at most `limit` of them; from the beginning each time."""
        left = limit
        for block in text_blocks(self._table, self._chunk_rows):
            if left is None:
                yield block
                continue
            if left <= 0:
                return
            part = block.head(left) if left < len(block) else block
            left -= len(part)
            yield part

    def changed(self) -> bool:
        """True when the file on disk is not the one that was opened."""
        try:
            return self._source.fingerprint() != self._fingerprint
        except OSError:
            return True

    def close(self) -> None:
        """Remove the copy of standard input, if there is one."""
        self._source.close()


def _headings(found: Recognised, options: SourceOptions, name: str) -> tuple[str, ...]:
    width = usual_width(found.records)
    if options.headings is not None:
        if len(options.headings) < width:
            raise SourceError(
                f"{name} has {width} columns, but {len(options.headings)} headings were given: name all."
            )
        return unique_headings(options.headings)
    if found.heading is None:
        return numbered_headings(width)
    rows = [record for record in found.records if record.start >= found.start]
    return unique_headings(_without_trailing_delimiter(found.heading.cells, rows))


def _without_trailing_delimiter(cells: Sequence[str], rows: Sequence[Sampled]) -> Sequence[str]:
    """Blank headings at the end are no columns where no row has anything in them."""
    used = max((k for row in rows for k, cell in enumerate(row.cells) if cell.strip()), default=-1) + 1
    width = len(cells)
    while width > max(1, used) and not cells[width - 1].strip():
        width -= 1
    return cells[:width]


def _description(source: Bytes, seen: Survey, found: Recognised, headings: Sequence[str], footer: int) -> str:
    guessed = " (guessed: --encoding overrules)" if seen.encoding.guessed else ""
    parts = [f"{seen.encoding.label}{guessed}", *_dialect_words(found, len(headings)), _heading_words(found)]
    parts.append(columns_of(len(headings)))
    if footer:
        lines = len(seen.tail[-footer:].strip().splitlines())
        parts.append(f"the {lines} lines of the report's footer left out")
    wrapped = {"": "", "gzip": " (gzip)", "zip": f" (zip, {source.member})"}[source.wrapping]
    return f"{source.name}{wrapped}: {', '.join(parts)}"


def _dialect_words(found: Recognised, width: int) -> list[str]:
    dialect = found.dialect
    word = _DELIMITER_WORDS.get(dialect.delimiter, f'"{dialect.delimiter}"')
    words = [f"{word}-separated" + (" (says its first line)" if found.sep_line else "")] if width > 1 else []
    words.append(f"quote {dialect.quote}" if dialect.quote else "no quotes")
    return [*words, f"escape {dialect.escape}"] if dialect.escape else words


def _heading_words(found: Recognised) -> str:
    heading = found.heading
    if heading is None:
        return "no heading"
    words = f"heading in line {heading.line}"
    before = sum(1 for record in found.records if record.start < heading.start)
    if before:
        words += f" ({before} {'line' if before == 1 else 'lines'} of text before it left out)"
    if looks_like_row(heading.cells):
        words += " (it looks like a row: --heading-line 0 if the file has no heading)"
    return words
