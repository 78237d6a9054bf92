"""A text file as blocks of records, in constant memory, as often as wanted."""

from collections.abc import Iterator
from dataclasses import dataclass

from importer.errors import SourceError
from importer.source.container import Bytes
from importer.source.dialect import Unfinished
from importer.source.encoding import Encoding, utf8_pieces
from importer.source.layout import Layout
from importer.source.scan import Span, line_ends_in, scan_careful, scan_fast
from importer.source.text_block import TextBlock

_PIECE_BYTES = 4 << 20
_READ_BYTES = 1 << 18
_RECORD_LIMIT = 64 << 20
"""A record of more bytes than this is a quotation mark that was never closed."""


@dataclass(frozen=True, slots=True)
class Table:
    """Where the rows stand in the file.

    Attributes:
        start, stop: first byte of the rows and byte after the last, counted in the text as UTF-8.
        line: physical line of the first row, from 1.
        piece_bytes: how much is looked at at a time.
    """

    source: Bytes
    encoding: Encoding
    layout: Layout
    start: int
    stop: int
    line: int
    piece_bytes: int = _PIECE_BYTES


def text_blocks(table: Table, chunk_rows: int) -> Iterator[TextBlock]:
    """All rows, at most `chunk_rows` a block. Raises SourceError when a quoted cell never ends."""
    line, number, enough = table.line, 1, table.piece_bytes
    offset = table.start
    waiting: list[bytes] = []
    held = 0
    for piece, final in _pieces(table):
        waiting.append(piece)
        held += len(piece)
        if held < enough and not final:
            continue
        data = b"".join(waiting)
        careful = False
        while data and not careful:
            span, unfinished, careful = _scan(table, data, final=final)
            for block in _cut(table.layout, data, span, line, number, chunk_rows):
                yield block
                number += len(block)
            line += span.line_count
            data = data[span.consumed :]
            offset += span.consumed
            _refuse_endless(table, data, line, offset, unfinished, final=final)
        waiting, held = [data], len(data)
        enough = max(table.piece_bytes, 2 * held)  # a long record is not read again for every piece


def _pieces(table: Table) -> Iterator[tuple[bytes, bool]]:
    """Bytes from start to stop; the last pair says that nothing follows."""
    left = table.stop - table.start
    read_bytes = min(table.piece_bytes, _READ_BYTES)
    for piece in utf8_pieces(table.source, table.encoding, table.start, read_bytes):
        if left <= 0:
            break
        yield piece[:left], False
        left -= len(piece)
    yield b"", True


def _scan(table: Table, data: bytes, *, final: bool) -> tuple[Span, Unfinished | None, bool]:
    """The fast way as far as it goes; where it does not go at all, the careful one, to the end."""
    if table.layout.dialect.is_simple:
        span = scan_fast(data, table.layout.dialect, final=final)
        if span.consumed:
            return span, None, False
    return *scan_careful(data, table.layout.dialect, final=final), True


def _cut(
    layout: Layout, data: bytes, span: Span, line: int, number: int, chunk_rows: int
) -> Iterator[TextBlock]:
    for first in range(0, len(span), chunk_rows):
        part = slice(first, first + chunk_rows)
        starts, ends = span.starts[part], span.ends[part]
        begin = int(starts[0])
        yield TextBlock(
            layout=layout,
            data=data[begin : int(ends[-1])],
            numbers=range(number, number + len(starts)),
            starts=starts - begin,
            ends=ends - begin,
            counts=span.counts[part],
            lines=span.lines[part] + line,
            doubtful=span.doubtful[part],
        )
        number += len(starts)


def _refuse_endless(
    table: Table, data: bytes, line: int, offset: int, unfinished: Unfinished | None, *, final: bool
) -> None:
    if unfinished is None or not (final or len(data) > _RECORD_LIMIT):
        return
    name, quote = table.source.name, table.layout.dialect.quote
    if unfinished.quote_at is None:
        raise SourceError(f"{name}, line {line}: this row is longer than 64 MB.")
    opened = line + line_ends_in(data[: unfinished.quote_at])
    of_what = "" if table.encoding.name == "utf-8" else " of the text as UTF-8"
    byte = offset + unfinished.quote_at + (0 if of_what else table.encoding.mark)
    where = f"line {opened} (byte {byte}{of_what})"
    raise SourceError(
        f"{name}: the quotation mark {quote} opened in {where} is never closed, so the rest of the file is "
        "one cell. Close it or take it out; if quotation marks mean nothing in this file, use --quote none."
    )
