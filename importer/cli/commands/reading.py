"""Flags as the values that the rest of the program works with."""

import csv

from importer.errors import SettingsError
from importer.source import SourceOptions
from importer.zoom.pacing_schedule import PaceSchedule, parse_quiet_hours, parse_rate, parse_share


def source_options(
    encoding: str | None,
    delimiter: str | None,
    quote: str | None,
    escape: str | None,
    heading_line: int | None,
    sheet: str | None,
    headings: str | None = None,
) -> SourceOptions:
    """Build the options; a sheet that is a number means the sheet at that place.

    Raises:
        SettingsError: a name among the headings is missing or stands twice.
    """
    return SourceOptions(
        encoding=encoding,
        delimiter=delimiter,
        quote=quote,
        escape=escape,
        heading_line=heading_line,
        sheet=int(sheet) if sheet is not None and sheet.isdecimal() else sheet,
        headings=None if headings is None else heading_names(headings),
    )


def heading_names(text: str) -> tuple[str, ...]:
    """Read `--headings`: one line of CSV, so that a name with a comma can stand in quotes.

    Raises:
        SettingsError: a name is missing or stands twice.
    """
    names = tuple(name.strip() for name in next(csv.reader([text], skipinitialspace=True), []))
    if not all(names) or not names:
        raise SettingsError(
            "--headings names every column, with commas between: --headings Name,Phone,Email."
        )
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise SettingsError(f'--headings has "{twice[0]}" twice; give every column a name of its own.')
    return names


def pace_schedule(share: str | None, rate: str | None, quiet_hours: str | None) -> PaceSchedule:
    """Build what the person allows of the account's rate.

    Raises:
        SettingsError: one of them cannot be read.
    """
    return PaceSchedule(
        share=parse_share(share) if share else 1.0,
        rate=parse_rate(rate) if rate else None,
        quiet_hours=parse_quiet_hours(quiet_hours) if quiet_hours else (),
    )
