"""The commonest spellings of phone numbers as one pattern each: digits in, E.164 out.

`importer.transforms.phone_plan.resolve` follows the library step by step. Most numbers of a file need few of
these steps: what the country and the number of digits decide alone is decided here once, and the rest becomes
a single pattern. A pattern that matches says what `resolve` would say; one that does not match says nothing,
and `resolve` has to be asked.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple, TypeAlias

from importer.transforms.pattern_depth import UnknownPatternError, pattern_depth
from importer.transforms.phone_plan import (
    E164_MAX_DIGITS,
    Prefixes,
    calling_code,
    codes_like,
    main_prefixes,
    prefixes,
    valid_pattern,
)

_MOST_VERDICTS: Final = 20_000


class _Verdicts(dict[str, bool]):
    """First digits -> whether numbers that begin so are valid."""

    __slots__ = ("_accepts", "_length")

    def __init__(self, accepts: Callable[[str], bool], length: int) -> None:
        super().__init__()
        self._accepts, self._length = accepts, length

    def __missing__(self, beginning: str) -> bool:
        if len(self) >= _MOST_VERDICTS:
            self.clear()
        verdict = self[beginning] = self._accepts(beginning + "0" * (self._length - len(beginning)))
        return verdict


class _Part(NamedTuple):
    """What stands in front, `before` characters of it, and the valid national numbers behind."""

    front: re.Pattern[str]
    before: int
    national: re.Pattern[str]


class Spelling:
    """One way to write the numbers of a plan: all have the same length, and the same in front.

    Attributes:
        before: how many characters stand before the national number (of the first part).
        verdicts: the first digits of a text, as many as `depth` says -> whether it is a valid number.
    """

    def __init__(self, length: int, parts: Sequence[tuple[str, int, re.Pattern[str]]]) -> None:
        self._parts = [_Part(re.compile(front), before, national) for front, before, national in parts]
        self._length = length
        self.before = self._parts[0].before
        self.verdicts: Mapping[str, bool] = _Verdicts(self.accepts, length)

    def accepts(self, text: str) -> bool:
        """Whether the text, digits of the right length and perhaps a plus, is a valid number."""
        return any(
            part.front.match(text) is not None and part.national.fullmatch(text, part.before) is not None
            for part in self._parts
        )

    def depth(self, beginning: str) -> int:
        """How many of the first characters decide about texts with such a beginning."""
        try:
            return max(
                max(
                    pattern_depth(part.front.pattern, beginning),
                    part.before + pattern_depth(part.national.pattern, beginning[part.before :]),
                )
                for part in self._parts
            )
        except UnknownPatternError:  # of a plan that is newer than this: all of them, which is never wrong
            return self._length


@cache
def with_plus(beginning: str, count: int) -> Spelling | None:
    """Valid international numbers that have no national prefix in them, without their plus.

    Args:
        beginning: the first three digits behind the plus.
        count: how many digits there are.

    Returns:
        None where no number can be told.
    """
    return _abroad("", (calling_code(beginning),), count)


@cache
def with_sign(beginning: str, count: int) -> Spelling | None:
    """`with_plus` for digits that still have the plus in front."""
    return _abroad(r"\+", (calling_code(beginning),), count)


@cache
def behind_zeros(beginning: str, count: int) -> Spelling | None:
    """`with_plus` for digits that have 00 in front.

    Args:
        beginning: the first digits behind 00, perhaps too few for a whole country code.
        count: how many digits there are behind 00.

    Returns:
        None where no number can be told.
    """
    return _abroad("00", codes_like(beginning), count)


@cache
def with_sign_and_trunk(code: str, count: int) -> Spelling | None:
    """Valid international numbers with the national prefix behind the country code, as in +49 (0)30.

    Args:
        code: the country code.
        count: how many digits there are, those of the code included.

    Returns:
        None where no number can be told.
    """
    made = _behind_trunk(main_prefixes(code), count - len(code))
    if made is None:
        return None
    front, before, national = made
    return Spelling(1 + count, [(rf"\+{code}{front}", 1 + len(code) + before, national)])


@cache
def at_home(region: str, count: int, form: str) -> Spelling | None:
    """Valid numbers as they are written in one region.

    Args:
        region: upper case, known to `phonenumbers`.
        count: how many digits there are.
        form: how they begin: "code" (the region's own country code), "trunk" (its national prefix, but not
            its code) or "" (neither).

    Returns:
        None where no number can be told.
    """
    home = prefixes(region)
    make = {"code": _with_bare_code, "trunk": _with_trunk, "": _bare}[form]
    made = make(home, count)
    if made is None:
        return None
    front, before, national = made
    return Spelling(count, [(f"(?!{home.international.pattern}){front}", before, national)])


_Made: TypeAlias = tuple[str, int, re.Pattern[str]]
"""A pattern for what stands in front, how long that is, and the national numbers behind it."""


def _abroad(sign: str, codes: Sequence[str], count: int) -> Spelling | None:
    signs = len(sign.removeprefix("\\"))
    parts = [
        (f"{sign}{code}{_not_prefixed(main_prefixes(code))}", signs + len(code), national)
        for code in codes
        if code and (national := _valid(code, count - len(code))) is not None
    ]
    return Spelling(signs + count, parts) if parts and count > 2 else None


def _bare(home: Prefixes, count: int) -> _Made | None:
    """Nothing in front: `strip` leaves the digits as they are."""
    national = _valid(home.calling_code, count)
    # Where numbers are written with a 0, one without it may have been damaged.
    begins = "(?=0)" if home.writes_zero else ""
    return None if national is None else (f"{begins}{_not_prefixed(home)}", 0, national)


def _with_trunk(home: Prefixes, count: int) -> _Made | None:
    """The national prefix in front, as people write it at home."""
    return None if home.writes_zero and home.trunk[0] != "0" else _behind_trunk(home, count)


def _behind_trunk(home: Prefixes, count: int) -> _Made | None:
    """The national prefix in front: `strip` takes exactly it away, and enough digits remain."""
    before = len(home.trunk)
    rest = count - before
    national = _valid(home.calling_code, rest)
    kept = rest in home.local_lengths or (rest not in home.lengths and rest <= home.longest)
    if national is None or home.national is None or home.transform or kept:
        return None
    exactly = rf"(?=(?>{home.national.pattern})\d{{{rest}}}$)"
    general = f"(?=(?:{home.general.pattern})$)"
    return f"{exactly}{home.trunk}{general}", before, national


def _with_bare_code(home: Prefixes, count: int) -> _Made | None:
    """The region's own country code in front, where it is the national prefix too (North America)."""
    code = home.calling_code
    national = _valid(code, count - len(code))
    if home.trunk != code or national is None:
        return None
    rest = f"{_not_prefixed(home)}{_not_prefixed(main_prefixes(code))}"
    if count > home.longest and count not in home.local_lengths:
        return f"{code}{rest}", len(code), national
    general = home.general.pattern
    return f"(?!(?:{general})$){code}(?=(?:{general})$){rest}", len(code), national


def _not_prefixed(home: Prefixes) -> str:
    return f"(?!{home.national.pattern})" if home.national is not None else ""


def _valid(code: str, count: int) -> re.Pattern[str] | None:
    return valid_pattern(code, count) if count >= 1 and len(code) + count <= E164_MAX_DIGITS else None
