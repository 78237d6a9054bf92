"""Writes sample_data/legacy_crm.csv: 360 fictional people as a legacy CRM exports them.

    python tests/samples/make_legacy_crm.py > sample_data/legacy_crm.csv

Seeded, so that the bytes are always the same. All numbers come from ranges that the regulators keep for
fiction (US and Canada 555-0100 to 0199, Ofcom, ACMA, ARCEP, Bundesnetzagentur, PTS), as far as the library
`phonenumbers` calls them valid; all addresses from example.com, example.net and example.org.
"""

import csv
import io
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

SEED = 20260417
ROWS = 360

HEADINGS = (
    "Customer No",
    "Salutation",
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

NBSP = "\u00a0"


@dataclass(frozen=True)
class Country:
    names: tuple[str, ...]
    zones: tuple[str, ...]
    cities: tuple[str, ...]
    firsts: tuple[str, ...]
    lasts: tuple[str, ...]
    landline: Callable[[random.Random], str]
    mobile: Callable[[random.Random], str]


def nanp(area: str) -> Callable[[random.Random], str]:
    """US and Canada: 555-0100 to 555-0199 in a real area code, in one of the usual spellings."""

    def spell(rng: random.Random) -> str:
        last = f"{rng.randrange(100, 200):04d}"
        return rng.choice(
            (
                f"({area}) 555-{last}",
                f"{area}-555-{last}",
                f"{area}.555.{last}",
                f"+1 {area} 555 {last}",
                f"1-{area}-555-{last}",
                f"{area}555{last}",
                f"+1 ({area}) 555{NBSP}{last}",
                f"+1-{area}-555-{last}",
                f"{area}-555-{last} x{rng.randrange(10, 99)}",
            )
        )

    return spell


def one_of(*makers: Callable[[random.Random], str]) -> Callable[[random.Random], str]:
    return lambda rng: rng.choice(makers)(rng)


def british_landline(rng: random.Random) -> str:
    tail = f"{rng.randrange(1000):03d}"
    return rng.choice(
        (
            f"020 7946 0{tail}",
            f"+44 (0)20 7946 0{tail}",
            f"0044 20 7946 0{tail}",
            f"0161 496 0{tail}",
            f"(0121) 496 0{tail}",
        )
    )


def british_mobile(rng: random.Random) -> str:
    tail = f"{rng.randrange(1000):03d}"
    return rng.choice(
        (f"0113 496 0{tail}", f"0113-496-0{tail}", f"+44 131 496 0{tail}", f"+44 (0) 151 496 0{tail}")
    )


def german_landline(rng: random.Random) -> str:
    tail = f"{rng.randrange(1000):03d}"
    return rng.choice(
        (
            f"030 23125 {tail}",
            f"030/23125-{tail}",
            f"+49 30 23125{tail}",
            f"0049 (0)30 23125 {tail}",
            f"(089) 99998 {tail}",
            f"040 - 66969 {tail}",
        )
    )


def german_mobile(rng: random.Random) -> str:
    tail = f"{rng.randrange(100):02d}"
    return rng.choice(
        (f"0171 39200{tail}", f"0171/39200{tail}", f"+49 171 39200{tail}", f"+49 (0)171 39200{tail}")
    )


def french_landline(rng: random.Random) -> str:
    pair, other = f"{rng.randrange(100):02d}", f"{rng.randrange(100):02d}"
    return rng.choice(
        (
            f"01 99 00 {pair} {other}",
            f"01.99.00.{pair}.{other}",
            f"+33 1 99 00 {pair} {other}",
            f"+33 (0)1 99 00 {pair} {other}",
        )
    )


def french_mobile(rng: random.Random) -> str:
    pair, other = f"{rng.randrange(100):02d}", f"{rng.randrange(100):02d}"
    return rng.choice(
        (
            f"02 61 91 {pair} {other}",
            f"03.53.01.{pair}.{other}",
            f"+33 4 65 71 {pair} {other}",
            f"0033 5 36 49 {pair} {other}",
        )
    )


def australian_landline(rng: random.Random) -> str:
    tail = f"{rng.randrange(1000):03d}"
    return rng.choice((f"(02) 5550 0{tail}", f"02 5550 0{tail}", f"+61 2 5550 0{tail}", f"(03) 5550 0{tail}"))


def australian_mobile(rng: random.Random) -> str:
    tail = rng.choice(("006", "156", "157", "158", "159", "110"))
    return rng.choice((f"0491 570 {tail}", f"+61 491 570 {tail}", f"0491-570-{tail}"))


def swedish_landline(rng: random.Random) -> str:
    tail = f"{rng.randrange(100):02d}"
    return rng.choice(
        (f"08-465 004 {tail}", f"+46 8 465 004 {tail}", f"031-390 06 {tail}", f"+46 (0)31 39006{tail}")
    )


def swedish_mobile(rng: random.Random) -> str:
    tail = f"{rng.randrange(5, 100):02d}"
    return rng.choice((f"070-174 06 {tail}", f"+46 70 174 06 {tail}", f"00467017406{tail}"))


US = Country(
    ("United States", "USA", "US", "U.S.A."),
    ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"),
    ("Austin", "Portland", "San José", "Albany", "Boise"),
    ("Maria", "James", "Linda", "Robert", "Patricia", "José", "DeShawn", "Emily", "Tyler", "Renée"),
    (
        "Johnson",
        "O'Brien",
        "McDonald",
        "García",
        "Washington",
        "Nguyen",
        "Smith-Jones",
        "Kowalski",
        "Peña",
        "Brown",
    ),
    one_of(nanp("415"), nanp("212"), nanp("312"), nanp("512")),
    one_of(nanp("206"), nanp("646"), nanp("720")),
)
CANADA = Country(
    ("Canada", "CA", "CAN"),
    ("America/Toronto", "America/Vancouver"),
    ("Montréal", "Toronto", "Québec"),
    ("Chloé", "Liam", "Noémie", "Ethan"),
    ("Tremblay", "Gagné", "MacLeod", "Singh"),
    one_of(nanp("416"), nanp("514")),
    one_of(nanp("604")),
)
BRITAIN = Country(
    ("United Kingdom", "UK", "GB", "Great Britain"),
    ("Europe/London",),
    ("London", "Birmingham", "Kingston upon Hull", "Stoke-on-Trent"),
    ("Oliver", "Amelia", "Siân", "Harry", "Zoë", "Rhys"),
    ("Taylor", "Davies", "Fitzgerald", "Okafor", "MacDonald", "Featherstone-Haugh"),
    british_landline,
    british_mobile,
)
GERMANY = Country(
    ("Germany", "Deutschland", "DE"),
    ("Europe/Berlin",),
    ("Köln", "München", "Berlin", "Frankfurt, Main"),
    ("Jürgen", "Käthe", "Günther", "Sabine", "Łukasz", "Björn"),
    ("Müller", "Weiß", "Schäfer", "von der Heide", "Yılmaz", "Größer"),
    german_landline,
    german_mobile,
)
FRANCE = Country(
    ("France", "FR"),
    ("Europe/Paris",),
    ("Paris", "Besançon", "Orléans"),
    ("François", "Anaïs", "Hélène", "Benoît"),
    ("Lefèvre", "de la Tour", "Dubois", "L'Hôpital"),
    french_landline,
    french_mobile,
)
AUSTRALIA = Country(
    ("Australia", "AU"),
    ("Australia/Sydney", "Australia/Melbourne"),
    ("Sydney", "Wagga Wagga", "Geelong"),
    ("Jack", "Matilda", "Ngaire", "Bruce"),
    ("Kelly", "Papadopoulos", "van der Berg", "Nguyễn"),
    australian_landline,
    australian_mobile,
)
SWEDEN = Country(
    ("Sweden", "Sverige", "SE"),
    ("Europe/Stockholm",),
    ("Göteborg", "Stockholm"),
    ("Åsa", "Björn", "Siobhán"),
    ("Öberg", "Ångström", "Ó Súilleabháin"),
    swedish_landline,
    swedish_mobile,
)
COUNTRIES = (
    (US,) * 7 + (BRITAIN,) * 4 + (GERMANY,) * 4 + (CANADA,) * 2 + (FRANCE,) * 2 + (AUSTRALIA,) * 2 + (SWEDEN,)
)

COMPANIES = (
    "Contoso Ltd",
    "Fabrikam, Inc.",
    "Böhm & Söhne GmbH",
    'The "Green" Grocer',
    "L'Étoile du Nord",
    "Ridge Property Group, LLC",
    "Exemplo Tintas",
    "ACME WIDGETS",
    "",
)
TITLES = ("Buyer", "Head of Care", "Engineer, Payments", "Geschäftsführer", "Gérante", "", "")
NOTES = (
    "",
    "",
    "",
    "Prefers mornings",
    "Called on 3 March;\r\nasked for the new price list, twice",
    'Said "never on Fridays"',
    "VIP, see contract\nRenewal in May",
)
ABSENT = ("", "", "", "N/A", "-", "none", "n/a")


@dataclass(frozen=True)
class Person:
    cells: dict[str, str]

    def but(self, **cells: str) -> "Person":
        return replace(
            self, cells=self.cells | {name.replace("_", " "): value for name, value in cells.items()}
        )


def ascii_word(text: str) -> str:
    table = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ł": "L", "ł": "l", "ı": "i", "ễ": "e"}
    import unicodedata  # noqa: PLC0415 - only this function spells names in ASCII

    spelt = "".join(table.get(letter, letter) for letter in text)
    plain = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()
    return "".join(letter for letter in plain.lower() if letter.isalnum())


def person(number: int, rng: random.Random) -> Person:
    country = rng.choice(COUNTRIES)
    first, last = rng.choice(country.firsts), rng.choice(country.lasts)
    shout = rng.random() < 0.06
    domain = rng.choice(("example.com", "example.org", "example.net"))
    email = f"{ascii_word(first)}.{ascii_word(last)}{number}@{domain}"
    has_phone, has_mobile, has_email = rng.random() < 0.8, rng.random() < 0.55, rng.random() < 0.85
    if not (has_phone or has_mobile or has_email):
        has_email = True
    return Person(
        {
            "Customer No": f"{number * 7 + 100:07d}",
            "Salutation": rng.choice(("Mr.", "Ms.", "Dr.", "")),
            "First Name": first.upper() if shout else first + rng.choice(("", "", "", " ")),
            "Last Name": last.upper() if shout else last,
            "Company": rng.choice(COMPANIES),
            "Job Title": rng.choice(TITLES),
            "Phone": country.landline(rng) if has_phone else rng.choice(ABSENT),
            "Mobile": country.mobile(rng) if has_mobile else rng.choice(ABSENT),
            "Email": rng.choice((email, email, email, f" {email}")) if has_email else rng.choice(ABSENT),
            "Second Email": f"{ascii_word(last)}{number}@{domain}" if rng.random() < 0.12 else "",
            "City": rng.choice(country.cities),
            "Country": rng.choice(country.names),
            "Time Zone": rng.choice((*country.zones, "")),
            "Customer Since": "-".join(
                (str(rng.randrange(1998, 2026)), f"{rng.randrange(1, 13):02d}", f"{rng.randrange(1, 29):02d}")
            ),
            "Status": rng.choices(("Active", "Inactive", "Deleted"), (88, 9, 3))[0],
            "Notes": rng.choice(NOTES),
        }
    )


def truly_wrong(people: dict[int, Person]) -> dict[int, Person]:
    """The rows that have to be rejected, by row number; the tests know them by this list."""
    active = {"Status": "Active"}
    base = {number: Person(people[number].cells | active) for number in (23, 58, 97, 141, 188, 230, 287)}
    return {
        23: base[23].but(Phone="", Mobile="N/A", Email="-", Second_Email=""),
        58: base[58].but(Phone="12", Mobile="", Email="", Second_Email="", Country="Germany"),
        97: base[97].but(Phone="", Mobile="", Email="not an address", Second_Email=""),
        141: base[141].but(First_Name="", Last_Name=" ", Company=""),
        188: base[188].but(Customer_No=""),
        230: base[230].but(Company="Verein zur Förderung des " + "sehr " * 60 + "langen Namens"),
        287: base[287].but(Phone="4.15556E+11", Mobile="", Email="", Second_Email=""),
    }


RAGGED_ROW = 312
BLANK_AFTER = (75, 76, 240)


def make() -> bytes:
    rng = random.Random(SEED)
    people = {number: person(number, rng) for number in range(1, ROWS + 1)}
    people |= truly_wrong(people)
    people[RAGGED_ROW] = people[RAGGED_ROW].but(Status="Active")
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for number, row in people.items():
        cells = [row.cells[heading] for heading in HEADINGS]
        writer.writerow(cells[:9] if number == RAGGED_ROW else cells)
        if number in BLANK_AFTER:
            out.write("," * (len(HEADINGS) - 1) + "\r\n")
    return out.getvalue().encode("utf-8")


if __name__ == "__main__":
    sys.stdout.buffer.write(make())
