"""`zoom-import suggest`: a mapping that runs as it is, and what is said about it."""

from pathlib import Path

import pytest
from commands import Run, people, write_rows

SAMPLES = Path(__file__).parents[2] / "sample_data"


def test_the_draft_goes_to_standard_output_and_runs(run: Run, work: Path) -> None:
    """Standard output holds the mapping and nothing else; what was recognised goes to standard error."""
    file = write_rows(work / "c.csv", people(30))
    drafted = run("suggest", file)
    assert drafted.code == 0
    (work / "mapping.yaml").write_text(drafted.out, encoding="utf-8")
    assert "UTF-8" in drafted.err
    assert "recognised: no known export" in drafted.err
    assert "then: zoom-import check" in drafted.err
    checked = run("check", file, "-m", "mapping.yaml")
    assert checked.code == 0
    assert "30 rows" in checked.out


def test_out_never_overwrites(run: Run, work: Path) -> None:
    """A mapping that somebody has worked on stays."""
    file = write_rows(work / "c.csv", people(3))
    assert run("suggest", file, "--out", "new.yaml").code == 0
    before = (work / "new.yaml").read_bytes()
    again = run("suggest", file, "--out", "new.yaml")
    assert again.code == 2
    assert "new.yaml is already there and is not overwritten" in again.err
    assert (work / "new.yaml").read_bytes() == before


def test_the_schema_beside_the_mapping_is_named(run: Run, work: Path) -> None:
    """Else the one that came with the program, which editors find wherever the mapping lies."""
    file = write_rows(work / "c.csv", people(3))
    first = run("suggest", file).out.splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=file:///")
    assert first.endswith("/schema.json")
    (work / "schema.json").write_text("{}")
    assert run("suggest", file).out.startswith("# yaml-language-server: $schema=./schema.json\n")


def test_a_known_export_is_named(run: Run, work: Path) -> None:
    """The person sees that the shipped mapping was taken."""
    result = run("suggest", SAMPLES / "hubspot.csv", "--out", "h.yaml")
    assert "recognised: HubSpot export" in result.err
    assert "name: HubSpot" in (work / "h.yaml").read_text(encoding="utf-8")


def test_names_for_a_file_without_headings_are_kept_in_the_draft(run: Run, work: Path) -> None:
    """What --headings said is in the mapping, so that check needs no flag."""
    file = work / "c.csv"
    file.write_text("Ada Berg,+12125550101\nJo Doe,+12125550102\n", encoding="utf-8")
    assert "--headings" in run("suggest", file).err
    assert run("suggest", file, "--headings", 'Name,"Phone, direct"', "--out", "m2.yaml").code == 0
    checked = run("check", file, "-m", "m2.yaml", "--preview", "1")
    assert checked.code == 0
    assert "2 rows" in checked.out
    assert "+12125550101" in checked.out


@pytest.mark.parametrize(
    ("names", "said"),
    [("a,,c", "names every column"), ("", "names every column"), ("a,b,a", '"a" twice')],
    ids=["gap", "nothing", "twice"],
)
def test_wrong_names_are_refused(run: Run, work: Path, names: str, said: str) -> None:
    """Before the file is read."""
    result = run("suggest", write_rows(work / "c.csv", people(3)), "--headings", names)
    assert result.code == 2
    assert said in result.err


def test_a_file_without_phones_and_emails_is_refused_with_a_sentence(run: Run, work: Path) -> None:
    """Exit code 2, no output, no file."""
    (work / "c.csv").write_text("Colour,Size\nred,12\n", encoding="utf-8")
    result = run("suggest", work / "c.csv", "--out", "m2.yaml")
    assert (result.code, result.out) == (2, "")
    assert "No mapping can be drafted" in result.err
    assert not (work / "m2.yaml").exists()
