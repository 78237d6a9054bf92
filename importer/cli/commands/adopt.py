"""`zoom-import adopt`: the arguments."""

import os
from pathlib import Path
from typing import Any

import click

from importer.cli.commands.borrowed import READING, options_of_run
from importer.cli.commands.options import file_and_mapping, reading


@click.command("adopt", short_help="Tie the contacts that a book already has to the rows of a file.")
@file_and_mapping
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="CSV of what became of each row; default: beside FILE, with the time in its name.",
)
@reading
def command(share: str | None, rate: str | None, quiet_hours: str | None, **arguments: Any) -> int:
    """Read the address book and tie its contacts to the rows of FILE; nothing is changed in Zoom.

    For a book that was filled before, or a ledger that was lost: afterwards a run updates these contacts
    instead of creating them a second time. Rows and contacts are tied by account number, email, or phone
    number together with the name; what is ambiguous is reported and left alone. Run the same command again
    after an interruption.
    """
    # Imported here, because pandas takes longer to load than a person waits gladly for --help.
    from importer.cli.adopting import AdoptRequest, adopt_file  # noqa: PLC0415
    from importer.cli.commands.reading import pace_schedule, source_options  # noqa: PLC0415
    from importer.cli.event_loop import run  # noqa: PLC0415

    said = {name: arguments.pop(name) for name in READING if name in arguments}
    request = AdoptRequest(
        options=source_options(**said),
        schedule=pace_schedule(share, rate, quiet_hours),
        **arguments,
    )
    return run(adopt_file(request, os.environ, Path.cwd()))


command.params += options_of_run(
    (
        "address_book",
        "account_plan",
        "limit",
        "ledger",
        "duplicates",
        "source",
        "wait_for_quota",
        "timeout",
        "share",
        "rate",
        "quiet_hours",
        "quiet",
    )
)
