"""Which stored contact is the one we sent: the comparison by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.sending.matching import compare, handles, identity

SENT = {
    "display_name": "Ada Example",
    "first_name": "Ada",
    "last_name": "Example",
    "company": "Example Ltd",
    "emails": ["Ada@example.com", "second@example.com"],
    "phone_numbers": ["+12025550142", "+442079460958"],
}
STORED = SENT | {
    "contact_id": "c1",
    "address_book_name": "Customers",
    "custom_fields_url": "https://example.com/x",
}


def without(*names):
    return {name: value for name, value in STORED.items() if name not in names}


@pytest.mark.parametrize(
    "stored",
    [
        STORED,
        STORED | {"emails": ["second@EXAMPLE.com", "ada@example.com"]},
        STORED | {"phone_numbers": ["+442079460958", "+12025550142"]},
        STORED | {"phone_numbers": ["+1 202-555-0142", "442079460958"]},
        without("phone_numbers")
        | {"phones": [{"phone_number": number, "phone_type": "work"} for number in SENT["phone_numbers"]]},
        STORED | {"display_name": " Ada Example "},
        STORED | {"display_name": "Ada \xa0 Example", "company": "Example\nLtd"},
        STORED | {"company": "EXAMPLE LTD"},
        STORED | {"timezone": "Etc/UTC"},
        STORED | {"variables": [], "consumer_ids": [], "custom_fields": None},
    ],
    ids=[
        "the same",
        "emails in another order and case",
        "phones in another order",
        "phones spelled otherwise",
        "phones as objects",
        "spaces",
        "spaces inside",
        "capitals",
        "time zone filled in",
        "empty lists",
    ],
)
def test_ours(stored):
    """What a server may do to a contact in passing does not hide it."""
    assert compare(SENT, stored) == "same"


@pytest.mark.parametrize(
    "stored",
    [
        STORED | {"display_name": "Ada Exampla"},
        STORED | {"company": "Other Ltd"},
        STORED | {"role": "Agent"},
        STORED | {"emails": ["ada@example.com"]},
        STORED | {"emails": [*SENT["emails"], "third@example.com"]},
        STORED | {"phone_numbers": ["+12025550142"]},
        without("emails"),
        without("display_name"),
        {"contact_id": "c1"},
        {"display_name": None, "emails": 7, "phones": ["x", {"phone_number": 5}], "variables": [1]},
    ],
    ids=[
        "other name",
        "other company",
        "role that we did not send",
        "email missing",
        "email more",
        "phone missing",
        "no emails",
        "no name",
        "nothing",
        "garbage",
    ],
)
def test_not_ours(stored):
    """A contact that differs in a field that tells people apart is somebody else's."""
    assert compare(SENT, stored) == "other"


@pytest.mark.parametrize(
    "stored",
    [without("company"), without("first_name", "last_name"), without("emails", "phone_numbers")],
    ids=["company", "names", "addresses"],
)
def test_not_shown(stored):
    """What is not shown decides nothing, until this server has shown that it returns it."""
    assert compare(SENT, stored) == "partly"
    assert compare(SENT, without("company"), returned={"company"}) == "other"


def test_variables():
    """Variables are compared where the server returns them; more of them than we sent are no harm."""
    sent = SENT | {"variables": [{"variable_id": "v1", "variable_value": "a"}]}
    more = [{"variable_id": "v1", "variable_value": "a"}, {"variable_id": "v2", "variable_value": "b"}]
    assert compare(sent, STORED) == "same"
    assert compare(sent, STORED | {"variables": more}) == "same"
    other = [{"variable_id": "v1", "variable_value": "z"}]
    assert compare(sent, STORED | {"variables": other}) == "other"


def test_handles():
    """The email comes first, in small letters as well, then a phone, whichever field it came in."""
    assert [(handle.filter, handle.value) for handle in handles(SENT)] == [
        ("emails", "Ada@example.com"),
        ("emails", "ada@example.com"),
        ("phone_numbers", "+12025550142"),
    ]
    typed = {"display_name": "B", "phones": [{"phone_number": "+12025550143", "phone_type": "home"}]}
    assert [(handle.filter, handle.value) for handle in handles(typed)] == [("phone_numbers", "+12025550143")]
    assert handles({"display_name": "C"}) == ()


EMAILS = st.lists(
    st.sampled_from(["a@example.com", "A@example.com", "b@example.com"]), max_size=3, unique=True
)
PHONES = st.lists(st.sampled_from(["+12025550142", "+12025550143"]), max_size=2, unique=True)
TEXT = st.sampled_from(["", "x", "y"])
PAYLOADS = st.builds(
    lambda name, company, emails, phones: (
        {"display_name": name}
        | ({"company": company} if company else {})
        | ({"emails": emails} if emails else {})
        | ({"phone_numbers": phones} if phones else {})
    ),
    st.sampled_from(["N", "M"]),
    TEXT,
    EMAILS,
    PHONES,
).filter(lambda payload: "emails" in payload or "phone_numbers" in payload)


@given(PAYLOADS, PAYLOADS)
def test_rows_that_one_contact_could_match_take_turns(one, other):
    """Two payloads that the same stored contact matches have the same identity, so never run at once."""
    for stored in (one, other):
        assert compare(stored, stored | {"contact_id": "c1"}) == "same"
        if "other" not in (compare(one, stored), compare(other, stored)):
            assert identity(one) == identity(other)


@given(
    PAYLOADS,
    st.dictionaries(
        st.sampled_from(["display_name", "emails", "phones", "phone_numbers", "variables", "company"]),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=4),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=2)
            ),
            max_leaves=6,
        ),
    ),
)
def test_any_listing_can_be_compared(payload, contact):
    """Nothing that a server returns makes the comparison raise."""
    assert compare(payload, contact) in ("same", "partly", "other")
