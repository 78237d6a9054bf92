"""Phones, emails and consumer ids: several columns, several values a cell, countries, types, limits."""

from collections.abc import Callable, Mapping

import pandas as pd
import pytest

from importer.errors import MappingError
from importer.mapping import MappedChunk, Mapper, load_mapping
from importer.source.chunk import Chunk

Payload = Callable[..., Mapping[str, object]]
Codes = Callable[..., list[tuple[str, str, str]]]

ROW = {"N": "Ann", "E": "ann@example.com"}
US1, US2, US3 = "+12125550101", "+12125550102", "+12125550103"


def yaml(fields: str, top: str = "phone_region: US") -> str:
    return f"{top}\ncontact:\n  display_name: N\n  {fields}\n"


@pytest.mark.parametrize(
    ("fields", "row", "wanted"),
    [
        pytest.param("phone_numbers: P", {"P": "(212) 555-0101"}, [US1], id="one"),
        pytest.param(
            "phone_numbers: [P, Q]", {"P": US2, "Q": "212 555 0101"}, [US2, US1], id="in-mapping-order"
        ),
        pytest.param("phone_numbers: [P, Q]", {"P": "", "Q": US1}, [US1], id="blank-left-out"),
        pytest.param(
            "phone_numbers: [P, Q]", {"P": US1, "Q": "212-555-0101"}, [US1], id="repeated-sent-once"
        ),
        pytest.param(
            "phone_numbers: {column: P, split: /}", {"P": f"{US1} / {US2}/"}, [US1, US2], id="split"
        ),
        pytest.param(
            "phone_numbers: {column: P, split: ' ::: '}", {"P": f"{US1} ::: {US2}"}, [US1, US2], id="colons"
        ),
        pytest.param(
            "phone_numbers: {column: P, split: lines}", {"P": f"{US1}\r\n{US2}"}, [US1, US2], id="lines"
        ),
        pytest.param(
            "phone_numbers: {column: P, split: [;, ', ']}",
            {"P": f"{US1};{US2}, {US3}"},
            [US1, US2, US3],
            id="two",
        ),
        pytest.param("phone_numbers: {first_of: [P, Q]}", {"P": "", "Q": US1}, [US1], id="first-of"),
        pytest.param("phone_numbers: 'P *'", {"P 2": US2, "P 1": US1}, [US1, US2], id="wildcard"),
        pytest.param("phone_numbers: '+1{P}{Q}'", {"P": "212", "Q": "5550101"}, [US1], id="template"),
        pytest.param(
            "phone_numbers: {column: P, when: {column: Q, is: y}}", {"P": US1, "Q": "n"}, None, id="when"
        ),
        pytest.param(
            "phone_numbers: {column: P, region: GB}", {"P": "020 7946 0018"}, ["+442079460018"], id="region"
        ),
    ],
)
def test_phone_numbers(
    payload_of: Payload, fields: str, row: Mapping[str, str], wanted: list[str] | None
) -> None:
    """Every way to give numbers gives exactly these, in order, each once."""
    assert payload_of(yaml(f"{fields}\n  emails: E"), {**ROW, **row}).get("phone_numbers") == wanted


@pytest.mark.parametrize(
    ("country", "number", "wanted"),
    [
        pytest.param("US", "212 555 0101", [], id="code"),
        pytest.param("Germany", "030 23125 012", [], id="name"),
        pytest.param("", "212 555 0101", [], id="blank-is-the-default"),
        pytest.param("Nowhere", "+1 212 555 0101", [], id="wrong-country-not-needed"),
        pytest.param(
            "Nowhere", "212 555 0101", [("phone_region_unknown", "C", "error")], id="wrong-country-needed"
        ),
        pytest.param("Nowhere", "", [], id="wrong-country-without-number"),
    ],
)
def test_country_of_the_row(
    codes_of: Codes, country: str, number: str, wanted: list[tuple[str, str, str]]
) -> None:
    """The country column decides; a wrong one matters, and is blamed, only for a number that needs it."""
    top = "phone_region: {column: C, default: US}"
    assert codes_of(yaml("phone_numbers: P\n  emails: E", top), {**ROW, "C": country, "P": number}) == wanted


def test_country_by_the_mappings_own_words(payload_of: Payload) -> None:
    """A map turns the file's words for countries into ones that are known; others are tried as they stand."""
    top = "phone_region: {column: C, map: {Mothership: GB}}"
    assert payload_of(yaml("phone_numbers: P", top), {**ROW, "C": "Mothership", "P": "020 7946 0018"})[
        "phone_numbers"
    ] == ["+442079460018"]


