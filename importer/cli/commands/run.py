"""`zoom-import run`: the arguments of an import."""

import os
import sys
from pathlib import Path
from typing import Any

import click

from importer.cli.commands.durations import Duration
from importer.cli.commands.nightly_options import brakes, drift_option, leavers_option, source_option
from importer.cli.commands.options import (
    book_option,
    duplicates_option,
    file_and_mapping,
    ledger_option,
    limit_option,
    plan_option,
    processes_option,
    reading,
)


@click.command("run", short_help="Import a file into an address book.")
@file_and_mapping
@book_option
@plan_option
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Report CSV; default: beside FILE, with the time in its name. Nothing is overwritten.",
)
@limit_option
@click.option("--sandbox", is_flag=True, help="Import into a sandbox of its own; no account is needed.")
@ledger_option
@duplicates_option
@click.option(
    "--mode",
    type=click.Choice(("upsert", "create", "update")),
    default="upsert",
    show_default=True,
    help="create: only new rows; update: only rows that the book has already; upsert: both.",
)
@source_option
@leavers_option
@drift_option
@brakes
@click.option(
    "--wait-for-quota",
    type=Duration(),
    default=0.0,
    metavar="TIME",
    help="How long to wait when the daily limit is reached, such as 8h; else the run stops, resumable.",
)
@click.option(
    "--timeout",
    type=Duration(least=1.0),
    default=30.0,
    show_default="30s",
    metavar="TIME",
    help="How long to wait for an answer before it counts as lost.",
)
@click.option(
    "--settle-pause",
    type=Duration(least=1.0),
    default=20.0,
    show_default="20s",
    metavar="TIME",
    help="How long a contact whose answer was lost is looked for before it is sent again; longer than "
    "the server may take to store what it has received.",
)
@click.option(
    "--canary",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Send N contacts, read them back, and go on only if they are stored as they were sent.",
)
@click.option("--share", metavar="PERCENT", help="Share of the rate limit to use, such as 50%.")
@click.option("--rate", metavar="N", help="At most N contacts a second; 0: no pacing, for the sandbox only.")
@click.option("--quiet-hours", metavar="RANGES", help="Less at some hours: 08:00-18:00=25%.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    help="Most contacts on their way at once; the pool sizes itself below that. Default: 400 (--rate 0: 32).",
)
@click.option(
    "--durability",
    type=click.Choice(("power", "process")),
    default="power",
    show_default=True,
    help="What the ledger survives: a power cut, or only the end of the process.",
)
@click.option(
    "--log-format",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="json: one line of JSON per event on stderr, without contact data; no other output.",
)
@click.option(
    "--summary",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Write counts, times, rates and versions as JSON; overwrites the last one.",
)
@click.option(
    "--notify-command",
    metavar="CMD",
    help="Shell command to run, with the summary on standard input, when the run does not end with 0.",
)
@click.option("--no-progress", is_flag=True, help="No progress bar.")
@click.option("--quiet", is_flag=True, help="Only errors.")
@processes_option
@reading
def command(
    file: str,
    mapping_path: str,
    share: str | None,
    rate: str | None,
    quiet_hours: str | None,
    encoding: str | None,
    delimiter: str | None,
    quote: str | None,
    escape: str | None,
    heading_line: int | None,
    sheet: str | None,
    headings: str | None,
    **arguments: Any,
) -> int:
    """Import FILE into an address book, and write a report of one line per row.

    Run the same command again after an interruption: rows that are done are not sent again. With a key in
    the mapping every run is a sync: new rows are created, changed ones updated, the rest costs no call.
    """
    # Imported here, because pandas takes longer to load than a person waits gladly for --help.
    from importer.cli.commands.reading import pace_schedule, source_options  # noqa: PLC0415
    from importer.cli.event_loop import run  # noqa: PLC0415
    from importer.cli.imports.importing import import_file  # noqa: PLC0415
    from importer.cli.imports.request import ImportRequest  # noqa: PLC0415

    request = ImportRequest(
        file=file,
        mapping_path=mapping_path,
        options=source_options(encoding, delimiter, quote, escape, heading_line, sheet, headings),
        schedule=pace_schedule(share, rate, quiet_hours),
        command_line=(Path(sys.argv[0]).name, *sys.argv[1:]),
        **arguments,
    )
    return run(import_file(request, os.environ, Path.cwd()))
