"""`zoom-import show`: one past run whole."""

import json
import os
from itertools import islice
from pathlib import Path

import click

from importer.cli.past.past import find_run, ledger_options, ledger_place, past_run
from importer.cli.past.past_text import render_run, run_as_json
from importer.ledger import Reader
from importer.report import REPORT_COLUMNS
from importer.run.recalled import IN_NEED, recalled_line, rows_of_run

_LISTED = 20


@click.command("show", short_help="Show one past run.")
@click.argument("run_name", metavar="RUN")
@ledger_options
@click.option("--json", "as_program", is_flag=True, help="For programs: a JSON object, times in UTC.")
def command(run_name: str, ledger: Path | None, address_book: str | None, as_program: bool) -> int:
    """Show a run whole: options, counts, how long it took, and the rows that need a hand.

    RUN is the id that `zoom-import runs` shows, its beginning, or "last".
    """
    place = ledger_place(ledger, address_book, os.environ, Path.cwd())
    with Reader(place) as ledgers:
        run = find_run(ledgers, run_name)
    with Reader(place, source=run.source) as reader:
        past = past_run(reader, run)
        still_there = sum(1 for _ in reader.created_by(run.id))
        in_need = (recalled_line(entry) for entry in rows_of_run(reader, run.id) if entry.outcome in IN_NEED)
        listed = list(islice(in_need, _LISTED))
        others = sum(1 for _ in in_need)
    if as_program:
        rows = [dict(zip(REPORT_COLUMNS, line.cells(), strict=True)) for line in listed]
        facts = {**run_as_json(past), "created_and_still_there": still_there, "rows_in_need": rows}
        click.echo(json.dumps({**facts, "further_rows_in_need": others}, ensure_ascii=False, indent=2))
    else:
        click.echo(
            render_run(past, still_there=still_there, in_need=listed, others=others, ledger=str(place))
        )
    return 0
