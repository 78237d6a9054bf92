"""The report over all runs has one line per source row, also where rows share a key or were mended."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from commands import MAPPING, Run, people, read_csv, write_rows

from importer.sandbox.server import RunningSandbox

FAST = ("--rate", "0", "--no-progress", "--max-bad", "100%", "--max-shrink", "100%")
HEADINGS = ("id", "name", "phone", "email")
Told = list[tuple[str, str, str]]


class Migration:
    """Runs files one after the other and reads the report over all of it."""

    def __init__(self, run: Run, folder: Path) -> None:
        self._run, self.folder, self._count = run, folder, 0

    def run(self, rows: Sequence[Sequence[str]], *flags: str, name: str = "c.csv") -> int:
        write_rows(self.folder / name, rows, HEADINGS)
        return self.again(name, *flags)

    def again(self, name: str, *flags: str) -> int:
        self._count += 1
        report = f"run-{self._count}.csv"
        return self._run("run", name, "-m", "m.yaml", *FAST, *flags, "--report", report).code

    @property
    def corrections(self) -> Path:
        return self.folder / f"run-{self._count}-corrections.csv"

    def mend(self, before: str, after: str) -> int:
        """Mend the last corrections file and run it."""
        text = self.corrections.read_text(encoding="utf-8-sig")
        assert before in text
        (self.folder / "mended.csv").write_text(text.replace(before, after, 1), encoding="utf-8-sig")
        return self.again("mended.csv")

    def told(self) -> Told:
        path = self.folder / f"all-{self._count}.csv"
        if not path.exists():
            self._run("report", "--all", "--report", path)
        return [(line["row"], line["key"], line["outcome"]) for line in read_csv(path)]


@pytest.fixture
def migration(run: Run, work: Path, connected: RunningSandbox) -> Migration:
    return Migration(run, work)


SHARING = [
    ["K1", "Ada", "+12125550101", ""],
    ["K2", "Grace", "+12125550102", ""],
    ["K1", "Jean", "+12125550103", ""],
]


def test_rows_rejected_for_one_key_have_a_line_each(migration: Migration) -> None:
    """Both, with the key that the file has; running the same again changes nothing."""
    expected = [("1", "K1", "rejected"), ("2", "K2", "created"), ("3", "K1", "rejected")]
    assert migration.run(SHARING) == 1
    assert migration.told() == expected
    assert migration.again("c.csv") == 1
    expected[1] = ("2", "K2", "created")
    assert migration.told() == expected


@pytest.mark.parametrize("which", ["first", "second"])
def test_a_shared_key_mended_in_the_corrections_file(migration: Migration, which: str) -> None:
    """Whichever row gets another key: a line for each source row, attempt 2 of the same row."""
    migration.run(SHARING)
    row = SHARING[0 if which == "first" else 2]
    assert migration.mend(",".join(row), ",".join(["K9", *row[1:]])) == 0
    keys = ("K9", "K1") if which == "first" else ("K1", "K9")
    assert migration.told() == [("1", keys[0], "created"), ("2", "K2", "created"), ("3", keys[1], "created")]


def test_a_shared_key_mended_in_the_file(migration: Migration) -> None:
    """Nothing is left of what the row was, whatever tonight's file is called."""
    migration.run(SHARING)
    mended = [*SHARING[:2], ["K9", *SHARING[2][1:]]]
    assert migration.run(mended, name="tonight.csv") == 0
    assert migration.told() == [("1", "K1", "created"), ("2", "K2", "created"), ("3", "K9", "created")]


@pytest.mark.parametrize(("policy", "taken"), [("first", "1"), ("last", "3")])
def test_a_row_passed_over_has_its_line(migration: Migration, policy: str, taken: str) -> None:
    """Beside the one that is taken, and again after a run that had nothing to do."""
    for _ in range(2):
        assert migration.run(SHARING, "--duplicates", policy) == 0
        expected = [(row, "created" if row in (taken, "2") else "skipped") for row in ("1", "2", "3")]
        assert [(row, outcome) for row, _, outcome in migration.told()] == expected


def test_a_row_left_out_has_its_line_beside_one_of_its_key(migration: Migration) -> None:
    """The contact stays the row's that is sent, and a second run finds it unchanged."""
    mapping = MAPPING.replace("contact:", "skip_rows:\n  - {column: email, is: gone@example.com}\ncontact:")
    (migration.folder / "m.yaml").write_text(mapping, encoding="utf-8")
    rows = [["K1", "Old Ada", "+12125550101", "gone@example.com"], *SHARING[:2]]
    for _ in range(2):
        assert migration.run(rows) == 0
        assert migration.told() == [("1", "K1", "skipped"), ("2", "K1", "created"), ("3", "K2", "created")]
    # Alone with its key it is the row that was imported, left out from now on.
    assert migration.run([rows[0], rows[2]]) == 0
    assert [(key, outcome) for _, key, outcome in migration.told()] == [("K1", "skipped"), ("K2", "created")]


@pytest.mark.parametrize("keyed", [True, False], ids=["blank key", "no keys"])
def test_a_row_mended_in_its_file_has_one_line(migration: Migration, keyed: bool) -> None:
    """Mended, it is known by another key: the one that it had is forgotten."""
    if not keyed:
        mapping = MAPPING.replace("key: id\n", "")
        (migration.folder / "m.yaml").write_text(mapping, encoding="utf-8")
    good, bad = people(2), ["" if keyed else "K7", "Jean", "+12125550103" if keyed else "12", ""]
    assert migration.run([good[0], bad, good[1]]) == 1
    assert [outcome for _, _, outcome in migration.told()] == ["created", "rejected", "created"]
    assert migration.run([good[0], ["K7", "Jean", "+12125550103", ""], good[1]]) == 0
    assert [(row, outcome) for row, _, outcome in migration.told()] == [
        ("1", "created"),
        ("2", "created"),
        ("3", "created"),
    ]


def test_the_bad_rows_of_another_file_stay(migration: Migration) -> None:
    """A migration of several files: the second says nothing about the first, nor do some rows of it."""
    bad = ["K9", "Jean", "12", ""]
    migration.run([*people(1), bad], name="january.csv")
    migration.run(people(2, first=2), name="february.csv")
    migration.again("january.csv", "--limit", "1")
    assert ("2", "K9", "rejected") in migration.told()
    assert len(migration.told()) == 4
