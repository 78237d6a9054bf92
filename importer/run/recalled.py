"""What the ledger knows of a row, as the line that the report of a run would have: nothing is read anew."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from importer.ledger import Entry, Reader, Run, shown
from importer.model import (
    Created,
    Failed,
    InDoubt,
    NotAttempted,
    Outcome,
    Rejected,
    Skipped,
    Unchanged,
    Updated,
)
from importer.report import ReportLine, report_line

IN_NEED = frozenset({"rejected", "failed", "in_doubt", "not_attempted", ""})
"""Outcomes in the ledger's words of rows that need a hand or another run; "" is a row that is being sent."""

_OUTSIDE = {"adopted": "was in the address book before; it belongs to this row", "deleted": "deleted again"}


def recalled_line(entry: Entry) -> ReportLine:
    """Write one row as its last run has left it."""
    outcome = _outcome(entry)
    issues = () if isinstance(outcome, Rejected) else entry.issues
    line = report_line(
        entry.number, entry.line, shown(entry.key), outcome, warnings=issues, finished_at=entry.changed_at
    )
    return replace(
        line,
        outcome=entry.outcome if entry.outcome in _OUTSIDE else line.outcome,
        contact_id=entry.contact_id or line.contact_id,
        message=line.message or _OUTSIDE.get(entry.outcome, ""),
        http_status=entry.http_status,
        attempts=entry.http_attempts,
    )


def rows_of_run(reader: Reader, run_id: str) -> Iterator[Entry]:
    """Yield the rows that a run was the last to write, in row order; `reader` is of the run's source."""
    return (entry for entry in reader.in_row_order() if entry.run == run_id)


def _outcome(entry: Entry) -> Outcome:
    status, attempts = entry.http_status, entry.http_attempts
    match entry.outcome:
        case "created":
            return Created(entry.contact_id, status, attempts)
        case "updated":
            return Updated(entry.contact_id, status, attempts)
        case "unchanged" | "adopted" | "deleted":
            return Unchanged(entry.contact_id)
        case "skipped":
            return Skipped(entry.message)
        case "rejected":
            return Rejected(entry.issues)
        case "failed":
            return Failed(
                entry.code, entry.field, entry.message, status, attempts, transient=bool(entry.transient)
            )
        case "in_doubt":
            return InDoubt(entry.message, status, attempts, entry.candidates)
        case "not_attempted":
            return NotAttempted(entry.message)
        case "":
            return InDoubt("It is being sent, or the process that sent it was killed.", status, attempts)


def counts_of(reader: Reader, run: Run) -> tuple[Mapping[str, int], bool]:
    """Count the rows of a run by outcome, in the report's words.

    Returns:
        The counts, and True when they are the run's own. A run that was killed has not counted: then they are
        those of the rows that it was the last to write.
    """
    if run.rows is not None:
        return run.counts, True
    return Counter(recalled_line(entry).outcome for entry in reader.written_by(run.id)), False
