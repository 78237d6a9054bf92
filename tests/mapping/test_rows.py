"""Who a row is, which rows are left out, and how its issues are put together."""

from collections.abc import Callable, Mapping

import pytest

from importer.mapping import MappedChunk, Mapper, load_mapping
from importer.model import Issue

MapRows = Callable[..., MappedChunk]
CONTACT = "contact: {display_name: N, emails: E, account_number: {column: A, optional: true}}"
ROW = {"N": "Ann", "E": "ann@example.com", "Id": " 007 ", "Site": "A|B"}


@pytest.mark.parametrize(
    ("key", "row", "wanted"),
    [
        pytest.param("Id", {}, "007", id="stripped"),
        pytest.param("[Site, Id]", {}, r"A\|B | 007", id="joined"),
        pytest.param("{column: [Record, Id]}", {}, "007", id="alternative"),
        pytest.param("{column: E, transform: upper}", {}, "ANN@EXAMPLE.COM", id="transformed"),
        pytest.param("Id", {"Id": " "}, "", id="blank"),
        pytest.param("[Site, Id]", {"Id": ""}, "", id="one-blank"),
        pytest.param("Id", {"Id": "1.23457E+14"}, "", id="damaged"),
    ],
)
def test_key(map_rows: MapRows, key: str, row: Mapping[str, str], wanted: str) -> None:
    """The key is the stripped key cells; a row without a sure key has none."""
    chunk = map_rows(f"key: {key}\n{CONTACT}", {**ROW, **row})
    assert list(chunk.keys) == [wanted]
    assert chunk.rejected(0) == (wanted == "")


def test_joined_keys_are_never_mistaken(map_rows: MapRows) -> None:
    """Two different pairs of cells never make the same key."""
    rows = [
        {**ROW, "A": "x | y", "Id": "z"},
        {**ROW, "A": "x", "Id": "y | z"},
        {**ROW, "A": "x \\", "Id": "| y | z"},
    ]
    chunk = map_rows(f"key: [A, Id]\n{CONTACT}", *rows)
    assert len(set(chunk.keys)) == 3


@pytest.mark.parametrize(
    ("cell", "code"), [("", "key_blank"), ("-", "key_blank"), ("1.23457E+14", "key_damaged")]
)
def test_key_issue(map_rows: MapRows, cell: str, code: str) -> None:
    """A blank or rounded key is one error of its column, also when the column fills a field."""
    (issue,) = map_rows(f"key: A\nplaceholders: '-'\n{CONTACT}", {**ROW, "A": cell}).issues[0]
    assert (issue.code, issue.column, issue.severity) == (code, "A", "error")


def test_without_key_the_content_is_the_key(map_rows: MapRows) -> None:
    """Equal contacts have equal keys, whatever the spelling; a rejected row goes by its cells."""
    rows = [ROW, {**ROW, "N": " Ann "}, {**ROW, "N": "Bob"}, {**ROW, "E": "x"}, {**ROW, "E": "y"}]
    chunk = map_rows(CONTACT, *rows)
    keys = list(chunk.keys)
    assert keys[0] == keys[1] == f"content:{chunk.fingerprint(0)}"
    assert len(set(keys)) == 4
    assert keys[3].startswith("cells:")


def test_fingerprint_follows_the_payload_only(map_rows: MapRows) -> None:
    """A column that the mapping does not use changes nothing; a value does. The digest is 128 bits in hex."""
    chunk = map_rows(CONTACT, {**ROW, "Notes": "a"}, {**ROW, "Notes": "b"}, {**ROW, "A": "1"})
    assert chunk.fingerprint(0) == chunk.fingerprint(1) != chunk.fingerprint(2)
    assert len(chunk.fingerprint(0)) == 32


