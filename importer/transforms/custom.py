"""Values of custom fields, checked against the data type that the account gives the field."""

import difflib
import re
from collections.abc import Sequence
from typing import Final

from importer.transforms.amounts import boolean, number
from importer.transforms.dates import unix_time
from importer.transforms.email import email
from importer.transforms.phone import phone
from importer.transforms.problem import Problem, shown

_CURRENCY: Final = re.compile(r"^\s*(?:[A-Z]{2,3}|\W)?\s*([-+\d.,'\u2019\s]+?)\s*(?:[A-Z]{3}|\W)?\s*$")
_WANTED: Final = {
    "number": "a number such as 1234.5",
    "boolean": "true or false",
    "percent": "a percentage such as 12.5",
    "currency": "an amount such as 1234.50",
    "dateTime": "a date such as 2026-12-31, or seconds since 1970",
    "email": "an email address",
    "phone": "a phone number with + and the country code",
}


def custom_value(text: str, data_type: str, pick_list: Sequence[str] = ()) -> str | Problem:
    """Give the value as Zoom takes it for the data type, or the problem with it.

    Args:
        text: a value that is not empty.
        data_type: string, number, boolean, email, phone, percent, currency, dateTime or pick_list; a type
            that is not known here passes unchecked.
        pick_list: the values that a pick_list field allows.
    """
    if data_type == "pick_list":
        return _picked(text, pick_list)
    value = _typed(text, data_type)
    if isinstance(value, str) or value.severity == "warning":
        return value
    return Problem(
        "custom_field_type", f"{shown(text)} does not fit the field, which takes {_WANTED[data_type]}"
    )


def _typed(text: str, data_type: str) -> str | Problem:
    match data_type:
        case "number":
            return number(text)
        case "percent":
            return number(text.strip().removesuffix("%").strip())
        case "currency":
            amount = _CURRENCY.match(text)
            return number(amount.group(1) if amount else text)
        case "boolean":
            return boolean(text)
        case "email":
            return email(text)
        case "phone":
            return phone(text, None)
        case "dateTime":
            return unix_time(text)
        case _:
            return text


def _picked(text: str, pick_list: Sequence[str]) -> str | Problem:
    if text in pick_list:
        return text
    folded = [value for value in pick_list if value.strip().casefold() == text.strip().casefold()]
    if len(folded) == 1:
        return folded[0]
    near = difflib.get_close_matches(text[:120], pick_list, n=1)
    hint = f"; did you mean {shown(near[0])}?" if near else f"; it takes {_some(pick_list)}"
    return Problem("custom_field_pick_list", f"{shown(text)} is not in the field's pick list{hint}")


def _some(values: Sequence[str]) -> str:
    listed = ", ".join(shown(value) for value in values[:8])
    return f"{listed} and {len(values) - 8} more" if len(values) > 8 else listed or "no value at all"
