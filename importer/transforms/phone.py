"""Phone numbers: any spelling -> E.164, or the problem with it.

Two paths give the same verdict. `phone_reference` asks `phonenumbers` for everything. `phone` answers the
common spellings (digits, a plus, ordinary punctuation) from compiled numbering plans and leaves the rest to
the other. A number that `phonenumbers` does not call valid is never let through.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import phonenumbers
from phonenumbers import CountryCodeSource, PhoneNumberFormat, PhoneNumberType

from importer.transforms import phone_messages
from importer.transforms.phone_cell import PhoneCell, not_a_phone, read_cell, two_numbers
from importer.transforms.phone_direct import at_home, with_plus
from importer.transforms.phone_library import e164, parse, parse_fully
from importer.transforms.phone_other import DOUBTFUL, is_short_date
from importer.transforms.phone_plan import E164_MAX_DIGITS, open_plan, prefixes, resolve
from importer.transforms.phone_vanity import vanity
from importer.transforms.problem import Problem, warning

SIMPLE: Final = re.compile(
    rf"(?!(?:{DOUBTFUL})$)\(?(\+?)[\d(][\d() .-]{{3,22}}[\d]|(\+?)\d{{2,5}}/\d{{4,12}}"
)
_NOT_DIGITS: Final = str.maketrans("", "", "+ ()./-")
LOST_PLUS: Final = "the + in front was lost"
READ_AS_PLUS: Final = "the 00 in front was read as +"
LOST_ZERO: Final = "the 0 in front was lost"
_ABROAD_DIGITS: Final = 12
_MOBILE: Final = frozenset((PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE))
CERTAIN_DIGITS: Final = 13
"""More digits may be two short numbers side by side: the plain path looks closer then."""
LONGEST_SIMPLE: Final = 18
SECOND_BEGINNING: Final = re.compile(r"[ -]\(?[+0]")


def phone(text: str, region: str | None) -> str | Problem:
    """Give the number in E.164 ("+442079460958"), or the problem with it; never raises.

    Args:
        text: a cell that is not empty.
        region: the country where numbers without a country code belong (ISO 3166 alpha-2), None when unknown.
    """
    return phone_reader(region)(text)


@lru_cache(maxsize=1024)
def phone_reader(region: str | None) -> Callable[[str], str | Problem]:
    """Give `phone` for one region: what depends on the region alone is looked up once."""
    home = known_region(region)
    code, trunk = (prefixes(home).calling_code, prefixes(home).trunk) if home else ("", "")
    lead = f"+{code}"
    carriers = home is not None and prefixes(home).international.pattern != "00"

    def read(text: str) -> str | Problem:
        if SIMPLE.fullmatch(text) is None or not text.isascii():
            return _closely(text, region)
        digits = text.translate(_NOT_DIGITS)
        count = len(digits)
        if (carriers and digits.startswith("00")) or (
            count > CERTAIN_DIGITS and (count > LONGEST_SIMPLE or SECOND_BEGINNING.search(text))
        ):
            return _closely(text, region)
        plus = "+" in text[:2]
        if plus:
            abroad = with_plus(digits[:3], count)
            if abroad is not None and abroad.accepts(digits):
                return f"+{digits}"
        elif home is not None:
            form = (
                "code" if digits.startswith(code) else "trunk" if trunk and digits.startswith(trunk) else ""
            )
            direct = at_home(home, count, form)
            if direct is not None and direct.accepts(digits):
                return lead + digits[direct.before :]
            behind = prefixes(home).behind_international(digits) or ""
            abroad = with_plus(behind[:3], len(behind))
            if abroad is not None and abroad.accepts(behind):
                return f"+{behind}"
        reading = resolve(digits, home, plus=plus)
        if reading is not None and (plus or _written_in_full(digits, reading.origin, home)):
            return reading.e164
        return _closely(text, region)

    return read


def _written_in_full(digits: str, origin: str, region: str | None) -> bool:
    """Whether nothing is missing in front: such a number may have been damaged, the plain path decides."""
    if region is None or origin == "plus":
        return False
    if origin == "idd":
        return True
    trunk = prefixes(region).trunk
    if origin == "bare_code":
        return trunk == prefixes(region).calling_code
    return digits[0] == "0" or not prefixes(region).writes_zero


def phone_reference(text: str, region: str | None) -> str | Problem:
    """`phone` by the library alone: slower, and the measure for the fast path."""
    home = known_region(region)
    cell = read_cell(text)
    if isinstance(cell, Problem):
        return cell
    if _side_by_side(cell.core, home):
        return two_numbers(text)
    if is_short_date(cell.core, writes_zero=home is not None and prefixes(home).writes_zero):
        return not_a_phone(text, "a date")
    found = _find(cell.core, home)
    if found is None:
        digits = cell.core.translate(_NOT_DIGITS)
        outside = behind_outside_line(digits, home) if home is not None and "+" not in cell.core else ""
        return phone_messages.failure(text, cell.core, home, outside)
    if found.rival:
        return phone_messages.undecided(text, found.e164, found.rival)
    notes = [note for note in (cell.mended, found.mended) if note]
    if cell.extension:
        return phone_messages.extension_dropped(text, found.e164, cell.extension, notes)
    if notes:
        return warning("phone_mended", phone_messages.mended(text, found.e164, notes), found.e164)
    return found.e164


_closely: Final = lru_cache(4096)(phone_reference)
"""A file has few kinds of mistakes, and many of each."""


def phone_extension(text: str) -> str:
    """The digits of the extension that stands behind the number, "" when there is none."""
    cell = read_cell(text)
    return "" if isinstance(cell, Problem) else cell.extension


@lru_cache(maxsize=1024)
def known_region(region: str | None) -> str | None:
    """The region in upper case if `phonenumbers` knows its numbers, else None."""
    upper = (region or "").upper()
    return upper if upper in phonenumbers.SUPPORTED_REGIONS else None


@dataclass(frozen=True, slots=True)
class _Found:
    e164: str
    mended: str = ""
    rival: str = ""


def _find(core: str, region: str | None) -> _Found | None:
    """The first reading that gives a valid number, from the literal one to the mended ones."""
    if any(sign.isalpha() for sign in core):
        letters = vanity(core, region)
        return _Found(letters) if letters else None
    literal = _literal(core, region)
    if literal is not None:
        return literal
    for candidate, note in _candidates(core, region):
        number = parse(candidate, region)
        if number is not None:
            return _Found(number, note)
    return None


def _literal(core: str, region: str | None) -> _Found | None:
    parsed = parse_fully(core, region)
    if parsed is None:
        return None
    mended = _missing_in_front(core, parsed, region)
    number = e164(parsed)
    digits = core.translate(_NOT_DIGITS)
    if digits.startswith("00") and "+" not in core:
        return _Found(number, mended, rival=_other_exit(digits, number, region))
    if mended != LOST_ZERO or region is None:
        return _Found(number, mended)
    international = parse(f"+{digits}", None)
    if international is None:
        return _Found(number, LOST_ZERO)
    return _zero_or_plus(parsed, number, international, region)


def _other_exit(digits: str, number: str, region: str | None) -> str:
    """What 00 for the plus would make of digits that were read by a carrier's 001; "" if nothing else."""
    usual_exit = prefixes(region).usual_exit if region is not None else ""
    if usual_exit not in {"", "00"} and digits.startswith(usual_exit):
        return ""
    plus = f"+{digits[2:]}"
    return plus if plus != number and parse(plus, None) == plus else ""


