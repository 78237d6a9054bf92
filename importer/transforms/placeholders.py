"""What people write into a cell that they want to leave empty."""

from collections.abc import Iterable
from typing import Final

DEFAULT_PLACEHOLDERS: Final = (
    "N/A", "n.a.", "n/v", "k.A.", "#N/A", "#N/V", "#NV", "#REF!", "#VALUE!", "-", "--", "---", "\u2013",
    "\u2014", ".", "?", "/", "none", "null", "nil", "(blank)", "(none)", "empty", "leer", "unknown",
    "unbekannt", "inconnu", "desconocido", "sconosciuto", "not available", "not provided", "keine",
    "keine Angabe", "ohne", "TBD", "xxx", "0/0/00",
)  # fmt: skip
"""The usual ones, in any case. A bare 0 is not among them: for some columns it is a value."""


def folded(words: Iterable[str]) -> frozenset[str]:
    """Placeholders made ready for `is_placeholder`."""
    return frozenset(_fold(word) for word in words)


def is_placeholder(text: str, words: frozenset[str]) -> bool:
    """Whether the whole text is one of the words, whatever its case and the blanks around it."""
    return _fold(text) in words


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()
