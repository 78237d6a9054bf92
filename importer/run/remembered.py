"""What the ledger remembers of a row, as far as it decides whether something is sent. Pure."""

from datetime import datetime

from importer.ledger import RIGHT, Entry
from importer.model import Create, Failed, Outcome, Payload, Rejected, Skipped, Step, Unchanged, Update
from importer.plan import Known

_EITHER = object()
"""Stands for a text of which nobody knows whether it is the old or the new one."""


def known(entry: Entry) -> Known:
    """Say what the book has under the entry's key.

    After an update that may have arrived or not, a field that it changed has either text: no text of the file
    is equal to that, so that the field is sent again whatever the file says now.
    """
    payload = entry.payload
    if payload is not None and entry.state != "done":
        payload = _either(payload, entry.sent_payload or {})
    return Known(entry.contact_id, entry.certain_fingerprint, payload)


def _either(before: Payload, sent: Payload) -> Payload:
    return {
        name: before[name] if name in before and before[name] == sent.get(name) else _EITHER
        for name in {**before, **sent}
    }


def refused_before(step: Create | Update, entry: Entry | None) -> Failed | None:
    """Return the failure of an earlier run that would only happen again, since the row is the same."""
    if entry is None or entry.outcome != "failed" or entry.transient:
        return None
    if entry.sent_fingerprint != step.fingerprint:
        return None
    message = f"{entry.message} (refused by an earlier run; not sent again, since the row is the same)"
    return Failed(entry.code, entry.field, message, entry.http_status, 0, transient=False)


def lost_at(step: Step, entry: Entry | None) -> datetime | None:
    """Say when an earlier run gave up a row whose last attempt may have arrived late; None for others."""
    if entry is None or not isinstance(step, Create) or entry.outcome != "failed" or not entry.transient:
        return None
    unanswered = entry.http_status == 0 or entry.http_status >= 500
    return entry.changed_at if unanswered else None


def worth_noting(outcome: Outcome, entry: Entry | None) -> bool:
    """Say whether the ledger has to learn of an outcome without network: not when it knows already."""
    match outcome:
        case Rejected():
            return True
        case Skipped():
            return entry is None or entry.outcome != "skipped"
        case Unchanged():
            return entry is not None and entry.outcome not in RIGHT
        case _:
            return False
