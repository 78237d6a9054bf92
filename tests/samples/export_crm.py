"""HubSpot, Zoho CRM and Pipedrive."""

from fictional import Person, Row, people, pick, woven
from tables import csv_text

HUBSPOT_HEADINGS = (
    "Record ID", "First Name", "Last Name", "Email", "Phone Number", "Contact owner",
    "Primary Associated Company ID", "Last Activity Date", "Lead Status", "Marketing contact status",
    "Create Date", "Associated Company",
)  # fmt: skip

HUBSPOT_BY_HAND: dict[int, Row] = {
    1: {  # a name as the sender of a mail had it, a phone that begins with a blank, two companies
        "Record ID": "100000000003", "First Name": "EXAMPLE, Jordan",
        "Email": "jordan.example@example.com", "Phone Number": " +12025550123",
        "Contact owner": "Inès Moreau", "Primary Associated Company ID": "9001", "Lead Status": "Open",
        "Create Date": "2020-01-10 10:01", "Associated Company": "Company B; Company C",
    },
    3: {
        "Record ID": "100000000007", "First Name": "Alex", "Last Name": "Example,",
        "Email": "alex@example.org", "Phone Number": "(202) 555-0193 ext. 7",
        "Create Date": "2024-03-12 09:14",
    },
    5: {
        "Record ID": "100000000009", "First Name": "Billing Desk",
        "Last Name": "&lt;noreply@example.net&gt;", "Email": "noreply@example.net",
        "Create Date": "2024-03-12 09:15",
    },
    8: {
        "Record ID": "100000000012", "Email": "someone.new@example.com", "Create Date": "2024-03-12 09:16",
        "Marketing contact status": "Non-marketing contact",
    },
    11: {
        "Record ID": "100000000015", "First Name": "MARY ANN", "Last Name": "O'BRIEN",
        "Email": "m.obrien@example.com", "Phone Number": "+44 (0)20 7946 0911",
        "Associated Company": "Smith | Partners",
    },
    12: {
        "Record ID": "100000000016", "First Name": "Window", "Last Name": "Shopper", "Email": "not yet",
        "Lead Status": "Unqualified",
    },
    20: {
        "Record ID": "100000000024", "First Name": "Passer", "Last Name": "By",
        "Phone Number": "202-555-0120", "Lead Status": "UNQUALIFIED",
    },
    15: {
        "Record ID": "100000000019", "First Name": "Lee", "Last Name": "Noending", "Email": "lee@example",
        "Lead Status": "Open",
    },
    21: {
        "Record ID": "100000000025", "First Name": "Kim", "Last Name": "Digits",
        "Phone Number": "+1 202 555 01234", "Lead Status": "Open",
    },
    27: {"Record ID": "100000000031", "First Name": "Sam", "Last Name": "Silent", "Lead Status": "Open"},
    33: {"Record ID": "100000000037", "Phone Number": "202-555-0133", "Lead Status": "Open"},
}  # fmt: skip


def hubspot() -> bytes:
    """UTF-8, everything in quotes, LF."""
    person = people(33, ("US", "US", "CA"))
    rows = woven(42, lambda number: _hubspot_row(person(number)), HUBSPOT_BY_HAND)
    return csv_text(HUBSPOT_HEADINGS, (row for _, row in rows), quote_all=True).encode()


def _hubspot_row(who: Person) -> Row:
    return {
        "Record ID": f"2000000{who.number:05d}",
        "First Name": who.first,
        "Last Name": who.last,
        "Email": who.email,
        "Phone Number": who.phone or who.mobile,
        "Contact owner": "Inès Moreau",
        "Lead Status": pick(2, who.number, ("New", "Open", "In Progress", "")),
        "Marketing contact status": "Marketing contact",
        "Create Date": f"2025-06-{who.number % 28 + 1:02d} 08:30",
        "Associated Company": who.company,
    }


