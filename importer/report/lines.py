"""One outcome as one line of the report CSV. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import assert_never

from importer.model import (
    Created,
    Failed,
    InDoubt,
    Issue,
    NotAttempted,
    Outcome,
    Rejected,
    Skipped,
    Unchanged,
    Updated,
)

REPORT_COLUMNS = (
    "row",
    "line",
    "key",
    "outcome",
    "contact_id",
    "http_status",
    "code",
    "field",
    "column",
    "message",
    "attempts",
    "finished_at",
)

OUTCOME_NAMES = (
    "created",
    "updated",
    "unchanged",
    "skipped",
    "rejected",
    "failed",
    "in doubt",
    "not attempted",
)
"""Every word that can stand in the column `outcome`, in the order in which the summary lists them."""


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line of the report, one source row. Several issues stand in one cell, separated by ` | `."""

    row: int
    line: int
    key: str
    outcome: str
    contact_id: str = ""
    http_status: int = 0
    code: str = ""
    field: str = ""
    column: str = ""
    message: str = ""
    attempts: int = 0
    finished_at: str = ""

    def cells(self) -> tuple[str, ...]:
        """Return the cells in the order of `REPORT_COLUMNS`; zero counts are left empty."""
        return (
            str(self.row),
            str(self.line),
            self.key,
            self.outcome,
            self.contact_id,
            str(self.http_status or ""),
            self.code,
            self.field,
            self.column,
            self.message,
            str(self.attempts or ""),
            self.finished_at,
        )


def outcome_name(outcome: Outcome) -> str:
    """Return the word of `OUTCOME_NAMES` for an outcome."""
    match outcome:
        case Created():
            return "created"
        case Updated():
            return "updated"
        case Unchanged():
            return "unchanged"
        case Skipped():
            return "skipped"
        case Rejected():
            return "rejected"
        case Failed():
            return "failed"
        case InDoubt():
            return "in doubt"
        case NotAttempted():
            return "not attempted"
        case _ as never:
            assert_never(never)


def report_line(
    number: int,
    line: int,
    key: str,
    outcome: Outcome,
    *,
    warnings: Sequence[Issue] = (),
    finished_at: datetime | None = None,
) -> ReportLine:
    """Build the line of one row; what the server said comes first, then the row's own issues."""
    said = list(_said_by_server(outcome))
    said += [
        (issue.code, issue.field, issue.column, issue.message)
        for issue in (outcome.issues if isinstance(outcome, Rejected) else warnings)
    ]
    code, field, column, message = (_joined(part) for part in zip(*said, strict=True)) if said else ("",) * 4
    return ReportLine(
        row=number,
        line=line,
        key=key,
        outcome=outcome_name(outcome),
        contact_id=getattr(outcome, "contact_id", ""),
        http_status=getattr(outcome, "http_status", 0),
        code=code,
        field=field,
        column=column,
        message=message,
        attempts=getattr(outcome, "attempts", 0),
        finished_at=timestamp(finished_at) if finished_at else "",
    )


@dataclass(frozen=True, slots=True)
class UnchangedRows:
    """Rows of a file that the book has as they are; one sequence an attribute, in row order."""

    rows: Sequence[int]
    lines: Sequence[int]
    keys: Sequence[str]
    contact_ids: Sequence[str]
    finished_at: datetime

    def __len__(self) -> int:
        return len(self.rows)

    def cells(self) -> Iterator[tuple[str | int, ...]]:
        """Yield the lines of the report: the cells that `ReportLine.cells` would give for each row."""
        before, after = ("",) * 6, timestamp(self.finished_at)
        for row, line, key, contact_id in zip(
            self.rows, self.lines, self.keys, self.contact_ids, strict=True
        ):
            yield (row, line, key, "unchanged", contact_id, *before, after)


def timestamp(moment: datetime) -> str:
    """Write a moment as ISO 8601 in UTC with milliseconds, which Excel and every language can sort."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _said_by_server(outcome: Outcome) -> Sequence[tuple[str, str, str, str]]:
    """Return what happened outside as (code, field, column, message)."""
    match outcome:
        case Failed(code=code, field=field, message=message):
            return [(code, field, "", message)]
        case InDoubt(message=message, candidates=candidates):
            which = f" Possible contacts: {', '.join(candidates)}." if candidates else ""
            return [("in_doubt", "", "", message + which)]
        case Created(adopted=True):
            return [("", "", "", "The answer was lost; the contact was found in the book.")]
        case NotAttempted(message=text) | Skipped(reason=text):
            return [("", "", "", text)]
        case _:
            return []


def _joined(parts: Sequence[str]) -> str:
    return " | ".join(parts) if any(parts) else ""
