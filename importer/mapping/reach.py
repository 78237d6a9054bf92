"""The lists of a contact: phone numbers, email addresses, consumer ids.

A source (one column, mostly one value a cell) gives a column of values plus, for the few cells that hold
several or are wrong, what became of each piece; only combining the sources looks at rows.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, compress, count
from operator import eq, not_
from typing import Any, Final, Literal, TypeAlias

from importer.mapping.cells import Batch, Cells, Found, ValueFunction
from importer.mapping.list_column import Item, ListColumn, text_of
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


# --- several sources, one list ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem of one row, told of a column; `drop` when the mapping allows to leave the value out."""

    position: int
    found: Found
    drop: bool = False


@dataclass(frozen=True, slots=True)
class ListField:
    """A list of the contact, compiled.

    Attributes:
        field: its name in the payload.
        sources: in the order in which their values come.
        limit: how many values fit.
        too_many: what becomes of a row with more.
        word: what a message calls the values ("phone numbers").
        repeated: issue code of a value that comes twice, "" to leave it out in silence.
        exceeded: issue code of a list that is too long.
        cased: False for values without letters; else two that differ in capitals only are the same.
    """

    field: str
    sources: tuple[ListSource, ...]
    limit: int
    too_many: Literal["reject", "cut"]
    word: str
    repeated: str
    exceeded: str
    cased: bool = True

    def read(self, batch: Batch) -> tuple[ListColumn, list[Finding]]:
        """The list for these rows, unique and within its limit, and what is wrong with it."""
        listed = [source.read(batch) for source in self.sources]
        findings = [
            Finding(position, found, source.drop and found.problem.severity == "error")
            for source, one in zip(self.sources, listed, strict=True)
            for position, several in one.problems.items()
            for found in several
        ]
        columns, typed = [one.first for one in listed], any(source.labels for source in self.sources)
        special = _special_rows(listed)
        findings += self._make_unique(ListColumn(batch.size, typed, columns, special), listed, special)
        findings += self._keep_limit(ListColumn(batch.size, typed, columns, special), listed, special)
        return ListColumn(batch.size, typed, columns, special), findings

    def _make_unique(
        self, column: ListColumn, listed: Sequence[Listed], special: dict[int, tuple[Item, ...]]
    ) -> list[Finding]:
        """Let every value stand once a row, in `special`; give what is to be said of it."""
        findings: list[Finding] = []
        for position in _with_twins(column, cased=self.cased):
            firsts: dict[str, Item] = {}
            for item in column.row(position):
                firsts.setdefault(_same(item), item)
            special[position] = tuple(firsts.values())
            if self.repeated:
                findings += [Finding(position, found) for found in self._twins(listed, position)]
        return findings

    def _twins(self, listed: Sequence[Listed], position: int) -> Iterator[Found]:
        seen: set[str] = set()
        for one in listed:
            for item in one.items(position):
                if _same(item) in seen:
                    said = f'"{text_of(item)}" stands twice in this row; it is sent once'
                    yield Found(
                        Problem(self.repeated, said, "warning", value=text_of(item)), one.origin(position)
                    )
                seen.add(_same(item))

    def _keep_limit(
        self, column: ListColumn, listed: Sequence[Listed], special: dict[int, tuple[Item, ...]]
    ) -> list[Finding]:
        """Shorten rows that have too many values, in `special`; give what is to be said of them."""
        findings: list[Finding] = []
        every = range(column.size) if len(column.columns) > self.limit else sorted(special)
        for position in every:
            row = column.row(position)
            if len(row) <= self.limit:
                continue
            special[position] = row[: self.limit]
            heading = next(one.origin(position) for one in reversed(listed) if one.items(position))
            said = f"the row has {len(row)} {self.word}; a contact takes {self.limit}"
            problem = Problem(self.exceeded, said)
            if self.too_many == "cut":
                problem = Problem(
                    self.exceeded, f"{said}, so the last ones are left out", "warning", value=""
                )
            findings.append(Finding(position, Found(problem, heading)))
        return findings


def _special_rows(listed: Sequence[Listed]) -> dict[int, tuple[Item, ...]]:
    """The rows with a cell that is more, or less, than one value."""
    return {
        position: tuple(item for one in listed for item in one.items(position))
        for position in sorted({position for one in listed for position in one.more})
    }


def _with_twins(column: ListColumn, *, cased: bool) -> list[int]:
    """The rows in which a value stands more than once, ascending.

    Args:
        cased: False when values have no letters, so that they are the same as they stand.
    """
    found = {position for position, row in column.special.items() if _has_twins(row)}
    columns: Sequence[Sequence[Any]] = column.columns
    if column.typed or cased:
        same: Callable[[Any], str] = _same if column.typed else str.casefold
        columns = [list(map(same, one)) for one in columns]
    for one, other in combinations(columns, 2):
        alike = map(eq, one, other)
        found.update(position for position in compress(count(), alike) if one[position])
    return sorted(position for position in found if _has_twins(column.row(position)))


def _has_twins(row: Sequence[Item]) -> bool:
    return len(set(map(_same, row))) < len(row)


def _same(item: Item) -> str:
    """What makes two items the same: the number without its type, an address without its capitals."""
    return text_of(item).casefold()
