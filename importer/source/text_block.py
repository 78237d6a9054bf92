"""Records of a text file on their way to a frame.

pandas reads the records that have the usual number of cells; those that have not, that hold NUL, or that the
fast reading is not sure of are read by the tokenizer and put in their places.
"""

import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from importer.source.chunk import Chunk
from importer.source.layout import Layout
from importer.source.odd_rows import OddRows, changed, frame_of

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Some records, as UTF-8 bytes with the places of the records in them.

    Attributes:
        numbers: of each record, from 1.
        starts, ends, counts: of each record, as in `importer.source.scan.Span`.
        lines: physical line of each record in the file, from 1.
        doubtful: True for each record that pandas must not read.
    """

    layout: Layout
    data: bytes
    numbers: Sequence[int]
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]
    lines: npt.NDArray[np.int64]
    doubtful: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.starts)

    def head(self, rows: int) -> "TextBlock":
        """The first rows of it."""
        data = self.data[: int(self.ends[rows - 1])] if rows < len(self) else self.data
        return TextBlock(
            layout=self.layout,
            data=data,
            numbers=self.numbers[:rows],
            starts=self.starts[:rows],
            ends=self.ends[:rows],
            counts=self.counts[:rows],
            lines=self.lines[:rows],
            doubtful=self.doubtful[:rows],
        )

    def take(self, positions: Sequence[int]) -> "TextBlock":
        """Some of the rows, as a block of their own."""
        if len(positions) == len(self):
            return self
        places = np.asarray(positions, dtype=np.int64)
        bounds = zip(self.starts[places].tolist(), self.ends[places].tolist(), strict=True)
        records = [self.data[start:end] for start, end in bounds]
        ends = np.cumsum([len(record) + 1 for record in records], dtype=np.int64) - 1
        return TextBlock(
            layout=self.layout,
            data=b"\n".join(records),
            numbers=[self.numbers[position] for position in positions],
            starts=ends - (self.ends[places] - self.starts[places]),
            ends=ends,
            counts=self.counts[places],
            lines=self.lines[places],
            doubtful=self.doubtful[places],
        )

    def parse(self, columns: Collection[str] | None = None) -> Chunk:
        """Make the rows. Raises SourceError when the file has changed since it was opened.

        Columns that are not among the given headings may be left out; they are not even decoded.
        """
        width, usual = len(self.layout.headings), _usual_width(self.counts)
        places: Sequence[int] = range(width)
        if columns is not None and usual == width:
            places = [k for k in places if self.layout.headings[k] in columns] or places
        odd = self._odd_records(usual)
        rows = OddRows(self.layout)
        for position in odd.tolist():
            rows.careful(position, self.data[self.starts[position] : self.ends[position]])
        if len(odd) == len(self):
            frame = frame_of([np.full(len(self), "", dtype=object)] * len(places))
        else:
            frame = self._by_pandas(usual, odd, places if usual == width else range(usual))
        if usual != width and len(odd) < len(self):
            rest = np.setdiff1d(np.arange(len(self)), odd, assume_unique=True)
            frame = rows.fit(frame, usual, rest)
        frame = rows.put_into(frame, places)
        frame.columns = pd.Index([self.layout.headings[k] for k in places], dtype=object)
        return Chunk(
            frame=frame,
            numbers=self.numbers,
            lines=self.lines.tolist(),
            issues=rows.issues,
            surplus=rows.surplus,
        )

    def _odd_records(self, usual: int) -> npt.NDArray[np.int64]:
        odd = self.doubtful | (self.counts != usual)
        if b"\0" in self.data:
            places = np.flatnonzero(np.frombuffer(self.data, dtype=np.uint8) == 0)
            owners = np.searchsorted(self.starts, places, side="right") - 1
            owners = owners[(owners >= 0) & (places < self.ends[owners])]
            odd[owners] = True
        if self.data.startswith(_BOM, int(self.starts[0])):
            odd[0] = True  # pandas would take it off
        return np.flatnonzero(odd)

    def _by_pandas(self, usual: int, odd: npt.NDArray[np.int64], places: Sequence[int]) -> pd.DataFrame:
        text = self._text(usual, odd)
        dialect = self.layout.dialect
        try:
            frame = pd.read_csv(
                io.BytesIO(text),
                header=None,
                names=list(range(usual)),
                usecols=None if len(places) == usual else list(places),
                index_col=False,
                dtype=object,
                na_filter=False,
                skip_blank_lines=False,
                sep=dialect.delimiter,
                quotechar=dialect.quote or '"',
                quoting=0 if dialect.quote else 3,
                engine="c",
                encoding="utf-8",
                low_memory=False,
            )
        except (UnicodeDecodeError, pd.errors.ParserError) as error:
            raise changed(self.layout.name) from error
        if len(frame) != len(self):
            raise changed(self.layout.name)
        return frame

    def _text(self, usual: int, odd: npt.NDArray[np.int64]) -> bytes:
        """The records for pandas, one after the other; odd ones replaced by empty cells."""
        unbroken = self._is_unbroken()
        if not len(odd) and unbroken:
            return self.data
        empty = b"x" + self.layout.dialect.delimiter.encode() * (usual - 1)
        if unbroken:
            pieces, done = [], 0
            for start, end in zip(self.starts[odd].tolist(), self.ends[odd].tolist(), strict=True):
                pieces += [self.data[done:start], empty]
                done = end
            return b"".join((*pieces, self.data[done:]))
        bounds = zip(self.starts.tolist(), self.ends.tolist(), strict=True)
        records = [self.data[start:end] for start, end in bounds]
        for position in odd.tolist():
            records[position] = empty
        return b"\n".join(records) + b"\n"

    def _is_unbroken(self) -> bool:
        """True when nothing but one line end stands between the records."""
        buffer = np.frombuffer(self.data, dtype=np.uint8)
        ends = self.ends[:-1]
        apart = self.starts[1:] - ends
        pairs = (apart == 2) & (buffer[ends] == 13) & (buffer[np.minimum(ends + 1, len(buffer) - 1)] == 10)
        return bool(((apart == 1) | pairs).all())


def _usual_width(counts: npt.NDArray[np.int64]) -> int:
    first = int(counts[0])
    if (counts == first).all():
        return first
    values, frequencies = np.unique(counts, return_counts=True)
    return int(values[frequencies.argmax()])
