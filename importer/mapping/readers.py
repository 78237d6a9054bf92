"""`Value` of the mapping -> a reader that makes one column of texts from a batch.

Readers are compiled once per file, when the headings are known, and run once per chunk.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from importer.mapping.cells import Batch, Cells, Touched, ValueFunction, apply, clean
from importer.mapping.conditions import Test, compile_condition
from importer.mapping.document import Path
from importer.mapping.headings import Headings
from importer.mapping.template import parse_template
from importer.mapping.value_functions import chain, first_value, splitter, touched_by, value_map
from importer.mapping.value_models import Value
from importer.transforms.placeholders import DEFAULT_PLACEHOLDERS

USUAL: Final = "usual"


class Reader(Protocol):
    """Makes one column of texts."""

    def read(self, batch: Batch) -> Cells:
        """The column for these rows; never raises for data."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What compiling needs besides the value itself.

    Attributes:
        headings: where columns are looked up.
        placeholders: casefolded texts read as empty, unless a value has its own.
        transforms: name -> function, the person's own included.
    """

    headings: Headings
    placeholders: frozenset[str]
    transforms: Mapping[str, ValueFunction]


# --- sources ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ColumnReader:
    """The cells of one column."""

    heading: str
    placeholders: frozenset[str]

    def read(self, batch: Batch) -> Cells:
        """The filled cells."""
        values = batch.filled(self.heading, self.placeholders)
        return Cells(values, lambda _: self.heading, plain=batch.is_plain(self.heading))


@dataclass(frozen=True, slots=True)
class ConstantReader:
    """The same text in every row; "" for a column that may be missing and is."""

    text: str

    def read(self, batch: Batch) -> Cells:
        """The text, once a row."""
        return Cells([self.text] * batch.size, lambda _: "", plain=True)


class TemplateReader:
    """Several columns joined."""

    def __init__(self, text: str, headings: Sequence[str | None], placeholders: frozenset[str]) -> None:
        self._template = parse_template(text)
        self._pattern = clean(self._template.pattern)
        # The same between all parts and nothing around them, as in most templates: joining is twice as fast.
        separator = next(iter(self._template.literals[1:-1]), "")
        joined = len(headings) > 1 and self._pattern == separator.join(["{}"] * len(headings))
        self._separator = separator if joined else None
        self._headings = headings
        self._placeholders = placeholders

    def read(self, batch: Batch) -> Cells:
        """The joined texts. A problem with one is told of the first column that has something."""
        columns = [
            batch.filled(heading, self._placeholders) if heading is not None else [""] * batch.size
            for heading in self._headings
        ]
        if self._separator is None:
            values = list(map(self._pattern.format, *columns))
        else:
            values = list(map(self._separator.join, zip(*columns, strict=True)))
        gaps = {
            position for column in columns if "" in column for position, text in enumerate(column) if not text
        }
        for position in gaps:
            values[position] = clean(self._template.render([column[position] for column in columns]))
        plain = all(heading is None or batch.is_plain(heading) for heading in self._headings)
        return Cells(values, lambda position: self._origin(columns, position), plain=plain)

    def _origin(self, columns: Sequence[Sequence[str]], position: int) -> str:
        for heading, column in zip(self._headings, columns, strict=True):
            if heading is not None and column[position]:
                return heading
        return next((heading for heading in self._headings if heading is not None), "")


@dataclass(frozen=True, slots=True)
class FirstOfReader:
    """The first value that is there. A wrong value counts as there: it is not passed over in silence."""

    readers: tuple[Reader, ...]

    def read(self, batch: Batch) -> Cells:
        """One column; problems of values that were not chosen do not count."""
        columns = [reader.read(batch) for reader in self.readers]
        result = Cells(
            columns[0].values,
            lambda position: _chosen(columns, position).origin(position),
            dict(columns[0].problems),
            plain=all(column.plain for column in columns),
        )
        for column in columns[1:]:
            if "" not in result.values:
                break
            values, problems = list(result.values), dict(result.problems)
            for position, value in enumerate(result.values):
                if not value and position not in result.problems:
                    values[position] = column.values[position]
                    if position in column.problems:
                        problems[position] = column.problems[position]
            result.values, result.problems = values, problems
        return result


def _chosen(columns: Sequence[Cells], position: int) -> Cells:
    for column in columns:
        if column.values[position] or position in column.problems:
            return column
    return columns[0]


# --- what happens to a value --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Worked:
    """A reader, then a function on its distinct values."""

    reader: Reader
    function: ValueFunction
    touched: Touched | None = None

    def read(self, batch: Batch) -> Cells:
        """The worked values."""
        return apply(self.reader.read(batch), self.function, self.touched)


@dataclass(frozen=True, slots=True)
class Guarded:
    """A reader, only where a condition holds."""

    reader: Reader
    test: Test

    def read(self, batch: Batch) -> Cells:
        """The values where the condition holds, "" elsewhere."""
        cells = self.reader.read(batch)
        holds = self.test(batch)
        values = [value if held else "" for value, held in zip(cells.values, holds, strict=True)]
        problems = {at: found for at, found in cells.problems.items() if holds[at]}
        return Cells(values, cells.origin, problems, cells.plain)


@dataclass(frozen=True, slots=True)
class Defaulted:
    """A reader, and a text for the rows in which it finds nothing."""

    reader: Reader
    default: str

    def read(self, batch: Batch) -> Cells:
        """The values; a wrong value does not become the default."""
        cells = self.reader.read(batch)
        if "" not in cells.values:
            return cells
        values = [value or self.default for value in cells.values]
        for position in cells.problems:
            values[position] = cells.values[position]
        return Cells(values, cells.origin, cells.problems, cells.plain)


# --- compiling ----------------------------------------------------------------------------------


def compile_value(value: Value, path: Path, around: Surroundings) -> Reader:
    """The reader of one value. Columns that are missing are noted in `around.headings`."""
    return finish(compile_source(value, path, around), value, path, around)


def compile_source(value: Value, path: Path, around: Surroundings) -> Reader:
    """Where a value comes from, before `when`, `transform`, `map` and `default`."""
    return _first_of([reader for reader, _ in compile_sources(value, path, around)])


def compile_sources(value: Value, path: Path, around: Surroundings) -> list[tuple[Reader, str]]:
    """The sources of a value, each with what stands for the * of its wildcard ("" when there is none)."""
    placeholders = placeholders_of(value, around)
    if value.column is not None:
        found = around.headings.find(value.column, (*path, "column"), optional=value.optional)
        return [(ColumnReader(match.heading, placeholders), match.star) for match in found]
    if value.template is not None:
        return [(_template(value, path, around, placeholders), "")]
    if value.first_of is not None:
        readers = [
            compile_value(entry, (*path, "first_of", index), around)
            for index, entry in enumerate(value.first_of)
        ]
        return [(_first_of(readers), "")]
    return [(ConstantReader(clean(value.constant or "")), "")]


def placeholders_of(value: Value, around: Surroundings) -> frozenset[str]:
    """The value's own placeholders, else those of the mapping."""
    return around.placeholders if value.placeholders is None else casefolded(value.placeholders)


