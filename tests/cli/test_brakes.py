"""A run stops before its first change, exit 4, and says why and what overrules it."""

import gzip
import os
import time
from pathlib import Path

import pytest
from commands import MAPPING, Run, people, write_rows

from importer.sandbox.server import RunningSandbox

FAST = ("--rate", "0", "--no-progress")


@pytest.fixture
def imported(run: Run, work: Path, connected: RunningSandbox) -> Path:
    """A file of 100 people that has been imported."""
    file = write_rows(work / "crm.csv", people(100))
    assert run("run", file, "-m", "m.yaml", *FAST, "--report", "0.csv").code == 0
    return file


def changes(sandbox: RunningSandbox) -> tuple[int, int, int]:
    """Contacts stored, updated, deleted so far."""
    found = sandbox.stats()
    return found["stored"], found["updated"], found["deleted"]


def test_a_halved_file_is_not_sent(run: Run, imported: Path, connected: RunningSandbox) -> None:
    """Exit 4, nothing changed, no report; the advice of the message works."""
    write_rows(imported, people(50))
    before = changes(connected)
    result = run("run", imported, "-m", "m.yaml", *FAST)
    assert result.code == 4
    assert "50 rows, 50 % fewer than the 100 of the last run" in result.err
    assert "--max-shrink 50%" in result.err
    assert changes(connected) == before
    assert not list(imported.parent.glob("*-report-*"))
    assert run("run", imported, "-m", "m.yaml", *FAST, "--max-shrink", "50%").code == 0


def test_the_next_run_is_measured_against_the_last_that_finished(
    run: Run, imported: Path, connected: RunningSandbox
) -> None:
    """A stopped run is no yardstick, an allowed one is."""
    write_rows(imported, people(70))
    assert run("run", imported, "-m", "m.yaml", *FAST).code == 4
    assert run("run", imported, "-m", "m.yaml", *FAST, "--max-shrink", "0.3").code == 0
    assert run("run", imported, "-m", "m.yaml", *FAST).code == 0


def test_limit_and_other_sources_do_not_count_as_shrunken(
    run: Run, imported: Path, connected: RunningSandbox
) -> None:
    """--limit takes part of the file on purpose; another export has its own yardstick."""
    assert run("run", imported, "-m", "m.yaml", *FAST, "--limit", "5").code == 0
    leads = write_rows(imported.with_name("leads.csv"), people(5, first=901))
    assert run("run", leads, "-m", "m.yaml", *FAST, "--source", "leads").code == 0
    assert run("run", imported, "-m", "m.yaml", *FAST).code == 0


@pytest.mark.parametrize(
    "rows",
    [people(100, first=501), [[row[0].lstrip("K0"), *row[1:]] for row in people(100)]],
    ids=["another list", "the same people, keys without leading zeros"],
)
def test_a_file_of_new_keys_is_not_sent(
    rows: list[list[str]], run: Run, imported: Path, connected: RunningSandbox
) -> None:
    """As many rows as ever, and none that is known: everybody would be there twice."""
    write_rows(imported, rows)
    before = changes(connected)
    result = run("run", imported, "-m", "m.yaml", *FAST)
    assert result.code == 4
    assert "lacks 100 of the 100 contacts of this source and has 100 new rows" in result.err
    assert changes(connected) == before
    assert run("run", imported, "-m", "m.yaml", *FAST, "--mode", "update").code == 0
    assert changes(connected) == before
    assert run("run", imported, "-m", "m.yaml", *FAST, "--source", "other").code == 0


@pytest.mark.parametrize("content", ["", "id,name,phone,email\n"], ids=["nothing", "a heading"])
def test_an_export_that_came_out_empty_is_a_matter_of_the_brakes(
    content: str, run: Run, imported: Path, connected: RunningSandbox
) -> None:
    """Exit 4 and no 2: the file is right again when the export is, and the same command goes on."""
    imported.write_text(content, encoding="utf-8")
    before = connected.stats()["requests"]
    result = run("run", imported, "-m", "m.yaml", *FAST, "--leavers", "delete")
    assert result.code == 4
    assert "(crm.csv, " in result.err
    assert "had 100 rows" in result.err
    assert connected.stats()["requests"] == before
    assert run("run", imported, "-m", "m.yaml", *FAST, "--source", "leads").code == 2


def test_too_many_bad_rows(run: Run, work: Path, connected: RunningSandbox) -> None:
    """Twelve of a hundred rows are wrong: nothing is sent until that is allowed."""
    rows = people(100)
    for row in rows[:12]:
        row[2] = "12"
    file = write_rows(work / "crm.csv", rows)
    result = run("run", file, "-m", "m.yaml", *FAST)
    assert result.code == 4
    assert "12 of the 100 rows" in result.err
    assert connected.contacts() == []
    assert run("run", file, "-m", "m.yaml", *FAST, "--max-bad", "12%").code == 1
    assert len(connected.contacts()) == 88


