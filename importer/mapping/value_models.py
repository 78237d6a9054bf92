"""The models of single values: columns, templates, conditions, phone and email sources.

Short forms (a plain string for a column, a string with braces for a template, one entry instead of a list)
are written out while validating, so that the rest of the package sees the long form only.
"""

import re
from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    field_validator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from importer.mapping.template import is_template, parse_template


class Strict(BaseModel):
    """Base of all: unknown keys are errors, values never change, messages never repeat cell contents."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, validate_default=False)


class Shorthand(Strict):
    """A model that may also be written as one string, which stands for the key `short`."""

    short: ClassVar[str] = "column"

    @model_validator(mode="before")
    @classmethod
    def _write_out(cls, data: object) -> object:
        if not isinstance(data, str):
            return data
        if cls.short == "column" and "template" in cls.model_fields and is_template(data):
            return {"template": data}
        return {cls.short: data}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Tell editors about the short form too."""
        schema = handler.resolve_ref_schema(handler(core_schema))
        long = dict(schema)
        schema.clear()
        schema.update({"anyOf": [{"type": "string"}, long], "title": long.get("title", cls.__name__)})
        if "description" in long:
            schema["description"] = long.pop("description")
        return schema


def _as_list(value: object) -> object:
    return value if isinstance(value, list) or value is None else [value]


class _OrOne:
    """Tells editors that the list may also be one entry."""

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        many = handler(core_schema)
        return {"anyOf": [many["items"], many]}


def one_or_more(item: Any) -> Any:
    """The type "a list of items, or one item without the list"."""
    return Annotated[tuple[item, ...], BeforeValidator(_as_list), _OrOne()]


def _check_pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"this is not a regular expression: {error}") from None
    return text


def _check_template(text: str) -> str:
    parse_template(text)
    return text


def _empty_for_nothing(value: object) -> object:
    """``Unknown:`` without a value in a value map means: becomes empty."""
    if not isinstance(value, dict):
        return value
    return {key: "" if item is None else item for key, item in value.items()}


OneOrMoreTexts: TypeAlias = Annotated[tuple[str, ...], BeforeValidator(_as_list), _OrOne()]
Columns: TypeAlias = Annotated[tuple[str, ...], Field(min_length=1), BeforeValidator(_as_list), _OrOne()]
ValueMap: TypeAlias = Annotated[
    dict[str, str],
    BeforeValidator(_empty_for_nothing, json_schema_input_type=dict[str, str | None]),
]

OnBadValue: TypeAlias = Literal["reject", "drop"]
TooLong: TypeAlias = Literal["reject", "cut"]


class Condition(Strict):
    """A condition on the row. Several keys in one condition must all hold."""

    column: Columns | None = Field(None, description="The column it looks at; a list names alternatives.")
    is_: OneOrMoreTexts | None = Field(
        None, alias="is", description="Holds when the cell is one of these texts; capitals do not count."
    )
    is_not: OneOrMoreTexts | None = Field(None, description="Holds when the cell is none of these texts.")
    empty: bool | None = Field(
        None, description="true: holds when the cell is empty or a placeholder; false: when it is not."
    )
    not_empty: bool | None = Field(None, description="true: holds when the cell has a value.")
    matches: str | None = Field(
        None, min_length=1, description="Holds when this regular expression is found in the cell."
    )
    optional: bool = Field(
        False, description="true: a file without the column is no error; the cell counts as empty."
    )
    all_: tuple["Condition", ...] | None = Field(
        None, alias="all", min_length=1, description="Holds when every condition of this list holds."
    )
    any_: tuple["Condition", ...] | None = Field(
        None, alias="any", min_length=1, description="Holds when one condition of this list holds."
    )

    _pattern = field_validator("matches")(_check_pattern)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        asked = (self.is_, self.is_not, self.empty, self.not_empty, self.matches)
        tests = [test for test in asked if test is not None]
        if tests and self.column is None:
            raise ValueError("a condition needs `column`, the column that it looks at")
        if not tests and self.all_ is None and self.any_ is None:
            raise ValueError("a condition needs one of is, is_not, empty, not_empty, matches, all, any")
        return self


