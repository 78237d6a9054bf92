"""Which columns of the file a mapping means: exact spelling first, then a forgiving look, then wildcards.

Every column that cannot be found is collected, so that the person hears of all of them at once.
"""

import difflib
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from importer.errors import MappingError
from importer.mapping.document import Path
from importer.mapping.spelling import did_you_mean, listed

_DATA: Final = re.compile(r"\S@\S+\.\S|\d(?:[\s().+/-]*\d){6,}")
"""An email address or a phone number: no heading, but a file without headings."""

_LIKE: Final = 0.75
_SLIP: Final = 0.85
"""How alike headings are that are compared at all, and those that differ by a letter that is one too many, or
is missing. "Middle Name" and "Maiden Name" are two columns."""

_BLANKS: Final = re.compile(r"[\s\u200b\u2060\ufeff]+")


def folded(heading: str) -> str:
    """A heading without what people do not see: capitals, spaces around and doubled, no-break spaces."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", heading)).strip().casefold()


def like_a_contact(names: Sequence[str]) -> bool:
    """Whether headings are somebody's data: the first row of a file that has no headings."""
    return any(map(_DATA.search, names))


@dataclass(frozen=True, slots=True)
class Match:
    """One column that was found; `star` is what stands for the * of a wildcard, "" otherwise."""

    heading: str
    star: str = ""


@dataclass(slots=True)
class Headings:
    """The headings of a file, looked up by the names of a mapping.

    Attributes:
        names: the headings as the source gives them, unique.
        place: path -> "mapping.yaml, line 12".
        missing: what the file lacks -> (path, the rest of the sentence about it).
        used: the headings that were found.
        absent: optional columns that the file lacks, with their other names -> where the mapping names them.
    """

    names: Sequence[str]
    place: Callable[[Path], str]
    missing: dict[str, tuple[Path, str]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    absent: dict[tuple[str, ...], Path] = field(default_factory=dict)
    _exact: frozenset[str] = field(init=False)
    _forgiving: dict[str, list[str]] = field(init=False)
    _headless: bool = field(init=False)

    def __post_init__(self) -> None:
        self._exact = frozenset(self.names)
        self._headless = like_a_contact(self.names)
        self._forgiving = {}
        for name in self.names:
            self._forgiving.setdefault(folded(name), []).append(name)

    def find(self, columns: Sequence[str], path: Path, *, optional: bool = False) -> tuple[Match, ...]:
        """The columns meant by one `column:` key: one, or as many as a wildcard catches.

        Args:
            columns: alternatives; the first one that the file has counts.
            path: where it stands in the mapping, for the message.
            optional: a missing column is no mistake.
        """
        for look in (self._exactly, self._forgivingly, self._by_wildcard):
            for column in columns:
                found = look(column)
                if found:
                    self.used.update(match.heading for match in found)
                    return found
        if optional:
            self.absent.setdefault(tuple(columns), path)
        else:
            self.complain(columns, path)
        return ()

    def beside(self, columns: Sequence[str], star: str) -> str | None:
        """The label column that goes with a wildcard's match: `Phone * - Label` with star "2"."""
        for column in columns:
            found = self._exactly(column.replace("*", star)) or self._forgivingly(column.replace("*", star))
            if found:
                self.used.add(found[0].heading)
                return found[0].heading
        return None

    def raise_missing(self) -> None:
        """Raise MappingError about every column that was looked for in vain."""
        if not self.missing:
            return
        sentences = [f"{self.place(path)}: {sentence}" for path, sentence in self.missing.values()]
        has = f"The file has the columns {listed(self.names)}."
        if self._headless:
            # Not quoted: the message may end up in a log, and these are somebody's name and number.
            has = (
                "The first line of the file looks like a contact, not like headings. Add a line with the "
                "headings above it, or name the columns with `headings:` under `source:` in the mapping."
            )
        raise MappingError("\n".join([*sentences, has]))

    def near_misses(self) -> tuple[str, ...]:
        """Sentences about optional columns that are missing while an unused heading is nearly the same."""
        if self._headless:
            return ()
        unused = {folded(name): name for name in self.names if name not in self.used}
        sentences = []
        for columns, path in self.absent.items():
            for column in columns:
                for near in difflib.get_close_matches(folded(column), unused, n=1, cutoff=_LIKE):
                    if not _by_a_slip(folded(column), near):
                        continue
                    said = f'the file has no column "{column}", which is optional'
                    # Each heading is offered once: it cannot be meant by two entries.
                    sentences.append(f'{self.place(path)}: {said}; did you mean "{unused.pop(near)}"?')
        return tuple(sentences)

    def _exactly(self, column: str) -> tuple[Match, ...]:
        return (Match(column),) if column in self._exact else ()

    def _forgivingly(self, column: str) -> tuple[Match, ...]:
        names = self._forgiving.get(folded(column), [])
        return (Match(names[0]),) if len(names) == 1 else ()

    def _by_wildcard(self, column: str) -> tuple[Match, ...]:
        if "*" not in column:
            return ()
        pattern = re.compile("(.*)".join(map(re.escape, folded(column).split("*"))), re.DOTALL)
        found = []
        for name in self.names:
            match = pattern.fullmatch(folded(name))
            if match and len(set(match.groups())) == 1:
                found.append(Match(name, match[1].strip()))
        return tuple(sorted(found, key=_numbered))

    def complain(self, columns: Sequence[str], path: Path) -> None:
        """Note that none of these columns is there; a column that is named in several places counts once."""
        twins = self._forgiving.get(folded(columns[0]), [])
        if len(twins) > 1:
            sentence = f'"{columns[0]}" could be {listed(twins)}; write it exactly as in the file.'
        else:
            wanted = " or ".join(f'"{column}"' for column in columns)
            hints = (did_you_mean(column, self.names) for column in columns if not self._headless)
            sentence = f"the file has no column {wanted}{next(filter(None, hints), '.')}"
        self.missing.setdefault(folded(columns[0]), (path, sentence))


def _by_a_slip(one: str, other: str) -> bool:
    """Whether two headings differ by a letter or so, or by the order of their letters."""
    return sorted(one) == sorted(other) or difflib.SequenceMatcher(None, one, other).ratio() >= _SLIP


def _numbered(match: Match) -> tuple[int, str]:
    """Sort key: `Phone 10` after `Phone 2`; what has no number keeps the file's order, after the numbers."""
    return (int(match.star), "") if match.star.isdecimal() else (1_000_000_000, "")
