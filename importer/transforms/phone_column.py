"""A whole column of phone numbers at once: what the commonest spellings say, and nothing about the others.

What `importer.transforms.phone` looks up for each number is looked up here once for each way of writing: the
cell with a 0 for every digit, its region, and its first digits together name one pattern. Taking signs away
and putting zeros in is done to all cells by one call.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple, TypeAlias

from importer.transforms.phone import CERTAIN_DIGITS, LONGEST_SIMPLE, SECOND_BEGINNING, SIMPLE, known_region
from importer.transforms.phone_direct import (
    Match,
    at_home,
    begins_with_trunk,
    behind_zeros,
    with_sign,
    with_sign_and_trunk,
)
from importer.transforms.phone_other import LOOKS_DOUBTFUL
from importer.transforms.phone_plan import calling_code, prefixes

_SIGNS: Final = b" ()./-"
_ZEROS: Final = bytes.maketrans(b"0123456789", b"0000000000")
_LOOKED_AT: Final = 5
"""A plus, a country code and the first digit behind, or 00 and what follows: enough to choose the pattern."""
_AFTER_SIGNS: Final = ((b" 0", b" o"), (b"-0", b"-o"), (b"(0", b"(o"))
"""A 0 at the beginning of a group of digits stays visible: a second number may begin there.

A text with a letter o of its own finds a plan, but no pattern takes its letters for digits.
"""
_DOUBTFUL: Final = re.compile(LOOKS_DOUBTFUL)
_MOST_PLANS: Final = 50_000

_Way: TypeAlias = tuple[str, str | None, str]
"""The cell with zeros for digits, the region, and how its digits (and plus) begin."""


class _Plan(NamedTuple):
    """What to do with the digits: where `match` takes them, `lead` replaces the first `cut` of them."""

    match: Match
    cut: int
    lead: str


_UNSURE: Final = _Plan(frozenset[str]().__contains__, 0, "")
"""Takes no digits at all."""


def common_phones(cells: Sequence[str], regions: Sequence[str | None]) -> list[str]:
    """Give each cell's number in E.164 where `phone` gives one without a word, "" for the others.

    Args:
        cells: texts of any kind, "" too.
        regions: the country of each, as `phone` takes it.
    """
    if not cells:
        return []
    joined = "\n".join(cells)
    if joined.count("\n") >= len(cells):
        joined = "\n".join(cell.replace("\n", "?") for cell in cells)
    raw = joined.encode("ascii", "replace")
    shown = raw
    for zero, marked in _AFTER_SIGNS:
        shown = shown.replace(zero, marked)
    ways = shown.translate(_ZEROS).decode("ascii").split("\n")
    digits = raw.translate(None, _SIGNS).decode("ascii", "replace").split("\n")
    begins = [text[:_LOOKED_AT] for text in digits]
    if len(_PLANS) > _MOST_PLANS:
        _PLANS.clear()
    plans = map(_PLANS.__getitem__, zip(ways, regions, begins, strict=True))
    return [
        lead + text[cut:] if match(text) else ""
        for (match, cut, lead), text in zip(plans, digits, strict=True)
    ]


class _Plans(dict[_Way, _Plan]):
    def __missing__(self, way: _Way) -> _Plan:
        plan = self[way] = _plan(*way)
        return plan


_PLANS: Final = _Plans()


def _plan(zeros: str, region: str | None, begin: str) -> _Plan:
    """What `phone_reader` does with texts that are written in one way."""
    second = SECOND_BEGINNING.search(zeros.replace("0", "1").replace("o", "0"))
    zeros = zeros.replace("o", "0")
    count = zeros.count("0")
    if SIMPLE.fullmatch(zeros) is None or _DOUBTFUL.fullmatch(zeros):
        return _UNSURE
    if count > CERTAIN_DIGITS and (count > LONGEST_SIMPLE or second):
        return _UNSURE
    if begin[0] == "+":
        behind = begin[1:]
        code = calling_code(behind)
        if code and begins_with_trunk(code, behind[len(code) :]):
            trunk = with_sign_and_trunk(code, count)
            return _UNSURE if trunk is None else _Plan(trunk[0], trunk[1], f"+{code}")
        match = with_sign(behind, count)
        return _UNSURE if match is None else _Plan(match, 0, "")
    home = known_region(region)
    return _UNSURE if home is None else _without_plus(home, count, begin)


def _without_plus(region: str, count: int, begin: str) -> _Plan:
    home = prefixes(region)
    if home.international.pattern == "00" and begin.startswith("00"):
        match = behind_zeros(begin[2:], count - 2)
        return _UNSURE if match is None else _Plan(match, 2, "+")
    if begin.startswith("00"):
        return _UNSURE  # 00 before the number of a carrier, or as people from elsewhere write it
    code, trunk = home.calling_code, home.trunk
    form = "code" if begin.startswith(code) else "trunk" if trunk and begin.startswith(trunk) else ""
    direct = at_home(region, count, form)
    return _UNSURE if direct is None else _Plan(direct[0], direct[1], f"+{code}")
