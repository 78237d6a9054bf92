"""What answers say about the account, and which of them stop a run."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.model import Reply
from importer.zoom.account import (
    AddressBook,
    CustomFieldInfo,
    Page,
    account_error,
    address_book,
    clock_skew_s,
    contact_id,
    custom_field,
    page,
)
from importer.zoom.operations import OPERATIONS, READ, WRITE, missing_scopes

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def reply(status, body=b"", headers=None):
    return Reply(status, headers or {}, body if isinstance(body, bytes) else json.dumps(body).encode())


def test_an_address_book_is_read():
    """As the reference shows it."""
    found = {
        "address_book_id": "b",
        "address_book_name": "Customers",
        "total_contacts": 30,
        "unit_id": "u",
        "unit_name": "Unit",
    }
    assert address_book(found) == AddressBook("b", "Customers", "u", "Unit", 30)


def test_a_custom_field_is_read():
    """With its pick list and the books it belongs to."""
    found = {
        "custom_field_id": "f",
        "custom_field_name": "Tier",
        "data_type": "pick_list",
        "pick_list_values": ["Gold", "Silver"],
        "address_books": [{"address_book_id": "b", "address_book_name": "Customers"}, {}],
    }
    assert custom_field(found) == CustomFieldInfo("f", "Tier", "pick_list", ("Gold", "Silver"), ("b",))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = (
    "address_book_id", "total_contacts", "custom_field_id", "pick_list_values", "address_books",
    "contacts", "next_page_token", "contact_id", "code", "errors",
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(NAMES), anything))
def test_answers_of_any_shape_are_read_without_an_exception(found):
    """A field of another type than the reference says counts as missing."""
    answer = reply(200, found)
    assert isinstance(address_book(found), AddressBook)
    assert isinstance(custom_field(found), CustomFieldInfo)
    assert isinstance(contact_id(answer), str)
    assert isinstance(page(answer, "contacts"), Page | None)
    account_error(reply(400, found), "create_contact", "b")


@given(st.binary(max_size=50))
def test_bodies_of_any_bytes_are_read_without_an_exception(body):
    """HTML, half a JSON, nothing: no page and no id."""
    assert page(Reply(200, {}, body), "contacts") is None
    assert contact_id(Reply(201, {}, body)) == ""


PAGES = {
    "the last": ({"contacts": [{"contact_id": "k"}]}, Page(({"contact_id": "k"},), "")),
    "one of several": ({"contacts": [], "next_page_token": "n"}, Page((), "n")),
    "an empty book": ({"total_records": 0, "next_page_token": ""}, Page(())),
    "another list": ({"units": []}, None),
}


@pytest.mark.parametrize(("body", "expected"), PAGES.values(), ids=PAGES)
def test_a_page_is_its_entries_and_the_token_of_the_next(body, expected):
    """What has no such list is no page."""
    assert page(reply(200, body), "contacts") == expected


STOPS = {
    "no such book": (404, {"code": 2001, "message": "no"}, "update_contact", ['"book-7"', "--address-book"]),
    "salesforce": (400, {"code": 2005, "message": "no"}, "create_contact", ['"book-7"', "Salesforce"]),
    "scope, 400": (
        400,
        {"code": 4711, "message": "does not contain scopes:[abc]"},
        "create_contact",
        [WRITE, "contact_center:write:address_book_contact:admin", "[abc]"],
    ),
    "scope, 401": (
        401,
        {"code": 4711, "message": "m"},
        "list_contacts",
        [READ, "list_address_book_contacts"],
    ),
    "forbidden": (403, {"code": 1, "message": "m"}, "get_address_book", [READ, ":read:address_book:admin"]),
}


@pytest.mark.parametrize(("status", "body", "operation", "words"), STOPS.values(), ids=STOPS)
def test_what_stops_a_run_says_what_to_mend(status, body, operation, words):
    """The book by its id, the scopes in both generations."""
    error = account_error(reply(status, body), operation, "book-7")
    assert error is not None
    assert [word for word in words if word not in str(error)] == []


@pytest.mark.parametrize(
    ("status", "body"),
    [(201, {"code": 2001}), (400, {"code": 2102, "message": "m"}), (403, b"<html>"), (404, b""), (500, b"")],
)
def test_other_answers_do_not_stop_a_run_here(status, body):
    """They are the verdict table's to judge."""
    assert account_error(reply(status, body), "create_contact", "b") is None


def test_missing_scopes_are_those_in_neither_generation():
    """Classic or granular, one of the two is enough."""
    asked = ["create_contact", "update_contact", "list_contacts"]
    granted = {READ, "contact_center:write:address_book_contact:admin"}
    assert missing_scopes(granted, asked) == (OPERATIONS["update_contact"],)


def test_a_token_without_scopes_says_nothing():
    """Zoom may leave them out: then nothing is claimed to be missing."""
    assert missing_scopes((), OPERATIONS) == ()


def test_the_clock_is_compared_with_the_servers():
    """Positive when this computer is ahead."""
    ahead = clock_skew_s(reply(200, b"", {"date": "Tue, 24 Nov 2026 11:55:00 GMT"}), NOW)
    assert ahead == timedelta(minutes=5).total_seconds()


@pytest.mark.parametrize("date", ["", "noon", "Tue, 24 Nov 2026 11:55:00"])
def test_without_a_date_nothing_is_said_about_the_clock(date):
    """Missing, garbage, or without a zone."""
    assert clock_skew_s(reply(200, b"", {"date": date}), NOW) is None
