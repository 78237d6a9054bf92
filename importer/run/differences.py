"""What a stored contact has that differs from what was sent: field by field, for people. Pure.

`importer.sending.matching` asks "can this be ours?" and forgives much; here the contact is known to be ours,
and the question is what has happened to it. So a field that was filled in, emptied or changed counts. What
does not count: blanks around a text, how many and which between its words, Unicode's two ways to write an
accent, capitals in an email address, signs between the digits of a phone number, and the order of lists, to
which Zoom gives no meaning.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from importer.model import Payload

_TEXTS = ("location", "account_number", "company", "role")
_NAMES = ("display_name", "first_name", "last_name")


@dataclass(frozen=True, slots=True)
class FieldPair:
    """One field of one contact, as text.

    Attributes:
        field: its name; a custom field is called `custom_fields ID`.
        sent: what was sent, "" for nothing.
        stored: what the address book has, "" for nothing.
        equal: whether that is the same thing.
    """

    field: str
    sent: str
    stored: str
    equal: bool


def compared(
    sent: Payload,
    stored: Mapping[str, object],
    custom_values: Mapping[str, str] | None = None,
    *,
    only: Collection[str] | None = None,
) -> tuple[FieldPair, ...]:
    """Compare every field that was sent or is filled.

    Args:
        sent: the payload of the create call, or the fields of it that an update has sent.
        stored: the answer to get.
        custom_values: custom field id to value as stored; None when they were not asked for.
        only: names of the payload's fields that count; all of them when None.
    """
    pairs = [
        *_text_pairs(sent, stored),
        _phone_pair(sent, stored),
        _pair("emails", _texts(sent.get("emails")), _texts(stored.get("emails")), _folded),
        _consumer_pair(sent, stored),
        *_entry_pairs("variables", _variables(sent), _variables(stored)),
        *_custom_pairs(sent, custom_values),
    ]
    chosen = [pair for pair in pairs if (pair.sent or pair.stored) and _counts(pair.field, only)]
    return tuple(chosen)


def _counts(field: str, only: Collection[str] | None) -> bool:
    if only is None:
        return True
    name = field.partition(" ")[0]
    return name in only or (name == "phone_numbers" and "phones" in only)


def differing(pairs: Iterable[FieldPair]) -> tuple[FieldPair, ...]:
    """Keep the pairs that are not equal."""
    return tuple(pair for pair in pairs if not pair.equal)


def custom_field_values(entries: object) -> dict[str, str]:
    """Read the values of the custom-fields call: `custom_fields`, a list of objects with id and value."""
    return {
        str(one.get("custom_field_id")): str(one.get("custom_field_value") or "") for one in _objects(entries)
    }


# --- field by field ------------------------------------------------------------------------------


def _text_pairs(sent: Payload, stored: Mapping[str, object]) -> Iterable[FieldPair]:
    for name in (*_NAMES, *_TEXTS, "timezone"):
        ours, theirs = _plain(sent.get(name)), _plain(stored.get(name))
        equal = ours.split() == theirs.split() or _filled_in(name, ours, theirs, sent)
        yield FieldPair(name, ours, theirs, equal)


def _filled_in(name: str, ours: str, theirs: str, sent: Payload) -> bool:
    """Say whether a server may have derived what we did not send: a time zone, a part of the name."""
    if ours:
        return False
    if name == "timezone":
        return True
    return name in _NAMES and theirs.casefold() in _plain(sent.get("display_name")).casefold()


def _phone_pair(sent: Payload, stored: Mapping[str, object]) -> FieldPair:
    ours, theirs = _phones(sent), _phones(stored)
    same_numbers = set(map(_digits, ours)) == set(map(_digits, theirs))
    # A server may show the numbers alone, without their types.
    types, shown = _typed(sent), _typed(stored)
    same_types = not types or not shown or types == shown
    return FieldPair(
        "phone_numbers", _spoken(sent, ours), _spoken(stored, theirs), same_numbers and same_types
    )


def _spoken(contact: Mapping[str, object], numbers: list[str]) -> str:
    types = _typed(contact)
    return ", ".join(
        f"{number} ({types[_digits(number)]})" if types.get(_digits(number)) else number for number in numbers
    )


def _consumer_pair(sent: Payload, stored: Mapping[str, object]) -> FieldPair:
    ours, theirs = _texts(sent.get("consumer_ids")), _texts(stored.get("consumer_ids"))
    return _pair("consumer_ids", ours, theirs if stored.get("consumer_ids") is not None else ours, str)


def _custom_pairs(sent: Payload, values: Mapping[str, str] | None) -> Iterable[FieldPair]:
    ours = {
        str(one.get("custom_field_id")): str(one.get("custom_field_value") or "")
        for one in _objects(sent.get("custom_fields"))
    }
    if values is None:
        return ()
    return _entry_pairs("custom_fields", ours, values)


def _entry_pairs(field: str, ours: Mapping[str, str], theirs: Mapping[str, str]) -> Iterable[FieldPair]:
    """Compare what we sent; entries that others added are not part of this contact's row."""
    for name, value in ours.items():
        stored = theirs.get(name, "")
        if field == "variables" and name not in theirs:
            continue  # whether the answer shows variables depends on settings that we do not see
        yield FieldPair(f"{field} {name}", value, stored, _same_value(value, stored))


def _same_value(ours: str, theirs: str) -> bool:
    """Compare two custom values; a server may write a number or a truth value in its own way."""
    left, right = _plain(ours), _plain(theirs)
    if left == right:
        return True
    if _NUMBER.fullmatch(left) and _NUMBER.fullmatch(right):
        return float(left) == float(right)
    return left.casefold() == right.casefold() and left.casefold() in ("true", "false")


_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?")
"""Numbers whose digits all count: 007 is a text."""


def _pair(field: str, ours: list[str], theirs: list[str], key: Callable[[str], str]) -> FieldPair:
    equal = set(map(key, ours)) == set(map(key, theirs))
    return FieldPair(field, ", ".join(ours), ", ".join(theirs), equal)


# --- reading loosely: nothing that a server returns may raise ------------------------------------


def _plain(value: object) -> str:
    return unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else ""


def _folded(text: str) -> str:
    return text.strip().casefold()


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str) and one] if isinstance(value, list | tuple) else []


def _objects(value: object) -> list[Mapping[str, object]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list | tuple) else []


def _digits(number: str) -> str:
    return "".join(sign for sign in number if sign.isdigit())


def _phones(contact: Mapping[str, object]) -> list[str]:
    typed = _texts([one.get("phone_number") for one in _objects(contact.get("phones"))])
    return list(dict.fromkeys([*_texts(contact.get("phone_numbers")), *typed]))


def _typed(contact: Mapping[str, object]) -> dict[str, str]:
    """Type by the digits of its number, where a type is given."""
    return {
        _digits(str(one.get("phone_number"))): str(one.get("phone_type"))
        for one in _objects(contact.get("phones"))
        if one.get("phone_type")
    }


def _variables(contact: Mapping[str, object]) -> dict[str, str]:
    return {
        str(one.get("variable_id")): _plain(one.get("variable_value"))
        for one in _objects(contact.get("variables"))
    }
