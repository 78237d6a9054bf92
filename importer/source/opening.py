"""Opening whatever the person has given: the one door to this package."""

from collections.abc import Collection, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Literal

from importer.source.chunk import Block, Chunk
from importer.source.container import find_bytes
from importer.source.options import SourceOptions
from importer.source.text_source import TextSource
from importer.source.workbook import WorkbookSource


class Source:
    """An opened file of rows, to be used in a `with` statement or closed.

    Attributes:
        headings: the names of the columns, each once ("Phone", "Phone (2)", "Column 7").
        description: the one line that tells the person what was recognised.
        kind: "text" or "workbook".
        text_bytes: about how many bytes of text there are; a guess where the file is packed.
    """

    headings: tuple[str, ...]
    description: str
    kind: Literal["text", "workbook"]
    text_bytes: int

    def __init__(self, reader: TextSource | WorkbookSource) -> None:
        self._reader = reader
        self.text_bytes = reader.text_bytes
        self.headings, self.description, self.kind = reader.headings, reader.description, reader.kind

    def chunks(self, limit: int | None = None) -> Iterator[Chunk]:
        """The rows, at most `limit` of them, from the beginning each time it is called.

        Raises SourceError when the file turns out to be broken further on.
        """
        return map(parse_block, self.blocks(limit))

    def blocks(self, limit: int | None = None) -> Iterator[Block]:
        """The same rows before the work of parsing: picklable, so that other processes can do that work."""
        return self._reader.blocks(limit)

    def parse(self, block: Block) -> Chunk:
        """The rows of one block; `parse_block` is the same without this object, for other processes."""
        return parse_block(block)

    def changed(self) -> bool:
        """True when the file on disk is no longer the one that was opened."""
        return self._reader.changed()

    def close(self) -> None:
        """Release what is held: the copy of standard input, the workbook."""
        self._reader.close()

    def __enter__(self) -> "Source":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def parse_block(block: Block, columns: Collection[str] | None = None) -> Chunk:
    """The rows of one block, in any process. Raises SourceError when the bytes are not what they were.

    Columns that are not among the given headings may be left out.
    """
    return block.parse(columns)


def open_source(
    path: str | Path, options: SourceOptions, *, chunk_rows: int = 10_000, stdin: BinaryIO | None = None
) -> Source:
    """Recognise a file and get ready to read its rows.

    Args:
        path: the file; "-" is standard input, copied to a temporary file so that it can be read twice.
        options: what the person says about it; everything else is recognised.
        chunk_rows: most rows of one chunk.
        stdin: read instead of the process's standard input when `path` is "-".

    Raises:
        SourceError: no such file, no table in it, or not readable as the options say.
    """
    found = find_bytes(path, stdin)
    try:
        reader = WorkbookSource if found.workbook else TextSource
        return Source(reader(found, options, chunk_rows))
    except BaseException:
        found.close()
        raise
