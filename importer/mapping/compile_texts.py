"""Text fields, variables and custom fields of the mapping -> compiled columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from importer.mapping import limits
from importer.mapping.cells import (
    Batch,
    Cells,
    Finding,
    Found,
    Touched,
    ValueFunction,
    apply,
    flat,
    has_error,
)
from importer.mapping.custom_field import CustomField, Resolved
from importer.mapping.document import Path
from importer.mapping.language import ColumnMapping
from importer.mapping.readers import Reader, Surroundings, compile_value
from importer.mapping.value_functions import limited, touched_by, undamaged
from importer.mapping.value_models import TextField
from importer.transforms.custom import custom_value
from importer.transforms.problem import Problem
from importer.transforms.timezone import timezone


@dataclass(slots=True)
class TextColumn:
    """One text of the contact for every row of the chunk; "" where it is left out of the payload."""

    values: list[str]
    findings: list[Finding]


@dataclass(frozen=True, slots=True)
class CompiledText:
    """A text of the contact, compiled.

    Attributes:
        field: the field of the payload ("variables" for each variable).
        label: what a message calls it.
        reader: its cells.
        check: what is looked at besides the length, for each distinct value; None for nothing.
        touched: the values that `check` does something to; None where only it can tell.
        length: characters that fit; None when no limit is known.
        limit: the function for texts that are longer.
        required: a row without it is rejected.
        drop: a wrong value is left out with a warning.
        fed: False when its only column is optional and the file lacks it: the field is not written at all.
    """

    field: str
    label: str
    reader: Reader
    check: ValueFunction | None
    touched: Touched | None
    length: int | None
    limit: ValueFunction
    required: bool
    drop: bool
    fed: bool

    def read(self, batch: Batch) -> TextColumn:
        """The texts for these rows; never raises for data."""
        cells = flat(self.reader.read(batch))
        if self.check is not None:
            cells = apply(cells, self.check, self.touched)
        if self.length is not None and max(map(len, cells.values), default=0) > self.length:
            cells = apply(cells, self.limit, self._too_long)
        findings = [
            Finding(position, found, self.drop and found.problem.severity == "error")
            for position, several in cells.problems.items()
            for found in several
        ]
        return TextColumn(cells.values, findings + (self._required(cells) if self.required else []))

    def _too_long(self, texts: Sequence[str]) -> set[str]:
        return {text for text in texts if len(text) > (self.length or 0)}

    def _required(self, cells: Cells) -> list[Finding]:
        problem = Problem("value_required", f"{self.label} is empty, and the mapping marks it as required")
        return [
            Finding(position, Found(problem, cells.origin(position)))
            for position, value in enumerate(cells.values)
            if not value and not has_error(cells.problems.get(position, ()))
        ]


_CHECKS: Final[dict[str, ValueFunction]] = {"timezone": timezone, "account_number": undamaged}
"""What is looked at besides the length."""


def compile_texts(mapping: ColumnMapping, around: Surroundings) -> list[CompiledText]:
    """The plain text fields that the mapping fills, in the order of the payload."""
    fields = ((name, getattr(mapping.contact, name)) for name in limits.TEXT_LENGTHS)
    return [
        _compiled(
            mapping,
            around,
            value,
            ("contact", name),
            (name, name, _CHECKS.get(name), limits.TEXT_LENGTHS[name]),
        )
        for name, value in fields
        if value is not None
    ]


def compile_variables(mapping: ColumnMapping, around: Surroundings) -> list[tuple[str, CompiledText]]:
    """Each variable's id and text."""
    return [
        (
            entry.id,
            _compiled(
                mapping,
                around,
                entry.value,
                ("contact", "variables", index, "value"),
                ("variables", f'variable "{entry.id}"', None, None),
            ),
        )
        for index, entry in enumerate(mapping.contact.variables)
    ]


def compile_custom_fields(
    mapping: ColumnMapping, around: Surroundings, resolved: Sequence[Resolved]
) -> list[tuple[str, CompiledText]]:
    """Each custom field's id and text; its data type is checked when the account is known."""
    return [
        (
            field.id,
            _compiled(
                mapping,
                around,
                entry.value,
                ("contact", "custom_fields", index, "value"),
                (
                    "custom_fields",
                    f'custom field "{field.label}"',
                    None if field.known is None else _typed(field.known),
                    limits.CUSTOM_FIELD_VALUE_LENGTH,
                ),
            ),
        )
        for index, (entry, field) in enumerate(zip(mapping.contact.custom_fields, resolved, strict=True))
    ]


def _compiled(
    mapping: ColumnMapping,
    around: Surroundings,
    value: TextField,
    path: Path,
    what: tuple[str, str, ValueFunction | None, int | None],
) -> CompiledText:
    field, label, check, length = what
    too_long = value.too_long or mapping.too_long
    keeps = value.required or field == "display_name"
    return CompiledText(
        field,
        label,
        compile_value(value, path, around),
        check,
        None if check is None else touched_by([check]),
        length,
        limited(length or 0, too_long),
        value.required,
        (value.on_bad_value or mapping.on_bad_value) == "drop" and not keeps,
        _fed(value, path, around),
    )


def _fed(value: TextField, path: Path, around: Surroundings) -> bool:
    if value.column is None or value.default is not None:
        return True
    return bool(around.headings.find(value.column, (*path, "column"), optional=True))


def _typed(field: CustomField) -> ValueFunction:
    return lambda text: custom_value(text, field.data_type, field.pick_list)
