"""The command `zoom-import` and its subcommands, each imported only when it is called.

`--help` has to answer at once, and pandas alone takes longer to import than a person waits gladly.
"""

import gc
import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from itertools import pairwise
from typing import Any, NoReturn

import click

from importer import __version__
from importer.errors import ImportStopped

COMMANDS = {
    "run": ("importer.cli.commands.run", "Import a file into an address book."),
    "suggest": ("importer.cli.commands.suggest", "Draft a mapping for a file."),
    "check": ("importer.cli.commands.check", "Read, map and validate a file; send nothing."),
    "plan": ("importer.cli.commands.plan", "Write down what a run would do; send nothing."),
    "apply": ("importer.cli.commands.apply", "Do what a plan says, or nothing."),
    "adopt": ("importer.cli.commands.adopt", "Tie the contacts that a book already has to a file's rows."),
    "runs": ("importer.cli.commands.runs", "List past runs."),
    "show": ("importer.cli.commands.show", "Show one past run: counts, options, rows that need a hand."),
    "report": ("importer.cli.commands.report", "Write the report over all runs, one line per source row."),
    "undo": ("importer.cli.commands.undo", "Delete the contacts that a run has created."),
    "doctor": ("importer.cli.commands.doctor", "Try the set-up without changing anything."),
    "sandbox": ("importer.cli.commands.sandbox", "Serve the stand-in for Zoom's API on this machine."),
}

_OBJECTS_BETWEEN_COLLECTIONS = 20_000

EPILOG = """\b
Exit codes:
  0  every row done
  1  finished, but some rows were rejected, failed or are in doubt
  2  usage, unreadable file or bad mapping
  3  credentials, scope or address book
  4  stopped early and resumable: run the same command again
  5  another run holds the ledger
"""


class LazyGroup(click.Group):
    """A group whose commands live in modules that are imported when needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order in which people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command."""
        if cmd_name not in COMMANDS:
            near = get_close_matches(cmd_name, COMMANDS, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(COMMANDS)}."
            raise click.UsageError(f'There is no command "{cmd_name}". {hint}', ctx)
        command = import_module(COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)  # noqa: S101 - a wrong table is our own mistake
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(
    name="zoom-import",
    cls=LazyGroup,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="zoom-import")
def cli() -> None:
    """Import contacts from CSV or Excel files into a Zoom Contact Center address book."""


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and end the process with the documented exit code."""
    for stream in (sys.stdout, sys.stderr):
        _speak_utf8(stream)
    # numpy would start threads for matrices, which nothing here has; a process with threads cannot be copied.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # What loading makes is no garbage, and to look for some after every 700 objects takes 0.1 s.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    if _wants_events(sys.argv[1:] if arguments is None else arguments):
        from importer.cli.events import EventLog, take_over_stderr  # noqa: PLC0415 - loads what --help must not

        take_over_stderr(EventLog(sys.stderr))
    code = call(arguments)
    # The memory goes back with the process; to look through all of it for garbage before takes 0.2 s.
    gc.freeze()
    sys.exit(code)


def call(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code; everything that goes wrong is one message on stderr."""
    events = _wants_events(sys.argv[1:] if arguments is None else arguments)
    try:
        code = cli.main(arguments, prog_name="zoom-import", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        return _refused(error, events)
    except (click.Abort, KeyboardInterrupt):
        return _tell("Stopped.", 4, events)
    except ImportStopped as error:
        return _tell(f"zoom-import: {error}", error.exit_code, events)
    except BrokenPipeError:
        # The reader of our output (head, less) has gone; nothing can be said to it any more.
        sys.stdout = sys.stderr
        return 0
    except Exception as error:  # noqa: BLE001 - whatever happens ends in a sentence and a documented exit code
        from importer.cli.surprise import surprise  # noqa: PLC0415

        stopped = surprise(error)
        return _tell(f"zoom-import: {stopped}", stopped.exit_code, events)
    return code if isinstance(code, int) else 0


def _wants_events(arguments: Sequence[str]) -> bool:
    """See whether stderr is for events alone, also when the command line cannot be understood otherwise."""
    return "--log-format=json" in arguments or ("--log-format", "json") in pairwise(arguments)


def _refused(error: click.ClickException, events: bool) -> int:
    if not events:
        error.show()
        return error.exit_code
    return _tell(error.format_message(), error.exit_code, events)


def _tell(message: str, code: int, events: bool) -> int:
    """Say why the process ends; return the exit code."""
    if events:
        from importer.cli.events import EventLog  # noqa: PLC0415
        from importer.cli.private import safe_text  # noqa: PLC0415

        EventLog(sys.stderr).write("ended", exit_code=code, error=safe_text(message))
    else:
        click.echo(message, err=True)
    return code


def _speak_utf8(stream: Any) -> None:
    """Keep a name that the terminal's code page lacks from ending the run (Windows, LANG=C)."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace")
