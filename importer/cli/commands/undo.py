"""`zoom-import undo`: the arguments."""

import os
from pathlib import Path
from typing import Any

import click

from importer.cli.commands.borrowed import options_of_run
from importer.cli.commands.durations import Duration
from importer.cli.past.past import ledger_options


@click.command("undo", short_help="Delete the contacts that a run has created.")
@click.argument("run_name", metavar="RUN")
@ledger_options
@click.option("--yes", is_flag=True, help="Do not ask; needed where nobody can answer.")
@click.option(
    "--include-found",
    is_flag=True,
    help="Delete also contacts whose creation was never confirmed: the answer was lost, and an equal contact "
    "was found. It may have been there before.",
)
@click.option(
    "--include-changed",
    is_flag=True,
    help="Delete also contacts that differ from what was imported. Somebody may miss what they have written.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The CSV of what became of each contact; default: in this folder, with the time in its name.",
)
@click.option(
    "--settle-pause",
    type=Duration(least=1.0),
    default=20.0,
    show_default="20s",
    metavar="TIME",
    help="How long a contact whose answer was lost is looked for.",
)
@click.option("--rate", metavar="N", help="At most N calls a second; 0: no pacing, for the sandbox only.")
def command(share: str | None, rate: str | None, **arguments: Any) -> int:
    """Delete the contacts that RUN has created, after showing how many and asking.

    RUN is the id that `zoom-import runs` shows, its beginning, or "last". Each contact is read before it is
    deleted: one that somebody has changed in Zoom since stays, and the report names the fields. Contacts that
    the run has updated stay as they are. Run the same command again after an interruption. Importing the file
    again creates the contacts anew.
    """
    from importer.cli.commands.reading import pace_schedule  # noqa: PLC0415 - loads what --help does not need
    from importer.cli.past.undoing import UndoRequest, undo  # noqa: PLC0415

    request = UndoRequest(schedule=pace_schedule(share, rate, None), **arguments)
    return undo(request, os.environ, Path.cwd())


command.params += options_of_run(
    ("account_plan", "wait_for_quota", "timeout", "share", "workers", "no_progress", "quiet")
)
