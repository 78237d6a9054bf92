"""`zoom-import suggest`: the arguments of a draft, and the draft written down."""

import sys
from importlib.resources import files
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from importer.cli.commands.options import reading
from importer.errors import SettingsError

if TYPE_CHECKING:
    from importer.source import Source, SourceOptions
    from importer.suggest import Draft

SAMPLE_ROWS = 5_000
"""Enough to see what is rare, and read in a moment."""

_SHORTEST_NAME = "mapping.yaml"


@click.command("suggest", short_help="Draft a mapping for a file.")
@click.argument("file", metavar="FILE")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Write the mapping there instead of to standard output; nothing is overwritten.",
)
@reading
def command(file: str, out: Path | None, **flags: Any) -> int:
    """Draft a mapping from the headings of FILE and what its cells look like.

    The draft runs as it is; lines that say "unsure" want a look. No network.
    """
    # Imported here, because pandas takes longer to load than a person waits gladly for --help.
    from importer.cli.commands.reading import source_options  # noqa: PLC0415
    from importer.source import open_source  # noqa: PLC0415
    from importer.suggest import draft_mapping  # noqa: PLC0415

    if out is not None and out.exists():
        raise SettingsError(f"{out} is already there and is not overwritten. Choose another --out PATH.")
    options = source_options(**flags)
    with open_source(file, options, chunk_rows=SAMPLE_ROWS) as source:
        draft = draft_mapping(
            source.headings,
            _sample(source),
            file_name="" if file == "-" else Path(file).name,
            source=_said(options),
            schema=_schema(out),
        )
        description = source.description
    _write(draft.text, out)
    _tell(draft, description, file, out)
    return 0


def _sample(source: "Source") -> dict[str, list[str]]:
    """The cells of the first rows; those of ragged rows stand under wrong headings and are left out."""
    cells: dict[str, list[str]] = {heading: [] for heading in source.headings}
    for chunk in source.chunks(SAMPLE_ROWS):
        whole = [position not in chunk.issues for position in range(len(chunk))]
        for heading in source.headings:
            kept = zip(chunk.frame[heading].tolist(), whole, strict=True)
            cells[heading] += [cell for cell, good in kept if good]
    return cells


def _said(options: "SourceOptions") -> dict[str, Any]:
    """What the person had to say about the file, as the mapping's `source` says it."""
    names = ("encoding", "delimiter", "quote", "escape", "heading_line", "sheet", "headings")
    said = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    words = {"": "none", "\t": "tab", "\\": "backslash"}
    return {
        name: words.get(value, value) if isinstance(value, str) else value for name, value in said.items()
    }


def _schema(out: Path | None) -> str:
    """Where editors find the schema: beside the mapping if it is there, else where we are installed."""
    folder = out.parent if out is not None else Path()
    if (folder / "schema.json").is_file():
        return "./schema.json"
    return Path(str(files("importer.suggest") / "known" / "schema.json")).as_uri()


def _write(text: str, out: Path | None) -> None:
    if out is None:
        _utf8(sys.stdout).write(text)
        sys.stdout.flush()
        return
    try:
        with out.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise SettingsError(f"{out} cannot be written: {error.strerror or error}.") from error


def _utf8(stream: IO[str]) -> IO[str]:
    """A mapping file is UTF-8 wherever the output is sent (Windows: `> mapping.yaml`)."""
    if hasattr(stream, "reconfigure") and not stream.isatty():
        stream.reconfigure(encoding="utf-8", newline="\n")
    return stream


def _tell(draft: "Draft", description: str, file: str, out: Path | None) -> None:
    click.echo(description, err=True)
    click.echo(f"recognised: {draft.recognised or 'no known export; read by headings and cells'}", err=True)
    for note in draft.notes:
        click.echo(f"  {note}", err=True)
    if draft.unsure:
        places = "1 place says" if draft.unsure == 1 else f"{draft.unsure} places say"
        click.echo(f'{places} "unsure" in the draft: look there first', err=True)
    click.echo(f"then: zoom-import check {file} -m {out or _SHORTEST_NAME}", err=True)
