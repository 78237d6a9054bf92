"""When a run must not make its first change: pure rules over what is known before it.

An export that comes out empty, halved or garbled must not empty a contact center's address book. Each rule
says why it stops the run, and what to do when the person knows better.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from importer.counted import counted

MAX_SHRINK: Final = 0.20
MAX_BAD: Final = 0.10
MAX_DELETE: Final = 0.02
MAX_MISSING: Final = 0.50
MAX_TURNOVER: Final = 0.20
FEW: Final = 10
"""Fewer bad rows, missing contacts or exchanged rows are no disaster: below it, defaults do not stop."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the person allows, as shares from 0 to 1; None is the default of the rule.

    Attributes:
        shrink: rows fewer than in the last finished run.
        bad: rows of the file that cannot be imported.
        delete: contacts of this source that `--leavers delete` may delete.
        change: contacts of this source that may be updated or deleted; None is no bound.
        missing: contacts of the ledger that the address book may lack.
        turnover: contacts of this source that the file may lack while it has as many new rows.
        age_s: how old the file may be, seconds; None is no bound.
        cut_off: whether a file that ends in the middle of a row is taken as it is.
    """

    shrink: float | None = None
    bad: float | None = None
    delete: float | None = None
    change: float | None = None
    missing: float | None = None
    turnover: float | None = None
    age_s: float | None = None
    cut_off: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known after the first pass over the file and a look at the ledger.

    Attributes:
        file: name of the file, for the message.
        rows: rows of the file.
        bad: rows that cannot be imported, rows with a duplicate key included.
        sync: the mapping has a key, and the file is a whole export: not cut by --limit, no corrections file.
        whole: the file is no corrections file, in which bad rows are expected.
        rows_before: rows of the last finished run of the same source; None when there is none.
        before: when that was and what its file was called.
        owned: contacts that the ledger has for this source.
        create, update, delete: contacts that the run would create, update and delete.
        gone: contacts of this source that the file lacks, whether they would be deleted or not.
        owned_in_all: contacts that the ledger has for all sources of the book.
        in_book: contacts that the address book has; None when unknown.
        age_s: seconds since the file was written; None for standard input.
        growing: the file changed while it was looked at.
        cut_off: the file ends in the middle of its last row.
    """

    file: str
    rows: int
    bad: int = 0
    sync: bool = True
    whole: bool = True
    rows_before: int | None = None
    before: str = ""
    owned: int = 0
    create: int = 0
    update: int = 0
    delete: int = 0
    gone: int = 0
    owned_in_all: int = 0
    in_book: int | None = None
    age_s: float | None = None
    growing: bool = False
    cut_off: bool = False


def reasons(limits: Limits, facts: Facts) -> tuple[str, ...]:
    """Say everything that speaks against the run; () when it may go on."""
    return tuple(said for rule in _RULES if (said := rule(limits, facts)))


def _growing(_limits: Limits, facts: Facts) -> str:
    if not facts.growing:
        return ""
    return (
        f"{facts.file} is still being written: it changed while it was read. Run the same command again when "
        "the export has finished."
    )


def _cut_off(limits: Limits, facts: Facts) -> str:
    # A first import loses one row at worst, and says so; a nightly one would take the rest for leavers.
    if not facts.cut_off or limits.cut_off or facts.rows_before is None:
        return ""
    return (
        f"{facts.file} ends in the middle of a row, as a file does that is still being copied or was cut "
        "off. Export or copy it again; take it as it is with --accept-cut-off."
    )


def _too_old(limits: Limits, facts: Facts) -> str:
    if limits.age_s is None or facts.age_s is None or facts.age_s <= limits.age_s:
        return ""
    return (
        f"{facts.file} was written {_span(facts.age_s)} ago, more than the {_span(limits.age_s)} that "
        "--max-age allows: look whether the export has run. Take it all the same with a longer --max-age."
    )


def _shrunk(limits: Limits, facts: Facts) -> str:
    before = facts.rows_before
    if before is None or before <= 0 or not (facts.sync or limits.shrink is not None):
        return ""
    share = (before - facts.rows) / before
    if not _beyond(share, limits.shrink, MAX_SHRINK):
        return ""
    return (
        f"{facts.file} has {counted(facts.rows, 'row')}, {_percent(share)} fewer than the {before:,} of the "
        f"last run ({facts.before}); {_allowed(limits.shrink, MAX_SHRINK)}. If the file is right, allow it "
        f"with --max-shrink {_enough(share)}. If it is another list for the same address book, give it a "
        "name of its own: --source NAME."
    )


