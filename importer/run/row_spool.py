"""Who each row is and what it says, kept from the first pass on disk, so that nothing is mapped twice."""

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Self

from importer.run.survey import ChunkSurvey


@dataclass(frozen=True, slots=True)
class SpooledRows:
    """The rows of one chunk.

    Attributes:
        numbers: row numbers, consecutive over the chunks.
        keys: key of each row, "" where it is blank.
        fingerprints: of each row's payload, "" where the row is rejected or left out.
        lines: physical line where each row starts.
        remarked: positions of the rows that have an issue.
    """

    numbers: range
    keys: list[str]
    fingerprints: Sequence[str]
    lines: Sequence[int]
    remarked: Sequence[int]


class RowSpool:
    """Takes each `ChunkSurvey` of a first pass that was made with fingerprints; iterated, gives their rows.

    A temporary file without a name: about 60 bytes a row, gone when the process ends, however it ends.
    """

    def __init__(self) -> None:
        self._file: IO[str] = tempfile.TemporaryFile(  # noqa: SIM115 - closed in close()
            "w+", encoding="utf-8", errors="surrogatepass", prefix="zoom-import-"
        )
        self._chunks = 0
        self._rows = 0
        self.cut_short = False
        """Whether the last row has fewer cells than the heading: perhaps the file was cut there."""

    @property
    def rows(self) -> int:
        """How many rows were added."""
        return self._rows

    def add(self, chunk: ChunkSurvey) -> None:
        """Keep the rows of the next chunk."""
        lines = chunk.lines.tolist() if chunk.lines is not None else []
        told = [chunk.row_keys, chunk.fingerprints, lines, chunk.remarked]
        # `dumps`, since `dump` is written in Python and takes ten times as long.
        self._file.write(json.dumps(told, separators=(",", ":"), ensure_ascii=False) + "\n")
        self._chunks += 1
        self._rows += chunk.rows
        self.cut_short = chunk.ends_short

    def __iter__(self) -> Iterator[SpooledRows]:
        self._file.seek(0)
        first = 1
        for _ in range(self._chunks):
            keys, *told = json.loads(self._file.readline())
            yield SpooledRows(range(first, first + len(keys)), keys, *told)
            first += len(keys)

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
