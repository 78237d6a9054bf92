"""The check that most people would write: a loop over rows, phonenumbers, email-validator and pydantic.

    python peer_row_loop.py FILE

It reads the columns of generate.py, prints how many rows it has read and how many are wrong. Like most such
scripts it leaves out what pandas cannot read, finds duplicates by the key only, and holds the file in memory.
"""

import sys
from zoneinfo import available_timezones

import pandas as pd
import phonenumbers
from email_validator import EmailNotValidError, validate_email
from pydantic import BaseModel, Field, ValidationError, ValidationInfo, field_validator, model_validator

REGIONS = {
    "United States": "US", "USA": "US", "US": "US", "United Kingdom": "GB", "UK": "GB", "GB": "GB",
    "Australia": "AU", "AU": "AU", "France": "FR", "FR": "FR", "Germany": "DE", "Deutschland": "DE",
    "DE": "DE", "Sweden": "SE", "Sverige": "SE", "Hungary": "HU", "HU": "HU", "": "US",
}  # fmt: skip
ZONES = available_timezones()


class Contact(BaseModel):
    """A contact as the API takes it."""

    display_name: str = Field(min_length=1, max_length=125)
    first_name: str = Field(max_length=36)
    last_name: str = Field(max_length=36)
    phone_numbers: list[str] = Field(max_length=5)
    emails: list[str] = Field(max_length=4)
    company: str = Field(max_length=256)
    role: str = Field(max_length=256)
    location: str = Field(max_length=256)
    account_number: str = Field(min_length=1, max_length=256)
    timezone: str

    @field_validator("phone_numbers")
    @classmethod
    def phones_exist(cls, values: list[str], info: ValidationInfo) -> list[str]:
        """Give the numbers in E.164."""
        found = []
        for value in values:
            number = phonenumbers.parse(value, (info.context or {}).get("region"))
            if not phonenumbers.is_valid_number(number):
                raise ValueError(f"{value} is no phone number")
            found.append(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
        return found

    @field_validator("emails")
    @classmethod
    def emails_are_right(cls, values: list[str]) -> list[str]:
        """Give the normalised addresses."""
        return [validate_email(value, check_deliverability=False).normalized for value in values]

    @field_validator("timezone")
    @classmethod
    def zone_is_known(cls, value: str) -> str:
        """Refuse what IANA does not know."""
        if value and value not in ZONES:
            raise ValueError(f"{value} is no time zone")
        return value

    @model_validator(mode="after")
    def can_be_reached(self) -> "Contact":
        """Refuse a contact without phone and email."""
        if not self.phone_numbers and not self.emails:
            raise ValueError("no phone and no email")
        return self


def contact_of(row: dict[str, str]) -> Contact:
    """Map one row."""
    return Contact.model_validate(
        {
            "display_name": f"{row['First Name']} {row['Last Name']}".strip() or row["Company"],
            "first_name": row["First Name"].strip(),
            "last_name": row["Last Name"].strip(),
            "phone_numbers": [row[name].strip() for name in ("Mobile", "Phone") if row[name].strip()],
            "emails": [row[name].strip() for name in ("Email", "Second Email") if row[name].strip()],
            "company": row["Company"].strip(),
            "role": row["Job Title"].strip(),
            "location": f"{row['City']}, {row['Country']}".strip(", "),
            "account_number": row["Customer No"].strip(),
            "timezone": row["Time Zone"].strip(),
        },
        context={"region": REGIONS.get(row["Country"].strip())},
    )


def main(path: str) -> None:
    """Check the file."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, on_bad_lines="skip").fillna("")
    seen: set[str] = set()
    wrong = 0
    for row in frame.to_dict("records"):
        if row["Status"] == "Deleted":
            continue
        try:
            contact = contact_of(row)
        except (ValidationError, phonenumbers.NumberParseException, EmailNotValidError):
            wrong += 1
            continue
        wrong += contact.account_number in seen
        seen.add(contact.account_number)
    print(f"{len(frame)} rows, {wrong} wrong")


if __name__ == "__main__":
    main(sys.argv[1])