def test_rows_with_one_key_count_as_bad(run: Run, work: Path, connected: RunningSandbox) -> None:
    """An export that repeats its keys is broken, too."""
    rows = people(40)
    for row in rows[:20]:
        row[0] = "same"
    result = run("run", write_rows(work / "crm.csv", rows), "-m", "m.yaml", *FAST)
    assert result.code == 4
    assert "20 of the 40 rows" in result.err


def test_max_change_counts_what_would_be_touched(run: Run, imported: Path, connected: RunningSandbox) -> None:
    """Ten changed names of a hundred: 9 % stops, 10 % goes."""
    rows = people(100)
    for row in rows[:10]:
        row[1] += " II"
    write_rows(imported, rows)
    before = changes(connected)
    assert run("run", imported, "-m", "m.yaml", *FAST, "--max-change", "9%").code == 4
    assert changes(connected) == before
    assert run("run", imported, "-m", "m.yaml", *FAST, "--max-change", "10%").code == 0
    assert connected.stats()["updated"] == 10


def test_an_old_file(run: Run, imported: Path) -> None:
    """--max-age notices an export that has not run."""
    yesterday = time.time() - 30 * 3600
    os.utime(imported, (yesterday, yesterday))
    result = run("run", imported, "-m", "m.yaml", *FAST, "--max-age", "20h")
    assert result.code == 4
    assert "30 hours ago" in result.err
    assert run("run", imported, "-m", "m.yaml", *FAST, "--max-age", "2d").code == 0


def test_a_file_that_ends_inside_a_row(run: Run, imported: Path, connected: RunningSandbox) -> None:
    """The copy is not complete: the last row has no end and too few cells."""
    imported.write_bytes(imported.read_bytes().rstrip()[: -len(",p100@example.com")])
    result = run("run", imported, "-m", "m.yaml", *FAST)
    assert result.code == 4
    assert "middle of a row" in result.err
    assert run("run", imported, "-m", "m.yaml", *FAST, "--accept-cut-off").code == 1


def test_a_compressed_file_has_no_open_end(run: Run, imported: Path) -> None:
    """The last byte of an archive says nothing about the last row."""
    packed = imported.with_suffix(".csv.gz")
    rows = people(100)
    rows[-1] = ["K00100"]
    packed.write_bytes(gzip.compress(write_rows(imported, rows).read_bytes()))
    assert run("run", packed, "-m", "m.yaml", *FAST).code == 1


def test_an_emptied_book(run: Run, imported: Path, connected: RunningSandbox) -> None:
    """Rows whose contacts somebody has deleted must not count as unchanged."""
    connected.reset()
    result = run("run", imported, "-m", "m.yaml", *FAST)
    assert result.code == 4
    assert "100 contacts" in result.err
    assert "holds only 0" in result.err
    assert run("run", imported, "-m", "m.yaml", *FAST, "--max-missing", "100%").code == 0


@pytest.mark.parametrize(
    ("key", "code"),
    [("email", 2), ("[id, email]", 2), ("[{column: id, transform: [upper]}]", 2), ("[id]", 0)],
    ids=["another column", "one more column", "another transform", "the same, written otherwise"],
)
def test_another_key_is_refused(
    key: str, code: int, run: Run, imported: Path, connected: RunningSandbox
) -> None:
    """Everybody would be created a second time; the message says what to do."""
    imported.with_name("k.yaml").write_text(MAPPING.replace("key: id", f"key: {key}"), encoding="utf-8")
    result = run("run", imported, "-m", "k.yaml", *FAST)
    assert result.code == code, result.err
    assert len(connected.contacts()) == 100
    if code:
        assert '"id"' in result.err
        assert "zoom-import adopt" in result.err
        assert "--source" in result.err


def test_without_a_key_another_mapping_for_the_same_file_is_refused(
    run: Run, work: Path, connected: RunningSandbox
) -> None:
    """Rows are known by what the mapping makes of them; a changed mapping knows none of them."""
    file = write_rows(work / "crm.csv", people(5))
    (work / "a.yaml").write_text(MAPPING.replace("key: id\n", ""), encoding="utf-8")
    (work / "b.yaml").write_text(MAPPING.replace("key: id\n", "") + "  role: id\n", encoding="utf-8")
    assert run("run", file, "-m", "a.yaml", *FAST).code == 0
    result = run("run", file, "-m", "b.yaml", *FAST)
    assert result.code == 2
    assert "second time" in result.err
    assert len(connected.contacts()) == 5


@pytest.mark.parametrize("share", ["20", "120%", "-1%", "a lot", "nan", "%"])
def test_a_share_that_is_none(share: str, run: Run, imported: Path) -> None:
    """Exit 2, and how to write it; a bare 20 could mean 20 or 2000 percent."""
    result = run("run", imported, "-m", "m.yaml", *FAST, "--max-shrink", share)
    assert result.code == 2
    assert "20% or 0.2" in result.err
