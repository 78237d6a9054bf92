"""The flags about the file as `SourceOptions`."""

from importer.source import SourceOptions


def source_options(
    encoding: str | None,
    delimiter: str | None,
    quote: str | None,
    escape: str | None,
    heading_line: int | None,
    sheet: str | None,
) -> SourceOptions:
    """Build the options; a sheet that is a number means the sheet at that place."""
    return SourceOptions(
        encoding=encoding,
        delimiter=delimiter,
        quote=quote,
        escape=escape,
        heading_line=heading_line,
        sheet=int(sheet) if sheet is not None and sheet.isdecimal() else sheet,
    )
