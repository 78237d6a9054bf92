"""Outlook for Windows: the wizard's CSV file in the code page of the machine."""

from fictional import Person, Row, people, pick, woven
from tables import csv_text

_ADDRESS = ("Street", "Street 2", "Street 3", "City", "State", "Postal Code", "Country/Region")

HEADINGS = (
    "Title", "First Name", "Middle Name", "Last Name", "Suffix", "Company", "Department", "Job Title",
    *(f"{place} {part}" for place in ("Business", "Home", "Other") for part in _ADDRESS),
    "Assistant's Phone", "Business Fax", "Business Phone", "Business Phone 2", "Callback", "Car Phone",
    "Company Main Phone", "Home Fax", "Home Phone", "Home Phone 2", "ISDN", "Mobile Phone", "Other Fax",
    "Other Phone", "Pager", "Primary Phone", "Radio Phone", "TTY/TDD Phone", "Telex", "Account",
    "Anniversary", "Assistant's Name", "Billing Information", "Birthday", "Business Address PO Box",
    "Categories", "Children", "Directory Server", "E-mail Address", "E-mail Type", "E-mail Display Name",
    "E-mail 2 Address", "E-mail 2 Type", "E-mail 2 Display Name", "E-mail 3 Address", "E-mail 3 Type",
    "E-mail 3 Display Name", "Gender", "Government ID Number", "Hobby", "Home Address PO Box", "Initials",
    "Internet Free Busy", "Keywords", "Language", "Location", "Manager's Name", "Mileage", "Notes",
    "Office Location", "Organizational ID Number", "Other Address PO Box", "Priority", "Private",
    "Profession", "Referred By", "Sensitivity", "Spouse", "User 1", "User 2", "User 3", "User 4", "Web Page",
)  # fmt: skip

USUAL = {
    "Anniversary": "0/0/00", "Birthday": "0/0/00", "Gender": "Unspecified", "Priority": "Normal",
    "Private": "False", "Sensitivity": "Normal",
}  # fmt: skip
"""What Outlook writes into every row."""

_EXCHANGE = (
    "/o=ExchangeLabs/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/"
    "cn=8c1f0a5d2b7e4f3a9d6c5b4a39281706-"
)

BY_HAND: dict[int, Row] = {
    1: {
        "Title": "Dr.", "First Name": "Jürgen", "Last Name": "Weiß", "Company": "Böhm & Söhne",
        "Job Title": "Geschäftsführer", "Business City": "München", "Business Country/Region": "Germany",
        "Business Phone": "+49 (89) 99998 171", "Mobile Phone": "0171/3920072",
        "E-mail Address": "j.weiss@example.org", "E-mail Type": "SMTP",
        "E-mail Display Name": "Jürgen Weiß (j.weiss@example.org)", "Notes": "Line one\r\nLine two\r\n",
    },
    3: {  # a colleague: Exchange's inner address and a real number
        "First Name": "Inès", "Last Name": "Moreau", "Company": "Contoso Ltd",
        "Business Country/Region": "France", "Business Phone": "01 99 00 17 03",
        "E-mail Address": f"{_EXCHANGE}Moreau", "E-mail Type": "EX", "E-mail Display Name": "Inès Moreau",
    },
    6: {
        "First Name": "Only", "Last Name": "Inhouse", "E-mail Address": f"{_EXCHANGE}Inhouse",
        "E-mail Type": "EX", "E-mail Display Name": "Only Inhouse",
    },
    8: {"First Name": "My", "Last Name": "Dentist", "Home Phone": "see card", "Private": "True"},
    11: {
        "Company": "Ridge Property Group, LLC", "Business Country/Region": "United States of America",
        "Business Postal Code": "02134", "Business City": "Austin", "Business State": "TX",
        "Company Main Phone": "(512) 555-0171", "Business Phone": "(512) 555-0172",
    },
    14: {
        "First Name": "Linda", "Last Name": "Many", "Business Country/Region": "United States of America",
        "Mobile Phone": "206-555-0171", "Business Phone": "206-555-0172",
        "Business Phone 2": "206-555-0173", "Home Phone": "206-555-0174", "Home Phone 2": "206-555-0175",
        "Other Phone": "206-555-0176",
    },
    17: {  # works in Germany, lives in Sweden
        "First Name": "Åsa", "Last Name": "Öberg", "Business Country/Region": "Germany",
        "Business Phone": "030 23125 717", "Home Country/Region": "Sweden", "Home City": "Göteborg",
        "Home Phone": "031-390 06 17",
    },
    18: {  # a number at home without a country there: that of the office counts
        "First Name": "Sabine", "Last Name": "Schäfer", "Business Country/Region": "Germany",
        "Home Phone": "030 23125 718",
    },
    19: {"Company": "Family Doctor", "Business Phone": "212-555-0119", "Private": "True"},
    23: {"First Name": "Nothing", "Last Name": "Known", "Home Phone": "-", "Mobile Phone": "n/a"},
    27: {
        "First Name": "Call", "Last Name": "Reception", "Business Phone": "via reception",
        "Business Country/Region": "United Kingdom",
    },
    31: {  # signs that stand between 0x80 and 0x9f in cp1252
        "First Name": "Zoë", "Last Name": "D’Arcy", "Company": "Café “L’Étoile” – 24 €",
        "Mobile Phone": "+44 161 496 0731", "E-mail Address": "zoe.darcy@example.com",
        "E-mail Type": "SMTP",
    },
    35: {
        "E-mail Address": "anais@example.net", "E-mail Type": "SMTP", "E-mail Display Name": "Anaïs Dubois",
        "E-mail 2 Address": "a.dubois@example.com", "E-mail 2 Type": "SMTP",
    },
}  # fmt: skip


def contacts() -> bytes:
    """cp1252, everything in quotes, CRLF."""
    person = people(39, ("US", "DE", "DE", "FR", "SE", "GB"))
    rows = woven(40, lambda number: _row(person(number)), BY_HAND)
    return csv_text(HEADINGS, (USUAL | row for _, row in rows), quote_all=True, line_end="\r\n").encode(
        "cp1252"
    )


def _row(who: Person) -> Row:
    row = {
        "First Name": who.first,
        "Last Name": who.last,
        "Company": who.company,
        "Job Title": who.role,
        "Business City": who.city,
        "Business State": who.state,
        "Business Country/Region": who.country,
        "Business Phone": who.phone,
        "Mobile Phone": who.mobile,
        "Categories": pick(8, who.number, ("", "Customer", "Customer;VIP")),
    }
    if who.email:
        named = f"{who.name} ({who.email})"
        row |= {"E-mail Address": who.email, "E-mail Type": "SMTP", "E-mail Display Name": named}
    return row
