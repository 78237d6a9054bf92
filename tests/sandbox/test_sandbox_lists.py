"""Lists: filters, pages, and the operations around contacts."""

from typing import Any

import pytest


def _person(number: int, **fields: object) -> dict[str, object]:
    return {"display_name": f"Person {number}", "emails": [f"p{number}@example.com"], **fields}


def _names(reply: Any) -> list[str]:
    return [contact["display_name"] for contact in reply.json()["contacts"]]


def _list(caller: Any, **query: Any) -> Any:
    return caller.call("GET", "/sandbox-book/contacts", params=query)


def test_pages_give_every_contact_once_in_order(caller: Any) -> None:
    """Following next_page_token to its end finds all, none twice."""
    caller.sandbox.seed([_person(number) for number in range(25)])
    names, token = [], ""
    while True:
        reply = _list(caller, page_size=10, next_page_token=token)
        names += _names(reply)
        assert reply.json()["total_records"] == 25
        token = reply.json()["next_page_token"]
        if not token:
            break
    assert names == [f"Person {number}" for number in range(25)]


def test_a_full_last_page_has_no_token(caller: Any) -> None:
    """A page that ends with the last contact leads nowhere."""
    caller.sandbox.seed([_person(number) for number in range(10)])
    assert _list(caller, page_size=10).json()["next_page_token"] == ""


def test_a_page_has_30_contacts_unless_told_otherwise(caller: Any) -> None:
    """page_size is 30 by default and 300 at most."""
    caller.sandbox.seed([_person(number) for number in range(301)])
    assert len(_names(_list(caller))) == 30
    assert len(_names(_list(caller, page_size=300))) == 300


@pytest.mark.parametrize("size", ["0", "301", "-1", "x", "9" * 50])
def test_a_page_size_out_of_range_is_refused(caller: Any, size: str) -> None:
    """400 code 300 names page_size."""
    body = _list(caller, page_size=size).json()
    assert (body["code"], body["errors"][0]["field"]) == (300, "page_size")


@pytest.mark.parametrize("token", ["x", "e30", "W10", "bnVsbA"], ids=["noise", "object", "array", "null"])
def test_a_token_that_is_none_is_refused(caller: Any, token: str) -> None:
    """400 code 300, never a failure of the server."""
    reply = _list(caller, next_page_token=token)
    assert (reply.status_code, reply.json()["code"]) == (400, 300)


def test_a_token_belongs_to_its_filters(caller: Any) -> None:
    """The token of one listing opens no other."""
    caller.sandbox.seed([_person(number) for number in range(3)])
    token = _list(caller, page_size=1).json()["next_page_token"]
    assert _list(caller, next_page_token=token, emails="p1@example.com").status_code == 400


def test_a_page_token_dies(caller: Any) -> None:
    """After its time (15 minutes at Zoom) a token is refused."""
    caller.sandbox.change(page_token_ttl_s=0)
    caller.sandbox.seed([_person(number) for number in range(3)])
    token = _list(caller, page_size=1).json()["next_page_token"]
    assert "expired" in _list(caller, next_page_token=token).json()["message"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param([("emails", "p1@example.com")], [1], id="one email"),
        pytest.param([("emails", "p1@example.com"), ("emails", "p2@example.com")], [1, 2], id="repeated"),
        pytest.param([("emails", "p1@example.com,p2@example.com")], [1, 2], id="between commas"),
        pytest.param([("phone_numbers", "+12025550103")], [3], id="one phone"),
        pytest.param([("phone_numbers", "+12025550103,+12025550109")], [3], id="one of two is there"),
        pytest.param([("emails", "p@example.com")], [], id="a part of an email"),
        pytest.param([("emails", "P1@example.com")], [], id="other letters"),
        pytest.param([("emails", "p3@example.com"), ("phone_numbers", "+12025550103")], [3], id="both fit"),
        pytest.param([("emails", "p1@example.com"), ("phone_numbers", "+12025550103")], [], id="not both"),
    ],
)
def test_filters_match_exactly(caller: Any, query: Any, found: list[int]) -> None:
    """emails and phone_numbers find the contacts that have one of the values, letter by letter."""
    phones = [f"+1202555010{number}" for number in range(4)]
    caller.sandbox.seed([_person(number, phone_numbers=[phones[number]]) for number in range(4)])
    reply = caller.call("GET", "/sandbox-book/contacts", params=query)
    assert _names(reply) == [f"Person {number}" for number in found]
    assert reply.json()["total_records"] == len(found)


