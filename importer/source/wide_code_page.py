"""Whether a text that is no UTF-8 is Chinese, Japanese or Korean, told by its commonest characters.

The older encodings of East Asia order their characters by use: nearly every character of a name is in the
first part of its own table, while text of another encoding, read by that table, is scattered over all of it.
Words that mix such characters with ASCII letters are European ones.
"""

import re
from collections.abc import Callable
from typing import Final

_RUN: Final = re.compile(r"([A-Za-z]?)([^\x00-\x7f]+)([A-Za-z]?)")
_LEAST_SHARE: Final = 0.9
_LEAST_CHARACTERS: Final = 3
# ruff: noqa: RUF001 - look-alikes of ASCII signs are meant
_SIGNS: Final = frozenset("\u3000・、。「」（）－‐—〒々〆ー！？：；，．")


def _korean(pair: bytes) -> bool:
    return 0xB0 <= pair[0] <= 0xC8 and pair[1] >= 0xA1


def _japanese(pair: bytes) -> bool:
    kana = b"\x82\x9f" <= pair <= b"\x82\xf1" or b"\x83\x40" <= pair <= b"\x83\x96"
    return kana or b"\x88\x9f" <= pair <= b"\x98\x72"


def _traditional(pair: bytes) -> bool:
    return 0xA4 <= pair[0] <= 0xC6


def _simplified(pair: bytes) -> bool:
    return 0xB0 <= pair[0] <= 0xD7 and pair[1] >= 0xA1


_TABLES: Final[tuple[tuple[str, Callable[[bytes], bool]], ...]] = (
    ("cp949", _korean),
    ("cp932", _japanese),
    ("big5", _traditional),
    ("gb18030", _simplified),
)


def wide_code_page(sample: bytes) -> str:
    """Python's name of the East Asian encoding of `sample`, "" when it is in none of them."""
    shares = {name: _share_of_common(sample, name, common) for name, common in _TABLES}
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] >= _LEAST_SHARE else ""


def _share_of_common(sample: bytes, name: str, common: Callable[[bytes], bool]) -> float:
    try:
        text = sample.decode(name)
    except UnicodeDecodeError:
        return 0.0
    count = found = 0
    for before, run, after in _RUN.findall(text):
        count += len(run)
        if not before and not after:
            found += sum(_is_common(character, name, common) for character in run)
    return found / count if count >= _LEAST_CHARACTERS else 0.0


def _is_common(character: str, name: str, common: Callable[[bytes], bool]) -> bool:
    pair = character.encode(name)
    return character in _SIGNS or (len(pair) == 2 and common(pair))
