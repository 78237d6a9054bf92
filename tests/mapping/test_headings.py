"""Finding columns: exact first, then forgiving, then wildcards; all that are missing at once."""

import pytest

from importer.errors import MappingError
from importer.mapping import Mapper, load_mapping
from importer.mapping.headings import Headings, Match


def headings(*names: str) -> Headings:
    return Headings(names, lambda _: "mapping.yaml, line 1")


@pytest.mark.parametrize(
    ("file", "asked", "found"),
    [
        pytest.param(["Phone", "phone"], ["phone"], ["phone"], id="exact-before-forgiving"),
        pytest.param(["FIRST  NAME"], ["First Name"], ["FIRST  NAME"], id="capitals-and-spaces"),
        pytest.param(["\xa0Full Name"], ["Full Name"], ["\xa0Full Name"], id="no-break-space"),
        pytest.param(["\ufeffId"], ["Id"], ["\ufeffId"], id="byte-order-mark"),
        pytest.param(["B"], ["A", "B"], ["B"], id="alternative"),
        pytest.param(["A", "B"], ["B", "A"], ["B"], id="first-alternative-wins"),
        pytest.param(["a", "B"], ["A", "B"], ["B"], id="exact-alternative-before-forgiving-one"),
        pytest.param(["Name*"], ["Name*"], ["Name*"], id="star-in-a-heading"),
        pytest.param(
            ["Phone 10", "Phone 2", "Fax 1"], ["Phone *"], ["Phone 2", "Phone 10"], id="wildcard-by-number"
        ),
    ],
)
def test_found(file: list[str], asked: list[str], found: list[str]) -> None:
    """What the person sees as the same heading is found."""
    look = headings(*file)
    assert [match.heading for match in look.find(asked, ())] == found
    look.raise_missing()


def test_wildcard_tells_what_the_star_stands_for() -> None:
    """A label column is found by the star of its value column."""
    look = headings("Phone 1 - Label", "Phone 1 - Value", "phone 2 - label", "Phone 2 - Value")
    assert look.find(["Phone * - Value"], ()) == (
        Match("Phone 1 - Value", "1"),
        Match("Phone 2 - Value", "2"),
    )
    assert look.beside(["Phone * - Label"], "2") == "phone 2 - label"
    assert look.beside(["Phone * - Type"], "2") is None


def test_forgiving_look_does_not_guess_between_two() -> None:
    """When two headings look alike the person has to say which."""
    look = headings("PHONE", "Phone ")
    assert look.find(["phone"], ()) == ()
    with pytest.raises(MappingError, match='"phone" could be "PHONE", "Phone "'):
        look.raise_missing()


def test_every_missing_column_is_told_at_once_with_its_line() -> None:
    """One message names all columns that the file lacks, the nearest spelling and what the file has."""
    mapping = load_mapping(
        "version: 1\nkey: Customer No\ncontact:\n  display_name: '{Frist Name} {Surname}'\n"
        "  emails: [Email, {column: Email 2, optional: true}]\n",
        "crm.yaml",
    )
    with pytest.raises(MappingError) as caught:
        Mapper(mapping, ["Customer Nr", "First Name", "Mail"])
    assert str(caught.value).splitlines() == [
        'crm.yaml, line 2: the file has no column "Customer No"; did you mean "Customer Nr"?',
        'crm.yaml, line 4: the file has no column "Frist Name"; did you mean "First Name"?',
        'crm.yaml, line 4: the file has no column "Surname".',
        'crm.yaml, line 5: the file has no column "Email"; did you mean "Mail"?',
        'The file has the columns "Customer Nr", "First Name", "Mail".',
    ]


@pytest.mark.parametrize(
    ("file", "asked", "near"),
    [
        pytest.param(["Name", "Emial"], ["Email"], "Emial", id="slip"),
        pytest.param(["Name", "Secnd Email"], ["Email 2", "Second Email"], "Secnd Email", id="other-name"),
        pytest.param(["Name", "Phone"], ["Email"], "", id="another-column"),
        pytest.param(["Name"], ["Names"], "", id="used-by-another-entry"),
        pytest.param(["Other", "Phone"], ["Phones"], "Phone", id="letter-too-many"),
        pytest.param(["Maiden Name"], ["Middle Name"], "", id="two-columns-that-look-alike"),
        pytest.param(["Emial", "ada@example.com"], ["Email"], "", id="file-without-headings"),
    ],
)
def test_an_optional_column_that_is_nearly_there_is_named(
    file: list[str], asked: list[str], near: str
) -> None:
    """It may be missing, but a slip of the hand shall not pass in silence."""
    look = headings(*file)
    look.find(["Name"], (), optional=True)
    assert look.find(asked, (), optional=True) == ()
    told = look.near_misses()
    assert len(told) == bool(near)
    if near:
        assert told[0].startswith("mapping.yaml, line 1: the file has no column")
        assert told[0].endswith(f'did you mean "{near}"?')
