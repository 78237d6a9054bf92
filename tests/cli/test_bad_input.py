"""Bad input gets one clear sentence, the documented exit code, no traceback, and nothing is sent."""

from pathlib import Path

import pytest
from commands import MAPPING, Run, people, write_rows

from importer.sandbox.server import RunningSandbox

FILES = [
    pytest.param(None, ["no file", "There is no", "does not exist", "not found"], id="missing"),
    pytest.param(b"", ["empty"], id="empty"),
    pytest.param(b"id,name,phone,email\n", ["no rows", "heading"], id="heading only"),
    pytest.param("folder", ["folder"], id="directory"),
    pytest.param(
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 8, ["PNG", "image"], id="binary"
    ),
    pytest.param(b"id,name,phone\n1,A,+12125550100\n", ["email"], id="lacks a mapped column"),
    pytest.param(b'id,name,phone,email\n1,"A,+12125550100,\n', ["quote"], id="ends inside a quote"),
]


@pytest.mark.parametrize("command", ["run", "check"])
@pytest.mark.parametrize(("content", "words"), FILES)
def test_a_file_that_cannot_be_used(
    command: str,
    content: bytes | str | None,
    words: list[str],
    run: Run,
    work: Path,
    connected: RunningSandbox,
) -> None:
    """Exit 2 and one of the expected words."""
    path = work / "c.csv"
    if content == "folder":
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    result = run(command, path, "-m", "m.yaml")
    assert result.code == 2, result.out
    assert any(word in result.err for word in words), result.err
    assert "Traceback" not in result.out + result.err
    assert connected.contacts() == []
    assert not list(work.glob("*report*"))


MAPPINGS = [
    pytest.param(None, ["There is no mapping file"], id="missing"),
    pytest.param("version: 1\ncontact: [\n", ["m.yaml", "line"], id="no YAML"),
    pytest.param(
        MAPPING.replace("  emails:", "  e_mails:"), ["e_mails", "emails", "line 7"], id="unknown key"
    ),
    pytest.param(
        MAPPING.replace("display_name: name", "display_name: nmae"),
        ["nmae", '"name"', "line 5"],
        id="misspelt column",
    ),
    pytest.param(MAPPING.replace("version: 1", "version: 7"), ["version"], id="other version"),
    pytest.param("just text", ["m.yaml"], id="no mapping at all"),
]


@pytest.mark.parametrize("command", ["run", "check"])
@pytest.mark.parametrize(("text", "words"), MAPPINGS)
def test_a_mapping_that_cannot_be_used(
    command: str, text: str | None, words: list[str], run: Run, work: Path, connected: RunningSandbox
) -> None:
    """Exit 2, and the message names file, line, what was found and the nearest spelling."""
    mapping = work / "m.yaml"
    mapping.unlink()
    if text is not None:
        mapping.write_text(text, encoding="utf-8")
    result = run(command, write_rows(work / "c.csv", people(2)), "-m", "m.yaml")
    assert result.code == 2
    for word in words:
        assert word in result.err
    assert "Traceback" not in result.err
    assert connected.contacts() == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["run"],
        ["run", "c.csv"],
        ["run", "c.csv", "-m", "m.yaml", "--account-plan", "free"],
        ["run", "c.csv", "-m", "m.yaml", "--workers", "0"],
        ["run", "c.csv", "-m", "m.yaml", "--share", "150%"],
        ["run", "c.csv", "-m", "m.yaml", "--rate", "fast"],
        ["run", "c.csv", "-m", "m.yaml", "--quiet-hours", "noon"],
        ["run", "c.csv", "-m", "m.yaml", "--wait-for-quota", "soon"],
        ["frobnicate"],
        ["sandbox", "--port", "no"],
    ],
    ids=" ".join,
)
def test_usage_errors_end_with_2(arguments: list[str], run: Run, work: Path) -> None:
    """Usage is one message on stderr."""
    write_rows(work / "c.csv", people(1))
    result = run(*arguments)
    assert result.code == 2
    assert result.err
    assert "Traceback" not in result.err


def test_help_names_the_commands_and_the_exit_codes(run: Run) -> None:
    """The first thing that a person reads."""
    result = run("--help")
    assert result.code == 0
    for word in ("run", "check", "sandbox", "Exit codes", "4  stopped early and resumable"):
        assert word in result.out
