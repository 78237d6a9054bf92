"""Countries, time zones, phone types, numbers, dates and custom fields."""

import phonenumbers
import pytest
from babel import Locale
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.transforms.amounts import boolean, number
from importer.transforms.country import _FARTHER, _LANGUAGES, _NO_COUNTRY, _territories, country
from importer.transforms.custom import custom_value
from importer.transforms.phone_type import PHONE_TYPES, phone_type
from importer.transforms.problem import Problem
from importer.transforms.timezone import timezone

COUNTRIES = {
    "US": [
        "USA",
        "U.S.A.",
        "United States of America",
        "us",
        "+1",
        "America",
        "Vereinigte Staaten",
        "Estados Unidos",
    ],
    "GB": [
        "UK",
        "U.K.",
        "Great Britain (UK)",
        "England",
        "Northern Ireland",
        "0044",
        "Gro\u00dfbritannien",
        "GBR",
    ],
    "DE": ["Deutschland", "Germany (DE)", "ALEMANIA", "Allemagne", "49", "Federal Republic of Germany", "D"],
    "AT": ["\u00d6sterreich", "Oesterreich", "Austria", "AUT"],
    "CH": ["Schweiz", "Suisse", "Svizzera", "Switzerland", "CH"],
    "NL": ["Holland", "The Netherlands", "Nederland", "Pays-Bas"],
    "CI": ["C\u00f4te d'Ivoire", "Cote d\u2019Ivoire", "Ivory Coast"],
    "CZ": ["Czech Republic", "Czechia", "\u010cesko"],
    "KR": ["South Korea", "Korea, Republic of", "Republic of Korea"],
    "KP": ["North Korea", "Korea (Democratic People's Republic of)", "DPRK"],
    "CD": ["Congo, Dem. Rep.", "Democratic Republic of the Congo"],
    "CG": ["Congo", "Republic of the Congo"],
    "DO": ["Dominican Republic"],
    "DM": ["Dominica"],
    "RU": ["Russian Federation", "\u0420\u043e\u0441\u0441\u0438\u044f", "7"],
    "BB": ["Barbados", "+1-246"],
    "TR": ["Turkey", "T\u00fcrkiye"],
}


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "pl", "ru", "el", "ja", "zh", "ko", "ar", "he"])
def test_every_country_is_known_by_its_name(language: str) -> None:
    """The name in each of many languages, in capitals too, and with the dialling prefix beside it."""
    names = Locale(language).territories
    for region in phonenumbers.SUPPORTED_REGIONS:
        prefix = f"+{phonenumbers.country_code_for_region(region)}"
        for text in (
            names[region],
            names[region].upper(),
            f"{names[region]} ({prefix})",
            f"{prefix} {names[region]}",
        ):
            assert country(text) == region, text


@pytest.mark.parametrize(("code", "texts"), COUNTRIES.items(), ids=COUNTRIES)
def test_countries_are_known_by_many_names(code: str, texts: list[str]) -> None:
    """Names, codes and dialling prefixes give the two letters."""
    assert [country(text) for text in texts] == [code] * len(texts)


@pytest.mark.parametrize("language", [*_LANGUAGES, *_FARTHER])
def test_a_language_is_loaded_with_all_its_names(language: str) -> None:
    """Names that a language inherits from another are not lost by loading it alone."""
    names = Locale.parse(language).territories
    assert _territories(language) == {
        code: name for code, name in names.items() if len(code) == 2 and code not in _NO_COUNTRY
    }


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "nl", "pt", "pl"])
def test_every_country_is_known_in_the_main_languages(language: str) -> None:
    """The name of every region that has phone numbers is read back, in capitals too."""
    names = Locale(language).territories
    wrong = [
        (names[code], country(names[code]))
        for code in phonenumbers.SUPPORTED_REGIONS
        if code in names and {country(names[code]), country(names[code].upper())} != {code}
    ]
    assert wrong == []


@pytest.mark.parametrize("text", ["Atlantis", "EU", "ZZ", "??", "US/Canada", "+999", "", "12345678"])
def test_what_is_no_country_is_refused(text: str) -> None:
    """Nothing is guessed."""
    outcome = country(text)
    assert isinstance(outcome, Problem)
    assert outcome.code == "phone_region_unknown"


def test_the_nearest_country_is_named() -> None:
    """A typing mistake is answered with the nearest name."""
    outcome = country("Germny")
    assert isinstance(outcome, Problem)
    assert outcome.message == '"Germny" is no country; did you mean Germany?'


@settings(max_examples=100)
@given(text=st.text(max_size=20))
def test_countries_never_raise(text: str) -> None:
    """Any text gives two letters or a problem."""
    outcome = country(text)
    assert isinstance(outcome, Problem) or len(outcome) == 2


ZONES = {
    "America/New_York": ["America/New_York", "america/new york", "Eastern Time (US & Canada)",
                         "Eastern Standard Time",
                         "(GMT-05:00) Eastern Time (US & Canada)"],
    "Europe/Berlin": ["W. Europe Standard Time", "Berlin"],
    "Asia/Kolkata": ["Chennai", "Mumbai"],
    "Europe/Kyiv": ["Europe/Kyiv"],
}  # fmt: skip


@pytest.mark.parametrize(("zone", "texts"), ZONES.items(), ids=ZONES)
def test_time_zones_become_iana_names(zone: str, texts: list[str]) -> None:
    """IANA in any case, Rails and Windows names are understood."""
    assert [timezone(text) for text in texts] == [zone] * len(texts)


