"""What a cell of a workbook says, as the text the person typed into it."""

import datetime as dt
from decimal import Decimal
from typing import TypeAlias

import numpy as np

CellValue: TypeAlias = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta

_EXACT = 2**53
_KEPT_DIGITS = 15


def cell_text(value: CellValue) -> str:
    """The text of a cell: no exponent, no ".0"; dates as ISO, midnight left out; TRUE and FALSE."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number_text(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    if isinstance(value, dt.timedelta):
        hours, seconds = divmod(int(value.total_seconds()), 3600)
        return f"{hours}:{seconds // 60:02}:{seconds % 60:02}"
    return value.isoformat()


def is_rounded(value: CellValue) -> bool:
    """True for a whole number of more than 15 digits: spreadsheet programs keep no more, the rest is zeros.

    A 16-digit number that does not end in 0 was written by another program, and is exact up to 2**53.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) < 10**_KEPT_DIGITS:
        return False
    return abs(value) > _EXACT or int(value) % 10 == 0


def _number_text(value: float) -> str:
    if float(value).is_integer():
        exact = abs(value) <= _EXACT
        return str(int(value) if exact else int(Decimal(f"{value:.{_KEPT_DIGITS}g}")))
    # Spreadsheet programs show 15 significant digits: 0.1 + 0.2 is 0.3 there.
    return np.format_float_positional(float(f"{value:.{_KEPT_DIGITS}g}"), trim="-")
