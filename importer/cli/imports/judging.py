"""Before the first change: does this run follow on from the last one, and does a brake speak against it?"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from importer.cli.account import Access
from importer.cli.imports.request import ImportRequest, WhatToDo
from importer.cli.inputs import Inputs
from importer.errors import LedgerError, SettingsError, StoppedEarly
from importer.ledger import Leavers, Ledger, Reader, Run
from importer.mapping import digest
from importer.run.brakes import FEW, MAX_MISSING, Facts, reasons
from importer.run.continuity import key_changed, last_whole_run
from importer.run.forecast import Forecast, forecast
from importer.run.identity import CARRIED_ROW
from importer.run.row_spool import RowSpool
from importer.run.survey import Duplicates, Survey
from importer.sending import Sender
from importer.sending.book_pages import book_has_more_than


@dataclass(frozen=True, slots=True)
class Judged:
    """What the look before the first change has found.

    Attributes:
        facts: what the brakes were asked about.
        leavers: how many contacts of this source the file lacks.
        delete: whether they are to be deleted.
        note: why they are not deleted although --leavers delete says so, "" otherwise.
    """

    facts: Facts
    leavers: int
    delete: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class BookCount:
    """How many contacts the book holds, asked twice before it is believed to be empty."""

    access: Access
    sender: Sender
    said: int | None

    async def count_if_fewer(self, owned: int, allowed: float | None) -> int | None:
        """Return the count when it is far below `owned`; None when it is not, or nobody knows.

        The book's own total may lag behind, or be missing in a stand-in; so the contacts themselves are
        listed, as far as needed, before a run is stopped for it.
        """
        least = int(owned * (1 - (MAX_MISSING if allowed is None else allowed)))
        if self.said is None or self.said >= least or owned - self.said < FEW:
            return None
        return await book_has_more_than(least, self.access.client, self.access.book_id, self.sender)


def is_corrections(inputs: Inputs) -> bool:
    """Say whether the file is a corrections file: its rows are a few of an export, never the whole."""
    return CARRIED_ROW in inputs.source.headings


def is_whole(request: WhatToDo, inputs: Inputs) -> bool:
    """Say whether the run takes every row of an export."""
    return request.limit is None and not is_corrections(inputs)


def follows_leavers(request: WhatToDo, inputs: Inputs) -> bool:
    """Say whether rows that the file lacks have left: only for a whole export of rows with a key."""
    return bool(inputs.mapping.key) and is_whole(request, inputs)


def check_leavers_can_be_deleted(request: WhatToDo, inputs: Inputs) -> None:
    """Refuse `--leavers delete` where nobody can tell who has left.

    Raises:
        SettingsError: the mapping has no key, or the file is not the whole export.
    """
    if request.leavers != "delete" or follows_leavers(request, inputs):
        return
    if not inputs.mapping.key:
        why = "the mapping has no key, so a changed row cannot be told from one that has left"
    elif request.limit is not None:
        why = "--limit takes only the first rows of the file, and the others would count as gone"
    else:
        why = "this is a corrections file, which has only the rows that needed a hand"
    raise SettingsError(f"--leavers delete cannot be used here: {why}.")


def check_key(ledger: Reader, request: WhatToDo, inputs: Inputs) -> None:
    """Refuse a mapping under which the ledger's contacts would not be recognised.

    Raises:
        LedgerError: the key has changed; says what to do.
    """
    if not ledger.owns_any():
        return
    said = key_changed(ledger.runs(), ledger.source, inputs.mapping, digest(inputs.mapping), request.file)
    # A corrections file of rows without a key carries the keys that they had.
    if said and not is_corrections(inputs):
        raise LedgerError(f"{said} (ledger: {ledger.path})")


async def judge(
    request: ImportRequest,
    inputs: Inputs,
    survey: Survey,
    duplicates: Duplicates,
    rows: RowSpool,
    ledger: Ledger,
    leavers: Leavers,
    book: BookCount,
) -> Judged:
    """Count what would be done, and stop the run when a brake speaks against it.

    Raises:
        StoppedEarly: with all reasons, and the flags that overrule them.
        AccountError: the account does not allow to count the address book.
    """
    found = forecast(
        rows,
        ledger,
        leavers,
        by_content=not inputs.mapping.key,
        repeated=duplicates.keys,
        policy=request.duplicates,
        mode=request.mode,
    )
    with ThreadPoolExecutor(1) as aside:
        counting = aside.submit(leavers.count) if follows_leavers(request, inputs) else None
        owned, owned_in_all = ledger.owned_counts()
        gone = counting.result() if counting is not None else 0
    delete, note = _may_delete(request, found, gone)
    last = last_whole_run(ledger.runs(), ledger.source)
    facts = Facts(
        file=request.file,
        rows=survey.rows,
        bad=survey.rejected + _sharing(request, inputs, survey, duplicates),
        sync=follows_leavers(request, inputs),
        whole=not is_corrections(inputs),
        owned=owned,
        create=found.create,
        update=found.update,
        delete=gone if delete else 0,
        gone=gone,
        owned_in_all=owned_in_all,
        in_book=await book.count_if_fewer(owned_in_all, request.limits.missing),
        age_s=_age_s(request.file, time.time),
        growing=inputs.source.changed(),
        cut_off=rows.cut_short and _ends_open(request.file),
        rows_before=last.rows if last is not None else None,
        before=run_named(last) if last is not None else "",
    )
    if said := reasons(request.limits, facts):
        raise StoppedEarly(stop_message(said))
    return Judged(facts, gone, delete, note)


def stop_message(said: tuple[str, ...]) -> str:
    """Put the reasons under one another."""
    if len(said) == 1:
        return f"Stopped before the first change: {said[0]}"
    return "Stopped before the first change:\n" + "\n".join(f"  - {reason}" for reason in said)


def _may_delete(request: ImportRequest, found: Forecast, gone: int) -> tuple[bool, str]:
    if request.leavers != "delete":
        return False, ""
    if found.keyless and gone:
        return False, (
            f"{gone:,} contacts are not in the file any more, but were not deleted: {found.keyless:,} rows "
            "have no readable key, and could be theirs. Mend those rows first."
        )
    return True, ""


def _sharing(request: ImportRequest, inputs: Inputs, survey: Survey, duplicates: Duplicates) -> int:
    """Count the rows that are rejected for nothing but the key that they share with others."""
    if not inputs.mapping.key or request.duplicates != "reject":
        return 0
    return survey.sharing_a_key(duplicates.keys)


def run_named(run: Run) -> str:
    """Name a run as people remember it: its file and the time."""
    return f"{Path(run.start.file_name).name}, {run.started_at.astimezone():%Y-%m-%d %H:%M}"


def _age_s(file: str, now: Callable[[], float]) -> float | None:
    return None if file == "-" else max(0.0, now() - Path(file).stat().st_mtime)


def _ends_open(file: str) -> bool:
    """Say whether a plain text file ends without a line end."""
    if file == "-" or not Path(file).is_file():
        return False
    with Path(file).open("rb") as opened:
        if opened.read(2) in (b"\x1f\x8b", b"PK", b"\xd0\xcf"):
            return False
        opened.seek(-min(4, Path(file).stat().st_size), 2)
        # UTF-16 and UTF-32 have zero bytes around the line end.
        return not opened.read().rstrip(b"\0").endswith((b"\n", b"\r"))
