"""Flags as the values that the rest of the program works with."""

from importer.source import SourceOptions
from importer.zoom.pacing_schedule import PaceSchedule, parse_quiet_hours, parse_rate, parse_share


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
