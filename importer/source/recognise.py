"""The habits of a text file, recognised from its beginning: delimiter, quote, escape, heading.

Each candidate reads the sample; right is the one under which most records have the same number of cells, and
more than one. Quotation marks and escapes are recognised by what goes wrong without them.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile

from importer.errors import SourceError
from importer.source.dialect import BLANK, Dialect, Unfinished
from importer.source.options import SourceOptions
from importer.source.scan import line_ends_in

NO_DELIMITER = "\x1f"
"""For a file of one column: commas in it are text. The sign that ASCII has for this and nobody uses."""
_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_RECORDS = 300
_PROSE_RECORDS = 40
_SEP_LINE = re.compile(rb'\A"?sep=(\t|[^\r\n"])"?[ ,;\t]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sampled:
    """One record of the sample: its cells, its physical line from 1, and where the next one begins."""

    cells: tuple[str, ...]
    line: int
    start: int
    following: int
    stray: bool

    @property
    def filled(self) -> int:
        """Cells that hold something."""
        return sum(1 for cell in self.cells if cell.strip())


@dataclass(frozen=True, slots=True)
class Recognised:
    """The dialect, the heading's record (None without one), where the rows start and at which line."""

    dialect: Dialect
    heading: Sampled | None
    start: int
    line: int
    sep_line: bool
    records: tuple[Sampled, ...]


def recognise(head: bytes, options: SourceOptions, name: str, *, whole: bool) -> Recognised:
    """Recognise the beginning of a file (UTF-8, without mark). `whole`: `head` is all there is.

    Raises SourceError when there is no row in it, or the options do not fit it.
    """
    sep = _SEP_LINE.match(head)
    skip = sep.end() if sep else 0
    delimiter = options.wanted_delimiter() or (sep[1].decode(errors="replace") if sep else None)
    dialect = _dialect(head[skip:], options, delimiter, whole=whole)
    records = sample(head, dialect, skip, whole=whole)
    if not records:
        raise _no_records(head[skip:], dialect, name, whole=whole)
    _refuse_unused(records, options, dialect, name)
    if options.heading_line == 0 or options.headings is not None:
        return _headless(dialect, records, options, skip, bool(sep), head, name)
    heading = _heading(records, options, name)
    line = heading.line + line_ends_in(head[heading.start : heading.following])
    return Recognised(dialect, heading, heading.following, line, bool(sep), records)


def sample(head: bytes, dialect: Dialect, skip: int, *, whole: bool) -> tuple[Sampled, ...]:
    """The first records that are not blank."""
    found: list[Sampled] = []
    at, line = skip, 1 + line_ends_in(head[:skip])
    while at < len(head) and len(found) < _SAMPLE_RECORDS:
        record = dialect.tokenizer.record(head, at, final=whole)
        if isinstance(record, Unfinished):
            break
        if any(cell.strip(BLANK) for cell in record.cells):
            cells = tuple(cell.decode(errors="replace").replace("\0", "") for cell in record.cells)
            found.append(Sampled(cells, line, at, record.following, bool(record.stray)))
        line += line_ends_in(head[at : record.following])
        at = record.following
    return tuple(found)


def usual_width(records: Sequence[Sampled]) -> int:
    """The number of cells that most records have; of several the largest."""
    counted = Counter(len(record.cells) for record in records)
    return max(counted, key=lambda width: (counted[width], width))


def _dialect(head: bytes, options: SourceOptions, delimiter: str | None, *, whole: bool) -> Dialect:
    quote, escape = options.wanted_quote(), options.wanted_escape()
    if delimiter is None:
        plain = Dialect(quote=quote if quote is not None else '"', escape=escape or "")
        choices = [replace(plain, delimiter=d) for d in _DELIMITERS]
        if quote is None:
            choices += [replace(choice, quote="'") for choice in choices if _single_quoted(head, choice)]
        best = max(choices, key=lambda choice: _consistency(sample(head, choice, 0, whole=whole)))
        one_column = _is_one_column(sample(head, best, 0, whole=whole))
        delimiter = NO_DELIMITER if one_column else best.delimiter
    base = Dialect(delimiter=delimiter, quote=quote if quote is not None else '"', escape=escape or "")
    if quote is None:
        base = _with_quote(head, base, whole=whole)
    if escape is None and base.quote:
        base = _with_escape(head, base, whole=whole)
    return base


def _consistency(records: Sequence[Sampled]) -> tuple[float, int]:
    """Share of records of the usual width, the heading counting more; nothing when that is one cell."""
    if not records:
        return 0.0, 1
    width = usual_width([record for record in records if len(record.cells) > 1] or records)
    if width == 1:
        return 0.0, 1
    return sum(len(record.cells) == width for record in records) / len(records), width


def _is_one_column(records: Sequence[Sampled]) -> bool:
    """True when the delimiter only stands in texts: under a heading of one cell, and in rows that are data.

    Lines of prose before a table are one cell, too, but a real heading follows them.
    """
    if not records or len(records[0].cells) > 1:
        return False
    table = tuple(dropwhile(lambda record: len(record.cells) == 1, records))
    if not table or looks_like_row(table[0].cells) or _consistency(table)[0] < 0.5:
        return True
    return len(table) == 1 and all(cell.startswith(" ") for cell in table[0].cells[1:])


