"""Past runs in words: the list of them, and one of them whole. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from importer.ledger import Run
from importer.report import ReportLine

_HEADINGS = ("run", "started", "took", "command", "state", "rows", "file", "outcomes")


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run and how it stands.

    Attributes:
        run: as the ledger has it.
        state: finished, stopped, died or running.
        counts: outcome to rows. A run that died has not counted: then what it was the last to write.
        counted: False when the counts are only what it was the last to write.
    """

    run: Run
    state: str
    counts: Mapping[str, int]
    counted: bool = True


def render_runs(runs: Sequence[PastRun], ledger: str) -> str:
    """Write the list of runs as a table."""
    if not runs:
        return f"The ledger {ledger} has no runs yet."
    rows = [_HEADINGS, *(_cells(past) for past in runs)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS) - 1)]
    return "\n".join("  ".join((*map(str.ljust, row, widths), row[-1])).rstrip() for row in rows)


def _cells(past: PastRun) -> tuple[str, ...]:
    run = past.run
    return (
        run.id,
        f"{run.started_at.astimezone():%Y-%m-%d %H:%M}",
        _took(run),
        run.start.command,
        past.state,
        "" if run.rows is None else f"{run.rows:,}",
        run.start.file_name or str(run.start.options.get("undoes", "")),
        counted(past.counts) + ("" if past.counted or not past.counts else " (so far as it came)"),
    )


def counted(counts: Mapping[str, int]) -> str:
    """Write counts as `created 990, rejected 10`, the largest first."""
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    return ", ".join(f"{name} {count:,}" for name, count in ordered if count)


def _took(run: Run) -> str:
    if run.finished_at is None:
        return ""
    seconds = (run.finished_at - run.started_at).total_seconds()
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{seconds:.1f} s"


def run_as_json(past: PastRun) -> dict[str, object]:
    """Return a run as plain values with stable names; times in ISO 8601 UTC."""
    run = past.run
    return {
        "run": run.id,
        "command": run.start.command,
        "state": past.state,
        "started_at": _iso(run.started_at),
        "finished_at": _iso(run.finished_at) if run.finished_at else None,
        "file": run.start.file_name,
        "file_digest": run.start.file_digest,
        "mapping_digest": run.start.mapping_digest,
        "source": run.source,
        "options": dict(run.start.options),
        "rows": run.rows,
        "outcomes": dict(past.counts),
        "process": run.process,
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def render_run(
    past: PastRun, *, still_there: int, in_need: Iterable[ReportLine], others: int, ledger: str
) -> str:
    """Write one run whole.

    Args:
        past: the run.
        still_there: contacts that it created and that are in the address book as far as the ledger knows.
        in_need: the first of the rows that need a hand.
        others: how many more rows need one.
        ledger: path, for the command that lists them all.
    """
    run = past.run
    facts = [
        ("run", run.id),
        ("command", run.start.command),
        ("state", past.state + _remark(past)),
        ("started", f"{run.started_at.astimezone():%Y-%m-%d %H:%M:%S %z}"),
        ("took", _took(run)),
        ("file", run.start.file_name),
        ("source", run.source),
        *((name.replace("_", " "), str(value)) for name, value in _told(run.start.options)),
        ("rows", "" if run.rows is None else f"{run.rows:,}"),
    ]
    lines = [f"{name:<22}{value}" for name, value in facts if value]
    lines += [f"  {name:<20}{count:>9,}" for name, count in past.counts.items() if count]
    if still_there:
        lines.append(f"{'created and still there':<24}{still_there:>7,}   to delete them:")
        lines.append(f"  zoom-import undo {run.id}")
    lines += _hand(in_need, others, run.id)
    lines.append(f"{'ledger':<22}{ledger}")
    return "\n".join(lines)


def _told(options: Mapping[str, object]) -> Iterable[tuple[str, object]]:
    """Choose the options that say something to a person: no absent ones, no lists for the program."""
    return (
        (name, value) for name, value in options.items() if value and isinstance(value, str | int | float)
    )


def _remark(past: PastRun) -> str:
    remarks = {
        "stopped": " (ended early; the same command goes on)",
        "died": " (its process was killed; the same command goes on)",
    }
    counts = "" if past.counted else "; below: the rows that it was the last to write"
    return remarks.get(past.state, "") + counts


def _hand(in_need: Iterable[ReportLine], others: int, run_id: str) -> list[str]:
    listed = list(in_need)
    if not listed:
        return []
    lines = ["rows that need a hand, or another run:"]
    for line in listed:
        code = f"{line.code}: " if line.code else ""
        lines.append(f"  row {line.row} (line {line.line}), {line.key}: {line.outcome}: {code}{line.message}")
    if others:
        lines.append(f"  and {others:,} more; all of them: zoom-import report {run_id}")
    return lines
