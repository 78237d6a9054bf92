"""The rows of a file that are not alone with their value.

Most questions are about the groups as they were found. Only who asks about single rows pays for putting all
rows in order. That is done on disk, in pieces of neighbouring rows: where every number stands twice they are
as long as the file itself.
"""

import tempfile
from collections.abc import Iterator
from functools import cached_property
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from importer.duplicates.groups import GroupFile, Lump, Numbers

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
    """The rows that share a value with others, as far as `groups` has them."""

    def __init__(self, groups: GroupFile) -> None:
        self._groups = groups
        self._loaded = (0, 0)
        self._block: _Records = np.empty(0, dtype=_RECORD)

    @property
    def group_count(self) -> int:
        """How many values stand in more than one row."""
        return self._groups.groups

    @property
    def row_count(self) -> int:
        """How many (row, value) pairs these are."""
        return self._groups.rows

    def between(self, low: int, high: int) -> list[int]:
        """Name the rows from `low` to `high`, both included, that share a value; ascending, each once."""
        found = self._of(low, high)["number"]
        return list(dict.fromkeys(found.tolist()))

    def numbers(self) -> Iterator[Numbers]:
        """Yield the numbers of all rows that share a value, ascending, piece by piece."""
        for block in range(self._order.blocks):
            yield self._order.read(block, block + 1)["number"]

    def unordered(self) -> Iterator[Numbers]:
        """Yield the same numbers in any order, which costs less."""
        return (lump.members for lump in self._groups.lumps())

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

    def first_groups(self) -> list[tuple[int, ...]]:
        """Give the row numbers of the first few groups, in the order of their first row."""
        return self._groups.first()

    def all_groups(self) -> Iterator[tuple[int, ...]]:
        """Yield the row numbers of each group; groups in the order of their first row."""
        for block in range(self._order.blocks):
            records = self._order.read(block, block + 1)
            for record in records[records["rank"] == 0]:
                yield tuple(self._group(record, int(record["size"])).tolist())

    def close(self) -> None:
        """Give the temporary files back."""
        self._groups.close()
        if "_order" in self.__dict__:
            self._order.close()

    @cached_property
    def _order(self) -> "_RowOrder":
        return _RowOrder(self._groups)

    def _of(self, low: int, high: int) -> _Records:
        """The records of the rows from `low` to `high`."""
        if not self.group_count:
            return self._block
        first, end = self._order.blocks_of(low, high)
        if (first, end) != self._loaded:
            self._loaded, self._block = (first, end), self._order.read(first, end)
        begin, stop = np.searchsorted(self._block["number"], [low, high + 1])
        return self._block[begin:stop]

    def _group(self, record: Any, most: int) -> Numbers:
        """The first `most` members of a record's group."""
        return self._groups.members(int(record["start"]), min(most, int(record["size"])))


class _RowOrder:
    """A record for each row of each group, in the order of the rows; sorted a piece at a time."""

    def __init__(self, groups: GroupFile) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="zoom-import-")  # noqa: SIM115 - see close
        self._index = np.empty(0, dtype=np.int64)  # the row number of the first record of each block
        with tempfile.TemporaryFile(prefix="zoom-import-") as unsorted:
            edges = np.linspace(0, groups.highest + 1, _PIECES + 1).astype(np.int64)
            self._write(unsorted, [_spooled(lump, unsorted, edges) for lump in groups.lumps()])

    @property
    def blocks(self) -> int:
        """How many blocks there are."""
        return len(self._index)

    def blocks_of(self, low: int, high: int) -> tuple[int, int]:
        """Say in which blocks the rows from `low` to `high` are."""
        first = max(0, int(np.searchsorted(self._index, low)) - 1)
        return first, int(np.searchsorted(self._index, high, side="right"))

    def read(self, first: int, end: int) -> _Records:
        """Read the blocks from `first` to before `end`."""
        return _records_at(self._file, first * _BLOCK, end * _BLOCK)

    def close(self) -> None:
        """Give the temporary file back."""
        self._file.close()

    def _write(self, unsorted: IO[bytes], bounds: list[Numbers]) -> None:
        index: list[int] = []
        written = 0
        for piece in range(_PIECES):
            slices = [_records_at(unsorted, int(run[piece]), int(run[piece + 1])) for run in bounds]
            records = np.concatenate([np.empty(0, dtype=_RECORD), *slices])
            records = records[np.argsort(records["number"], kind="stable")]
            self._file.write(records.tobytes())
            index += records["number"][-written % _BLOCK :: _BLOCK].tolist()
            written += len(records)
        self._index = np.array(index, dtype=np.int64)


def _spooled(lump: Lump, file: IO[bytes], edges: Numbers) -> Numbers:
    """Write the records of a lump to the end of a file; where each piece of rows begins there."""
    records = _records(lump)
    file.write(records.tobytes())
    return lump.start + np.searchsorted(records["number"], edges)


def _records_at(file: IO[bytes], begin: int, end: int) -> _Records:
    if end <= begin:
        return np.empty(0, dtype=_RECORD)
    file.seek(begin * _RECORD.itemsize)
    return np.frombuffer(file.read((end - begin) * _RECORD.itemsize), dtype=_RECORD)


def _records(lump: Lump) -> _Records:
    """One record a member, sorted by row number."""
    members, sizes = lump.members, lump.sizes
    starts = np.cumsum(sizes) - sizes
    start, size = np.repeat(starts, sizes), np.repeat(sizes, sizes)
    records = np.empty(len(members), dtype=_RECORD)
    records["number"] = members
    records["size"] = size
    records["rank"] = np.arange(len(members)) - start
    records["start"] = start + lump.start
    records["last"] = members[start + size - 1]
    for place in range(_KEPT):
        records["first"][:, place] = members[start + np.minimum(place, size - 1)]
    return records[np.argsort(members, kind="stable")]
