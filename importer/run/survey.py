"""The first pass: the whole file read, mapped and judged, nothing sent.

Each chunk is boiled down to a `ChunkSurvey`, which is small and can come from another process; `Survey` adds
them up in file order. Values are kept as digests only, to find duplicates over the whole file.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from importer.duplicates import Digests, DuplicateFinder, Numbers, Repeated, digests
from importer.mapping import MappedChunk
from importer.model import Contact, Issue

Pairs = tuple[Digests, Numbers]


@dataclass(frozen=True, slots=True)
class RowIssues:
    """The issues of one row."""

    number: int
    line: int
    key: str
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class ChunkSurvey:
    """What the first pass keeps of a chunk.

    Attributes:
        rows: how many rows it has.
        skipped: rows that the mapping leaves out.
        rejected: rows with an error.
        issues: rows that have issues, in row order.
        keys, phones, emails: digests and row numbers for finding duplicates; rows left out do not count.
        row_keys: key of every row, only when asked for.
        fingerprints: digest of every good row's payload, "" for the others, only when asked for.
    """

    rows: int
    skipped: int
    rejected: int
    issues: tuple[RowIssues, ...]
    keys: Pairs
    phones: Pairs
    emails: Pairs
    row_keys: tuple[str, ...] = ()
    fingerprints: tuple[str, ...] = ()


def survey_chunk(mapped: MappedChunk, *, with_fingerprints: bool = False) -> ChunkSurvey:
    """Boil a mapped chunk down to what the whole file needs to know of it."""
    numbers, keys, skipped = mapped.numbers, mapped.keys, mapped.skipped
    counted = [position for position in range(len(mapped)) if position not in skipped]
    rejected = sum(mapped.rejected(position) for position in mapped.issues if position not in skipped)
    issues = tuple(
        RowIssues(numbers[position], mapped.lines[position], keys[position], found)
        for position, found in sorted(mapped.issues.items())
        if position not in skipped
    )
    fingerprints: tuple[str, ...] = ()
    if with_fingerprints:
        fingerprints = tuple(
            "" if position in skipped or mapped.rejected(position) else mapped.fingerprint(position)
            for position in range(len(mapped))
        )
    return ChunkSurvey(
        rows=len(mapped),
        skipped=len(skipped),
        rejected=rejected,
        issues=issues,
        keys=_pairs((keys[position], numbers[position]) for position in counted if keys[position]),
        phones=_pairs(_listed(mapped, ("phone_numbers", "phones"), counted)),
        emails=_pairs(_listed(mapped, ("emails",), counted)),
        row_keys=tuple(keys) if with_fingerprints else (),
        fingerprints=fingerprints,
    )


def _listed(
    mapped: MappedChunk, fields: Sequence[str], positions: Sequence[int]
) -> Iterator[tuple[str, int]]:
    for name in fields:
        rows = mapped.columns.lists.get(name)
        if rows is None:
            continue
        for position in positions:
            for item in rows[position]:
                yield (item if isinstance(item, str) else item[0]), mapped.numbers[position]


def _pairs(items: Iterable[tuple[str, int]]) -> Pairs:
    listed = list(items)
    if not listed:
        return np.empty(0, np.uint64), np.empty(0, np.int64)
    values, numbers = zip(*listed, strict=True)
    return digests(values), np.array(numbers, dtype=np.int64)


@dataclass(slots=True)
class IssueGroup:
    """All issues of one code in one column."""

    code: str
    column: str
    severity: str
    count: int
    example: RowIssues
    issue: Issue


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Rows of the file that share something; `keys` decide, the others are for the person to look at."""

    keys: Repeated
    phones: Repeated
    emails: Repeated


@dataclass(slots=True)
class Survey:
    """The whole file, added up.

    Attributes:
        rows, skipped, rejected: counts; rows with a duplicate key are not in `rejected`.
        groups: issues by (code, column, severity), in the order in which they first appeared.
        previews: the first contacts as they would be sent.
    """

    rows: int = 0
    skipped: int = 0
    rejected: int = 0
    groups: dict[tuple[str, str, str], IssueGroup] = field(default_factory=dict)
    previews: list[Contact] = field(default_factory=list)
    _rejected_numbers: list[int] = field(default_factory=list)
    _keys: DuplicateFinder = field(default_factory=DuplicateFinder)
    _phones: DuplicateFinder = field(default_factory=DuplicateFinder)
    _emails: DuplicateFinder = field(default_factory=DuplicateFinder)

    def add(self, chunk: ChunkSurvey) -> None:
        """Add the next chunk of the file."""
        self.rows += chunk.rows
        self.skipped += chunk.skipped
        self.rejected += chunk.rejected
        for row in chunk.issues:
            for issue in row.issues:
                self.count(row, issue)
            if any(issue.severity == "error" for issue in row.issues):
                self._rejected_numbers.append(row.number)
        for finder, pairs in (
            (self._keys, chunk.keys),
            (self._phones, chunk.phones),
            (self._emails, chunk.emails),
        ):
            finder.add(*pairs)

    def count(self, row: RowIssues, issue: Issue) -> None:
        """Count one issue of one row."""
        place = (issue.code, issue.column, issue.severity)
        group = self.groups.get(place)
        if group is None:
            self.groups[place] = IssueGroup(*place, 1, row, issue)
        else:
            group.count += 1

    def duplicates(self) -> Duplicates:
        """Find who shares what, after the last chunk."""
        return Duplicates(self._keys.repeated(), self._phones.repeated(), self._emails.repeated())

    def sharing_a_key(self, repeated: Repeated) -> int:
        """Count the rows that nothing is wrong with but a key that other rows have, too."""
        return len(np.setdiff1d(repeated.numbers, np.array(self._rejected_numbers, dtype=np.int64)))

    def close(self) -> None:
        """Give temporary files back."""
        for finder in (self._keys, self._phones, self._emails):
            finder.close()

    @property
    def sendable(self) -> int:
        """Rows that would become contacts, as far as one row at a time can tell."""
        return self.rows - self.skipped - self.rejected

    @property
    def totals(self) -> Mapping[str, int]:
        """Issues by severity."""
        counts: Counter[str] = Counter()
        for group in self.groups.values():
            counts[group.severity] += group.count
        return counts


def survey_file(
    chunks: Iterable[MappedChunk],
    *,
    preview: int = 0,
    on_chunk: Callable[[ChunkSurvey], None] = lambda _: None,
    with_fingerprints: bool = False,
) -> Survey:
    """Survey all chunks of a file; `on_chunk` sees each one (to write issues down, to ask the ledger)."""
    survey = Survey()
    for mapped in chunks:
        chunk = survey_chunk(mapped, with_fingerprints=with_fingerprints)
        survey.add(chunk)
        _preview(survey, mapped, preview)
        on_chunk(chunk)
    return survey


def _preview(survey: Survey, mapped: MappedChunk, most: int) -> None:
    position = 0
    while len(survey.previews) < most and position < len(mapped):
        if position not in mapped.skipped and not mapped.rejected(position):
            survey.previews.append(mapped.contact(position))
        position += 1
