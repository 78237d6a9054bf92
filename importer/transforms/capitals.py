"""Capitals of names: "MCDONALD" -> "McDonald", "van der BERG" stays.

Only a text in which every letter is a capital, or none is, is touched: any other spelling is deliberate.
"""

import re
from collections.abc import Iterable
from typing import Final

_ALWAYS_SMALL: Final = frozenset((
    "van", "von", "der", "den", "de", "del", "della", "degli", "dos", "das", "da", "do", "du", "des", "ten",
    "ter", "te", "zu", "zum", "zur", "vom", "af", "av", "bin", "ibn", "bint", "'t", "'s", "op", "het",
))  # fmt: skip
_SMALL_INSIDE: Final = frozenset(
    ("la", "las", "los", "le", "di", "y", "e", "und", "of", "and", "et", "i", "al", "el")
)
_AS_WRITTEN: Final = {
    word.lower(): word
    for word in (
        "II", "III", "IV", "VII", "VIII", "IX", "PhD", "MD", "MBA", "CPA", "DDS", "GmbH", "AG", "KG",
        "OHG", "UG", "mbH", "LLC", "LLP", "PLC", "BV", "NV", "SA", "SAS", "SARL", "SRL", "SpA", "UK",
        "USA", "IT", "HR", "CEO", "CFO", "CTO",
    )
}  # fmt: skip
_ROMAN: Final = frozenset(("ii", "iii", "iv", "vii", "viii", "ix"))
_MAC: Final = frozenset((
    "alister", "arthur", "askill", "aulay", "bean", "beth", "bride", "callum", "carthy", "cormack",
    "diarmid", "donald", "donell", "dougall", "duff", "ewan", "ewen", "fadyen", "farlane", "gillivray",
    "gowan", "gregor", "guire", "innes", "innis", "intyre", "isaac", "iver", "kay", "kenna", "kenzie",
    "kinley", "kinnon", "lachlan", "laren", "lean", "lellan", "lennan", "leod", "mahon", "manus", "master",
    "millan", "nab", "namara", "naughton", "neil", "neill", "nicol", "niven", "pherson", "phail", "phee",
    "quarrie", "queen", "rae", "rory", "sween", "sweeney", "tavish", "taggart", "vicar", "william",
))  # fmt: skip
_APOSTROPHE: Final = re.compile(r"^([^\W\d_]{1,2})(['\u2019\u02bc])([^\W\d_]{2,}.*)$")
_INITIALS: Final = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?\.?")


def title(text: str) -> str:
    """Give a name its capitals, if it is written in one case throughout; keep it otherwise."""
    if not (text.isupper() or text.islower()):
        return text
    words = text.split(" ")
    last = max((index for index, word in enumerate(words) if word), default=0)
    cased = [_word(word, index == 0, index == last) for index, word in enumerate(words)]
    result = " ".join(cased)
    # Rare letters change on the way back (the Turkish dotted I): then the name is better left alone.
    return result if result.casefold() == text.casefold() else text


def one_case(texts: Iterable[str]) -> set[str]:
    """Which of the texts `title` may change."""
    return {text for text in texts if text.isupper() or text.islower()}


def _word(word: str, first: bool, last: bool) -> str:
    small = word.lower()
    if small in _ALWAYS_SMALL and not last:
        return small
    if small in _SMALL_INSIDE and not (first or last):
        return small
    bare = small.strip(".,()")
    alone = first and last and bare not in _ROMAN
    if bare in _AS_WRITTEN and (last or len(bare) > 2) and not alone:
        return small.replace(bare, _AS_WRITTEN[bare])
    if _INITIALS.fullmatch(word):
        return word.upper()
    return "-".join(_part(part) for part in small.split("-"))


def _part(part: str) -> str:
    apostrophe = _APOSTROPHE.match(part)
    if apostrophe:
        before, sign, behind = apostrophe.groups()
        return f"{_capital(before)}{sign}{_part(behind)}"
    for opening in "(\"'":
        if part.startswith(opening):
            return opening + _part(part[1:])
    if part.startswith("mc") and len(part) > 3:
        return f"Mc{_capital(part[2:])}"
    if part.startswith("mac") and part[3:] in _MAC:
        return f"Mac{_capital(part[3:])}"
    if part.startswith("ij") and len(part) > 2:
        return f"IJ{part[2:]}"
    return _capital(part)


def _capital(part: str) -> str:
    return part[:1].title() + part[1:]
