"""The SQL behind each event. Which state may follow which is taken from the table, never written here again.

Every write is one statement that does nothing when the state does not allow it; only then is the state looked
up. Parameters by name: `source` and `run` are the numbers of the rows in their tables, `now` is in
milliseconds.
"""

# ruff: noqa: S608 - the SQL is put together of constants, values are always parameters

import sqlite3
from collections.abc import Mapping
from typing import Final, TypeAlias

from importer.ledger.entry import RIGHT
from importer.ledger.schema import UNFINISHED_CONDITION
from importer.ledger.states import (
    FIRST,
    TRANSITIONS,
    Event,
    IllegalTransitionError,
    State,
    after,
    sql_after,
    sql_legal,
)

Values: TypeAlias = Mapping[str, object]

_RIGHT = "('', 'created', 'updated', 'unchanged', 'skipped', 'adopted', 'deleted')"

# A run counts once per row, however often it writes; a row that was right starts again at 1.
_NEXT_ATTEMPT = f"""CASE
    WHEN contacts.outcome IN {_RIGHT} THEN 1
    WHEN contacts.run IS :run AND contacts.attempt > 0 THEN contacts.attempt
    ELSE contacts.attempt + 1 END"""

_BEGIN_CREATE = f"""
INSERT INTO contacts (source, key, state, sent_fingerprint, sent_payload, number, line, attempt, issues,
    created_run, run, changed_ms)
VALUES (:source, :key, '{after(None, "begin_create")}', :fingerprint, :payload, :number, :line, 1, :issues,
    :run, :run, :now)
ON CONFLICT (source, key) DO UPDATE SET
    state = {sql_after("begin_create")}, contact_id = NULL, fingerprint = '', payload = NULL,
    sent_fingerprint = excluded.sent_fingerprint, sent_payload = excluded.sent_payload,
    number = excluded.number, line = excluded.line, attempt = {_NEXT_ATTEMPT}, issues = excluded.issues,
    created_run = :run, run = :run, changed_ms = :now
-- What is in doubt must be settled before another text is sent, or the look-up searches for the wrong one.
WHERE {sql_legal("begin_create")}
    AND (contacts.state <> 'in_doubt' OR contacts.sent_fingerprint = excluded.sent_fingerprint)
"""

_WHERE_KEY = "WHERE contacts.source = :source AND contacts.key = :key"

# An update that may have arrived, and now another one: what the book has is not known whatever comes of it.
_UNCERTAIN = "contacts.state = 'updating' AND contacts.sent_fingerprint IS NOT :fingerprint"

_BEGIN_UPDATE = f"""
UPDATE contacts SET state = {sql_after("begin_update")},
    fingerprint = CASE WHEN {_UNCERTAIN} THEN '' ELSE fingerprint END,
    payload = CASE WHEN {_UNCERTAIN} THEN NULL ELSE payload END, sent_fingerprint = :fingerprint,
    sent_payload = :payload, number = :number, line = :line, attempt = {_NEXT_ATTEMPT}, issues = :issues,
    run = :run, changed_ms = :now
{_WHERE_KEY} AND {sql_legal("begin_update")}
"""

_BEGIN_DELETE = f"""
UPDATE contacts SET state = {sql_after("begin_delete")}, attempt = {_NEXT_ATTEMPT}, run = :run,
    changed_ms = :now
{_WHERE_KEY} AND {sql_legal("begin_delete")}
"""

_ANSWER = "http_status = :http_status, http_attempts = :http_attempts, run = :run, changed_ms = :now"
_NO_FAULT = "transient = 0, code = '', field = '', message = '', candidates = NULL"
_SENT_IS_STORED = """fingerprint = coalesce(sent_fingerprint, fingerprint),
    payload = coalesce(sent_payload, payload), sent_fingerprint = NULL, sent_payload = NULL"""


def _update(event: Event, assignments: str) -> str:
    return (
        f"UPDATE contacts SET state = {sql_after(event)}, {assignments} {_WHERE_KEY} AND {sql_legal(event)}"
    )


# A contact that this tool has deleted may still be listed for a while; taken for a new one, it loses the row.
_NOT_REMOVED = "NOT EXISTS (SELECT 1 FROM removed WHERE removed.contact_id = :contact_id)"


_CREATED = f"outcome = 'created', contact_id = :contact_id, {_SENT_IS_STORED}, {_NO_FAULT}, {_ANSWER}"

_UPDATED = f"outcome = 'updated', {_SENT_IS_STORED}, {_NO_FAULT}, {_ANSWER}"

_DELETED = f"""outcome = 'deleted', fingerprint = '', payload = NULL, sent_fingerprint = NULL,
    sent_payload = NULL, {_NO_FAULT}, {_ANSWER}"""

