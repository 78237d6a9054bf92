"""What SQLite and the operating system report, as sentences that say what to do."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from importer.errors import LedgerError, StoppedEarly

_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_FULL = ("SQLITE_FULL",)


def is_damaged(error: sqlite3.Error) -> bool:
    """Say whether SQLite found the file itself to be broken."""
    return _name(error).startswith(_DAMAGED)


def damaged(path: Path) -> LedgerError:
    """Build the error for a ledger whose content is broken."""
    return LedgerError(
        f"The ledger {path} is damaged and has been left untouched. Put back a copy from a backup, or move "
        "it away together with the -wal and -shm files beside it and rebuild the ledger from the address "
        "book with `zoom-import adopt`; a run without the old ledger would create every contact again."
    )


def opening_error(path: Path, error: sqlite3.Error | OSError) -> LedgerError:
    """Translate a failure to open the ledger at `path`."""
    if isinstance(error, sqlite3.Error) and is_damaged(error):
        return damaged(path)
    reason = error.strerror or type(error).__name__ if isinstance(error, OSError) else str(error)
    return LedgerError(
        f"The ledger {path} cannot be used ({reason}). It needs a folder on a local disk that you may "
        "write to and that has room; choose another place with --ledger."
    )


def writing_error(path: Path, error: sqlite3.Error) -> StoppedEarly:
    """Translate a failure to write to the ledger at `path`: nothing more may be sent."""
    if is_damaged(error):
        remedy = f"The ledger {path} has turned out to be damaged: put back a copy from a backup"
    elif _name(error).startswith(_FULL):
        remedy = f"The disk is full, so the ledger {path} cannot be written: make room"
    else:
        remedy = f"The ledger {path} cannot be written ({error}): mend that"
    return StoppedEarly(
        f"{remedy} and start the same command again. Nothing is lost: no contact was sent that the ledger "
        "does not know of, and rows whose answer could not be noted are looked up first."
    )


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite and the operating system raise inside into a LedgerError."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise opening_error(path, error) from error


def _name(error: sqlite3.Error) -> str:
    # Errors of the Python layer itself (a closed connection) carry no code.
    return str(getattr(error, "sqlite_errorname", ""))
