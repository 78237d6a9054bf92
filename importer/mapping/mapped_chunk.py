"""A chunk after mapping: columns inside, payloads only for the rows that somebody asks for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from importer.mapping.canonical import canonical_payloads
from importer.mapping.fingerprint import cells_digest, text_digest
from importer.mapping.list_column import Item, ListColumn
from importer.model import Contact, Issue


@dataclass(frozen=True, slots=True)
class ContactColumns:
    """What the contacts of a chunk say, a column a field; "" and () where a contact has nothing.

    Attributes:
        texts: field -> one text a row, in payload order.
        lists: field -> its items, in payload order.
        variables: (variable id, one text a row), in mapping order.
        custom_fields: (custom field id, one text a row), in mapping order.
        written: fields that the mapping fills from this file, and ids of custom fields.
    """

    texts: Mapping[str, Sequence[str]]
    lists: Mapping[str, ListColumn]
    variables: Sequence[tuple[str, Sequence[str]]]
    custom_fields: Sequence[tuple[str, Sequence[str]]]
    written: frozenset[str]

    def digests(self, rows: int) -> npt.NDArray[np.uint64]:
        """A 64-bit digest a row; equal payloads have equal ones."""
        texts = [*self.texts.values(), *(values for _, values in (*self.variables, *self.custom_fields))]
        columns = [_hashed(values) for values in texts]
        # Items hold no control characters, so that lists that differ are texts that differ.
        columns += [_hashed(list(map(_on_one_line, column.rows))) for column in self.lists.values()]
        found = np.zeros(rows, dtype=np.uint64)
        for column in columns:
            found = found * _MULTIPLIER + column
            found ^= found >> np.uint64(29)
        return found

    def fingerprints(self, rows: int) -> list[str]:
        """The digest of every payload's canonical JSON, a column at a time."""
        lists = {field: column.rows for field, column in self.lists.items()}
        entries = {"variable": self.variables, "custom_field": self.custom_fields}
        return list(map(text_digest, canonical_payloads(self.texts, lists, entries, rows)))

    def payload(self, position: int) -> dict[str, object]:
        """One contact as the create call takes it: nothing empty in it."""
        payload: dict[str, object] = {
            field: values[position] for field, values in self.texts.items() if values[position]
        }
        for field, column in self.lists.items():
            if items := column.row(position):
                payload[field] = _phones(items) if field == "phones" else list(items)
        for name, columns in (("variable", self.variables), ("custom_field", self.custom_fields)):
            entries = [
                {f"{name}_id": id_, f"{name}_value": values[position]}
                for id_, values in columns
                if values[position]
            ]
            if entries:
                payload[f"{name}s"] = entries
        return payload


_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
"""Odd and without pattern (the golden ratio): an equal text in another column gives another digest."""


def _hashed(values: Sequence[str]) -> npt.NDArray[np.uint64]:
    texts = np.empty(len(values), dtype=object)
    texts[:] = values
    return pd.util.hash_array(texts, categorize=False)


def _on_one_line(items: tuple[Item, ...]) -> str:
    return "\n".join(item if isinstance(item, str) else "\t".join(item) for item in items)


def _phones(items: Sequence[Item]) -> list[dict[str, str]]:
    phones = []
    for item in items:
        number, kind = (item, "") if isinstance(item, str) else item
        phones.append({"phone_number": number, "phone_type": kind} if kind else {"phone_number": number})
    return phones


class MappedChunk:
    """Rows as contacts and issues.

    Attributes:
        numbers: number of each row, 1 = first after the heading.
        lines: physical line where each row starts.
        issues: position -> its issues, in the order of the columns; positions without are missing.
        skipped: position -> the rule of the mapping that leaves the row out.
    """

    def __init__(
        self,
        numbers: Sequence[int],
        lines: Sequence[int],
        issues: Mapping[int, tuple[Issue, ...]],
        skipped: Mapping[int, str],
        columns: ContactColumns,
        keys: Sequence[str] | None,
        raw: Callable[[int], Sequence[str]],
    ) -> None:
        self.numbers = numbers
        self.lines = lines
        self.issues = issues
        self.skipped = skipped
        self.columns = columns
        self._given_keys = keys
        self._raw = raw
        self._rejected = {
            position
            for position, found in issues.items()
            if any(issue.severity == "error" for issue in found)
        }

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def keyed(self) -> bool:
        """Whether the mapping names key columns; otherwise rows are known by their content."""
        return self._given_keys is not None

    @cached_property
    def keys(self) -> Sequence[str]:
        """Who each row is: the key columns, else "content:" + fingerprint ("cells:" + digest if rejected).

        "" where a key column is blank.
        """
        if self._given_keys is not None:
            return self._given_keys
        return [self._content_key(position) for position in range(len(self))]

    @property
    def written(self) -> frozenset[str]:
        """Fields that the mapping fills from this file, and ids of custom fields; others are left alone."""
        return self.columns.written

    def rejected(self, position: int) -> bool:
        """Whether a row has at least one error."""
        return position in self._rejected

    def contact(self, position: int) -> Contact:
        """The contact of a row; of a rejected row what is right of it."""
        return Contact(self.columns.payload(position))

    def fingerprint(self, position: int) -> str:
        """blake2b-128 in hex of the canonical JSON of the payload."""
        return self._all_fingerprints[position]

    def fingerprints(self) -> Sequence[str]:
        """Fingerprint of every row; "" for rows that are rejected or left out."""
        return [
            "" if position in self.skipped or position in self._rejected else found
            for position, found in enumerate(self._all_fingerprints)
        ]

    @cached_property
    def _all_fingerprints(self) -> Sequence[str]:
        return self.columns.fingerprints(len(self))

    def content_digests(self) -> npt.NDArray[np.uint64]:
        """A 64-bit digest a row; rows whose keys by content are equal have equal ones.

        The same in every process, and much cheaper than these keys: whole columns are digested.
        """
        found = self.columns.digests(len(self))
        for position in self._rejected | set(self.skipped):
            found[position] = int(cells_digest(self._raw(position))[:16], 16)
        return found

    def _content_key(self, position: int) -> str:
        if position in self._rejected or position in self.skipped:
            return f"cells:{cells_digest(self._raw(position))}"
        return f"content:{self.fingerprint(position)}"
