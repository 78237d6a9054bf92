"""Which rows of the file share a key, a phone number or an email address, in flat memory.

Only 64-bit digests and row numbers are kept, and beyond a bound they go to an anonymous temporary file by
their first bits, so that five million different keys cost no more memory than one million. Two different
texts share a digest with a probability of about n*n / 2**65: one in a million for five million values.
"""

import tempfile
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import IO, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from importer.duplicates.groups import GroupFile, Numbers
from importer.duplicates.repeated import Repeated

Digests = npt.NDArray[np.uint64]

_PAIR = np.dtype([("digest", "<u8"), ("number", "<i8")])
_PARTITIONS = 64
_ROW_BITS = 40
_SHIFT = np.uint64(58)
"""Leaves the number of the partition of a digest: pairs are put in order only when they are looked at."""


def digests(values: Sequence[str]) -> Digests:
    """Return one 64-bit digest per text, the same in every process."""
    texts = np.empty(len(values), dtype=object)
    texts[:] = values
    return pd.util.hash_array(texts, categorize=False)


class DuplicateFinder:
    """Collects (value, row number) pairs of one kind and finds the values that stand in several rows.

    Args:
        held: how many pairs (16 bytes each) are held in memory before they go to the temporary file.
    """

    def __init__(self, held: int = 200_000) -> None:
        self._held = held
        self._waiting: list[npt.NDArray[np.void]] = []
        self._count = 0
        self._spill: IO[bytes] | None = None
        self._runs: list[tuple[int, Numbers]] = []
        self._found: Repeated | None = None

    def add(self, values: Digests, numbers: Sequence[int] | Numbers) -> None:
        """Add the digests of some values and the numbers of the rows that they stand in."""
        pairs = np.empty(len(values), dtype=_PAIR)
        pairs["digest"] = values
        pairs["number"] = numbers
        self._waiting.append(pairs)
        self._count += len(pairs)
        if self._count >= self._held:
            self._write_run()

    def repeated(self) -> Repeated:
        """Find the rows that share a value. The same value twice in one row does not count.

        What it gives can be used until this finder is closed, which nothing can be added to any more.
        """
        if self._found is None:
            groups = GroupFile()
            self._found = Repeated(groups)
            for pairs in self._partitions():
                groups.add(*self._groups_of(pairs))
        return self._found

    def close(self) -> None:
        """Give the temporary files back."""
        if self._spill is not None:
            self._spill.close()
        if self._found is not None:
            self._found.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _take_waiting(self) -> tuple[npt.NDArray[np.void], Numbers]:
        """The pairs of each partition, one partition after the other, and where each begins, plus the end."""
        pairs = np.concatenate(self._waiting) if self._waiting else np.empty(0, dtype=_PAIR)
        self._waiting, self._count = [], 0
        parts = (pairs["digest"] >> _SHIFT).astype(np.uint8)
        bounds = np.concatenate([[0], np.cumsum(np.bincount(parts, minlength=_PARTITIONS))])
        return pairs[np.argsort(parts, kind="stable")], bounds

    def _write_run(self) -> None:
        pairs, bounds = self._take_waiting()
        if self._spill is None:
            self._spill = tempfile.TemporaryFile(prefix="zoom-import-")  # noqa: SIM115 - closed in close()
        offset = self._spill.seek(0, 2)
        self._spill.write(pairs.tobytes())
        self._runs.append((offset, bounds))

    def _partitions(self) -> Iterator[npt.NDArray[np.void]]:
        """Yield the pairs in slices by digest, so that equal digests are in one slice."""
        rest, cuts = self._take_waiting()
        for part in range(_PARTITIONS):
            slices = [self._slice(offset, bounds, part) for offset, bounds in self._runs]
            slices.append(rest[cuts[part] : cuts[part + 1]])
            yield np.concatenate(slices)

    def _slice(self, offset: int, bounds: Numbers, part: int) -> npt.NDArray[np.void]:
        assert self._spill is not None  # noqa: S101 - there is no run without a file
        self._spill.seek(offset + int(bounds[part]) * _PAIR.itemsize)
        data = self._spill.read(int(bounds[part + 1] - bounds[part]) * _PAIR.itemsize)
        return np.frombuffer(data, dtype=_PAIR)

    @staticmethod
    def _groups_of(pairs: npt.NDArray[np.void]) -> tuple[Numbers, Numbers]:
        """Return the members of all groups of a slice, one after the other, and the sizes of the groups."""
        if len(pairs) < 2:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        pairs = pairs[np.argsort(pairs["digest"])]
        digest = pairs["digest"]
        alike = np.concatenate([[False], digest[1:] == digest[:-1], [False]])
        several = alike[:-1] | alike[1:]
        # One number for group and row: sorting it once puts the rows of each group in order.
        group = np.cumsum(~alike[:-1], dtype=np.int64)[several]
        keys = np.sort((group << _ROW_BITS) | pairs["number"][several])
        keys = keys[np.concatenate([[True], keys[1:] != keys[:-1]])[: len(keys)]]
        group, number = keys >> _ROW_BITS, keys & ((1 << _ROW_BITS) - 1)
        starts = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]])[: len(group)])
        sizes = np.diff(np.append(starts, len(group)))
        several = sizes > 1  # the same value twice in one row is nobody's twin
        return number[np.repeat(several, sizes)], sizes[several]
