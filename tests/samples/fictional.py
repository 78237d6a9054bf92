"""People who do not exist, with numbers that nobody has: what every sample export is filled with.

Numbers come from the ranges that regulators keep for fiction (US and Canada 555-0100 to 0199, Ofcom, ACMA,
ARCEP, Bundesnetzagentur, PTS), as far as the library `phonenumbers` calls them valid; addresses are under
example.com, example.net and example.org. Nothing here is wrong or damaged: that is added, row by row and by
hand, by the module of each export.
"""

import random
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Row = dict[str, str]


@dataclass(frozen=True)
class Person:
    """One person; `mobile` is in national spelling, `phone` mostly too, "" where there is none."""

    number: int
    first: str
    last: str
    email: str
    phone: str
    mobile: str
    company: str
    role: str
    city: str
    state: str
    country: str
    zone: str

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"


@dataclass(frozen=True)
class Country:
    """Where people live. A spelling takes three digits ("007") and gives a number."""

    names: tuple[str, ...]
    people: tuple[tuple[str, str], ...]
    places: tuple[tuple[str, str, str], ...]
    phones: tuple[str, ...]
    mobiles: tuple[str, ...]


COUNTRIES: dict[str, Country] = {
    "US": Country(
        ("United States", "USA", "US"),
        (("Maria", "Johnson"), ("DeShawn", "O'Brien"), ("Emily", "McDonald"), ("José", "García"),
         ("Linda", "Smith-Jones"), ("Tyler", "Kowalski"), ("Renée", "Nguyen"), ("James", "Washington")),
        (("Austin", "TX", "America/Chicago"), ("Portland", "OR", "America/Los_Angeles"),
         ("Albany", "NY", "America/New_York"), ("Boise", "ID", "America/Denver")),
        ("(415) 555-01{0}", "212-555-01{0}", "+1 312 555 01{0}", "512.555.01{0}", "1-617-555-01{0}"),
        ("(206) 555-01{0}", "646-555-01{0}", "+1 720 555 01{0}", "303.555.01{0}"),
    ),
    "CA": Country(
        ("Canada",),
        (("Chloé", "Tremblay"), ("Liam", "MacLeod"), ("Noémie", "Gagné"), ("Ethan", "Singh")),
        (("Toronto", "ON", "America/Toronto"), ("Montréal", "QC", "America/Toronto")),
        ("416-555-01{0}", "(514) 555-01{0}"),
        ("604-555-01{0}", "+1 778 555 01{0}"),
    ),
    "GB": Country(
        ("United Kingdom", "UK", "Great Britain"),
        (("Oliver", "Taylor"), ("Siân", "Davies"), ("Zoë", "Okafor"), ("Harry", "Fitzgerald")),
        (("London", "", "Europe/London"), ("Stoke-on-Trent", "", "Europe/London")),
        ("020 7946 00{0}", "+44 20 7946 00{0}", "(0161) 496 00{0}", "+44 (0)121 496 00{0}"),
        ("0113 496 00{0}", "+44 131 496 00{0}"),
    ),
    "DE": Country(
        ("Germany", "Deutschland"),
        (("Jürgen", "Müller"), ("Käthe", "Weiß"), ("Günther", "von der Heide"), ("Sabine", "Schäfer")),
        (("Köln", "", "Europe/Berlin"), ("München", "", "Europe/Berlin"), ("Berlin", "", "Europe/Berlin")),
        ("030 23125 0{0}", "030/23125-0{0}", "+49 30 231250{0}", "(089) 99998 0{0}"),
        ("0171 39200{0}", "0171/39200{0}", "+49 171 39200{0}"),
    ),
    "FR": Country(
        ("France",),
        (("François", "Lefèvre"), ("Anaïs", "Dubois"), ("Benoît", "de la Tour")),
        (("Paris", "", "Europe/Paris"), ("Orléans", "", "Europe/Paris")),
        ("01 99 00 10 {0}", "+33 1 99 00 11 {0}", "01.99.00.12.{0}"),
        ("02 61 91 10 {0}", "+33 2 61 91 11 {0}"),
    ),
    "AU": Country(
        ("Australia",),
        (("Jack", "Papadopoulos"), ("Matilda", "van der Berg"), ("Ngaire", "Kelly")),
        (("Sydney", "NSW", "Australia/Sydney"), ("Geelong", "VIC", "Australia/Melbourne")),
        ("(02) 5550 00{0}", "+61 2 5550 01{0}"),
        ("(03) 5550 00{0}", "+61 3 5550 01{0}"),
    ),
    "SE": Country(
        ("Sweden",),
        (("Åsa", "Öberg"), ("Björn", "Ångström")),
        (("Göteborg", "", "Europe/Stockholm"), ("Stockholm", "", "Europe/Stockholm")),
        ("08-465 004 {0}", "+46 8 465 004 {0}"),
        ("031-390 06 {0}", "+46 31 390 06 {0}"),
    ),
}  # fmt: skip

COMPANIES = (
    "Contoso Ltd", "Fabrikam, Inc.", "Initech", "Ridge Property Group, LLC", "Exemplo Tintas",
    "Northwind Traders", "Globex", "L'Étoile du Nord", 'The "Green" Grocer', "Böhm & Söhne GmbH",
)  # fmt: skip
ROLES = ("Buyer", "Head of Care", "Engineer, Payments", "Office Manager", "", "")
DOMAINS = ("example.com", "example.org", "example.net")


def people(seed: int, countries: Sequence[str], *, full_names: bool = True) -> Callable[[int], Person]:
    """Row number (1 to 99) -> person; always the same for the same seed. No two numbers or addresses agree.

    A person has a phone, an email address, or both; some have a mobile too. Countries are spelt in one way
    when `full_names` is true, in several otherwise.
    """

    def person(number: int) -> Person:
        rng = random.Random(f"{seed}-{number}")
        country = COUNTRIES[rng.choice(countries)]
        first, last = rng.choice(country.people)
        city, state, zone = rng.choice(country.places)
        email = f"{plain(first)}.{plain(last)}{number}@{rng.choice(DOMAINS)}"
        phone = rng.choice(country.phones).format(f"{number:02d}")
        mobile = rng.choice(country.mobiles).format(f"{number:02d}")
        has_email, has_mobile = rng.random() < 0.8, rng.random() < 0.5
        return Person(
            number,
            first,
            last,
            email if has_email else "",
            phone if rng.random() < 0.8 or not has_email else "",
            mobile if has_mobile else "",
            rng.choice(COMPANIES),
            rng.choice(ROLES),
            city,
            state,
            country.names[0] if full_names else rng.choice(country.names),
            zone,
        )

    return person


def woven(count: int, filler: Callable[[int], Row], by_hand: Mapping[int, Row]) -> Iterator[tuple[int, Row]]:
    """Row number and cells: those written by hand where there are any, else a person's."""
    assert not by_hand or max(by_hand) <= count
    for number in range(1, count + 1):
        yield number, by_hand[number] if number in by_hand else filler(number)


def plain(text: str) -> str:
    """A name as it stands in an email address."""
    spelt = text.replace("ß", "ss").replace("ü", "ue").replace("ä", "ae").replace("ö", "oe")
    letters = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode().lower()
    return "".join(letter for letter in letters if letter.isalnum())


def pick(seed: int, number: int, choices: Sequence[str]) -> str:
    """One of the choices, always the same for a row."""
    return random.Random(f"{seed}/{number}").choice(choices)
