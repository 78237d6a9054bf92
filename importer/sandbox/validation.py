"""What a contact has to be before it is stored, and how Zoom words what it is not.

First the shape of every field (code 300, all faults at once), then the rules with a code of their own.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from importer.sandbox.answers import Refused, invalid
from importer.sandbox.store import Body
from importer.sandbox.syntax import fits, is_email, is_phone, is_timezone
from importer.sandbox.world import AddressBook, World

Errors = list[tuple[str, str]]

TEXT_LIMITS: Mapping[str, int] = {
    "display_name": 125,
    "first_name": 36,
    "last_name": 36,
    "location": 256,
    "account_number": 256,
    "company": 256,
    "role": 256,
    "timezone": 100,
}
"""Characters at most."""

PHONE_TYPES = ("main", "work", "home", "mobile", "other")


def shaped(given: object) -> Body:
    """Check the shape of the fields that a body has, and leave out what is no field or null.

    Raises:
        Refused: 400 code 300 with one error for each field that has the wrong shape.
    """
    if not isinstance(given, dict):
        raise Refused(400, 300, "Request Body should be a valid JSON object.")
    errors: Errors = []
    body = {name: _FIELDS[name](name, given[name], errors) for name in _FIELDS if given.get(name) is not None}
    if body.get("phones") and body.get("phone_numbers"):
        errors.append(("phones", "Only one of `phones` and `phone_numbers` can be given."))
    if errors:
        raise invalid(errors)
    return body


def _text(limit: int) -> Callable[[str, object, Errors], object]:
    def check(name: str, value: object, errors: Errors) -> object:
        if not isinstance(value, str):
            errors.append((name, "Invalid field: a string is expected."))
        elif len(value) > limit:
            errors.append((name, f"The length cannot exceed {limit} characters."))
        return value

    return check


def _list(most: int | None, item: Callable[[object], str]) -> Callable[[str, object, Errors], object]:
    """Check an array; `item` says what is wrong with one of its values, "" for nothing."""

    def check(name: str, value: object, errors: Errors) -> object:
        if not isinstance(value, list):
            errors.append((name, "Invalid field: an array is expected."))
            return value
        if most is not None and len(value) > most:
            errors.append((name, f"The number of items cannot exceed {most}."))
        wrongs = (item(element) for element in value)
        errors.extend((f"{name}[{place}]", wrong) for place, wrong in enumerate(wrongs) if wrong)
        return value

    return check


def _phone(value: object) -> str:
    if not isinstance(value, str):
        return "Invalid field: a string is expected."
    return "" if is_phone(value) else "Invalid phone number: E.164 is expected."


def _typed_phone(value: object) -> str:
    if not isinstance(value, dict):
        return "Invalid field: an object is expected."
    kind = value.get("phone_type")
    if kind is not None and kind not in PHONE_TYPES:
        return f"Invalid phone_type: one of {', '.join(PHONE_TYPES)} is expected."
    return _phone(value.get("phone_number"))


def _email(value: object) -> str:
    if not isinstance(value, str):
        return "Invalid field: a string is expected."
    return "" if is_email(value) else "Invalid email."


def _any_text(value: object) -> str:
    return "" if isinstance(value, str) else "Invalid field: a string is expected."


def _pair(id_name: str, value_name: str, longest: int | None) -> Callable[[object], str]:
    def wrong(value: object) -> str:
        if not isinstance(value, dict):
            return "Invalid field: an object is expected."
        identity, text = value.get(id_name), value.get(value_name, "")
        if not isinstance(identity, str) or not identity or not isinstance(text, str):
            return f"Invalid field: {id_name} and {value_name} are strings."
        if longest is not None and (len(identity) > 36 or len(text) > longest):
            return f"The length cannot exceed 36 characters for the id and {longest} for the value."
        return ""

    return wrong


_FIELDS: Mapping[str, Callable[[str, object, Errors], object]] = {
    **{name: _text(limit) for name, limit in TEXT_LIMITS.items()},
    "phone_numbers": _list(5, _phone),
    "phones": _list(5, _typed_phone),
    "emails": _list(4, _email),
    "variables": _list(None, _pair("variable_id", "variable_value", None)),
    "custom_fields": _list(None, _pair("custom_field_id", "custom_field_value", 512)),
    "consumer_ids": _list(10, _any_text),
}


def complete(body: Body) -> Body:
    """Give the contact both lists of its numbers; `phones` only where the numbers came with their types."""
    if "phones" in body:
        typed = [{"phone_type": "main", **phone} for phone in body["phones"]]
        return {**body, "phones": typed, "phone_numbers": [phone["phone_number"] for phone in typed]}
    return body


def merged(old: Body, change: Body) -> Body:
    """Apply a PATCH: a field that is given replaces, custom fields one by one."""
    body = {**old, **complete(change)}
    if "phone_numbers" in change and "phones" not in change:
        body.pop("phones", None)
    if "custom_fields" in change:
        by_id = {entry["custom_field_id"]: entry for entry in old.get("custom_fields", ())}
        by_id.update({entry["custom_field_id"]: entry for entry in change["custom_fields"]})
        body["custom_fields"] = list(by_id.values())
    return body


def check_rules(body: Body, book: AddressBook, world: World) -> None:
    """Check what the documentation gives codes of their own.

    Raises:
        Refused: 400 with 2104, 2102, 2117, 2106, 2114, 2113 or 2116, the first that applies.
    """
    if not str(body.get("display_name", "")).strip():
        raise Refused(400, 2104, "The `display_name` field cannot be an empty value.")
    if not body.get("phone_numbers") and not body.get("emails"):
        raise Refused(400, 2102, "At least one of email or phone number fields should be not empty.")
    timezone = body.get("timezone")
    if timezone and not is_timezone(timezone):
        raise Refused(400, 2117, f"Invalid time zone: {timezone}.")
    unknown = [name for name in body.get("consumer_ids", ()) if name not in world.consumers]
    if unknown:
        raise Refused(400, 2106, f"Invalid consumer IDs: {', '.join(unknown)}.")
    _check_custom_fields(body.get("custom_fields", ()), book, world)


def _check_custom_fields(entries: Sequence[Mapping[str, Any]], book: AddressBook, world: World) -> None:
    for entry in entries:
        identity, value = entry["custom_field_id"], entry.get("custom_field_value", "")
        field = world.custom_fields.get(identity)
        if field is None or book.book_id not in field.books:
            raise Refused(400, 2114, f"Custom field is invalid: {identity}")
        # An empty value takes the field away; it fits every type.
        if value and field.data_type == "pick_list" and value not in field.pick_list:
            raise Refused(
                400,
                2116,
                f"Invalid custom field value `{value}`. The provided value is not in the list of supported "
                "picklist values.",
            )
        if value and not fits(field.data_type, value):
            raise Refused(
                400,
                2113,
                f"Contact custom field value `{value}` format does not match the data type.",
            )
