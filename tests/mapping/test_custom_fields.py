"""Custom fields: by id or name, attached to the book, checked against their data type."""

import pickle
from collections.abc import Callable, Mapping

import pytest

from importer.errors import MappingError
from importer.mapping import CustomField, MappedChunk, Mapper, load_mapping

ACCOUNT = [
    CustomField("f1", "Customer Tier", "pick_list", ("Gold", "Silver"), ("book",)),
    CustomField("f2", "Seats", "number", (), ("book", "other")),
    CustomField("f3", "Region", "string", (), ("other",)),
    CustomField("f4", "Twin", "string", (), ("book",)),
    CustomField("f5", "twin", "string", (), ("book",)),
    CustomField("f6", "TWIN", "string", (), ("book",)),
]


def yaml(entry: str) -> str:
    return f"contact:\n  display_name: N\n  emails: E\n  custom_fields: [{entry}]\n"


def mapper(entry: str) -> Mapper:
    mapping = load_mapping(f"version: 1\n{yaml(entry)}", "crm.yaml")
    return Mapper(mapping, ["N", "E", "T"], custom_fields=ACCOUNT, address_book_id="book")


@pytest.mark.parametrize(
    ("entry", "sent"),
    [
        pytest.param("{name: Customer Tier, value: T}", "f1", id="name"),
        pytest.param("{name: customer tier, value: T}", "f1", id="name-without-capitals"),
        pytest.param("{name: Twin, value: T}", "f4", id="exact-name-before-its-likes"),
        pytest.param("{id: f1, value: T}", "f1", id="id"),
    ],
)
def test_field_is_sent_by_its_id(
    payload_of: Callable[..., Mapping[str, object]], entry: str, sent: str
) -> None:
    """Whatever names it in the mapping, the payload carries the id."""
    payload = payload_of(
        yaml(entry),
        {"N": "A", "E": "a@example.com", "T": "Gold"},
        custom_fields=ACCOUNT,
        address_book_id="book",
    )
    assert payload["custom_fields"] == [{"custom_field_id": sent, "custom_field_value": "Gold"}]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        pytest.param("{name: Costumer Tier, value: T}", 'did you mean "Customer Tier"', id="misspelt"),
        pytest.param("{name: Shoe size, value: T}", 'there are "Customer Tier", "Seats"', id="unknown"),
        pytest.param("{id: f9, value: T}", 'no custom field with the id "f9"', id="unknown-id"),
        pytest.param("{name: Region, value: T}", "not attached to this address book", id="other-book"),
        pytest.param("{name: tWiN, value: T}", "3 custom fields called", id="ambiguous"),
    ],
)
def test_field_that_cannot_be_used_stops_before_the_run(entry: str, words: str) -> None:
    """The message names the line, the field and the nearest names."""
    with pytest.raises(MappingError, match=r"crm\.yaml, line 5: ") as caught:
        mapper(entry)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("entry", "value", "codes"),
    [
        pytest.param("{name: Customer Tier, value: T}", "Gold", [], id="in-the-list"),
        pytest.param(
            "{name: Customer Tier, value: T}", "Tin", ["custom_field_pick_list"], id="not-in-the-list"
        ),
        pytest.param("{name: Seats, value: T}", "12", [], id="number"),
        pytest.param("{name: Seats, value: T}", "many", ["custom_field_type"], id="no-number"),
        pytest.param("{name: Twin, value: T}", "x" * 513, ["text_too_long"], id="too-long"),
        pytest.param(
            "{name: Seats, value: {column: T, on_bad_value: drop}}", "many", ["value_dropped"], id="dropped"
        ),
    ],
)
def test_values_are_checked_row_by_row(
    map_rows: Callable[..., MappedChunk], entry: str, value: str, codes: list[str]
) -> None:
    """The account's data type and pick list decide."""
    row = {"N": "A", "E": "a@example.com", "T": value}
    chunk = map_rows(yaml(entry), row, custom_fields=ACCOUNT, address_book_id="book")
    assert [issue.code for issue in chunk.issues.get(0, ())] == codes


def test_without_the_account_only_the_length_is_checked(map_rows: Callable[..., MappedChunk]) -> None:
    """Offline a named field passes any text, and a note says so."""
    mapping = load_mapping(f"version: 1\n{yaml('{name: Customer Tier, value: T}')}", "crm.yaml")
    assert "Customer Tier" in Mapper(mapping, ["N", "E", "T"]).notes[0]
    row = {"N": "A", "E": "a@example.com", "T": "Tin"}
    assert map_rows(yaml("{name: Customer Tier, value: T}"), row).issues == {}


def test_with_the_account_there_is_nothing_to_note() -> None:
    """Notes are only about what was not checked."""
    assert mapper("{name: Seats, value: T}").notes == ()


def test_mapping_travels_to_other_processes() -> None:
    """A mapping can be pickled, and still knows its file and lines."""
    mapping = load_mapping(f"version: 1\n{yaml('{id: f2, value: T}')}", "crm.yaml")
    copy = pickle.loads(pickle.dumps(mapping))  # noqa: S301 - made here
    assert copy == mapping
    with pytest.raises(MappingError, match=r"crm\.yaml, line 3: the file has no column"):
        Mapper(copy, ["E", "T"])
