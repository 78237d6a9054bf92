"""`zoom-import plan`: the arguments."""

import os
from pathlib import Path
from typing import Any

import click

from importer.cli.commands.borrowed import options_of_run
from importer.cli.commands.options import file_and_mapping, reading


@click.command("plan", short_help="Write down what a run would do; send nothing.")
@file_and_mapping
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    metavar="PATH",
    help="The plan: a CSV of one line a row. Nothing is overwritten.",
)
@reading
def command(
    encoding: str | None,
    delimiter: str | None,
    quote: str | None,
    escape: str | None,
    heading_line: int | None,
    sheet: str | None,
    headings: str | None,
    **arguments: Any,
) -> int:
    """Write down what a run on FILE would do, one line a row: for an update which fields, old and new.

    Nothing is sent. What happened before comes from the ledger; with --ledger no credentials are needed,
    unless the mapping writes custom fields. `zoom-import apply` then does exactly this plan.
    """
    # Imported here, because pandas takes longer to load than a person waits gladly for --help.
    from importer.cli.commands.reading import source_options  # noqa: PLC0415
    from importer.cli.event_loop import run  # noqa: PLC0415
    from importer.cli.plans.plan_making import PlanRequest, plan_file  # noqa: PLC0415

    options = source_options(encoding, delimiter, quote, escape, heading_line, sheet, headings)
    return run(plan_file(PlanRequest(options=options, **arguments), os.environ, Path.cwd()))


command.params += options_of_run(
    (
        "address_book",
        "account_plan",
        "limit",
        "ledger",
        "duplicates",
        "mode",
        "source",
        "leavers",
        "quiet",
        "processes",
    )
)
