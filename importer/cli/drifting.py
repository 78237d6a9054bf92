"""Looking for what somebody has changed in Zoom by hand, as a part of a run."""

from pathlib import Path

from importer.cli.account import Access
from importer.cli.request import ImportRequest
from importer.ledger import Ledger
from importer.mapping import ColumnMapping
from importer.report.drift import write_drift
from importer.run.drift import Drifted, drift_lines, find_drift
from importer.run.reading_back import ReadBack
from importer.sending import Sender
from importer.sending.book_pages import book_pages


def written_fields(mapping: ColumnMapping) -> tuple[str, ...]:
    """Name the fields that a mapping writes."""
    contact = mapping.contact
    return tuple(name for name in type(contact).model_fields if getattr(contact, name))


async def look_for_drift(
    request: ImportRequest, mapping: ColumnMapping, access: Access, sender: Sender, ledger: Ledger
) -> list[Drifted]:
    """Read the whole book (Medium, 300 contacts a call) if the person has asked for it.

    Raises:
        AccountError, StoppedEarly: the book cannot be read; nothing has been changed.
    """
    if request.drift is None:
        return []
    pages = book_pages(access.client, access.book_id, sender)
    looker = ReadBack(access.client, sender, access.book_id)
    found = await find_drift(pages, ledger, written_fields(mapping), looker)
    if (error := sender.drain.error()) is not None:
        raise error
    return found


def report_drift(request: ImportRequest, found: list[Drifted], path: Path) -> tuple[str, ...]:
    """Write the drift CSV, if there is anything to write; returns what to say of it."""
    if request.drift is None:
        return ()
    if not found:
        return ("nothing was changed in Zoom since the last write",)
    write_drift(path, drift_lines(found, request.drift))
    gone = sum(one.contact is None for one in found)
    done = {
        "report": "left as they are; --drift overwrite writes ours again",
        "overwrite": "written over where the file has their rows",
        "keep": "left, and remembered",
    }[request.drift]
    said = f"{len(found) - gone:,} contacts were changed in Zoom since our last write: {done}. See {path}"
    if not gone:
        return (said,)
    again = (
        "created again where the file has their rows" if request.drift == "overwrite" else "not made again"
    )
    return (said, f"{gone:,} contacts were deleted in Zoom: {again}")
