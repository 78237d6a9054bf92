"""Problems of cells -> issues of rows, in the order of the columns."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import compress, count
from operator import not_
from typing import Final

import numpy as np

from importer.mapping.cells import Batch, Finding
from importer.mapping.mapped_chunk import ContactColumns
from importer.model import Issue

_SHAPE: Final = frozenset({"row_too_short", "row_too_long"})
_NOBODY: Final = np.empty(0, dtype=np.bool_)
_REACH: Final = ("phone_numbers", "phones", "emails")


class IssueBook:
    """Collects what is wrong with the rows of one chunk."""

    def __init__(
        self,
        headings: Sequence[str],
        batch: Batch,
        lines: Sequence[int],
        cell_names: Mapping[str, str] | None,
    ) -> None:
        self._order = {heading: index for index, heading in enumerate(headings)}
        self._batch = batch
        self._lines = lines
        self._letters = cell_names
        self._found: dict[int, list[Issue]] = {}
        self._droppable: list[tuple[str, Finding]] = []

    def add_all(self, findings: Iterable[Finding], field: str) -> None:
        """Note problems of a text; those that the mapping drops become warnings."""
        for finding in findings:
            self._put(finding, field, dropped=finding.drop)

    def add_reach(self, findings: Iterable[Finding], field: str) -> None:
        """Note problems of a list. A phone or email is dropped only if the contact keeps another one."""
        for finding in findings:
            if finding.drop and field in _REACH:
                self._droppable.append((field, finding))
            else:
                self._put(finding, field, dropped=finding.drop)

    def check_contacts(self, columns: ContactColumns) -> None:
        """What only the whole contact shows: no display name, nothing to reach it by."""
        lists = [columns.lists[field] for field in _REACH if field in columns.lists]
        # A mapping without such lists, or a file without their columns, has nothing that could be missing.
        reachable = np.logical_or.reduce([column.filled for column in lists]) if lists else _NOBODY
        for field, finding in self._droppable:
            self._put(finding, field, dropped=bool(reachable[finding.position]))
        for position in compress(count(), map(not_, columns.texts["display_name"])):
            if not self._has_error(position, ("display_name",)):
                self._about_row(
                    position, "display_name_missing", "display_name", "the contact has no display name"
                )
        for position in np.flatnonzero(~reachable).tolist():
            if not self._has_error(position, _REACH):
                said = "the contact has no phone number and no email address"
                self._about_row(position, "no_phone_or_email", "", said)

    def issues(
        self, of_source: Mapping[int, tuple[Issue, ...]], skipped: Mapping[int, str]
    ) -> dict[int, tuple[Issue, ...]]:
        """Position -> issues.

        A row that the mapping skips has none. A row whose cells are shifted has only that one: everything
        else about it would be a consequence.
        """
        result: dict[int, tuple[Issue, ...]] = {}
        for position in sorted({*of_source, *self._found} - set(skipped)):
            shape = of_source.get(position, ())
            own = [] if any(issue.code in _SHAPE for issue in shape) else self._found.get(position, [])
            result[position] = tuple(sorted([*shape, *own], key=self._rank))
        return result

    def _rank(self, issue: Issue) -> int:
        if issue.column:
            return self._order.get(issue.column, len(self._order))
        return -1 if issue.code in _SHAPE else len(self._order)

    def _has_error(self, position: int, fields: Sequence[str]) -> bool:
        found = self._found.get(position, ())
        return any(issue.severity == "error" and issue.field in fields for issue in found)

    def _about_row(self, position: int, code: str, field: str, message: str) -> None:
        self._found.setdefault(position, []).append(Issue(code, field, "", message))

    def _put(self, finding: Finding, field: str, *, dropped: bool) -> None:
        position, heading = finding.position, finding.found.heading
        problem = finding.found.problem
        issue = Issue(
            code="value_dropped" if dropped else problem.code,
            field=field,
            column=heading,
            message=f"{problem.message}; the value is left out" if dropped else problem.message,
            severity="warning" if dropped else problem.severity,
            value=self._batch.raw(heading)[position] if heading else "",
            suggestion=problem.suggestion,
            cell=self._address(heading, position),
        )
        found = self._found.setdefault(position, [])
        if issue not in found and not _said_of_key(issue, found):
            found.append(issue)

    def _address(self, heading: str, position: int) -> str:
        if self._letters is None or heading not in self._letters:
            return ""
        return f"{self._letters[heading]}{self._lines[position]}"


def _said_of_key(issue: Issue, found: Sequence[Issue]) -> bool:
    """A rounded key that is mapped to a field too is one mistake of one cell."""
    return issue.code == "number_damaged" and any(
        other.code == "key_damaged" and other.column == issue.column for other in found
    )
