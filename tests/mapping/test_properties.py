"""Whatever the cells hold: mapping never raises, and every contact satisfies every limit."""

import hashlib
import json
import re
from collections.abc import Callable, Sequence

from hypothesis import given
from hypothesis import strategies as st

from importer.issue_codes import ISSUE_CODES
from importer.mapping import CustomField, MappedChunk, Mapper, limits, load_mapping

RowsOf = Callable[..., object]

YAML = """version: 1
key: [Id, Site]
phone_region: {column: Country, default: US}
placeholders: [usual]
on_bad_value: RULE
too_long: CUT
too_many: CUT
skip_rows: {column: Status, is: [deleted]}
contact:
  display_name: {first_of: ["{First} {Last} ({Company})", Email]}
  first_name: {column: First, transform: title}
  last_name: {column: Last, transform: [last_name, upper]}
  FIELD:
    - {column: "Phone *", split: [" ::: ", lines, "/"]TYPE}
    - {first_of: [Mobile, Other]}
  emails: [{column: Email, split: [";", ",", lines]}, Email 2]
  company: Company
  role: {column: Status, map: {a: b}, unmapped: keep}
  location: "{Company}, {Country}"
  account_number: Id
  timezone: {column: Zone, on_bad_value: drop}
  consumer_ids: {column: Other, split: " "}
  variables: [{id: v, value: Other}]
  custom_fields: [{name: Tier, value: Zone}, {id: f2, value: {column: Status, default: x}}]
"""
HEADINGS = [
    *("Id", "Site", "Country", "Status", "First", "Last", "Company", "Phone 1", "Phone 2"),
    *("Label 1", "Label 2", "Mobile", "Other", "Email", "Email 2", "Zone"),
]
FIELDS = [CustomField("f1", "Tier", "pick_list", ("gold",), ()), CustomField("f2", "Two", "number")]

LIKELY = [
    *(
        "",
        " ",
        "-",
        "N/A",
        "deleted",
        "Ann",
        "O'BRIEN",
        "van der Berg",
        "US",
        "UK",
        "Germany",
        "gold",
        "work",
    ),
    *("+12125550101", "212 555 0102", "12", "4.5E+11", "212 555 0101 ::: 212 555 0103/+442079460018"),
    *("a@example.com", "A@example.com; b@example.com", "x@", "* Mobile", "Europe/Berlin", "1-May", "1.2E+11"),
    *("x" * 600, "a\nb", "{0}", "{", "\x00", "\ud800", "\u202e", "\xa0", "\u200b"),
]
cell = st.one_of(st.sampled_from(LIKELY), st.text(max_size=6))
row = st.lists(cell, min_size=len(HEADINGS), max_size=len(HEADINGS))


def mapper(rule: str, cut: str, *, typed: bool) -> Mapper:
    text = YAML.replace("RULE", rule).replace("CUT", cut)
    text = text.replace("FIELD", "phones" if typed else "phone_numbers")
    text = text.replace("TYPE", ", type: {column: Label *}" if typed else "")
    return Mapper(load_mapping(text, "m.yaml"), HEADINGS, custom_fields=FIELDS)


MAPPERS = {
    (rule, cut, typed): mapper(rule, cut, typed=typed)
    for rule in ("reject", "drop")
    for cut in ("reject", "cut")
    for typed in (False, True)
}


def mapped(rows_of: RowsOf, which: tuple[str, str, bool], rows: Sequence[Sequence[str]]) -> MappedChunk:
    cells = [dict(zip(HEADINGS, row, strict=True)) for row in rows]
    return MAPPERS[which].apply(rows_of(cells))  # type: ignore[arg-type]


