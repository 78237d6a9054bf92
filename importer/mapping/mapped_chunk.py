"""A chunk after mapping: columns inside, payloads only for the rows that somebody asks for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from importer.mapping.fingerprint import cells_digest, fingerprint
from importer.mapping.reach import Item
from importer.model import Contact, Issue


@dataclass(frozen=True, slots=True)
class ContactColumns:
    """What the contacts of a chunk say, a column a field; "" and () where a contact has nothing.

    Attributes:
        texts: field -> one text a row, in payload order.
        lists: field -> one tuple a row, in payload order.
        variables: (variable id, one text a row), in mapping order.
        custom_fields: (custom field id, one text a row), in mapping order.
    """

    texts: Mapping[str, Sequence[str]]
    lists: Mapping[str, Sequence[tuple[Item, ...]]]
    variables: Sequence[tuple[str, Sequence[str]]]
    custom_fields: Sequence[tuple[str, Sequence[str]]]

    def payload(self, position: int) -> dict[str, object]:
        """One contact as the create call takes it: nothing empty in it."""
        payload: dict[str, object] = {
            field: values[position] for field, values in self.texts.items() if values[position]
        }
        for field, rows in self.lists.items():
            if rows[position]:
                payload[field] = _phones(rows[position]) if field == "phones" else list(rows[position])
        for name, columns in (("variable", self.variables), ("custom_field", self.custom_fields)):
            entries = [
                {f"{name}_id": id_, f"{name}_value": values[position]}
                for id_, values in columns
                if values[position]
            ]
            if entries:
                payload[f"{name}s"] = entries
        return payload


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

    @cached_property
    def keys(self) -> Sequence[str]:
        """Who each row is: the key columns, else "content:" + fingerprint ("cells:" + digest if rejected).

        "" where a key column is blank.
        """
        if self._given_keys is not None:
            return self._given_keys
        return [self._content_key(position) for position in range(len(self))]

    def rejected(self, position: int) -> bool:
        """Whether a row has at least one error."""
        return position in self._rejected

    def contact(self, position: int) -> Contact:
        """The contact of a row; of a rejected row what is right of it."""
        return Contact(self.columns.payload(position))

    def fingerprint(self, position: int) -> str:
        """blake2b-128 in hex of the canonical JSON of the payload."""
        return fingerprint(self.columns.payload(position))

    def _content_key(self, position: int) -> str:
        if position in self._rejected or position in self.skipped:
            return f"cells:{cells_digest(self._raw(position))}"
        return f"content:{self.fingerprint(position)}"
