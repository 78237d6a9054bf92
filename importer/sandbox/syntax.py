"""Whether a text has the shape of a phone number, an email address, a time zone, a number.

Plausible checks of the sandbox's own, so that it does not share a mistake with the client it judges.
"""

import re
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_NORTH_AMERICA = re.compile(r"\+1[2-9][0-9]{2}[2-9][0-9]{6}")
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_LABEL = re.compile(r"[^\W_]([\w-]{0,61}[^\W_])?")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_UNIX_TIME = re.compile(r"-?[0-9]{1,13}")


def is_phone(text: str) -> bool:
    """E.164: a plus, no zero, 7 to 15 digits; in North America exactly ten after the 1."""
    if text.startswith("+1"):
        return _NORTH_AMERICA.fullmatch(text) is not None
    return _E164.fullmatch(text) is not None


def is_email(text: str) -> bool:
    """Check local part (64), domain with a dot and a top level that is no number, 254 in all."""
    local, at, domain = text.rpartition("@")
    if not at or len(text) > 254 or len(local) > 64 or _LOCAL.fullmatch(local) is None:
        return False
    labels = domain.split(".")
    return len(labels) > 1 and all(map(_LABEL.fullmatch, labels)) and not labels[-1].isdigit()


@lru_cache(maxsize=1024)
def is_timezone(text: str) -> bool:
    """Look a name up in the time zone database."""
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def fits(data_type: str, text: str) -> bool:
    """Check a custom field's value against its data type; a pick list is looked up elsewhere."""
    match data_type:
        case "number" | "percent" | "currency":
            return _NUMBER.fullmatch(text) is not None
        case "boolean":
            return text in {"true", "false"}
        case "email":
            return is_email(text)
        case "phone":
            return is_phone(text)
        case "dateTime":
            return _UNIX_TIME.fullmatch(text) is not None
        case _:
            return True
