"""The commonest spellings of phone numbers as one pattern each: digits in, E.164 out.

`importer.transforms.phone_plan.resolve` follows the library step by step. Most numbers of a file need few of
these steps: what the country and the number of digits decide alone is decided here once, and the rest becomes
a single pattern. A pattern that matches says what `resolve` would say; one that does not match says nothing,
and `resolve` has to be asked.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import TypeAlias

from importer.transforms.phone_plan import (
    E164_MAX_DIGITS,
    Prefixes,
    calling_code,
    codes_like,
    main_prefixes,
    prefixes,
    valid_pattern,
)

Match: TypeAlias = Callable[[str], object]
"""Digits -> something true where they are a number."""


@cache
def with_plus(beginning: str, count: int) -> Match | None:
    """What matches only the valid international numbers that have no national prefix in them.

    Args:
        beginning: the first three digits behind the plus.
        count: how many digits there are.

    Returns:
        A match function for all the digits; None where no number can be told.
    """
    code = calling_code(beginning)
    return None if not code or count <= 2 else re.compile(_international(code, count)).fullmatch


@cache
def with_sign(beginning: str, count: int) -> Match | None:
    """`with_plus` for digits that still have the plus in front."""
    code = calling_code(beginning)
    return None if not code or count <= 2 else re.compile(rf"\+(?:{_international(code, count)})").fullmatch


def begins_with_trunk(code: str, behind: str) -> bool:
    """Whether the digits behind a country code begin with the national prefix, as in +49 (0)30."""
    trunk = main_prefixes(code).trunk
    return bool(trunk) and behind.startswith(trunk)


@cache
def with_sign_and_trunk(code: str, count: int) -> tuple[Match, int] | None:
    """What matches only valid international numbers with their national prefix behind the country code.

    Args:
        code: the country code.
        count: how many digits there are, those of the code included.

    Returns:
        A match function for the plus and all the digits, and how many signs stand before the national number;
        None where no number can be told.
    """
    made = _behind_trunk(main_prefixes(code), count - len(code))
    if made is None:
        return None
    pattern, before = made
    return re.compile(rf"\+{code}{pattern}").fullmatch, 1 + len(code) + before


@cache
def behind_zeros(beginning: str, count: int) -> Match | None:
    """`with_plus` for digits that have 00 in front.

    Args:
        beginning: the first digits behind 00, perhaps too few for a whole country code.
        count: how many digits there are behind 00.

    Returns:
        A match function for all the digits; None where no number can be told.
    """
    codes = codes_like(beginning)
    if not codes or count <= 2:
        return None
    return re.compile(f"00(?:{'|'.join(_international(code, count) for code in codes)})").fullmatch


@cache
def at_home(region: str, count: int, form: str) -> tuple[Match, int] | None:
    """What matches only valid numbers as they are written in one region, and how many digits stand before.

    Args:
        region: upper case, known to `phonenumbers`.
        count: how many digits there are.
        form: how they begin: "code" (the region's own country code), "trunk" (its national prefix, but not
            its code) or "" (neither).

    Returns:
        A match function for all the digits and the length of what is not part of the national number; None
        where no number can be told.
    """
    home = prefixes(region)
    make = {"code": _with_bare_code, "trunk": _with_trunk, "": _bare}[form]
    made = make(home, count)
    if made is None:
        return None
    pattern, before = made
    return re.compile(f"(?!{home.international.pattern}){pattern}").fullmatch, before


def _international(code: str, count: int) -> str:
    return f"{code}{_not_prefixed(main_prefixes(code))}{_valid(code, count - len(code))}"


def _bare(home: Prefixes, count: int) -> tuple[str, int] | None:
    """Nothing in front: `strip` leaves the digits as they are."""
    # Where numbers are written with a 0, one without it may have been damaged.
    begins = "(?=0)" if home.writes_zero else ""
    return f"{begins}{_not_prefixed(home)}{_valid(home.calling_code, count)}", 0


def _with_trunk(home: Prefixes, count: int) -> tuple[str, int] | None:
    """The national prefix in front, as people write it at home."""
    return None if home.writes_zero and home.trunk[0] != "0" else _behind_trunk(home, count)


def _behind_trunk(home: Prefixes, count: int) -> tuple[str, int] | None:
    """The national prefix in front: `strip` takes exactly it away, and enough digits remain."""
    before = len(home.trunk)
    rest = count - before
    kept = rest in home.local_lengths or (rest not in home.lengths and rest <= home.longest)
    if home.national is None or home.transform or kept:
        return None
    exactly = rf"(?=(?>{home.national.pattern})\d{{{rest}}}$)"
    general = f"(?=(?:{home.general.pattern})$)"
    return f"{exactly}{home.trunk}{general}{_valid(home.calling_code, rest)}", before


def _with_bare_code(home: Prefixes, count: int) -> tuple[str, int] | None:
    """The region's own country code in front, where it is the national prefix too (North America)."""
    if home.trunk != home.calling_code:
        return None
    code = home.calling_code
    rest = f"{_not_prefixed(home)}{_not_prefixed(main_prefixes(code))}{_valid(code, count - len(code))}"
    if count > home.longest and count not in home.local_lengths:
        return f"{code}{rest}", len(code)
    general = home.general.pattern
    return f"(?!(?:{general})$){code}(?=(?:{general})$){rest}", len(code)


def _not_prefixed(home: Prefixes) -> str:
    return f"(?!{home.national.pattern})" if home.national is not None else ""


def _valid(code: str, count: int) -> str:
    if count < 1 or len(code) + count > E164_MAX_DIGITS:
        return "(?!)"
    return f"(?:{valid_pattern(code, count).pattern})"
