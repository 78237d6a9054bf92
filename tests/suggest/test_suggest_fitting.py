"""A shipped mapping fits itself to the columns that a file has."""

import pytest

from importer.mapping import Mapper, load_mapping
from importer.suggest.fitting import fit

SHIPPED = """\
version: 1
# who a row is
key: Id
phone_region: {column: [Country, Land], default: US}

# left out
skip_rows:
  - {column: Gone, is: [yes]}
  # a comment of the second rule
  - {column: Name, is: [nobody]}

contact:
  display_name:
    first_of:
      - "{First} {Last}"
      - Company
  # the numbers
  phones:
    - {column: Mobile, type: mobile}
    # the desk
    - column: Desk
      type: {column: Kind, default: work}
  emails: [Email, Second, {column: Third, when: {column: Kind, is_not: EX}}]
  company: Company
  custom_fields:
    - {name: Tier, value: Tier}
"""
NAMES = "Id Country Gone Name First Last Company Mobile Desk Kind Email Second Third Tier"
ALL = NAMES.split()


def without(*names: str) -> str:
    headings = [name for name in ALL if name not in names]
    text = fit(SHIPPED, headings)
    assert text is not None
    Mapper(load_mapping(text, "m.yaml"), headings)
    return text


def test_a_file_with_all_columns_gets_the_mapping_as_it_is() -> None:
    """Not a sign is changed."""
    assert without() == SHIPPED


@pytest.mark.parametrize("name", [name for name in ALL if name != "Name"])
def test_each_column_can_be_missing(name: str) -> None:
    """What is left loads, fits the file, and names the missing column nowhere but in conditions."""
    text = without(name)
    assert load_mapping(text, "m.yaml").contact.display_name is not None


def test_a_missing_column_takes_its_comment_with_it() -> None:
    """Comments of other entries stay."""
    text = without("Desk")
    assert "# the desk" not in text
    assert "# the numbers" in text
    assert "# a comment of the second rule" in without("Gone")


def test_an_empty_list_takes_its_key_with_it() -> None:
    """No emails left: no `emails`."""
    assert "emails" not in without("Email", "Second", "Third")


def test_a_template_counts_a_missing_column_as_empty() -> None:
    """The rest of the name is still shown."""
    assert '{template: "{First} {Last}", optional: true}' in without("First")


def test_a_condition_counts_a_missing_column_as_empty() -> None:
    """The value stays, since the condition may hold of an empty cell."""
    text = without("Kind")
    assert "is_not: EX" in text
    assert "type: work" in text


def test_a_mapping_of_which_nothing_is_left_does_not_fit() -> None:
    """No phone and no email, or no display name."""
    assert fit(SHIPPED, ["Id", "Name", "First", "Last", "Company"]) is None
    assert fit(SHIPPED, ["Id", "Name", "Email"]) is None