def looks_like_row(cells: Sequence[str]) -> bool:
    """Whether these can hardly be headings: an address or a number is among them."""
    return any("@" in cell or cell.strip(" +-()./").isdigit() for cell in cells)


def _single_quoted(head: bytes, dialect: Dialect) -> bool:
    """True when cells stand between apostrophes and none between double quotes."""
    single, double = (_quoted_cells(head, dialect.delimiter, quote) for quote in ("'", '"'))
    return single >= 2 and not double


def _quoted_cells(head: bytes, delimiter: str, quote: str) -> int:
    edge = re.escape(delimiter.encode())
    mark = quote.encode()
    pattern = (
        rb"(?:\A|(?<=[\r\n])|(?<="
        + edge
        + rb"))"
        + mark
        + rb"[^\r\n]*?"
        + mark
        + rb"(?="
        + edge
        + rb"|[\r\n]|\Z)"
    )
    return len(re.findall(pattern, head[:65536]))


def _with_quote(head: bytes, dialect: Dialect, *, whole: bool) -> Dialect:
    """Apostrophes when only these enclose cells; none when no cell of the whole file ends with a quote.

    Of a longer file than the sample that cannot be known; there such rows are refused one by one.
    """
    if _single_quoted(head, dialect):
        return replace(dialect, quote="'")
    if not whole or b'"' not in head or _quoted_cells(head, dialect.delimiter, '"'):
        return dialect
    none = replace(dialect, quote="")
    with_quote, without = sample(head, dialect, 0, whole=whole), sample(head, none, 0, whole=whole)
    broken = any(record.stray for record in with_quote) and len(with_quote) == len(without)
    return none if broken and _consistency(without) >= _consistency(with_quote) else dialect


def _with_escape(head: bytes, dialect: Dialect, *, whole: bool) -> Dialect:
    """Backslashes escape when quotation marks go wrong without it and come right with it."""
    if b"\\" + dialect.quote.encode() not in head:
        return dialect
    escaped = replace(dialect, escape="\\")
    plain, better = sample(head, dialect, 0, whole=whole), sample(head, escaped, 0, whole=whole)
    wrong = sum(record.stray for record in plain), -_consistency(plain)[0]
    return escaped if (sum(record.stray for record in better), -_consistency(better)[0]) < wrong else dialect


def _heading(records: Sequence[Sampled], options: SourceOptions, name: str) -> Sampled:
    if options.heading_line is not None:
        for record in records:
            if record.line == options.heading_line:
                return record
        raise SourceError(f"{name} has no row that starts in line {options.heading_line} (--heading-line).")
    width = usual_width([record for record in records if len(record.cells) > 1] or records)
    for record, following in zip(records[:_PROSE_RECORDS], [*records[1:], None], strict=False):
        if width == 1 or (len(record.cells) >= 0.6 * width and record.filled >= min(2, width)):
            return record if following is None or not _fits_better(following, record, width) else following
    return records[0]


def _fits_better(following: Sampled, record: Sampled, width: int) -> bool:
    """Whether `record` is prose with commas in it: the heading behind it is as wide as the rows."""
    names = [cell.strip() for cell in following.cells]
    whole = len(names) == width and all(names) and len(set(names)) == width
    return len(record.cells) < width and whole and not looks_like_row(names)


def _headless(
    dialect: Dialect,
    records: tuple[Sampled, ...],
    options: SourceOptions,
    skip: int,
    sep_line: bool,
    head: bytes,
    name: str,
) -> Recognised:
    """Names come from the options; a heading line that is given too is replaced by them."""
    if options.heading_line:
        heading = _heading(records, options, name)
        line = heading.line + line_ends_in(head[heading.start : heading.following])
        return Recognised(dialect, None, heading.following, line, sep_line, records)
    return Recognised(dialect, None, skip, 1 + line_ends_in(head[:skip]), sep_line, records)


def _refuse_unused(records: Sequence[Sampled], options: SourceOptions, dialect: Dialect, name: str) -> None:
    """A delimiter that never occurs is a mistake: a file of one column would need none."""
    if options.delimiter is None or any(len(record.cells) > 1 for record in records):
        return
    shown = {"\t": "tab"}.get(dialect.delimiter, dialect.delimiter)
    line = " ".join(records[0].cells)[:60]
    raise SourceError(
        f'{name} has no "{shown}" in its first lines, so it cannot be the delimiter; line {records[0].line} '
        f"begins: {line}. Leave --delimiter out to have it recognised."
    )


def _no_records(head: bytes, dialect: Dialect, name: str, *, whole: bool) -> SourceError:
    closed = head.count(dialect.quote.encode()) % 2 == 0 if dialect.quote else False
    if not head.strip(
        BLANK
        + "".join(_DELIMITERS).encode()
        + dialect.delimiter.encode()
        + (dialect.quote.encode() if closed else b"")
    ):
        return SourceError(f"{name} holds nothing but blank lines.")
    end = "before the file ends" if whole else f"within its first {len(head) // 1024} kB"
    return SourceError(
        f"{name}: the quotation mark {dialect.quote} in the first row is never closed {end}. "
        "Close it or take it out; if quotation marks mean nothing in this file, use --quote none."
    )
