"""Which encoding the bytes are in, and the bytes as UTF-8.

All bytes are looked at before the first row is read, so that a file is read in one encoding or refused:
- a byte order mark decides;
- NUL bytes at every other place are UTF-16;
- what is valid UTF-8 to its last byte is UTF-8;
- what is UTF-8 apart from a few bytes is broken, and the first bad byte is named;
- the rest is in the code page of some country, guessed from the lines that are not ASCII.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, replace

from importer.errors import EmptySourceError, SourceError
from importer.source.code_page import guess_code_page
from importer.source.container import Bytes
from importer.source.scan import line_ends_in

_PIECE_BYTES = 1 << 18
"""Decoding more at a time takes four times as long: the system has to give new memory for each piece."""
_HEAD_BYTES = 1 << 18
_TAIL_BYTES = 1 << 16
_SAMPLE_BYTES = 1 << 15
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """The encoding of a text file.

    Attributes:
        name: as Python knows it, without byte order mark.
        mark: bytes of the byte order mark.
        guessed: True when another would be possible too.
        valid: True when all bytes of the file are known to be UTF-8.
    """

    name: str
    mark: int = 0
    guessed: bool = False
    valid: bool = False

    @property
    def label(self) -> str:
        """For the person: "UTF-8 with BOM"."""
        name = {"cp1252": "Windows-1252"}.get(self.name, self.name)
        name = name.upper() if name.startswith("utf") else name
        return f"{name} with BOM" if self.mark else name


@dataclass(frozen=True, slots=True)
class Survey:
    """What one look at all bytes has found, as UTF-8: the first bytes, the last, and how many there are."""

    encoding: Encoding
    head: bytes
    tail: bytes
    size: int


def survey(source: Bytes, wanted: str | None) -> Survey:
    """Recognise the encoding (or take the wanted one) and look at all bytes. Raises SourceError."""
    encoding = _wanted(source, wanted) if wanted else _by_mark(source)
    ends = _Ends()
    if encoding is None:
        encoding = _by_content(source, ends)
    if not encoding.valid:
        ends = _Ends()
        for piece in utf8_pieces(source, encoding):
            ends.add(piece)
    return Survey(replace(encoding, valid=encoding.name == "utf-8"), ends.head, ends.tail, ends.size)


class _Ends:
    """The first and the last of the bytes that pass by, and how many there are."""

    def __init__(self) -> None:
        self.head, self.tail, self.size = b"", b"", 0

    def add(self, piece: bytes) -> None:
        """Take the next ones."""
        if len(self.head) < _HEAD_BYTES:
            self.head += piece[: _HEAD_BYTES - len(self.head)]
        self.tail = (self.tail + piece[-_TAIL_BYTES:])[-_TAIL_BYTES:]
        self.size += len(piece)


def utf8_pieces(
    source: Bytes, encoding: Encoding, start: int = 0, piece_bytes: int = _PIECE_BYTES
) -> Iterator[bytes]:
    """The text as valid UTF-8 from byte `start` of it on, read from the disk `piece_bytes` at a time.

    Raises SourceError naming the first byte that is not in the encoding. Bytes that are known to be valid are
    not looked at again.
    """
    if encoding.name == "utf-8":
        read = _as_it_is if encoding.valid else _checked_utf8
        yield from read(source, encoding.mark, start, piece_bytes)
        return
    with source.open() as file:
        file.read(encoding.mark)
        decoder = codecs.getincrementaldecoder(encoding.name)("strict")
        offset = encoding.mark
        while True:
            raw = file.read(piece_bytes)
            pending = len(decoder.getstate()[0])
            try:
                text = decoder.decode(raw, final=not raw)
                piece = text.encode()
            except UnicodeError as error:
                at = offset - pending + getattr(error, "start", 0)
                raise _broken(source, encoding, at) from None
            offset += len(raw)
            if len(piece) > start:
                yield piece[start:]
            start = max(0, start - len(piece))
            if not raw:
                return


def _as_it_is(source: Bytes, mark: int, start: int, piece_bytes: int) -> Iterator[bytes]:
    with source.open() as file:
        file.seek(mark + start)
        while piece := file.read(piece_bytes):
            yield piece


def _checked_utf8(source: Bytes, mark: int, start: int, piece_bytes: int) -> Iterator[bytes]:
    """Bytes that are UTF-8 already only need a look: no character is cut, none is decoded to keep."""
    with source.open() as file:
        file.seek(mark + start)
        offset, rest = mark + start, b""
        while True:
            raw = file.read(piece_bytes)
            piece = rest + raw
            cut = len(piece) if piece.isascii() else _whole_characters(piece, final=not raw)
            good = _valid_length(piece[:cut])
            if good < cut:
                raise _broken(source, Encoding("utf-8", mark), offset + good)
            if cut:
                yield piece[:cut]
            offset, rest = offset + cut, piece[cut:]
            if not raw:
                return


def _whole_characters(piece: bytes, *, final: bool) -> int:
    """Length of the piece without a character cut off at its end."""
    if final:
        return len(piece)
    for back in range(1, min(4, len(piece)) + 1):
        byte = piece[-back]
        if byte >= 0xC0:
            needs = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(piece) - back if needs > back else len(piece)
        if byte < 0x80:
            break
    return len(piece)


def _valid_length(piece: bytes) -> int:
    if piece.isascii():
        return len(piece)
    try:
        piece.decode()
    except UnicodeDecodeError as error:
        return error.start
    return len(piece)


def _wanted(source: Bytes, wanted: str) -> Encoding:
    try:
        name = codecs.lookup(wanted).name
    except (LookupError, ValueError):
        raise SourceError(f'There is no encoding "{wanted}": usual ones are utf-8, cp1252, utf-16.') from None
    found = _by_mark(source)
    if name in ("utf-8", "utf-8-sig"):
        return Encoding("utf-8", 3 if found and found.name == "utf-8" and found.mark else 0)
    if name in ("utf-16", "utf-32"):
        return found if found and found.name.startswith(name) else Encoding(f"{name}-le")
    if found and found.name == name:
        return found
    try:
        "a".encode(name)
    except (LookupError, UnicodeError):
        raise SourceError(
            f'"{wanted}" is no encoding of text: usual ones are utf-8, cp1252, utf-16.'
        ) from None
    return Encoding(name)


def _by_mark(source: Bytes) -> Encoding | None:
    with source.open() as file:
        head = file.read(4096)
    if not head:
        raise EmptySourceError(f"{source.name} is empty.")
    for mark, name in _MARKS:
        if head.startswith(mark):
            return Encoding(name, len(mark))
    return _by_nuls(head)


def _by_nuls(head: bytes) -> Encoding | None:
    """UTF-16 without a mark: in ASCII text every other byte is NUL."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    pairs = max(1, len(head) // 2)
    if odd > pairs * 0.3 and even < odd * 0.1:
        return Encoding("utf-16-le")
    if even > pairs * 0.3 and odd < even * 0.1:
        return Encoding("utf-16-be")
    return None


