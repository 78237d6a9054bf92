"""A look at a ledger from outside: is it sound, the right one, free, and what does it know."""

from dataclasses import dataclass
from pathlib import Path

from importer.ledger.lock import WriterLock
from importer.ledger.opening import compare
from importer.ledger.place import api_host
from importer.ledger.reader import Reader
from importer.ledger.runs import Run


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was seen.

    Attributes:
        path: where the ledger is.
        owned: contacts in the address book that belong to any source.
        in_doubt: rows of which nobody knows whether the last request has arrived; the next run looks them up.
        busy: who works with it at the moment, "" for nobody.
        last: the last run, None when there was none.
    """

    path: Path
    owned: int
    in_doubt: int
    busy: str = ""
    last: Run | None = None


def inspect(path: Path, *, account_id: str, address_book_id: str, api_url: str) -> Inspection:
    """Read a ledger whole, as `Reader.verify` does, and change nothing.

    Raises:
        LedgerError: it is damaged, foreign, or of another account or address book.
    """
    binding = {
        "account_id": account_id,
        "address_book_id": address_book_id,
        "api_host": api_host(api_url),
    }
    busy = _busy(path)
    with Reader(path) as reader:
        compare(path, reader.book(), binding)
        reader.verify()
        runs = reader.runs()
        return Inspection(
            path=path,
            owned=reader.owned_counts()[1],
            in_doubt=sum(_unfinished(path, source) for source in {run.source for run in runs}),
            busy=_holder(reader) if busy else "",
            last=runs[0] if runs else None,
        )


def _busy(path: Path) -> bool:
    lock = WriterLock(path)
    if not lock.path.exists():
        return False
    free = lock.acquire()
    lock.release()
    return not free


def _holder(reader: Reader) -> str:
    holder = reader.holder()
    return f"process {holder['process']} (since {holder['since']})" if holder else "another process"


def _unfinished(path: Path, source: str) -> int:
    with Reader(path, source=source) as reader:
        return sum(1 for _ in reader.unfinished())