# The text of an update that was given up is kept: the book may have it, or the one before.
_FAILURE = f"""outcome = 'failed', transient = :transient, code = :code, field = :field,
    message = :message, candidates = NULL, {_ANSWER}"""

_REFUSED = f"{_FAILURE}, sent_payload = NULL"

_GIVEN_UP = f"{_FAILURE}, sent_payload = CASE WHEN contacts.state = 'updating' THEN sent_payload END"

_DOUBTED = f"""outcome = 'in_doubt', transient = 1, code = '', field = '', message = :message,
    candidates = :candidates, {_ANSWER}"""

_NOT_STORED = f"""outcome = 'not_attempted', sent_fingerprint = NULL, sent_payload = NULL, created_run = NULL,
    {_NO_FAULT}, run = :run, changed_ms = :now"""

# What was in doubt before stays in doubt, with everything that the look-up needs.
_DOUBT_BEFORE = "contacts.state IN ('resending', 'in_doubt')"
_NOT_ATTEMPTED = f"""outcome = CASE WHEN {_DOUBT_BEFORE} THEN 'in_doubt' ELSE 'not_attempted' END,
    sent_payload = CASE WHEN {_DOUBT_BEFORE} OR contacts.state = 'updating' THEN sent_payload END,
    attempt = CASE WHEN {_DOUBT_BEFORE} THEN attempt ELSE max(attempt - 1, 0) END, message = :message,
    run = :run, changed_ms = :now"""

_ADOPTED = f"""
INSERT INTO contacts (source, key, state, outcome, contact_id, fingerprint, payload, number, line, run,
    changed_ms)
SELECT :source, :key, '{after(None, "adopted")}', 'adopted', :contact_id, :fingerprint, :payload, :number,
    :line, :run, :now WHERE {_NOT_REMOVED}
ON CONFLICT (source, key) DO UPDATE SET
    state = {sql_after("adopted")}, outcome = 'adopted', contact_id = excluded.contact_id,
    fingerprint = excluded.fingerprint, payload = excluded.payload, sent_fingerprint = NULL,
    sent_payload = NULL, {_NO_FAULT}, run = :run, changed_ms = :now,
    created_run = CASE WHEN contacts.state IN ('done', 'updating') THEN contacts.created_run END
WHERE {sql_legal("adopted")}
    AND (contacts.state NOT IN ('done', 'updating') OR contacts.contact_id = excluded.contact_id)
"""

_EVENTS: Final[dict[Event, str]] = {
    "begin_create": _BEGIN_CREATE,
    "begin_update": _BEGIN_UPDATE,
    "begin_delete": _BEGIN_DELETE,
    "created": f"{_update('created', _CREATED)} AND {_NOT_REMOVED}",
    "updated": _update("updated", _UPDATED),
    "deleted": _update("deleted", _DELETED),
    "refused": _update("refused", _REFUSED),
    "given_up": _update("given_up", _GIVEN_UP),
    "doubted": _update("doubted", _DOUBTED),
    "not_stored": _update("not_stored", _NOT_STORED),
    "not_attempted": _update("not_attempted", _NOT_ATTEMPTED),
    "adopted": _ADOPTED,
}

# The last condition: "not attempted" is no news about a row that was judged before.
_NOTE = f"""
INSERT INTO contacts (source, key, state, outcome, sent_fingerprint, number, line, attempt, http_attempts,
    http_status, transient, code, field, message, issues, run, changed_ms)
VALUES (:source, :key, '{after(None, "noted")}', :outcome, :fingerprint, :number, :line, :judged,
    :http_attempts, :http_status, :transient, :code, :field, :message, :issues, :run, :now)
ON CONFLICT (source, key) DO UPDATE SET
    outcome = excluded.outcome, sent_fingerprint = excluded.sent_fingerprint, number = excluded.number,
    line = excluded.line, attempt = CASE WHEN :judged THEN {_NEXT_ATTEMPT} ELSE contacts.attempt END,
    http_attempts = excluded.http_attempts, http_status = excluded.http_status,
    transient = excluded.transient, code = excluded.code, field = excluded.field,
    message = excluded.message, issues = excluded.issues, candidates = NULL, run = :run, changed_ms = :now
WHERE contacts.state NOT IN ('in_flight', 'resending', 'in_doubt')
    AND (excluded.outcome <> 'not_attempted' OR contacts.outcome IN ('', 'not_attempted'))
"""

_MOVE = f"UPDATE contacts SET number = :number, line = :line {_WHERE_KEY}"

_RIGHT_AGAIN = f"""
UPDATE contacts SET number = :number, line = :line, attempt = 1, http_attempts = 0, http_status = 0,
    issues = NULL, sent_fingerprint = NULL, {_NO_FAULT}, outcome = 'unchanged', run = :run, changed_ms = :now
{_WHERE_KEY}
"""

