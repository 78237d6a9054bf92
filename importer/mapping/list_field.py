"""A list of the contact from all its sources: every value once a row, no more than fit.

Only here are the sources of a row looked at together, and only in the rows that need it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, compress, count
from operator import eq
from typing import Any, Literal

from importer.mapping.cells import Batch, Finding, Found
from importer.mapping.list_column import Item, ListColumn, text_of
from importer.mapping.list_source import Listed, ListSource
from importer.transforms.problem import Problem


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
        special = _special_rows(listed)
        typed = any(source.labels for source in self.sources)
        column = ListColumn(batch.size, typed, [one.first for one in listed], special)
        findings += self._make_unique(column, listed, special)
        findings += self._keep_limit(column, listed, special)
        return column, findings

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
