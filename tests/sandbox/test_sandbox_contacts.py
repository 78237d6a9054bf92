"""The operations on contacts, as a client sees them."""

import json
from typing import Any

import httpx
import pytest


def test_create_answers_with_the_stored_contact_and_its_id(caller: Any) -> None:
    """201 carries contact_id, the fields, and the address book."""
    reply = caller.create(company="Example Inc", timezone="Europe/Berlin")
    body = reply.json()
    assert reply.status_code == 201
    assert len(body["contact_id"]) == 22
    assert body["display_name"] == "Ada Example"
    assert body["timezone"] == "Europe/Berlin"
    assert body["address_book_id"] == "sandbox-book"
    assert body["address_book_name"] == "Sandbox customers"


def test_create_twice_makes_two_contacts(caller: Any) -> None:
    """There is no idempotency: the same body twice is two contacts."""
    ids = {caller.create().json()["contact_id"] for _ in range(2)}
    assert ids == {contact["contact_id"] for contact in caller.sandbox.contacts()}
    assert len(ids) == 2


def test_get_gives_what_create_has_given(caller: Any) -> None:
    """GET by id answers with the very contact."""
    created = caller.create().json()
    assert caller.call("GET", f"/sandbox-book/contacts/{created['contact_id']}").json() == created


def test_phones_with_types_come_back_in_both_lists(caller: Any) -> None:
    """`phones` is taken instead of `phone_numbers`, and the answer carries both."""
    phones = [{"phone_number": "+442079460123", "phone_type": "work"}, {"phone_number": "+12025550101"}]
    body = caller.create(phone_numbers=..., phones=phones).json()
    assert body["phone_numbers"] == ["+442079460123", "+12025550101"]
    assert [phone["phone_type"] for phone in body["phones"]] == ["work", "main"]


def test_unknown_fields_and_nulls_are_ignored(caller: Any) -> None:
    """A field that the API does not have, or that is null, counts as not given."""
    body = caller.create(shoe_size=43, company=None).json()
    assert "shoe_size" not in body
    assert "company" not in body


def test_update_replaces_what_is_given_and_leaves_the_rest(caller: Any) -> None:
    """PATCH answers 204 without a body."""
    path = f"/sandbox-book/contacts/{caller.create(role='Buyer').json()['contact_id']}"
    reply = caller.call("PATCH", path, json={"display_name": "Ada E.", "emails": ["ada2@example.com"]})
    assert (reply.status_code, reply.content) == (204, b"")
    after = caller.call("GET", path).json()
    assert (after["display_name"], after["emails"], after["role"]) == (
        "Ada E.",
        ["ada2@example.com"],
        "Buyer",
    )


def test_update_moves_the_contact_to_its_new_addresses(caller: Any) -> None:
    """After a PATCH the old email finds nothing any more and the new phone does."""
    path = f"/sandbox-book/contacts/{caller.create().json()['contact_id']}"
    caller.call("PATCH", path, json={"emails": ["new@example.com"], "phone_numbers": ["+12025550111"]})
    found = [
        caller.call("GET", "/sandbox-book/contacts", params=query).json()["total_records"]
        for query in ({"emails": "ada@example.com"}, {"phone_numbers": "+12025550111"})
    ]
    assert found == [0, 1]


def test_update_with_plain_numbers_drops_the_typed_ones(caller: Any) -> None:
    """`phone_numbers` replaces `phones`."""
    created = caller.create(phone_numbers=..., phones=[{"phone_number": "+12025550101"}]).json()
    path = f"/sandbox-book/contacts/{created['contact_id']}"
    caller.call("PATCH", path, json={"phone_numbers": ["+12025550102"]})
    after = caller.call("GET", path).json()
    assert after["phone_numbers"] == ["+12025550102"]
    assert "phones" not in after


def test_update_may_not_take_the_last_address_away(caller: Any) -> None:
    """A contact keeps a phone number or an email (2102)."""
    path = f"/sandbox-book/contacts/{caller.create(phone_numbers=...).json()['contact_id']}"
    assert caller.call("PATCH", path, json={"emails": []}).json()["code"] == 2102