_RETIRE = f"""
INSERT OR IGNORE INTO removed (contact_id, source, key, run, removed_ms)
SELECT contact_id, source, key, :run, :now FROM contacts {_WHERE_KEY} AND contact_id IS NOT NULL
"""

_RECOVER = f"""
UPDATE contacts SET state = {sql_after("died")}, changed_ms = :now,
    outcome = 'in_doubt', transient = 1, message = 'The process ended while this row was being sent.'
WHERE contacts.{UNFINISHED_CONDITION} AND {sql_legal("died")}
"""


class ContactOwnedError(Exception):
    """The contact_id belongs to another row, or to one that was deleted; nothing was changed.

    Attributes:
        contact_id: the id that nobody may own twice.
    """

    def __init__(self, contact_id: str) -> None:
        super().__init__(f"the contact {contact_id} already belongs to another row, or was deleted")
        self.contact_id = contact_id


def apply(connection: sqlite3.Connection, event: Event, values: Values) -> None:
    """Write one event down.

    Raises:
        IllegalTransitionError: the table does not allow it.
        ContactOwnedError: created or adopted with a contact_id that another row owns.
        sqlite3.Error: the database cannot be written.
    """
    try:
        cursor = connection.execute(_EVENTS[event], values)
    except sqlite3.IntegrityError as error:
        if "contact_id" not in str(error):
            raise
        raise ContactOwnedError(str(values.get("contact_id", ""))) from error
    if cursor.rowcount == 0:
        raise _why_not(connection, event, values)
    if event == "deleted":
        connection.execute(_RETIRE, values)


def note(connection: sqlite3.Connection, values: Values) -> None:
    """Write down an outcome without network; where it must not overwrite, only the row's new place.

    A row that is under way stays as it is: a second row with its key has nothing to say.
    """
    if connection.execute(_NOTE, values).rowcount:
        return
    if _state(connection, values) not in ("in_flight", "resending"):
        connection.execute(_MOVE, values)


def note_unchanged(connection: sqlite3.Connection, values: Values) -> None:
    """Write down that the row is as the book has it: mostly nothing, since unchanged rows should cost
    nothing.

    Raises:
        IllegalTransitionError: the book does not have it for certain.
    """
    row = connection.execute(
        f"SELECT state, number, line, outcome FROM contacts {_WHERE_KEY}",
        values,
    ).fetchone()
    if row is None or row[0] != "done":
        raise _illegal(connection, "unchanged", values)
    if row[3] not in RIGHT:
        connection.execute(_RIGHT_AGAIN, values)
    elif row[1:3] != (values["number"], values["line"]):
        connection.execute(_MOVE, values)


def rename(connection: sqlite3.Connection, values: Values) -> None:
    """Give the row of key `key` the key `new`; if that is known already, only forget the old one.

    Raises:
        IllegalTransitionError: the old key is, or may be, in the book.
    """
    state = _state(connection, values)
    if state is not None and state not in TRANSITIONS["renamed"]:
        raise IllegalTransitionError(state, "renamed")
    connection.execute(f"UPDATE OR IGNORE contacts SET key = :new {_WHERE_KEY}", values)
    if values["new"] != values["key"]:
        forget(connection, values)


def forget(connection: sqlite3.Connection, values: Values) -> None:
    """Forget a key that has nothing in the book; others stay."""
    connection.execute(f"DELETE FROM contacts {_WHERE_KEY} AND state = 'absent'", values)


def recover(connection: sqlite3.Connection, now: int) -> None:
    """Settle what a dead process has left: its rows under way become in doubt, its run "died".

    Only for the holder of the lock: then whatever is under way has nobody who cares for it.
    """
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(_RECOVER, {"now": now})
    connection.execute("UPDATE runs SET state = 'died' WHERE state = 'running'")
    connection.execute("COMMIT")


def _state(connection: sqlite3.Connection, values: Values) -> State | None:
    row = connection.execute(f"SELECT state FROM contacts {_WHERE_KEY}", values).fetchone()
    return None if row is None else row[0]


def _why_not(connection: sqlite3.Connection, event: Event, values: Values) -> Exception:
    state = _state(connection, values)
    if event in FIRST if state is None else state in TRANSITIONS[event]:
        contact_id = values.get("contact_id")
        if connection.execute("SELECT 1 FROM removed WHERE contact_id = ?", (contact_id,)).fetchone():
            return ContactOwnedError(str(contact_id))
    return _illegal(connection, event, values)


def _illegal(connection: sqlite3.Connection, event: Event, values: Values) -> IllegalTransitionError:
    number = values.get("number", 0)
    return IllegalTransitionError(_state(connection, values), event, number if isinstance(number, int) else 0)
