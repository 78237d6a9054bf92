"""What became of each row, on its way into the report, the corrections and the counts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

from importer.errors import StoppedEarly
from importer.model import Issue, Reject, Step
from importer.report import CorrectionsWriter, ReportLine, ReportWriter, Tally, report_line
from importer.report.lines import UnchangedRows
from importer.run.carrying import Done
from importer.sending import Drain

_MENDABLE = frozenset({"rejected", "failed", "in doubt"})


class Watcher(Protocol):
    """Who is told of every finished row."""

    def finished(self, line: ReportLine) -> None:
        """Learn what became of one row."""
        ...

    def unchanged(self, rows: int) -> None:
        """Learn of rows for which nothing was to be done."""
        ...


class WritingDown:
    """Writes rows down in the order in which they come; a disk that is full ends the run in good order.

    Args:
        report: where every row gets its line.
        corrections: where rows that were not imported go.
        watcher: who is told of every row.
        drain: the run's.

    Attributes:
        tally: the counts.
    """

    def __init__(
        self, report: ReportWriter, corrections: CorrectionsWriter, watcher: Watcher, drain: Drain
    ) -> None:
        self.tally = Tally()
        self._report = report
        self._corrections = corrections
        self._watcher = watcher
        self._drain = drain

    def write(self, done: Done | UnchangedRows) -> None:
        """Write one row down, or many that are unchanged."""
        if isinstance(done, UnchangedRows):
            self._unchanged(done)
        else:
            self._row(done)

    def _unchanged(self, rows: UnchangedRows) -> None:
        with self._draining():
            self._report.write_unchanged(rows)
        self.tally.add_unchanged(len(rows))
        self._watcher.unchanged(len(rows))

    def _row(self, done: Done) -> None:
        step, outcome = done.job.step, done.outcome
        warnings = _warnings(step)
        line = report_line(
            step.number, step.line, step.key, outcome, warnings=warnings, finished_at=done.finished_at
        )
        with self._draining():
            self._report.write([line])
        with self._draining():
            if line.outcome in _MENDABLE:
                cells, surplus = done.job.row()
                self._corrections.write(cells, surplus, replace(line, row=done.job.number))
        self.tally.add(line, outcome, warnings)
        self._watcher.finished(line)

    def flush(self) -> None:
        """Hand what is written so far to the operating system."""
        for page in (self._report, self._corrections):
            with self._draining():
                page.flush()

    @contextmanager
    def _draining(self) -> Iterator[None]:
        try:
            yield
        except StoppedEarly as error:
            self._drain.begin("interrupted", str(error))


def _warnings(step: Step) -> tuple[Issue, ...]:
    return () if isinstance(step, Reject) else step.warnings
