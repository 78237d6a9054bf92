"""Freshdesk contacts and Zendesk users."""

from fictional import Person, Row, people, pick, woven
from tables import csv_text

FRESHDESK_HEADINGS = (
    "Full Name", "Title", "Email", "Work Phone", "Mobile Phone", "Twitter", "Company",
    "Can see all tickets from this company", "Address", "Time Zone", "Language", "Tags",
    "Background information",
)  # fmt: skip

RAILS_ZONES = {
    "America/New_York": "Eastern Time (US & Canada)",
    "America/Chicago": "Central Time (US & Canada)",
    "America/Denver": "Mountain Time (US & Canada)",
    "America/Los_Angeles": "Pacific Time (US & Canada)",
    "America/Toronto": "Eastern Time (US & Canada)",
}
"""Freshdesk names time zones as Ruby on Rails does."""

FRESHDESK_BY_HAND: dict[int, Row] = {
    1: {  # the + of the second number got lost on the way through a spreadsheet
        "Full Name": "Priya Sharma", "Email": "priya@example.org", "Work Phone": "+44 20 7946 0601",
        "Mobile Phone": "491713920061", "Company": "Globex",
        "Can see all tickets from this company": "false", "Time Zone": "Chennai", "Language": "en",
        "Tags": "gold,beta",
    },
    4: {
        "Full Name": "Dr. Ada van der Berg", "Title": "Head of Care", "Email": "ada@example.com",
        "Work Phone": "(212) 555-0164", "Company": "Initech;Globex", "Address": "5 Main Street\nAlbany, NY",
        "Time Zone": "Eastern Time (US & Canada)", "Language": "en",
        "Background information": "Knows the product;\nasks for Sam",
    },
    7: {
        "Full Name": "Frodo Example", "Email": "frodo@example.net", "Time Zone": "Middle Earth",
        "Language": "en",
    },
    9: {"Full Name": "Win Now", "Email": "win now!!", "Tags": "spam"},
    13: {"Full Name": "Best Offer", "Email": "offer@example.com", "Tags": "newsletter, Spam"},
    16: {
        "Full Name": "SIOBHÁN O'BRIEN", "Email": "siobhan@example.com;s.obrien@example.org",
        "Mobile Phone": "+44 161 496 0616", "Company": "Contoso Ltd", "Time Zone": "Edinburgh",
        "Language": "en-GB",
    },
    18: {
        "Full Name": "Far Away", "Work Phone": "022 5550 0101", "Time Zone": "Mumbai", "Language": "en",
    },
    23: {"Full Name": "Twitter Only", "Twitter": "twitteronly", "Language": "en"},
    26: {"Full Name": "No Ending", "Email": "no.ending@example", "Language": "en"},
}  # fmt: skip


def freshdesk() -> bytes:
    """UTF-8, quotes where needed, LF."""
    person = people(40, ("US", "US", "CA"))
    rows = woven(36, lambda number: _freshdesk_row(person(number)), FRESHDESK_BY_HAND)
    return csv_text(FRESHDESK_HEADINGS, (row for _, row in rows)).encode()


def _freshdesk_row(who: Person) -> Row:
    return {
        "Full Name": who.name,
        "Title": who.role,
        "Email": who.email,
        "Work Phone": who.phone,
        "Mobile Phone": who.mobile,
        "Company": who.company,
        "Can see all tickets from this company": pick(9, who.number, ("true", "false")),
        "Address": f"{who.city}, {who.state}",
        "Time Zone": RAILS_ZONES[who.zone],
        "Language": "en",
        "Tags": pick(10, who.number, ("", "gold", "gold,beta")),
    }


ZENDESK_HEADINGS = (
    "name", "email", "external_id", "details", "notes", "phone", "role", "restriction", "organization",
    "tags", "brand",
)  # fmt: skip

ZENDESK_BY_HAND: dict[int, Row] = {
    1: {
        "name": "Kwame Mensah", "email": "kwame@example.com", "external_id": "00042",
        "phone": "+12125550141x89", "role": "end-user", "organization": "Acme|Globex", "tags": "vip emea",
    },
    3: {"name": "Our Agent", "email": "agent@example.com", "role": "agent", "phone": "desk 3"},
    8: {"name": "Our Admin", "email": "admin@example.com", "role": "admin"},
    11: {"name": "At Missing", "email": "at.missing.example.com", "role": "end-user"},
    14: {
        "name": "jürgen von der heide", "email": "j.vdheide@example.org", "external_id": "A-7 / 3",
        "details": "Prefers mornings;\ncall twice", "notes": 'Said "never on Fridays"',
        "phone": "+49 (0)30 23125 614", "role": "end-user", "organization": "Böhm & Söhne GmbH",
    },
    17: {"name": "No Contact", "external_id": "00058", "role": "end-user", "organization": "Initech"},
    24: {"name": "Short Code", "phone": "911", "role": "end-user"},
    28: {"email": "info@example.net", "role": "end-user", "brand": "Example"},
    30: {  # what Zendesk makes of a caller without a name
        "name": "Caller +1 (415) 555-0142", "phone": "+14155550142", "role": "end-user",
    },
}  # fmt: skip


def zendesk() -> bytes:
    """UTF-8, quotes where needed, LF, headings in small letters."""
    person = people(41, ("US", "US", "CA"))
    rows = woven(36, lambda number: _zendesk_row(person(number)), ZENDESK_BY_HAND)
    return csv_text(ZENDESK_HEADINGS, (row for _, row in rows)).encode()


def _zendesk_row(who: Person) -> Row:
    return {
        "name": who.name,
        "email": who.email,
        "external_id": f"{who.number:05d}" if who.number % 3 else "",
        "phone": who.phone or who.mobile,
        "role": "end-user",
        "organization": who.company,
        "tags": pick(11, who.number, ("", "vip", "vip emea")),
    }
