"""Mistakes in a mapping: all at once, with line, what was found, what was expected, nearest spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import MappingError
from importer.mapping import columns_used, digest, load_mapping, named_custom_fields, own_transforms

GOOD = """version: 1
key: Customer No
contact:
  display_name: "{First Name} {Last Name}"
  emails: Email
"""


def message(text: str) -> str:
    with pytest.raises(MappingError) as caught:
        load_mapping(text, "crm.yaml")
    return str(caught.value)


def contact(entry: str) -> str:
    return f"version: 1\ncontact:\n  display_name: Name\n  emails: Email\n  {entry}\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        pytest.param("", 1, ["begins with", "version: 1"], id="empty"),
        pytest.param("- a\n- b\n", 1, ["found a list"], id="list"),
        pytest.param("just words", 1, ["just words"], id="words"),
        pytest.param(GOOD.replace("version: 1", "version: 2"), 1, ['found "2"', '"1"'], id="version"),
        pytest.param(GOOD.replace("key:", "kye:"), 2, ['"kye"', 'did you mean "key"'], id="unknown-key"),
        pytest.param(contact("fist_name: A"), 5, ['"fist_name"', '"first_name"'], id="unknown-field"),
        pytest.param(contact("company: {colum: A}"), 5, ['"colum"', '"column"'], id="unknown-key-of-a-value"),
        pytest.param(
            contact("company: {column: A, too_long: cutt}"), 5, ['"cutt"', '"cut"'], id="wrong-word"
        ),
        pytest.param(contact("company: {column: A, required: maybe}"), 5, ["true or false"], id="no-switch"),
        pytest.param(contact("company: [A, B]"), 5, ["found a list"], id="list-for-a-value"),
        pytest.param(contact("company: {first_of: []}"), 5, ["empty list", "at least one"], id="empty-list"),
        pytest.param(f"{GOOD}source: {{heading_line: -1}}\n", 6, ["a number from 0"], id="number-too-small"),
        pytest.param(
            contact(f"custom_fields: [{{id: {'x' * 37}, value: A}}]"), 5, ["36 char"], id="id-too-long"
        ),
        pytest.param(contact("company:"), 5, [], id="field-without-value-is-left-out"),
        pytest.param(contact("company: {column: A, constant: B}"), 5, ["column, constant"], id="two-sources"),
        pytest.param(contact("company: {transform: title}"), 5, ["column, first_of"], id="no-source"),
        pytest.param(
            contact("company: {column: A, transform: titel}"), 5, ['"titel"', '"title"'], id="transform"
        ),
        pytest.param(contact("company: {template: '{A'}"), 5, ["brace without its partner"], id="template"),
        pytest.param(
            contact("phones: [{column: P, type: cell}]"), 5, ['"cell"', '"mobile"'], id="phone-type"
        ),
        pytest.param(
            contact("phone_numbers: [{column: P, split: ''}]"), 5, ["separates nothing"], id="split"
        ),
        pytest.param(contact("custom_fields: [{value: A}]"), 5, ["`id` or by `name`"], id="custom-field"),
        pytest.param(f"{GOOD}phone_region: Germany\n", 6, ["two-letter code"], id="region"),
        pytest.param(f"{GOOD}skip_rows: [{{column: A}}]\n", 6, ["is, is_not"], id="condition-without-test"),
        pytest.param(f"{GOOD}skip_rows: [{{is: A}}]\n", 6, ["needs `column`"], id="condition-without-column"),
        pytest.param(
            f"{GOOD}skip_rows: {{column: A, matches: '['}}\n", 6, ["regular expression"], id="pattern"
        ),
        pytest.param(f"{GOOD}key: Email\n", 6, ['"key" stands twice', "line 2"], id="doubled-key"),
        pytest.param(f"{GOOD}source: {{heading_line: first}}\n", 6, ['"first"', "whole number"], id="number"),
        pytest.param("version: 1\nkey: A\n", 1, ['"contact" is missing'], id="no-contact"),
        pytest.param("version: 1\ncontact: {emails: E}\n", 2, ['"display_name" is missing'], id="no-name"),
        pytest.param("version: 1\ncontact: {display_name: A}\n", 2, ["phones or emails"], id="unreachable"),
    ],
)
def test_mistake_is_named_with_its_line(text: str, line: int, words: list[str]) -> None:
    """Each mistake names file, line, what was found and what was expected."""
    if not words:
        assert load_mapping(text, "crm.yaml").contact.company is None
        return
    said = message(text)
    assert f"crm.yaml, line {line}:" in said
    for word in words:
        assert word in said


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        pytest.param("version: 1\ncontact:\n\tdisplay_name: A\n", 3, "tab", id="tab"),
        pytest.param("version: 1\nx: {A} {B}\n", 2, "in quotes", id="two-templates-without-quotes"),
        pytest.param(
            "version: 1\ncontact:\n  display_name: {Name}\n  emails: E", 3, 'write "{Name}"', id="template"
        ),
        pytest.param("version: 1\nkey: Address 1: City\n", 2, "colon must be in quotes", id="colon"),
        pytest.param("version:1\nkey: A\n", 1, "space is missing", id="no-space-after-colon"),
        pytest.param("version: 1\nkey\ncontact:\n", 3, "without its colon", id="no-colon"),
        pytest.param("key: A\n  name: B\n", 2, "indentation", id="deeper-for-no-reason"),
        pytest.param("contact:\n  a: b\n c: d\n", 3, "indentation", id="between-two-levels"),
        pytest.param("version: 1\n---\nkey: A\n", 2, "second document", id="two-documents"),
        pytest.param("version: 1\n? [a]\n: b\n", 2, "where a key is expected", id="list-as-key"),
        pytest.param("version: 1\nkey: @id\n", 2, "special character", id="at-sign"),
        pytest.param("version: 1\nkey: *id\n", 2, "special character", id="star"),
        pytest.param('version: 1\nkey: "A\n', 2, "never closed", id="open-quote"),
        pytest.param("version: 1\ncontact: [A\n", 2, "never closed", id="open-bracket"),
        pytest.param("version: 1\nx: 'a' b\n", 2, "closing quote", id="text-after-quote"),
        pytest.param('version: 1\nx: "\\d+"\n', 2, "single quotes", id="backslash"),
        pytest.param("version: 1\nkey: a\x00b\n", 2, "character", id="control-character"),
        pytest.param("a: &x [*x]\n", 1, "without end", id="endless-alias"),
    ],
)
def test_yaml_trouble_is_said_in_words(text: str, line: int, words: str) -> None:
    """What YAML trips people with is explained, with the line."""
    said = message(text)
    assert f"crm.yaml, line {line}" in said
    assert words in said


def test_all_mistakes_are_told_at_once() -> None:
    """Nobody has to mend a file one message at a time."""
    text = (
        GOOD.replace("key:", "kye:") + "  phones: [{column: P, type: cell, transform: titel}]\nversion: 1\n"
    )
    said = message(text)
    assert "4 mistakes" in said
    assert [word for word in ("kye", "titel", "cell", "stands twice") if word not in said] == []


def test_exponential_aliases_are_refused() -> None:
    """A small file cannot blow up memory by aliases of aliases."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 8)}]" for n in range(1, 9)]
    assert "repeats itself" in message("\n".join(lines))


