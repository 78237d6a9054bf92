"""Cells that hold something else whose digits happen to be a phone number somewhere: days, times, amounts.

Only what people and programs never write for a phone number stands here; a bare number of an invoice or a
customer cannot be told from a phone number by its looks.
"""

import re
from typing import Final

_DAY_OF_MONTH: Final = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH: Final = r"(?:0?[1-9]|1[0-2])"
_YEAR: Final = r"(?:19|20)\d\d"
_CLOCK: Final = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?"

DATE: Final = (
    rf"{_YEAR}(?:-{_MONTH}-|/{_MONTH}/|\.{_MONTH}\.){_DAY_OF_MONTH}"
    rf"|{_DAY_OF_MONTH}(?:\.{_MONTH}\.|-{_MONTH}-|/{_DAY_OF_MONTH}/){_YEAR}"
)
"""How days are written, and what workbooks give for them."""

SHORT_DATE: Final = rf"{_DAY_OF_MONTH}(?:\.{_MONTH}\.|/{_DAY_OF_MONTH}/)\d\d"
"""A day with two digits of the year. Where numbers have six digits, pairs with dots are a number, too."""

AMOUNT: Final = r"\d{4,}+[.,]\d{1,2}|\d{1,3}(?:,\d{3})+\.\d{1,2}|\d{1,3}(?:\.\d{3})+,\d{1,2}"
HOURS: Final = r"(?:[01]?\d|2[0-3])\.(?:00|15|30|45)\s*-\s*(?:[01]?\d|2[0-3])\.(?:00|15|30|45)"

DOUBTFUL: Final = rf"{DATE}|{SHORT_DATE}|{HOURS}|{AMOUNT}|\d++\.0+"
"""Digits, dots, dashes and slashes that want a closer look before they are read as a number."""

LOOKS_DOUBTFUL: Final = (
    r"0{1,4}[-./]0{1,2}[-./]0{1,4}|0{1,2}\.0{2}\s*-\s*0{1,2}\.0{2}|0+[.,]0+|0{1,3}(?:[.,]0{3})+[.,]0{1,2}"
)
"""`DOUBTFUL` for a text in which every digit is a 0: all that may be doubtful, and more."""

_KINDS: Final = (
    (rf"(?:{DATE})(?:[T ,]\s*{_CLOCK}\s*(?:[ap]m|z)?)?", "a date"),
    (rf"{_CLOCK}\s*(?:-\s*{_CLOCK})?|{HOURS}", "a time of day"),
    (AMOUNT, "an amount with decimals"),
    (r"-\d+(?:[.,]\d+)?", "a negative number"),
)
_PATTERNS: Final = tuple((re.compile(pattern, re.IGNORECASE), what) for pattern, what in _KINDS)
_SHORT: Final = re.compile(SHORT_DATE)


def other_thing(text: str) -> str:
    """What the text is instead of a phone number ("a date"), "" when it may be one."""
    return next((what for pattern, what in _PATTERNS if pattern.fullmatch(text)), "")


def is_short_date(core: str, *, writes_zero: bool) -> bool:
    """Whether it is a day such as 31.12.26; `writes_zero`: numbers of the region are written with a 0."""
    return _SHORT.fullmatch(core) is not None and (writes_zero or "/" in core)
