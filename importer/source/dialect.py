"""How a text file writes its cells, and the careful reading of one record.

The careful reading is a tokenizer over UTF-8 bytes. It is the definition of what a file means; the fast
reading (`importer.source.scan`, pandas) is used only where it provably gives the same.

Rules beyond RFC 4180, each for files that exist:
- a quotation mark that is not at the beginning of a cell is text (`5" pipe`);
- blanks around a quoted cell do not belong to it (`1, "a, b" ,2`), if the cell ends on the same line;
- after a closing quotation mark followed by text, the rest up to the delimiter is text, and the cell is
  `stray`: nobody can know what was meant, so the raw text is kept and the row gets an issue;
- LF, CRLF and lone CR all end a line.
"""

import re
from dataclasses import dataclass
from functools import cached_property

BLANK = b" \t\r\n\0\x1a"
"""A row whose cells hold nothing but these is no row; 0x1A is the end mark of DOS files."""


@dataclass(frozen=True)
class Dialect:
    """`delimiter` one character; `quote` and `escape` one ASCII character or "" for none."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""

    @cached_property
    def tokenizer(self) -> "Tokenizer":
        """The careful reader of this dialect."""
        return Tokenizer(self)

    def __getstate__(self) -> tuple[str, str, str]:
        return self.delimiter, self.quote, self.escape

    def __setstate__(self, state: tuple[str, str, str]) -> None:
        for name, value in zip(("delimiter", "quote", "escape"), state, strict=True):
            object.__setattr__(self, name, value)

    @property
    def is_simple(self) -> bool:
        """True when the fast reading may be tried: single bytes only, and no escapes."""
        return self.is_plain and not self.escape

    @property
    def is_plain(self) -> bool:
        """True when pandas can read the records that have no escape in them."""
        return self.delimiter.isascii() and self.delimiter not in (self.quote, self.escape)

    def write(self, cells: list[str]) -> str:
        """One record without line end, every cell quoted where the dialect has quotes."""
        quote = self.quote
        return self.delimiter.join(f"{quote}{cell.replace(quote, quote * 2)}{quote}" for cell in cells)


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its cells, where its text ends, where the next one begins, which cells are stray."""

    cells: list[bytes]
    end: int
    following: int
    stray: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Unfinished:
    """The bytes end before the record does; `quote_at` is where the open quotation mark stands, if any."""

    quote_at: int | None