ZOHO_HEADINGS = (
    "Record Id", "Contact Owner.id", "Contact Owner", "Lead Source", "First Name", "Last Name",
    "Account Name.id", "Account Name", "Vendor Name.id", "Vendor Name", "Email", "Title", "Department",
    "Phone", "Home Phone", "Other Phone", "Fax", "Mobile", "Created By.id", "Created By", "Modified By.id",
    "Modified By", "Created Time", "Modified Time", "Contact Name", "Mailing Street", "Mailing City",
    "Mailing State", "Mailing Zip", "Mailing Country", "Description", "Email Opt Out", "Salutation",
    "Secondary Email", "Last Activity Time", "Tag",
)  # fmt: skip

ZOHO_BY_HAND: dict[int, Row] = {
    1: {
        "Record Id": "zcrm_4876876000000211", "Contact Owner.id": "zcrm_4876876000000099",
        "Contact Owner": "Pat", "First Name": "Dana", "Last Name": "Whitfield",
        "Account Name.id": "zcrm_4876876000000301", "Account Name": "Ridge Property Group",
        "Email": "dana@example.com", "Mobile": "614-555-0101", "Created Time": "2026-01-02 10:11:12",
        "Contact Name": "Dana Whitfield", "Mailing City": "Dublin", "Tag": "VIP,HOA",
    },
    5: {  # the second address is a slip, the first one is fine
        "Record Id": "zcrm_4876876000000215", "First Name": "Siân", "Last Name": "DAVIES",
        "Account Name": "Contoso Ltd", "Email": "sian.davies@example.org", "Title": "Buyer",
        "Phone": "0161 496 0945", "Mailing City": "Manchester", "Mailing Country": "United Kingdom",
        "Contact Name": "Siân DAVIES", "Secondary Email": "sian.davies@example,org",
    },
    6: {
        "Record Id": "zcrm_4876876000000216", "First Name": "Günther", "Last Name": "Größer",
        "Home Phone": "(089) 99998 916", "Other Phone": "0049 89 99998 917", "Mailing City": "München",
        "Mailing Country": "Germany", "Contact Name": "Günther Größer", "Tag": "VIP",
    },
    9: {
        "Record Id": "zcrm_4876876000000219", "First Name": "Gone", "Last Name": "Away",
        "Phone": "disconnected", "Contact Name": "Gone Away", "Tag": "VIP,Do not contact",
    },
    13: {  # what Excel makes of the 19 digits of an id
        "Record Id": "4.87688E+18", "First Name": "Excel", "Last Name": "Opened",
        "Email": "excel.opened@example.com", "Contact Name": "Excel Opened",
    },
    17: {
        "Record Id": "zcrm_4876876000000227", "First Name": "Leave", "Last Name": "Alone",
        "Email": "leave.alone@example.com", "Contact Name": "Leave Alone", "Tag": "do not contact",
    },
    20: {
        "Record Id": "zcrm_4876876000000230", "First Name": "Nina", "Last Name": "Rounded",
        "Phone": "4.47701E+11", "Mailing Country": "United Kingdom", "Contact Name": "Nina Rounded",
    },
    26: {
        "Record Id": "zcrm_4876876000000236", "First Name": "Otto", "Last Name": "Dots",
        "Email": "otto@example..com", "Contact Name": "Otto Dots",
    },
    30: {  # without the prefix of older exports; the last name alone is compulsory in Zoho
        "Record Id": "4876876000000000999", "Last Name": "Reception", "Vendor Name": "Fabrikam, Inc.",
        "Phone": "08-465 004 95", "Mailing Country": "Sweden", "Contact Name": "Reception",
    },
    34: {
        "Record Id": "zcrm_4876876000000244", "First Name": "Uma", "Last Name": "Unreached",
        "Contact Name": "Uma Unreached", "Mobile": "-", "Email": "n/a",
    },
}  # fmt: skip


def zoho() -> bytes:
    """UTF-8, quotes where needed, LF; ids with the prefix of older exports."""
    person = people(34, ("US", "US", "GB", "DE", "SE"))
    rows = woven(40, lambda number: _zoho_row(person(number)), ZOHO_BY_HAND)
    return csv_text(ZOHO_HEADINGS, (row for _, row in rows)).encode()


