"""The figures of a run and the lines that a person reads at its end. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from importer.counted import counted
from importer.model import Issue, Outcome, Rejected
from importer.report.lines import OUTCOME_NAMES, ReportLine

_FREQUENT = 3


@dataclass(slots=True)
class Tally:
    """Counts while a run goes on: outcomes by name; issues by (code, column), each with its first row."""

    outcomes: Counter[str] = field(default_factory=Counter)
    issues: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], ReportLine] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """All rows that have an outcome."""
        return self.outcomes.total()

    @property
    def sent(self) -> int:
        """Rows that the server has accepted in this run."""
        return self.outcomes["created"] + self.outcomes["updated"]

    @property
    def unfinished(self) -> int:
        """Rows that still need a hand or another run."""
        names = ("rejected", "failed", "in doubt", "not attempted")
        return sum(self.outcomes[name] for name in names)

    def add_unchanged(self, rows: int) -> None:
        """Count rows that the book has as they are."""
        self.outcomes["unchanged"] += rows

    def add(self, line: ReportLine, outcome: Outcome, warnings: Sequence[Issue]) -> None:
        """Count one row."""
        self.outcomes[line.outcome] += 1
        issues = outcome.issues if isinstance(outcome, Rejected) else warnings
        kinds = [(issue.code, issue.column) for issue in issues if issue.severity == "error"]
        if line.outcome in ("failed", "in doubt"):
            kinds.append((line.code.split(" | ")[0], ""))
        for kind in kinds:
            self.issues[kind] += 1
            self.examples.setdefault(kind, line)


@dataclass(frozen=True, slots=True)
class Summary:
    """All that the closing lines say.

    Attributes:
        tally: the counts.
        seconds: how long the sending took.
        throttled: how many answers were 429.
        report: path of the report CSV.
        corrections: path of the corrections CSV, None when every row was imported.
        ledger: path of the ledger, None when there is none.
        next_command: what to type next, "" when nothing is left to do.
        notes: further sentences (a lower limit than the plan's, a stop and its reason).
        leavers: contacts whose rows the file does not have any more, by what became of them.
        leavers_path: the CSV that names them, None when there are none.
        drift: contacts that somebody has changed or deleted in Zoom; empty when nobody has looked.
        drift_path: the CSV that names them, None when there are none.
    """

    tally: Tally
    seconds: float
    throttled: int
    report: Path
    corrections: Path | None = None
    ledger: Path | None = None
    next_command: str = ""
    notes: tuple[str, ...] = ()
    leavers: Mapping[str, int] = field(default_factory=dict)
    leavers_path: Path | None = None
    drift: Mapping[str, int] = field(default_factory=dict)
    drift_path: Path | None = None


def render_summary(summary: Summary) -> str:
    """Write the summary as the lines that the terminal shows."""
    tally = summary.tally
    rate = tally.sent / summary.seconds if summary.seconds > 0 else 0.0
    lines = [f"{counted(tally.rows, 'row')} in {_duration(summary.seconds)}, {rate:.1f} contacts a second"]
    lines += [f"  {name:<14}{tally.outcomes[name]:>9,}" for name in OUTCOME_NAMES if tally.outcomes[name]]
    if summary.throttled:
        lines.append(f"  {summary.throttled:,} requests met the rate limit (429) and were sent again")
    lines += _frequent_issues(tally)
    lines += [f"note: {note}" for note in summary.notes]
    lines.append(f"report:      {summary.report}")
    if summary.corrections is not None:
        lines.append(f"corrections: {summary.corrections}")
    if summary.leavers_path is not None:
        lines.append(f"leavers:     {summary.leavers_path}")
    if summary.drift_path is not None:
        lines.append(f"drift:       {summary.drift_path}")
    if summary.ledger is not None:
        lines.append(f"ledger:      {summary.ledger}")
    if summary.next_command:
        lines.append(f"next:        {summary.next_command}")
    return "\n".join(lines)


def _frequent_issues(tally: Tally) -> list[str]:
    if not tally.issues:
        return []
    lines = ["most frequent issues:"]
    for (code, column), times in tally.issues.most_common(_FREQUENT):
        example = tally.examples[code, column]
        where = f" in column {column}" if column else ""
        message = _message_of(example, code)
        lines.append(f"  {times:>6,} x {code}{where}: row {example.row} (line {example.line}): {message}")
    return lines


def _message_of(line: ReportLine, code: str) -> str:
    """Pick the message that belongs to `code` out of a line with several issues."""
    pairs = zip(line.code.split(" | "), line.message.split(" | "), strict=False)
    return next((message for found, message in pairs if found == code), line.message)


def _duration(seconds: float) -> str:
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    if minutes:
        return f"{minutes} min {left:02d} s"
    return f"{seconds:.1f} s"
