"""Texts read by `phonenumbers` itself, as strictly as the importer needs it."""

import phonenumbers
from phonenumbers import PhoneNumberFormat

from importer.transforms.phone_plan import E164_MAX_DIGITS


def parse(core: str, region: str | None) -> str | None:
    """A valid number in E.164, or None."""
    number = parse_fully(core, region)
    return None if number is None else e164(number)


def parse_fully(core: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    """A valid number of at most 15 digits with its raw input, or None."""
    try:
        number = phonenumbers.parse(core, region, keep_raw_input=True)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return number if len(e164(number)) <= E164_MAX_DIGITS + 1 else None


def e164(number: phonenumbers.PhoneNumber) -> str:
    """As the API takes it."""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
