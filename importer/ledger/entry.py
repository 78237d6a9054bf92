"""What goes into the ledger and what comes out of it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple, TypeAlias

from importer.ledger.states import OWNED, State
from importer.model import Failed, Issue, NotAttempted, Outcome, Payload, Rejected, Skipped, Unchanged

OutcomeName: TypeAlias = Literal[
    "",
    "created",
    "updated",
    "unchanged",
    "skipped",
    "rejected",
    "failed",
    "in_doubt",
    "not_attempted",
    "adopted",
    "deleted",
]


RIGHT: Final[tuple[OutcomeName, ...]] = ("created", "updated", "unchanged", "adopted")
"""Outcomes after which the ledger needs no news of a row that is as the book has it."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What is about to be sent for a row.

    Attributes:
        kind: the call. A create needs a key that owns no contact, the others one that does.
        key: who the row is; never "".
        number: of the row in its file; 0 keeps the one that the ledger has (a delete has no row).
        line: where the row starts in its file.
        fingerprint: of `payload`; "" for a delete.
        payload: as it is sent; empty for a delete.
        issues: the row's warnings, kept for the report over all runs.
    """

    kind: Literal["create", "update", "delete"]
    key: str
    number: int = 0
    line: int = 0
    fingerprint: str = ""
    payload: Payload | None = None
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class Deleted:
    """A settlement: the book no longer has the contact, by our hand or somebody else's (404)."""

    http_status: int = 204
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class NotStored:
    """A settlement: the look-up has shown that the create in doubt never arrived."""


Settlement: TypeAlias = Outcome | Deleted | NotStored

Note: TypeAlias = Unchanged | Skipped | Rejected | Failed | NotAttempted
"""Outcomes that need no `begin`, because nothing was sent."""


@dataclass(frozen=True, slots=True)
class Noted:
    """The outcome of a row for which nothing was sent.

    Attributes:
        fingerprint: of the payload that was refused, so that a later run sees whether the row has changed.
    """

    key: str
    number: int
    line: int
    outcome: Note
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Adoption:
    """A contact that was in the book before us and is this key's from now on.

    Attributes:
        fingerprint: of what the mapping would write, when the book has exactly that; "" makes the next run
            update it.
        payload: what the book has, in the shape of the create call.
    """

    key: str
    contact_id: str
    fingerprint: str = ""
    payload: Payload | None = None
    number: int = 0
    line: int = 0


class Entry(NamedTuple):
    """What the ledger knows of one key.

    A named tuple and not a dataclass, since ten thousand of them are made for every chunk of rows.

    Attributes:
        source: whose key it is; two exports that share a book have separate keys.
        state: whether the book has it, see `importer.ledger.states`.
        outcome: what the last run that judged the row said; "" while the first call is under way.
        contact_id: "" when the book does not have it; of a deleted contact the former id.
        fingerprint: of what the book has; only certain in state "done", see `certain_fingerprint`.
        sent_fingerprint: of what was tried last without being (certainly) in the book: refused or in doubt.
        attempt: how many runs have judged the row since it was last right; a mended row comes to 2.
        http_attempts: HTTP attempts that the last outcome took.
        transient: 1 when a later run may overcome the failure, else 0.
        created_run: the run whose call created the contact; "" for adopted ones. Undo goes by it.
        run: the run that wrote last.
        changed_ms: when that was, milliseconds since 1970 UTC.
    """

    source: str
    key: str
    state: State
    outcome: OutcomeName
    contact_id: str
    fingerprint: str
    payload_json: str | None
    sent_fingerprint: str
    sent_payload_json: str | None
    number: int
    line: int
    attempt: int
    http_attempts: int
    http_status: int
    transient: int
    code: str
    field: str
    message: str
    issues_json: str | None
    candidates_json: str | None
    created_run: str
    run: str
    changed_ms: int

    @property
    def owned(self) -> bool:
        """Whether the key has a contact in the book."""
        return self.state in OWNED

    @property
    def certain_fingerprint(self) -> str:
        """Fingerprint of what the book has, "" when an update or delete may or may not have arrived."""
        return self.fingerprint if self.state == "done" else ""

    @property
    def payload(self) -> Payload | None:
        """What the book has, as far as we know."""
        return _loaded(self.payload_json)

    @property
    def sent_payload(self) -> Payload | None:
        """What is on its way or in doubt: enough to settle the row without its file."""
        return _loaded(self.sent_payload_json)

    @property
    def issues(self) -> tuple[Issue, ...]:
        """The issues of the last outcome."""
        return tuple(Issue(**issue) for issue in json.loads(self.issues_json or "[]"))

    @property
    def candidates(self) -> tuple[str, ...]:
        """Contacts that may be the one in doubt."""
        return tuple(json.loads(self.candidates_json or "[]"))

    @property
    def changed_at(self) -> datetime:
        """When the entry was last written, UTC."""
        return datetime.fromtimestamp(self.changed_ms / 1000, UTC)


def as_json(payload: Payload | None) -> str | None:
    """Write a payload down."""
    return None if payload is None else json.dumps(dict(payload), ensure_ascii=False, separators=(",", ":"))


def issues_as_json(issues: tuple[Issue, ...]) -> str | None:
    """Write issues down, without the fields that are empty anyway; None for none."""
    if not issues:
        return None
    needed = {field.name for field in fields(Issue)[:4]}
    kept = [
        {name: value for name, value in asdict(issue).items() if value or name in needed} for issue in issues
    ]
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def _loaded(text: str | None) -> Mapping[str, object] | None:
    if text is None:
        return None
    loaded: Mapping[str, object] = json.loads(text)
    return loaded
