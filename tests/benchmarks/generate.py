"""Makes contact files of any length: seeded, streamed to disk, five rows of a hundred with a defect.

    python tests/benchmarks/generate.py 1000000 contacts.csv [--seed 7] [--defects 0.05]

The columns are those of sample_data/legacy_crm.csv without the salutation, so mappings/legacy_crm.yaml fits.
All phone numbers come from ranges that regulators keep for fiction (US and Canada 555-0100 to 0199, Ofcom,
ACMA, ARCEP, Bundesnetzagentur, PTS, the Hungarian area 55), all addresses from example.com, .net and .org.
There are not enough of these numbers for a million different ones, so most stand in several rows: harder for
the search for duplicates than any real file.
"""

import argparse
import csv
import io
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from random import Random

HEADINGS = (
    "Customer No",
    "First Name",
    "Last Name",
    "Company",
    "Job Title",
    "Phone",
    "Mobile",
    "Email",
    "Second Email",
    "City",
    "Country",
    "Time Zone",
    "Customer Since",
    "Status",
    "Notes",
)
ROWS_AT_ONCE = 10_000


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_AREAS = ("212", "213", "303", "312", "404", "415", "503", "512", "602", "617", "702", "720", "801", "917")
_BRITISH = ("113", "114", "116", "117", "118", "121", "131", "141", "151", "161")
_FRENCH = ("1 99 00", "2 61 91", "3 53 01", "4 65 71", "5 36 49")
_GERMAN = ("30 23125", "69 90009", "40 66969", "221 4710", "89 99998")


def _american(rng: Random) -> str:
    area, last = rng.choice(_AREAS), f"01{rng.randrange(100):02d}"
    return rng.choice(("({}) 555-{}", "{}-555-{}", "{}.555.{}", "+1 {} 555 {}", "1-{}-555-{}")).format(
        area, last
    )


def _british(rng: Random) -> str:
    area, last = rng.choice(_BRITISH), f"{rng.randrange(1000):03d}"
    return rng.choice(("0{} 496 0{}", "+44 {} 496 0{}", "(0{}) 496 0{}", "0044 {} 4960{}")).format(area, last)


def _australian(rng: Random) -> str:
    area, half, last = rng.choice("2378"), rng.choice(("5550", "7010")), f"{rng.randrange(10_000):04d}"
    return rng.choice(("(0{}) {} {}", "0{} {} {}", "+61 {} {} {}", "0{}{}{}")).format(area, half, last)


def _french(rng: Random) -> str:
    begin, last = rng.choice(_FRENCH), f"{rng.randrange(10_000):04d}"
    return rng.choice(("0{} {} {}", "+33 {} {} {}", "0033 {} {} {}")).format(begin, last[:2], last[2:])


def _german(rng: Random) -> str:
    begin, last = rng.choice(_GERMAN), f"{rng.randrange(1000):03d}"
    return rng.choice(("0{}{}", "+49 {}{}", "+49 (0){}{}", "0049 {}{}")).format(begin, last)


def _swedish(rng: Random) -> str:
    return rng.choice(("08-465 004 {:02d}", "+46 8 465 004 {:02d}")).format(rng.randrange(100))


def _hungarian(rng: Random) -> str:
    last = f"{rng.randrange(1_000_000):06d}"
    return rng.choice(("06 55 {} {}", "+36 55 {} {}", "06-55-{}-{}")).format(last[:3], last[3:])


