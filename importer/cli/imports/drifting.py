"""Looking for what somebody has changed in Zoom by hand, as a part of a run."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from importer.cli.account import Access
from importer.cli.imports.judging import Judged, stop_message
from importer.cli.imports.request import ImportRequest
from importer.cli.inputs import Inputs
from importer.errors import StoppedEarly
from importer.ledger import Ledger
from importer.report.drift import write_drift
from importer.run.brakes import reasons
from importer.run.drift import WithoutDrifted, drift_lines, find_drift
from importer.run.drift_spool import DriftSpool
from importer.run.forecast import forecast
from importer.run.reading_back import ReadBack
from importer.run.row_spool import RowSpool
from importer.run.survey import Duplicates
from importer.sending import Sender
from importer.sending.book_pages import book_pages


async def look_for_drift(
    request: ImportRequest,
    written: Collection[str],
    access: Access,
    sender: Sender,
    ledger: Ledger,
    found: DriftSpool,
) -> None:
    """Read the whole book (Medium, 300 contacts a call) if the person has asked for it.

    Args:
        written: fields that the mapping writes.
        found: gets what has drifted.

    Raises:
        AccountError, StoppedEarly: the book cannot be read; nothing has been changed.
    """
    if request.drift is None:
        return
    pages = book_pages(access.client, access.book_id, sender)
    looker = ReadBack(access.client, sender, access.book_id)
    await find_drift(pages, ledger, written, looker, found)
    if (error := sender.drain.error()) is not None:
        raise error


def judge_drift(
    request: ImportRequest,
    inputs: Inputs,
    judged: Judged,
    rows: RowSpool,
    ledger: Ledger,
    duplicates: Duplicates,
    found: DriftSpool,
) -> None:
    """Count what would be done once more, with the contacts that would be written over.

    Raises:
        StoppedEarly: a brake speaks against it.
    """
    if request.drift != "overwrite" or request.limits.change is None:
        return
    counted = forecast(
        rows,
        WithoutDrifted(ledger, found),
        None,
        by_content=not inputs.mapping.key,
        repeated=duplicates.keys,
        policy=request.duplicates,
        mode=request.mode,
    )
    if said := reasons(request.limits, replace(judged.facts, update=counted.update)):
        raise StoppedEarly(stop_message(said))


def report_drift(
    request: ImportRequest, found: DriftSpool, ledger: Ledger, run_id: str, path: Path
) -> tuple[str, ...]:
    """Write the drift CSV, if there is anything to write; returns what to say of it."""
    if request.drift is None:
        return ()
    counts = found.counts()
    if not any(counts.values()):
        return ("nothing was changed in Zoom since our last write",)
    write_drift(path, drift_lines(found, request.drift, ledger, run_id))
    changed = {
        "report": "left as they are; --drift overwrite writes ours again",
        "overwrite": "written over where the file has their rows",
        "keep": "left, and remembered",
    }[request.drift]
    gone = "created again where the file has their rows" if request.drift == "overwrite" else "not made again"
    said = [f"contacts that were changed in Zoom since our last write: {counts['changed']:,}, {changed}"]
    if counts["deleted"]:
        said.append(f"contacts that were deleted in Zoom: {counts['deleted']:,}, {gone}")
    return tuple(said)
