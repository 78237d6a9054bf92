"""Functions on one text, put together from the transforms: chains, value maps, limits.

A function takes a text that is not empty and gives the text that goes on ("" for none) or a `Problem`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any, Final, Literal

from importer.mapping.cells import ValueFunction, clean
from importer.mapping.spelling import did_you_mean
from importer.transforms.problem import Problem, shown


def _late(module: str, name: str) -> Any:
    """A function of `importer.transforms`, imported when it is first called."""

    @cache
    def find() -> Any:
        return getattr(import_module(f"importer.transforms.{module}"), name)

    def call(*args: Any) -> Any:
        return find()(*args)

    return call


phone = _late("phone", "phone")
email = _late("email", "email")
country = _late("country", "country")
timezone = _late("timezone", "timezone")
phone_type = _late("phone_type", "phone_type")
custom_value = _late("custom", "custom_value")
damaged_number = _late("damage", "damaged_number")
date_from_number = _late("damage", "date_from_number")
cut = _late("text", "cut")


def _registry() -> Any:
    return import_module("importer.transforms.registry").TRANSFORMS


_OWN: Final = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


def is_own_transform(name: str) -> bool:
    """Whether a transform's name has the form of a person's own: ``my_module:function``."""
    return _OWN.fullmatch(name) is not None


def transform_names() -> tuple[str, ...]:
    """The names of the transforms that come with the importer."""
    return tuple(_registry())


def shipped_transforms() -> dict[str, ValueFunction]:
    """Name -> function for the transforms that come with the importer."""
    return {name: transform.function for name, transform in _registry().items()}


def guarded(name: str, function: Callable[[str], object]) -> ValueFunction:
    """A person's own function, so that nothing it does can stop a run.

    It gets the text of a cell and gives a text; None means empty. Its exception becomes transform_failed.
    """

    def run(text: str) -> str | Problem:
        try:
            outcome = function(text)
        except Exception as error:  # noqa: BLE001 - the person's code may raise anything
            return Problem("transform_failed", f"{shown(text)} made {name} fail: {type(error).__name__}")
        if isinstance(outcome, str | Problem):
            return outcome
        if outcome is None:
            return ""
        return Problem("transform_failed", f"{shown(text)} made {name} give something that is not a text")

    return run


def chain(functions: Sequence[ValueFunction]) -> ValueFunction:
    """One function after the other; it ends at an error or at an empty text. The last warning is kept."""
    if len(functions) == 1:
        return functions[0]

    def run(text: str) -> str | Problem:
        warning: Problem | None = None
        for function in functions:
            if not text:
                break
            outcome = function(text)
            if isinstance(outcome, Problem):
                if outcome.severity == "error":
                    return outcome
                warning, text = outcome, outcome.value or ""
            else:
                text = outcome
        return text if warning is None else with_value(warning, text)

    return run


def with_value(warning: Problem, value: str) -> Problem:
    """A warning whose value has been worked on further."""
    return Problem(warning.code, warning.message, "warning", warning.suggestion, value)


def value_map(entries: Mapping[str, str], unmapped: Literal["reject", "keep", "empty"]) -> ValueFunction:
    """A value map: exact spelling first, then without regard to capitals, then the entry ``*``."""
    exact = {clean(key): clean(value) for key, value in entries.items()}
    forgiving = {key.casefold(): value for key, value in exact.items()}
    known = [key for key in exact if key != "*"]

    def run(text: str) -> str | Problem:
        found = exact.get(text, forgiving.get(text.casefold(), exact.get("*")))
        if found is not None:
            return found
        if unmapped == "reject":
            hint = did_you_mean(text, known)
            return Problem("value_unmapped", f"{shown(text)} is not in the mapping's value map{hint}")
        return text if unmapped == "keep" else ""

    return run


def limited(length: int, too_long: Literal["reject", "cut"]) -> ValueFunction:
    """The length limit of a field, in characters."""

    def run(text: str) -> str | Problem:
        if len(text) <= length:
            return text
        said = f"{shown(text)} has {len(text)} characters; the field takes {length}"
        if too_long == "reject":
            return Problem("text_too_long", said)
        return Problem("text_cut", f"{said} and was cut", "warning", value=cut(text, length).strip())

    return run


def undamaged(text: str) -> str | Problem:
    """A check for ids: what Excel rounded is an error, what it may have turned into a date a warning."""
    return damaged_number(text) or date_from_number(text) or text