@pytest.mark.parametrize(
    ("condition", "skipped"),
    [
        pytest.param("{column: S, is: [deleted, TEST]}", ["Deleted", "test"], id="is"),
        pytest.param("{column: S, is_not: Active}", ["Deleted", "test", "", "-"], id="is-not"),
        pytest.param("{column: S, empty: true}", ["", "-"], id="empty"),
        pytest.param("{column: S, not_empty: true}", ["Active", "Deleted", "test"], id="not-empty"),
        pytest.param("{column: S, matches: '^[DA]'}", ["Active", "Deleted"], id="matches"),
        pytest.param("{column: S, matches: e, is_not: test}", ["Active", "Deleted"], id="all-keys-must-hold"),
        pytest.param(
            "[{column: S, is: test}, {column: S, is: Active}]", ["Active", "test"], id="one-of-the-list"
        ),
        pytest.param(
            "{all: [{column: S, matches: e}, {column: S, matches: t}]}",
            ["Active", "Deleted", "test"],
            id="all",
        ),
        pytest.param("{any: [{column: S, is: test}, {column: S, is: '-'}]}", ["test", "-"], id="any"),
        pytest.param("{column: Z, optional: true, is: x}", [], id="optional-column"),
    ],
)
def test_skip_rows(map_rows: MapRows, condition: str, skipped: list[str]) -> None:
    """A condition picks exactly these rows; the reason names its column."""
    states = ["Active", "Deleted", "test", "", "-"]
    chunk = map_rows(
        f"placeholders: '-'\nskip_rows: {condition}\n{CONTACT}", *({**ROW, "S": state} for state in states)
    )
    assert [states[position] for position in sorted(chunk.skipped)] == skipped
    assert all("S" in reason for reason in chunk.skipped.values())


def test_skipped_row_has_no_issues(rows_of: Callable[..., object]) -> None:
    """A footer line that a rule leaves out is not also an error of the file."""
    short = {0: (Issue("row_too_short", "", "", "the row has 1 cell"),)}
    mapping = load_mapping(f"version: 1\nskip_rows: {{column: N, matches: ^Copyright}}\n{CONTACT}", "m.yaml")
    rows = rows_of([{"N": "Copyright (c)", "E": ""}], issues=short)
    chunk = Mapper(mapping, ["N", "E"]).apply(rows)  # type: ignore[arg-type]
    assert chunk.issues == {}
    assert not chunk.rejected(0)
    assert chunk.skipped == {0: 'the mapping skips rows where N matches "^Copyright"'}


def test_shifted_row_has_one_issue(rows_of: Callable[..., object]) -> None:
    """When cells are missing, everything else about the row would be a consequence."""
    short = {0: (Issue("row_too_short", "", "", "the row has 1 cell"),)}
    mapping = load_mapping(f"version: 1\n{CONTACT}", "m.yaml")
    chunk = Mapper(mapping, ["N", "E"]).apply(rows_of([{"N": "Ann", "E": ""}], issues=short))  # type: ignore[arg-type]
    assert chunk.issues == short
    assert chunk.rejected(0)


def test_issues_in_the_order_of_the_columns(rows_of: Callable[..., object]) -> None:
    """Those of the source stand with those of the mapping; what is about the whole row comes last."""
    found = {0: (Issue("cell_control_character", "", "E", "a control character", "warning"),)}
    mapping = load_mapping(
        "version: 1\nkey: Id\ncontact: {display_name: Z, emails: E, company: {column: C, required: true}}",
        "m.yaml",
    )
    row = {"C": "", "E": "x", "Z": "", "Id": ""}
    (issues,) = Mapper(mapping, list(row)).apply(rows_of([row], issues=found)).issues.values()  # type: ignore[arg-type]
    assert [issue.code for issue in issues] == [
        "value_required",
        "cell_control_character",
        "email_invalid",
        "key_blank",
        "display_name_missing",
    ]


def test_numbers_and_lines_are_carried_through(rows_of: Callable[..., object]) -> None:
    """The mapped chunk speaks of the same rows as the chunk."""
    mapping = load_mapping(f"version: 1\n{CONTACT}", "m.yaml")
    chunk = Mapper(mapping, ["N", "E"]).apply(rows_of([ROW, ROW]))  # type: ignore[arg-type]
    assert (list(chunk.numbers), list(chunk.lines), len(chunk)) == ([1, 2], [2, 3], 2)