class Tokenizer:
    """Reads records one by one, the way `Dialect` says."""

    def __init__(self, dialect: Dialect) -> None:
        delimiter = re.escape(dialect.delimiter.encode())
        quote, escape = re.escape(dialect.quote.encode()), re.escape(dialect.escape.encode())
        blank = (
            b"[ \\t]" if dialect.delimiter not in " \t" else (b"\\t" if dialect.delimiter == " " else b" ")
        )
        end = b"(?=" + delimiter + b"|\\r|\\n|\\Z)"
        self.empty = BLANK + dialect.delimiter.encode() + dialect.quote.encode()
        self._clean = _clean_record(delimiter, quote, escape) if dialect.is_plain else None
        self._delimiter = dialect.delimiter.encode()
        self._quote = dialect.quote.encode()
        self._plain = re.compile(_plain_pattern(dialect.delimiter, delimiter, escape))
        self._unescape = _unescaper(delimiter, quote, escape, doubled=False)
        self._undouble = _unescaper(delimiter, quote, escape, doubled=True)
        if quote:
            body = b"(?:[^" + quote + escape + b"]++|" + quote * 2 + _escaped(escape) + b")*+"
            line_body = body.replace(b"[^", b"[^\\r\\n")
            self._quoted = re.compile(quote + b"(" + body + b")" + quote)
            self._closed = re.compile(blank + b"*+" + end)
            self._spaced = re.compile(
                blank + b"++" + quote + b"(" + line_body + b")" + quote + blank + b"*+" + end
            )

    def clean_record(self, data: bytes, at: int) -> tuple[int, int, int] | None:
        """End, following and number of cells of a record that is RFC 4180 to the letter, else None."""
        if self._clean is None:
            return None
        match = self._clean.match(data, at)
        if match is None:
            return None
        text = data[at : match.start(1)]
        count = text.count(self._delimiter) + 1
        if self._quote and self._quote in text:
            count -= sum(quoted.count(self._delimiter) for quoted in self._quoted.findall(text))
        return match.start(1), match.end(), count

    def record(self, data: bytes, at: int, *, final: bool) -> Record | Unfinished:
        """Read the record that starts at byte `at`. `final`: nothing comes after `data`."""
        cells: list[bytes] = []
        stray: list[int] = []
        size, step = len(data), len(self._delimiter)
        while True:
            quoted = self._quote and data.startswith(self._quote, at)
            if quoted:
                match = self._quoted.match(data, at)
                if match is None:
                    return Unfinished(at)
                closed = self._closed.match(data, match.end())
                if closed:
                    cells.append(self._doubled(match[1]))
                    at = closed.end()
                else:
                    rest = self._plain.match(data, match.end())
                    stray.append(len(cells))
                    start, at = at, rest.end() if rest else match.end()
                    cells.append(data[start:at])
            else:
                cell, at = self._unquoted(data, at)
                cells.append(cell)
            if at >= size:
                return Record(cells, size, size, tuple(stray)) if final else Unfinished(None)
            if data.startswith(self._delimiter, at):
                at += step
                continue
            return self._ended(data, at, cells, tuple(stray), final=final)

    def _ended(
        self, data: bytes, at: int, cells: list[bytes], stray: tuple[int, ...], *, final: bool
    ) -> Record | Unfinished:
        if data.startswith(b"\r\n", at):
            return Record(cells, at, at + 2, stray)
        if data.startswith(b"\r", at) and at + 1 == len(data) and not final:
            return Unfinished(None)  # the LF that belongs to this CR may come with the next bytes
        return Record(cells, at, at + 1, stray)

    def _unquoted(self, data: bytes, at: int) -> tuple[bytes, int]:
        if self._quote and data[at : at + 1] in (b" ", b"\t"):
            spaced = self._spaced.match(data, at)
            if spaced:
                return self._doubled(spaced[1]), spaced.end()
        match = self._plain.match(data, at)
        end = match.end() if match else at
        return self._plain_text(data[at:end]), end

    def _doubled(self, cell: bytes) -> bytes:
        if self._undouble is not None:
            return self._undouble.sub(rb"\1", cell)
        return cell.replace(self._quote * 2, self._quote)

    def _plain_text(self, cell: bytes) -> bytes:
        return cell if self._unescape is None else self._unescape.sub(rb"\1", cell)


def _clean_record(delimiter: bytes, quote: bytes, escape: bytes) -> re.Pattern[bytes]:
    """No escape, quotation marks only around cells or doubled inside, a line end that is certainly whole."""
    plain = b"[^\\r\\n" + quote + escape + delimiter + b"]*+"
    cell = plain
    if quote:
        cell = (
            b"(?:"
            + quote
            + b"(?:[^"
            + quote
            + escape
            + b"]++|"
            + quote * 2
            + b")*+"
            + quote
            + b"|"
            + plain
            + b")"
        )
    return re.compile(cell + b"(?:" + delimiter + cell + b")*+(\\r?\\n)")


def _plain_pattern(text: str, delimiter: bytes, escape: bytes) -> bytes:
    if escape:
        other = b"(?!" + delimiter + b")[^\\r\\n" + escape + b"]"
        return b"(?:" + other + b"|" + escape + b"[^\\r\\n]?)*+"
    if text.isascii():
        return b"[^\\r\\n" + delimiter + b"]*+"
    return b"(?:(?!" + delimiter + b")[^\\r\\n])*+"


def _escaped(escape: bytes) -> bytes:
    return b"|" + escape + b"[\\s\\S]" if escape else b""


def _unescaper(delimiter: bytes, quote: bytes, escape: bytes, *, doubled: bool) -> re.Pattern[bytes] | None:
    """Only a delimiter, a quotation mark and the escape itself lose their escape: `C:\\new` stays."""
    if not escape:
        return None
    marks = b"|".join(mark for mark in (delimiter, quote, escape) if mark)
    first = escape + b"|" + quote + b"(?=" + quote + b")" if doubled and quote else escape
    return re.compile(b"(?:" + first + b")(" + marks + b")")
