"""What Excel did to a value, for any column: rounded numbers, dates made of other things."""

import re
from typing import Final

from importer.transforms.problem import Problem, shown

_ROUNDED: Final = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE]\+?(\d{1,3})")
_MONTH: Final = (
    r"(?:jan|feb|mar|m[äa]r|mrz|apr|may|mai|jun|jul|aug|sep|sept|oct|okt|nov|dec|dez|ene|abr|ago|dic|f[ée]v|avr|ao[uû]"
    r"|gen|mag|giu|lug|set|ott|mei|maj)[a-z]?"
)
_DATE: Final = re.compile(
    rf"\d{{1,2}}[-. ]{{1,2}}{_MONTH}\.?(?:[-. ]\d{{2,4}})?|{_MONTH}\.?[-. ]\d{{1,4}}|\d{{1,2}}\.\d{{1,2}}\."
    r"|0?0/0?1/1900|1900-01-\d\d|\d{4}-\d\d-\d\d 00:00:00",
    re.IGNORECASE,
)


def damaged_number(text: str) -> Problem | None:
    """The problem of a number that is written with an exponent (``1.23457E+14``); else None.

    A hexadecimal id such as ``4e10`` looks alike: without a decimal mark or a plus it passes.
    """
    match = _ROUNDED.fullmatch(text)
    if match is None or int(match.group(1)) < 5 or not re.search("[.,+]", text[1:]):
        return None
    return Problem(
        "number_damaged",
        f"{shown(text)} is what a spreadsheet made of a longer number: its last digits are lost for good",
    )


def date_from_number(text: str) -> Problem | None:
    """The warning for a date such as ``1-May`` or ``01.05.`` where another number stood; else None.

    To be asked only about columns that hold no dates.
    """
    if _DATE.fullmatch(text) is None:
        return None
    return Problem(
        "date_from_number",
        f"{shown(text)} looks like a date that a spreadsheet made of another number; compare it with the "
        "source",
        severity="warning",
        value=text,
    )
