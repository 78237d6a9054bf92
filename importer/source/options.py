"""What the person may say about the file instead of leaving it to be recognised."""

from dataclasses import dataclass

from importer.errors import SourceError

_DELIMITER_NAMES = {
    "comma": ",",
    "semicolon": ";",
    "tab": "\t",
    "\\t": "\t",
    "pipe": "|",
    "bar": "|",
    "space": " ",
    "colon": ":",
}
_QUOTE_NAMES = {"double": '"', "single": "'", "none": ""}
_ESCAPE_NAMES = {"backslash": "\\", "none": ""}


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """How to read the file; every None is recognised from the file itself.

    Attributes:
        encoding: any name Python knows ("utf-8", "cp1252", "utf-16").
        delimiter: one character, or one of comma, semicolon, tab, pipe, space, colon.
        quote: one character, or double, single; "none" or "" when quotation marks mean nothing.
        heading_line: physical line (sheet row) of the heading, from 1; 0 when the file has no heading.
        sheet: name of a workbook's sheet, or its number from 1.
        escape: character that takes the meaning from the next one ("backslash"); "none" or "" for none.
        headings: names of the columns, for a file without heading.
    """

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    heading_line: int | None = None
    sheet: str | int | None = None
    escape: str | None = None
    headings: tuple[str, ...] | None = None

    def wanted_delimiter(self) -> str | None:
        """The delimiter as one character. Raises SourceError for anything else."""
        return _character(self.delimiter, _DELIMITER_NAMES, "delimiter", may_be_none=False)

    def wanted_quote(self) -> str | None:
        """The quote as one character, "" for none. Raises SourceError for anything else."""
        return _character(self.quote, _QUOTE_NAMES, "quote", may_be_none=True)

    def wanted_escape(self) -> str | None:
        """The escape as one character, "" for none. Raises SourceError for anything else."""
        return _character(self.escape, _ESCAPE_NAMES, "escape", may_be_none=True)


def _character(text: str | None, names: dict[str, str], option: str, *, may_be_none: bool) -> str | None:
    if text is None:
        return None
    character = names.get(text.lower(), text)
    if character == "" and may_be_none:
        return ""
    if len(character) != 1 or character in "\r\n\0" or (option != "delimiter" and not character.isascii()):
        known = ", ".join(names)
        raise SourceError(f'The {option} "{text}" is not usable: give one character, or one of {known}.')
    return character