_COUNTRIES: tuple[tuple[tuple[str, ...], str, tuple[str, ...], Callable[[Random], str]], ...] = (
    (
        ("United States", "USA", "US"),
        "America/Chicago",
        ("Denver", "Chicago", "Austin", "Portland"),
        _american,
    ),
    (("United Kingdom", "UK", "GB"), "Europe/London", ("Leeds", "Cardiff", "Bristol"), _british),
    (("Australia", "AU"), "Australia/Sydney", ("Sydney", "Perth", "Hobart"), _australian),
    (("France", "FR"), "Europe/Paris", ("Lyon", "Nîmes", "Orléans"), _french),
    (("Germany", "Deutschland", "DE"), "Europe/Berlin", ("Köln", "Berlin", "Düsseldorf"), _german),
    (("Sweden", "Sverige"), "Europe/Stockholm", ("Malmö", "Göteborg"), _swedish),
    (("Hungary", "HU"), "Europe/Budapest", ("Győr", "Pécs", "Szeged"), _hungarian),
)
_WEIGHTS = (25, 15, 15, 12, 12, 3, 18)
_FIRSTS = _words(
    "Ada Grace Alan Edsger Barbara Donald Frances Ken Margaret Dennis Radia Tim Karen Vint Sophie Linus "
    "Zoë Jürgen André Åsa Chloé José Ágnes Björn Siân Nuala MARY JOHN peter anna"
)
_LASTS = _words(
    "Lovelace Hopper Turing Dijkstra Liskov Knuth Allen Thompson Hamilton Ritchie Perlman Müller Lefèvre "
    "Kovács Öberg O'Brien McDonald MCGREGOR Szabó Nguyễn Smith Jones Taylor Brown Wilson Davies Evans Thomas"
)
_SYLLABLES = _words(
    "ba be bi bo da de di do fa fe fi ka ke ki ko la le li lo ma me mi mo na ne ni no ra re ri ro "
    "sa se si so ta te ti to va ve vi vo"
)
_COMPANIES = ("{} Ltd", "{} GmbH", "{} & Sons", "{} Inc.", "{}, Brown & Co", "{} SARL", "{} Kft.", "{} AB")
_TITLES = ("Buyer", "Head of Sales", "Office Manager", "Engineer", "Gérante", "Accountant", "CEO", "")
_DOMAINS = ("example.com", "example.net", "example.org", "mail.example.com")
_NOTES = ("", "", "", "VIP, see contract", 'Says "call me later"', "Renewal in May\nsecond reminder sent")


def rows(count: int, seed: int = 7, defects: float = 0.05) -> Iterator[list[str]]:
    """Make the rows; the same seed gives the same rows, also as the beginning of a longer file."""
    rng = Random(seed)
    for number in range(1, count + 1):
        row = _good(rng, number)
        if rng.random() < defects:
            rng.choice(DEFECTS)(rng, row)
        yield row


def _good(rng: Random, number: int) -> list[str]:
    names, zone, cities, phone = rng.choices(_COUNTRIES, _WEIGHTS)[0]
    first, last = rng.choice(_FIRSTS), rng.choice(_LASTS) + rng.choice(_SYLLABLES) + rng.choice(_SYLLABLES)
    box = f"{''.join(rng.choices(_SYLLABLES, k=4))}.{number}@"
    return [
        f"C{number:07d}",
        first,
        last,
        rng.choice(_COMPANIES).format(rng.choice(_LASTS) + rng.choice(_SYLLABLES)),
        rng.choice(_TITLES),
        phone(rng) if rng.random() < 0.7 else "",
        phone(rng) if rng.random() < 0.8 else "",
        box + rng.choice(_DOMAINS),
        f"{first.lower()}.{number}@example.org" if first.isascii() and rng.random() < 0.12 else "",
        rng.choice(cities),
        rng.choice(names),
        zone if rng.random() < 0.9 else "",
        f"20{rng.randrange(10, 26)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}",
        "Deleted" if rng.random() < 0.01 else "Active",
        rng.choice(_NOTES),
    ]


# --- defects --------------------------------------------------------------------------------------


def _cell(heading: str, *texts: str) -> Callable[[Random, list[str]], None]:
    place = HEADINGS.index(heading)

    def spoil(rng: Random, row: list[str]) -> None:
        row[place] = rng.choice(texts)

    return spoil