def test_delete_removes_and_a_second_one_finds_nothing(caller: Any) -> None:
    """DELETE answers 204, then 404 with 2101."""
    path = f"/sandbox-book/contacts/{caller.create().json()['contact_id']}"
    assert caller.call("DELETE", path).status_code == 204
    again = caller.call("DELETE", path)
    assert (again.status_code, again.json()["code"]) == (404, 2101)
    assert caller.call("GET", "/sandbox-book/contacts").json()["total_records"] == 0


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_contact_belongs_to_its_book(caller: Any, method: str) -> None:
    """By way of another book a contact does not exist (2101)."""
    path = f"/sandbox-book-2/contacts/{caller.create().json()['contact_id']}"
    reply = caller.call(method, path, **({"json": {}} if method == "PATCH" else {}))
    assert (reply.status_code, reply.json()["code"]) == (404, 2101)


def _wrong(reply: httpx.Response) -> tuple[int, int, str]:
    body = reply.json()
    return reply.status_code, body["code"], body.get("errors", [{"field": ""}])[0]["field"]


FIELD = "custom_field_id"
VALUE = "custom_field_value"


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        pytest.param({"display_name": ...}, 2104, "", id="no display_name"),
        pytest.param({"display_name": "  "}, 2104, "", id="blank display_name"),
        pytest.param({"display_name": "x" * 126}, 300, "display_name", id="display_name too long"),
        pytest.param({"display_name": 7}, 300, "display_name", id="display_name no text"),
        pytest.param({"first_name": "x" * 37}, 300, "first_name", id="first_name too long"),
        pytest.param({"last_name": "x" * 37}, 300, "last_name", id="last_name too long"),
        pytest.param({"company": "x" * 257}, 300, "company", id="company too long"),
        pytest.param({"phone_numbers": ..., "emails": ...}, 2102, "", id="no phone and no email"),
        pytest.param({"phone_numbers": [], "emails": []}, 2102, "", id="empty phones and emails"),
        pytest.param({"phone_numbers": "+12025550100"}, 300, "phone_numbers", id="phones no list"),
        pytest.param({"phone_numbers": ["2025550100"]}, 300, "phone_numbers[0]", id="phone without plus"),
        pytest.param({"phone_numbers": ["+1202555010"]}, 300, "phone_numbers[0]", id="phone too short"),
        pytest.param({"phone_numbers": ["+1 202 555 0100"]}, 300, "phone_numbers[0]", id="phone with spaces"),
        pytest.param(
            {"phone_numbers": [f"+1202555010{n}" for n in range(6)]}, 300, "phone_numbers", id="6 phones"
        ),
        pytest.param(
            {"phone_numbers": ..., "phones": [{"phone_number": "+12025550100", "phone_type": "pager"}]},
            300,
            "phones[0]",
            id="phone type unknown",
        ),
        pytest.param(
            {"phones": [{"phone_number": "+12025550100"}]}, 300, "phones", id="both lists of phones"
        ),
        pytest.param({"emails": ["ada@"]}, 300, "emails[0]", id="email without domain"),
        pytest.param({"emails": ["ada example@example.com"]}, 300, "emails[0]", id="email with a space"),
        pytest.param({"emails": ["a@example.com", "b@c"]}, 300, "emails[1]", id="email without a dot"),
        pytest.param({"emails": [f"{n}@example.com" for n in range(5)]}, 300, "emails", id="5 emails"),
        pytest.param({"phone_numbers": [12025550100]}, 300, "phone_numbers[0]", id="phone no text"),
        pytest.param(
            {"phone_numbers": ..., "phones": ["+12025550100"]}, 300, "phones[0]", id="phones no objects"
        ),
        pytest.param({"emails": [None]}, 300, "emails[0]", id="email no text"),
        pytest.param({"variables": ["x"]}, 300, "variables[0]", id="variables no objects"),
        pytest.param({"consumer_ids": [1]}, 300, "consumer_ids[0]", id="consumer no text"),
        pytest.param({"timezone": "Mars/Olympus"}, 2117, "", id="timezone unknown"),
        pytest.param({"timezone": "../etc/passwd"}, 2117, "", id="timezone a path"),
        pytest.param({"consumer_ids": ["nobody"]}, 2106, "", id="consumer unknown"),
        pytest.param({"consumer_ids": ["sandbox-consumer-1"] * 11}, 300, "consumer_ids", id="11 consumers"),
        pytest.param({"variables": [{"variable_value": "x"}]}, 300, "variables[0]", id="variable without id"),
        pytest.param({"custom_fields": [{FIELD: "nope", VALUE: "x"}]}, 2114, "", id="custom field unknown"),
        pytest.param(
            {"custom_fields": [{FIELD: "field-partner"}]}, 2114, "", id="custom field of another book"
        ),
        pytest.param({"custom_fields": [{FIELD: "field-number", VALUE: "x"}]}, 2113, "", id="no number"),
        pytest.param({"custom_fields": [{FIELD: "field-boolean", VALUE: "yes"}]}, 2113, "", id="no boolean"),
        pytest.param({"custom_fields": [{FIELD: "field-email", VALUE: "x"}]}, 2113, "", id="no email"),
        pytest.param({"custom_fields": [{FIELD: "field-phone", VALUE: "555"}]}, 2113, "", id="no phone"),
        pytest.param({"custom_fields": [{FIELD: "field-percent", VALUE: "5 %"}]}, 2113, "", id="no percent"),
        pytest.param({"custom_fields": [{FIELD: "field-currency", VALUE: "$5"}]}, 2113, "", id="no currency"),
        pytest.param(
            {"custom_fields": [{FIELD: "field-datetime", VALUE: "2024"}]}, 201, "", id="a unix time"
        ),
        pytest.param(
            {"custom_fields": [{FIELD: "field-datetime", VALUE: "1 May"}]}, 2113, "", id="no unix time"
        ),
        pytest.param(
            {"custom_fields": [{FIELD: "field-picklist", VALUE: "Tin"}]}, 2116, "", id="not in pick list"
        ),
        pytest.param(
            {"custom_fields": [{FIELD: "field-number", VALUE: 5}]},
            300,
            "custom_fields[0]",
            id="a JSON number",
        ),
        pytest.param(
            {"custom_fields": [{FIELD: "field-string", VALUE: "x" * 513}]},
            300,
            "custom_fields[0]",
            id="value too long",
        ),
    ],
)
def test_create_refuses_what_zoom_refuses(caller: Any, fields: Any, code: int, field: str) -> None:
    """Each rule has its code, and code 300 names the field; nothing is stored then."""
    reply = caller.create(**fields)
    if code == 201:
        assert reply.status_code == 201
        return
    assert _wrong(reply) == (400, code, field)
    assert caller.sandbox.contacts() == []


