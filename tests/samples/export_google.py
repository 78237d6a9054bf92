"""Google Contacts: the headings since 2024, and those of before."""

from fictional import Person, Row, people, pick, woven
from tables import csv_text

HEADINGS = (
    "First Name", "Middle Name", "Last Name", "Phonetic First Name", "Phonetic Middle Name",
    "Phonetic Last Name", "Name Prefix", "Name Suffix", "Nickname", "File As", "Organization Name",
    "Organization Title", "Organization Department", "Birthday", "Notes", "Photo", "Labels",
    "E-mail 1 - Label", "E-mail 1 - Value", "E-mail 2 - Label", "E-mail 2 - Value", "Phone 1 - Label",
    "Phone 1 - Value", "Phone 2 - Label", "Phone 2 - Value", "Phone 3 - Label", "Phone 3 - Value",
    "Address 1 - Label", "Address 1 - Formatted", "Address 1 - Street", "Address 1 - City",
    "Address 1 - PO Box", "Address 1 - Region", "Address 1 - Postal Code", "Address 1 - Country",
    "Address 1 - Extended Address",
)  # fmt: skip
"""As many e-mails and phones as the widest contact needs: here two and three."""

MINE = "* myContacts"

BY_HAND: dict[int, Row] = {
    1: {
        "First Name": "Ada", "Last Name": "Späti", "Organization Name": "Example AG",
        "Organization Title": "Consultant", "Notes": "Line one\nLine two",
        "Labels": f"Copied from phone ::: {MINE}", "E-mail 1 - Label": "* Work",
        "E-mail 1 - Value": "ada@example.org", "Phone 1 - Label": "Mobile",
        "Phone 1 - Value": "+49 171 39200 71 ::: 030 23125 971", "Address 1 - City": "Berlin",
        "Address 1 - Country": "DE",
    },
    3: {  # what SIM cards put into every address book
        "First Name": "Ambulance", "Labels": MINE, "Phone 1 - Label": "Mobile", "Phone 1 - Value": "144",
    },
    5: {
        "Organization Name": "Northwind Traders", "Labels": MINE, "Phone 1 - Label": "Main",
        "Phone 1 - Value": "212-555-0175", "Phone 2 - Label": "Work Fax",
        "Phone 2 - Value": "212-555-0176", "Phone 3 - Label": "Reception desk",
        "Phone 3 - Value": "(212) 555-0177",
    },
    7: {
        "First Name": "Grandma", "Labels": f"Private ::: {MINE}", "Phone 1 - Label": "Home",
        "Phone 1 - Value": "ask mum",
    },
    12: {
        "First Name": "Martin", "Middle Name": "Luther", "Last Name": "Example", "Name Prefix": "Dr.",
        "Name Suffix": "Jr.", "Labels": MINE, "E-mail 1 - Label": "* ",
        "E-mail 1 - Value": "martin@example.com ::: m.example@example.net", "E-mail 2 - Label": "Home",
        "E-mail 2 - Value": "Martin@example.com",
    },
    15: {"First Name": "Neighbour", "Labels": f"{MINE} ::: private", "E-mail 1 - Value": "n@example.com"},
    18: {
        "First Name": "Double", "Last Name": "At", "Labels": MINE, "E-mail 1 - Label": "* Other",
        "E-mail 1 - Value": "double@@example.com",
    },
    22: {"First Name": "Note", "Last Name": "Only", "Notes": "No number yet", "Labels": MINE},
    26: {
        "File As": "Front Desk", "Labels": MINE, "Phone 1 - Label": "* Mobile",
        "Phone 1 - Value": "604-555-0178", "Address 1 - Region": "BC", "Address 1 - Country": "Canada",
    },
    30: {
        "First Name": "Wrong", "Last Name": "Second", "Labels": MINE, "Phone 1 - Label": "Work",
        "Phone 1 - Value": "+44 20 7946 0979", "Phone 2 - Label": "Home",
        "Phone 2 - Value": "+44 20 7946 09",
    },
}  # fmt: skip


def contacts() -> bytes:
    """UTF-8, quotes where needed, LF. There is no column Name."""
    person = people(37, ("US", "US", "CA", "GB", "DE", "FR"))
    rows = woven(40, lambda number: _row(person(number)), BY_HAND)
    return csv_text(HEADINGS, (row for _, row in rows)).encode()


