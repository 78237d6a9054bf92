"""Functions on one text, put together from the transforms: chains, value maps, limits.

A function takes a text that is not empty and gives the text that goes on ("" for none) or a `Problem`.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import filterfalse
from typing import Final, Literal

from importer.mapping.cells import Touched, ValueFunction, clean
from importer.mapping.spelling import did_you_mean
from importer.transforms.capitals import one_case, title
from importer.transforms.damage import damaged_number, date_from_number
from importer.transforms.problem import Problem, shown
from importer.transforms.registry import TRANSFORMS
from importer.transforms.text import cut

OWN_TRANSFORM: Final = r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$"
"""A person's own transform: module, colon, function."""


def is_own_transform(name: str) -> bool:
    """Whether a transform's name has the form of a person's own: ``my_module:function``."""
    return re.fullmatch(OWN_TRANSFORM, name) is not None


def transform_names() -> tuple[str, ...]:
    """The names of the transforms that come with the importer."""
    return tuple(TRANSFORMS)


def shipped_transforms() -> dict[str, ValueFunction]:
    """Name -> function for the transforms that come with the importer."""
    return {name: transform.function for name, transform in TRANSFORMS.items()}


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


def splitter(separators: Sequence[str]) -> re.Pattern[str] | None:
    """What separates the values of one cell; None when a cell is one value."""
    if not separators:
        return None
    return re.compile("|".join(r"\n" if one in {"lines", "\n"} else re.escape(one) for one in separators))


def first_value(separators: re.Pattern[str], placeholders: frozenset[str]) -> ValueFunction:
    """The first value of a cell that is neither empty nor a placeholder (casefolded texts)."""

    def run(text: str) -> str:
        values = (value.strip() for value in separators.split(text))
        return next((value for value in values if value and value.casefold() not in placeholders), "")

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
    if text.isalnum():  # both have a mark between their digits; most ids have none
        return text
    return damaged_number(text) or date_from_number(text) or text


def _maybe_damaged(texts: Sequence[str]) -> Collection[str]:
    """Which of a column's texts `undamaged` looks at more closely."""
    if "".join(texts).isalnum():
        return ()
    return set(filterfalse(str.isalnum, texts)) - {""}


_TOUCHED: Final[Mapping[ValueFunction, Touched]] = {title: one_case, undamaged: _maybe_damaged}


def touched_by(functions: Sequence[ValueFunction]) -> Touched | None:
    """Which texts a chain of functions does something to; None where only the functions can tell."""
    each = [_TOUCHED[function] for function in functions if function in _TOUCHED]
    if not each or len(each) < len(functions):
        return None
    return lambda texts: frozenset().union(*(touched(texts) for touched in each))
