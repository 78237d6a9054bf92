"""Numbering plans compiled from the metadata of `phonenumbers`, for strings of plain digits.

`resolve` gives for a plus sign and ASCII digits exactly what ``phonenumbers.parse`` followed by
``is_valid_number`` and E.164 formatting gives, some ten times faster: the library compiles nothing ahead,
copies the number through several objects and searches the same patterns again for every question. Every rule
here names the function of the library that it repeats; the tests hold both against each other.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NamedTuple

import phonenumbers
from phonenumbers.phonemetadata import PhoneMetadata, PhoneNumberDesc

E164_MAX_DIGITS: Final = 15
"""ITU-T E.164: country code and national number together."""

_REGIONS: Final[dict[int, tuple[str, ...]]] = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
_CODES: Final = {str(code): code for code in _REGIONS}
_DESCRIPTIONS: Final = (
    "mobile",
    "fixed_line",
    "premium_rate",
    "toll_free",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
)
_NEVER: Final = r"(?!)"


class Reading(NamedTuple):
    """How a string of digits was understood.

    Attributes:
        e164: "+" and at most 15 digits; a number that exists in its plan.
        origin: "plus", "idd" (00, 011, ...), "bare_code" (country code without any sign) or "national".
    """

    e164: str
    origin: str


@dataclass(frozen=True, slots=True)
class Prefixes:
    """What stands before the national number in one region, as `PhoneMetadata` has it.

    `usual_exit` is what most people dial abroad, "" where no prefix is the usual one (or there is one only);
    `writes_zero` says that at least some national numbers are written with a 0 in front.
    """

    calling_code: str
    international: re.Pattern[str]
    national: re.Pattern[str] | None
    transform: str
    general: re.Pattern[str]
    lengths: frozenset[int]
    longest: int
    local_lengths: frozenset[int]
    trunk: str
    usual_exit: str
    writes_zero: bool

    def behind_international(self, digits: str) -> str | None:
        """What stands behind an international prefix such as 00 or 011; None when there is none."""
        match = self.international.match(digits)
        # A country code cannot begin with 0: then the digits only look like an international prefix.
        if match is None or digits[match.end() : match.end() + 1] == "0":
            return None
        return digits[match.end() :]

    def strip(self, digits: str) -> str:
        """Take the national and the carrier prefix away (`_maybe_strip_national_prefix_carrier_code`)."""
        if self.national is None or not digits:
            return digits
        match = self.national.match(digits)
        if match is None:
            return digits
        if self.transform and match.group(match.re.groups) is not None:
            rest = self.national.sub(self.transform, digits, count=1)
        else:
            rest = digits[match.end() :]
        if self.general.fullmatch(digits) and not self.general.fullmatch(rest):
            return digits
        return rest

    def strip_keeping_length(self, digits: str) -> str:
        """`strip`, unless too few digits for the plan would remain (the same step in `parse`)."""
        rest = self.strip(digits)
        count = len(rest)
        if count in self.local_lengths or (count not in self.lengths and count <= self.longest):
            return digits
        return rest


def resolve(digits: str, region: str | None, *, plus: bool) -> Reading | None:
    """Read ASCII digits as a phone number; None where the library finds no valid number.

    `region` is an upper case region that `phonenumbers` knows, or None; `plus` says that a plus stood before.
    """
    if plus:
        parts = _international(digits)
        if parts is not None or calling_code(digits):
            return _reading(parts, "plus")
        # The library then tries once more without the plus, and wants to find a country code.
        retried = resolve(digits, region, plus=False)
        return retried if retried is not None and retried.origin != "national" else None
    if region is None:
        return None
    home = prefixes(region)
    abroad = home.behind_international(digits)
    if abroad is not None:
        return _reading(_international(abroad), "idd")
    bare = _without_bare_code(digits, home)
    if bare is not None:
        main = main_prefixes(home.calling_code)
        return _reading((home.calling_code, main.strip_keeping_length(bare)), "bare_code")
    return _reading((home.calling_code, home.strip_keeping_length(digits)), "national")


def _international(digits: str) -> tuple[str, str] | None:
    code = calling_code(digits)
    if not code or len(digits) <= 2:
        return None
    return code, main_prefixes(code).strip_keeping_length(digits[len(code) :])


def _without_bare_code(digits: str, home: Prefixes) -> str | None:
    """The rest after the region's own country code, where the digits are no national number with it."""
    if not digits.startswith(home.calling_code):
        return None
    rest = home.strip(digits[len(home.calling_code) :])
    too_long = len(digits) > home.longest and len(digits) not in home.local_lengths
    if too_long or (not home.general.fullmatch(digits) and home.general.fullmatch(rest)):
        return rest
    return None