def test_scalars_keep_the_text_of_the_file() -> None:
    """YAML's false, octal, date and float are texts here: nobody means them in a mapping."""
    mapping = load_mapping(
        contact("company: {column: 007, default: 1e3, map: {no: Norway, 2026-01-01: 010, on: }}"), "m.yaml"
    )
    company = mapping.contact.company
    assert company is not None
    assert (company.column, company.default) == (("007",), "1e3")
    assert company.map == {"no": "Norway", "2026-01-01": "010", "on": ""}


def test_null_in_a_list_is_a_word() -> None:
    """Among placeholders `null` and `~` are texts, as the person means."""
    assert load_mapping(f"{GOOD}placeholders: [null, ~, N/A]\n", "m.yaml").placeholders == (
        "null",
        "~",
        "N/A",
    )


@pytest.mark.parametrize(("written", "meant"), [("2", 2), ('"2"', "2"), ("Export", "Export")])
def test_sheet_by_number_or_name(written: str, meant: int | str) -> None:
    """A sheet's number is plain, a sheet called 2 stands in quotes."""
    assert load_mapping(f"{GOOD}source: {{sheet: {written}}}\n", "m.yaml").source.sheet == meant


def test_anchors_save_typing() -> None:
    """A value map can be written once and used twice."""
    text = contact("company: {column: A, map: &m {x: y}}\n  role: {column: B, map: *m}")
    mapping = load_mapping(text, "m.yaml")
    assert mapping.contact.role is not None
    assert mapping.contact.role.map == {"x": "y"}


