"""What people do to cells that a mapping has to undo: several values in one, words for nothing."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from importer.suggest.column import Column, like_email, like_phone

_SEPARATORS: Final = (
    ("lines", re.compile(r"\s*[\r\n]+\s*")),
    (" ::: ", re.compile(r" ::: ")),
    (";", re.compile(r"\s*;\s*")),
    ("|", re.compile(r"\s*\|\s*")),
    (" / ", re.compile(r"\s+/\s+")),
    ("/", re.compile(r"(?<! )/(?! )")),
    (",", re.compile(r"\s*,\s*")),
    (" or ", re.compile(r"\s+or\s+", re.IGNORECASE)),
    (" und ", re.compile(r"\s+und\s+", re.IGNORECASE)),
    (" & ", re.compile(r"\s+&\s+")),
)
_LONG_ENOUGH: Final = 7
_WORD: Final = re.compile(r"[^\W\d_][^\d@]{1,30}")
_OFTEN: Final = 3


def separators(column: Column, *, emails: bool) -> list[str]:
    """What separates several values in the cells, as `split` of the mapping names it."""
    like = like_email if emails else _whole_phone
    return [
        name for name, pattern in _SEPARATORS if any(_several(text, pattern, like) for text in column.counts)
    ]


def _whole_phone(text: str) -> bool:
    return like_phone(text) and sum(sign.isdigit() for sign in text) >= _LONG_ENOUGH


def _several(text: str, pattern: re.Pattern[str], like: Callable[[str], bool]) -> bool:
    pieces = [piece for piece in pattern.split(text) if piece.strip()]
    return len(pieces) > 1 and all(_has_several_or_one(piece.strip(), like) for piece in pieces)


def _has_several_or_one(piece: str, like: Callable[[str], bool]) -> bool:
    """A piece may hold several itself, by another separator: one value in front is enough."""
    return like(piece) or any(
        like(part.strip()) for _, pattern in _SEPARATORS for part in pattern.split(piece)[:1] if part != piece
    )


def words_for_nothing(columns: Sequence[Column]) -> list[str]:
    """Words that stand in several cells of phone or email columns: no value can look like that."""
    found: dict[str, None] = {}
    for column in columns:
        for text, count in column.counts.most_common(20):
            zeros = not text.strip("0") or not text.strip("0.-() ")
            if zeros or (count >= _OFTEN and _WORD.fullmatch(text) and len(text.split()) <= 3):
                found[text] = None
    return list(found)
