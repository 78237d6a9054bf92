"""Headings and a sample of cells -> the text of a mapping that runs as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from importer.errors import MappingError
from importer.mapping import columns_used, load_mapping
from importer.mapping.headings import Headings, like_a_contact
from importer.mapping.language import ColumnMapping
from importer.suggest.column import Column
from importer.suggest.exports import Export, recognise_export
from importer.suggest.fitting import fit
from importer.suggest.generic import Body, draft_body
from importer.suggest.leftovers import leftovers
from importer.suggest.roles import all_of, read_columns
from importer.suggest.shipped import shipped_body
from importer.suggest.writing import comment, scalar, shown

_HEAD: Final = "# yaml-language-server: $schema={schema}\n#\n"


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted mapping.

    Attributes:
        text: the YAML, with comments.
        recognised: the export that it was recognised as, "" for a file like any other.
        notes: sentences about what was found.
        unsure: how many places want a look.
    """

    text: str
    recognised: str
    notes: tuple[str, ...]
    unsure: int


def draft_mapping(
    headings: Sequence[str],
    cells: Mapping[str, Sequence[str]],
    *,
    file_name: str = "",
    source: Mapping[str, str | int | Sequence[str]] | None = None,
    schema: str = "./schema.json",
) -> Draft:
    """Draft a mapping for a file.

    Args:
        headings: the names of its columns, unique.
        cells: a sample: heading -> cells of the same rows.
        file_name: for the first comment and for `name`; "" when the rows come from standard input.
        source: what the person had to say for the file to be read, in the words of the mapping's `source`.
        schema: where editors find the JSON Schema.

    Raises:
        MappingError: the file has no headings, or neither phones nor emails: no mapping is possible.
    """
    if like_a_contact(headings):
        # Not quoted: the message may end up in a log, and these are somebody's name and number.
        raise MappingError(
            "No mapping can be drafted: the first line of the file looks like a contact, not like "
            "headings. Give the line that holds the headings with --heading-line, or names for the columns "
            "with --headings."
        )
    columns = [Column(heading, cells.get(heading, ())) for heading in headings]
    export = recognise_export(headings)
    body = _shipped(export, columns) or draft_body(columns, _stem(file_name))
    text = "".join(
        [
            _HEAD.format(schema=schema),
            _introduction(export, file_name, len(columns[0].cells) if columns else 0),
            "\n",
            _with_source(body.text, source or {}),
            "\n" if (rest := leftovers(columns, body.used)) else "",
            rest,
        ]
    )
    load_mapping(text, "mapping")
    return Draft(text, export.title if export is not None else "", body.notes, body.unsure)


def _shipped(export: Export | None, columns: Sequence[Column]) -> Body | None:
    shipped = export.shipped_text() if export is not None else None
    if shipped is None:
        return None
    headings = [column.heading for column in columns]
    fitted = fit(shipped, headings)
    if fitted is None:
        return None
    mapping = load_mapping(fitted, "mapping")
    used = _found(mapping, headings)
    return shipped_body(fitted, mapping, columns, used) if _reaches(used, columns) else None


def _reaches(used: Sequence[str], columns: Sequence[Column]) -> bool:
    """Whether the mapping uses a column with names and one with phones, if the file has such columns.

    In the list of a dialler the customer has named these columns, and the shipped mapping cannot know how.
    """
    readings = read_columns(columns)
    names = {reading.name for reading in readings if reading.role in {"first_name", "last_name", "full_name"}}
    phones = {reading.name for reading in all_of(readings, "phone")}
    return all(not wanted or not wanted.isdisjoint(used) for wanted in (names, phones))


def _found(mapping: ColumnMapping, headings: Sequence[str]) -> tuple[str, ...]:
    """The columns of the file that a mapping uses, as the file spells them."""
    look = Headings(headings, lambda _path: "")
    found = (look.find((name,), (), optional=True) for name in columns_used(mapping))
    return tuple(dict.fromkeys(match.heading for matches in found for match in matches))


def _introduction(export: Export | None, file_name: str, rows: int) -> str:
    of_file = f" of {shown(file_name)}" if file_name else ""
    from_export = f", recognised as {export.title}" if export is not None else ""
    sample = "first row" if rows == 1 else f"first {rows:,} rows"
    sentences = (
        f"Drafted by `zoom-import suggest` from the headings and the {sample}{of_file}{from_export}. "
        "Lines that say unsure want a look. Every key is explained in mappings/README.md."
    )
    return comment(sentences) + "\n"


def _stem(file_name: str) -> str | None:
    stem = file_name.rpartition(".")[0] or file_name
    return shown(stem) or None


def _with_source(text: str, source: Mapping[str, str | int | Sequence[str]]) -> str:
    """The draft with what has to be said about the file, behind `version` and `name`."""
    if not source:
        return text
    lines = [
        comment("How to read the file; said with the flags of the command that drafted this."),
        "source:",
    ]
    for key, said in source.items():
        if isinstance(said, int | str):
            lines.append(f"  {key}: {said if isinstance(said, int) else quoted(said)}")
        else:
            lines.append(f"  {key}: [{', '.join(map(scalar, said))}]")
    head, blank, rest = text.partition("\n\n")
    return f"{head}{blank}" + "\n".join(lines) + f"\n\n{rest}"


def quoted(text: str) -> str:
    """A text that must stay a text: a sheet that is called 2."""
    written = scalar(text)
    return written if written.startswith('"') else f'"{written}"'
