"""The values that the parts hand to each other: frozen, plain, without behaviour of their own.

A row of a spreadsheet becomes a contact, a contact becomes a step, a step becomes an outcome.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]

Payload: TypeAlias = Mapping[str, object]
"""A contact as the create call takes it: field name to string, list of strings or list of objects."""


@dataclass(frozen=True, slots=True)
class Issue:
    """Something wrong with one row.

    Attributes:
        code: stable name, one of `importer.issue_codes.ISSUE_CODES`.
        field: the contact field it is about ("phone_numbers"), "" when it is about the whole row.
        column: the heading of the column the value came from, "" when none.
        message: what is wrong and what would be right, without the "row 17, column X" in front.
        severity: an error rejects the row, a warning does not.
        value: the text of the cell as it stands in the file.
        suggestion: the right text, only where it is certain.
        cell: the address in a workbook ("C1234"), "" for text files.
    """

    code: str
    field: str
    column: str
    message: str
    severity: Severity = "error"
    value: str = ""
    suggestion: str = ""
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact in the shape of the API, every limit already checked."""

    payload: Payload


# --- steps: what to do with a row --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Create:
    """Post a new contact."""

    number: int
    line: int
    key: str
    fingerprint: str
    contact: Contact
    warnings: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class Update:
    """Patch the contact that this row's key already owns.

    Attributes:
        changed: the fields that differ.
        dropped: ids of custom fields that the contact has from us and the row does not fill any more.
    """

    number: int
    line: int
    key: str
    fingerprint: str
    contact: Contact
    contact_id: str
    changed: tuple[str, ...]
    warnings: tuple[Issue, ...] = ()
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skip:
    """Nothing to send: the book already has it (`contact_id`), or the mapping leaves the row out."""

    number: int
    line: int
    key: str
    reason: str
    contact_id: str = ""
    warnings: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class Reject:
    """The row cannot become a contact; `issues` holds at least one error."""

    number: int
    line: int
    key: str
    issues: tuple[Issue, ...]


Step: TypeAlias = Create | Update | Skip | Reject


# --- one HTTP exchange ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that arrived whole. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """No answer.

    Attributes:
        kind: "connect", "connect_timeout", "pool_timeout", "read_timeout", "write_timeout", "disconnected",
            "protocol" or "token" (no access token could be had).
        sent: "no" when the server certainly never saw the request, "maybe" otherwise.
        detail: one sentence for the person, without contact data.
    """

    kind: str
    sent: Literal["no", "maybe"]
    detail: str


# --- what the policy says about it ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Accept:
    """Done. `contact_id` is "" for calls that answer without one."""

    contact_id: str = ""


@dataclass(frozen=True, slots=True)
class Refuse:
    """The server will not take this row. `transient` is true when a later run may succeed."""

    code: str
    field: str
    message: str
    transient: bool = False


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """Certainly not stored: try the same request again.

    Attributes:
        reason: one short clause for the person ("rate limit", "no connection").
        wait_s: seconds the server asked for, None when the backoff decides.
        shared: True when every worker has to pause (a rate limit), False when only this row waits.
        daily: True for the daily limit, whose wait only the user can allow.
    """

    reason: str
    wait_s: float | None = None
    shared: bool = False
    daily: bool = False


@dataclass(frozen=True, slots=True)
class SettleFirst:
    """May have been stored: look it up before anything is sent again."""

    reason: str


@dataclass(frozen=True, slots=True)
class StopRun:
    """No row can succeed: stop the whole run. `message` says what to mend."""

    message: str


Verdict: TypeAlias = Accept | Refuse | RetryAfter | SettleFirst | StopRun


# --- what became of a row ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Created:
    """The book has it, made by this run. `adopted` is true when it was found after a lost answer."""

    contact_id: str
    http_status: int
    attempts: int
    adopted: bool = False


@dataclass(frozen=True, slots=True)
class Updated:
    """The contact was patched."""

    contact_id: str
    http_status: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The book already has exactly this; no call was made."""

    contact_id: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """The mapping leaves this row out on purpose; `reason` quotes its rule."""

    reason: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """Never sent: `issues` says which cells are wrong."""

    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """Sent and refused, or given up. `http_status` is 0 when no answer came."""

    code: str
    field: str
    message: str
    http_status: int
    attempts: int
    transient: bool


@dataclass(frozen=True, slots=True)
class InDoubt:
    """Sent, answer lost, and not yet decided whether the book has it; never sent again blindly."""

    message: str
    http_status: int
    attempts: int
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotAttempted:
    """The run stopped before this row was sent."""

    message: str


Outcome: TypeAlias = Created | Updated | Unchanged | Skipped | Rejected | Failed | InDoubt | NotAttempted
