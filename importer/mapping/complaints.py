"""pydantic's errors -> sentences for the person who wrote the mapping."""

import typing
from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from importer.mapping.document import Document, Path
from importer.mapping.language import ColumnMapping
from importer.mapping.spelling import did_you_mean, listed

_WANTED: Final[Mapping[str, str]] = {
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "string_type": "a text",
    "model_type": "keys with values, or a column name",
    "dict_type": "keys with values",
    "tuple_type": "a list",
    "list_type": "a list",
    "string_too_short": "a text that is not empty",
    "too_short": "at least one entry",
}


def complaints(error: ValidationError, document: Document) -> list[tuple[int, str]]:
    """Every mistake that pydantic found as (line, sentence), in no special order."""
    found = []
    for detail in error.errors(include_url=False):
        path = detail["loc"]
        found.append((document.line(path), _sentence(detail, path)))
    return found


def _sentence(detail: ErrorDetails, path: Path) -> str:
    kind = detail["type"]
    context = detail.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(path)
    if kind == "missing":
        return f'{_where(path[:-1])}the key "{path[-1]}" is missing'
    if kind == "value_error":
        return f"{_where(path)}{context['error']}"
    if kind == "literal_error":
        return f"{_where(path)}{_wrong_word(detail['input'], str(context['expected']))}"
    wanted = _WANTED.get(kind) or _limit(kind, context) or detail["msg"]
    return f"{_where(path)}found {shown(detail['input'])}, expected {wanted}"


def _limit(kind: str, context: Mapping[str, Any]) -> str:
    if kind == "greater_than_equal":
        return f"a number from {context['ge']}"
    if kind == "string_too_long":
        return f"at most {context['max_length']} character{'s' if context['max_length'] != 1 else ''}"
    return ""


def _wrong_word(value: object, expected: str) -> str:
    words = [word.strip(" '") for word in expected.replace(" or ", ", ").split(",")]
    hint = did_you_mean(value, words) if isinstance(value, str) else ""
    choice = listed(words) if len(words) == 1 else f"one of {listed(words)}"
    return f"found {shown(value)}, expected {choice}{hint}"


def _unknown_key(path: Path) -> str:
    key = str(path[-1])
    keys = keys_at(path[:-1])
    hint = did_you_mean(key, keys)
    return f'{_where(path[:-1])}unknown key "{key}"{hint}' + (
        "" if hint else f"; keys here are {listed(keys)}"
    )


def shown(value: object) -> str:
    """A value of the mapping file as a sentence names it."""
    if value is None:
        return "nothing"
    if isinstance(value, list | tuple):
        return "a list" if value else "an empty list"
    if isinstance(value, dict):
        return "keys with values"
    text = str(value)
    return f'"{text[:60]}…"' if len(text) > 60 else f'"{text}"'


def _where(path: Path) -> str:
    """`contact.emails, entry 2: `, or "" at the top."""
    words: list[str] = []
    for part in path:
        if isinstance(part, int):
            words.append(f", entry {part + 1}")
        else:
            words.append(f".{part}" if words else part)
    return f"{''.join(words)}: " if words else ""


def keys_at(path: Path) -> list[str]:
    """The keys that the language has at a path; none below a place that it does not have."""
    model: type[BaseModel] | None = ColumnMapping
    for part in path:
        if model is None:
            return []
        if isinstance(part, str):
            fields = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
            model = inner_model(fields.get(part))
    return [] if model is None else [field.alias or name for name, field in model.model_fields.items()]


def inner_model(annotation: Any) -> type[BaseModel] | None:
    """The model inside `tuple[Annotated[Model, ...], ...] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in typing.get_args(annotation):
        found = inner_model(inner)
        if found is not None:
            return found
    return None
