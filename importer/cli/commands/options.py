"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

PLANS = ("pro", "business")


def _mapping_given(context: click.Context, _option: click.Parameter, path: str | None) -> str | None:
    if path is None and not context.resilient_parsing:
        file = context.params.get("file", "FILE")
        raise click.UsageError(
            f"Say which column becomes what with -m MAPPING.yaml. mappings/ has some for common exports; "
            f"zoom-import suggest {file} > mapping.yaml drafts one for this file.",
            context,
        )
    return path


def file_and_mapping(command: Command) -> Command:
    """Add FILE and --mapping."""
    command = click.option(
        "-m",
        "--mapping",
        "mapping_path",
        metavar="YAML",
        callback=_mapping_given,
        help="The column mapping (mappings/README.md explains it).  [required]",
    )(command)
    return click.argument("file", metavar="FILE")(command)


def reading(command: Command) -> Command:
    """Add the flags that overrule what is recognised of the file."""
    options = (
        click.option("--encoding", metavar="NAME", help="Text encoding, such as utf-8, utf-16 or cp1252."),
        click.option("--delimiter", metavar="CHAR", help="comma, semicolon, tab, pipe, or one character."),
        click.option("--quote", metavar="CHAR", help="Character around cells: double, single or none."),
        click.option("--escape", metavar="CHAR", help="Character before a quote in a cell: backslash, none."),
        click.option(
            "--heading-line", type=click.IntRange(min=0), metavar="N", help="Line of the heading; 0 = none."
        ),
        click.option("--headings", metavar="NAMES", help="Names of the columns, for a file without: a,b,c."),
        click.option("--sheet", metavar="NAME", help="Sheet of a workbook, by name or number from 1."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def book_option(command: Command) -> Command:
    """Add --address-book."""
    return click.option("--address-book", metavar="ID", help="Address book; else ZOOM_ADDRESS_BOOK_ID.")(
        command
    )


def ledger_option(command: Command) -> Command:
    """Add --ledger."""
    return click.option(
        "--ledger",
        type=click.Path(path_type=Path),
        envvar="ZOOM_IMPORT_LEDGER",
        metavar="PATH",
        help="The ledger of the address book; default: in your user folder. Also ZOOM_IMPORT_LEDGER.",
    )(command)


def plan_option(command: Command) -> Command:
    """Add --account-plan."""
    return click.option(
        "--account-plan",
        type=click.Choice(PLANS),
        default="pro",
        show_default=True,
        help="Zoom plan, which sets the pace: pro 20, business (also Education, Enterprise) 40 a second.",
    )(command)


def duplicates_option(command: Command) -> Command:
    """Add --duplicates."""
    return click.option(
        "--duplicates",
        type=click.Choice(("reject", "first", "last")),
        default="reject",
        show_default=True,
        help="Which of the rows with one key is taken.",
    )(command)


def limit_option(command: Command) -> Command:
    """Add --limit."""
    return click.option(
        "--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N rows of the file."
    )(command)


def processes_option(command: Command) -> Command:
    """Add --processes."""
    return click.option(
        "--processes",
        type=click.IntRange(min=1),
        metavar="N",
        help="Processes that read and check the file; default: one a processor for long files, else 1.",
    )(command)
