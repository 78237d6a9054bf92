"""The rows of a file that are not alone with their value, on disk in the order of the rows.

In a file where every number stands twice this is as long as the file itself, so little of it is in memory at
a time: it is sorted in pieces, and read in pieces of neighbouring rows.
"""

import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
_Records = npt.NDArray[np.void]

_SHOWN = 5
_KEPT = _SHOWN + 1
_PIECES = 64
_BLOCK = 4096

_RECORD = np.dtype(
    [
        ("number", "<i8"),  # of the row
        ("size", "<i8"),  # how many rows share the value
        ("rank", "<i8"),  # 0 for the first of them
        ("start", "<i8"),  # where they begin among all members
        ("last", "<i8"),  # row number of the last of them
        (
            "first",
            "<i8",
            (_KEPT,),
        ),  # row numbers of the first of them; repeats the last where there are fewer
    ]
)


class Repeated:
    """The rows that share a value with others, made by `RepeatedBuilder`.

    Attributes:
        group_count: how many values stand in more than one row.
        row_count: how many (row, value) pairs these are.
    """

    def __init__(
        self, records: IO[bytes], members: IO[bytes], index: Numbers, groups: int, rows: int
    ) -> None:
        self.group_count = groups
        self.row_count = rows
        self._records = records
        self._members = members
        self._index = index  # the row number of the first record of each block
        self._loaded = (0, 0)
        self._block: _Records = np.empty(0, dtype=_RECORD)

    def between(self, low: int, high: int) -> list[int]:
        """Name the rows from `low` to `high`, both included, that share a value; ascending, each once."""
        found = self._of(low, high)["number"]
        return list(dict.fromkeys(found.tolist()))

    def numbers(self) -> Iterator[Numbers]:
        """Yield the numbers of all rows that share a value, ascending, piece by piece."""
        for block in range(len(self._index)):
            yield self._read(block, block + 1)["number"]

    def others(self, number: int, most: int = _SHOWN) -> tuple[int, ...]:
        """Name the first `most` other rows that share a value with row `number`; () when it is alone."""
        found: dict[int, None] = {}
        for record in self._of(number, number):
            members = record["first"] if most < _KEPT else self._group(record, most + 1)
            found.update((other, None) for other in members.tolist()[: record["size"]] if other != number)
        return tuple(found)[:most]

    def rank(self, number: int) -> int:
        """Say which of the rows with its value row `number` is: 0 for the first and for one alone."""
        found = self._of(number, number)
        return int(found["rank"][0]) if len(found) else 0

    def last(self, number: int) -> int:
        """Name the last row that has the value of row `number`; itself when it is alone."""
        found = self._of(number, number)
        return int(found["last"][0]) if len(found) else number

    def all_groups(self) -> Iterator[tuple[int, ...]]:
        """Yield the row numbers of each group; groups in the order of their first row."""
        for block in range(len(self._index)):
            records = self._read(block, block + 1)
            for record in records[records["rank"] == 0]:
                yield tuple(self._group(record, int(record["size"])).tolist())

    def close(self) -> None:
        """Give the temporary files back."""
        self._records.close()
        self._members.close()

    def _of(self, low: int, high: int) -> _Records:
        """The records of the rows from `low` to `high`."""
        first = max(0, int(np.searchsorted(self._index, low)) - 1)
        end = int(np.searchsorted(self._index, high, side="right"))
        if (first, end) != self._loaded:
            self._loaded, self._block = (first, end), self._read(first, end)
        begin, stop = np.searchsorted(self._block["number"], [low, high + 1])
        return self._block[begin:stop]

    def _read(self, first: int, end: int) -> _Records:
        if end <= first:
            return np.empty(0, dtype=_RECORD)
        self._records.seek(first * _BLOCK * _RECORD.itemsize)
        return np.frombuffer(self._records.read((end - first) * _BLOCK * _RECORD.itemsize), dtype=_RECORD)

    def _group(self, record: Any, most: int) -> Numbers:
        """The first `most` members of a record's group."""
        self._members.seek(int(record["start"]) * 8)
        return np.frombuffer(self._members.read(8 * min(most, int(record["size"]))), dtype="<i8")


class RepeatedBuilder:
    """Takes groups in any order and sorts their members by row number, a piece at a time."""

    def __init__(self) -> None:
        self._members: IO[bytes] = tempfile.TemporaryFile(prefix="zoom-import-")  # noqa: SIM115 - see build
        self._unsorted: IO[bytes] = tempfile.TemporaryFile(prefix="zoom-import-")  # noqa: SIM115 - see __exit__
        self._lengths: list[int] = []
        self._highest = 0
        self._rows = 0
        self._groups = 0

    def add(self, members: Numbers, sizes: Numbers) -> None:
        """Add groups: their row numbers, ascending inside a group, one group after the other."""
        if not len(members):
            return
        records = _records(members, sizes, self._rows)
        self._members.write(members.astype("<i8").tobytes())
        self._unsorted.write(records.tobytes())
        self._lengths.append(len(records))
        self._rows += len(members)
        self._groups += len(sizes)
        self._highest = max(self._highest, int(members.max()))

    def build(self) -> Repeated:
        """Put everything in order."""
        ordered: IO[bytes] = tempfile.TemporaryFile(prefix="zoom-import-")  # noqa: SIM115 - closed by Repeated
        index: list[int] = []
        written = 0
        bounds = self._bounds()
        for piece in range(_PIECES):
            records = self._piece(bounds, piece)
            ordered.write(records.tobytes())
            skip = -written % _BLOCK
            index += records["number"][skip::_BLOCK].tolist()
            written += len(records)
        return Repeated(ordered, self._members, np.array(index, dtype=np.int64), self._groups, self._rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._unsorted.close()
        if error is not None:
            self._members.close()

    def _bounds(self) -> list[Numbers]:
        """Where each piece begins in each run of records, counted from the beginning of the file."""
        edges = np.linspace(0, self._highest + 1, _PIECES + 1).astype(np.int64)
        found, begin = [], 0
        for length in self._lengths:
            numbers = self._slice(begin, begin + length)["number"]
            found.append(begin + np.searchsorted(numbers, edges))
            begin += length
        return found

    def _piece(self, bounds: list[Numbers], piece: int) -> _Records:
        slices = [self._slice(int(run[piece]), int(run[piece + 1])) for run in bounds]
        records = np.concatenate(slices) if slices else np.empty(0, dtype=_RECORD)
        return records[np.argsort(records["number"], kind="stable")]

    def _slice(self, begin: int, end: int) -> _Records:
        self._unsorted.seek(begin * _RECORD.itemsize)
        return np.frombuffer(self._unsorted.read((end - begin) * _RECORD.itemsize), dtype=_RECORD)


def _records(members: Numbers, sizes: Numbers, offset: int) -> _Records:
    """One record a member, sorted by row number."""
    starts = np.cumsum(sizes) - sizes
    start, size = np.repeat(starts, sizes), np.repeat(sizes, sizes)
    records = np.empty(len(members), dtype=_RECORD)
    records["number"] = members
    records["size"] = size
    records["rank"] = np.arange(len(members)) - start
    records["start"] = start + offset
    records["last"] = members[start + size - 1]
    for place in range(_KEPT):
        records["first"][:, place] = members[start + np.minimum(place, size - 1)]
    return records[np.argsort(members, kind="stable")]