def _reading(parts: tuple[str, str] | None, origin: str) -> Reading | None:
    if parts is None:
        return None
    code, national = parts
    if len(code) + len(national) > E164_MAX_DIGITS or not valid_pattern(code, len(national)).fullmatch(
        national
    ):
        return None
    return Reading(f"+{code}{national}", origin)


def calling_code(digits: str) -> str:
    """The country code that the digits begin with, "" when there is none. No code begins another one."""
    for length in (1, 2, 3):
        if digits[:length] in _CODES:
            return digits[:length]
    return ""


def codes_like(digits: str) -> tuple[str, ...]:
    """The country codes that digits can begin with of which only the first two or three are known."""
    return tuple(code for code in _CODES if code.startswith(digits) or digits.startswith(code))


@cache
def prefixes(region: str) -> Prefixes:
    """The prefixes of a region."""
    return _prefixes(PhoneMetadata.metadata_for_region(region))


@cache
def main_prefixes(code: str) -> Prefixes:
    """The prefixes that hold for international numbers of a country code: those of its main region."""
    return _prefixes(main_metadata(code))


def main_metadata(code: str) -> Any:
    """The metadata of a country code's main region, or of the service behind it (800, 883, ...)."""
    number = _CODES[code]
    return PhoneMetadata.metadata_for_region_or_calling_code(number, _REGIONS[number][0])


@cache
def open_plan(code: str) -> bool:
    """Whether landlines have so many possible lengths that almost any digits are one (Germany, Austria)."""
    return len(main_metadata(code).fixed_line.possible_length) > 4


def _prefixes(metadata: Any) -> Prefixes:
    general = metadata.general_desc
    return Prefixes(
        calling_code=str(metadata.country_code),
        international=re.compile(metadata.international_prefix or _NEVER),
        national=re.compile(metadata.national_prefix_for_parsing)
        if metadata.national_prefix_for_parsing
        else None,
        transform=metadata.national_prefix_transform_rule or "",
        general=re.compile(general.national_number_pattern),
        lengths=frozenset(general.possible_length),
        longest=general.possible_length[-1],
        local_lengths=frozenset(general.possible_length_local_only),
        trunk=metadata.national_prefix or "",
        usual_exit=metadata.preferred_international_prefix or "",
        writes_zero=metadata.national_prefix == "0"
        and any("0" in (one.national_prefix_formatting_rule or "") for one in metadata.number_format),
    )


@cache
def valid_pattern(code: str, length: int) -> re.Pattern[str]:
    """A pattern that matches exactly the valid national numbers of one length behind a country code.

    This is `is_valid_number`: the library picks one region first (`region_code_for_number`), by its leading
    digits where it has some, and only then looks whether the number is valid there; so the alternatives are
    built from the last region up. One pattern a length, since every type of number has its own lengths.
    """
    number = _CODES[code]
    regions = _REGIONS[number]
    pattern = _NEVER
    for region in reversed(regions):
        metadata: Any = PhoneMetadata.metadata_for_region_or_calling_code(number, region)
        valid = _valid_in(metadata, length)
        leading = metadata.leading_digits if len(regions) > 1 else None
        if leading:
            pattern = f"(?=(?:{leading}))(?:{valid})|(?!(?:{leading}))(?:{pattern})"
        elif valid != _NEVER:
            pattern = f"{valid}|{pattern}"
    return re.compile(pattern)


def _valid_in(metadata: Any, length: int) -> str:
    """`_number_type_helper(...) != UNKNOWN` as a pattern: the general one and any of the types."""
    described = [getattr(metadata, name) for name in _DESCRIPTIONS]
    types = [pattern for one in described if (pattern := _description_pattern(one, length))]
    general = _description_pattern(metadata.general_desc, length)
    return f"(?=(?:{general})$)(?:{'|'.join(types)})" if general and types else _NEVER


def _description_pattern(description: PhoneNumberDesc | None, length: int) -> str:
    """`_is_number_matching_desc` for numbers of one length: the pattern, "" for a length it does not have."""
    if description is None or description.national_number_pattern is None:
        return ""
    if description.possible_length and length not in description.possible_length:
        return ""
    return f"(?:{description.national_number_pattern})"
