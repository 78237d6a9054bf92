"""The first pass: the whole file read, mapped and judged, nothing sent.

Each chunk is boiled down to a `ChunkSurvey`, which is small and can come from another process; `Survey` adds
them up in file order. Values are kept as digests only, to find duplicates over the whole file.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from importer.duplicates import Digests, DuplicateFinder, Numbers, Repeated, digests
from importer.mapping import MappedChunk
from importer.model import Contact, Issue
from importer.run.issue_line import issue_text

Pairs = tuple[Digests, Numbers]

_NUMBERS = ("phone_numbers", "phones")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the first pass has to bring besides counts and rows that share a key.

    Attributes:
        previews: how many of the first contacts.
        issues: every issue as a line of text.
        fingerprints: key and fingerprint of every row.
        shared: who shares a phone number or an email address.
    """

    previews: int = 0
    issues: bool = False
    fingerprints: bool = False
    shared: bool = True


@dataclass(frozen=True, slots=True)
class IssueGroup:
    """All issues of one code in one column.

    Attributes:
        number, line, issue: the first of them, and the row that has it.
    """

    code: str
    column: str
    severity: str
    count: int
    number: int
    line: int
    issue: Issue


@dataclass(frozen=True, slots=True)
class ChunkSurvey:
    """What the first pass keeps of a chunk.

    Attributes:
        rows: how many rows it has.
        skipped: rows that the mapping leaves out.
        rejected: numbers of the rows with an error.
        groups: issues by code, column and severity, in the order in which they first appear.
        keys, phones, emails: digests and row numbers for finding duplicates; rows left out do not count.
        ends_short: whether the last row has fewer cells than the heading.
        lines: line of every row, only with issues or fingerprints.
        issue_text: a line of text per issue (`issue_line.issue_text`), only with issues.
        row_keys: key of every row, only with fingerprints.
        fingerprints: digest of every good row's payload, "" for the others, only with fingerprints.
        remarked: positions of the rows that have an issue, warnings included.
        previews: the first contacts as they would be sent.
        cells: digest of the cells of every row, only where rows are remembered by them.
    """

    rows: int
    skipped: int
    rejected: Numbers
    groups: tuple[IssueGroup, ...]
    keys: Pairs
    phones: Pairs
    emails: Pairs
    ends_short: bool = False
    lines: Numbers | None = None
    issue_text: str = ""
    row_keys: tuple[str, ...] = ()
    fingerprints: tuple[str, ...] = ()
    remarked: tuple[int, ...] = ()
    previews: tuple[Contact, ...] = ()
    cells: Digests | None = None


def survey_chunk(mapped: MappedChunk, wanted: Wanted = Wanted()) -> ChunkSurvey:
    """Boil a mapped chunk down to what the whole file needs to know of it."""
    numbers = np.asarray(mapped.numbers, dtype=np.int64)
    counted = np.ones(len(mapped), dtype=np.bool_)
    counted[list(mapped.skipped)] = False
    rejected = [position for position in sorted(mapped.issues) if mapped.rejected(position)]
    last = mapped.issues.get(len(mapped) - 1, ())
    return ChunkSurvey(
        rows=len(mapped),
        skipped=len(mapped.skipped),
        rejected=numbers[rejected],
        groups=_groups(mapped),
        keys=_keys(mapped, numbers, counted),
        phones=_listed(mapped, _NUMBERS if wanted.shared else (), numbers, counted),
        emails=_listed(mapped, ("emails",) if wanted.shared else (), numbers, counted),
        ends_short=any(issue.code == "row_too_short" for issue in last),
        lines=np.asarray(mapped.lines, dtype=np.int64) if wanted.issues or wanted.fingerprints else None,
        issue_text=issue_text(mapped) if wanted.issues else "",
        row_keys=tuple(mapped.keys) if wanted.fingerprints else (),
        fingerprints=tuple(mapped.fingerprints()) if wanted.fingerprints else (),
        remarked=tuple(mapped.issues),
        previews=_previews(mapped, wanted.previews),
    )


