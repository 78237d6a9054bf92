"""One source of a contact's list: one column of phone numbers, email addresses or consumer ids.

Mostly a cell is one value, so a source gives a column of values; for the few cells that hold several or are
wrong, it gives what became of each piece.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import compress, count
from operator import not_
from typing import Final, TypeAlias

from importer.mapping.cells import Batch, Cells, Found, ValueFunction
from importer.mapping.list_column import Item
from importer.mapping.readers import Reader
from importer.transforms.problem import Problem


@dataclass(slots=True)
class Listed:
    """What one source gives.

    Attributes:
        first: one item a row, "" where there is none, or where `more` says better.
        origin: position -> heading.
        more: position -> all items of a cell that holds several, or of which some are wrong.
        problems: position -> what was found there.
    """

    first: Sequence[Item]
    origin: Callable[[int], str]
    more: dict[int, tuple[Item, ...]] = field(default_factory=dict)
    problems: dict[int, tuple[Found, ...]] = field(default_factory=dict)

    def items(self, position: int) -> tuple[Item, ...]:
        """The items of one row."""
        if position in self.more:
            return self.more[position]
        item = self.first[position]
        return (item,) if item else ()


Judge: TypeAlias = Callable[[str], ValueFunction]
"""Country cell of the row, or "" -> the function that says what becomes of a piece that is not empty."""


Common: TypeAlias = Callable[[Sequence[str], Sequence[str]], Sequence[str]]
"""Cells and country cells -> what the judge makes of each; "" for those that take a closer look."""


def none_common(cells: Sequence[str], _contexts: Sequence[str]) -> Sequence[str]:
    """`Common` for cells about which nothing can be said in one go."""
    return [""] * len(cells)


_WELL_FILLED: Final = 0.6
"""Share of filled cells from which picking them out costs more than judging the empty ones too."""

Outcomes: TypeAlias = "str | tuple[str | Problem, ...]"


class _Memo(dict[tuple[str, str], Outcomes]):
    """(cell, country cell) -> its only value, or the outcomes of several pieces or with problems."""

    __slots__ = ("_function",)

    def __init__(self, function: Callable[[str, str], Outcomes]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, pair: tuple[str, str]) -> Outcomes:
        outcome = self[pair] = self._function(*pair)
        return outcome


@dataclass(frozen=True, slots=True)
class ListSource:
    """One source of a list, compiled.

    Attributes:
        reader: the cells.
        judge: gives the function piece -> value or problem.
        split: what separates the pieces of a cell; None when a cell is one piece.
        placeholders: casefolded pieces that mean nothing.
        context: cells that the judge needs beside the text (the country), None when it needs none.
        context_problem: code of the problem that is the context's fault, so that it is told of its column.
        labels: types of the numbers; None for lists without types.
        drop: a wrong value is left out when the contact has another.
        common: the judge's answers to common cells, for a whole column in one go.
    """

    reader: Reader
    judge: Judge
    split: re.Pattern[str] | None = None
    placeholders: frozenset[str] = frozenset()
    context: Reader | None = None
    context_problem: str = ""
    labels: Reader | None = None
    drop: bool = False
    common: Common = none_common

    def read(self, batch: Batch) -> Listed:
        """The items of these rows; never raises for data."""
        cells = self.reader.read(batch)
        listed = self._judged(cells, None if self.context is None else self.context.read(batch))
        for position, found in cells.problems.items():
            listed.problems[position] = (*found, *listed.problems.get(position, ()))
        return listed if self.labels is None else _typed(listed, self.labels.read(batch))

    def _judged(self, cells: Cells, context: Cells | None) -> Listed:
        contexts: Sequence[str] = [""] * len(cells.values) if context is None else context.values
        first = self._common_values(cells.values, contexts)
        listed = Listed(first, cells.origin)
        memo = _Memo(self._outcomes)
        for position in compress(count(), map(not_, first)):
            text = cells.values[position]
            if text:
                outcome = memo[text, contexts[position]]
                if isinstance(outcome, str):
                    first[position] = outcome
                else:
                    self._note(listed, position, outcome, context)
        return listed

    def _common_values(self, cells: Sequence[str], contexts: Sequence[str]) -> list[Item]:
        """The common cells' values; where most cells are empty, only the others are looked at."""
        filled = list(compress(range(len(cells)), cells))
        if len(filled) > _WELL_FILLED * len(cells):
            return list(self._common(cells, contexts))
        values: list[Item] = [""] * len(cells)
        some = self._common([cells[place] for place in filled], [contexts[place] for place in filled])
        for place, value in zip(filled, some, strict=True):
            values[place] = value
        return values

    def _common(self, cells: Sequence[str], contexts: Sequence[str]) -> Sequence[str]:
        """What can be said of whole cells in one go; nothing where a cell is several pieces."""
        if self.split is not None:
            several = self.split.search
            if several("\n".join(cells)) is not None:
                cells = ["" if several(text) else text for text in cells]
        return self.common(cells, contexts)

    def _outcomes(self, text: str, context: str) -> Outcomes:
        """What becomes of a cell: a text, or several outcomes."""
        judged = self.judge(context)
        if self.split is None or self.split.search(text) is None:
            outcome = judged(text)
            return outcome if isinstance(outcome, str) else (outcome,)
        pieces = (piece.strip() for piece in self.split.split(text))
        filled = (piece for piece in pieces if piece and piece.casefold() not in self.placeholders)
        return tuple(found for found in map(judged, filled) if found)

    def _note(
        self, listed: Listed, position: int, outcomes: Sequence[str | Problem], context: Cells | None
    ) -> None:
        values: list[Item] = []
        for outcome in outcomes:
            if isinstance(outcome, str):
                values.append(outcome)
                continue
            if outcome.value and outcome.severity == "warning":
                values.append(outcome.value)
            blamed = context if context is not None and outcome.code == self.context_problem else listed
            found = Found(outcome, blamed.origin(position))
            listed.problems[position] = (*listed.problems.get(position, ()), found)
        listed.more[position] = tuple(values)


def _typed(listed: Listed, labels: Cells) -> Listed:
    """Numbers with their types; a wrong label counts only where there is a number."""
    types = labels.values
    first = [
        (item, kind) if isinstance(item, str) and item else ""
        for item, kind in zip(listed.first, types, strict=True)
    ]
    typed = Listed(first, listed.origin, problems=dict(listed.problems))
    for position, items in listed.more.items():
        typed.more[position] = tuple((item, types[position]) for item in items if isinstance(item, str))
    for position, found in labels.problems.items():
        if typed.items(position):
            typed.problems[position] = (*typed.problems.get(position, ()), *found)
    return typed
