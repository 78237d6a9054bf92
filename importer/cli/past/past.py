"""Finding the ledger and the run that a command about the past is about; needs no credentials."""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
import platformdirs

from importer.cli.past.past_text import PastRun
from importer.config import DEFAULT_API_URL, checked_url, settings_from
from importer.errors import InputError, SettingsError
from importer.ledger import Reader, Run, default_path
from importer.report import ReportWriter
from importer.run.recalled import counts_of

Command = TypeVar("Command", bound=Callable[..., Any])

_SHOWN = 5


def ledger_options(command: Command) -> Command:
    """Add --ledger and --address-book."""
    command = click.option(
        "--address-book",
        metavar="ID",
        help="Whose ledger, without --ledger; else ZOOM_ADDRESS_BOOK_ID.",
    )(command)
    return click.option(
        "--ledger",
        type=click.Path(path_type=Path),
        envvar="ZOOM_IMPORT_LEDGER",
        metavar="PATH",
        help="The ledger; default: that of the address book, in your user folder. Also ZOOM_IMPORT_LEDGER.",
    )(command)


def ledger_place(
    ledger: Path | None, address_book: str | None, environ: Mapping[str, str], folder: Path
) -> Path:
    """Return where the ledger is: as said, else where a run of that address book keeps it.

    Raises:
        SettingsError: nothing says which one.
    """
    if ledger is not None:
        return ledger.expanduser()
    settings = settings_from(environ, folder)
    account = settings.get("ZOOM_ACCOUNT_ID", "")
    book = (address_book or settings.get("ZOOM_ADDRESS_BOOK_ID", "")).strip()
    if account and book:
        api_url = checked_url("ZOOM_API_URL", settings.get("ZOOM_API_URL", DEFAULT_API_URL))
        return default_path(account, book, api_url)
    raise SettingsError(
        "Which ledger? Give --ledger PATH (the summary of every run names it), or set ZOOM_ACCOUNT_ID and "
        f"ZOOM_ADDRESS_BOOK_ID.{_ledgers_there()}"
    )


def _ledgers_there() -> str:
    folder = platformdirs.user_state_path("zoom-import", appauthor=False)
    found = sorted(
        (path for path in folder.glob("*-*.sqlite3")), key=lambda path: path.stat().st_mtime, reverse=True
    )
    lines = "".join(f"\n  {path}" for path in found[:_SHOWN])
    return f" Your user folder has these, the newest first:{lines}" if found else ""


def find_run(reader: Reader, name: str, *, but: Collection[str] = ()) -> Run:
    """Return the run that a person means.

    Args:
        reader: of the ledger.
        name: the id, its beginning if only one run begins so, or "last".
        but: commands that "last" passes over.

    Raises:
        InputError: no run is called so, or several are.
    """
    runs = reader.runs()
    if name == "last":
        found = [run for run in runs if run.start.command not in but][:1]
    else:
        found = [run for run in runs if run.id == name] or [run for run in runs if run.id.startswith(name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(f'Several runs begin with "{name}": {_listed(found)}. Write more of the id.')
    known = f" It has: {_listed(runs)}." if runs else " It has no runs at all."
    raise InputError(f'There is no run "{name}" in the ledger {reader.path}.{known}')


def _listed(runs: Sequence[Run]) -> str:
    more = f" and {len(runs) - _SHOWN} more (zoom-import runs lists them)" if len(runs) > _SHOWN else ""
    return ", ".join(run.id for run in runs[:_SHOWN]) + more


def past_run(reader: Reader, run: Run) -> PastRun:
    """Find out how a run stands and what it did."""
    counts, counted = counts_of(reader, run)
    return PastRun(run, state_now(run), counts, counted)


def state_now(run: Run) -> str:
    """Say how a run stands: one that never said that it ended may have been killed."""
    # Windows has no harmless way to ask for a process; there the next run notices.
    if run.state == "running" and os.name == "posix" and not _is_alive(run.process):
        return "died"
    return run.state


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # somebody else's
    return True


def new_report(path: Path) -> ReportWriter:
    """Open a report that is not there yet.

    Raises:
        SettingsError: it is there, or cannot be written.
    """
    try:
        path.open("x").close()
        return ReportWriter(path)
    except FileExistsError:
        raise SettingsError(
            f"{path} is already there and is not overwritten. Choose another name with --report PATH."
        ) from None
    except OSError as error:
        raise SettingsError(f"The report cannot be written to {path}: {error.strerror or error}.") from error
