"""Full names -> their parts: "Last, First", "First van der Last", titles before and suffixes behind.

Nothing of a name is lost: title, given names, last name and suffix together hold all its words. Which of
several words is the last name is a guess by rule: the last one, with its particles ("van", "de la").
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_TITLES: Final = frozenset((
    "dr", "prof", "professor", "mr", "mrs", "ms", "miss", "mx", "sir", "dame", "lady", "lord", "rev", "fr",
    "hon", "capt", "col", "gen", "lt", "maj", "sgt", "herr", "hr", "frau", "frl", "dipl", "dipl-ing", "ing",
    "mag", "med", "h.c", "phil", "jur", "rer", "nat", "m", "mme", "mlle", "mgr", "sr", "sra", "srta", "don",
    "doña", "dott", "dott.ssa", "sig", "sig.ra", "avv", "dhr", "mevr", "mw", "pan", "pani", "fru", "herrn",
    "monsieur", "madame", "señor", "señora", "dra",
))  # fmt: skip
_NEEDS_DOT: Final = frozenset(
    ("m", "fr", "don", "pan", "nat", "med", "phil", "ing", "mag", "col", "gen", "maj", "sig")
)
_SUFFIXES: Final = frozenset((
    "jr", "sr", "ii", "iii", "iv", "phd", "ph.d", "md", "m.d", "esq", "mba", "cpa", "dds", "dvm", "rn",
    "jd", "llm", "msc", "m.sc", "bsc", "b.sc", "ma", "m.a", "ba", "b.a", "obe", "mbe", "cbe", "kc", "qc",
    "ret", "junior", "senior", "cfa", "pmp",
))  # fmt: skip
_CERTAIN_SUFFIXES: Final = _SUFFIXES - {"ma", "ba", "ret", "senior", "junior", "md", "rn", "kc"}
_PARTICLES: Final = frozenset((
    "van", "von", "der", "den", "de", "del", "della", "degli", "dei", "di", "da", "dos", "das", "do", "du",
    "des", "la", "las", "los", "le", "lo", "ten", "ter", "te", "zu", "zum", "zur", "vom", "af", "av", "bin",
    "ibn", "bint", "al", "el", "ben", "st", "st.", "'t", "op", "het", "mac", "mc", "ap", "san", "santa",
    "abu",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """The parts of a full name; "" for those it does not have."""

    title: str = ""
    first: str = ""
    last: str = ""
    suffix: str = ""


@lru_cache(maxsize=4096)
def split_name(text: str) -> Name:
    """Take a full name apart; never raises. A single word is a first name, behind a title a last name."""
    text = " ".join(text.split()).strip(" ,;")
    before, comma, behind = text.partition(",")
    if comma and not _only_suffixes(behind):
        suffix = ""
        behind, more, tail = behind.partition(",")
        if more and _only_suffixes(tail):
            suffix = tail.strip()
        elif more and _only_suffixes(behind):
            suffix, behind = behind.strip(), tail
        elif more:
            behind = f"{behind},{tail}"
        title, words = _split_title(behind.split())
        own_title, last = _split_title(before.split())
        return Name(_joined(own_title, title), " ".join(words), " ".join(last), suffix)
    title, words = _split_title(before.split())
    words, found = _split_suffix(words)
    last = words if title and len(words) == 1 else _last_words(words)
    first = words[: len(words) - len(last)]
    return Name(_joined(title), " ".join(first), " ".join(last), _joined([*found, *behind.split()]))


def _only_suffixes(text: str) -> bool:
    words = [_bare(word) for word in re.split(r"[\s,]+", text) if word]
    return all(word in _SUFFIXES for word in words)


def _split_title(words: list[str]) -> tuple[list[str], list[str]]:
    count = 0
    while count < len(words) - 1 and _is_title(words[count]):
        count += 1
    return words[:count], words[count:]


def _is_title(word: str) -> bool:
    bare = _bare(word)
    return bare in _TITLES and (word.endswith(".") or bare not in _NEEDS_DOT)


def _split_suffix(words: list[str]) -> tuple[list[str], list[str]]:
    count = len(words)
    while count > 2 and _bare(words[count - 1]) in _CERTAIN_SUFFIXES:
        count -= 1
    return words[:count], words[count:]


def _last_words(words: list[str]) -> list[str]:
    if len(words) < 2:
        return []
    for index in range(1, len(words) - 1):
        if words[index].lower() in _PARTICLES:
            return words[index:]
    return words[-1:]


def _bare(word: str) -> str:
    return word.lower().strip(".,")


def _joined(*lists: list[str]) -> str:
    return " ".join(word for words in lists for word in words)


def first_name(text: str) -> str:
    """The given names, all of them."""
    return split_name(text).first


def last_name(text: str) -> str:
    """The last name with its particles; "" when the name is one word."""
    return split_name(text).last


def name_title(text: str) -> str:
    """ "Dr.", "Mrs", "Herr Prof." in front of the name; "" when there is none."""
    return split_name(text).title


def without_title(text: str) -> str:
    """The name in the order First Last, without title and suffix."""
    name = split_name(text)
    return " ".join(part for part in (name.first, name.last) if part)
