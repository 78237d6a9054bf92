"""Is this stored contact the one we sent? Pure comparison of a payload with what the book returns.

The rule: everything we sent is there, and nothing else that only a contact of somebody else would have. What
the list does not show (a text that we sent is missing) decides nothing: such a contact is only partly the
same, and has to be read by itself. Custom fields, and lists that come empty, are not compared: the list is
documented without the first, and the others depend on settings that we do not see.
"""

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from importer.model import Payload

Likeness: TypeAlias = Literal["same", "partly", "other"]

FilterName: TypeAlias = Literal["emails", "phone_numbers"]

_TEXTS = (
    "display_name",
    "first_name",
    "last_name",
    "location",
    "timezone",
    "account_number",
    "company",
    "role",
)
_NEVER_FILLED_IN = ("location", "account_number", "company", "role")
"""Texts that no server invents: filled although we sent none, the contact is another one. Names and the time
zone may be derived from the rest of the contact, so they are not held against it."""


@dataclass(frozen=True, slots=True)
class Handle:
    """What to look a contact up by: one value of the filter `emails` or `phone_numbers`."""

    filter: FilterName
    value: str


def handles(payload: Payload) -> tuple[Handle, ...]:
    """Everything the contact can be looked up by, the best first; () when it has no phone and no email.

    One email and one phone: the filters are documented as exact match, but not how they combine, so each call
    uses one of them. An email with capitals is looked up in small letters too: a server may store it so.
    """
    found = []
    emails, phones = _texts(payload.get("emails")), _phones(payload)
    if emails:
        first = min(emails, key=str.casefold)
        found += [Handle("emails", email) for email in dict.fromkeys((first, first.lower()))]
    if phones:
        found.append(Handle("phone_numbers", min(phones)))
    return tuple(found)


def mentions(handle: Handle, contact: Mapping[str, object]) -> bool:
    """Say whether the contact is one that a look-up by this handle gives."""
    if handle.filter == "emails":
        return handle.value.casefold() in _folded(contact.get("emails"))
    return not _digits([handle.value]).isdisjoint(_digits(_phones(contact)))


def identity(payload: Payload) -> str:
    """Text that is equal for any two payloads that one stored contact could match.

    A match needs the same display name and the same emails and phones, hence the same first handle; so rows
    that take turns by this text can never adopt each other's contact.
    """
    first = next(iter(handles(payload)), None)
    value = "" if first is None else f"{first.filter}={first.value.casefold()}"
    return f"{_plain(payload.get('display_name'))}\n{value}"


def returned_fields(contact: Mapping[str, object]) -> set[str]:
    """Name the fields that this server is now known to return."""
    return {name for name, value in contact.items() if value}


def compare(payload: Payload, contact: Mapping[str, object], returned: Collection[str] = ()) -> Likeness:
    """Say how far a stored contact is what `payload` would have become.

    Args:
        payload: what was sent.
        contact: an element of the list's `contacts`, or the answer to get.
        returned: fields that this server has been seen to return filled: empty, they count as different.

    Returns:
        "same"; "partly" when nothing differs, but something that was sent is not shown; "other".
    """
    sent = [name for name in _TEXTS if _plain(payload.get(name))]
    shown = [name for name in sent if _plain(contact.get(name)) or name in returned]
    agrees = (
        "display_name" in shown
        and all(_plain(payload.get(name)) == _plain(contact.get(name)) for name in shown)
        and not any(_plain(contact.get(name)) for name in _NEVER_FILLED_IN if name not in sent)
        and _addresses_agree(payload, contact)
        and _variables_agree(payload, contact)
        and _consumers_agree(payload, contact)
    )
    if not agrees:
        return "other"
    return "same" if shown == sent and _shows_addresses(contact) else "partly"


def _shows_addresses(contact: Mapping[str, object]) -> bool:
    return any(contact.get(name) is not None for name in ("emails", "phone_numbers", "phones"))


def _addresses_agree(payload: Payload, contact: Mapping[str, object]) -> bool:
    """Compare emails and phones as sets; a server may leave out the empty one of the two, not both."""
    if not _shows_addresses(contact):
        return True
    emails_agree = _folded(payload.get("emails")) == _folded(contact.get("emails"))
    return emails_agree and _digits(_phones(payload)) == _digits(_phones(contact))


def _variables_agree(payload: Payload, contact: Mapping[str, object]) -> bool:
    sent, stored = _variables(payload.get("variables")), _variables(contact.get("variables"))
    # Empty is "not returned" here: the listing's variables depend on settings that we do not see.
    return not stored or all(stored.get(name, value) == value for name, value in sent.items())


def _consumers_agree(payload: Payload, contact: Mapping[str, object]) -> bool:
    sent, stored = set(_texts(payload.get("consumer_ids"))), set(_texts(contact.get("consumer_ids")))
    return not stored or sent == stored


# --- reading loosely: nothing that a server returns may raise ------------------------------------


def _plain(value: object) -> str:
    """Make equal what a server may do to a text in passing: blanks of any kind and number, capitals, accents.

    A contact that is missed for a blank is sent again, and is there twice.
    """
    if not isinstance(value, str):
        return ""
    return unicodedata.normalize("NFC", " ".join(value.split())).casefold()


def _texts(value: object) -> list[str]:
    if not isinstance(value, list | tuple):
        return []
    return [text for text in value if isinstance(text, str) and text]


def _folded(value: object) -> set[str]:
    return {text.strip().casefold() for text in _texts(value)}


def _objects(value: object) -> list[Mapping[str, object]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list | tuple) else []


def _phones(contact: Mapping[str, object]) -> list[str]:
    """Read the numbers of both spellings, `phone_numbers` and `phones`."""
    typed = [one.get("phone_number") for one in _objects(contact.get("phones"))]
    return list(dict.fromkeys([*_texts(contact.get("phone_numbers")), *_texts(typed)]))


def _digits(numbers: Iterable[str]) -> set[str]:
    return {"".join(sign for sign in number if sign.isdigit()) for number in numbers}


def _variables(value: object) -> dict[str, str]:
    return {str(one.get("variable_id")): _plain(one.get("variable_value")) for one in _objects(value)}
