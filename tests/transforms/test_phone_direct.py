"""The patterns for common spellings: wherever they give a number, the compiled plan gives the same."""

import random
from collections.abc import Iterator

import phonenumbers

from importer.transforms.phone import phone, phone_reference
from importer.transforms.phone_direct import at_home, with_plus
from importer.transforms.phone_plan import prefixes, resolve

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)


def spellings() -> Iterator[tuple[str, str]]:
    """(digits with or without plus, region): every example number of every region, whole and damaged."""
    chance = random.Random(20261124)
    for region in REGIONS:
        home = prefixes(region)
        for kind in range(11):
            number = phonenumbers.example_number_for_type(region, kind)
            if number is None:
                continue
            plain = phonenumbers.national_significant_number(number)
            code = str(number.country_code)
            for text in (
                f"+{code}{plain}",
                f"+{code}{home.trunk}{plain}",
                f"{home.trunk}{plain}",
                f"{code}{plain}",
                f"00{code}{plain}",
                f"011{code}{plain}",
                plain,
            ):
                yield text, region
                place = chance.randrange(1, len(text))
                for _ in range(3):
                    changed = text[:place] + chance.choice("0123456789") + text[place + 1 :]
                    yield changed, region
                yield text[:-1], region
                yield f"{text}{chance.choice('0123456789')}", region
                yield text, chance.choice(REGIONS)


def directly(text: str, region: str) -> str | None:
    digits = text.removeprefix("+")
    if text.startswith("+"):
        abroad = with_plus(digits[:3], len(digits))
        return f"+{digits}" if abroad is not None and abroad.accepts(digits) else None
    home = prefixes(region)
    code, trunk = home.calling_code, home.trunk
    form = "code" if digits.startswith(code) else "trunk" if trunk and digits.startswith(trunk) else ""
    found = at_home(region, len(digits), form)
    return f"+{code}{digits[found.before :]}" if found is not None and found.accepts(digits) else None


def test_what_a_pattern_gives_is_what_the_plan_gives() -> None:
    """No pattern gives a number that `resolve` does not give, whatever the region and the digits."""
    wrong = []
    found = 0
    for text, region in spellings():
        direct = directly(text, region)
        reading = resolve(text.removeprefix("+"), region, plus=text.startswith("+"))
        found += direct is not None
        if direct is not None and (reading is None or reading.e164 != direct):
            wrong.append((text, region, direct))
    assert wrong == []
    assert found > 10_000  # the patterns are in use at all


def test_the_fast_way_says_what_the_library_says() -> None:
    """`phone` agrees with the library about a sample of all spellings, mended and refused ones included."""
    sample = list(spellings())[::97]
    wrong = [
        (text, region) for text, region in sample if phone(text, region) != phone_reference(text, region)
    ]
    assert wrong == []


def test_two_numbers_with_blanks_between_stay_two() -> None:
    """More digits than a number usually has are looked at closely: a second number may begin inside."""
    for text in ("030 231250 030 231251", "+4930231250 +4930231251", "0049 30 23125001 0049 30 23125002"):
        assert phone(text, "DE") == phone_reference(text, "DE")
        assert not isinstance(phone(text, "DE"), str)
