"""Letters as on the keys of a phone: 1-800-FLOWERS.

Any word is digits then, so they are read only where such numbers exist and the letters are no remark: behind
digits that are a number without them stands a remark, and so do words in small letters between digits.
"""

import re
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberType

from importer.transforms.phone_library import e164, parse, parse_fully

_TYPES: Final = frozenset(
    {
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.UAN,
    }
)
_ONE_WORD: Final = re.compile(r"[^A-Za-z]*[A-Za-z]+")
_IN_FRONT: Final = re.compile(r"[^A-Za-z]*")
_LEAST_LETTERS: Final = 4
"""Behind an ordinary number of North America: three may be a currency."""


def vanity(core: str, region: str | None) -> str | None:
    """The number in E.164 that the letters make, or None."""
    letters = "".join(sign for sign in core if sign.isalpha())
    if not letters.isupper() and not _ONE_WORD.fullmatch(core):
        return None
    before = _IN_FRONT.match(core)
    if before is not None and parse(before.group(), region) is not None:
        return None
    number = parse_fully(phonenumbers.convert_alpha_characters_in_number(core), region)
    if number is None:
        return None
    if phonenumbers.number_type(number) in _TYPES:
        return e164(number)
    usual = number.country_code == 1 and letters.isupper() and len(letters) >= _LEAST_LETTERS
    return e164(number) if usual else None
