"""Options of commands that follow an export night by night: its name, leavers, brakes."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from importer.cli.commands.durations import Duration
from importer.cli.commands.options import Command
from importer.cli.commands.percent import Share

_BRAKES = (
    click.option(
        "--max-shrink",
        type=Share(),
        metavar="SHARE",
        help="Stop when the file has shrunk by more since the last run. Default 20%.",
    ),
    click.option(
        "--max-turnover",
        type=Share(),
        metavar="SHARE",
        help="Stop when the file lacks more of the contacts and has as many new rows: another file, or keys "
        "written in another way. Default 20%, from 10 rows on.",
    ),
    click.option(
        "--max-bad",
        type=Share(),
        metavar="SHARE",
        help="Stop when more of the rows cannot be imported. Default 10%, from 10 rows on.",
    ),
    click.option(
        "--max-delete",
        type=Share(),
        metavar="SHARE",
        help="Stop when more of the contacts would be deleted. Default 2%.",
    ),
    click.option(
        "--max-change",
        type=Share(),
        metavar="SHARE",
        help="Stop when more of the contacts would be updated or deleted. Default: no limit.",
    ),
    click.option(
        "--max-missing",
        type=Share(),
        metavar="SHARE",
        help="Stop when the address book lacks more of the contacts that the ledger has. Default 50%.",
    ),
    click.option(
        "--max-age", type=Duration(), metavar="TIME", help="Stop when the file is older, such as 20h."
    ),
    click.option(
        "--accept-cut-off", is_flag=True, help="Take a file that ends in the middle of a row as it is."
    ),
)


def source_option(command: Command) -> Command:
    """Add --source."""
    return click.option(
        "--source",
        default="",
        metavar="NAME",
        help="Name of this export, when several share an address book; none sees another's leavers.",
    )(command)


def leavers_option(command: Command) -> Command:
    """Add --leavers."""
    return click.option(
        "--leavers",
        type=click.Choice(("report", "delete")),
        default="report",
        show_default=True,
        help="What becomes of contacts whose rows are not in the file any more; only contacts that were "
        "imported or adopted from this source.",
    )(command)


def drift_option(command: Command) -> Command:
    """Add --drift."""
    return click.option(
        "--drift",
        type=click.Choice(("report", "overwrite", "keep")),
        help="Read the address book first, and report, write over, or leave and remember what somebody has "
        "changed there by hand since our last write; custom fields are not compared. Without it nobody "
        "looks.",
    )(command)


def brakes(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the brakes; the command gets them as one argument `limits`."""

    @wraps(command)
    def with_limits(
        *arguments: Any,
        max_shrink: float | None,
        max_turnover: float | None,
        max_bad: float | None,
        max_delete: float | None,
        max_change: float | None,
        max_missing: float | None,
        max_age: float | None,
        accept_cut_off: bool,
        **others: Any,
    ) -> Any:
        # Imported here, because --help must not wait for what a run needs.
        from importer.run.brakes import Limits  # noqa: PLC0415

        limits = Limits(
            shrink=max_shrink,
            turnover=max_turnover,
            bad=max_bad,
            delete=max_delete,
            change=max_change,
            missing=max_missing,
            age_s=max_age,
            cut_off=accept_cut_off,
        )
        return command(*arguments, limits=limits, **others)

    found: Callable[..., Any] = with_limits
    for option in reversed(_BRAKES):
        found = option(found)
    return found
