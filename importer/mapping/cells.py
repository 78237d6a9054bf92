"""Columns of one chunk: cleaned once, then worked on by their distinct values."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import compress, filterfalse
from typing import Final, Protocol, TypeAlias

import pandas as pd

from importer.model import Issue
from importer.transforms.problem import Problem

ValueFunction: TypeAlias = Callable[[str], "str | Problem"]

Touched: TypeAlias = Callable[[Sequence[str]], Collection[str]]
"""Texts of a column -> those that a function may change or find wrong; all others stay as they are."""

_BREAKS: Final = re.compile(r"[^\S ]*[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029][^\S ]*")
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)


_PRINTABLE: Final = bytes(code for code in range(256) if chr(code).isprintable())
"""Taking these away from the bytes of a text is four times as fast as looking each character up."""
_SAMPLE: Final = 200
"""So many cells tell whether a column repeats its values."""


class ChunkLike(Protocol):
    """What the mapper needs of a chunk of the source."""

    @property
    def frame(self) -> pd.DataFrame:
        """One column a heading, every cell a str."""

    @property
    def numbers(self) -> Sequence[int]:
        """Number of each row."""

    @property
    def lines(self) -> Sequence[int]:
        """Line of each row."""

    @property
    def issues(self) -> Mapping[int, tuple[Issue, ...]]:
        """Position -> what the source found."""

    @property
    def cell_names(self) -> Mapping[str, str] | None:
        """Heading -> column letters of a workbook; None for text files."""


def clean(text: str) -> str:
    """A text as a payload may carry it: stripped, line breaks as spaces, no control characters.

    Spaces inside, joiners of Indic and Persian script and emoji stay.
    """
    if text.isprintable():
        return text.strip()
    return _UNSEEN.sub("", _BREAKS.sub(" ", text)).strip()


def tidy(text: str) -> str:
    """A text as transforms get it: like `clean`, but line by line, with line breaks as ``\\n``."""
    if text.isprintable():
        return text.strip()
    return "\n".join(map(clean, text.splitlines())).strip()


@dataclass(frozen=True, slots=True)
class Found:
    """A problem with one cell, and the heading of its column ("" when it comes from none)."""

    problem: Problem
    heading: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem of one row, told of a column; `drop` when the mapping allows to leave the value out."""

    position: int
    found: Found
    drop: bool = False


@dataclass(slots=True)
class Cells:
    """One value per row of the chunk.

    Attributes:
        values: "" where there is none, or where it is wrong.
        problems: position -> what was found there.
        origin: position -> heading of the column that the value came from.
        plain: True when the values are known to stand on one line, as a payload may carry them.
    """

    values: list[str]
    origin: Callable[[int], str]
    problems: dict[int, tuple[Found, ...]] = field(default_factory=dict)
    plain: bool = False

    def add(self, position: int, problem: Problem) -> None:
        """Note a problem at a position."""
        found = Found(problem, self.origin(position))
        self.problems[position] = (*self.problems.get(position, ()), found)


def flat(cells: Cells) -> Cells:
    """The same with every text on one line, as a payload may carry it."""
    if cells.plain or _plain(cells.values):
        return cells
    odd = {text: clean(text) for text in set(filterfalse(str.isprintable, cells.values))}
    values = [odd.get(text, text) for text in cells.values]
    return Cells(values, cells.origin, cells.problems, plain=True)


def _plain(texts: Iterable[str]) -> bool:
    """`str.isprintable` for many texts in one look; true for nearly every column of nearly every chunk."""
    joined = "".join(texts)
    try:
        return not joined.encode("latin-1").translate(None, _PRINTABLE)
    except UnicodeEncodeError:
        return joined.isprintable()


