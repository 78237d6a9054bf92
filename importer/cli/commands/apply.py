"""`zoom-import apply`: the arguments."""

import sys
from pathlib import Path
from typing import Any

import click

from importer.cli.commands.borrowed import SENDING, options_of_run


@click.command("apply", short_help="Do what a plan says, or nothing.")
@click.argument("plan_path", metavar="PLAN", type=click.Path(path_type=Path))
def command(
    plan_path: Path, share: str | None, rate: str | None, quiet_hours: str | None, **arguments: Any
) -> int:
    """Do exactly what PLAN says, a file that `zoom-import plan` has written.

    Refused, with nothing sent, when the file with the rows, the mapping, the ledger or the address book are
    not those that the plan was made from, or the plan has been edited.
    """
    # Imported here, because pandas takes longer to load than a person waits gladly for --help.
    from importer.cli.commands.reading import pace_schedule  # noqa: PLC0415
    from importer.cli.event_loop import run  # noqa: PLC0415
    from importer.cli.plans.applying import apply_plan  # noqa: PLC0415

    asked = {
        **arguments,
        "schedule": pace_schedule(share, rate, quiet_hours),
        "sandbox": False,
        "command_line": (Path(sys.argv[0]).name, *sys.argv[1:]),
    }
    return run(apply_plan(plan_path, asked, Path.cwd()))


command.params += options_of_run((*SENDING, "processes"))
