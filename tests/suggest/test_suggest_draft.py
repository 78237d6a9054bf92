"""What a draft says, and that it always runs."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.errors import MappingError
from importer.mapping import ColumnMapping, MappedChunk, Mapper, load_mapping
from importer.source.headings import unique_headings
from importer.suggest import Draft, draft_mapping

GERMAN = "Kundennummer|Vorname|Nachname|Firma|Telefon|Handy|E-Mail|Ort|Notiz"
ROWS = (
    "1001|ADA|KÖNIG|Beispiel GmbH|030 23125 123|0171 3920012|ada@example.com|Berlin|Ruft Mittwoch an",
    "1002|Jonas|Weiß|Muster AG|030 23125 456|0171 3920013|jonas@example.com|Berlin|Privat: Tel. nur abends",
    "1003|Lena|Brandt||030 23125 789||lena@example.com|Kiel|",
)


def mapping_of(draft: Draft) -> ColumnMapping:
    return load_mapping(draft.text, "draft.yaml")


def test_a_bare_table_becomes_contacts(
    draft: Callable[..., Draft], map_with: Callable[..., MappedChunk]
) -> None:
    """Key, country, names, phones and emails are found, and every row becomes the right contact."""
    text = draft(GERMAN, *ROWS).text
    mapped = map_with(text, GERMAN, *ROWS)
    assert list(mapped.keys) == ["1001", "1002", "1003"]
    assert mapped.contact(0).payload == {
        "display_name": "Ada König",
        "first_name": "Ada",
        "last_name": "König",
        "phone_numbers": ["+491713920012", "+493023125123"],
        "emails": ["ada@example.com"],
        "location": "Berlin",
        "company": "Beispiel GmbH",
        "account_number": "1001",
    }
    assert not any(mapped.rejected(position) for position in range(3))


def test_a_draft_begins_with_the_line_that_editors_look_for(draft: Callable[..., Draft]) -> None:
    """The schema that completes and checks it while one writes."""
    text = draft(GERMAN, *ROWS, schema="./schema.json", file_name="kunden.csv").text
    assert text.startswith("# yaml-language-server: $schema=./schema.json\n")
    assert "first 3 rows of kunden.csv" in text


def test_unused_columns_are_listed_without_what_stands_in_them(draft: Callable[..., Draft]) -> None:
    """A draft is passed around: it holds nobody's data, only the kind of thing."""
    text = draft(GERMAN, *ROWS).text
    assert "#   Notiz: texts" in text
    for row in ROWS:
        for cell in filter(None, row.split("|")):
            assert cell not in text


@pytest.mark.parametrize(
    ("headings", "rows", "region"),
    [
        ("Name|Phone", ["A|(212) 555-0123", "B|(212) 555-0145"], "US"),
        ("Name|Phone|Email", ["A|020 7946 0011|a@example.co.uk", "B|020 7946 0012|b@example.co.uk"], "GB"),
        ("Nom|Prénom|Téléphone|Ville", ["A|B|01 99 00 12 34|Lyon", "C|D|02 61 91 12 34|Brest"], "FR"),
        ("Name|Phone", ["A|+46 8 465 004 10", "B|+46 8 465 004 11", "C|08-465 004 12"], "SE"),
    ],
    ids=["way of writing", "ending of emails", "language", "other numbers"],
)
def test_the_country_of_numbers_is_found(
    draft: Callable[..., Draft], headings: str, rows: list[str], region: str
) -> None:
    """Each sign that a file may give."""
    found = mapping_of(draft(headings, *rows)).phone_region
    assert found is not None
    assert found.default == region


def test_without_a_sign_no_country_is_guessed(draft: Callable[..., Draft]) -> None:
    """A wrong country makes wrong numbers: the person is asked instead."""
    found = draft("Name|Phone", "A|030 23125 123", "B|030 23125 456")
    assert mapping_of(found).phone_region is None
    assert "unsure: 100% of the numbers have no country code" in found.text


