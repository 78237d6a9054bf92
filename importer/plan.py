"""What to do with each row: contacts plus what the ledger knows become steps. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from importer.model import Contact, Create, Issue, Reject, Skip, Step, Update

Mode = Literal["upsert", "create", "update"]


class MappedRows(Protocol):
    """A chunk of rows after the mapping, as `importer.mapping.MappedChunk` gives it."""

    @property
    def numbers(self) -> Sequence[int]:
        """Row numbers, 1 = first after the heading."""
        ...

    @property
    def lines(self) -> Sequence[int]:
        """Physical lines where the rows start."""
        ...

    @property
    def keys(self) -> Sequence[str]:
        """Who each row is; "" where the key is blank."""
        ...

    @property
    def issues(self) -> Mapping[int, tuple[Issue, ...]]:
        """Issues by position; only rows that have some."""
        ...

    @property
    def skipped(self) -> Mapping[int, str]:
        """Reason by position, for rows that the mapping leaves out."""
        ...

    @property
    def written(self) -> Collection[str]:
        """Fields that the mapping fills, and ids of custom fields; what is in no row of the file is left."""
        ...

    def rejected(self, position: int) -> bool:
        """Say whether the row at `position` has an error."""
        ...

    def contact(self, position: int) -> Contact:
        """Build the payload of the row at `position`."""
        ...

    def fingerprint(self, position: int) -> str:
        """Digest of the payload of the row at `position`."""
        ...


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger remembers of a key that the book already has.

    Attributes:
        contact_id: the contact that the key owns.
        fingerprint: what was last written; "" when that is not certain, so that it is written again.
        payload: what was last written, for telling which fields differ; None when not kept.
    """

    contact_id: str
    fingerprint: str
    payload: Mapping[str, object] | None = None


def plan_rows(
    rows: MappedRows,
    known: Mapping[str, Known],
    *,
    mode: Mode = "upsert",
    keys: Sequence[str] | None = None,
    extra_issues: Mapping[int, tuple[Issue, ...]] | None = None,
    passed_over: Mapping[int, str] | None = None,
) -> Iterator[Step]:
    """Yield one step per row of the chunk, in order.

    Args:
        rows: the mapped chunk.
        known: what the ledger remembers, by key.
        mode: "upsert" creates new keys and updates changed ones; "create" never updates, "update" never
            creates.
        keys: overrules `rows.keys` (numbered content keys, keys that a corrections file carries).
        extra_issues: issues found by looking at the whole file (duplicates), by row number.
        passed_over: reasons to skip rows that only the whole file can tell, by row number.
    """
    extra, over = extra_issues or {}, passed_over or {}
    row_keys = rows.keys if keys is None else keys
    for position, number in enumerate(rows.numbers):
        line, key = rows.lines[position], row_keys[position]
        issues = rows.issues.get(position, ()) + extra.get(number, ())
        reason = rows.skipped.get(position) or over.get(number)
        if reason is not None:
            yield Skip(number, line, key, reason)
        elif any(issue.severity == "error" for issue in issues):
            yield Reject(number, line, key, issues)
        else:
            yield _write_step(rows, position, number, line, key, issues, known.get(key), mode)


def _write_step(
    rows: MappedRows,
    position: int,
    number: int,
    line: int,
    key: str,
    warnings: tuple[Issue, ...],
    known: Known | None,
    mode: Mode,
) -> Step:
    fingerprint = rows.fingerprint(position)
    if known is None:
        if mode == "update":
            return Skip(number, line, key, "new, and --mode update creates nothing", warnings=warnings)
        return Create(number, line, key, fingerprint, rows.contact(position), warnings)
    if known.fingerprint == fingerprint:
        return Skip(number, line, key, "unchanged", known.contact_id, warnings)
    if mode == "create":
        reason = "changed, and --mode create updates nothing"
        return Skip(number, line, key, reason, known.contact_id, warnings)
    contact = rows.contact(position)
    changed = changed_fields(known.payload, contact.payload, rows.written)
    dropped = dropped_custom_fields(known.payload, contact.payload, rows.written)
    if known.payload is not None and known.fingerprint and not changed:
        # The mapping writes less than before, and all that it writes is there: the ledger learns it from an
        # update that changes nothing.
        changed = ("display_name",)
    return Update(number, line, key, fingerprint, contact, known.contact_id, changed, warnings, dropped)


def changed_fields(
    old: Mapping[str, object] | None, new: Mapping[str, object], written: Collection[str]
) -> tuple[str, ...]:
    """Name the fields that an update would change, all of the new ones when the old are not known.

    A field that the mapping does not fill any more is left as it is in the book.
    """
    if old is None:
        return tuple(new)
    names = dict.fromkeys((*new, *(name for name in old if name in written)))
    return tuple(name for name in names if old.get(name) != new.get(name))


def dropped_custom_fields(
    old: Mapping[str, object] | None, new: Mapping[str, object], written: Collection[str]
) -> tuple[str, ...]:
    """Return the ids of custom fields that the mapping fills, were written before and are empty now."""
    kept = set(_custom_field_ids(new))
    return tuple(name for name in _custom_field_ids(old or {}) if name in written and name not in kept)


def _custom_field_ids(payload: Mapping[str, object]) -> list[str]:
    entries = payload.get("custom_fields")
    found = entries if isinstance(entries, list | tuple) else ()
    return [str(one["custom_field_id"]) for one in found if isinstance(one, Mapping)]
