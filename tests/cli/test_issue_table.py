"""Every issue code has its entry, in the document and at the terminal."""

from pathlib import Path

import pytest
from commands import Run

from importer.cli.checks.issue_table import issue_document
from importer.issue_codes import ISSUE_CODES

DOCUMENT = Path(__file__).parents[2] / "mappings" / "ISSUES.md"


def test_the_document_is_the_table_of_the_code() -> None:
    """mappings/ISSUES.md is `issue_document()`; write it anew when a code is added."""
    assert DOCUMENT.read_text(encoding="utf-8") == issue_document()


@pytest.mark.parametrize("code", list(ISSUE_CODES))
def test_every_code_can_be_explained(run: Run, code: str) -> None:
    """Without a file or a mapping: severity, meaning, remedy."""
    result = run("check", "--explain", code)
    entry = ISSUE_CODES[code]
    assert result.code == 0
    assert result.out.startswith(f"{code} ({entry.severity})\n")
    assert entry.meaning in result.out
    assert entry.remedy in result.out


def test_a_code_with_a_slip_is_told_the_nearest(run: Run) -> None:
    """Exit code 2."""
    result = run("check", "--explain", "phone_invald")
    assert result.code == 2
    assert 'did you mean "phone_invalid"?' in result.err
