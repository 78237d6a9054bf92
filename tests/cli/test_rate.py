"""What a person is told of the rate: by the real command, against a sandbox whose limits are real."""

from pathlib import Path

import pytest
from commands import Run, environment, people, write_rows

from importer.sandbox.server import RunningSandbox
from importer.sandbox.settings import SandboxSettings


def test_a_limit_below_the_plans_is_named_in_the_summary(
    run: Run, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An account with 20 a second under `--account-plan business` is imported, and the summary says so."""
    with RunningSandbox(SandboxSettings(light_per_s=20)) as sandbox:
        for name, value in environment(sandbox, work).items():
            monkeypatch.setenv(name, value)
        file = write_rows(work / "c.csv", people(45))
        result = run("run", file, "-m", "m.yaml", "--account-plan", "business", "--no-progress")
    assert result.code == 0, result.err
    assert "the account allowed about 20 contacts a second, not the 40 of its plan" in result.out