def conditioned(reader: Reader, value: Value, path: Path, around: Surroundings) -> Reader:
    """A source, only where the value's `when` holds."""
    if value.when is None:
        return reader
    test = compile_condition(value.when, (*path, "when"), around.headings, around.placeholders)
    return Guarded(reader, test)


def finish(reader: Reader, value: Value, path: Path, around: Surroundings) -> Reader:
    """Add `when`, `split`, `transform`, `map` and `default` to a source, in this order."""
    reader = conditioned(reader, value, path, around)
    separators = splitter(value.split)
    if separators is not None:
        reader = Worked(reader, first_value(separators, placeholders_of(value, around)))
    work = value_work(value, around)
    if work is not None:
        reader = Worked(reader, work, value_touched(value, around))
    return reader if value.default is None else Defaulted(reader, clean(value.default))


def value_work(value: Value, around: Surroundings) -> ValueFunction | None:
    """`transform` and `map` as one function; None when the value has neither."""
    functions: list[ValueFunction] = [around.transforms[name] for name in value.transform]
    if value.map is not None:
        functions.append(value_map(value.map, value.unmapped))
    return chain(functions) if functions else None


def value_touched(value: Value, around: Surroundings) -> Touched | None:
    """Which texts `value_work` does something to; None where only it can tell."""
    return (
        None if value.map is not None else touched_by([around.transforms[name] for name in value.transform])
    )


def casefolded(texts: Sequence[str]) -> frozenset[str]:
    """Placeholders as cells are compared with them; ``usual`` stands for those that everybody uses."""
    meant = [*texts, *DEFAULT_PLACEHOLDERS] if USUAL in texts else texts
    return frozenset(clean(text).casefold() for text in meant if text.strip())


def _first_of(readers: Sequence[Reader]) -> Reader:
    if not readers:
        return ConstantReader("")
    return readers[0] if len(readers) == 1 else FirstOfReader(tuple(readers))


def _template(value: Value, path: Path, around: Surroundings, placeholders: frozenset[str]) -> Reader:
    text = value.template or ""
    headings: list[str | None] = []
    for column in parse_template(text).columns:
        found = around.headings.find((column,), (*path, "template"), optional=value.optional)
        headings.append(found[0].heading if found else None)
    return TemplateReader(text, headings, placeholders)