class Value(Shorthand):
    """Where a text comes from and what happens to it, in the order of the keys below."""

    column: Columns | None = Field(
        None, description="The column; a list names alternatives, of which the file has one."
    )
    first_of: tuple["Value", ...] | None = Field(
        None, min_length=1, description="The first of these values that is not empty."
    )
    template: str | None = Field(
        None, min_length=1, description='Several columns joined: "{First Name} {Last Name}".'
    )
    constant: str | None = Field(None, min_length=1, description="The same text in every row.")
    optional: bool = Field(False, description="true: a file without the column is no error.")
    when: Condition | None = Field(
        None, description="Only rows for which this holds; the others have no value."
    )
    placeholders: OneOrMoreTexts | None = Field(
        None, description="Texts read as empty here, instead of those of the whole mapping."
    )
    split: OneOrMoreTexts = Field(
        (),
        description="Separators of several values in one cell; `lines` stands for line breaks. A list takes "
        "all values, a text the first.",
    )
    transform: OneOrMoreTexts = Field((), description="Transforms, one after the other.")
    map: ValueMap | None = Field(
        None, description='Texts and what becomes of them; capitals do not count. "*" stands for all others.'
    )
    unmapped: Literal["reject", "keep", "empty"] = Field(
        "reject", description="What becomes of a text that `map` does not have."
    )
    default: str | None = Field(None, description="The text when there is none.")

    _template = field_validator("template")(_check_template)

    @field_validator("split")
    @classmethod
    def _not_blank(cls, separators: tuple[str, ...]) -> tuple[str, ...]:
        if "" in separators:
            raise ValueError('an empty text separates nothing; write the separator in quotes, such as ";"')
        return separators

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        sources = {
            "column": self.column,
            "first_of": self.first_of,
            "template": self.template,
            "constant": self.constant,
        }
        given = [name for name, source in sources.items() if source is not None]
        if len(given) > 1:
            raise ValueError(f"only one of {', '.join(given)} can be given here")
        if not given and self.default is None:
            raise ValueError("a value needs one of column, first_of, template, constant")
        return self


class TextField(Value):
    """A text field of the contact."""

    required: bool = Field(False, description="true: a row without this value is rejected.")
    too_long: TooLong | None = Field(None, description="`reject` the row or `cut` the text.")
    on_bad_value: OnBadValue | None = Field(
        None, description="`reject` the row, or `drop` the value with a warning."
    )


class Values(Value):
    """A source of any number of values for a list of the contact."""

    on_bad_value: OnBadValue | None = Field(
        None, description="`reject` the row, or `drop` the value when the contact has another."
    )


class Region(Shorthand):
    """The country in which a number without + is read: a code, or a column with a default."""

    short: ClassVar[str] = "default"

    column: Columns | None = Field(
        None, description="Column with the country's name, its ISO code or its dialling prefix."
    )
    optional: bool = Field(False, description="true: a file without the column is no error.")
    map: ValueMap | None = Field(None, description="Texts of the column and the country they mean.")
    default: str | None = Field(
        None, description="Two-letter country code such as US, for rows in which the column is empty."
    )

    @field_validator("default")
    @classmethod
    def _two_letters(cls, code: str | None) -> str | None:
        if code is not None and not re.fullmatch("[A-Za-z]{2}", code):
            raise ValueError("a country is written as its two-letter code, such as US, GB or DE")
        return code.upper() if code else code


class PhoneType(Shorthand):
    """The type of a number in `phones`: one of main, work, home, mobile, other, or a column with labels."""

    short: ClassVar[str] = "default"

    column: Columns | None = Field(None, description="Column with the label; * pairs with the number's *.")
    optional: bool = Field(False, description="true: a file without the column is no error.")
    map: ValueMap | None = Field(None, description="Labels and the type they mean.")
    default: Literal["main", "work", "home", "mobile", "other"] | None = Field(
        None, description="The type of numbers without a label, or with a label that means nothing known."
    )


class PhoneSource(Values):
    """Where phone numbers come from."""

    region: Region | None = Field(None, description="Overrules phone_region for this column.")


class TypedPhoneSource(PhoneSource):
    """Where phone numbers with a type come from."""

    type: PhoneType | None = Field(None, description="Their type, or the column that holds it.")


class EmailSource(Values):
    """Where email addresses come from."""
