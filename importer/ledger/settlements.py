"""Outcomes as the columns in which they are kept."""

import json
from typing import assert_never

from importer.ledger.entry import Deleted, Note, NotStored, Settlement, issues_as_json
from importer.ledger.states import Event
from importer.model import (
    Created,
    Failed,
    InDoubt,
    NotAttempted,
    Rejected,
    Skipped,
    Unchanged,
    Updated,
)

_NOTHING_SENT: dict[str, object] = {
    "http_attempts": 0,
    "http_status": 0,
    "transient": 0,
    "code": "",
    "field": "",
    "message": "",
    "issues": None,
    "judged": 0,
}


def settle_values(settlement: Settlement) -> tuple[Event, dict[str, object]]:
    """Return the event and the columns for a row that was begun.

    Raises:
        ValueError: an outcome of rows for which nothing was sent; `Ledger.record` takes those.
    """
    match settlement:
        case Created(contact_id=contact_id):
            if not contact_id:
                raise ValueError("a created contact without its contact_id is in doubt")
            return "created", {"contact_id": contact_id} | _answer(settlement)
        case Updated():
            return "updated", _answer(settlement)
        case Deleted():
            return "deleted", _answer(settlement)
        case Failed():
            event: Event = "given_up" if settlement.transient else "refused"
            return event, _failure(settlement)
        case InDoubt(message=message, candidates=candidates):
            kept = json.dumps(candidates) if candidates else None
            return "doubted", {"message": message, "candidates": kept} | _answer(settlement)
        case NotStored():
            return "not_stored", {}
        case NotAttempted(message=message):
            return "not_attempted", {"message": message}
        case Unchanged() | Skipped() | Rejected():
            raise ValueError(f"{type(settlement).__name__} belongs to rows for which nothing was sent")
        case _:
            assert_never(settlement)


def note_values(outcome: Note) -> dict[str, object]:
    """Return the columns for a row for which nothing was sent; `judged` says that it counts as an attempt."""
    match outcome:
        case Rejected(issues=issues):
            found: dict[str, object] = {"outcome": "rejected", "issues": issues_as_json(issues), "judged": 1}
        case Failed():
            found = {"outcome": "failed", "judged": 1} | _failure(outcome)
        case Skipped(reason=reason):
            found = {"outcome": "skipped", "message": reason}
        case NotAttempted(message=message):
            found = {"outcome": "not_attempted", "message": message}
        case Unchanged():
            found = {"outcome": "unchanged"}
        case _:
            assert_never(outcome)
    return _NOTHING_SENT | found


def _answer(settlement: Created | Updated | Deleted | Failed | InDoubt) -> dict[str, object]:
    return {"http_status": settlement.http_status, "http_attempts": settlement.attempts}


def _failure(failed: Failed) -> dict[str, object]:
    texts = {"code": failed.code, "field": failed.field, "message": failed.message}
    return {"transient": int(failed.transient)} | texts | _answer(failed)