class Batch:
    """The raw cells of one chunk, each column turned into lists once, on demand."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame
        self.size = len(frame)
        self._raw: dict[str, list[str]] = {}
        self._clean: dict[str, list[str]] = {}
        self._plain: set[str] = set()
        self._filled: dict[tuple[str, frozenset[str]], list[str]] = {}

    def raw(self, heading: str) -> list[str]:
        """The cells as they stand in the file."""
        if heading not in self._raw:
            self._raw[heading] = self._frame[heading].tolist()
        return self._raw[heading]

    def clean(self, heading: str) -> list[str]:
        """The cells stripped and without control characters; line breaks are ``\\n``."""
        if heading not in self._clean:
            self._clean[heading], plain = _cleaned(self.raw(heading))
            if plain:
                self._plain.add(heading)
        return self._clean[heading]

    def is_plain(self, heading: str) -> bool:
        """Whether all clean cells of a column stand on one line; to be asked after `clean` or `filled`."""
        return heading in self._plain

    def filled(self, heading: str, placeholders: frozenset[str]) -> list[str]:
        """The clean cells, with placeholders (casefolded texts) read as empty."""
        if not placeholders:
            return self.clean(heading)
        key = (heading, placeholders)
        if key not in self._filled:
            self._filled[key] = _without(self.clean(heading), placeholders)
        return self._filled[key]


def _cleaned(raw: list[str]) -> tuple[list[str], bool]:
    """The clean cells of a column, and whether all of them stand on one line."""
    if _plain(raw):
        return list(map(str.strip, raw)), True
    odd = {text: tidy(text) for text in set(filterfalse(str.isprintable, raw))}
    return [odd[text] if text in odd else text.strip() for text in raw], _plain(odd.values())


@lru_cache(64)
def _lengths(placeholders: frozenset[str]) -> frozenset[int]:
    """How long texts are that, casefolded, may be a placeholder: a character becomes one, two or three."""
    return frozenset(length for text in placeholders for length in range((len(text) + 2) // 3, len(text) + 1))


def _without(values: list[str], placeholders: frozenset[str]) -> list[str]:
    some = values[:_SAMPLE]
    if len(set(some)) < len(some) / 2:
        candidates: Iterable[str] = set(values)
    else:  # where nearly every text is another one, their lengths are known sooner than their digests
        lengths = _lengths(placeholders)
        candidates = compress(values, map(lengths.__contains__, map(len, values)))
    hits = {text for text in candidates if text.casefold() in placeholders}
    return ["" if text in hits else text for text in values] if hits else values


class Outcomes(dict[str, str]):
    """Text -> the text that goes on; each distinct text is worked on when it is met for the first time.

    Attributes:
        bad: text -> the problem with it, for those that have one.
    """

    __slots__ = ("_function", "bad")

    def __init__(self, function: ValueFunction) -> None:
        super().__init__({"": ""})
        self._function = function
        self.bad: dict[str, Problem] = {}

    def __missing__(self, text: str) -> str:
        outcome = self._function(text)
        if isinstance(outcome, Problem):
            self.bad[text] = outcome
            outcome = outcome.value or ""
        self[text] = outcome
        return outcome


def apply(cells: Cells, function: ValueFunction, touched: Touched | None = None) -> Cells:
    """Run a function over the distinct values; "" is never passed in.

    With `touched` only over the values that the function does not leave alone.
    """
    outcomes = Outcomes(function)
    if touched is None:
        values = list(map(outcomes.__getitem__, cells.values))
    else:
        some = touched(cells.values)
        if not some:
            return cells
        values = [outcomes[text] if text in some else text for text in cells.values]
    plain = (touched is None or cells.plain) and _plain(outcomes.values())
    result = Cells(values, cells.origin, dict(cells.problems), plain)
    if outcomes.bad:
        for position, text in enumerate(cells.values):
            if text in outcomes.bad:
                result.add(position, outcomes.bad[text])
    return result


def has_error(found: Iterable[Found]) -> bool:
    """Whether one of the problems leaves the value out."""
    return any(one.problem.severity == "error" for one in found)
