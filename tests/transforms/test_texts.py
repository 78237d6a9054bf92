"""Text, names, capitals and damage: small rules, each with its examples."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.transforms import text as texts
from importer.transforms.capitals import title
from importer.transforms.damage import damaged_number, date_from_number
from importer.transforms.names import Name, split_name
from importer.transforms.placeholders import DEFAULT_PLACEHOLDERS, folded, is_placeholder
from importer.transforms.problem import Problem
from importer.transforms.registry import TRANSFORMS, Transform, guarded

ANY = st.text(max_size=40)


@pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS)
def test_every_transform_does_what_its_example_says(transform: Transform) -> None:
    """The documentation of a transform is its test."""
    given_text, expected = transform.example
    assert transform.function(given_text) == expected
    assert transform.documentation.endswith(".")


@pytest.mark.parametrize("name", TRANSFORMS)
@settings(max_examples=40)
@given(text=st.text(min_size=1, max_size=40))
def test_no_transform_raises(name: str, text: str) -> None:
    """Any text gives a text or a problem whose message names it."""
    outcome = TRANSFORMS[name].function(text)
    if isinstance(outcome, Problem):
        assert outcome.message.startswith('"')
    else:
        assert isinstance(outcome, str)


@pytest.mark.parametrize(
    "name", ["strip", "squeeze", "lower", "title", "digits", "first_line", "one_line", "label"]
)
@settings(max_examples=60)
@given(text=ANY)
def test_cleaning_twice_is_cleaning_once(name: str, text: str) -> None:
    """The second time finds nothing left to do."""
    function = TRANSFORMS[name].function
    once = function(text)
    assert isinstance(once, str)
    assert function(once) == once


@pytest.mark.parametrize(
    "filling", [" ", "a", "1", "<", "@", ",", "+", "\u200b", "- ", "1 ", "a@b.", "<script", "<!--", "&lt;"]
)
@pytest.mark.timeout(20)
def test_a_huge_cell_takes_no_huge_time(filling: str) -> None:
    """Every transform is done with 100,000 characters of one kind at once: no search runs back and forth."""
    for transform in TRANSFORMS.values():
        transform.function(f"x{filling * (100_000 // len(filling))}x")


CAPITALS = {
    "RONALD MCDONALD": "Ronald McDonald",
    "fiona macleod": "Fiona MacLeod",
    "ana machado": "Ana Machado",
    "SIOBH\u00c1N O'BRIEN": "Siobh\u00e1n O'Brien",
    "RENEE VAN DER BERG": "Renee van der Berg",
    "VAN DER BERG": "van der Berg",
    "mar\u00eda de la cruz": "Mar\u00eda de la Cruz",
    "WERNER VON SIEMENS": "Werner von Siemens",
    "jean-pierre": "Jean-Pierre",
    "JOHN SMITH III": "John Smith III",
    "DR. ADA KING": "Dr. Ada King",
    "J.R.R. TOLKIEN": "J.R.R. Tolkien",
    "ijsbrand": "IJsbrand",
    "ACME GMBH": "Acme GmbH",
    "\u5f20\u4f1f": "\u5f20\u4f1f",
    "LE": "Le",
}


@pytest.mark.parametrize(("text", "right"), CAPITALS.items(), ids=CAPITALS)
def test_names_get_their_capitals(text: str, right: str) -> None:
    """Particles stay small, McDonald and O'Brien have two capitals."""
    assert title(text) == right


@pytest.mark.parametrize("text", ["deShawn", "McDonald", "van der Berg Jr", "eBay", "AnyCompany, Inc."])
def test_a_deliberate_spelling_survives(text: str) -> None:
    """A text of capitals and small letters is never touched."""
    assert title(text) == text


@given(text=ANY)
def test_capitals_change_no_letter(text: str) -> None:
    """Only the case of letters changes."""
    assert title(text).casefold() == text.casefold()


NAMES = {
    "Ada King": Name(first="Ada", last="King"),
    "King, Ada": Name(first="Ada", last="King"),
    "EXAMPLE, Jordan": Name(first="Jordan", last="EXAMPLE"),
    "Ludwig van Beethoven": Name(first="Ludwig", last="van Beethoven"),
    "van der Berg, Anna Maria": Name(first="Anna Maria", last="van der Berg"),
    "Mar\u00eda Jos\u00e9 de la Cruz": Name(first="Mar\u00eda Jos\u00e9", last="de la Cruz"),
    "Herr Prof. Dr. Hans M\u00fcller": Name(title="Herr Prof. Dr.", first="Hans", last="M\u00fcller"),
    "John Smith Jr.": Name(first="John", last="Smith", suffix="Jr."),
    "John Smith, PhD": Name(first="John", last="Smith", suffix="PhD"),
    "Smith, Jr., John": Name(first="John", last="Smith", suffix="Jr."),
    "Mrs. Smith": Name(title="Mrs.", last="Smith"),
    "Jo Anne Le": Name(first="Jo Anne", last="Le"),
    "Madonna": Name(first="Madonna"),
    "": Name(),
}


