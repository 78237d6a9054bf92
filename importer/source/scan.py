"""Where the records of a piece of text are: starts, ends, cell counts, lines.

Two ways with one result. The fast one looks at all delimiters, line ends and quotation marks at once: a
delimiter or line end belongs to a cell when an odd number of quotation marks stands before it. That is right
as long as every quotation mark either opens a cell, closes one, or is doubled inside one; the first that does
none of this ends the fast way, and the careful way (`Tokenizer`) reads on from the record it stands in.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from importer.source.dialect import BLANK, Dialect, Record, Unfinished

_LF, _CR = 10, 13
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Span:
    """Complete records of a piece of bytes, blank ones left out.

    Attributes:
        starts, ends: byte positions; a record's text is data[start:end], without its line end.
        counts: cells of each record.
        lines: physical line of each record's start, 0 = the line at the beginning of the piece.
        consumed: bytes that belong to these records and to blank ones between.
        line_count: line ends inside the consumed bytes.
        doubtful: True for each record that the fast reading must not be used on.
    """

    starts: Positions
    ends: Positions
    counts: Positions
    lines: Positions
    consumed: int
    line_count: int
    doubtful: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.starts)


def scan_fast(data: bytes, dialect: Dialect, *, final: bool) -> Span:
    """All complete records up to the first that the fast way cannot be sure of (maybe none)."""
    buffer = np.frombuffer(data, dtype=np.uint8)
    delimiter, quote = ord(dialect.delimiter), ord(dialect.quote) if dialect.quote else -1
    marks, kinds = _marks(data, buffer, delimiter, quote)
    is_quote = kinds == quote
    inside = (np.cumsum(is_quote) & 1).astype(bool)
    sure_until = _first_doubtful_quote(buffer, marks[is_quote], delimiter)
    is_line_end = ~is_quote & (kinds != delimiter)
    outside = ~is_quote & ~inside
    places, line_ends = marks[outside], is_line_end[outside]
    end_at = np.flatnonzero(line_ends)
    counts = np.diff(end_at, prepend=-1)
    breaks = places[end_at]
    kept = int(np.searchsorted(breaks, sure_until))
    if kept and not final and breaks[kept - 1] == len(data) - 1 and data.endswith(b"\r"):
        kept -= 1  # the LF that belongs to this CR may come with the next bytes
    breaks, counts = breaks[:kept], counts[:kept]
    starts = np.concatenate(([0], breaks[:-1] + 1)) if kept else np.empty(0, np.int64)
    ends = breaks - ((buffer[breaks] == _LF) & (breaks > starts) & (buffer[breaks - 1] == _CR))
    consumed = int(breaks[-1]) + 1 if kept else 0
    if final and consumed < len(data) and sure_until >= len(data) and not (len(inside) and inside[-1]):
        starts, ends = np.append(starts, consumed), np.append(ends, len(data))
        counts = np.append(counts, len(places) - (int(end_at[-1]) + 1 if kept else 0) + 1)
        consumed = len(data)
    all_breaks = marks[is_line_end]
    lines = np.searchsorted(all_breaks, starts)
    line_count = int(np.searchsorted(all_breaks, consumed))
    span = Span(starts, ends, counts, lines, consumed, line_count, np.zeros(len(starts), dtype=np.bool_))
    return _without_blank(data, dialect, span)


def scan_careful(data: bytes, dialect: Dialect, *, final: bool) -> tuple[Span, Unfinished | None]:
    """All complete records, one by one; what is unfinished at the end tells about an open quotation mark."""
    tokenizer = dialect.tokenizer
    rows: list[tuple[int, int, int, int, bool]] = []
    at, line, unfinished = 0, 0, None
    while at < len(data):
        clean = tokenizer.clean_record(data, at)
        if clean is not None:
            end, following, count = clean
            blank = not data[at:end].strip(tokenizer.empty) and _is_blank_text(data[at:end], dialect)
        else:
            record = tokenizer.record(data, at, final=final)
            if isinstance(record, Unfinished):
                unfinished = record
                break
            end, following, count, blank = record.end, record.following, len(record.cells), is_blank(record)
        if not blank:
            rows.append((at, end, count, line, clean is None))
        line += line_ends_in(data[at:following])
        at = following
    table = np.array(rows, dtype=np.int64).reshape(-1, 5)
    starts, ends, counts, lines, doubtful = (table[:, k] for k in range(5))
    return Span(starts, ends, counts, lines, at, line, doubtful.astype(np.bool_)), unfinished


def is_blank(record: Record) -> bool:
    """True when no cell holds anything."""
    return all(not cell.strip(BLANK) for cell in record.cells)


def line_ends_in(data: bytes) -> int:
    """How many lines end in `data`: LF, CRLF and lone CR count once each."""
    returns = data.count(b"\r")
    return data.count(b"\n") + returns - (data.count(b"\r\n") if returns else 0)


def _marks(
    data: bytes, buffer: npt.NDArray[np.uint8], delimiter: int, quote: int
) -> tuple[Positions, npt.NDArray[np.uint8]]:
    """Positions and bytes of all delimiters, quotation marks and line ends; of CRLF only the LF."""
    marks = np.flatnonzero(np.frombuffer(data.translate(_wanted(delimiter, quote)), dtype=np.bool_))
    kinds = buffer[marks]
    if b"\r\n" in data:
        following = buffer[np.minimum(marks + 1, len(buffer) - 1)]
        kept = (kinds != _CR) | (following != _LF)
        marks, kinds = marks[kept], kinds[kept]
    return marks, kinds


@cache
def _wanted(delimiter: int, quote: int) -> bytes:
    """1 for each byte that means something, 0 for the others: one look at all of them, at the speed of C."""
    return bytes(byte in {delimiter, quote, _LF, _CR} for byte in range(256))


def _first_doubtful_quote(buffer: npt.NDArray[np.uint8], quotes: Positions, delimiter: int) -> int:
    """Position of the first quotation mark that neither opens, closes nor is doubled; else a huge number."""
    opening, closing = quotes[0::2], quotes[1::2]
    before = buffer[opening - 1]
    opens = (before == delimiter) | (before == _LF) | (before == _CR) | (opening == 0)
    opens[1:] |= opening[1:] - 1 == closing[: len(opening) - 1]
    after = buffer[np.minimum(closing + 1, len(buffer) - 1)]
    closes = (after == delimiter) | (after == _LF) | (after == _CR) | (closing == len(buffer) - 1)
    paired = len(opening) - 1
    closes[:paired] |= closing[:paired] + 1 == opening[1:]
    doubtful = [
        int(places[wrong][0]) for places, wrong in ((opening, ~opens), (closing, ~closes)) if wrong.any()
    ]
    return min(doubtful, default=np.iinfo(np.int64).max)


def _without_blank(data: bytes, dialect: Dialect, span: Span) -> Span:
    """Drop records without content. Only those that begin like one are looked at."""
    if not len(span):
        return span
    empty = dialect.tokenizer.empty
    first = np.frombuffer(data, dtype=np.uint8)[np.minimum(span.starts, len(data) - 1)]
    candidates = np.flatnonzero(
        np.isin(first, np.frombuffer(empty, dtype=np.uint8)) | (span.starts == span.ends)
    )
    texts = ((k, data[span.starts[k] : span.ends[k]]) for k in candidates.tolist())
    blank = [k for k, text in texts if not text.strip(empty) and _is_blank_text(text, dialect)]
    if not blank:
        return span
    return Span(
        starts=np.delete(span.starts, blank),
        ends=np.delete(span.ends, blank),
        counts=np.delete(span.counts, blank),
        lines=np.delete(span.lines, blank),
        consumed=span.consumed,
        line_count=span.line_count,
        doubtful=np.delete(span.doubtful, blank),
    )


def _is_blank_text(text: bytes, dialect: Dialect) -> bool:
    record = dialect.tokenizer.record(text, 0, final=True)
    return isinstance(record, Record) and is_blank(record)
