"""A whole column of phone numbers at once: what the commonest spellings say, and nothing about the others.

What `importer.transforms.phone` looks up for each number is looked up here once for each way of writing: the
cell with a 0 for every digit, its region, and its first digits together name one pattern. Taking signs away
and putting zeros in is done to all cells by one call.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from importer.transforms.phone import CERTAIN_DIGITS, LONGEST_SIMPLE, SECOND_BEGINNING, SIMPLE, known_region
from importer.transforms.phone_direct import Spelling, at_home, behind_zeros, with_sign, with_sign_and_trunk
from importer.transforms.phone_other import LOOKS_DOUBTFUL
from importer.transforms.phone_plan import calling_code, main_prefixes, prefixes

_SIGNS: Final = b" ()./-"
_ZEROS: Final = bytes.maketrans(b"0123456789", b"0000000000")
_LOOKED_AT: Final = 4
"""A plus and a country code, or 00 and its first digits: enough to choose the pattern."""
_MARK: Final = "\x01"
"""Stands for a 0 at the beginning of a group of digits: a second number may begin there."""
_AFTER_SIGNS: Final = ((b" 0", b" \x01"), (b"-0", b"-\x01"), (b"(0", b"(\x01"))
_TRUNK_BEHIND_CODE: Final = re.compile(r"\+(0+) ?\(\x01")
_DOUBTFUL: Final = re.compile(LOOKS_DOUBTFUL)
_MOST_PLANS: Final = 50_000

_Way: TypeAlias = tuple[str, str | None, str]
"""The cell with zeros for digits, the region, and how its digits (and plus) begin."""


class _Plan(NamedTuple):
    """Whether digits are a number, by the first `depth` of them; `lead` then replaces the first `cut`."""

    verdicts: Mapping[str, bool]
    depth: int
    cut: int
    lead: str


_UNSURE: Final = _Plan({"": False}, 0, 0, "")


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
    raw = joined.encode("ascii", "replace").replace(_MARK.encode(), b"?")
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
        lead + text[cut:] if verdicts[text[:depth]] else ""
        for (verdicts, depth, cut, lead), text in zip(plans, digits, strict=True)
    ]


class _Plans(dict[_Way, _Plan]):
    def __missing__(self, way: _Way) -> _Plan:
        plan = self[way] = _plan(*way)
        return plan


_PLANS: Final = _Plans()


def _plan(zeros: str, region: str | None, begin: str) -> _Plan:
    """What `phone_reader` does with texts that are written in one way."""
    second = SECOND_BEGINNING.search(zeros.replace("0", "1").replace(_MARK, "0"))
    trunk = _TRUNK_BEHIND_CODE.match(zeros)
    zeros = zeros.replace(_MARK, "0")
    count = zeros.count("0")
    if SIMPLE.fullmatch(zeros) is None or _DOUBTFUL.fullmatch(zeros):
        return _UNSURE
    if count > CERTAIN_DIGITS and (count > LONGEST_SIMPLE or second):
        return _UNSURE
    if begin[0] == "+":
        return _with_plus(count, begin, len(trunk[1]) if trunk else 0)
    home = known_region(region)
    return _UNSURE if home is None else _without_plus(home, count, begin)


def _with_plus(count: int, begin: str, before_zero: int) -> _Plan:
    """What to do behind a plus; `before_zero` digits stand before a 0 in brackets, 0 when there is none."""
    code = calling_code(begin[1:])
    trunk = main_prefixes(code).trunk if code else ""
    if trunk and (begin[1 + len(code) :].startswith(trunk) or (trunk == "0" and before_zero == len(code))):
        return _planned(with_sign_and_trunk(code, count), begin, 1 + len(code) + len(trunk), f"+{code}")
    return _planned(with_sign(begin[1:], count), begin, 0, "")


def _without_plus(region: str, count: int, begin: str) -> _Plan:
    home = prefixes(region)
    if home.international.pattern == "00" and begin.startswith("00"):
        return _planned(behind_zeros(begin[2:], count - 2), begin, 2, "+")
    if begin.startswith("00"):
        return _UNSURE  # 00 before the number of a carrier, or as people from elsewhere write it
    code, trunk = home.calling_code, home.trunk
    form = "code" if begin.startswith(code) else "trunk" if trunk and begin.startswith(trunk) else ""
    spelling = at_home(region, count, form)
    return _UNSURE if spelling is None else _planned(spelling, begin, spelling.before, f"+{code}")


def _planned(spelling: Spelling | None, begin: str, cut: int, lead: str) -> _Plan:
    """The plan for a spelling: `lead` stands for the first `cut` signs."""
    return _UNSURE if spelling is None else _Plan(spelling.verdicts, spelling.depth(begin), cut, lead)
