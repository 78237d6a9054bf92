"""Text fields: where a text comes from and what happens to it."""

from collections.abc import Callable, Mapping

import pytest

from importer.mapping import MappedChunk

Payload = Callable[..., Mapping[str, object]]
Codes = Callable[..., list[tuple[str, str, str]]]


def company(spec: str) -> str:
    return f"contact:\n  display_name: N\n  emails: E\n  company: {spec}\n"


ROW = {"N": "Ann", "E": "ann@example.com", "A": "Acme", "B": "", "C": "N/A"}


@pytest.mark.parametrize(
    ("spec", "row", "wanted"),
    [
        pytest.param("A", {}, "Acme", id="column"),
        pytest.param("A", {"A": "\xa0 Acme\r\nLtd\x00 "}, "Acme Ltd", id="stripped-on-one-line"),
        pytest.param("A", {"A": "A  B"}, "A  B", id="inner-spaces-stay"),
        pytest.param("B", {}, None, id="empty-cell"),
        pytest.param("{column: [Z, A]}", {}, "Acme", id="alternative"),
        pytest.param("{column: Z, optional: true}", {}, None, id="optional"),
        pytest.param("{constant: Club}", {}, "Club", id="constant"),
        pytest.param("{column: B, default: None yet}", {}, "None yet", id="default"),
        pytest.param("{first_of: [B, A, N]}", {}, "Acme", id="first-of"),
        pytest.param("{first_of: [B, '{A} ({N})']}", {}, "Acme (Ann)", id="first-of-template"),
        pytest.param("'{A}, {B}'", {}, "Acme", id="template-with-gap"),
        pytest.param("'{A}, {N}'", {"A": "{x}"}, "{x}, Ann", id="braces-in-a-cell"),
        pytest.param("{column: A, map: {acme: ACME Inc.}}", {}, "ACME Inc.", id="map-without-capitals"),
        pytest.param("{column: A, map: {x: y}, unmapped: keep}", {}, "Acme", id="unmapped-kept"),
        pytest.param("{column: A, map: {x: y}, unmapped: empty}", {}, None, id="unmapped-emptied"),
        pytest.param("{column: A, map: {x: y, '*': other}}", {}, "other", id="map-star"),
        pytest.param("{column: A, map: {Acme: }, default: D}", {}, "D", id="mapped-to-nothing-then-default"),
        pytest.param("{column: A, transform: upper}", {}, "ACME", id="transform"),
        pytest.param("{column: A, transform: [upper], map: {ACME: x}}", {}, "x", id="transform-before-map"),
        pytest.param("{column: C, placeholders: [n/a]}", {}, None, id="own-placeholder"),
        pytest.param("C", {}, "N/A", id="no-placeholder"),
        pytest.param("{column: A, when: {column: N, is: ann}}", {}, "Acme", id="when-holds"),
        pytest.param("{column: A, when: {column: N, is_not: ann}}", {}, None, id="when-does-not-hold"),
        pytest.param("{column: A, too_long: cut}", {"A": "x" * 300}, "x" * 256, id="cut"),
        pytest.param("{column: A, split: ';'}", {"A": " ; Acme; Globex"}, "Acme", id="first-of-several"),
        pytest.param("{column: A, split: ['|', lines]}", {"A": "Acme\nCo|X"}, "Acme", id="split-by-lines"),
        pytest.param("{column: A, split: ';'}", {"A": "Acme Ltd"}, "Acme Ltd", id="nothing-to-split"),
        pytest.param(
            "{column: A, split: '/', placeholders: [n.a.], transform: upper}",
            {"A": "N.A. / Acme"},
            "ACME",
            id="split-before-transform",
        ),
        pytest.param(
            "{first_of: [B, {column: A, split: ';'}]}", {"A": "Acme;X"}, "Acme", id="split-inside-first-of"
        ),
    ],
)
def test_text(payload_of: Payload, spec: str, row: Mapping[str, str], wanted: str | None) -> None:
    """Each way to give a text gives exactly this text; what is empty is not in the payload."""
    assert payload_of(company(spec), {**ROW, **row}).get("company") == wanted


@pytest.mark.parametrize(
    ("spec", "row", "wanted"),
    [
        pytest.param("A", {"A": "x" * 257}, [("text_too_long", "A", "error")], id="too-long"),
        pytest.param("A", {"A": "x" * 256}, [], id="just-fits"),
        pytest.param(
            "{column: A, too_long: cut}", {"A": "x" * 257}, [("text_cut", "A", "warning")], id="cut"
        ),
        pytest.param("{column: A, map: {x: y}}", {}, [("value_unmapped", "A", "error")], id="unmapped"),
        pytest.param(
            "{column: A, map: {x: y}, on_bad_value: drop}",
            {},
            [("value_dropped", "A", "warning")],
            id="dropped",
        ),
        pytest.param("{column: B, required: true}", {}, [("value_required", "B", "error")], id="required"),
        pytest.param("{column: A, required: true}", {}, [], id="required-and-there"),
        pytest.param(
            "{first_of: [B, {column: A, map: {x: y}}]}",
            {},
            [("value_unmapped", "A", "error")],
            id="of-first-of",
        ),
        pytest.param("{first_of: [N, {column: A, map: {x: y}}]}", {}, [], id="not-chosen-not-blamed"),
        pytest.param("'{B} {A}'", {"A": "x" * 300}, [("text_too_long", "A", "error")], id="of-a-template"),
    ],
)
def test_issue(
    codes_of: Codes, spec: str, row: Mapping[str, str], wanted: list[tuple[str, str, str]]
) -> None:
    """A wrong text is told of the column it came from; what is right is not blamed."""
    assert codes_of(company(spec), {**ROW, **row}) == wanted


