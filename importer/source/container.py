"""The bytes of the table, whatever wraps them: a plain file, gzip, a zip of one file, standard input.

`Bytes.open()` can be called again and again: the file is read once for the check and once for sending.
"""

import contextlib
import difflib
import gzip
import os
import shutil
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from importer.errors import EmptySourceError, SourceError

_COPY_BYTES = 1 << 20
_GZIP, _ZIP, _EMPTY_ZIP = b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06"
_OFFICE_PARTS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
_FOREIGN = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"PAR1", "a Parquet file"),
    (b"{\\rtf", "an RTF document"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)
_TEXTS = (
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"<table", "a web page"),
    (b"<?xml", "an XML file"),
    (b"mime-version:", "a web page"),
    (b"id;pwxl", "a SYLK file"),
    (b"dn:", "an LDIF file"),
    (b"begin:vcard", "a vCard file"),
    (b"[{", "a JSON file"),
    (b'{"', "a JSON file"),
)
_ADVICE = "export the contacts as CSV or XLSX and give that file"


@dataclass(frozen=True, slots=True)
class Bytes:
    """Where the bytes of the table are.

    Attributes:
        path: the file on disk.
        name: what the person calls it.
        wrapping: "", "gzip" or "zip".
        member: the file inside a zip.
        workbook: True when it is a spreadsheet program's file.
        temporary: True for the copy of standard input, which `close` removes.
    """

    path: Path
    name: str
    wrapping: str = ""
    member: str = ""
    workbook: bool = False
    temporary: bool = False

    @contextlib.contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """The unwrapped bytes from the beginning. Raises SourceError when the archive is damaged."""
        try:
            with contextlib.ExitStack() as stack:
                yield self._opened(stack)
        except (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise SourceError(
                f"{self.name} is damaged: the compressed data ends early or is corrupt."
            ) from error
        except OSError as error:
            raise SourceError(f"{self.name} cannot be read: {error.strerror or error}.") from error
        except RuntimeError as error:  # how zipfile says that it lacks a password or a method
            if self.wrapping != "zip":
                raise
            raise SourceError(f"{self.name} cannot be unpacked here ({error}): unpack it first.") from error

    def fingerprint(self) -> tuple[int, int]:
        """Size and time of the last change in ns. Raises OSError when the file is gone."""
        status = self.path.stat()
        return status.st_size, status.st_mtime_ns

    def text_bytes(self) -> int:
        """About how many bytes of text there are; packed text is usually a sixth. Raises OSError."""
        size = self.path.stat().st_size
        return 6 * size if self.wrapping or self.workbook else size

    def close(self) -> None:
        """Remove the copy of standard input."""
        if self.temporary:
            self.path.unlink(missing_ok=True)

    def _opened(self, stack: contextlib.ExitStack) -> IO[bytes]:
        if self.wrapping == "gzip":
            return cast("IO[bytes]", stack.enter_context(gzip.open(self.path, "rb")))
        if self.wrapping == "zip":
            archive = stack.enter_context(zipfile.ZipFile(self.path))
            return stack.enter_context(archive.open(self.member))
        return stack.enter_context(self.path.open("rb"))


def find_bytes(path: str | Path, stdin: BinaryIO | None = None) -> Bytes:
    """Find what the person named; "-" is standard input. Raises SourceError saying what it is instead."""
    if str(path) == "-":
        return _copied(stdin or sys.stdin.buffer, "standard input")
    path = Path(path)
    try:
        if path.is_dir():
            raise SourceError(f"{path} is a folder: give the file in it that holds the contacts.")
        with path.open("rb") as file:
            if not path.is_file():  # a pipe, as in `run <(unpack contacts)`
                return _copied(file, str(path))
    except FileNotFoundError:
        raise SourceError(f"There is no file {path}.{_nearest(path)}") from None
    except PermissionError:
        raise SourceError(
            f"{path} may not be read by this user: close it in other programs, or change its permissions."
        ) from None
    except (OSError, ValueError) as error:
        raise SourceError(f"{path} cannot be opened: {getattr(error, 'strerror', error)}.") from None
    return _recognised(path, path.name, temporary=False)


def _recognised(path: Path, name: str, *, temporary: bool) -> Bytes:
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise EmptySourceError(f"{name} is empty.")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    solid = b"".join(text[:64].split())
    for magic, what in (*_FOREIGN, *_TEXTS):
        if head.startswith(magic) or solid.startswith(b"".join(magic.split())):
            raise SourceError(f"{name} is {what}, not a table: {_ADVICE}.")
    if head.startswith(_GZIP):
        return _within_gzip(Bytes(path, name, wrapping="gzip", temporary=temporary))
    if head.startswith((_ZIP, _EMPTY_ZIP)):
        return _within_zip(path, name, temporary=temporary)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t" in _latin(path, 1 << 20):
            raise SourceError(f"{name} is a Word document, not a table: {_ADVICE}.")
        return Bytes(path, name, workbook=True, temporary=temporary)
    return Bytes(path, name, temporary=temporary)


def _latin(path: Path, size: int) -> str:
    with path.open("rb") as file:
        return file.read(size).decode("latin-1")


def _within_gzip(packed: Bytes) -> Bytes:
    with packed.open() as file:
        head = file.read(8)
    if not head:
        raise EmptySourceError(f"{packed.name} is empty.")
    if head.startswith((_ZIP, _GZIP)) or any(head.startswith(magic) for magic, _ in _FOREIGN):
        raise SourceError(
            f"{packed.name} holds another archive or no text: unpack it and give the table inside."
        )
    return packed


def _within_zip(path: Path, name: str, *, temporary: bool) -> Bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
    except zipfile.BadZipFile:
        raise SourceError(f"{name} is a damaged zip file: copy or download it again.") from None
    if any(part in members for part in _OFFICE_PARTS):
        return Bytes(path, name, workbook=True, temporary=temporary)
    if "word/document.xml" in members:
        raise SourceError(f"{name} is a Word document, not a table: {_ADVICE}.")
    if "ppt/presentation.xml" in members:
        raise SourceError(f"{name} is a PowerPoint file, not a table: {_ADVICE}.")
    if any(member.startswith("Index/") and member.endswith(".iwa") for member in members):
        raise SourceError(
            f"{name} is a Numbers file: in Numbers choose File > Export To > CSV and give that file."
        )
    tables = [member for member in members if not _is_clutter(member)]
    if not tables:
        raise SourceError(f"{name} is a zip without any file in it.")
    named = [member for member in tables if member.lower().endswith((".csv", ".tsv"))]
    if len(named) == 1:
        tables = named  # the others are letters to the reader: README.txt, license.pdf
    if len(tables) > 1:
        listed = ", ".join(tables[:5]) + (" ..." if len(tables) > 5 else "")
        raise SourceError(f"{name} holds {len(tables)} files ({listed}): unpack it and give one of them.")
    packed = Bytes(path, name, wrapping="zip", member=tables[0], temporary=temporary)
    with packed.open() as file:
        if file.read(4) in (_ZIP, b"\xd0\xcf\x11\xe0"):
            raise SourceError(f"{name} holds {tables[0]}: unpack it and give that file.")
    return packed


def _is_clutter(member: str) -> bool:
    """What macOS and Windows add to archives by themselves."""
    return member.startswith("__MACOSX/") or Path(member).name in (".DS_Store", "Thumbs.db", "desktop.ini")


def _copied(stream: BinaryIO, name: str) -> Bytes:
    """A stream can be read once only, so a temporary file takes its place; only its owner may read it."""
    handle, place = tempfile.mkstemp(prefix="zoom-import-", suffix=".stdin")
    try:
        with os.fdopen(handle, "wb") as copy:
            shutil.copyfileobj(stream, copy, _COPY_BYTES)
        return _recognised(Path(place), name, temporary=True)
    except BaseException:
        Path(place).unlink(missing_ok=True)
        raise


def _nearest(path: Path) -> str:
    try:
        names = [entry.name for entry in path.parent.iterdir() if entry.is_file()]
    except OSError:
        return f" The folder {path.parent} does not exist either."
    near = difflib.get_close_matches(path.name, names, n=1, cutoff=0.6)
    return f" Did you mean {path.parent / near[0]}?" if near else ""
