"""What may stand in a log: never a name, a phone number, an address or a token. Pure.

A report is for the owner of the contacts and says everything; a log is collected, kept and read by others.
"""

import hashlib
import re
from typing import Final

_OURS: Final = re.compile(r"(?:content|cells):[0-9a-f]{32}(?:#\d{1,7})?|row:\d{1,6}")
"""Keys that we made up ourselves, of a digest or of the row's number, while it is too short for a phone."""

_NUMBERED: Final = re.compile(r"[A-Za-z]{0,4}[-_./]?\d{1,12}(?:[-_./][A-Za-z]{0,2}\d{0,4}){0,2}")
"""What numbers of customers look like (4711, 0000247, CUST-1024, 12/A7); anything else could be a person."""

_FEWER_THAN_A_PHONE: Final = 6
"""Digits after the leading zeros: the shortest phone numbers that lead to a person have seven."""

_PHONE: Final = r"\d(?:[\s().+/\\|-]*\d){6,}"
_EMAIL: Final = r"[^\s\"'<>(),;]*@[^\s\"'<>(),;]*"
_DAY: Final = r"20\d\d(?:-(?:0[1-9]|1[0-2])-|(?:0[1-9]|1[0-2]))(?:0[1-9]|[12]\d|3[01])"
_DATE: Final = rf"(?<!\d){_DAY}(?:[T -]\d\d:?\d\d(?::?\d\d)?)?(?!\d)"
_CONTACT: Final = re.compile(rf"(?P<date>{_DATE})|{_EMAIL}|\+?{_PHONE}")

_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,39}|\d{1,5}|")
"""Our issue codes, Zoom's numbers, and nothing."""


def safe_key(key: str, secret: bytes = b"") -> str:
    """Return the key as a log may show it: as it is when it is a plain number, otherwise its digest.

    Args:
        key: of a row.
        secret: makes it impossible to find a phone number by trying all of them; the same in every run of
            an account, so that a row can be followed from night to night.
    """
    digits = re.sub(r"\D", "", key).lstrip("0")
    plain = _NUMBERED.fullmatch(key) and len(digits) <= _FEWER_THAN_A_PHONE
    return key if not key or plain or _OURS.fullmatch(key) else "digest:" + _digest(key, secret)


def safe_code(codes: str) -> str:
    """Return the codes of a row (joined by ` | `); what is no code, perhaps a sentence, is left out."""
    return " | ".join(code if _CODE.fullmatch(code) else "other" for code in codes.split(" | "))


def safe_text(text: str) -> str:
    """Return a sentence with what could be an email address or a phone number blotted out; dates stay."""
    return _CONTACT.sub(lambda found: found["date"] or "[hidden]", text)


def _digest(key: str, secret: bytes) -> str:
    inner = hashlib.blake2b(secret, digest_size=32).digest()
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8, key=inner).hexdigest()
