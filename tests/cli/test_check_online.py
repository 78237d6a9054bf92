"""`zoom-import check --online`: the account is asked, nothing is changed in it."""

from pathlib import Path

import pytest
from commands import MAPPING, Run, parse, write_rows

from importer.sandbox.server import RunningSandbox

FIELDS = "  custom_fields:\n    - {name: Tier, value: tier}\n    - {name: Loyalty points, value: points}\n"
HEADINGS = ("id", "name", "phone", "email", "tier", "points")
ROWS = [
    ["K1", "Ada", "+12125550101", "", "gold", "12"],
    ["K2", "Jo", "+12125550102", "", "platinum", "12"],
    ["K3", "Lena", "+12125550103", "", "gold", "many"],
]


@pytest.fixture
def file(work: Path) -> Path:
    (work / "m.yaml").write_text(f"{MAPPING}{FIELDS}", encoding="utf-8")
    return write_rows(work / "c.csv", ROWS, HEADINGS)


def test_the_book_and_its_custom_fields_are_looked_up(
    run: Run, file: Path, connected: RunningSandbox
) -> None:
    """The book's name and size are told; types and pick lists are checked row by row; nothing is created."""
    result = run("check", file, "-m", "m.yaml", "--online")
    assert result.code == 1
    assert 'address book "' in result.out
    assert "0 contacts in it now" in result.out
    assert "custom_field_pick_list in column tier" in result.out
    assert "custom_field_type in column points" in result.out
    assert not connected.contacts()


def test_offline_nothing_is_asked(run: Run, file: Path) -> None:
    """Without --online no settings are needed, and the check says what it could not check."""
    result = run("check", file, "-m", "m.yaml")
    assert result.code == 0
    assert "checked for length only, because the account was not asked" in result.out


def test_json_names_the_book(run: Run, file: Path, connected: RunningSandbox) -> None:
    """Programs get id, name and count; null offline."""
    online = parse(run("check", file, "-m", "m.yaml", "--online", "--json").out)
    offline = parse(run("check", file, "-m", "m.yaml", "--json").out)
    assert isinstance(online, dict)
    assert isinstance(offline, dict)
    assert online["address_book"]["id"] == "sandbox-book"
    assert online["address_book"]["contacts"] == 0
    assert offline["address_book"] is None


def test_an_unknown_custom_field_is_refused_with_the_nearest(
    run: Run, work: Path, connected: RunningSandbox
) -> None:
    """Before any row is judged."""
    (work / "m.yaml").write_text(f"{MAPPING}  custom_fields:\n    - {{name: Teir, value: name}}\n")
    result = run("check", write_rows(work / "c.csv", [ROWS[0][:4]]), "-m", "m.yaml", "--online")
    assert result.code == 2
    assert 'no custom field called "Teir"' in result.err
    assert '"Tier"' in result.err


def test_without_an_account_it_says_what_is_missing(run: Run, file: Path) -> None:
    """Exit code 3, and the names of the settings."""
    result = run("check", file, "-m", "m.yaml", "--online")
    assert result.code == 3
    assert "ZOOM_ACCOUNT_ID" in result.err


def test_another_book_can_be_named(run: Run, file: Path, connected: RunningSandbox) -> None:
    """Fields that are not attached to it are refused."""
    result = run("check", file, "-m", "m.yaml", "--online", "--address-book", "sandbox-book-2")
    assert result.code == 2
    assert "is not attached to this address book" in result.err