def test_a_country_column_gives_each_row_its_country(draft: Callable[..., Draft]) -> None:
    """Before everything else."""
    found = mapping_of(draft("Name|Tel|Land", "A|030 23125 123|Deutschland", "B|020 7946 0011|England"))
    assert found.phone_region is not None
    assert found.phone_region.column == ("Land",)


@pytest.mark.parametrize(
    ("heading", "cells", "separators"),
    [
        ("Phone", ["+1 212 555 0101; +1 212 555 0102", "+1 212 555 0103"], (";",)),
        ("Phone", ["+1 212 555 0101 / +1 212 555 0102", "+1 212 555 0103"], (" / ",)),
        ("Phone", ["+1 212 555 0101 ::: +1 212 555 0102", "+1 212 555 0103"], (" ::: ",)),
        ("Phone", ["+1 212 555 0101\n+1 212 555 0102", "+1 212 555 0103"], ("lines",)),
        ("Email", ["a@example.com, b@example.com", "c@example.com"], (",",)),
        ("Phone", ["030/23125 123", "030/23125 456"], ()),
        ("Email", ["Berg, Ada <a@example.com>", "c@example.com"], ()),
    ],
    ids=["semicolon", "slash", "google", "lines", "comma", "slash of an area code", "comma of a name"],
)
def test_several_values_in_one_cell_are_split(
    draft: Callable[..., Draft], heading: str, cells: list[str], separators: tuple[str, ...]
) -> None:
    """Only where each piece is a value of its own."""
    contact = mapping_of(draft(f"Name|{heading}", *(f"N|{cell}" for cell in cells))).contact
    (source,) = [*contact.phone_numbers, *contact.emails]
    assert source.split == separators


def test_words_for_nothing_become_placeholders(draft: Callable[..., Draft]) -> None:
    """The usual ones by their common name, others as they are written."""
    rows = [f"P{n}|{phone}|p{n}@example.com" for n, phone in enumerate(["n/a", "0", *["ex-directory"] * 3])]
    found = mapping_of(draft("Name|Phone|Email", *rows, "P|+12125550101|q@example.com"))
    assert set(found.placeholders) == {"usual", "0", "ex-directory"}


def test_names_in_one_column_are_taken_apart(
    draft: Callable[..., Draft], map_with: Callable[..., MappedChunk]
) -> None:
    """ "Berg, Ada" is shown as Ada Berg, and its parts are found."""
    table = ("Contact|E-mail", "BERG, ADA|a@example.com", "Weiß, Jonas|j@example.com")
    payload = map_with(draft(*table).text, *table).contact(0).payload
    assert payload["display_name"] == "Ada Berg"
    assert (payload["first_name"], payload["last_name"]) == ("Ada", "Berg")


@pytest.mark.parametrize(
    ("headings", "rows", "key"),
    [
        ("Name|Kd-Nr|Email", ["A|7|a@example.com", "B|8|a@example.com"], "Kd-Nr"),
        ("Owner ID|Customer ID|Email", ["1|7|a@example.com", "2|8|b@example.com"], "Customer ID"),
        ("ID|Email", ["7|a@example.com", "7|b@example.com"], "Email"),
        ("ID|Email", ["1.23457E+14|a@example.com", "1.23458E+14|b@example.com"], "Email"),
        ("Name|Phone", ["A|+12125550101", "B|+12125550102"], None),
    ],
    ids=["short form", "own id first", "repeated id", "rounded id", "none"],
)
def test_the_key_is_filled_and_different_in_every_row(
    draft: Callable[..., Draft], headings: str, rows: list[str], key: str | None
) -> None:
    """An id that repeats or that Excel has rounded cannot say who a row is."""
    found = mapping_of(draft(headings, *rows)).key
    assert (found[0].column[0] if found else None) == key


