"""Opening a ledger for writing: is it the right one, is it free, what has a dead process left behind."""

import contextlib
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from importer.errors import LedgerBusy, LedgerError
from importer.ledger.connection import Durability, create, open_writing
from importer.ledger.place import check_is_ledger
from importer.ledger.reader import Reader
from importer.ledger.runs import Clock, to_ms
from importer.ledger.statements import recover


def make_or_compare(path: Path, binding: Mapping[str, str]) -> None:
    """Make sure that the ledger is there and belongs to this account, address book and host.

    Raises:
        LedgerError: it belongs to another one.
    """
    # Looked at again, now under the lock: another process may have made it meanwhile.
    if not check_is_ledger(path):
        create(path, binding)
    with Reader(path) as reader:
        book = reader.book()
    compare(path, book, binding)


def compare(path: Path, book: Mapping[str, str], binding: Mapping[str, str]) -> None:
    """Compare what a ledger is bound to with what it should be bound to.

    Raises:
        LedgerError: it belongs to another account, address book or host.
    """
    words = {"account_id": "account", "address_book_id": "address book", "api_host": "API host"}
    wrong = [
        f"{words[name]} {book.get(name)}, not {value}"
        for name, value in binding.items()
        if book.get(name) != value
    ]
    if wrong:
        raise LedgerError(
            f"The ledger {path} belongs to {' and to '.join(wrong)}. Every address book has its own "
            "ledger: leave out --ledger to use the right one, or correct the account or the address book."
        )


def open_prepared(
    path: Path, source: str, durability: Durability, page_limit: int | None, clock: Clock
) -> sqlite3.Connection:
    """Open for writing, with what a dead process has left settled and the source entered."""
    connection = open_writing(path, durability, page_limit)
    try:
        connection.execute("INSERT OR IGNORE INTO sources (name) VALUES (?)", (source,))
        recover(connection, to_ms(clock()))
    except BaseException:
        connection.close()
        raise
    return connection


def busy(path: Path) -> LedgerBusy:
    """Say who is working with the ledger."""
    who = "Another run"
    # Whoever has only just begun has not left a name yet.
    with contextlib.suppress(LedgerError), Reader(path) as reader:
        holder = reader.holder()
        running = [run for run in reader.runs() if run.state == "running"]
        if holder:
            who = f"Run {running[0].id}" if running else "Another command"
            who += f" (process {holder['process']}, since {holder['since']})"
    return LedgerBusy(
        f"{who} is working with the ledger {path}. Wait until it has ended, or stop it with Ctrl-C: it "
        "finishes what is on its way; then start again."
    )
