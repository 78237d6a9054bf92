"""What is said of a whole column in one go is what is said of each cell alone, by the libraries."""

import random
import re
from collections.abc import Iterator

import phonenumbers
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.transforms.email import common_emails, email_reference
from importer.transforms.phone import phone, phone_reference
from importer.transforms.phone_column import common_phones
from importer.transforms.phone_other import DOUBTFUL, LOOKS_DOUBTFUL
from importer.transforms.phone_plan import prefixes

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
INTERNATIONAL = phonenumbers.PhoneNumberFormat.INTERNATIONAL
NATIONAL = phonenumbers.PhoneNumberFormat.NATIONAL


def spellings() -> Iterator[tuple[str, str]]:
    """Example numbers of every region as people write them, at home and elsewhere, whole and damaged."""
    chance = random.Random(20261125)
    for region in REGIONS:
        for kind in range(11):
            number = phonenumbers.example_number_for_type(region, kind)
            if number is None:
                continue
            abroad = phonenumbers.format_number(number, INTERNATIONAL)
            home = phonenumbers.format_number(number, NATIONAL)
            both = abroad.replace(" ", f" ({prefixes(region).trunk or '0'})", 1)
            for text in (abroad, home, abroad.replace("+", "00"), abroad.replace(" ", ""), f"({home}", both):
                damaged = list(text)
                damaged[chance.randrange(len(text))] = chance.choice("0123456789 -/.o")
                for spelled in (text, "".join(damaged), text.replace(" ", "-"), text[:-1]):
                    yield spelled, region
                    yield spelled, chance.choice(REGIONS)


def test_the_numbers_of_a_column_are_those_of_its_cells() -> None:
    """Whatever a column says of a number of any region, `phone` says without a word."""
    cells, regions = zip(*spellings(), strict=True)
    found = common_phones(cells, regions)
    wrong = [
        (cell, region, number)
        for cell, region, number in zip(cells, regions, found, strict=True)
        if number and phone(cell, region) != number
    ]
    assert wrong == []
    assert sum(map(bool, found)) > len(cells) // 5  # the patterns are in use at all


PIECES = st.sampled_from(
    ("+", "00", "0", "(", ")", "(0)", " ", "-", ".", "/", "o", "+49", "+1", "49", "151", "415", "555", "0132",
     "20", "7946", "0958", "2026-01-02", "31.12.", "\n", "\u0660", "\u00a0", "1", "x")
)  # fmt: skip
NOISE = st.lists(PIECES, max_size=8).map("".join)
SOMEWHERE = st.one_of(
    st.none(), st.sampled_from(["US", "DE", "GB", "IT", "BR", "AU", "HU", "SG", "ZZ", "us"])
)


@settings(max_examples=300)
@given(st.lists(st.tuples(NOISE, SOMEWHERE), max_size=12))
def test_any_column_is_read_as_its_cells_are(rows: list[tuple[str, str | None]]) -> None:
    """A number is given only where the library alone gives it, each in the place of its cell."""
    found = common_phones([cell for cell, _ in rows], [region for _, region in rows])
    assert len(found) == len(rows)
    for number, (cell, region) in zip(found, rows, strict=True):
        assert number in ("", phone_reference(cell, region) if cell else "")


@given(st.from_regex(DOUBTFUL, fullmatch=True))
def test_what_is_doubtful_looks_so_without_its_digits(text: str) -> None:
    """A day, a time or an amount is never taken for a number by the places of its digits."""
    assert re.fullmatch(LOOKS_DOUBTFUL, re.sub(r"\d", "0", text))


ADDRESSES = st.one_of(
    st.emails(),
    st.lists(
        st.sampled_from(
            ("@", ".", "-", "+", "ada", "King", "info", "example.com", "ab--c", "local", "\n", "b" * 50)
        ),
        max_size=6,
    ).map("".join),
    st.sampled_from(("ada@example.com", "a.b-c@mail.example.co.uk", "")),
)


@settings(max_examples=300)
@given(st.lists(ADDRESSES, max_size=12))
def test_any_column_of_addresses_is_read_as_its_cells_are(cells: list[str]) -> None:
    """An address is given only where the library gives it back unchanged, each in the place of its cell."""
    found = common_emails(cells)
    assert len(found) == len(cells)
    for address, cell in zip(found, cells, strict=True):
        assert address in ("", cell)
        assert not address or email_reference(cell) == address


def test_ordinary_cells_need_no_second_look() -> None:
    """The commonest spellings are answered at once."""
    assert common_phones(
        ["(212) 555-0123", "+49 30 23125001", "0044 113 4960123", ""], ["US", None, "GB", "DE"]
    ) == ["+12125550123", "+493023125001", "+441134960123", ""]
    assert common_emails(["ada@example.com", "", "Ada@EXAMPLE.com"]) == ["ada@example.com", "", ""]