def _groups(mapped: MappedChunk) -> tuple[IssueGroup, ...]:
    groups: dict[tuple[str, str, str], IssueGroup] = {}
    counts: Counter[tuple[str, str, str]] = Counter()
    for position, issues in mapped.issues.items():
        for issue in issues:
            place = (issue.code, issue.column, issue.severity)
            counts[place] += 1
            if place not in groups:
                groups[place] = IssueGroup(*place, 0, mapped.numbers[position], mapped.lines[position], issue)
    return tuple(replace(group, count=counts[place]) for place, group in groups.items())


def _keys(mapped: MappedChunk, numbers: Numbers, counted: npt.NDArray[np.bool_]) -> Pairs:
    if not mapped.keyed:
        return mapped.content_digests()[counted], numbers[counted]
    filled = counted & np.fromiter(map(bool, mapped.keys), dtype=np.bool_, count=len(mapped))
    return digests(mapped.keys)[filled], numbers[filled]


def _listed(
    mapped: MappedChunk, fields: Sequence[str], numbers: Numbers, counted: npt.NDArray[np.bool_]
) -> Pairs:
    found = [column.values() for name in fields if (column := mapped.columns.lists.get(name)) is not None]
    owners = np.concatenate([np.empty(0, np.int64), *(positions for _, positions in found)])
    kept = counted[owners]
    return digests([text for texts, _ in found for text in texts])[kept], numbers[owners[kept]]


def _previews(mapped: MappedChunk, most: int) -> tuple[Contact, ...]:
    found: list[Contact] = []
    position = 0
    while len(found) < most and position < len(mapped):
        if position not in mapped.skipped and not mapped.rejected(position):
            found.append(mapped.contact(position))
        position += 1
    return tuple(found)


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
    _rejected_rows: bytearray = field(default_factory=bytearray)  # a bit a row, so that it stays small
    _keys: DuplicateFinder = field(default_factory=DuplicateFinder)
    _phones: DuplicateFinder = field(default_factory=DuplicateFinder)
    _emails: DuplicateFinder = field(default_factory=DuplicateFinder)

    def add(self, chunk: ChunkSurvey, previews: int = 0) -> None:
        """Add the next chunk of the file; keep no more than the first `previews` contacts."""
        self.rows += chunk.rows
        self.skipped += chunk.skipped
        self.rejected += len(chunk.rejected)
        self._note_rejected(chunk.rejected)
        for group in chunk.groups:
            place = (group.code, group.column, group.severity)
            before = self.groups.get(place)
            self.groups[place] = (
                group if before is None else replace(before, count=before.count + group.count)
            )
        self.previews += chunk.previews[: previews - len(self.previews)]
        for finder, pairs in (
            (self._keys, chunk.keys),
            (self._phones, chunk.phones),
            (self._emails, chunk.emails),
        ):
            finder.add(*pairs)

    def duplicates(self) -> Duplicates:
        """Find who shares what, after the last chunk; to be used until the survey is closed."""
        # numpy sorts outside of the interpreter's lock.
        with ThreadPoolExecutor() as threads:
            found = threads.map(DuplicateFinder.repeated, (self._keys, self._phones, self._emails))
            return Duplicates(*found)

    def sharing_a_key(self, repeated: Repeated) -> int:
        """Count the rows that nothing is wrong with but a key that other rows have, too."""
        rejected = np.frombuffer(self._rejected_rows, dtype=np.uint8)
        return sum(
            int((rejected[numbers >> 3] >> (numbers & 7) & 1 == 0).sum()) for numbers in repeated.unordered()
        )

    def _note_rejected(self, numbers: Numbers) -> None:
        self._rejected_rows.extend(bytes((self.rows >> 3) + 1 - len(self._rejected_rows)))
        np.bitwise_or.at(
            np.frombuffer(self._rejected_rows, dtype=np.uint8), numbers >> 3, np.uint8(1) << (numbers & 7)
        )

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
    chunks: Iterable[ChunkSurvey],
    wanted: Wanted = Wanted(),
    *,
    on_chunk: Callable[[ChunkSurvey], None] = lambda _: None,
) -> Survey:
    """Add up all chunks of a file; `on_chunk` sees each one (to write issues down, to ask the ledger)."""
    survey = Survey()
    try:
        for chunk in chunks:
            survey.add(chunk, wanted.previews)
            on_chunk(chunk)
    except BaseException:
        survey.close()
        raise
    return survey