def test_wrong_value_is_not_replaced_by_the_next_or_the_default(map_rows: Callable[..., MappedChunk]) -> None:
    """A value that is there but wrong rejects the row, it is not passed over in silence."""
    spec = company("{first_of: [{column: A, map: {x: y}}, N], default: D}")
    chunk = map_rows(spec, ROW)
    assert chunk.rejected(0)
    assert "company" not in chunk.contact(0).payload


def test_issue_keeps_the_raw_cell_and_its_address(rows_of: Callable[..., object]) -> None:
    """The issue shows the cell as it stands in the file, and where it stands in a workbook."""
    from importer.mapping import Mapper, load_mapping  # noqa: PLC0415 - a chunk with cell names is made by hand

    mapping = load_mapping(f"version: 1\n{company('{column: A, map: {x: y}}')}", "m.yaml")
    rows = rows_of([{**ROW, "A": " Acme "}], cell_names={"A": "C"})
    (issue,) = Mapper(mapping, list(ROW)).apply(rows).issues[0]  # type: ignore[arg-type]
    assert (issue.value, issue.cell, issue.field) == (" Acme ", "C2", "company")


def test_transforms_see_line_breaks(payload_of: Payload) -> None:
    """A person's own transform gets the cell line by line; the payload gets one line."""
    spec = company("{column: A, transform: 'mine:last_line'}")
    own = {"mine:last_line": lambda text: text.splitlines()[-1]}
    payload = payload_of(spec, {**ROW, "A": "one\r\n two \r\n"}, own_transforms=own)
    assert payload["company"] == "two"


@pytest.mark.parametrize(
    ("function", "wanted"),
    [
        pytest.param(lambda _: 1 / 0, [("transform_failed", "A", "error")], id="raises"),
        pytest.param(lambda _: 5, [("transform_failed", "A", "error")], id="gives-no-text"),
        pytest.param(lambda _: None, [], id="gives-nothing"),
    ],
)
def test_own_transform_cannot_break_a_run(
    codes_of: Codes, function: Callable[[str], object], wanted: list[tuple[str, str, str]]
) -> None:
    """Whatever a person's own function does, it becomes an issue of the row."""
    spec = company("{column: A, transform: 'mine:f'}")
    assert codes_of(spec, ROW, own_transforms={"mine:f": function}) == wanted


def test_display_name_missing(codes_of: Codes) -> None:
    """A contact without a display name is rejected, about the row as a whole."""
    yaml = "contact: {display_name: '{A} {B}', emails: E}"
    assert codes_of(yaml, {"A": "", "B": " ", "E": "a@example.com"}) == [
        ("display_name_missing", "", "error")
    ]


def test_variables_in_the_order_of_the_mapping(payload_of: Payload) -> None:
    """Variables without a value are left out; the others keep the mapping's order."""
    yaml = (
        "contact:\n  display_name: N\n  emails: E\n"
        "  variables: [{id: z, value: A}, {id: b, value: B}, {id: a, value: {constant: 1}}]\n"
    )
    assert payload_of(yaml, ROW)["variables"] == [
        {"variable_id": "z", "variable_value": "Acme"},
        {"variable_id": "a", "variable_value": "1"},
    ]


def test_wildcard_takes_the_first_value(payload_of: Payload) -> None:
    """Of numbered columns the first with a value counts."""
    row = {"N": "Ann", "E": "ann@example.com", "Org 2": "Second", "Org 1": "", "Org 10": "Tenth"}
    assert payload_of(company("'Org *'"), row)["company"] == "Second"


@pytest.mark.parametrize("others", ["", "same", "different"], ids=["alone", "among-equals", "among-others"])
def test_a_placeholder_is_one_whatever_stands_beside_it(
    map_rows: Callable[..., MappedChunk], others: str
) -> None:
    """Columns that repeat their values are looked at in another way; ß is two letters without capitals."""
    yaml = f"placeholders: [weiß nicht, N/A]\n{company('A')}"
    beside = [{**ROW, "A": f"Acme {number if others == 'different' else ''}"} for number in range(300)]
    said = [{**ROW, "A": text} for text in ("weiß nicht", "WEISS NICHT", "Weiß Nicht", "n/a", "weiß")]
    mapped = map_rows(yaml, *(beside if others else []), *said)
    companies = [mapped.contact(position).payload.get("company") for position in range(len(mapped))]
    assert companies[-5:] == [None, None, None, None, "weiß"]
