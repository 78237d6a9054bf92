"""One issue of one row as a line: of the issues file, and of the spool that brings it there."""

import json
from dataclasses import dataclass

from importer.mapping import MappedChunk

ISSUE_COLUMNS = (
    "row",
    "line",
    "cell",
    "column",
    "field",
    "code",
    "severity",
    "value",
    "message",
    "suggestion",
)


@dataclass(frozen=True, slots=True)
class IssueLine:
    """One issue of one row, columns as in `ISSUE_COLUMNS`."""

    row: int
    line: int
    cell: str
    column: str
    field: str
    code: str
    severity: str
    value: str
    message: str
    suggestion: str


_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def issue_text(mapped: MappedChunk) -> str:
    """Write each issue of a chunk as one line of JSON, in row order: the values of an `IssueLine`."""
    lines = []
    for position, issues in mapped.issues.items():
        number, line = mapped.numbers[position], mapped.lines[position]
        for issue in issues:
            texts = (issue.cell, issue.column, issue.field, issue.code, issue.severity)
            lines.append(_ENCODE([number, line, *texts, issue.value, issue.message, issue.suggestion]) + "\n")
    return "".join(lines)