def test_create_takes_every_field_at_its_limit(caller: Any) -> None:
    """What the table allows is stored as it was sent."""
    fields = {
        "display_name": "é" * 125,
        "first_name": "x" * 36,
        "last_name": "x" * 36,
        "phone_numbers": [f"+1202555010{n}" for n in range(5)],
        "emails": [f"{n}@example.com" for n in range(4)],
        "location": "x" * 256,
        "account_number": "x" * 256,
        "company": "x" * 256,
        "role": "x" * 256,
        "timezone": "America/Argentina/Buenos_Aires",
        "consumer_ids": ["sandbox-consumer-1", "sandbox-consumer-2"],
        "variables": [{"variable_id": "v1", "variable_value": "x"}],
        "custom_fields": [
            {FIELD: "field-string", VALUE: "x" * 512},
            {FIELD: "field-number", VALUE: "-1.5"},
            {FIELD: "field-boolean", VALUE: "true"},
            {FIELD: "field-email", VALUE: "bill@example.com"},
            {FIELD: "field-phone", VALUE: "+442079460123"},
            {FIELD: "field-percent", VALUE: "12.5"},
            {FIELD: "field-currency", VALUE: "100"},
            {FIELD: "field-datetime", VALUE: "1700000000"},
            {FIELD: "field-picklist", VALUE: "Gold"},
        ],
    }
    assert caller.create(**fields).status_code == 201
    stored = caller.sandbox.contacts()[0]
    assert {name: stored[name] for name in fields} == fields