def test_columns_used_names_every_column_once() -> None:
    """Templates, conditions, alternatives and label columns count."""
    mapping = load_mapping(
        "version: 1\nkey: [A, {column: [B, C]}]\nphone_region: {column: D}\nskip_rows: {column: E, is: x}\n"
        "contact:\n  display_name: {first_of: ['{F} {A}', G]}\n"
        "  phones: {column: P *, type: {column: L *}, when: {column: H, empty: true}}\n",
        "m.yaml",
    )
    assert sorted(columns_used(mapping)) == ["A", "B", "C", "D", "E", "F", "G", "H", "L *", "P *"]


def test_digest_follows_the_meaning() -> None:
    """Comments, name and short forms do not change the digest; any rule does."""
    same = "# a comment\nname: Mine\n" + GOOD.replace("emails: Email", "emails: [{column: Email}]")
    assert digest(load_mapping(GOOD, "a.yaml")) == digest(load_mapping(same, "b.yaml"))
    other = load_mapping(GOOD.replace("Customer No", "Email"), "c.yaml")
    assert digest(load_mapping(GOOD, "a.yaml")) != digest(other)


def test_what_the_edge_has_to_fetch_is_listed() -> None:
    """Own transforms and custom fields by name can be asked for before a mapper is made."""
    mapping = load_mapping(
        contact("custom_fields: [{name: Tier, value: {column: A, transform: [strip, 'my_crm:tier']}}]"),
        "m.yaml",
    )
    assert own_transforms(mapping) == ("my_crm:tier",)
    assert named_custom_fields(mapping) == ("Tier",)


@given(st.text())
def test_any_text_is_a_mapping_or_a_mapping_error(text: str) -> None:
    """No text makes anything but MappingError."""
    try:
        load_mapping(text, "m.yaml")
    except MappingError as error:
        assert str(error).startswith("m.yaml")  # noqa: PT017 - loading a random mapping may well succeed


JUNK = st.recursive(
    st.sampled_from(["a", "1", "true", "null", '"{A} {B}"', "{A}", "column", "cut"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(
            st.tuples(st.sampled_from(["column", "first_of", "map", "transform", "x", "is", "type"]), inner),
            max_size=3,
        ).map(lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"),
    ),
    max_leaves=8,
)


@given(st.sampled_from(["display_name", "emails", "phones", "custom_fields", "company"]), JUNK)
def test_any_shape_is_a_mapping_or_a_mapping_error(field: str, value: str) -> None:
    """No shape under a known key makes anything but MappingError, and each line has file and number."""
    try:
        load_mapping(f"version: 1\ncontact:\n  {field}: {value}\n", "m.yaml")
    except MappingError as error:
        assert "m.yaml, line " in str(error)  # noqa: PT017 - loading a random mapping may well succeed
