"""What all parts of a text file share."""

from dataclasses import dataclass

from importer.source.dialect import Dialect


@dataclass(frozen=True, slots=True)
class Layout:
    """What all blocks of a text file share."""

    name: str
    headings: tuple[str, ...]
    dialect: Dialect
