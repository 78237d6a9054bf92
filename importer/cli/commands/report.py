"""`zoom-import report`: the report of a whole migration, over all its runs."""

import os
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from importer.cli.past.past import find_run, ledger_options, ledger_place, new_report
from importer.counted import counted
from importer.errors import InputError
from importer.ledger import Reader, Run
from importer.report.lines import OUTCOME_NAMES
from importer.run.past_report import write_past
from importer.run.recalled import rows_of_run

_UNFINISHED = ("rejected", "failed", "in doubt", "not attempted")


@click.command("report", short_help="Write the report over all runs, or of one of them.")
@click.argument("run_name", metavar="[RUN]", required=False)
@click.option("--all", "over_all", is_flag=True, help="Over all runs: one line per row of the source.")
@click.option(
    "--report",
    "chosen",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The CSV; default: in this folder, with the time in its name. Nothing is overwritten.",
)
@click.option("--source", metavar="NAME", help="Whose rows, when several exports share the address book.")
@ledger_options
def command(
    run_name: str | None,
    over_all: bool,
    chosen: Path | None,
    source: str | None,
    ledger: Path | None,
    address_book: str | None,
) -> int:
    """Write one line per source row: what became of it, over all runs (--all) or in RUN alone.

    A row that failed and was mended later has one line, with its last outcome. With RUN, the id that
    `zoom-import runs` shows, its beginning, or "last": the rows that no later run has written.

    Ends with 1 when rows are left that need a hand.
    """
    if over_all == (run_name is not None):
        raise click.UsageError("Say either --all or the RUN.")
    place = ledger_place(ledger, address_book, os.environ, Path.cwd())
    with Reader(place) as everything:
        run = find_run(everything, run_name) if run_name is not None else None
        runs = everything.runs()
    chosen_source = run.source if run is not None else _source(source, runs)
    path = chosen or Path(f"zoom-import-report-{datetime.now().astimezone():%Y%m%d-%H%M%S}.csv")
    with Reader(place, source=chosen_source) as reader, new_report(path) as report:
        entries = reader.in_row_order() if run is None else rows_of_run(reader, run.id)
        outcomes = write_past(entries, report)
        owned = reader.owned_count()
    title = f"run {run.id}" if run is not None else _over(runs, chosen_source)
    click.echo(_summary(title, outcomes, owned if run is None else None))
    click.echo(f"report:      {path}\nledger:      {place}")
    return 1 if any(outcomes[name] for name in _UNFINISHED) else 0


def _source(wanted: str | None, runs: Sequence[Run]) -> str:
    names = sorted({run.source for run in runs})
    if wanted is not None:
        if wanted in names:
            return wanted
        raise InputError(f'No run had the source "{wanted}"; there are: {_quoted(names)}.')
    if len(names) > 1:
        raise InputError(f"Several exports share this address book; choose one: --source {_quoted(names)}.")
    return names[0] if names else ""


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names) or "none"


def _over(runs: Sequence[Run], source: str) -> str:
    ours = [run for run in runs if run.source == source]
    named = f' of source "{source}"' if source else ""
    return f"{counted(len(ours), 'run')}{named}"


def _summary(title: str, outcomes: Counter[str], owned: int | None) -> str:
    names = [*OUTCOME_NAMES, *sorted(set(outcomes) - set(OUTCOME_NAMES))]
    lines = [f"{counted(outcomes.total(), 'row')}, {title}"]
    lines += [f"  {name:<14}{outcomes[name]:>9,}" for name in names if outcomes[name]]
    if owned is not None:
        verb = "is" if owned == 1 else "are"
        lines.append(f"  {counted(owned, 'contact')} of these rows {verb} in the address book")
    return "\n".join(lines)
