"""The body of an update: the fields that changed, the removed ones as empty."""

from importer.model import Payload, Update

_LISTS = frozenset({"phone_numbers", "phones", "emails", "consumer_ids", "variables", "custom_fields"})
_SPELLINGS = {"phone_numbers": "phones", "phones": "phone_numbers"}
"""Two names of one thing: emptying one while filling the other would contradict itself."""


def patch_body(step: Update) -> Payload:
    """Build what to patch: only what has changed, so that an edit by hand in another field stays.

    A field that the row no longer has is sent empty ("" or []), otherwise the old value would stay for ever;
    so is a custom field, by its id, since a server may take the list of them for an addition. Without named
    changes the whole payload goes.
    """
    payload = step.contact.payload
    body = {name: payload[name] if name in payload else _empty(name) for name in step.changed}
    for name in step.changed:
        if name not in payload and _SPELLINGS.get(name) in payload:
            del body[name]
    if step.dropped and "custom_fields" in body:
        emptied = [{"custom_field_id": name, "custom_field_value": ""} for name in step.dropped]
        body["custom_fields"] = [*_entries(body["custom_fields"]), *emptied]
    return body or payload


def _entries(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


def _empty(name: str) -> object:
    return [] if name in _LISTS else ""
