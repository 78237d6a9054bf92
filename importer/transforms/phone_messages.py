"""Sentences about phone numbers for people who never heard of E.164; figures from the library's metadata."""

import re
from dataclasses import dataclass
from typing import Any, Final

import phonenumbers

from importer.transforms.phone_plan import calling_code, main_metadata, prefixes
from importer.transforms.problem import Problem, shown, warning
from importer.transforms.regions import number_of, region_name

_KINDS: Final = (("mobile", "mobile "), ("fixed_line", "landline "), ("toll_free", "toll-free "))
_FILLERS: Final = ("0" * 17, "1" * 17, "2" * 17, "5" * 17, "23456789012345678", "55501234567890123", "9" * 17)
_NOT_DIGITS: Final = str.maketrans("", "", "+ ()./-")


def extension_dropped(text: str, e164: str, extension: str, notes: list[str]) -> Problem:
    """The warning that the extension does not travel along."""
    also = f" ({'; '.join(notes)})" if notes else ""
    what = f"{shown(text)} has the extension {extension}, which an address book cannot keep"
    message = f"{what}; sent as {e164}{also}"
    return warning("phone_extension_dropped", message, e164)


def mended(text: str, e164: str, notes: list[str]) -> str:
    """The sentence about a number that could be mended."""
    return f"{shown(text)} was read as {e164}: {'; '.join(notes)}"


def undecided(text: str, national: str, international: str) -> Problem:
    """The problem of a number that can be read in two ways, and nobody can tell which is meant.

    It has lost its 0 or its +, or it begins with a 00 that is also the beginning of a longer exit code.
    """
    abroad = text.lstrip("( ").startswith("0")
    why = "begins with digits that dial abroad in two ways" if abroad else "has neither 0 nor + in front"
    return Problem(
        "phone_invalid",
        f"{shown(text)} {why}, so it may be {national} or {international}; write the + in front",
    )


def failure(text: str, core: str, region: str | None, behind_outside_line: str = "") -> Problem:
    """Say as exactly as can be known why the number is no valid one, and what would be.

    `behind_outside_line` is the valid number that remains without the first digit, "" when there is none.
    """
    digits = core.translate(_NOT_DIGITS)
    if any(sign.isalpha() for sign in core):
        return Problem("phone_invalid", f"{shown(text)} is no phone number, even with its letters as digits")
    if core.lstrip("( ").startswith("+"):
        return _international(text, digits)
    if region is None:
        return _no_region(text, digits)
    if behind_outside_line:
        return Problem(
            "phone_invalid",
            f"{shown(text)} is no number in {region_name(region)}; if the 9 in front is for an outside line, "
            f"write {behind_outside_line}",
        )
    if 0 < len(digits) <= 4 and digits[0] != "0":
        return Problem(
            "phone_too_short",
            f"{shown(text)} has {_digits(len(digits))}: such a short number works only inside one network or "
            "country; write the whole number",
        )
    abroad = prefixes(region).behind_international(digits)
    if abroad and calling_code(abroad):
        return _international(text, abroad, digits[: -len(abroad)])
    return _compare(text, digits, _national_part(digits, region), region)


def _international(text: str, digits: str, sign: str = "+") -> Problem:
    """Compare with the plan of the country that the digits name; `sign` stands before its code: + or 00."""
    code = calling_code(digits)
    if not code:
        return Problem(
            "phone_invalid",
            f"{shown(text)} begins with + and then no country's code; after + comes 49 for Germany, "
            "44 for Britain, 1 for the United States",
        )
    region = phonenumbers.region_code_for_country_code(int(code))
    national = digits[len(code) :]
    if region == "001":
        return Problem("phone_invalid", f"{shown(text)} is no number that exists behind {sign}{code}")
    return _compare(text, digits, national, region, code, sign)


def _no_region(text: str, digits: str) -> Problem:
    if len(digits) < 5:
        return Problem("phone_too_short", f"{shown(text)} has only {_digits(len(digits))}")
    return Problem(
        "phone_no_region",
        f"{shown(text)} has no country code, and the row has no country; write it with + and the country "
        'code, for example "+44 20 7946 0958"',
    )


