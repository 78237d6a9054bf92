"""The operations on contacts: create, list, get, update, delete, and their custom fields."""

import base64
import hashlib
import os
from collections.abc import Callable
from typing import Any

from importer.sandbox.answers import Answer, Refused, json_answer, no_such_book, no_such_contact
from importer.sandbox.call import Call
from importer.sandbox.operations import ROOT
from importer.sandbox.paging import PageRequest, listing, page_request, page_token
from importer.sandbox.stage import Stage
from importer.sandbox.store import Body, Query, Stored
from importer.sandbox.syntax import is_email, is_phone
from importer.sandbox.validation import check_rules, complete, merged, shaped
from importer.sandbox.world import AddressBook

LARGEST_FILTERED = 10_000
"""Contacts that a filtered list finds at most."""


def new_contact_id() -> str:
    """Make an id as Zoom's look: 22 characters of URL-safe base64."""
    return base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("=")


def book_of(stage: Stage, call: Call) -> AddressBook:
    """Find the address book of a call.

    Raises:
        Refused: 404 code 2001.
    """
    book_id = call.path_params["book_id"]
    book = stage.world.books.get(book_id)
    if book is None:
        raise no_such_book(book_id)
    return book


def _writable(stage: Stage, call: Call) -> AddressBook:
    book = book_of(stage, call)
    if book.salesforce:
        raise Refused(400, 2005, "Salesforce integration contact can not be added, updated, or deleted.")
    return book


def _contact(stage: Stage, book: AddressBook, call: Call) -> Stored:
    contact_id = call.path_params["contact_id"]
    stored = stage.store.get(contact_id, book.book_id)
    if stored is None:
        raise no_such_contact(contact_id)
    return stored


def checked(stage: Stage, book: AddressBook, given: object) -> Body:
    """Give a new contact in the shape in which it is kept.

    Raises:
        Refused: 400 with the code of what is wrong.
    """
    body = complete(shaped(given))
    check_rules(body, book, stage.world)
    return body


def view(book: AddressBook, contact_id: str, body: Body, api_url: str) -> Body:
    """Give a contact as answers show it: custom fields are behind a URL of their own."""
    shown: dict[str, Any] = {"contact_id": contact_id, "phone_numbers": [], "emails": [], **body}
    shown.pop("custom_fields", None)
    shown["address_book_id"] = book.book_id
    shown["address_book_name"] = book.name
    shown["custom_fields_url"] = f"{api_url}{ROOT}/contacts/{contact_id}/custom_fields"
    return shown


def create_contact(stage: Stage, call: Call) -> Answer:
    """POST .../contacts: 201 and the stored contact."""
    book = _writable(stage, call)
    body = checked(stage, book, call.json())
    contact_id = new_contact_id()
    stage.store.add(book.book_id, [(contact_id, body)])
    stage.stats.changes["stored"] += 1
    return json_answer(201, view(book, contact_id, body, _origin(call)))


def get_contact(stage: Stage, call: Call) -> Answer:
    """GET .../contacts/{id}: 200 and the contact."""
    book = book_of(stage, call)
    stored = _contact(stage, book, call)
    return json_answer(200, view(book, stored.contact_id, stored.body, _origin(call)))


def update_contact(stage: Stage, call: Call) -> Answer:
    """PATCH .../contacts/{id}: 204; the fields that are given replace those that are there."""
    book = _writable(stage, call)
    stored = _contact(stage, book, call)
    body = merged(stored.body, shaped(call.json()))
    check_rules(body, book, stage.world)
    stage.store.replace(stored, body)
    stage.stats.changes["updated"] += 1
    return Answer(204)


def delete_contact(stage: Stage, call: Call) -> Answer:
    """DELETE .../contacts/{id}: 204."""
    book = _writable(stage, call)
    stage.store.delete(_contact(stage, book, call))
    stage.stats.changes["deleted"] += 1
    return Answer(204)


def list_contacts(stage: Stage, call: Call) -> Answer:
    """GET .../contacts: a page, of all contacts or of those with one of the emails or phone numbers."""
    book = book_of(stage, call)
    query = _query(stage, book, call)
    page = page_of(stage, call, repr((query.book_id, query.emails, query.phones)))
    total = stage.store.total(query)
    if query.emails or query.phones:
        total = min(total, LARGEST_FILTERED)
    found = list(stage.store.page(query, page.after, page.size + 1))
    token = token_maker(stage)(page, found[page.size - 1].seq) if len(found) > page.size else ""
    origin = _origin(call)
    content = {
        "next_page_token": token,
        "page_size": page.size,
        "total_records": total,
        "contacts": [view(book, each.contact_id, each.body, origin) for each in found[: page.size]],
    }
    return json_answer(200, content)


def _query(stage: Stage, book: AddressBook, call: Call) -> Query:
    # A plus that was not escaped has arrived as a space, and so is refused below.
    phones = call.values("phone_numbers")
    emails = call.values("emails")
    if len(phones) > 10:
        raise Refused(400, 300, "Number of phone numbers exceeds max limit of 10")
    if len(emails) > 10:
        raise Refused(400, 300, "Number of emails exceeds max limit of 10")
    if not all(map(is_phone, phones)):
        raise Refused(400, 300, "Invalid phone number")
    if not all(map(is_email, emails)):
        raise Refused(400, 300, "Invalid email")
    lag = stage.settings.list_lag_s
    until = stage.wall() - lag if lag > 0 else None
    return Query(book.book_id, emails, phones, stage.settings.filters == "and", until)


def list_contact_custom_fields(stage: Stage, call: Call) -> Answer:
    """GET .../contacts/{id}/custom_fields: the values of one contact, a page of them."""
    contact_id = call.path_params["contact_id"]
    stored = stage.store.get(contact_id)
    if stored is None:
        raise no_such_contact(contact_id)
    entries = [_value_view(stage, entry) for entry in stored.body.get("custom_fields", ())]
    page = page_of(stage, call, contact_id)
    return json_answer(200, listing("custom_fields", entries, page, token_maker(stage)))


def _value_view(stage: Stage, entry: Body) -> Body:
    field = stage.world.custom_fields.get(entry["custom_field_id"])
    return {
        "custom_field_id": entry["custom_field_id"],
        "custom_field_name": field.name if field else "",
        "data_type": field.data_type if field else "string",
        "custom_field_value": entry.get("custom_field_value", ""),
        "outdated": field is None,
    }


def page_of(stage: Stage, call: Call, of: str) -> PageRequest:
    """Read the paging parameters of a call; `of` names the listing with its filters."""
    name = hashlib.blake2b(of.encode(), digest_size=6).hexdigest()
    return page_request(name, call.parameter("page_size"), call.parameter("next_page_token"), stage.wall())


def token_maker(stage: Stage) -> Callable[[PageRequest, int], str]:
    """Give the maker of page tokens that live as long as the settings say."""
    expires_at = round(stage.wall() + stage.settings.page_token_ttl_s, 3)
    return lambda page, place: page_token(page, place, expires_at)


def _origin(call: Call) -> str:
    return f"http://{call.headers.get('host', '127.0.0.1')}"