def test_several_wrong_fields_are_named_together(caller: Any) -> None:
    """Code 300 lists every field with the wrong shape at once."""
    body = caller.create(first_name=1, emails=["x", "y"]).json()
    assert [error["field"] for error in body["errors"]] == ["first_name", "emails[0]", "emails[1]"]


@pytest.mark.parametrize("content", [b"{", b"", b"[]", b'"text"', b"\xff\xfe", b"[" * 100_000], ids=repr)
def test_a_body_that_is_no_json_object_is_refused(caller: Any, content: bytes) -> None:
    """400 with code 300, never a failure of the server."""
    reply = caller.call("POST", "/sandbox-book/contacts", content=content)
    assert (reply.status_code, reply.json()["code"]) == (400, 300)


def test_a_huge_body_is_refused(caller: Any) -> None:
    """413 above a megabyte."""
    assert caller.create(company="x" * 1_100_000).status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        pytest.param("POST", "/nowhere/contacts", 404, 2001, id="create in no book"),
        pytest.param("GET", "/nowhere/contacts", 404, 2001, id="list no book"),
        pytest.param("GET", "/nowhere", 404, 2001, id="get no book"),
        pytest.param("PATCH", "/nowhere/contacts/x", 404, 2001, id="update in no book"),
        pytest.param("GET", "/sandbox-book/contacts/x", 404, 2101, id="get no contact"),
        pytest.param("GET", "/contacts/x/custom_fields", 404, 2101, id="custom fields of no contact"),
        pytest.param("POST", "/salesforce-book/contacts", 400, 2005, id="create under Salesforce"),
        pytest.param("PATCH", "/salesforce-book/contacts/x", 400, 2005, id="update under Salesforce"),
        pytest.param("DELETE", "/salesforce-book/contacts/x", 400, 2005, id="delete under Salesforce"),
        pytest.param("GET", "/a/b/c/d", 404, 2300, id="no such path"),
        pytest.param("PUT", "/sandbox-book/contacts", 404, 2300, id="no such method"),
    ],
)
def test_wrong_places_have_their_codes(caller: Any, method: str, path: str, status: int, code: int) -> None:
    """A book, a contact or a path that is not there is told apart by its code."""
    options = (
        {"json": {"display_name": "A", "emails": ["a@example.com"]}} if method in {"POST", "PATCH"} else {}
    )
    reply = caller.call(method, path, **options)
    assert (reply.status_code, reply.json()["code"]) == (status, code)


def test_custom_field_values_have_an_url_of_their_own(caller: Any) -> None:
    """The contact names the URL; it answers with name, type and value."""
    created = caller.create(custom_fields=[{FIELD: "field-picklist", VALUE: "Gold"}]).json()
    assert "custom_fields" not in created
    url = created["custom_fields_url"]
    reply = caller.client.get(url, headers={"Authorization": f"Bearer {caller.token}"}).json()
    assert reply["custom_fields"] == [
        {
            FIELD: "field-picklist",
            "custom_field_name": "Tier",
            "data_type": "pick_list",
            VALUE: "Gold",
            "outdated": False,
        }
    ]


def test_update_changes_custom_fields_one_by_one(caller: Any) -> None:
    """PATCH of one custom field leaves the others."""
    both = [{FIELD: "field-string", VALUE: "a"}, {FIELD: "field-number", VALUE: "1"}]
    contact_id = caller.create(custom_fields=both).json()["contact_id"]
    change = {"custom_fields": [{FIELD: "field-number", VALUE: "2"}]}
    caller.call("PATCH", f"/sandbox-book/contacts/{contact_id}", json=change)
    assert caller.sandbox.contacts()[0]["custom_fields"] == [both[0], change["custom_fields"][0]]


def test_answers_are_json_with_its_type(caller: Any) -> None:
    """Every answer with a body says that it is JSON and has a Date."""
    reply = caller.create(display_name="Zoë")
    assert reply.headers["content-type"].startswith("application/json")
    assert "date" in reply.headers
    assert json.loads(reply.content)["display_name"] == "Zoë"