def _national_part(digits: str, region: str) -> str:
    home = prefixes(region)
    return home.strip(digits) or digits


@dataclass(frozen=True, slots=True)
class _Shape:
    kind: str
    lengths: frozenset[int]


def _compare(text: str, digits: str, national: str, region: str, code: str = "", sign: str = "+") -> Problem:
    """Compare the number of digits with what the region's plan allows for numbers that begin like this."""
    metadata: Any = main_metadata(code) if code else main_metadata(str(prefixes(region).calling_code))
    trunk = "" if code else _trunk(digits, national)
    shape = _shape(national, metadata)
    if shape is None:
        shape = _any_shape(metadata)
        if min(shape.lengths) <= len(national) <= max(shape.lengths):
            message = f"{shown(text)} is no number in {region_name(region)}: none begins like this"
            return Problem("phone_invalid", message)
        trunk = "" if trunk == digits else trunk
    right = f"{number_of(region, shape.kind)} has {_choice(shape.lengths)}{_after(trunk, code)}"
    count = f"{shown(text)} has {_digits(len(national) if code else len(digits))}"
    if code:
        count = f"{shown(text)} has {_digits(len(national))} after {sign}{code}"
        right = f"{number_of(region, shape.kind)} has {_choice(shape.lengths)} there"
    if len(national) < min(shape.lengths):
        return Problem("phone_too_short", f"{count}; {right}")
    if len(national) > max(shape.lengths):
        return Problem("phone_too_long", f"{count}; {right}")
    if len(national) not in shape.lengths:
        return Problem("phone_invalid", f"{count}; {right}")
    return Problem(
        "phone_invalid",
        f"{shown(text)} is no number that exists in {region_name(region)}, though it has the right number of "
        "digits; compare its first digits with the source",
    )


def _shape(national: str, metadata: Any) -> _Shape | None:
    """The kinds of number that begin like `national` and how long those are; None when nothing begins so."""
    kinds: list[str] = []
    lengths: set[int] = set()
    for name, word in _KINDS:
        description = getattr(metadata, name)
        fitting = _fitting_lengths(national, description)
        if fitting:
            kinds.append(word)
            lengths |= fitting
    if not kinds:
        return None
    return _Shape(kinds[0] if len(kinds) == 1 else "", frozenset(lengths))


def _any_shape(metadata: Any) -> _Shape:
    """How long ordinary numbers of the plan are, whatever they begin with."""
    described = [getattr(metadata, name) for name, _ in _KINDS]
    lengths = {length for one in described if one is not None for length in one.possible_length if length > 0}
    return _Shape("", frozenset(lengths or metadata.general_desc.possible_length))


def _fitting_lengths(national: str, description: Any) -> set[int]:
    """The possible lengths in which the beginning of `national` can be completed to a number of this kind."""
    if description is None or description.national_number_pattern is None:
        return set()
    beginning = national[:6]
    pattern = re.compile(description.national_number_pattern)
    return {
        length
        for length in description.possible_length
        if length > 0 and any(pattern.fullmatch((beginning + filler)[:length]) for filler in _FILLERS)
    }


def _trunk(digits: str, national: str) -> str:
    return digits[: len(digits) - len(national)] if digits.endswith(national) else ""


def _after(trunk: str, code: str) -> str:
    return f" after the {trunk}" if trunk and not code else ""


def _choice(lengths: frozenset[int]) -> str:
    ordered = sorted(lengths)
    if len(ordered) == 1:
        return _digits(ordered[0])
    if len(ordered) > 2 and ordered == list(range(ordered[0], ordered[-1] + 1)):
        return f"{ordered[0]} to {ordered[-1]} digits"
    return f"{', '.join(map(str, ordered[:-1]))} or {ordered[-1]} digits"


def _digits(count: int) -> str:
    return "1 digit" if count == 1 else f"{count} digits"
