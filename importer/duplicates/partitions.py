"""Records with a 64-bit digest by its first bits: in memory up to a bound, beyond it in a temporary file."""

import tempfile
from collections.abc import Iterator
from typing import IO, Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

Records: TypeAlias = npt.NDArray[np.void]

_COUNT: Final = 256
"""Looking at a slice takes several times its memory: so many keep those of ten million records small."""
_SHIFT: Final = np.uint64(56)
"""Leaves the number of the partition of a digest."""
_HELD: Final = 200_000


class Partitions:
    """Takes records, and gives them back in slices that can be looked at one after the other.

    Args:
        dtype: of the records; its field "digest" is "<u8".
        held: how many are held in memory before they go to the temporary file.
    """

    def __init__(self, dtype: np.dtype[np.void], held: int = _HELD) -> None:
        self._dtype = dtype
        self._held = held
        self._waiting: list[Records] = []
        self._waiting_count = 0
        self._count = 0
        self._spill: IO[bytes] | None = None
        self._runs: list[tuple[int, npt.NDArray[np.int64]]] = []

    def __len__(self) -> int:
        """How many records were added."""
        return self._count

    def add(self, records: Records) -> None:
        """Add some records."""
        self._waiting.append(records)
        self._waiting_count += len(records)
        self._count += len(records)
        if self._waiting_count >= self._held:
            self._write_run()

    def __iter__(self) -> Iterator[Records]:
        """Yield the slices, once: every digest of one is lower than those of the next, in no order within."""
        rest, cuts = self._take_waiting()
        for part in range(_COUNT):
            slices = [self._slice(offset, bounds, part) for offset, bounds in self._runs]
            slices.append(rest[cuts[part] : cuts[part + 1]])
            yield np.concatenate(slices)

    def close(self) -> None:
        """Give the temporary file back."""
        if self._spill is not None:
            self._spill.close()

    def _take_waiting(self) -> tuple[Records, npt.NDArray[np.int64]]:
        """The records, one partition after the other, and where each partition begins, plus the end."""
        records = np.concatenate(self._waiting) if self._waiting else np.empty(0, dtype=self._dtype)
        self._waiting, self._waiting_count = [], 0
        parts = (records["digest"] >> _SHIFT).astype(np.uint8)
        bounds = np.concatenate([[0], np.cumsum(np.bincount(parts, minlength=_COUNT))])
        return records[np.argsort(parts, kind="stable")], bounds

    def _write_run(self) -> None:
        records, bounds = self._take_waiting()
        if self._spill is None:
            self._spill = tempfile.TemporaryFile(prefix="zoom-import-")  # noqa: SIM115 - closed in close()
        offset = self._spill.seek(0, 2)
        self._spill.write(records.tobytes())
        self._runs.append((offset, bounds))

    def _slice(self, offset: int, bounds: npt.NDArray[Any], part: int) -> Records:
        assert self._spill is not None  # noqa: S101 - there is no run without a file
        size = self._dtype.itemsize
        self._spill.seek(offset + int(bounds[part]) * size)
        data = self._spill.read(int(bounds[part + 1] - bounds[part]) * size)
        return np.frombuffer(data, dtype=self._dtype)
