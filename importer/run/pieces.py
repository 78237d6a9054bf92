"""The file a second time, piece by piece: nothing is parsed or mapped but the rows that somebody asks for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from importer.mapping import MappedChunk, Mapper
from importer.run.row_spool import SpooledRows
from importer.source import Block, Chunk, parse_block


@dataclass(frozen=True, slots=True)
class Piece:
    """Consecutive rows of the file.

    Attributes:
        block: the rows, not yet parsed.
        mapper: makes contacts of them.
        surveyed: what the first pass has found of the same rows; None when that is not known.
    """

    block: Block
    mapper: Mapper
    surveyed: SpooledRows | None

    def __len__(self) -> int:
        return len(self.block)

    def rows(self, positions: Sequence[int]) -> tuple[Chunk, MappedChunk]:
        """Parse and map the rows at these positions; a row is mapped alike whatever stands beside it.

        Raises:
            SourceError: the file has changed since it was surveyed.
        """
        chunk = parse_block(self.block.take(positions))
        return chunk, self.mapper.apply(chunk)


def pieces(blocks: Iterable[Block], surveyed: Iterable[SpooledRows], mapper: Mapper) -> Iterator[Piece]:
    """Yield the file's pieces, each with what the first pass has found of it.

    Args:
        blocks: of the file, cut as in the first pass.
        surveyed: in the same order; may be shorter, or have other rows when the file has changed meanwhile.
        mapper: makes contacts.
    """
    known = iter(surveyed)
    for block in blocks:
        rows = next(known, None)
        same = rows is not None and rows.numbers == block.numbers
        yield Piece(block, mapper, rows if same else None)