def _zero_or_plus(national: phonenumbers.PhoneNumber, number: str, international: str, region: str) -> _Found:
    """Decide what was lost where both a 0 and a + in front give a number that exists.

    The row's own country code, or more digits than any country dials at home, speaks for the plus:
    4915123456789 in Germany is hardly ever the landline 04915 123456789. A mobile number of the row's
    country, or a plan of fixed lengths, speaks for the 0. Open plans accept almost any digits: there it stays
    undecided.
    """
    digits = len(international) - 1
    if international.startswith(f"+{prefixes(region).calling_code}") or digits >= _ABROAD_DIGITS:
        return _Found(international, LOST_PLUS)
    note = f"{LOST_ZERO} (or, if a + was lost, it is {international})"
    if phonenumbers.number_type(national) in _MOBILE or not open_plan(prefixes(region).calling_code):
        return _Found(number, note)
    return _Found(number, note, rival=international)


def _missing_in_front(core: str, number: phonenumbers.PhoneNumber, region: str | None) -> str:
    """What a spreadsheet took from the front of a number that is valid all the same, "" when nothing."""
    source = number.country_code_source
    if region is None or core.lstrip(" (").startswith("+"):
        return ""
    home = prefixes(region)
    if source == CountryCodeSource.FROM_NUMBER_WITHOUT_PLUS_SIGN and home.trunk != home.calling_code:
        return LOST_PLUS
    if source != CountryCodeSource.FROM_DEFAULT_COUNTRY or not home.writes_zero:
        return ""
    digits = core.translate(_NOT_DIGITS)
    national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    if "".join(sign for sign in national if sign.isdigit()) == f"0{digits}":
        return LOST_ZERO
    return ""


