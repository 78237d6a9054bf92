"""Contact lists of dialers: Genesys Cloud and Five9."""

from fictional import Person, Row, people, pick, woven
from tables import csv_text

GENESYS_HEADINGS = (
    "inin-outbound-id", "Name", "Phone", "Email", "ContactCallable", "ContactableByVoice",
    "ContactableBySms", "ContactableByEmail", "ZipCodeAutomaticTimeZone", "CallRecordLastAttempt-Phone",
    "CallRecordLastResult-Phone", "CallRecordLastAgentWrapup-Phone", "SmsLastAttempt-Phone",
    "SmsLastResult-Phone", "Callable-Phone", "ContactableByVoice-Phone", "ContactableBySms-Phone",
    "AutomaticTimeZone-Phone",
)  # fmt: skip

GENESYS_BY_HAND: dict[int, Row] = {
    1: {
        "inin-outbound-id": "9d2f0e", "Name": "Noor Haddad", "Phone": "+44 20 7946 0611",
        "Email": "noor@example.org", "ContactCallable": "1",
        "CallRecordLastAttempt-Phone": "2026-03-05T10:11Z",
        "CallRecordLastResult-Phone": "ININ-OUTBOUND-NO-ANSWER", "AutomaticTimeZone-Phone": "Europe/London",
    },
    5: {"inin-outbound-id": "9d2f12", "Name": "Do Notcall", "Phone": "refused", "ContactCallable": "0"},
    7: {
        "inin-outbound-id": "9d2f14", "Name": "Seven Digits", "Phone": "+1 212 555", "ContactCallable": "1",
    },
    9: {
        "inin-outbound-id": "9d2f16", "Name": "MCDONALD, RONALD", "Phone": "2125550119",
        "ContactCallable": "1", "ZipCodeAutomaticTimeZone": "America/New_York",
    },
    12: {
        "inin-outbound-id": "9d2f19", "Name": "Also Notcall", "Phone": "2125550112", "ContactCallable": "0",
    },
    15: {"inin-outbound-id": "9d2f22", "Phone": "2125550115", "ContactCallable": "1"},
    20: {"Name": "Id Missing", "Phone": "2125550120", "ContactCallable": "1"},
    25: {  # a number that the dialer found dead, and an address
        "inin-outbound-id": "4e10", "Name": "Dead Line", "Phone": "2125550125",
        "Email": "dead.line@example.com", "ContactCallable": "1",
        "CallRecordLastResult-Phone": "ININ-OUTBOUND-SIT-UNCALLABLE", "Callable-Phone": "0",
    },
    27: {
        "inin-outbound-id": "9d2f34", "Name": "Dead Only", "Phone": "2125550127", "ContactCallable": "1",
        "Callable-Phone": "0",
    },
    30: {
        "inin-outbound-id": "9d2f37", "Email": "first.mail@example.net", "ContactCallable": "",
        "AutomaticTimeZone-Phone": "Nowhere/Land",
    },
}  # fmt: skip


def genesys() -> bytes:
    """UTF-8, everything in quotes, CRLF, most columns for the dialer's own books."""
    person = people(42, ("US", "CA"))
    rows = woven(34, lambda number: _genesys_row(person(number)), GENESYS_BY_HAND)
    text = csv_text(GENESYS_HEADINGS, (row for _, row in rows), quote_all=True, line_end="\r\n")
    return text.encode()


def _genesys_row(who: Person) -> Row:
    return {
        "inin-outbound-id": f"9d3a{who.number:02d}",
        "Name": who.name,
        "Phone": who.phone,
        "Email": who.email,
        "ContactCallable": "1",
        "CallRecordLastResult-Phone": pick(
            12, who.number, ("", "ININ-OUTBOUND-BUSY", "ININ-WRAP-UP-TIMEOUT")
        ),
        "AutomaticTimeZone-Phone": who.zone if who.phone else "",
    }


FIVE9_HEADINGS = (
    "number1", "number2", "number3", "first_name", "last_name", "company", "street", "city", "state", "zip",
)  # fmt: skip
CUSTOM = "do_not_call"
"""A field that the customer added to the list."""

FIVE9_BY_HAND: dict[int, Row] = {
    1: {
        "number1": "9255550101", "number2": "011442079460621", "first_name": "Amara",
        "last_name": "Okafor", "company": "Initech", "city": "Austin", "state": "TX", "zip": "02134",
    },
    6: {"number1": "refused", "first_name": "Do", "last_name": "Notcall", CUSTOM: "1"},
    10: {"number1": "925555010", "first_name": "Nine", "last_name": "Digits", "city": "Boise"},
    13: {"number1": "9255550113", "first_name": "Also", "last_name": "Notcall", CUSTOM: "Yes"},
    16: {
        "number1": "9255550116", "number2": "19255550116", "first_name": "JAMES", "last_name": "O'NEIL",
        "city": "Albany", "state": "NY",
    },
    19: {"number1": "0", "number2": "0", "number3": "0", "first_name": "All", "last_name": "Zeros"},
    22: {"number1": "9255550122", "number2": "0", "company": "Globex"},
    24: {"number1": "9255550124", "street": "24 First Avenue", "city": "Portland", "state": "OR"},
    28: {
        "number1": "01144207946", "number2": "011493023125628", "first_name": "Half", "last_name": "Abroad",
    },
    33: {
        "number1": "011493023125633", "number3": "01161255500133", "first_name": "Käthe",
        "last_name": "van der Berg", "company": "Böhm & Söhne GmbH", "city": "Berlin",
    },
}  # fmt: skip


def five9() -> bytes:
    """UTF-8, quotes where needed, CRLF; ten bare digits, or 011 and the number for other countries."""
    headings = (*FIVE9_HEADINGS, CUSTOM)
    rows = (row for _, row in woven(40, _five9_row, FIVE9_BY_HAND))
    return csv_text(headings, rows, line_end="\r\n").encode()


BARE_BY_HAND = {
    number: {heading: cell for heading, cell in row.items() if heading != CUSTOM}
    for number, row in FIVE9_BY_HAND.items()
    if number in {1, 10, 16, 22, 24}
}


def five9_no_heading() -> bytes:
    """The same list without its first line, and without fields of one's own."""
    rows = (row for _, row in woven(30, _five9_row, BARE_BY_HAND))
    return csv_text(FIVE9_HEADINGS, rows, line_end="\r\n").partition("\r\n")[2].encode()


_PERSON = people(43, ("US", "CA"))


def _five9_row(number: int) -> Row:
    who = _PERSON(number)
    return {
        "number1": f"{pick(13, number, ('415', '212', '604'))}55501{number:02d}",
        "number2": f"30355501{number:02d}" if number % 2 else "",
        "first_name": who.first,
        "last_name": who.last,
        "company": who.company,
        "street": f"{number} First Avenue",
        "city": who.city,
        "state": who.state,
        "zip": f"{number:05d}",
    }