def test_every_windows_and_rails_name_gives_a_zone_of_iana() -> None:
    """No entry of the tables leads nowhere."""
    from importer.transforms import timezone as module  # noqa: PLC0415 - looks at the whole table

    assert {zone for zone in module.zones_by_name().values() if timezone(zone) != zone} == set()


@pytest.mark.parametrize("text", ["CST", "Mars/Olympus", "5", ""])
def test_unknown_time_zones_are_refused(text: str) -> None:
    """An ambiguous abbreviation is not guessed."""
    outcome = timezone(text)
    assert isinstance(outcome, Problem)
    assert outcome.code == "timezone_unknown"


TYPES = {
    "mobile": [
        "Mobile",
        "Cell",
        "Handy",
        "m\u00f3vil",
        "* Mobile",
        "Mobile Phone",
        "iPhone",
        "MOBIL",
        "Mobile (work)",
    ],
    "work": [
        "Work",
        "* Work",
        "Business",
        "B\u00fcro",
        "Gesch\u00e4ftlich",
        "Office Phone 2",
        "trabajo",
        "Direct",
    ],
    "home": ["Home", "Privat", "casa", "domicile", "Home Phone"],
    "main": ["Main", "Zentrale", "Primary", "Phone"],
    "other": ["Other", "Fax", "Work Fax", "Pager", "Andere"],
}


@pytest.mark.parametrize(("kind", "labels"), TYPES.items(), ids=TYPES)
def test_labels_become_phone_types(kind: str, labels: list[str]) -> None:
    """The labels of address books and CRMs are understood."""
    assert [phone_type(label) for label in labels] == [kind] * len(labels)
    assert kind in PHONE_TYPES


def test_an_unknown_label_is_refused() -> None:
    """A label that says nothing is a problem, not a guess."""
    outcome = phone_type("Yacht")
    assert isinstance(outcome, Problem)
    assert outcome.code == "phone_type_unknown"


@pytest.mark.parametrize(
    ("text", "right"),
    [("1.234,50", "1234.50"), ("1,234.50", "1234.50"), ("12,5", "12.5"), ("-5", "-5"),
     ("1'234'567", "1234567"), ("1 234,5", "1234.5"), (".5", "0.5"), ("0.125", "0.125"),
     ("\u0661\u0662", "12")],
)  # fmt: skip
def test_numbers_lose_their_marks(text: str, right: str) -> None:
    """Decimal point and comma, thousands marks of every country."""
    assert number(text) == right


@pytest.mark.parametrize("text", ["1,234", "1.234", "abc", "1,2,3", "--1", "1e5", "5 apples"])
def test_a_number_is_never_guessed(text: str) -> None:
    """What could be two numbers, or is none, is a problem."""
    outcome = number(text)
    assert isinstance(outcome, Problem)
    assert outcome.code == "number_unreadable"


@given(amount=st.decimals(min_value=0, max_value=10**9, places=2))
def test_german_and_english_amounts_mean_the_same(amount: object) -> None:
    """Both ways to write an amount with two decimals give the same number."""
    english = f"{amount:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert number(english) == number(german) == f"{amount:.2f}"


def test_yes_and_no_in_many_languages() -> None:
    """Words of the main European languages, and nothing else."""
    assert [boolean(word) for word in ("Yes", "ja", "WAHR", "oui", "1")] == ["true"] * 5
    assert [boolean(word) for word in ("no", "Nein", "faux", "0")] == ["false"] * 4
    assert isinstance(boolean("perhaps"), Problem)


CUSTOM = [
    ("anything", "string", "anything"),
    ("1.234,50", "number", "1234.50"),
    ("12.5 %", "percent", "12.5"),
    ("\u20ac 1.234,50", "currency", "1234.50"),
    ("1,234.50 USD", "currency", "1234.50"),
    ("ja", "boolean", "true"),
    ("Ada@Example.com", "email", "Ada@example.com"),
    ("+44 20 7946 0958", "phone", "+442079460958"),
    ("2026-01-01", "dateTime", "1767225600"),
    ("2026-01-01T01:00:00+01:00", "dateTime", "1767225600"),
    ("1767225600", "dateTime", "1767225600"),
    ("gold", "pick_list", "Gold"),
]


@pytest.mark.parametrize(
    ("text", "kind", "right"), CUSTOM, ids=[f"{kind} {text}" for text, kind, _ in CUSTOM]
)
def test_custom_values_fit_their_type(text: str, kind: str, right: str) -> None:
    """A value is given as its data type wants it."""
    assert custom_value(text, kind, ["Gold", "Silver"]) == right


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [("abc", "number", "custom_field_type"), ("perhaps", "boolean", "custom_field_type"),
     ("ada", "email", "custom_field_type"), ("020 7946 0958", "phone", "custom_field_type"),
     ("31.12.2026", "dateTime", "custom_field_type"), ("Glod", "pick_list", "custom_field_pick_list")],
)  # fmt: skip
def test_custom_values_that_do_not_fit_are_refused(text: str, kind: str, code: str) -> None:
    """The problem says which of the two checks failed."""
    outcome = custom_value(text, kind, ["Gold", "Silver"])
    assert isinstance(outcome, Problem)
    assert outcome.code == code
