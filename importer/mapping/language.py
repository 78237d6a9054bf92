"""The mapping language: every key there is, as pydantic models.

`ColumnMapping` is a mapping file, validated; `value_models` has the models of the single values.
"""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, PrivateAttr, field_validator, model_validator

from importer.mapping import limits
from importer.mapping.document import Path, PlainText, line_of
from importer.mapping.value_models import (
    Columns,
    Condition,
    EmailSource,
    OnBadValue,
    OneOrMoreTexts,
    PhoneSource,
    Region,
    Shorthand,
    Strict,
    TextField,
    TooLong,
    TypedPhoneSource,
    Values,
    one_or_more,
)


class Variable(Strict):
    """Custom data in the older style."""

    id: str = Field(min_length=1, description="The variable's id.")
    value: TextField = Field(description="Its value.")


class CustomFieldValue(Strict):
    """Custom data in a custom field of the account, named by id or by name."""

    id: str | None = Field(
        None, min_length=1, max_length=limits.CUSTOM_FIELD_ID_LENGTH, description="The custom field's id."
    )
    name: str | None = Field(
        None, min_length=1, description="Its name, looked up in the account before a run."
    )
    value: TextField = Field(description="Its value.")

    @model_validator(mode="after")
    def _id_or_name(self) -> Self:
        if (self.id is None) == (self.name is None):
            raise ValueError("a custom field is named by `id` or by `name`, one of the two")
        return self


class ContactFields(Strict):
    """What goes into each field of the contact."""

    display_name: TextField = Field(description="The name people see; at most 125 characters.")
    first_name: TextField | None = Field(None, description="At most 36 characters.")
    last_name: TextField | None = Field(None, description="At most 36 characters.")
    phone_numbers: one_or_more(PhoneSource) = Field(  # type: ignore[valid-type] # built by a function
        (), description="Up to 5 numbers, in this order."
    )
    phones: one_or_more(TypedPhoneSource) = Field(  # type: ignore[valid-type] # built by a function
        (), description="Instead of phone_numbers: numbers with a type."
    )
    emails: one_or_more(EmailSource) = Field(  # type: ignore[valid-type] # built by a function
        (), description="Up to 4 addresses."
    )
    location: TextField | None = Field(None, description="At most 256 characters.")
    company: TextField | None = Field(None, description="At most 256 characters.")
    account_number: TextField | None = Field(None, description="At most 256 characters.")
    role: TextField | None = Field(None, description="At most 256 characters.")
    timezone: TextField | None = Field(None, description="An IANA name such as America/Los_Angeles.")
    variables: tuple[Variable, ...] = Field((), description="Custom data in the older style.")
    custom_fields: tuple[CustomFieldValue, ...] = Field((), description="Custom fields, by id or by name.")
    consumer_ids: one_or_more(Values) = Field(  # type: ignore[valid-type] # built by a function
        (), description="Up to 10 consumer ids."
    )

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.phone_numbers and self.phones:
            raise ValueError("give phone_numbers or phones, not both: Zoom takes one of them")
        if not (self.phone_numbers or self.phones or self.emails):
            raise ValueError("a contact needs phone_numbers, phones or emails; Zoom takes no contact without")
        return self


def _number_if_plain(value: object) -> object:
    """``sheet: 2`` is the second sheet, ``sheet: "2"`` the sheet called 2."""
    return int(value) if isinstance(value, PlainText) and value.isdecimal() else value


class SourceSettings(Strict):
    """How to read the file, where recognition would be wrong. A flag of the command overrules these."""

    encoding: str | None = Field(None, description="For example utf-8, utf-16, cp1252.")
    delimiter: str | None = Field(
        None, min_length=1, description="One character, or comma, semicolon, tab, pipe, space, colon."
    )
    quote: str | None = Field(
        None, description="The character around cells: one character, or double, single, none."
    )
    escape: str | None = Field(
        None, description="The character before a quote inside a cell: one character, or backslash, none."
    )
    heading_line: int | None = Field(
        None, ge=0, description="The line with the headings, 1 = first line; 0 = the file has none."
    )
    sheet: Annotated[int | str | None, BeforeValidator(_number_if_plain)] = Field(
        None, description="Sheet of a workbook: its name, or its number from 1."
    )
    headings: tuple[str, ...] | None = Field(
        None, min_length=1, description="Names of the columns, for a file without headings."
    )


class KeyColumn(Shorthand):
    """A column that says who a row is."""

    column: Columns = Field(description="The column; a list names alternatives, of which the file has one.")
    transform: OneOrMoreTexts = Field((), description="Transforms, for example `lower` for email addresses.")


class ColumnMapping(Strict):
    """How the columns of an export become contacts."""

    version: Literal[1] = Field(description="Version of this language: 1.")
    name: str | None = Field(None, description="What reports call the mapping.")
    description: str | None = Field(None, description="A note for people; nothing reads it.")
    source: SourceSettings = Field(SourceSettings(), description="How to read the file.")
    key: one_or_more(KeyColumn) = Field(  # type: ignore[valid-type] # built by a function
        (), description="The column, or columns together, that say who a row is, across runs."
    )
    phone_region: Region | None = Field(
        None, description="The country of numbers without +: a code, or {column: ..., default: ...}."
    )
    placeholders: OneOrMoreTexts = Field((), description="Texts that are read as empty cells, such as N/A.")
    skip_rows: one_or_more(Condition) = Field(  # type: ignore[valid-type] # built by a function
        (), description="Rows that are left out on purpose: those for which one of these holds."
    )
    on_bad_value: OnBadValue = Field(
        "reject",
        description="A phone, email or other value that is wrong: `reject` the row, or `drop` the value.",
    )
    too_long: TooLong = Field("reject", description="A text longer than its field: `reject` or `cut`.")
    too_many: TooLong = Field("reject", description="More phones or emails than fit: `reject` or `cut`.")
    contact: ContactFields = Field(description="What goes into each field of the contact.")

    _file: str = PrivateAttr("mapping")
    _lines: dict[Path, int] = PrivateAttr(default_factory=dict)

    @field_validator("version", mode="before")
    @classmethod
    def _version_number(cls, value: object) -> object:
        return int(value) if isinstance(value, str) and value.isdecimal() else value

    @property
    def file(self) -> str:
        """The name of the file that it was read from, for messages."""
        return self._file

    def place(self, path: Path) -> str:
        """`legacy_crm.yaml, line 12`: where a path stands in the file."""
        return f"{self._file}, line {line_of(self._lines, path)}" if self._lines else self._file

    def placed(self, file: str, lines: dict[Path, int]) -> Self:
        """The same mapping, knowing where it stands; called once after parsing."""
        self._file = file
        self._lines = lines
        return self
