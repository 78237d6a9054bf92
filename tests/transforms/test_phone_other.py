"""What is no phone number is never sent as one, and what can be read in two ways is not decided by chance."""

import datetime as dt

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.transforms.phone import phone, phone_reference
from importer.transforms.problem import Problem

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
DAYS = st.dates(min_value=dt.date(1920, 1, 1), max_value=dt.date(2039, 12, 31))
WRITTEN = [
    "%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y.%m.%d", "%Y-%m-%d 10:15",
    "%Y-%m-%dT10:15:30", "%Y-%m-%d 10:15:30.000", "%m/%d/%Y 9:14 AM", "%d.%m.%Y 09:14", "%m/%d/%y",
]  # fmt: skip


def sent(text: str, region: str | None) -> str | None:
    outcome = phone(text, region)
    assert outcome == phone_reference(text, region)
    return outcome.value if isinstance(outcome, Problem) else outcome


@given(day=DAYS, written=st.sampled_from(WRITTEN), region=st.sampled_from(REGIONS))
def test_a_day_is_dialled_nowhere(day: dt.date, written: str, region: str) -> None:
    """However a day is written, with its time or without, no country reads it as a number."""
    assert sent(f"{day:{written}}", region) is None


@given(
    whole=st.integers(1000, 99_999_999),
    cents=st.integers(1, 99),
    style=st.sampled_from(["{}.{:02}", "{},{:02}", "{:,}.{:02}", "-{}.{:02}", "-{}"]),
    region=st.sampled_from(REGIONS),
)
def test_an_amount_is_dialled_nowhere(whole: int, cents: int, style: str, region: str) -> None:
    """Decimals and a minus are no part of a number in any country."""
    assert sent(style.format(whole, cents), region) is None


OTHER = {
    "time": ("19:19:38", "GL", "a time of day"),
    "hours": ("9:00-19:00", "SV", "a time of day"),
    "hours with dots": ("08.00 - 16.30", "SZ", "a time of day"),
    "date and time": ("2024-03-12 09:14", "HU", "a date"),
    "date with two-digit year": ("22.09.18", "DE", "a date"),
    "amount": ("645720.75", "BI", "an amount with decimals"),
    "amount with thousands": ("2.438.761,96", "FR", "an amount with decimals"),
    "below zero": ("-666628776", "FI", "a negative number"),
}


@pytest.mark.parametrize(("text", "region", "what"), OTHER.values(), ids=OTHER)
def test_the_message_says_what_it_is(text: str, region: str, what: str) -> None:
    """The person reads what the cell holds, not only that it is wrong."""
    outcome = phone(text, region)
    assert isinstance(outcome, Problem)
    assert outcome.message == f'"{text}" is {what} and no phone number; compare it with the source'


NEVER_SENT = {
    "product": ("3370025*5", "DZ"),
    "card of 16 digits": ("4301 9233 3334 9839", "CI"),
    "file number": ("2026/3841789", "NU"),
    "currency": ("5057703 EUR", "PR"),
    "remark behind a whole number": ("+49 180 1 2345 (nur abends)", None),
    "month": ("9 Dez 1991", "BH"),
}


@pytest.mark.parametrize(("text", "region"), NEVER_SENT.values(), ids=NEVER_SENT)
def test_digits_with_something_else_are_not_sent(text: str, region: str | None) -> None:
    """Each of these was once sent as the number of somebody."""
    assert sent(text, region) is None


@pytest.mark.parametrize("region", ["HK", "TH", "KR", "TW", "SG"])
def test_two_ways_to_dial_abroad_stay_undecided(region: str) -> None:
    """Where 009 dials abroad too, 0093... may be Afghanistan or Belgium: the person decides."""
    outcome = phone("0093234567890", region)
    assert isinstance(outcome, Problem)
    assert outcome.value is None
    assert "+3234567890 or +93234567890" in outcome.message


def test_the_usual_way_to_dial_abroad_is_trusted() -> None:
    """Australia dials 0011: what follows is not looked at from another side."""
    assert sent("0011 64 9 712 1234", "AU") == "+6497121234"


TAKEN_APART = {
    "label of two words behind": ("+49 30 123456 (mobil privat)", None, "+4930123456"),
    "label with a bracket": ("Telefon (B\u00fcro): +49 30 123456", None, "+4930123456"),
    "address of a chat": ("https://wa.me/4915123456789", None, "+4915123456789"),
    "float of a short number": ("3101.0", "TK", "+6903101"),
    "extension of a short number": ("3101,,12", "TK", "+6903101"),
    "thousands and decimals": ("4,155,550,101.00", "US", "+14155550101"),
    "00 and a zero in brackets": ("0057 (0)3211234567", None, "+573211234567"),
    "footnote": ("030 12345678*", "DE", "+493012345678"),
    "letters in capitals": ("1-800-GO-FEDEX", "US", "+18004633339"),
    "letters in small": ("1-800-flowers", "US", "+18003569377"),
}


@pytest.mark.parametrize(("text", "region", "right"), TAKEN_APART.values(), ids=TAKEN_APART)
def test_what_stands_around_a_number_is_taken_away(text: str, region: str | None, right: str) -> None:
    """Each of these was once refused or read with digits that are not its own."""
    assert sent(text, region) == right
