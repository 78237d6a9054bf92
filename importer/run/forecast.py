"""What a run would do, counted before its first change: every row's fingerprint against the ledger's."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from importer.duplicates import Repeated
from importer.plan import Mode
from importer.run.identity import DuplicatePolicy, duplicate_issues, row_keys
from importer.run.row_spool import SpooledRows


class KnownRows(Protocol):
    """What the ledger can say about keys, as `importer.ledger.Reader` does."""

    def differing(self, keys: Sequence[str], fingerprints: Sequence[str]) -> Sequence[int]:
        """Return the positions of the rows that the book does not have for certain just as they are."""
        ...

    def fingerprints(self, keys: Iterable[str]) -> Mapping[str, str]:
        """Return what the book has under these keys; unknown keys are left out."""
        ...


class PresentKeys(Protocol):
    """Who collects the keys of a file, as `importer.ledger.Leavers` does."""

    def add(self, keys: Iterable[str]) -> None:
        """Note keys that the file has, once for each row that has it."""
        ...


@dataclass(frozen=True, slots=True)
class Forecast:
    """Rows by what would be done with them.

    Attributes:
        create, update, unchanged: rows that are good.
        other: rejected, left out by the mapping or by --mode, passed over for another row of the same key.
        keyless: rows whose key cannot be read, so that nobody knows whose row they are.
    """

    create: int = 0
    update: int = 0
    unchanged: int = 0
    other: int = 0
    keyless: int = 0


def forecast(
    rows: Iterable[SpooledRows],
    known: KnownRows,
    present: PresentKeys | None,
    *,
    by_content: bool,
    repeated: Repeated,
    policy: DuplicatePolicy,
    mode: Mode,
) -> Forecast:
    """Count what would be done, and tell `present` every key of the file, those of bad rows included."""
    counts = dict.fromkeys(("create", "update", "unchanged", "other", "keyless"), 0)
    # Both are SQLite's work mostly, on connections of their own.
    with ThreadPoolExecutor(1) as aside:
        for chunk in rows:
            keys = row_keys(chunk.keys, chunk.numbers, by_content=by_content, repeated=repeated, carried=None)
            noted = aside.submit(present.add, _named(keys, chunk.keys)) if present is not None else None
            counts["keyless"] += chunk.keys.count("")
            for name, count in _steps(chunk, keys, known, by_content, repeated, policy, mode).items():
                counts[name] += count
            if noted is not None:
                noted.result()
    return Forecast(**counts)


def _steps(
    chunk: SpooledRows,
    keys: Sequence[str],
    known: KnownRows,
    by_content: bool,
    repeated: Repeated,
    policy: DuplicatePolicy,
    mode: Mode,
) -> Mapping[str, int]:
    issues, passed_over = duplicate_issues(
        chunk.numbers, by_content=by_content, repeated=repeated, policy=policy, columns=""
    )
    out = passed_over.keys() | (set() if by_content else issues.keys())
    others = {number - chunk.numbers[0] for number in out}
    # By night nearly all rows are unchanged, and only the rest is worth a second look.
    rest = others.union(known.differing(keys, chunk.fingerprints))
    found = known.fingerprints(keys[position] for position in rest)
    counts = {"create": 0, "update": 0, "unchanged": 0, "other": 0}
    for position in rest:
        wanted = "" if position in others else chunk.fingerprints[position]
        counts[_step(found.get(keys[position]), wanted, mode) if wanted else "other"] += 1
    counts["unchanged"] = len(keys) - sum(counts.values())
    return counts


def _step(known: str | None, fingerprint: str, mode: Mode) -> str:
    if known is None:
        return "other" if mode == "update" else "create"
    if known == fingerprint:
        return "unchanged"
    return "other" if mode == "create" else "update"


def _named(keys: Sequence[str], own: Sequence[str]) -> Iterator[str]:
    """Yield what the rows are called and, where that is something else, what their cells say."""
    for key, said in zip(keys, own, strict=True):
        yield key
        if said and said != key:
            yield said