def _empty(*headings: str) -> Callable[[Random, list[str]], None]:
    def spoil(_rng: Random, row: list[str]) -> None:
        for heading in headings:
            row[HEADINGS.index(heading)] = ""

    return spoil


def _address(change: Callable[[str], str]) -> Callable[[Random, list[str]], None]:
    def spoil(_rng: Random, row: list[str]) -> None:
        row[HEADINGS.index("Email")] = change(row[HEADINGS.index("Email")])

    return spoil


def _phone_without_country(rng: Random, row: list[str]) -> None:
    row[HEADINGS.index("Mobile")] = f"0{rng.randrange(10**6)}"
    row[HEADINGS.index("Country")] = rng.choice(("Atlantis", "Narnia", "n/k"))


def _key_of_another_row(rng: Random, row: list[str]) -> None:
    row[0] = f"C{rng.randrange(1, int(row[0][1:]) + 1):07d}"


def _one_number_twice(_rng: Random, row: list[str]) -> None:
    row[HEADINGS.index("Phone")] = row[HEADINGS.index("Mobile")]


def _too_short(_rng: Random, row: list[str]) -> None:
    del row[9:]


def _too_long(_rng: Random, row: list[str]) -> None:
    row += ["shifted", "cells"]


DEFECTS: tuple[Callable[[Random, list[str]], None], ...] = (
    _cell("Mobile", "4.47701E+11", "3.61551E+10"),
    _cell("Mobile", "12345", "0151 2345", "555-0123"),
    _cell("Phone", "+44 113 496 0123 4567", "ask reception", "unknown number", "+999 123 456 78"),
    _cell("Phone", "(212) 555-0123 x45", "+44 113 496 0123 ext. 7"),
    _cell("Phone", "212-555-0123 / 212-555-0124"),
    _cell("Phone", "'+1 212 555 0123", "tel:+12125550123", "+1 (212) 555\u00a00123"),
    _cell("Phone", "N/A", "-", "unknown", "0"),
    _phone_without_country,
    _one_number_twice,
    _address(lambda text: text.replace("@", "")),
    _address(lambda text: text.replace("@", "@@")),
    _address(lambda text: text.replace(".com", ",com").replace("example", "example.")),
    _address(lambda text: f" {text} "),
    _address(lambda text: f"Ada Lovelace <{text}>"),
    _address(lambda text: f"mailto:{text}"),
    _address(lambda text: f"{text}; second.{text}"),
    _address(str.upper),
    _cell("Second Email", "no address", "x@", "@example.com"),
    _empty("First Name", "Last Name", "Company"),
    _empty("Phone", "Mobile", "Email", "Second Email"),
    _empty("Customer No"),
    _cell("Customer No", "1.23457E+12", "4.5E+11"),
    _key_of_another_row,
    _cell("Company", "A name that goes on " * 20),
    _cell("Job Title", "Head of\tSales\x07", "Duty \u200bManager"),
    _cell("Notes", "with a NUL \0 inside", "three\nlines\nof text"),
    _cell("Time Zone", "Mars/Olympus", "EST5", "Pacific Time (US & Canada)"),
    _cell("Country", "Atlantis", "Germny", "+44", "The Netherlands"),
    _too_short,
    _too_long,
)


def write(count: int, path: Path, seed: int = 7, defects: float = 0.05) -> None:
    """Write the file a piece at a time, so that any length fits into memory."""
    write_rows(rows(count, seed, defects), path)


def write_rows(made: Iterable[list[str]], path: Path) -> None:
    """Write some rows under the heading."""
    left = iter(made)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(HEADINGS)
        while some := list(islice(left, ROWS_AT_ONCE)):
            piece = io.StringIO()
            csv.writer(piece).writerows(some)
            file.write(piece.getvalue())


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", type=int)
    parser.add_argument("path", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--defects", type=float, default=0.05, help="share of rows with a defect")
    arguments = parser.parse_args()
    write(arguments.rows, arguments.path, arguments.seed, arguments.defects)


if __name__ == "__main__":
    main()
