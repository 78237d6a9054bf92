"""Phone numbers: every spelling gives E.164 or a problem, and the fast path says what the library says."""

import random
from collections.abc import Callable, Iterator

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumber, PhoneNumberFormat

from importer.issue_codes import ISSUE_CODES
from importer.transforms.phone import phone, phone_extension, phone_reference
from importer.transforms.phone_plan import resolve
from importer.transforms.problem import Problem

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)


def examples(kinds: range) -> list[tuple[str, PhoneNumber]]:
    found = []
    for region in REGIONS:
        for kind in kinds:
            number = phonenumbers.example_number_for_type(region, kind)
            if number is not None:
                found.append((region, number))
    return found


ALL_TYPES = examples(range(11))
ORDINARY = examples(range(2))


def e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def national(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)


def international(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


def digits_of(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


def value(outcome: str | Problem) -> str | None:
    return outcome if isinstance(outcome, str) else outcome.value


def arabic(text: str) -> str:
    return "".join(chr(0x660 + int(sign)) if sign.isdigit() else sign for sign in text)


def full_width(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def no_trunk(number: PhoneNumber) -> bool:
    """Whether a (0) between country code and number makes no sense: the country has none."""
    return not national(number).lstrip("(").startswith("0") or phonenumbers.national_significant_number(
        number
    ).startswith("0")


ABROAD: dict[str, Callable[[PhoneNumber], str]] = {
    "E.164": e164,
    "international": international,
    "RFC 3966": lambda n: phonenumbers.format_number(n, PhoneNumberFormat.RFC3966),
    "dots": lambda n: international(n).replace(" ", ".").replace("-", "."),
    "slash": lambda n: international(n).replace(" ", "/", 1),
    "unicode dashes": lambda n: international(n).replace(" ", "\u2011").replace("-", "\u2212"),
    "no-break blanks": lambda n: international(n).replace(" ", "\u00a0"),
    "direction marks": lambda n: f"\u202d{international(n)}\u202c",
    "full width": lambda n: full_width(international(n)),
    "Arabic digits": lambda n: arabic(international(n)),
    "brackets": lambda n: f"[{international(n)}]",
    "plus and blank": lambda n: f"+ {e164(n)[1:]}",
    "two pluses": lambda n: f"+{e164(n)}",
    "label": lambda n: f"Tel.: {international(n)}",
    "letter": lambda n: f"M {international(n)}",
    "label behind": lambda n: f"{international(n)} (mobile)",
    "(0)": lambda n: (
        e164(n) if no_trunk(n) else f"+{n.country_code} (0){phonenumbers.national_significant_number(n)}"
    ),
}

AT_HOME: dict[str, Callable[[PhoneNumber], str]] = {
    "national": national,
    "digits": lambda n: digits_of(national(n)),
    "dots": lambda n: national(n).replace(" ", ".").replace("-", "."),
    "thin blanks": lambda n: national(n).replace(" ", "\u2009"),
    "zero-width blanks": lambda n: f"\ufeff{national(n)}".replace(" ", "\u200b "),
    "en dashes": lambda n: national(n).replace(" ", "\u2013"),
    "Arabic digits": lambda n: arabic(national(n)),
    "label": lambda n: f"Phone: {national(n)}",
    "slash": lambda n: national(n).replace(" ", "/", 1),
}


@pytest.mark.parametrize("spelling", ABROAD)
def test_a_number_with_a_plus_needs_no_country(spelling: str) -> None:
    """Any spelling with + is read without a country, for every kind of number of every region."""
    wrong = []
    for _, number in ALL_TYPES:
        text = ABROAD[spelling](number)
        if phone(text, None) != e164(number):
            wrong.append((text, phone(text, None)))
    assert wrong == []


@pytest.mark.parametrize("spelling", AT_HOME)
def test_a_national_number_is_read_in_its_country(spelling: str) -> None:
    """Any national spelling is read in its own region, for every kind of number of every region."""
    wrong = []
    for region, number in ALL_TYPES:
        text = AT_HOME[spelling](number)
        if phone(text, region) != e164(number):
            wrong.append((text, region, phone(text, region)))
    assert wrong == []


@pytest.mark.parametrize(
    ("region", "prefix"), [("DE", "00"), ("US", "011"), ("AU", "0011"), ("JP", "010"), ("RU", "810")]
)
def test_international_prefixes_are_those_of_the_row(region: str, prefix: str) -> None:
    """A number dialled abroad from the row's country is read by that country's prefix."""
    wrong = [
        number
        for home, number in ORDINARY
        if home != region and phone(f"{prefix} {international(number)[1:]}", region) != e164(number)
    ]
    assert wrong == []


CASES = {
    "trunk zero in brackets": ("+44 (0)20 7946 0958", None, "+442079460958"),
    "slash without blanks": ("0151/23456789", "DE", "+4915123456789"),
    "slash with blanks": ("01512 / 3456789", "DE", "+4915123456789"),
    "direct dialling zero": ("089 1234-0", "DE", "+498912340"),
    "vanity": ("1-800-FLOWERS", "US", "+18003569377"),
    "local with context": ("tel:555-0132;phone-context=+1-415", None, "+14155550132"),
    "German label behind": ("030 123456 mobil", "DE", "+4930123456"),
    "leading blank": (" +12025550123", None, "+12025550123"),
    "dialled abroad": ("011442075550123", "US", "+442075550123"),
    "Italian zero stays": ("06 6982 0000", "IT", "+390669820000"),
}


@pytest.mark.parametrize(("text", "region", "right"), CASES.values(), ids=CASES)
def test_spellings(text: str, region: str | None, right: str) -> None:
    """Single spellings that people use and programs make."""
    assert phone(text, region) == right


MENDED = {
    "apostrophe": ("'+4915123456789", "DE", "+4915123456789"),
    "formula": ('="+4915123456789"', "DE", "+4915123456789"),
    "float": ("4155550101.0", "US", "+14155550101"),
    "thousands": ("4,155,550,101", "US", "+14155550101"),
    "exponent with every digit": ("4.915123456789E+12", "DE", "+4915123456789"),
    "lost zero": ("15123456789", "DE", "+4915123456789"),
    "lost zero of Italy": ("669820000", "IT", "+390669820000"),
    "lost plus of the own country": ("4915123456789", "DE", "+4915123456789"),
    "lost plus of another country": ("4915123456789", "US", "+4915123456789"),
    "00 without a country": ("0049 151 23456789", None, "+4915123456789"),
    "plus at the end": ("4915123456789+", "DE", "+4915123456789"),
}


@pytest.mark.parametrize(("text", "region", "right"), MENDED.values(), ids=MENDED)
def test_damage_is_mended_with_a_warning_or_not_at_all(
    text: str, region: str | None, right: str | None
) -> None:
    """What a spreadsheet did is undone only where one explanation is left, and never silently."""
    outcome = phone(text, region)
    assert isinstance(outcome, Problem)
    if right is None:
        assert outcome.severity == "error"
    else:
        assert (outcome.code, outcome.severity, outcome.value) == ("phone_mended", "warning", right)


REFUSED = {
    "rounded": ("4.47701E+11", "GB", "phone_digits_lost"),
    "rounded, comma": ("4,47701E+11", "DE", "phone_digits_lost"),
    "no country": ("415 555 0101", None, "phone_no_region"),
    "unknown country": ("415 555 0101", "ZZ", "phone_no_region"),
    "too short": ("0151 2345", "DE", "phone_too_short"),
    "too long": ("020 7946 09581234", "GB", "phone_too_long"),
    "no area code": ("555-0132", "US", "phone_too_short"),
    "emergency": ("110", "DE", "phone_too_short"),
    "two with slash": ("0171 5550102 / 0172 5550103", "DE", "phone_invalid"),
    "two with semicolon": ("+14155550101; +14155550102", None, "phone_invalid"),
    "two side by side": ("0301234 0305678", "DE", "phone_invalid"),
    "shared ending": ("030 12345678/9", "DE", "phone_invalid"),
    "shared ending, blanks": ("030 1234 5678/9", "DE", "phone_invalid"),
    "shared ending, comma": ("01 2345678, 90", "AT", "phone_invalid"),
    "a word": ("030 123456 after six", "DE", "phone_invalid"),
    "letter O": ("0O71 2345678", "DE", "phone_invalid"),
    "no digits": ("---", "DE", "phone_invalid"),
    "0 or + lost": ("33612345678", "DE", "phone_invalid"),
    "outside line": ("914155550101", "US", "phone_invalid"),
    "a day, ISO": ("2026-03-04", "DK", "phone_invalid"),
    "a day, dots": ("31.12.2026", "AT", "phone_invalid"),
    "a day, slashes": ("12/31/1987", "FI", "phone_invalid"),
    "no such code": ("+999 12345678", None, "phone_invalid"),
}


@pytest.mark.parametrize(("text", "region", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_number_is_refused_by_name(text: str, region: str | None, code: str) -> None:
    """An error says its kind, names the value, and gives nothing that could be sent."""
    outcome = phone(text, region)
    assert isinstance(outcome, Problem)
    assert (outcome.code, outcome.severity, outcome.value) == (code, "error", None)
    assert outcome.message.startswith(f'"{text}" ')


def test_the_message_tells_what_would_be_right() -> None:
    """The figures in a message are those of the country's plan."""
    outcome = phone("0151 2345", "DE")
    assert isinstance(outcome, Problem)
    assert outcome.message == '"0151 2345" has 8 digits; a German mobile number has 11 digits after the 0'


@pytest.mark.parametrize(
    ("text", "region", "code", "said"),
    [
        pytest.param("01144207946", "US", "phone_too_short", "6 digits after 01144; a British", id="011"),
        pytest.param("0049 30 2", "FR", "phone_too_short", "3 digits after 0049; a German", id="00"),
        pytest.param("011 1 415 555 01012", "US", "phone_too_long", "11 digits after 0111; a US", id="own"),
    ],
)
def test_a_number_dialled_abroad_is_measured_by_the_plan_of_its_country(
    text: str, region: str, code: str, said: str
) -> None:
    """Behind 00 or 011 the country that is dialled says what is right, not the one that dials."""
    outcome = phone(text, region)
    assert isinstance(outcome, Problem)
    assert outcome.code == code
    assert said in outcome.message


EXTENSIONS = {
    "x12": "+1 727 555 0129 x12",
    "x without blank": "+17275550129x12",
    "ext.": "+1 727 555 0129 ext. 12",
    "word": "+1 (727) 555-0129, extension 12",
    "hash": "+1 727 555 0129 #12",
    "RFC 3966": "tel:+1-727-555-0129;ext=12",
    "Durchwahl": "+1 727 555 0129 Durchwahl 12",
    "brackets": "+1 727 555 0129 (ext 12)",
    "dialling pause": "+17275550129,,12#",
}


@pytest.mark.parametrize("text", EXTENSIONS.values(), ids=EXTENSIONS)
def test_an_extension_is_dropped_with_a_warning(text: str) -> None:
    """The number goes on without its extension, the person is told, and the extension can be had."""
    outcome = phone(text, None)
    assert isinstance(outcome, Problem)
    assert (outcome.code, outcome.value) == ("phone_extension_dropped", "+17275550129")
    assert phone_extension(text) == "12"


def test_a_number_without_an_extension_has_none() -> None:
    """`phone_extension` gives an empty text, also for what is no number."""
    assert [phone_extension(text) for text in ("+1 727 555 0129", "none", "0151/23456789")] == ["", "", ""]


# --- the fast path against the library -----------------------------------------------------------


def by_the_library(text: str, region: str | None) -> str | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    sendable = phonenumbers.is_valid_number(number) and len(e164(number)) <= 16
    return e164(number) if sendable else None


def noisy_digits() -> Iterator[tuple[str, str]]:
    """Every example number in its usual forms, whole and with one digit changed, at home and elsewhere."""
    chance = random.Random(20260101)
    for region, number in ALL_TYPES:
        plain = phonenumbers.national_significant_number(number)
        code = str(number.country_code)
        for text in (f"+{code}{plain}", digits_of(national(number)), plain):
            position = chance.randrange(1, len(text))
            changed = text[:position] + chance.choice("0123456789") + text[position + 1 :]
            yield text, region
            yield changed, region
            yield changed, chance.choice(REGIONS)


def test_compiled_plans_agree_with_the_library_on_every_region() -> None:
    """`resolve` gives exactly what parse, is_valid_number and E.164 give, for digits of every region."""
    wrong = []
    for text, region in noisy_digits():
        reading = resolve(text.removeprefix("+"), region, plus=text.startswith("+"))
        if (reading.e164 if reading else None) != by_the_library(text, region):
            wrong.append((text, region))
    assert wrong == []


@settings(max_examples=200)
@given(
    text=st.from_regex(r"\+?[0-9]{2,17}", fullmatch=True).filter(str.isascii),
    region=st.sampled_from(REGIONS),
)
def test_compiled_plans_agree_with_the_library_on_any_digits(text: str, region: str) -> None:
    """`resolve` says what the library says about digits that nobody chose."""
    reading = resolve(text.removeprefix("+"), region, plus=text.startswith("+"))
    assert (reading.e164 if reading else None) == by_the_library(text, region)


PIECES = st.sampled_from(
    ("+", "00", "0", "(", ")", "(0)", " ", "-", ".", "/", " / ", "x12", ";ext=7", "Tel.: ", "'", ".0", ",",
     "E+11", "\u00a0", "\u200b", "\u2013", "+49", "+1", "49", "151", "415", "5550132", "20", "7946", "0958",
     "23456789")
)  # fmt: skip
NOISE = st.one_of(st.lists(PIECES, min_size=1, max_size=8).map("".join), st.text(min_size=1, max_size=25))
SOMEWHERE = st.one_of(
    st.none(), st.sampled_from(["US", "DE", "GB", "IT", "BR", "AR", "JP", "SG", "ZZ", "us"])
)


@settings(max_examples=600)
@given(text=NOISE, region=SOMEWHERE)
def test_both_paths_say_the_same(text: str, region: str | None) -> None:
    """`phone` and `phone_reference` give the same text or the same problem, whatever the cell holds."""
    assert phone(text, region) == phone_reference(text, region)


@settings(max_examples=300)
@given(text=NOISE, region=SOMEWHERE)
def test_only_numbers_that_exist_go_on(text: str, region: str | None) -> None:
    """What goes on is E.164 and valid by the library, and reading it again changes nothing."""
    outcome = phone(text, region)
    if isinstance(outcome, Problem):
        assert outcome.code in ISSUE_CODES
        assert (outcome.value is None) == (outcome.severity == "error")
    number = value(outcome)
    if number is not None:
        assert phonenumbers.is_valid_number(phonenumbers.parse(number, None))
        assert 3 <= len(number) <= 16
        assert phone(number, region) == number


@pytest.mark.parametrize("spelling", [*ABROAD, *AT_HOME])
def test_both_paths_say_the_same_about_every_spelling(spelling: str) -> None:
    """The fast path and the plain one agree on real spellings of every region."""
    write = ABROAD.get(spelling) or AT_HOME[spelling]
    for region, number in ORDINARY[::6]:
        text = write(number)
        assert phone(text, region) == phone_reference(text, region), text
