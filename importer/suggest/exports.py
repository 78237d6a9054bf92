"""The exports that are recognised by their headings."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from importer.mapping.headings import folded


@dataclass(frozen=True, slots=True)
class Export:
    """One export of a product.

    Attributes:
        title: what people call it.
        mapping: name of its shipped mapping; "" for those drafted like any other file.
        marks: headings that show it; alternatives of one mark stand in one tuple.
        least: how many marks must be there.
    """

    title: str
    mapping: str
    marks: tuple[tuple[str, ...], ...]
    least: int

    def share(self, headings: frozenset[str]) -> float:
        """Share of the marks among folded headings; 0 when there are too few."""
        found = sum(any(name in headings for name in alternatives) for alternatives in self.marks)
        return found / len(self.marks) if found >= self.least else 0.0

    def shipped_text(self) -> str | None:
        """The text of the shipped mapping."""
        place = files("importer.suggest") / "known" / f"{self.mapping}.yaml"
        return place.read_text(encoding="utf-8") if self.mapping and place.is_file() else None


def _alternatives(mark: str | list[str]) -> tuple[str, ...]:
    return tuple(folded(name) for name in ([mark] if isinstance(mark, str) else mark))


@cache
def known_exports() -> tuple[Export, ...]:
    """Every export of exports.yaml."""
    entries = yaml.safe_load((files("importer.suggest") / "exports.yaml").read_text(encoding="utf-8"))
    return tuple(
        Export(
            entry["title"],
            entry.get("mapping", ""),
            tuple(map(_alternatives, entry["marks"])),
            entry["least"],
        )
        for entry in entries
    )


def recognise_export(headings: Sequence[str]) -> Export | None:
    """The export whose headings these are, None when they are no known one's."""
    have = frozenset(map(folded, headings))
    best = max(known_exports(), key=lambda export: export.share(have))
    return best if best.share(have) else None