def _zoho_row(who: Person) -> Row:
    return {
        "Record Id": f"zcrm_48768760000010{who.number:02d}",
        "Contact Owner.id": "zcrm_4876876000000099",
        "Contact Owner": "Pat",
        "First Name": who.first,
        "Last Name": who.last,
        "Account Name.id": f"zcrm_48768760000020{who.number:02d}",
        "Account Name": who.company,
        "Email": who.email,
        "Title": who.role,
        "Phone": who.phone,
        "Mobile": who.mobile,
        "Created Time": "2026-01-02 10:11:12",
        "Contact Name": who.name,
        "Mailing City": who.city,
        "Mailing State": who.state,
        "Mailing Country": who.country,
        "Email Opt Out": "false",
        "Tag": pick(3, who.number, ("", "VIP", "VIP,HOA", "newsletter")),
    }


PIPEDRIVE_HEADINGS = tuple(
    f"Person - {name}"
    for name in (
        "ID", "Name", "First name", "Last name", "Organization", "Label", "Email - Work", "Email - Home",
        "Email - Other", "Phone - Work", "Phone - Home", "Phone - Mobile", "Phone - Other", "Owner",
        "Person created", "Notes",
    )
)  # fmt: skip

PIPEDRIVE_BY_HAND: dict[int, dict[str, str]] = {
    1: {
        "ID": "77", "Name": "Renée van Dijk", "First name": "Renée", "Last name": "van Dijk",
        "Organization": "Fabrikam BV", "Email - Work": "renee@example.org",
        "Phone - Work": "+49 30 23125 951, +49 171 39200 51", "Owner": "Jan",
        "Person created": "2026-01-02 10:11:12",
    },
    4: {
        "ID": "80", "Name": "tyler kowalski", "First name": "tyler", "Last name": "kowalski",
        "Label": "Hot lead", "Email - Work": "tyler@example.com, t.kowalski@example.org",
        "Email - Home": "tyler@example.net", "Phone - Mobile": "(303) 555-0154", "Owner": "Jan",
        "Notes": "Met at the fair,\nasked for a call",
    },
    9: {"ID": "85", "Name": "No Calls", "Phone - Work": "none please", "Label": "Do not contact"},
    14: {
        "ID": "90", "Name": "No Mail", "Email - Work": "no.mail@example.com",
        "Label": "Customer, Do not contact",
    },
    17: {
        "ID": "93", "Name": "Half Right", "First name": "Half", "Last name": "Right",
        "Phone - Work": "+44 20 7946 0957, 12",
    },
    22: {"ID": "98", "Name": "At Sign", "Email - Work": "at.sign(at)example.com"},
    27: {"ID": "103", "Name": "Un Reached", "Organization": "Initech"},
    30: {
        "ID": "106", "Name": "Many Phones", "First name": "Many", "Last name": "Phones",
        "Phone - Work": "212-555-0160, 212-555-0161, 212-555-0162, 212-555-0163",
        "Phone - Home": "212-555-0164", "Phone - Mobile": "212-555-0165",
    },
    33: {
        "ID": "109", "Name": "Ngaire Kelly", "First name": "Ngaire", "Last name": "Kelly",
        "Phone - Home": "+61 2 5550 0166", "Phone - Other": "+61 491 570 006",
    },
}  # fmt: skip


def pipedrive() -> bytes:
    """UTF-8, quotes where needed, LF; one column for each label of a phone or address."""
    person = people(35, ("US", "US", "CA"))
    rows = woven(36, lambda number: _pipedrive_row(person(number)), PIPEDRIVE_BY_HAND)
    named = ({f"Person - {name}": cell for name, cell in row.items()} for _, row in rows)
    return csv_text(PIPEDRIVE_HEADINGS, named).encode()


def _pipedrive_row(who: Person) -> Row:
    return {
        "ID": str(who.number + 200),
        "Name": who.name,
        "First name": who.first,
        "Last name": who.last,
        "Organization": who.company,
        "Label": pick(4, who.number, ("", "Customer", "Hot lead")),
        "Email - Work": who.email,
        "Phone - Work": who.phone,
        "Phone - Mobile": who.mobile,
        "Owner": "Jan",
        "Person created": "2026-01-02 10:11:12",
    }