def texts_in(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value
    assert isinstance(inner, list) or isinstance(value, dict)
    return [text for item in inner for text in texts_in(item)]  # type: ignore[union-attr]


def assert_within_limits(payload: dict[str, object]) -> None:
    for field, length in limits.TEXT_LENGTHS.items():
        assert len(str(payload.get(field, ""))) <= length
    numbers = payload.get("phone_numbers", [phone["phone_number"] for phone in payload.get("phones", [])])  # type: ignore[attr-defined]
    assert isinstance(numbers, list)
    assert len(numbers) == len(set(numbers)) <= limits.PHONES
    assert all(re.fullmatch(r"\+[1-9]\d{3,14}", number) for number in numbers)
    assert {phone.get("phone_type", "work") for phone in payload.get("phones", [])} <= set(limits.PHONE_TYPES)  # type: ignore[attr-defined]
    assert len(payload.get("emails", ())) <= limits.EMAILS  # type: ignore[arg-type]
    assert len(payload.get("consumer_ids", ())) <= limits.CONSUMER_IDS  # type: ignore[arg-type]
    for entry in payload.get("custom_fields", ()):  # type: ignore[attr-defined]
        assert len(entry["custom_field_value"]) <= limits.CUSTOM_FIELD_VALUE_LENGTH


@given(which=st.sampled_from(list(MAPPERS)), rows=st.lists(row, min_size=1, max_size=3))
def test_contacts_satisfy_every_limit(
    rows_of: RowsOf, which: tuple[str, str, bool], rows: list[list[str]]
) -> None:
    """Mapping never raises; a row that is not rejected can be sent as it stands."""
    chunk = mapped(rows_of, which, rows)
    for position in range(len(rows)):
        payload = dict(chunk.contact(position).payload)
        texts = texts_in(payload)
        assert all(text and text == text.strip() for text in texts)
        assert not any(re.search(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", text) for text in texts)
        assert_within_limits(payload)
        if not chunk.rejected(position) and position not in chunk.skipped:
            assert payload["display_name"]
            assert {"phone_numbers", "phones", "emails"} & set(payload)
            assert chunk.keys[position]


@given(which=st.sampled_from(list(MAPPERS)), rows=st.lists(row, min_size=1, max_size=3))
def test_fingerprint_is_the_digest_of_the_payload(
    rows_of: RowsOf, which: tuple[str, str, bool], rows: list[list[str]]
) -> None:
    """A fingerprint is blake2b-128 of the payload as sorted JSON, so that ledgers of old are understood."""
    chunk = mapped(rows_of, which, rows)
    for position, found in enumerate(chunk.fingerprints()):
        payload = dict(chunk.contact(position).payload)
        text = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        assert chunk.fingerprint(position) == digest
        assert found == ("" if chunk.rejected(position) or position in chunk.skipped else digest)


@given(rows=st.lists(row, min_size=1, max_size=3))
def test_issues_are_known_and_in_order(rows_of: RowsOf, rows: list[list[str]]) -> None:
    """Every issue has a documented code and stands in the order of its column; errors reject."""
    chunk = mapped(rows_of, ("drop", "cut", True), rows)
    for position, issues in chunk.issues.items():
        places = [HEADINGS.index(issue.column) if issue.column else len(HEADINGS) for issue in issues]
        assert places == sorted(places)
        assert {issue.code for issue in issues} <= set(ISSUE_CODES)
        assert chunk.rejected(position) == any(issue.severity == "error" for issue in issues)
        for issue in issues:
            assert not issue.column or issue.value == rows[position][HEADINGS.index(issue.column)]


@given(rows=st.lists(row, min_size=2, max_size=5), cut=st.integers(1, 4))
def test_chunks_do_not_matter(rows_of: RowsOf, rows: list[list[str]], cut: int) -> None:
    """A row becomes the same contact with the same issues, whatever rows stand beside it."""
    which = ("drop", "reject", True)
    whole = mapped(rows_of, which, rows)
    parts = [mapped(rows_of, which, part) for part in (rows[:cut], rows[cut:]) if part]
    split = [(part, position) for part in parts for position in range(len(part))]
    for position, (part, inside) in enumerate(split):
        assert whole.contact(position) == part.contact(inside)
        assert whole.issues.get(position) == part.issues.get(inside)
        assert whole.keys[position] == part.keys[inside]
        assert whole.skipped.get(position) == part.skipped.get(inside)