def _exchanged(limits: Limits, facts: Facts) -> str:
    # Contacts that have left over a year are many where they are only listed; but then few rows are new.
    exchanged = min(facts.create, facts.gone)
    if not facts.owned or (limits.turnover is None and exchanged < FEW):
        return ""
    share = exchanged / facts.owned
    if not _beyond(share, limits.turnover, MAX_TURNOVER):
        return ""
    return (
        f"{facts.file} lacks {facts.gone:,} of the {facts.owned:,} contacts of this source and has "
        f"{counted(facts.create, 'new row')}; {_allowed(limits.turnover, MAX_TURNOVER)} to be exchanged. It "
        "looks like another file, or like keys that are written in another way, such as 123 for 00123, so "
        "that people would be created a second time. If the file is right, allow it with --max-turnover "
        f"{_enough(share)}. If it is another list for the same address book, give it a name of its own: "
        "--source NAME."
    )


def _bad(limits: Limits, facts: Facts) -> str:
    if facts.rows == 0:
        return ""
    if limits.bad is None and (facts.bad < FEW or not facts.whole):
        return ""
    share = facts.bad / facts.rows
    if not _beyond(share, limits.bad, MAX_BAD):
        return ""
    return (
        f"{facts.bad:,} of the {facts.rows:,} rows of {facts.file} ({_percent(share)}) cannot be imported; "
        f"{_allowed(limits.bad, MAX_BAD)}. `zoom-import check` shows what is wrong with them. Import the "
        f"good rows all the same with --max-bad {_enough(share)}."
    )


def _deleted(limits: Limits, facts: Facts) -> str:
    if not facts.delete or not facts.owned:
        return ""
    share = facts.delete / facts.owned
    if not _beyond(share, limits.delete, MAX_DELETE):
        return ""
    return (
        f"{facts.delete:,} of the {facts.owned:,} contacts of this source ({_percent(share)}) are not in "
        f"{facts.file} any more and would be deleted; {_allowed(limits.delete, MAX_DELETE)}. Delete them "
        f"with --max-delete {_enough(share)}, or only list them with --leavers report."
    )


def _changed(limits: Limits, facts: Facts) -> str:
    if limits.change is None or not facts.owned:
        return ""
    touched = facts.update + facts.delete
    share = touched / facts.owned
    if share <= limits.change:
        return ""
    return (
        f"{touched:,} of the {facts.owned:,} contacts of this source ({_percent(share)}) would be updated or "
        f"deleted; {_allowed(limits.change, 1.0)}. `zoom-import plan` lists what would change. Allow it with "
        f"--max-change {_enough(share)}."
    )


def _emptied(limits: Limits, facts: Facts) -> str:
    if facts.in_book is None or not facts.owned_in_all:
        return ""
    missing = facts.owned_in_all - facts.in_book
    share = missing / facts.owned_in_all
    if not _beyond(share, limits.missing, MAX_MISSING) or (limits.missing is None and missing < FEW):
        return ""
    return (
        f"The ledger has {facts.owned_in_all:,} contacts in this address book, but the book holds only "
        f"{facts.in_book:,}: somebody has emptied it. Rows whose contacts are gone would count as unchanged. "
        "To fill the book again, move the ledger away and run `zoom-import adopt` for what is left; go on "
        f"with this ledger all the same with --max-missing {_enough(share)}."
    )


_RULES: Sequence[Callable[[Limits, Facts], str]] = (
    _growing,
    _cut_off,
    _too_old,
    _shrunk,
    _exchanged,
    _bad,
    _emptied,
    _deleted,
    _changed,
)


def _beyond(share: float, chosen: float | None, default: float) -> bool:
    return share > (default if chosen is None else chosen)


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _allowed(chosen: float | None, default: float) -> str:
    return f"{_percent(default if chosen is None else chosen)} are allowed"


def _enough(share: float) -> str:
    """Write the least whole percentage that would let the run go on."""
    return f"{math.ceil(100 * share - 1e-9)}%"


def _span(seconds: float) -> str:
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.3g} {unit}"
    return f"{round(seconds)} seconds"