def test_filters_can_mean_either(caller: Any) -> None:
    """filters="or" finds contacts with one of the emails or one of the numbers."""
    caller.sandbox.change(filters="or")
    caller.sandbox.seed([_person(0), _person(1, phone_numbers=["+12025550101"]), _person(2)])
    assert _names(_list(caller, emails="p0@example.com", phone_numbers="+12025550101")) == [
        "Person 0",
        "Person 1",
    ]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        pytest.param({"emails": ["a@example.com"] * 11}, "exceeds max limit of 10", id="11 emails"),
        pytest.param({"phone_numbers": ["+12025550100"] * 11}, "exceeds max limit of 10", id="11 phones"),
        pytest.param({"emails": "x"}, "Invalid email", id="no email"),
        pytest.param({"phone_numbers": "12025550100"}, "Invalid phone number", id="no plus"),
    ],
)
def test_filters_out_of_range_are_refused(caller: Any, query: Any, message: str) -> None:
    """400 code 300 with the documented message."""
    body = _list(caller, **query).json()
    assert body["code"] == 300
    assert message in body["message"]


def test_a_plus_that_is_not_escaped_is_no_plus(caller: Any) -> None:
    """In a query + means a space, so the client has to escape it."""
    assert caller.call("GET", "/sandbox-book/contacts?phone_numbers=+12025550100").status_code == 400


def test_filters_page_too(caller: Any) -> None:
    """Contacts that share an address come page by page."""
    caller.sandbox.seed([_person(number, phone_numbers=["+12025550100"]) for number in range(5)])
    first = _list(caller, phone_numbers="+12025550100", page_size=3)
    token = first.json()["next_page_token"]
    second = _list(caller, phone_numbers="+12025550100", page_size=3, next_page_token=token)
    assert _names(first) + _names(second) == [f"Person {number}" for number in range(5)]


def test_lists_can_lag_behind(caller: Any) -> None:
    """With list_lag_s a new contact can be had by its id, but no list shows it yet."""
    caller.sandbox.change(list_lag_s=600)
    contact_id = caller.create().json()["contact_id"]
    assert _names(_list(caller)) == []
    assert caller.call("GET", f"/sandbox-book/contacts/{contact_id}").status_code == 200


def test_a_book_counts_its_contacts(caller: Any) -> None:
    """total_contacts follows creates and deletes."""
    ids = caller.sandbox.seed([_person(number) for number in range(3)])
    caller.call("DELETE", f"/sandbox-book/contacts/{ids[0]}")
    body = caller.call("GET", "/sandbox-book").json()
    assert (body["address_book_name"], body["unit_id"]) == ("Sandbox customers", "sandbox-unit")
    assert body["total_contacts"] == 2


def test_books_are_listed_by_unit(caller: Any) -> None:
    """The unit is required and has to exist (1902, 1901)."""
    books = caller.call("GET", "", params={"unit_id": "sandbox-unit"}).json()["address_books"]
    assert [book["address_book_id"] for book in books] == [
        "sandbox-book",
        "sandbox-book-2",
        "salesforce-book",
    ]
    assert caller.call("GET", "").json()["code"] == 1902
    assert caller.call("GET", "", params={"unit_id": "x"}).json()["code"] == 1901


def test_units_are_listed(caller: Any) -> None:
    """There is one unit."""
    body = caller.call("GET", "/units").json()
    assert [unit["unit_id"] for unit in body["units"]] == ["sandbox-unit"]


def test_custom_fields_say_type_pick_list_and_books(caller: Any) -> None:
    """There is a custom field of every data type, and they page like everything else."""
    first = caller.call("GET", "/custom_fields", params={"page_size": 8}).json()
    token = first["next_page_token"]
    second = caller.call("GET", "/custom_fields", params={"page_size": 8, "next_page_token": token}).json()
    fields = {field["custom_field_id"]: field for field in first["custom_fields"] + second["custom_fields"]}
    types = {field["data_type"] for field in fields.values()}
    assert types == {
        "string", "number", "boolean", "email", "phone", "percent", "currency", "dateTime", "pick_list"
    }  # fmt: skip
    assert fields["field-picklist"]["pick_list_values"] == ["Bronze", "Silver", "Gold"]
    assert [book["address_book_id"] for book in fields["field-partner"]["address_books"]] == [
        "sandbox-book-2"
    ]
