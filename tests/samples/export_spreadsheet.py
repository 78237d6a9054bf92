"""Tables that somebody keeps by hand: a workbook, and what a German Excel saves as CSV."""

import datetime as dt
from collections.abc import Iterable, Sequence

import openpyxl
from fictional import Row, people, pick, woven
from tables import csv_text, workbook_bytes

Cell = str | int | float | dt.datetime | None

HEADINGS = (
    "Customer #", "Name ", "Cell phone", "Office phone", "E-Mail", "Company", "Country", "Customer since",
    "Status", "Notes",
)  # fmt: skip
"""As a person types them, blank at the end included."""

DAY = dt.datetime(2019, 3, 4)  # noqa: DTZ001 - sheets know no time zones

BY_HAND: dict[int, Sequence[Cell]] = {
    1: (1042, "Maria Johnson", 4155550182, None, "maria@example.com", "Contoso Ltd", "USA", DAY, "active"),
    3: (  # Excel took the 0 from the front of the mobile number
        1044.0, "käthe von der heide", 1713920083, "030/23125-983", None, "Böhm & Söhne GmbH", "Germany", DAY,
    ),
    5: ("00017", "Zoë Okafor", None, 442079460985.0, "zoe@example.org", None, "UK", None, "active"),
    8: (1049, "Gone Away", "moved", None, None, None, None, DAY, "left"),
    11: (1052, "Rounded Off", "4.15556E+09", None, None, "Initech", "USA", DAY, "active"),
    14: (1055, "Wrong Column", DAY, None, None, "Initech", "USA", None, "active"),
    17: (1058, "Nobody Home", "n/a", "-", None, "Globex", "USA", DAY, "active"),
    20: (1234567890123456789, "Long Number", 2125550190, None, None, None, "USA", DAY, "active"),
    27: (1068, "Two Phones", None, "212-555-0187 / (212) 555-0188", None, "Globex", "USA", DAY, "active"),
    30: (1071, "Also Away", 2125550130, None, None, "Globex", "USA", DAY, "Left"),
    36: (1077, "Double At", None, None, "double@@example.com", None, "USA", DAY, "active"),
    40: ("Total", "37 customers"),
}  # fmt: skip
BLANK_AFTER = {24, 25}


def workbook() -> bytes:
    """A title above the headings, numbers as numbers, days as days, blank rows and a total at the end."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Customers"
    sheet.append(["Customer list, March 2026"])
    sheet.append([])
    sheet.append(HEADINGS)
    for row in _sheet_rows():
        sheet.append(row)
    notes = book.create_sheet("Notes")
    notes.append(["Ask Sam about the three new ones."])
    return workbook_bytes(book)


def _sheet_rows() -> Iterable[Sequence[Cell]]:
    for number in range(1, 41):
        yield BY_HAND[number] if number in BY_HAND else _typed(number)
        if number in BLANK_AFTER:
            yield ()


_PERSON = people(44, ("US", "CA"))


def _typed(number: int) -> Sequence[Cell]:
    who = _PERSON(number)
    cell = int(f"20655501{number:02d}") if number % 2 else None
    office = who.phone if number % 3 or not cell else int(f"21255501{number:02d}")
    since = dt.datetime(2012 + number % 12, number % 12 + 1, number % 28 + 1)  # noqa: DTZ001 - as above
    status = pick(14, number, ("active", "Active", ""))
    return (1041 + number, who.name, cell, office, who.email, who.company, who.country, since, status)


GERMAN_HEADINGS = (
    "Kundennummer", "Vorname", "Nachname", "Firma", "Telefon", "Mobil", "E-Mail", "Ort", "Land",
    "Kunde seit", "Umsatz", "Gesperrt",
)  # fmt: skip

GERMAN_BY_HAND: dict[int, Row] = {
    1: {
        "Kundennummer": "1234", "Vorname": "Jürgen", "Nachname": "Schäfer", "Firma": "Böhm; Söhne",
        "Telefon": "030/23125-991", "E-Mail": "j.schaefer@example.org", "Ort": "Köln",
        "Kunde seit": "31.12.2019", "Umsatz": "1.234,50",
    },
    3: {
        "Kundennummer": "1236", "Vorname": "ANNA", "Nachname": "VON DER HEIDE", "Firma": "k.A.",
        "Telefon": "030 23125 993, 0171 3920093", "Ort": "München", "Land": "Deutschland",
        "Kunde seit": "01.02.2020", "Umsatz": "0,00",
    },
    5: {
        "Kundennummer": "1238", "Vorname": "Lukas", "Nachname": "Größer", "Mobil": "1713920095",
        "E-Mail": "l.groesser@example.com", "Ort": "Frankfurt, Main", "Land": "D",
    },
    7: {
        "Kundennummer": "1240", "Nachname": "Zahltnicht", "Telefon": "bekannt", "Gesperrt": "x",
    },
    10: {
        "Kundennummer": "1243", "Vorname": "Gerda", "Nachname": "Gerundet", "Telefon": "4,91511E+11",
    },
    12: {"Kundennummer": "1245", "Nachname": "Auchnicht", "Mobil": "0171 3920012", "Gesperrt": "Ja"},
    15: {"Kundennummer": "4,87688E+18", "Nachname": "Lang", "Telefon": "030 23125 915"},
    18: {
        "Kundennummer": "1251", "Vorname": "Karla", "Nachname": "Klammer",
        "E-Mail": "k.klammer[at]example.org",
    },
    22: {"Kundennummer": "1255", "Nachname": "Stumm", "Telefon": "k.A.", "E-Mail": "-"},
    26: {
        "Kundennummer": "1259", "Vorname": "Åsa", "Nachname": "Öberg", "Telefon": "08-465 004 96",
        "Ort": "Göteborg", "Land": "Schweden", "Umsatz": "12,5",
    },
    33: {
        "Kundennummer": "1266", "Firma": "Café „Mitte“", "Telefon": "(089) 99998-933 / 0171/3920033",
        "Land": "Deutschland",
    },
}  # fmt: skip


def german_csv() -> bytes:
    """cp1252, semicolons, CRLF, and a first line that tells Excel about the semicolons."""
    rows = (row for _, row in woven(36, _german_row, GERMAN_BY_HAND))
    text = csv_text(GERMAN_HEADINGS, rows, delimiter=";", line_end="\r\n")
    return ("sep=;\r\n" + text).encode("cp1252")


_GERMAN = people(45, ("DE",))


def _german_row(number: int) -> Row:
    who = _GERMAN(number)
    return {
        "Kundennummer": str(1233 + number),
        "Vorname": who.first,
        "Nachname": who.last,
        "Firma": who.company,
        "Telefon": who.phone,
        "Mobil": who.mobile,
        "E-Mail": who.email,
        "Ort": who.city,
        "Land": pick(15, number, ("", "Deutschland", "D", "DE")),
        "Kunde seit": f"{number % 28 + 1:02d}.06.2021",
        "Umsatz": f"{number},{number % 10}0",
        "Gesperrt": pick(16, number, ("", "nein")),
    }
