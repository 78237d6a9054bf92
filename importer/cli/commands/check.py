"""`zoom-import check`: the arguments of a check."""

from pathlib import Path
from typing import Any

import click

from importer.cli.commands.options import (
    duplicates_option,
    file_and_mapping,
    limit_option,
    plan_option,
    processes_option,
    reading,
)


def _explain(context: click.Context, _option: click.Parameter, code: str | None) -> None:
    if code is None or context.resilient_parsing:
        return
    from importer.cli.checks.issue_table import explained  # noqa: PLC0415

    click.echo(explained(code))
    context.exit()


@click.command("check", short_help="Read, map and validate a file; send nothing.")
@file_and_mapping
@limit_option
@plan_option
@duplicates_option
@click.option(
    "--issues",
    "issues_path",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Write one line per issue.",
)
@click.option(
    "--explain",
    metavar="CODE",
    is_eager=True,
    expose_value=False,
    callback=_explain,
    help="Say what an issue code means and what to do, and exit.",
)
@click.option("--json", "as_program", is_flag=True, help="Print the result as JSON, for programs.")
@click.option(
    "--preview", type=click.IntRange(min=0), default=0, metavar="N", help="Show the first N contacts as sent."
)
@click.option(
    "--online",
    is_flag=True,
    help="Also look up the address book and its custom fields: types and pick lists are checked row by row.",
)
@click.option("--address-book", metavar="ID", help="With --online; else ZOOM_ADDRESS_BOOK_ID.")
@processes_option
@reading
def command(
    file: str,
    mapping_path: str,
    encoding: str | None,
    delimiter: str | None,
    quote: str | None,
    escape: str | None,
    heading_line: int | None,
    sheet: str | None,
    headings: str | None,
    **arguments: Any,
) -> int:
    """Read FILE, map and validate every row, and say which cells need a hand.

    Nothing is sent; without --online there is no network at all. Exit code 0: clean; 1: rows would be
    rejected; 2: file or mapping cannot be used; 3: with --online, the account cannot be asked.
    """
    # Imported here, because pandas takes longer to load than a person waits gladly for --help.
    from importer.cli.checks.checking import CheckRequest, check_file  # noqa: PLC0415
    from importer.cli.commands.reading import source_options  # noqa: PLC0415

    options = source_options(encoding, delimiter, quote, escape, heading_line, sheet, headings)
    return check_file(CheckRequest(file=file, mapping_path=mapping_path, options=options, **arguments))