@pytest.mark.parametrize(("text", "right"), NAMES.items(), ids=NAMES)
def test_full_names_are_split(text: str, right: Name) -> None:
    """Titles, particles, suffixes and the order with a comma are known."""
    assert split_name(text) == right


@given(
    words=st.lists(st.sampled_from(["Ada", "van", "de", "la", "King", "Jr.", "Dr.", "M.", "Le"]), max_size=6)
)
def test_no_word_of_a_name_is_lost(words: list[str]) -> None:
    """All words of a name are in its parts."""
    name = split_name(" ".join(words))
    parts = " ".join((name.title, name.first, name.last, name.suffix)).split()
    assert sorted(parts) == sorted(words)


@given(text=ANY, length=st.integers(0, 40))
def test_cutting_keeps_the_length_and_the_beginning(text: str, length: int) -> None:
    """What is left is a beginning, never too long, and no accent loses its letter."""
    left = texts.cut(text, length)
    assert len(left) <= length
    assert text.startswith(left)
    assert len(left) == len(text) or not unicodedata.combining(text[len(left)])


@pytest.mark.parametrize(
    ("text", "length", "right"),
    [
        ("e\u0301e\u0301", 3, "e\u0301"),
        ("ab\U0001f469\u200d\U0001f680", 4, "ab"),
        ("\U0001f44d\U0001f3fd!", 1, ""),
        ("short", 9, "short"),
    ],
    ids=["accent", "joined emoji", "skin tone", "short"],
)
def test_what_belongs_together_is_not_cut_apart(text: str, length: int, right: str) -> None:
    """Accents, joined emoji and skin tones stay with what they belong to."""
    assert texts.cut(text, length) == right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("<p>One</p><p>Two<br/>Three</p>", "One\nTwo\nThree"),
        ("a < b", "a < b"),
        ("&lt;jo@example.com&gt;", "<jo@example.com>"),
        ("<script>alert(1)</script>Hi", "Hi"),
    ],
    ids=["lines", "no tag", "entities", "script"],
)
def test_markup_goes_and_text_stays(text: str, right: str) -> None:
    """Tags are taken away, what only looks like one is not."""
    assert texts.strip_html(text) == right


@pytest.mark.parametrize("text", ["1.23457E+14", "4,47701E+11", "9E+18", "-1.5e+20"])
def test_rounded_numbers_are_recognised(text: str) -> None:
    """A number with an exponent has lost digits."""
    problem = damaged_number(text)
    assert problem is not None
    assert (problem.code, problem.severity) == ("number_damaged", "error")


@pytest.mark.parametrize(
    "text", ["1234567890123456789", "4e10", "E-17", "zcrm_48", "1.5", "0012", "1.5E+2", ""]
)
def test_whole_numbers_and_ids_are_not_blamed(text: str) -> None:
    """Nothing without a lost digit is called damaged."""
    assert damaged_number(text) is None


@pytest.mark.parametrize(
    "text", ["1-May", "01.05.", "05. Mai", "Mar-12", "2026-05-01 00:00:00", "M\u00e4r 12"]
)
def test_dates_made_of_numbers_are_recognised(text: str) -> None:
    """A date in a column of other things is a warning, and the value goes on."""
    problem = date_from_number(text)
    assert problem is not None
    assert (problem.code, problem.severity, problem.value) == ("date_from_number", "warning", text)


@pytest.mark.parametrize("text", ["12-34", "May", "1.5", "A-17", "2026"])
def test_what_is_no_date_is_not_blamed(text: str) -> None:
    """Ordinary ids pass."""
    assert date_from_number(text) is None


@pytest.mark.parametrize("text", [*DEFAULT_PLACEHOLDERS, "n/a", " NONE ", "Keine  Angabe"])
def test_placeholders_are_recognised(text: str) -> None:
    """Case and blanks do not matter."""
    assert is_placeholder(text, folded(DEFAULT_PLACEHOLDERS))


@pytest.mark.parametrize("text", ["0", "Nona", "N/A GmbH", "Una"])
def test_values_are_no_placeholders(text: str) -> None:
    """Only a whole cell is a placeholder, and 0 only where the mapping says so."""
    assert not is_placeholder(text, folded(DEFAULT_PLACEHOLDERS))
    assert is_placeholder("0", folded(["0"]))


def test_an_own_transform_cannot_stop_a_run() -> None:
    """Its exception and its odd answers become problems; None means empty."""

    def fail(text: str) -> object:
        raise ValueError("secret")

    failed = guarded("mine:fail", fail)("x")
    assert isinstance(failed, Problem)
    assert failed.code == "transform_failed"
    assert "secret" not in failed.message
    odd = guarded("mine:odd", len)("x")
    assert isinstance(odd, Problem)
    assert odd.code == "transform_failed"
    assert guarded("mine:none", lambda _: None)("x") == ""
    assert guarded("mine:upper", str.upper)("x") == "X"