def test_columns_without_telling_headings_are_read_by_their_cells(draft: Callable[..., Draft]) -> None:
    """And the draft says that it went by the cells."""
    rows = ["+44 20 7946 0011|a@example.com|Europe/London", "+44 20 7946 0012|b@example.com|Europe/Rome"]
    found = draft("X1|X2|X3", *rows)
    contact = mapping_of(found).contact
    assert contact.phone_numbers[0].column == ("X1",)
    assert contact.emails[0].column == ("X2",)
    assert contact.timezone is not None
    assert found.unsure >= 3


def test_columns_that_the_customer_named_are_found_in_a_known_export(draft: Callable[..., Draft]) -> None:
    """A dialler's list calls its numbers as its owner likes: then headings and cells are read instead."""
    headings = "inin-outbound-id|First Name|Last Name|Home Phone|ContactCallable|Callable-Home Phone"
    found = draft(headings, "a1|Ada|King|+1 212 555 0101|1|1", "a2|Bob|Ray|+1 212 555 0102|1|1")
    assert found.recognised == "Genesys Cloud contact list"
    assert mapping_of(found).contact.phone_numbers[0].column == ("Home Phone",)


def test_rows_to_leave_out_are_proposed_not_decided(draft: Callable[..., Draft]) -> None:
    """A status column becomes a rule in a comment."""
    found = draft("Name|Email|Status", "A|a@example.com|Active", "B|b@example.com|Deleted")
    assert mapping_of(found).skip_rows == ()
    assert "#   - {column: Status, is: [Deleted]}   # 1 of 2 rows" in found.text


def test_what_was_said_to_read_the_file_is_kept(draft: Callable[..., Draft]) -> None:
    """The draft runs without the flags that it was drafted with."""
    said = {"encoding": "cp1252", "heading_line": 0, "headings": ("Name", "E-Mail"), "sheet": "2"}
    found = mapping_of(draft("Name|E-Mail", "A|a@example.com", source=said)).source
    assert (found.encoding, found.heading_line, found.headings, found.sheet) == (
        "cp1252",
        0,
        ("Name", "E-Mail"),
        "2",
    )


def test_a_file_without_headings_gets_a_sentence_that_names_nobody(draft: Callable[..., Draft]) -> None:
    """The first contact is no heading, and has no place in a message."""
    with pytest.raises(MappingError, match="looks like a contact") as caught:
        draft("Ada|Berg|ada@example.com", "Jo|Doe|jo@example.com")
    assert "Ada" not in str(caught.value)


def test_a_file_without_phones_and_emails_gets_a_sentence(draft: Callable[..., Draft]) -> None:
    """It says why, and which flags may help."""
    with pytest.raises(MappingError, match=r"no column looks like phone numbers.*--heading-line.*--headings"):
        draft("Colour|Size", "red|12", "blue|14")


HEADINGS = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.sampled_from(
            ["Name", "First Name", "Nachname", "Phone", "E-Mail", "Country", "ID", "Title", "{}"]
        ),
    ),
    min_size=1,
    max_size=8,
)
CELLS = st.one_of(
    st.text(max_size=15),
    st.sampled_from(
        ["+1 212 555 0101", "a@example.com", "a@example.com; b@example.com", "0", "n/a", "Germany"]
    ),
)


@settings(max_examples=300)
@given(HEADINGS, st.data())
def test_any_table_gets_a_draft_that_runs_or_a_sentence(names: list[str], data: st.DataObject) -> None:
    """Whatever the headings and cells: the mapping loads and fits the file, or there is nothing to import."""
    headings = unique_headings(names)
    height = data.draw(st.integers(0, 4))
    cells = {name: data.draw(st.lists(CELLS, min_size=height, max_size=height)) for name in headings}
    found = drafted(headings, cells)
    if isinstance(found, Draft):
        Mapper(mapping_of(found), headings)
    else:
        assert found.startswith("No mapping can be drafted")


def drafted(headings: tuple[str, ...], cells: dict[str, list[str]]) -> Draft | str:
    try:
        return draft_mapping(headings, cells, file_name="x.csv")
    except MappingError as error:
        return str(error)
