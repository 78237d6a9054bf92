"""Who a row is: its key columns, joined so that no two different rows can look the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import filterfalse

from importer.mapping.cells import Batch, Cells, Finding, Found, flat
from importer.mapping.language import ColumnMapping
from importer.mapping.readers import ColumnReader, Reader, Surroundings, Worked
from importer.mapping.value_functions import chain
from importer.model import Issue
from importer.transforms.damage import damaged_number
from importer.transforms.problem import Problem, shown


@dataclass(frozen=True, slots=True)
class KeyColumns:
    """The key, compiled: one reader a column."""

    readers: tuple[Reader, ...]
    headings: tuple[str, ...]

    def read(self, batch: Batch) -> tuple[list[str], list[Finding]]:
        """The key of each row, "" where one of its columns is blank or damaged, and what is wrong there."""
        columns = [flat(reader.read(batch)) for reader in self.readers]
        findings: list[Finding] = []
        for heading, cells in zip(self.headings, columns, strict=True):
            findings += _told(cells) + _blanks(cells, heading) + _damaged(cells, heading)
        keys = _joined([cells.values for cells in columns])
        for finding in findings:
            if finding.found.problem.severity == "error":
                keys[finding.position] = ""
        return keys, findings

    def blamed(
        self, issues: Mapping[int, tuple[Issue, ...]], keys: list[str]
    ) -> dict[int, tuple[Issue, ...]]:
        """The source's issues, with those of numbers that a workbook rounded made errors of the key.

        Its digits alone do not show it: 1234567890123460000 looks whole. The keys of such rows become "".
        """
        told = dict(issues)
        for position, found in issues.items():
            told[position] = tuple(self._as_key_damaged(issue) for issue in found)
            if told[position] != found:
                keys[position] = ""
        return told

    def _as_key_damaged(self, issue: Issue) -> Issue:
        if issue.code != "number_damaged" or issue.column not in self.headings:
            return issue
        return replace(issue, code="key_damaged", severity="error")


def compile_key(mapping: ColumnMapping, around: Surroundings) -> KeyColumns | None:
    """The mapping's key; None when it has none."""
    readers: list[Reader] = []
    headings: list[str] = []
    for index, entry in enumerate(mapping.key):
        found = around.headings.find(entry.column, ("key", index))
        if not found:
            continue
        reader: Reader = ColumnReader(found[0].heading, around.placeholders)
        if entry.transform:
            reader = Worked(reader, chain([around.transforms[name] for name in entry.transform]))
        readers.append(reader)
        headings.append(found[0].heading)
    return KeyColumns(tuple(readers), tuple(headings)) if mapping.key else None


def _joined(columns: Sequence[list[str]]) -> list[str]:
    if len(columns) == 1:
        return list(columns[0])
    return [" | ".join(map(_escaped, row)) for row in zip(*columns, strict=True)]


def _escaped(part: str) -> str:
    return part.replace("\\", "\\\\").replace("|", "\\|")


def _told(cells: Cells) -> list[Finding]:
    return [Finding(at, found) for at, several in cells.problems.items() for found in several]


def _blanks(cells: Cells, heading: str) -> list[Finding]:
    if "" not in cells.values:
        return []
    problem = Problem("key_blank", "the key is empty; without it the row cannot be recognised next time")
    return [
        Finding(position, Found(problem, heading))
        for position, key in enumerate(cells.values)
        if not key and position not in cells.problems
    ]


def _damaged(cells: Cells, heading: str) -> list[Finding]:
    # Most keys are letters and digits; a damaged one has a mark between its digits.
    damaged = {key for key in set(filterfalse(str.isalnum, cells.values)) if damaged_number(key)}
    if not damaged:
        return []
    return [
        Finding(
            position,
            Found(
                Problem(
                    "key_damaged", f"{shown(key)} is a number that Excel has rounded; its digits are lost"
                ),
                heading,
            ),
        )
        for position, key in enumerate(cells.values)
        if key in damaged
    ]