@pytest.mark.parametrize(
    ("spec", "row", "wanted"),
    [
        pytest.param("{column: P, type: home}", {}, "home", id="constant"),
        pytest.param("P", {}, None, id="none"),
        pytest.param("{column: P, type: {column: L}}", {"L": "Mobile"}, "mobile", id="label"),
        pytest.param(
            "{column: P, type: {column: L, map: {cell: mobile}}}", {"L": "Cell"}, "mobile", id="map"
        ),
        pytest.param("{column: P, type: {column: L, default: work}}", {"L": ""}, "work", id="default"),
        pytest.param(
            "{column: P, type: {column: L, default: work}}", {"L": "xyz"}, "work", id="default-for-unknown"
        ),
    ],
)
def test_phone_types(payload_of: Payload, spec: str, row: Mapping[str, str], wanted: str | None) -> None:
    """A number of `phones` carries its type when there is one."""
    phone = {"phone_number": US1} if wanted is None else {"phone_number": US1, "phone_type": wanted}
    assert payload_of(yaml(f"phones: [{spec}]"), {**ROW, "P": US1, **row})["phones"] == [phone]


@pytest.mark.parametrize(
    ("fields", "top"),
    [
        pytest.param(
            "phone_numbers: P", "phone_region: {column: Z, optional: true, default: US}", id="country"
        ),
        pytest.param("phone_numbers: [P, {column: Z, optional: true}]", "phone_region: US", id="number"),
        pytest.param(
            "phones: {column: P, type: {column: Z, optional: true}}", "phone_region: US", id="label"
        ),
        pytest.param(
            "phones: {column: 'P*', type: {column: 'Z*', optional: true}}", "phone_region: US", id="pair"
        ),
    ],
)
def test_optional_columns_may_be_missing(codes_of: Codes, fields: str, top: str) -> None:
    """A file without an optional column is mapped as if its cells were empty."""
    assert codes_of(yaml(fields, top), {**ROW, "P": "212 555 0101"}) == []


@pytest.mark.parametrize(
    "fields",
    ["phones: {column: P, type: {column: Z}}", "phones: {column: 'P*', type: {column: 'Z*'}}"],
    ids=["label", "pair"],
)
def test_missing_label_column_is_told(map_rows: Callable[..., MappedChunk], fields: str) -> None:
    """A label column that is not optional has to be there."""
    with pytest.raises(MappingError, match='the file has no column "Z'):
        map_rows(yaml(fields), {**ROW, "P": US1})


def test_problems_before_the_judge_are_kept(codes_of: Codes) -> None:
    """A value that a nested source finds wrong is an issue of its own column, where `when` holds."""
    fields = "phone_numbers: {first_of: [{column: P, map: {x: y}}, Q]}\n  emails: E"
    assert codes_of(yaml(fields), {**ROW, "P": "z", "Q": US1}) == [("value_unmapped", "P", "error")]


def test_unknown_label_is_an_issue_only_beside_a_number(codes_of: Codes) -> None:
    """A label without a number says nothing about the contact."""
    fields = "phones: [{column: P, type: {column: L}}]\n  emails: E"
    assert codes_of(yaml(fields), {**ROW, "P": US1, "L": "xyz"}) == [("phone_type_unknown", "L", "error")]
    assert codes_of(yaml(fields), {**ROW, "P": "", "L": "xyz"}) == []


def test_label_pairs(payload_of: Payload) -> None:
    """Google's numbered columns: each value has its label, several values of a label stand in one cell."""
    fields = "phones: [{column: Phone * - Value, split: ' ::: ', type: {column: Phone * - Label}}]"
    row = {
        "Phone 1 - Label": "Mobile",
        "Phone 1 - Value": f"{US1} ::: {US2}",
        "Phone 2 - Label": "Work",
        "Phone 2 - Value": US3,
    }
    assert payload_of(yaml(fields), {**ROW, **row})["phones"] == [
        {"phone_number": US1, "phone_type": "mobile"},
        {"phone_number": US2, "phone_type": "mobile"},
        {"phone_number": US3, "phone_type": "work"},
    ]


def test_emails(payload_of: Payload) -> None:
    """Addresses are split, placeholders among the pieces do not count, repetitions are sent once."""
    row = {"N": "Ann", "E": "a@example.com; n/a ;b@example.com", "F": "A@example.com"}
    payload = payload_of(yaml("emails: [{column: E, split: ;}, F]", "placeholders: [N/A]"), row)
    assert payload["emails"] == ["a@example.com", "b@example.com"]


