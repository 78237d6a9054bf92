"""The table of issue codes, for people: one entry at the terminal, all of them as a document."""

from importer.errors import SettingsError
from importer.issue_codes import ISSUE_CODES
from importer.mapping.spelling import did_you_mean

_HEAD = """\
# Issue codes

What `zoom-import check` finds in a file, and what to do about it. An error rejects its row, a warning does
not. The codes are stable: they stand in the output of `check`, in `--issues PATH` and in reports. One of
them at the terminal: `zoom-import check --explain phone_invalid`.

The severity is the usual one; `on_bad_value`, `too_long` and `too_many` of a mapping turn some errors into
warnings.

| code | severity | meaning | what to do |
|---|---|---|---|
"""


def explained(code: str) -> str:
    """One entry of the table, as lines.

    Raises:
        SettingsError: there is no such code; names the nearest.
    """
    entry = ISSUE_CODES.get(code)
    if entry is None:
        hint = did_you_mean(code, ISSUE_CODES) or "; mappings/ISSUES.md lists all of them."
        raise SettingsError(f'There is no issue code "{code}"{hint}')
    return f"{entry.code} ({entry.severity})\n  {entry.meaning}\n  What to do: {entry.remedy}"


def issue_document() -> str:
    """The text of mappings/ISSUES.md."""
    rows = (
        f"| `{entry.code}` | {entry.severity} | {_cell(entry.meaning)} | {_cell(entry.remedy)} |\n"
        for entry in ISSUE_CODES.values()
    )
    return _HEAD + "".join(rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
