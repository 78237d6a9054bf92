"""The transforms that a mapping can name, each with a line of documentation and a tested example."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from importer.transforms import amounts, capitals, damage, dates, names, phone_type, text
from importer.transforms.country import country
from importer.transforms.email import email
from importer.transforms.phone import phone_extension
from importer.transforms.problem import Problem, shown
from importer.transforms.timezone import timezone

ValueFunction = Callable[[str], "str | Problem"]


@dataclass(frozen=True, slots=True)
class Transform:
    """One named transform.

    Attributes:
        function: takes a text that is not empty; gives the text that goes on, or a `Problem`.
        documentation: one line for the person who writes a mapping.
        example: what goes in, and what comes out.
    """

    function: ValueFunction
    documentation: str
    example: tuple[str, str]


def whole_number(value: str) -> str | Problem:
    """Refuse a number that a spreadsheet has rounded; take the ``.0`` of a whole number away."""
    damaged = damage.damaged_number(value)
    if damaged is not None:
        return damaged
    whole, point, zeros = value.partition(".")
    return whole if point and whole.lstrip("-").isdigit() and zeros and not zeros.strip("0") else value


def not_a_date(value: str) -> str | Problem:
    """Warn of a date that a spreadsheet made of another number."""
    return damage.date_from_number(value) or value


TRANSFORMS: Final[Mapping[str, Transform]] = MappingProxyType(
    {
        "strip": Transform(
            text.strip, "Take blanks, also invisible ones, away at both ends.", ("  Ada\u00a0", "Ada")
        ),
        "squeeze": Transform(
            text.squeeze, "Make one blank of several, and of line breaks.", ("Ada \n  King", "Ada King")
        ),
        "lower": Transform(text.lower, "In small letters.", ("Ada@Example.COM", "ada@example.com")),
        "upper": Transform(text.upper, "In capitals.", ("gb-17", "GB-17")),
        "title": Transform(
            capitals.title,
            "Give names in all capitals or all small letters their capitals.",
            ("RONALD MCDONALD", "Ronald McDonald"),
        ),
        "digits": Transform(text.digits, "Keep the digits only.", ("No. 12-345", "12345")),
        "first_line": Transform(
            text.first_line, "Keep the first line only.", ("Suite 12\nDublin", "Suite 12")
        ),
        "one_line": Transform(
            text.one_line, "Join lines with a comma.", ("Suite 12\nDublin", "Suite 12, Dublin")
        ),
        "strip_html": Transform(
            text.strip_html, "Take HTML tags away and read &amp; as &.", ("<b>Jo &amp; Co</b>", "Jo & Co")
        ),
        "first_name": Transform(
            names.first_name, "The given names of a full name.", ("Dr. Ada van der Berg", "Ada")
        ),
        "last_name": Transform(
            names.last_name, "The last name of a full name.", ("Dr. Ada van der Berg", "van der Berg")
        ),
        "name_title": Transform(
            names.name_title, "The title in front of a full name.", ("Dr. Ada van der Berg", "Dr.")
        ),
        "without_title": Transform(
            names.without_title,
            "A full name as First Last, without title and suffix.",
            ("Berg, Dr. Ada", "Ada Berg"),
        ),
        "country": Transform(country, "A country's two-letter code.", ("Österreich", "AT")),
        "timezone": Transform(
            timezone,
            "The IANA name of a time zone.",
            ("Eastern Time (US & Canada)", "America/New_York"),
        ),
        "email": Transform(
            email, "Check and normalise an email address.", ("Ada@Example.COM", "Ada@example.com")
        ),
        "extension": Transform(
            phone_extension, "The extension behind a phone number.", ("+1 415 555 0132 x89", "89")
        ),
        "label": Transform(
            phone_type.clean_label, "A label without the mark of Google Contacts.", ("* Work", "Work")
        ),
        "phone_type": Transform(
            phone_type.phone_type, "main, work, home, mobile or other for a label.", ("Handy", "mobile")
        ),
        "number": Transform(
            amounts.number, "A number with decimal point and no thousands marks.", ("1.234,50", "1234.50")
        ),
        "whole_number": Transform(
            whole_number, "An id without the .0 of a spreadsheet; refuses rounded ones.", ("1042.0", "1042")
        ),
        "not_a_date": Transform(
            not_a_date, "Warn where a spreadsheet made a date of another number.", ("12-34", "12-34")
        ),
        "boolean": Transform(amounts.boolean, "true or false for yes/no words.", ("ja", "true")),
        "date_dmy": Transform(
            dates.date_dmy, "An ISO date from day, month, year.", ("31.12.2026", "2026-12-31")
        ),
        "date_mdy": Transform(
            dates.date_mdy, "An ISO date from month, day, year.", ("12/31/2026", "2026-12-31")
        ),
        "date_ymd": Transform(
            dates.date_ymd, "An ISO date from year, month, day.", ("2026/12/31", "2026-12-31")
        ),
        "unix_time": Transform(
            dates.unix_time, "Seconds since 1970 of an ISO date.", ("2026-01-01", "1767225600")
        ),
    }
)


def guarded(name: str, function: Callable[[str], object]) -> ValueFunction:
    """A person's own function as a transform: whatever it raises or gives becomes a text or a `Problem`.

    None means an empty text. The exception's own words are left out: they may hold data of other rows.
    """

    def run(value: str) -> str | Problem:
        try:
            outcome = function(value)
        except Exception as error:  # noqa: BLE001 - the person's code may raise anything
            return Problem("transform_failed", f"{shown(value)} made {name} fail: {type(error).__name__}")
        if isinstance(outcome, str | Problem):
            return outcome
        if outcome is None:
            return ""
        return Problem("transform_failed", f"{shown(value)} made {name} give something that is not a text")

    return run
