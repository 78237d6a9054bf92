"""The exceptions that stop a run, each with its exit code, split by who can mend it.

    ImportStopped
    |-- InputError            2  the person's input: usage, file, mapping, settings, ledger file
    |   |-- SettingsError        a flag, an environment variable or the .env file
    |   |-- SourceError          the file with the rows
    |   |   `-- EmptySourceError     it has none
    |   |-- MappingError         the column mapping
    |   `-- LedgerError          a ledger that is damaged, foreign, or of another book
    |-- AccountError          3  the account: credentials, scope, address book
    |-- StoppedEarly          4  stopped before the end; the same command goes on where it stopped
    `-- LedgerBusy            5  another run holds the ledger

A bad row is data (`importer.model.Issue`), never an exception.
"""

from typing import ClassVar


class ImportStopped(Exception):  # noqa: N818 - named for what happens, like StopIteration
    """Base of all: ``str(error)`` is one message for the person, in plain sentences, without contact data.

    Attributes:
        exit_code: what the process ends with.
    """

    exit_code: ClassVar[int] = 1


class InputError(ImportStopped):
    """What the person gave cannot be used; nothing was sent."""

    exit_code = 2


class SettingsError(InputError):
    """A flag, an environment variable or a line of the .env file is missing or wrong."""


class SourceError(InputError):
    """The file with the rows cannot be read as a table."""


class EmptySourceError(SourceError):
    """The file has no rows, perhaps not even a heading."""


class MappingError(InputError):
    """The column mapping is wrong in itself, or names columns that the file does not have."""


class LedgerError(InputError):
    """The ledger file cannot be used as it is; it has been left untouched."""


class AccountError(ImportStopped):
    """Credentials, a scope or the address book: no retry can help."""

    exit_code = 3


class StoppedEarly(ImportStopped):
    """The run ended before the last row; everything done so far is on disk, the same command resumes."""

    exit_code = 4


class LedgerBusy(ImportStopped):
    """Another process is working with the same ledger."""

    exit_code = 5
