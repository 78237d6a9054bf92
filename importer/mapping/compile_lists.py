"""`phone_numbers`, `phones`, `emails` and `consumer_ids` of the mapping -> compiled lists."""

from collections.abc import Sequence
from functools import lru_cache, partial

from importer.mapping import limits
from importer.mapping.cells import ValueFunction, clean
from importer.mapping.document import Path
from importer.mapping.language import ColumnMapping
from importer.mapping.list_field import ListField
from importer.mapping.list_source import Common, Judge, ListSource, none_common
from importer.mapping.readers import (
    ColumnReader,
    ConstantReader,
    Defaulted,
    Reader,
    Surroundings,
    Worked,
    compile_sources,
    conditioned,
    placeholders_of,
    value_work,
)
from importer.mapping.value_functions import chain, splitter, undamaged, value_map
from importer.mapping.value_models import PhoneSource, PhoneType, Region, TypedPhoneSource, Values
from importer.transforms.country import country
from importer.transforms.email import common_emails, email
from importer.transforms.phone import phone_reader
from importer.transforms.phone_column import common_phones
from importer.transforms.phone_type import phone_type
from importer.transforms.problem import Problem, shown


def compile_lists(mapping: ColumnMapping, around: Surroundings) -> list[ListField]:
    """Every list that the mapping fills, in the order of the payload."""
    contact = mapping.contact
    return [
        compiled
        for compiled in (
            _phones(mapping, around, "phone_numbers", contact.phone_numbers),
            _phones(mapping, around, "phones", contact.phones),
            _emails(mapping, around),
            _consumer_ids(mapping, around),
        )
        if compiled.sources
    ]


def _phones(
    mapping: ColumnMapping, around: Surroundings, name: str, entries: Sequence[PhoneSource]
) -> ListField:
    sources: list[ListSource] = []
    for index, entry in enumerate(entries):
        path: Path = ("contact", name, index)
        region, where = (
            (entry.region, (*path, "region")) if entry.region else (mapping.phone_region, ("phone_region",))
        )
        context = None if region is None else _country_cells(region, where, around)
        default, work = region.default if region else None, value_work(entry, around)
        judge = phone_judge(default, work)
        common = none_common if work is not None else _phones_at_once(default)
        for reader, star in _readers(entry, path, around):
            sources.append(
                ListSource(
                    reader,
                    judge,
                    splitter(entry.split),
                    placeholders_of(entry, around),
                    context,
                    "phone_region_unknown",
                    _labels(entry, star, path, around),
                    _drops(mapping, entry),
                    common,
                )
            )
    return ListField(
        name,
        tuple(sources),
        limits.PHONES,
        mapping.too_many,
        "phone numbers",
        "phone_repeated",
        "phone_too_many",
        cased=False,
    )


def _emails(mapping: ColumnMapping, around: Surroundings) -> ListField:
    sources = []
    for index, entry in enumerate(mapping.contact.emails):
        work = _work(entry, around)
        judge = _plain_judge([*work, email])
        common = none_common if work else _emails_at_once
        for reader, _ in _readers(entry, ("contact", "emails", index), around):
            sources.append(_plain_source(mapping, entry, reader, judge, around, common))
    return ListField(
        "emails",
        tuple(sources),
        limits.EMAILS,
        mapping.too_many,
        "email addresses",
        "email_repeated",
        "email_too_many",
    )


def _consumer_ids(mapping: ColumnMapping, around: Surroundings) -> ListField:
    sources = []
    for index, entry in enumerate(mapping.contact.consumer_ids):
        judge = _plain_judge([*_work(entry, around), clean, undamaged])
        for reader, _ in _readers(entry, ("contact", "consumer_ids", index), around):
            sources.append(_plain_source(mapping, entry, reader, judge, around))
    return ListField(
        "consumer_ids",
        tuple(sources),
        limits.CONSUMER_IDS,
        mapping.too_many,
        "consumer ids",
        "",
        "consumer_ids_too_many",
    )


# --- the pieces of a source ----------------------------------------------------------------------


def _readers(entry: Values, path: Path, around: Surroundings) -> list[tuple[Reader, str]]:
    """Each column of an entry with what stood for its *, `when` and `default` applied."""
    readers: list[tuple[Reader, str]] = []
    for reader, star in compile_sources(entry, path, around):
        guarded = conditioned(reader, entry, path, around)
        readers.append((guarded if entry.default is None else Defaulted(guarded, entry.default), star))
    return readers