def _candidates(core: str, region: str | None) -> list[tuple[str, str]]:
    """Other ways to read a number that is not valid as it stands, with what is mended by them."""
    digits = core.translate(_NOT_DIGITS)
    plus = core.lstrip(" (").startswith("+")
    found: list[tuple[str, str]] = []
    without_zero = re.sub(r"\(\s*0\s*\)", " ", core)
    if without_zero != core:
        found.append((without_zero, ""))
    if digits.startswith("00"):
        found.append((f"+{digits[2:]}", READ_AS_PLUS))
        found.append((f"+{without_zero.translate(_NOT_DIGITS)[2:]}", READ_AS_PLUS))
    if plus or region is None:
        return found
    if digits[0] != "0" and "/" not in core and _certainly_international(digits, region):
        found.append((f"+{digits}", LOST_PLUS))
    home = prefixes(region)
    if digits[0] != "0" and home.trunk in {"", "06"} and not home.behind_international(f"0{digits}"):
        # Italy and others keep the 0 in the international number too: without it there is no number.
        found.append((f"0{digits}", LOST_ZERO))
    return found


def _certainly_international(digits: str, region: str) -> bool:
    """Whether digits that are no national number can only be an international one without its plus.

    Where national numbers begin with 0, a number without one has no other explanation short of two mistakes
    at once. Elsewhere it must be so long that one digit too many does not explain it.
    """
    home = prefixes(region)
    if digits.startswith(home.calling_code) or behind_outside_line(digits, region):
        return False
    return 10 <= len(digits) <= E164_MAX_DIGITS and (home.trunk == "0" or len(digits) >= home.longest + 2)


def behind_outside_line(digits: str, region: str) -> str:
    """The number behind a dialler's 9 for the outside line, "" when the digits cannot be one."""
    reading = resolve(digits[1:], region, plus=False) if digits.startswith("9") else None
    return reading.e164 if reading is not None else ""


def _side_by_side(core: str, region: str | None) -> bool:
    """Whether two whole numbers stand side by side: around a slash, or each with its own 0 or + in front."""
    for match in re.finditer(r"/", core):
        first, second = core[: match.start()], core[match.end() :]
        count = len(first.translate(_NOT_DIGITS))
        if count >= 6 and parse(first, region) is not None:
            return count >= 9 or parse(second, region) is not None
    if len(core.translate(_NOT_DIGITS)) <= CERTAIN_DIGITS:
        return False
    for match in re.finditer(r"[ /-]+\(?(?=[+0])", core):
        first, second = core[: match.start()], core[match.start() :].strip(" /-")
        if len(first) < 6 or len(second) < 6:
            continue
        if parse(first, region) is not None and parse(second, region) is not None:
            return True
    return False


__all__ = ["PhoneCell", "known_region", "phone", "phone_extension", "phone_reader", "phone_reference"]
