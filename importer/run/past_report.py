"""The report over the past: one line per source row as the last run that judged it has left it."""

from collections import Counter
from collections.abc import Iterable

from importer.ledger import Entry
from importer.report import ReportWriter
from importer.run.recalled import recalled_line


def write_past(entries: Iterable[Entry], report: ReportWriter) -> Counter[str]:
    """Write a line for each entry, in constant memory; returns the outcomes with their counts."""
    outcomes: Counter[str] = Counter()
    for entry in entries:
        line = recalled_line(entry)
        report.write([line])
        outcomes[line.outcome] += 1
    return outcomes
