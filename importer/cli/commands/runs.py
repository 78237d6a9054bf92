"""`zoom-import runs`: what has been done with this address book."""

import json
import os
from pathlib import Path

import click

from importer.cli.past.past import ledger_options, ledger_place, past_run
from importer.cli.past.past_text import render_runs, run_as_json
from importer.ledger import Reader


@click.command("runs", short_help="List past runs.")
@ledger_options
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the last N runs.")
@click.option("--json", "as_program", is_flag=True, help="For programs: a JSON array, times in UTC.")
def command(ledger: Path | None, address_book: str | None, limit: int | None, as_program: bool) -> int:
    """List the past runs of an address book, the newest first: when, which file, how they ended."""
    place = ledger_place(ledger, address_book, os.environ, Path.cwd())
    with Reader(place) as reader:
        found = [past_run(reader, run) for run in reader.runs()[:limit]]
    if as_program:
        click.echo(json.dumps([run_as_json(past) for past in found], ensure_ascii=False, indent=2))
    else:
        click.echo(render_runs(found, str(place)))
    return 0
