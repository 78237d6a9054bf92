"""What is to be done with each row of a chunk: its key, what the ledger knows of it, and the step.

The one way from a mapped chunk to steps: a run sends what it gives, a plan writes it down.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from importer.duplicates import Repeated
from importer.ledger import Entry, beside
from importer.model import Step
from importer.plan import MappedRows, Mode, plan_rows
from importer.run.identity import (
    Carried,
    DuplicatePolicy,
    carried_identity,
    duplicate_issues,
    row_keys,
)
from importer.run.mended import renamings
from importer.run.remembered import known


class RawChunk(Protocol):
    """A chunk as the source gives it."""

    @property
    def frame(self) -> pd.DataFrame:
        """The cells as text."""
        ...

    @property
    def surplus(self) -> Mapping[int, tuple[str, ...]]:
        """Cells beyond the heading, by position."""
        ...


class Entries(Protocol):
    """Who knows what became of keys before, as `importer.ledger.Reader` does."""

    def entries(self, keys: Iterable[str]) -> Mapping[str, Entry]:
        """Return what is known of these keys, unknown ones left out."""
        ...


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row and what is to be done with it.

    Attributes:
        step: what.
        number: of the row in the file that it first came from: a corrections file carries it along.
        noted_as: the key under which the ledger notes what was not sent; a row that shares its key with the
            row that is taken has one of its own.
        entry: what the ledger knows of `noted_as`, None for nothing.
    """

    step: Step
    number: int
    noted_as: str
    entry: Entry | None


def _none_shared(_keys: Collection[str]) -> Collection[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans the chunks of one file.

    Attributes:
        ledger: what happened before.
        repeated: keys that stand in several rows of the file.
        by_content: the mapping names no key.
        key_columns: headings of the key, for messages.
        mode: see `importer.plan`.
        duplicates: what becomes of rows that share a key.
        shared: which of some keys stand in several rows, those that the mapping leaves out included.
    """

    ledger: Entries
    repeated: Repeated
    by_content: bool
    key_columns: str
    mode: Mode
    duplicates: DuplicatePolicy
    shared: Callable[[Collection[str]], Collection[str]] = _none_shared

    def renamings(self, chunk: RawChunk, rows: MappedRows) -> list[tuple[str, str]]:
        """Say which rows the ledger has to know by another key before the chunk is planned: (before, now)."""
        carried = _carried(chunk, len(rows.numbers))
        if carried is None:
            return []
        named = zip(self._keys(rows, None), rows.keys, strict=True)
        own = [key if given else "" for key, given in named]
        apart = list(map(beside, carried.keys, carried.numbers))
        entries = self.ledger.entries({*carried.keys, *own, *apart} - {""})
        before = [one if one in entries else key for one, key in zip(apart, carried.keys, strict=True)]
        return list(renamings(before, own, entries, by_content=self.by_content))

    def plan(self, chunk: RawChunk, rows: MappedRows) -> list[PlannedRow]:
        """Plan one chunk, in row order."""
        carried = self._still_known(_carried(chunk, len(rows.numbers)))
        keys = self._keys(rows, carried)
        issues, passed_over = duplicate_issues(
            rows.numbers,
            by_content=self.by_content,
            repeated=self.repeated,
            policy=self.duplicates,
            columns=self.key_columns,
        )
        numbers = [
            (carried.numbers[position] if carried else 0) or number
            for position, number in enumerate(rows.numbers)
        ]
        unsent = passed_over.keys() | (set() if self.by_content else self._second(issues))
        noted_as = self._noted_as(rows, keys, numbers, unsent)
        entries = self.ledger.entries({*keys, *noted_as})
        steps = plan_rows(
            rows,
            {key: known(entry) for key, entry in entries.items() if entry.owned},
            mode=self.mode,
            keys=keys,
            extra_issues=issues,
            passed_over=passed_over,
        )
        return [
            PlannedRow(step, number, name, entries.get(name))
            for step, number, name in zip(steps, numbers, noted_as, strict=True)
        ]

    def _second(self, numbers: Iterable[int]) -> set[int]:
        """Of rows that are rejected for their key, those that do not stand for it."""
        return {number for number in numbers if self.repeated.rank(number)}

    def _noted_as(
        self, rows: MappedRows, keys: Sequence[str], numbers: Sequence[int], unsent: Collection[int]
    ) -> list[str]:
        """Say under which key each row is noted: under its own, unless that is another row's."""
        found = list(keys)
        shared = self.shared({keys[position] for position in rows.skipped}) if rows.skipped else ()
        for position, number in enumerate(rows.numbers):
            if number in unsent or (position in rows.skipped and keys[position] in shared):
                found[position] = beside(keys[position], numbers[position])
        return found

    def _keys(self, rows: MappedRows, carried: Carried | None) -> list[str]:
        return row_keys(
            rows.keys, rows.numbers, by_content=self.by_content, repeated=self.repeated, carried=carried
        )

    def _still_known(self, carried: Carried | None) -> Carried | None:
        """Leave out keys that the ledger does not know (any more): such a row goes by its own."""
        if carried is None:
            return None
        known_keys = self.ledger.entries(set(carried.keys) - {""})
        return Carried([key if key in known_keys else "" for key in carried.keys], carried.numbers)


def _carried(chunk: RawChunk, rows: int) -> Carried | None:
    columns = [name for name in chunk.frame.columns if name.startswith("zoom_import_")]
    return carried_identity({name: chunk.frame[name].tolist() for name in columns}, rows)
