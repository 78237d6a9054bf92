"""Rows -> contacts: a mapping bound to the headings of one file, run chunk by chunk.

Everything is looked up once, when the mapper is made. Each chunk is then worked on a column at a time, and
by the distinct values of a column, because most columns of a big file repeat their values.
"""

from collections.abc import Callable, Mapping, Sequence

from importer.errors import MappingError
from importer.mapping.cells import Batch, ChunkLike, ValueFunction
from importer.mapping.compile_lists import compile_lists
from importer.mapping.compile_texts import (
    CompiledText,
    compile_custom_fields,
    compile_texts,
    compile_variables,
)
from importer.mapping.conditions import Test, compile_condition, reason
from importer.mapping.custom_field import CustomField, resolve
from importer.mapping.findings import IssueBook
from importer.mapping.headings import Headings
from importer.mapping.keys import compile_key
from importer.mapping.language import ColumnMapping
from importer.mapping.leftovers import LEFTOVER, with_leftovers
from importer.mapping.load import own_transforms
from importer.mapping.mapped_chunk import ContactColumns, MappedChunk
from importer.mapping.readers import Surroundings, casefolded
from importer.mapping.value_functions import shipped_transforms
from importer.transforms.registry import guarded


class Mapper:
    """A mapping bound to a file's headings.

    Args:
        mapping: the column mapping.
        headings: the file's headings, unique.
        custom_fields: the account's custom fields; None when the account is not asked, then values of
            custom fields are only checked for their length.
        address_book_id: the book whose custom fields may be written; None: not checked.
        own_transforms: the person's own functions by their names in the mapping (`load.own_transforms`).

    Attributes:
        reads: the headings of the columns that it looks at; None when it may look at all.
        written: fields that the mapping fills from this file, and ids of custom fields.
        notes: sentences for the person about what cannot be checked.

    Raises:
        MappingError: columns that the file lacks, custom fields that the account lacks, transforms that
            were not loaded; all of a kind at once.
    """

    def __init__(
        self,
        mapping: ColumnMapping,
        headings: Sequence[str],
        *,
        custom_fields: Sequence[CustomField] | None = None,
        address_book_id: str | None = None,
        own_transforms: Mapping[str, Callable[[str], object]] | None = None,
    ) -> None:
        self.mapping = mapping
        self.headings = tuple(headings)
        resolved, complaints = resolve(mapping, custom_fields, address_book_id)
        if complaints:
            raise MappingError("\n".join(complaints))
        found = Headings(self.headings, mapping.place)
        around = Surroundings(
            found, casefolded(mapping.placeholders), _transforms(mapping, own_transforms or {})
        )
        self._key = compile_key(mapping, around)
        self._skips = _skips(mapping, around)
        self._texts = compile_texts(mapping, around)
        self._lists = compile_lists(mapping, around)
        self._variables = compile_variables(mapping, around)
        self._custom_fields = compile_custom_fields(mapping, around, resolved)
        found.raise_missing()
        # Without a key, bad rows are known by all their cells.
        self.reads = None if self._key is None else frozenset({*found.used, LEFTOVER})
        self.written = self._fields()
        self.notes = _notes(mapping, custom_fields) + found.near_misses()

    def apply(self, chunk: ChunkLike) -> MappedChunk:
        """Map some rows; what is wrong with the data becomes issues, never an exception."""
        batch = Batch(chunk.frame)
        book = IssueBook(self.headings, batch, chunk.lines, chunk.cell_names)
        keys, of_source = None, with_leftovers(chunk.frame, chunk.issues)
        if self._key is not None:
            keys, findings = self._key.read(batch)
            of_source = self._key.blamed(of_source, keys)
            book.add_all(findings, "")
        columns = self._columns(batch, book)
        book.check_contacts(columns)
        skipped = self._skipped(batch)
        return MappedChunk(
            chunk.numbers,
            chunk.lines,
            book.issues(of_source, skipped),
            skipped,
            columns,
            keys,
            self._raw(batch),
        )

    def keys(self, chunk: ChunkLike) -> Sequence[str]:
        """Who each row is by the key columns, without mapping the rest; only with a key."""
        assert self._key is not None  # noqa: S101 - rows without a key are known by what they say
        return self._key.read(Batch(chunk.frame))[0]

    def _columns(self, batch: Batch, book: IssueBook) -> ContactColumns:
        lists = {}
        for field in self._lists:
            lists[field.field], findings = field.read(batch)
            book.add_reach(findings, field.field)
        return ContactColumns(
            {field.field: _read(field, batch, book) for field in self._texts},
            lists,
            [(id_, _read(field, batch, book)) for id_, field in self._variables],
            [(id_, _read(field, batch, book)) for id_, field in self._custom_fields],
            self.written,
        )

    def _fields(self) -> frozenset[str]:
        """Fields that the mapping fills from this file, and the ids of its custom fields."""
        custom = [id_ for id_, field in self._custom_fields if field.fed]
        return frozenset(
            [
                *(
                    field.field
                    for field in (*self._texts, *(text for _, text in self._variables))
                    if field.fed
                ),
                *(field.field for field in self._lists),
                *custom,
                *(["custom_fields"] if custom else []),
            ]
        )

    def _skipped(self, batch: Batch) -> dict[int, str]:
        skipped: dict[int, str] = {}
        for test, words in self._skips:
            for position, holds in enumerate(test(batch)):
                if holds:
                    skipped.setdefault(position, words)
        return skipped

    def _raw(self, batch: Batch) -> Callable[[int], Sequence[str]]:
        return lambda position: [batch.raw(heading)[position] for heading in self.headings]


def _read(field: CompiledText, batch: Batch, book: IssueBook) -> list[str]:
    column = field.read(batch)
    book.add_all(column.findings, field.field)
    return column.values


def _skips(mapping: ColumnMapping, around: Surroundings) -> list[tuple[Test, str]]:
    return [
        (
            compile_condition(condition, ("skip_rows", index), around.headings, around.placeholders),
            f"the mapping skips rows where {reason(condition)}",
        )
        for index, condition in enumerate(mapping.skip_rows)
    ]


def _transforms(
    mapping: ColumnMapping, own: Mapping[str, Callable[[str], object]]
) -> dict[str, ValueFunction]:
    wanted = own_transforms(mapping)
    lacking = [name for name in wanted if name not in own]
    if lacking:
        raise MappingError(f"{mapping.file}: the transform {', '.join(lacking)} was not loaded.")
    return {**shipped_transforms(), **{name: guarded(name, own[name]) for name in wanted}}


def _notes(mapping: ColumnMapping, custom_fields: Sequence[CustomField] | None) -> tuple[str, ...]:
    entries = mapping.contact.custom_fields
    if custom_fields is not None or not entries:
        return ()
    names = ", ".join(f'"{entry.name or entry.id}"' for entry in entries)
    return (f"Custom fields ({names}) are checked for length only, because the account was not asked.",)
