"""Which differences between what was sent and what is stored count."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.run.differences import compared, custom_field_values, differing

SENT = {
    "display_name": "Zoë Example",
    "phones": [{"phone_number": "+12125550100", "phone_type": "work"}, {"phone_number": "+12125550101"}],
    "emails": ["Zoe@example.com", "z@example.org"],
    "company": "Example  Ltd",
    "variables": [{"variable_id": "v1", "variable_value": "x"}],
    "consumer_ids": ["c1", "c2"],
    "custom_fields": [{"custom_field_id": "f1", "custom_field_value": "5"}],
}
STORED = {
    "contact_id": "abc",
    "display_name": "Zoë Example",
    "first_name": "Zoë",
    "phone_numbers": ["+12125550101", "+12125550100"],
    "emails": ["z@example.org", "zoe@example.com"],
    "company": " Example Ltd",
    "location": "",
    "timezone": "America/New_York",
    "variables": [],
    "consumer_ids": ["c2", "c1"],
}


def differences(sent: dict[str, Any], stored: dict[str, Any], **options: Any) -> list[str]:
    """Names of the fields that differ."""
    return [pair.field for pair in differing(compared(sent, stored, **options))]


def test_another_way_to_write_the_same_is_no_difference() -> None:
    """Accents, blanks, capitals of emails, order, derived names, hidden variables and types."""
    assert differences(SENT, STORED, custom_values={"f1": "5.0", "f2": "default"}) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"display_name": "Zoe Example"}, "display_name"),
        ({"display_name": None}, "display_name"),
        ({"first_name": "Maria"}, "first_name"),
        ({"company": "EXAMPLE LTD"}, "company"),
        ({"company": ""}, "company"),
        ({"role": "Boss"}, "role"),
        ({"phone_numbers": ["+12125550100"]}, "phone_numbers"),
        ({"phone_numbers": ["+12125550100", "+12125550101", "+12125550102"]}, "phone_numbers"),
        ({"phones": [{"phone_number": "+12125550100", "phone_type": "home"}]}, "phone_numbers"),
        ({"emails": []}, "emails"),
        ({"emails": ["z@example.org"]}, "emails"),
        ({"variables": [{"variable_id": "v1", "variable_value": "y"}]}, "variables v1"),
        ({"consumer_ids": ["c1"]}, "consumer_ids"),
    ],
    ids=str,
)
def test_whatever_somebody_changes_counts(change: dict[str, object], field: str) -> None:
    """Changed, emptied and filled fields are differences."""
    assert differences(SENT, STORED | change) == [field]


@pytest.mark.parametrize(
    ("sent", "stored", "equal"),
    [
        ("5", "5.0", True),
        ("true", "True", True),
        ("007", "7", False),
        ("5", "6", False),
        ("x", "", False),
        ("x", "X", False),
    ],
)
def test_custom_values_are_compared_as_values(sent: str, stored: str, equal: bool) -> None:
    """Numbers and truth values may be written differently; texts, and numbers that are names, may not."""
    payload = {"custom_fields": [{"custom_field_id": "f", "custom_field_value": sent}]}
    assert (differences(payload, {}, custom_values={"f": stored}) == []) is equal


def test_only_the_fields_that_were_sent_count_for_an_update() -> None:
    """`phones` stands for the phone numbers under whatever name."""
    stored = STORED | {"company": "Other", "phone_numbers": []}
    assert differences(SENT, stored, only=("display_name",)) == []
    assert sorted(differences(SENT, stored, only=("company", "phones"))) == ["company", "phone_numbers"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
PLACES = st.sampled_from(sorted({*SENT, *STORED}))


@given(st.dictionaries(PLACES, JSON), JSON)
def test_nothing_that_a_server_returns_raises(stored: dict[str, Any], entries: Any) -> None:
    """Whatever stands where a field should be, there is an answer."""
    pairs = compared(SENT, stored, custom_field_values(entries))
    assert differing(pairs)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(
    st.fixed_dictionaries(
        {"display_name": TEXTS},
        optional={
            "company": TEXTS,
            "role": TEXTS,
            "emails": st.lists(st.emails(), max_size=3),
            "phone_numbers": st.lists(st.integers(10**7, 10**14).map("+{}".format), max_size=3),
        },
    )
)
def test_what_is_stored_as_sent_is_equal(payload: dict[str, Any]) -> None:
    """A contact never differs from itself."""
    assert differing(compared(payload, payload)) == ()