def _by_content(source: Bytes, ends: _Ends) -> Encoding:
    """Valid UTF-8, nearly valid UTF-8 (kept, so that reading names the broken byte), or a code page.

    `ends` gets the bytes as they are.
    """
    good = bad = 0
    sample = b""
    with source.open() as file:
        rest = b""
        while True:
            raw = file.read(_PIECE_BYTES)
            piece = rest + raw
            cut = len(piece) if piece.isascii() else _whole_characters(piece, final=not raw)
            piece, rest = piece[:cut], piece[cut:]
            ends.add(piece)
            if not piece.isascii():
                more_good, more_bad = _count_characters(piece)
                good, bad = good + more_good, bad + more_bad
                if bad and len(sample) < _SAMPLE_BYTES:
                    sample += _foreign_lines(piece)
            if not raw:
                break
    if not bad or good > bad * 4:
        return Encoding("utf-8", valid=not bad)
    return _code_page(source, sample[:_SAMPLE_BYTES])


def _count_characters(piece: bytes) -> tuple[int, int]:
    """How many characters beyond ASCII are valid UTF-8 (long ones count more), and how many bytes are not."""
    try:
        return len(piece) - len(piece.decode()), 0
    except UnicodeDecodeError:
        text = piece.decode(errors="replace")
        bad = text.count("\ufffd")
        return sum(character > "\x7f" for character in text) - bad, bad


def _foreign_lines(piece: bytes) -> bytes:
    return b"".join(line for line in piece.splitlines(keepends=True)[:5000] if not line.isascii())


def _code_page(source: Bytes, sample: bytes) -> Encoding:
    if b"\0" in sample[:4096] or sum(byte < 9 for byte in sample) > len(sample) // 20:
        raise SourceError(
            f"{source.name} is no text file: export the contacts as CSV or XLSX and give that file."
        )
    return Encoding(guess_code_page(sample), guessed=True)


def _broken(source: Bytes, encoding: Encoding, at: int) -> SourceError:
    line, byte, last = 1, b"", b""
    with source.open() as file:
        left = at
        while left > 0:
            piece = file.read(min(left, _PIECE_BYTES))
            if not piece:
                break
            if encoding.name.startswith(("utf-16", "utf-32")):
                line += piece.count(b"\n")
            else:  # of a CR LF that two pieces share, the LF is the one too many
                line += line_ends_in(piece) - (last == b"\r" and piece.startswith(b"\n"))
            left -= len(piece)
            last = piece[-1:]
        byte = file.read(1)
    found = f"byte 0x{byte[0]:02X}" if byte else "the end of the file"
    return SourceError(
        f"{source.name}, line {line}: {found} at offset {at} is no {encoding.label} text. "
        "Export the file again as UTF-8, or name its encoding with --encoding (cp1252 is usual for Windows)."
    )