@pytest.mark.parametrize(
    ("fields", "row", "wanted"),
    [
        pytest.param("phone_numbers: P", {"P": "12"}, "phone_", id="bad-phone"),
        pytest.param("emails: E", {"E": "nobody"}, "email_invalid", id="bad-email"),
    ],
)
@pytest.mark.parametrize("rule", ["reject", "drop"])
def test_bad_value_without_another_rejects(
    codes_of: Codes, fields: str, row: Mapping[str, str], wanted: str, rule: str
) -> None:
    """The only phone or email is never dropped, and the row is not blamed a second time for having none."""
    (issue,) = codes_of(yaml(fields, f"phone_region: US\non_bad_value: {rule}"), {"N": "Ann", **row})
    assert issue[0].startswith(wanted)
    assert issue[2] == "error"


def test_bad_value_beside_a_good_one_is_dropped_on_request(map_rows: Callable[..., MappedChunk]) -> None:
    """`drop` leaves the value out with a warning when the contact has another; the reason stays readable."""
    chunk = map_rows(yaml("phone_numbers: {column: P, on_bad_value: drop}\n  emails: E"), {**ROW, "P": "12"})
    assert not chunk.rejected(0)
    assert "phone_numbers" not in chunk.contact(0).payload
    (issue,) = chunk.issues[0]
    assert (issue.code, issue.column, issue.severity, issue.value) == ("value_dropped", "P", "warning", "12")
    assert issue.message.startswith('"12"')


def test_nothing_to_reach_the_contact_by(codes_of: Codes) -> None:
    """A contact without phone and email is rejected, once, about the row."""
    row = {"N": "Ann", "P": "", "E": "-"}
    assert codes_of(yaml("phone_numbers: P\n  emails: E", 'placeholders: "-"'), row) == [
        ("no_phone_or_email", "", "error")
    ]


def test_repeated_number_is_told_of_the_later_column(codes_of: Codes) -> None:
    """The second standing of a number is the one to mend."""
    row = {**ROW, "P": US1, "Q": "212 555 0101"}
    assert codes_of(yaml("phone_numbers: [Q, P]"), row) == [("phone_repeated", "P", "warning")]


@pytest.mark.parametrize(
    ("top", "severity"),
    [("phone_region: US", "error"), ("too_many: cut", "warning")],
    ids=["reject", "cut"],
)
def test_too_many_phones(map_rows: Callable[..., MappedChunk], top: str, severity: str) -> None:
    """Five numbers fit; more reject the row, or are cut if the mapping says so."""
    numbers = [f"+1212555010{digit}" for digit in range(6)]
    chunk = map_rows(yaml("phone_numbers: {column: P, split: ;}", top), {**ROW, "P": ";".join(numbers)})
    (issue,) = chunk.issues[0]
    assert (issue.code, issue.severity) == ("phone_too_many", severity)
    assert chunk.contact(0).payload["phone_numbers"] == numbers[:5]


def test_five_phones_and_four_emails_fit(codes_of: Codes) -> None:
    """The limits themselves are allowed."""
    row = {
        "N": "Ann",
        "P": ";".join(f"+1212555010{digit}" for digit in range(5)),
        "E": ";".join(f"{letter}@example.com" for letter in "abcd"),
    }
    assert codes_of(yaml("phone_numbers: {column: P, split: ;}\n  emails: {column: E, split: ;}"), row) == []


@pytest.mark.parametrize(("count", "codes"), [(10, []), (11, ["consumer_ids_too_many"])])
def test_consumer_ids(map_rows: Callable[..., MappedChunk], count: int, codes: list[str]) -> None:
    """Ten consumer ids fit, once each."""
    ids = [f"id{number}" for number in range(count)]
    fields = "emails: E\n  consumer_ids: {column: I, split: '|'}"
    chunk = map_rows(yaml(fields), {**ROW, "I": "|".join([*ids, "id1"])})
    assert [issue.code for issue in chunk.issues.get(0, ())] == codes
    assert chunk.contact(0).payload["consumer_ids"] == ids[:10]


def test_a_contact_without_any_list_is_none_the_worse() -> None:
    """When the file has none of the optional columns, no row is blamed for it, and none of an empty chunk."""
    yaml = "contact:\n  display_name: N\n  emails: {column: E, optional: true}\n"
    mapper = Mapper(load_mapping(f"version: 1\n{yaml}", "mapping.yaml"), ["N"])
    for count in (0, 1, 3):
        frame = pd.DataFrame({"N": ["Ann"] * count}, dtype=object)
        chunk = Chunk(frame, range(1, count + 1), range(2, count + 2))
        assert mapper.apply(chunk).issues == {}