def _row(who: Person) -> Row:
    row = {
        "First Name": who.first,
        "Last Name": who.last,
        "Organization Name": who.company,
        "Organization Title": who.role,
        "Labels": pick(6, who.number, (MINE, f"Customers ::: {MINE}")),
        "Address 1 - City": who.city,
        "Address 1 - Region": who.state,
        "Address 1 - Country": who.country,
    }
    if who.email:
        row |= {"E-mail 1 - Label": "* ", "E-mail 1 - Value": who.email}
    phones = [(label, text) for label, text in (("Work", who.phone), ("Mobile", who.mobile)) if text]
    for index, (label, text) in enumerate(phones, 1):
        row |= {f"Phone {index} - Label": label, f"Phone {index} - Value": text}
    return row


OLD_HEADINGS = (
    "Name", "Given Name", "Additional Name", "Family Name", "Yomi Name", "Given Name Yomi",
    "Additional Name Yomi", "Family Name Yomi", "Name Prefix", "Name Suffix", "Initials", "Nickname",
    "Short Name", "Maiden Name", "Birthday", "Gender", "Location", "Billing Information",
    "Directory Server", "Mileage", "Occupation", "Hobby", "Sensitivity", "Priority", "Subject", "Notes",
    "Language", "Photo", "Group Membership", "E-mail 1 - Type", "E-mail 1 - Value", "Phone 1 - Type",
    "Phone 1 - Value", "Organization 1 - Type", "Organization 1 - Name", "Organization 1 - Yomi Name",
    "Organization 1 - Title", "Organization 1 - Department", "Organization 1 - Symbol",
    "Organization 1 - Location", "Organization 1 - Job Description",
)  # fmt: skip

MY_GROUP = "* My Contacts"

OLD_BY_HAND: dict[int, Row] = {
    1: {
        "Name": "Имя Фамилия", "Given Name": "Имя", "Family Name": "Фамилия",
        "Group Membership": f"{MY_GROUP} ::: University ::: School", "E-mail 1 - Type": "* ",
        "E-mail 1 - Value": "email@example.com", "Phone 1 - Type": "Mobile",
        "Phone 1 - Value": "+44 20 7946 0981",
    },
    4: {
        "Name": "maria garcía", "Given Name": "maria", "Family Name": "garcía",
        "Group Membership": MY_GROUP, "Phone 1 - Type": "Work",
        "Phone 1 - Value": "(512) 555-0182 ::: 512-555-0183", "Organization 1 - Type": "* ",
        "Organization 1 - Name": "Fabrikam, Inc.", "Organization 1 - Title": "Head of Care",
        "Notes": 'Her desk: "third floor"\r\nleft of the lift',
    },
    8: {
        "Name": "Old Friend", "Given Name": "Old", "Family Name": "Friend",
        "Group Membership": f"{MY_GROUP} ::: Private", "Phone 1 - Value": "in the other phone",
    },
    12: {
        "Name": "Half Number", "Given Name": "Half", "Family Name": "Number",
        "Group Membership": MY_GROUP, "Phone 1 - Type": "Home", "Phone 1 - Value": "+49 30 2",
    },
    17: {
        "Name": "No At", "Given Name": "No", "Family Name": "At", "Group Membership": MY_GROUP,
        "E-mail 1 - Type": "* Work", "E-mail 1 - Value": "no.at.example.com",
    },
    20: {
        "Group Membership": MY_GROUP, "Phone 1 - Type": "* Work Fax", "Phone 1 - Value": "512-555-0184",
        "Organization 1 - Name": "Initech",
    },
    23: {"Name": "Just Aname", "Given Name": "Just", "Family Name": "Aname", "Group Membership": MY_GROUP},
}  # fmt: skip


def old_contacts() -> bytes:
    """The form of before 2024: UTF-8, quotes where needed, LF."""
    person = people(38, ("US", "CA"))
    rows = woven(32, lambda number: _old_row(person(number)), OLD_BY_HAND)
    return csv_text(OLD_HEADINGS, (row for _, row in rows)).encode()


def _old_row(who: Person) -> Row:
    phone = who.mobile or who.phone
    return {
        "Name": who.name,
        "Given Name": who.first,
        "Family Name": who.last,
        "Group Membership": MY_GROUP,
        "E-mail 1 - Type": "* " if who.email else "",
        "E-mail 1 - Value": who.email,
        "Phone 1 - Type": pick(7, who.number, ("Mobile", "Home", "Work")) if phone else "",
        "Phone 1 - Value": phone,
        "Organization 1 - Name": who.company,
        "Organization 1 - Title": who.role,
    }
