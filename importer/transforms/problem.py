"""What a transform hands back in place of a text when the text is not right."""

from dataclasses import dataclass

from importer.model import Severity


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a value cannot be used as it stands.

    Attributes:
        code: one of `importer.issue_codes.ISSUE_CODES`.
        message: begins with the value in double quotes and says what would be right.
        severity: an error stops the value, a warning lets `value` go on.
        suggestion: the right text, only where it is certain.
        value: the mended text that goes on; set for warnings, None for errors.
    """

    code: str
    message: str
    severity: Severity = "error"
    suggestion: str = ""
    value: str | None = None


def shown(text: str, limit: int = 60) -> str:
    """The value in double quotes for a message: on one line, cut when very long."""
    line = " ".join(text.split())
    return f'"{line}"' if len(line) <= limit else f'"{line[: limit - 1]}…"'


def warning(code: str, message: str, value: str) -> Problem:
    """A problem that has been mended: `value` goes on, the person is told."""
    return Problem(code, message, severity="warning", suggestion=value, value=value)
