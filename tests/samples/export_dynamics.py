"""Microsoft Dynamics 365: the workbook it exports, and the CSV file that Excel makes of it."""

import datetime as dt

import openpyxl
from fictional import Person, Row, people, pick, woven
from tables import cells, csv_text, workbook_bytes

ID, CHECKSUM, MODIFIED = (f"(Do Not Modify) {name}" for name in ("Contact", "Row Checksum", "Modified On"))

HEADINGS = (
    ID, CHECKSUM, MODIFIED, " Full Name", "First Name", "Last Name", "Job Title", "Company Name", "Email",
    "Email Address 2", "Business Phone", "Mobile Phone", "Home Phone", "Fax", "Address 1: Street 1",
    "Address 1: City", "Address 1: State/Province", "Address 1: ZIP/Postal Code",
    "Address 1: Country/Region", "Description", "Status",
)  # fmt: skip
"""The blank before Full Name is there in real files."""


def bookkeeping(number: int) -> Row:
    """The three columns that Excel hides and Dynamics needs to take the file back."""
    return {
        ID: f"8f3c1b1e-0c3a-ee11-bdf4-000d3a1b{number:04x}",
        CHECKSUM: f"rZ8x0mQ{number:02d}/kL+w==",
        MODIFIED: f"6/{number % 28 + 1}/2026 10:00 AM",
    }


_CITY, _COUNTRY = "Address 1: City", "Address 1: Country/Region"

BY_HAND: dict[int, Row] = {
    1: bookkeeping(1) | {
        " Full Name": "Zoë Öztürk", "First Name": "Zoë", "Last Name": "Öztürk",
        "Company Name": "Contoso Ltd", "Email": "zoe@example.com", "Business Phone": "(020) 7946 0958",
        _CITY: "London", _COUNTRY: "United Kingdom", "Status": "Active",
    },
    4: bookkeeping(4) | {
        " Full Name": "GÜNTHER WEISS", "First Name": "GÜNTHER", "Last Name": "WEISS",
        "Job Title": "Leiter, Einkauf", "Company Name": "Böhm & Söhne GmbH",
        "Email": "g.weiss@example.org", "Email Address 2": "guenther@example.net",
        "Business Phone": "089 99998-961", "Mobile Phone": "0171/3920061", "Home Phone": "089 99998 962",
        _CITY: "München", _COUNTRY: "DE", "Description": "Two lines,\nas typed", "Status": "Active",
    },
    6: bookkeeping(6) | {
        " Full Name": "Old Customer", "Last Name": "Customer", "Business Phone": "gone",
        "Status": "Inactive",
    },
    10: bookkeeping(10) | {
        " Full Name": "Lee Twoinone", "First Name": "Lee", "Last Name": "Twoinone",
        "Business Phone": "212-555-0161 / 212-555-0162", _COUNTRY: "United States", "Status": "Active",
    },
    16: bookkeeping(16) | {
        " Full Name": "Switchboard", "Company Name": "Globex", "Business Phone": "+1 (416) 555-0163 ext. 200",
        _CITY: "Toronto", "Address 1: State/Province": "ON", _COUNTRY: "Canada", "Status": "Active",
    },
    21: {  # typed into the sheet under the exported rows, so that Dynamics never gave it an id
        " Full Name": "Added Byhand", "First Name": "Added", "Last Name": "Byhand",
        "Business Phone": "212-555-0164", _COUNTRY: "United States",
    },
    25: bookkeeping(25) | {
        " Full Name": "Ida Blank", "First Name": "Ida", "Last Name": "Blank",
        "Email": "ida blank@example.com", "Status": "Active",
    },
    28: bookkeeping(28) | {
        " Full Name": "Björn Ångström", "First Name": "Björn", "Last Name": "Ångström",
        "Mobile Phone": "08-465 004 65", "Email Address 2": "bjorn@example", "Company Name": "N/A",
        _CITY: "Göteborg", _COUNTRY: "Sverige", "Status": "Active",
    },
    30: bookkeeping(30) | {"Company Name": "Nobody Known", "Status": "inactive"},
}  # fmt: skip

COUNT = 36


def rows() -> list[Row]:
    """The rows of the CSV file."""
    person = people(36, ("US", "US", "CA", "GB", "DE", "AU", "SE"), full_names=False)
    return [row for _, row in woven(COUNT, lambda number: _row(person(number)), BY_HAND)]


def _row(who: Person) -> Row:
    return bookkeeping(who.number) | {
        " Full Name": who.name,
        "First Name": who.first,
        "Last Name": who.last,
        "Job Title": who.role,
        "Company Name": who.company,
        "Email": who.email,
        "Business Phone": who.phone,
        "Mobile Phone": who.mobile,
        "Address 1: Street 1": f"{who.number} First Avenue",
        _CITY: who.city,
        "Address 1: State/Province": who.state,
        "Address 1: ZIP/Postal Code": f"{who.number:05d}",
        _COUNTRY: who.country,
        "Description": pick(5, who.number, ("", "", 'Said "never on Fridays"')),
        "Status": "Active",
    }


def csv_file() -> bytes:
    """UTF-8 with a byte order mark, quotes where needed, CRLF."""
    return csv_text(HEADINGS, rows(), line_end="\r\n").encode("utf-8-sig")


def workbook() -> bytes:
    """The same people as Dynamics itself writes them: real dates, three hidden columns, a hidden sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "My Active Contacts"
    sheet.append([heading.strip() for heading in HEADINGS])
    for row in rows():
        sheet.append([_value(cell) for cell in cells(HEADINGS, row)])
    for letter in "ABC":
        sheet.column_dimensions[letter].hidden = True
    hidden = book.create_sheet("hiddenSheet")
    hidden.append(["contact:rZ8x0mQ==:contactid=(Do Not Modify) Contact&checksumLogicalName=Row Checksum"])
    hidden.sheet_state = "veryHidden"
    return workbook_bytes(book)


def _value(text: str) -> str | dt.datetime | None:
    if text.endswith(" AM"):
        return dt.datetime.strptime(text, "%m/%d/%Y %I:%M %p")  # noqa: DTZ007 - sheets know no time zones
    return text or None
