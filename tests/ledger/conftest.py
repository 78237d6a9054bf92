"""A ledger of a fictional book in a temporary folder, and a clock that the test moves."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from importer.ledger import Ledger, RunStart

Open = Callable[..., Ledger]


class Clock:
    """Gives the same time until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 23, 16, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "book.sqlite3"


@pytest.fixture
def open_ledger(path: Path, clock: Clock) -> Iterator[Open]:
    """Open the ledger of account "acc", book "book"; what is still open at the end is closed."""
    opened: list[Ledger] = []

    def open_it(where: Path | None = None, **options: Any) -> Ledger:
        settings = {
            "account_id": "acc",
            "address_book_id": "book",
            "api_url": "https://api.zoom.us/v2",
            "clock": clock,
            "durability": "process",
        }
        ledger = Ledger.open(where or path, **settings | options)
        opened.append(ledger)
        return ledger

    yield open_it
    for ledger in opened:
        ledger.close()


@pytest.fixture
def ledger(open_ledger: Open) -> Ledger:
    """A ledger in which a run is working."""
    ledger = open_ledger()
    ledger.start_run(RunStart("run", "crm.csv"))
    return ledger
