"""Reading the file: bytes become chunks of rows, every cell a text exactly as it stands there."""

from importer.source.chunk import Block, Chunk
from importer.source.opening import Source, open_source, parse_block
from importer.source.options import SourceOptions

__all__ = ["Block", "Chunk", "Source", "SourceOptions", "open_source", "parse_block"]
