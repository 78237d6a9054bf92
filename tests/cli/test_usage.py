"""What the person hears who has mistyped the command itself."""

import pytest
from commands import Run


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["chek", "c.csv"], "Did you mean check?", id="command with a slip"),
        pytest.param(["xyz"], "There are: run, suggest, check", id="no such command"),
        pytest.param(["run", "c.csv"], "suggest c.csv > mapping.yaml", id="no mapping"),
        pytest.param(["check"], "Missing argument 'FILE'", id="no file"),
        pytest.param(["run", "c.csv", "-m", "m.yaml", "--acount-plan", "pro"], "--account-plan", id="option"),
    ],
)
def test_a_mistyped_command_is_answered_with_the_right_one(run: Run, words: list[str], said: str) -> None:
    """Exit code 2 and the nearest that there is."""
    result = run(*words)
    assert result.code == 2
    assert said in result.err
