"""The limits of a contact, once: every check of a payload takes its numbers from here.

Source: the table "Create a contact" of Zoom's public reference for
``POST /contact_center/address_books/{addressBookId}/contacts`` (early 2026). Lengths are in characters.
"""

from typing import Final

TEXT_LENGTHS: Final[dict[str, int]] = {
    "display_name": 125,
    "first_name": 36,
    "last_name": 36,
    "location": 256,
    "company": 256,
    "account_number": 256,
    "role": 256,
    "timezone": 100,
}
"""Text fields in the order in which a payload carries them."""

PHONES: Final = 5
EMAILS: Final = 4
CONSUMER_IDS: Final = 10
CUSTOM_FIELD_ID_LENGTH: Final = 36
CUSTOM_FIELD_VALUE_LENGTH: Final = 512

PHONE_TYPES: Final = ("main", "work", "home", "mobile", "other")
