"""Groups of rows that share a value, on disk in the order in which they were found."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]

FIRST_GROUPS = 5


@dataclass(frozen=True, slots=True)
class Lump:
    """Some groups as they were added: row numbers, one group after the other, and the sizes of the groups.

    Attributes:
        start: how many members were added before.
    """

    members: Numbers
    sizes: Numbers
    start: int


class GroupFile:
    """Takes groups, and gives them back a lump at a time; two temporary files without a name.

    Attributes:
        groups, rows: how many were added.
    """

    def __init__(self) -> None:
        self._members: IO[bytes] = tempfile.TemporaryFile(prefix="zoom-import-")  # noqa: SIM115 - see close
        self._sizes: IO[bytes] = tempfile.TemporaryFile(prefix="zoom-import-")  # noqa: SIM115 - see close
        self._lumps: list[tuple[int, int]] = []
        self._firsts: list[tuple[int, int, int]] = []
        self.groups = self.rows = self.highest = 0

    def add(self, members: Numbers, sizes: Numbers) -> None:
        """Add groups: their row numbers, ascending inside a group, one group after the other."""
        if not len(members):
            return
        self._members.write(members.astype("<i8").tobytes())
        self._sizes.write(sizes.astype("<i8").tobytes())
        self._lumps.append((len(members), len(sizes)))
        self._note_first(members, sizes)
        self.rows += len(members)
        self.groups += len(sizes)
        self.highest = max(self.highest, int(members.max()))

    def lumps(self) -> Iterator[Lump]:
        """Yield all groups."""
        start = group = 0
        for members, groups in self._lumps:
            yield Lump(_read(self._members, start, members), _read(self._sizes, group, groups), start)
            start += members
            group += groups

    def members(self, start: int, count: int) -> Numbers:
        """Read some members, counted from the first that was added."""
        return _read(self._members, start, count)

    def first(self) -> list[tuple[int, ...]]:
        """Give the row numbers of the groups that begin first, at most `FIRST_GROUPS` of them."""
        return [tuple(self.members(start, size).tolist()) for _, start, size in self._firsts]

    def close(self) -> None:
        """Give the temporary files back."""
        self._members.close()
        self._sizes.close()

    def _note_first(self, members: Numbers, sizes: Numbers) -> None:
        starts = np.cumsum(sizes) - sizes
        for group in np.argsort(members[starts], kind="stable")[:FIRST_GROUPS].tolist():
            start = int(starts[group])
            self._firsts.append((int(members[start]), self.rows + start, int(sizes[group])))
        self._firsts = sorted(self._firsts)[:FIRST_GROUPS]


def _read(file: IO[bytes], start: int, count: int) -> Numbers:
    file.seek(start * 8)
    return np.frombuffer(file.read(count * 8), dtype="<i8")