def _work(entry: Values, around: Surroundings) -> list[ValueFunction]:
    work = value_work(entry, around)
    return [] if work is None else [work]


def _plain_source(
    mapping: ColumnMapping,
    entry: Values,
    reader: Reader,
    judge: Judge,
    around: Surroundings,
    common: Common = none_common,
) -> ListSource:
    return ListSource(
        reader,
        judge,
        splitter(entry.split),
        placeholders_of(entry, around),
        drop=_drops(mapping, entry),
        common=common,
    )


def _drops(mapping: ColumnMapping, entry: Values) -> bool:
    return (entry.on_bad_value or mapping.on_bad_value) == "drop"


def _plain_judge(functions: Sequence[ValueFunction]) -> Judge:
    run = chain(functions)
    return lambda context: run  # noqa: ARG005 - judges of phones need the country


def phone_judge(default: str | None, work: ValueFunction | None) -> Judge:
    """The judge of phone numbers.

    A wrong country cell beside a number that needs no country is no error of this row.
    """
    before = [] if work is None else [work]

    def judge(context: str) -> ValueFunction:
        if not context:
            return reading(default)
        region = country(context)
        return reading(region) if isinstance(region, str) else reading_without(region)

    def reading(region: str | None) -> ValueFunction:
        return chain([*before, phone_reader(region)])

    def reading_without(problem: Problem) -> ValueFunction:
        read = reading(None)

        def run(piece: str) -> str | Problem:
            outcome = read(piece)
            lacks_country = isinstance(outcome, Problem) and outcome.code == "phone_no_region"
            return problem if lacks_country else outcome

        return run

    return lru_cache(4096)(judge)


def _emails_at_once(cells: Sequence[str], _contexts: Sequence[str]) -> Sequence[str]:
    return common_emails(cells)


def _phones_at_once(default: str | None) -> Common:
    """`phone_judge` for the common cells of a column, where nothing is done to them before."""
    region_of = lru_cache(4096)(partial(_region, default))

    def common(cells: Sequence[str], contexts: Sequence[str]) -> Sequence[str]:
        regions = {context: region_of(context) for context in set(contexts)}
        return common_phones(cells, list(map(regions.__getitem__, contexts)))

    return common


def _region(default: str | None, context: str) -> str | None:
    """The region of a country cell; None where it is unknown, which numbers with a plus do not need."""
    if not context:
        return default
    found = country(context)
    return found if isinstance(found, str) else None


def _country_cells(region: Region, path: Path, around: Surroundings) -> Reader | None:
    if region.column is None:
        return None
    found = around.headings.find(region.column, (*path, "column"), optional=region.optional)
    if not found:
        return None
    reader: Reader = ColumnReader(found[0].heading, around.placeholders)
    return reader if region.map is None else Worked(reader, value_map(region.map, "keep"))


def _labels(entry: PhoneSource, star: str, path: Path, around: Surroundings) -> Reader | None:
    """The types of a source's numbers; None for `phone_numbers`, which have none."""
    if not isinstance(entry, TypedPhoneSource):
        return None
    kind = entry.type
    if kind is None:
        return ConstantReader("")
    if kind.column is None:
        return ConstantReader(kind.default or "")
    heading = _label_heading(kind, kind.column, star, (*path, "type", "column"), around)
    if heading is None:
        return ConstantReader(kind.default or "")
    reader = Worked(ColumnReader(heading, around.placeholders), type_of_label(kind))
    return reader if kind.default is None else Defaulted(reader, kind.default)


def _label_heading(
    kind: PhoneType, columns: Sequence[str], star: str, path: Path, around: Surroundings
) -> str | None:
    if star:
        heading = around.headings.beside(columns, star)
        if heading is None and not kind.optional:
            around.headings.complain([column.replace("*", star) for column in columns], path)
        return heading
    found = around.headings.find(columns, path, optional=kind.optional)
    return found[0].heading if found else None


def type_of_label(kind: PhoneType) -> ValueFunction:
    """Label -> phone type: the mapping's own map first, then the words that everybody uses."""
    own = value_map(kind.map or {}, "keep")

    def run(label: str) -> str | Problem:
        mapped = own(label)
        word = mapped if isinstance(mapped, str) else label
        if word in limits.PHONE_TYPES:
            return word
        known = phone_type(word)
        if isinstance(known, str) and known in limits.PHONE_TYPES:
            return known
        if kind.default is not None:
            return ""
        wanted = ", ".join(limits.PHONE_TYPES)
        return Problem("phone_type_unknown", f"{shown(label)} is no phone type; Zoom knows {wanted}")

    return run
