"""A second night looks only at the rows that have something to be said about them, and misses none."""

import csv
import runpy
from pathlib import Path

import numpy as np
from commands import MAPPING as MAPPING_OF_PEOPLE
from commands import Run, people, read_csv, write_rows

from importer.run.row_memory import MemoryPlace, MemoryWriter
from importer.sandbox.server import RunningSandbox

ROOT = Path(__file__).parents[2]
MAPPING = ROOT / "mappings/legacy_crm.yaml"
FAST = ("--rate", "0", "--no-progress", "--max-bad", "100%")
OUTCOMES = {"create": "created", "update": "updated", "skip": "skipped", "reject": "rejected"}


def test_second_night_does_what_the_plan_says_of_each_row(
    run: Run, work: Path, connected: RunningSandbox
) -> None:
    """Row by row, also where unchanged ones are passed by: changed, new, bad, shared and left out."""
    file = work / "crm.csv"
    runpy.run_path(str(ROOT / "tests/benchmarks/generate.py"))["write"](700, file, defects=0.3)
    with file.open(encoding="utf-8", newline="") as opened:
        heading, *rows = list(csv.reader(opened))
    title = heading.index("Job Title")
    write(file, [heading, *rows[:650]])
    assert run("run", file, "-m", MAPPING, *FAST, "--report", "1.csv").code == 1
    for row in rows[::7]:
        row[title] = "Night Shift Lead"
    write(file, [heading, *rows])

    assert run("plan", file, "-m", MAPPING, "--out", "steps.csv").code == 1
    before = connected.stats()["updated"]
    assert run("run", file, "-m", MAPPING, *FAST, "--report", "2.csv").code == 1
    planned = [line for line in read_csv(work / "steps.csv") if line["row"]]
    done = read_csv(work / "2.csv")
    assert len(done) == len(planned) == 700
    for plan, line in zip(planned, done, strict=True):
        assert (line["row"], line["line"], line["key"]) == (plan["row"], plan["line"], plan["key"])
        assert line["outcome"] == OUTCOMES.get(plan["step"], plan["step"])
        assert line["contact_id"] == plan["contact_id"] or line["outcome"] == "created"
        assert (not line["message"]) == (not plan["message"])
    seen = {line["outcome"] for line in done}
    assert seen == {"created", "updated", "unchanged", "skipped", "rejected"}
    updated = sum(line["outcome"] == "updated" for line in done)
    assert connected.stats()["updated"] - before == updated > 30


def write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def test_another_mapping_is_not_answered_from_memory(run: Run, work: Path, connected: RunningSandbox) -> None:
    """Rows that are as they were make other contacts under it; back under the old one they make the old."""
    file = write_rows(work / "crm.csv", people(20))
    (work / "other.yaml").write_text(
        MAPPING_OF_PEOPLE.replace("display_name: name", "display_name: '{name}!'")
    )
    expected = (("m.yaml", 0), ("m.yaml", 0), ("other.yaml", 20), ("other.yaml", 0), ("m.yaml", 20))
    for night, (mapping, updated) in enumerate(expected):
        before = connected.stats()["updated"]
        assert run("run", file, "-m", mapping, *FAST, "--report", f"{night}.csv").code == 0
        assert connected.stats()["updated"] - before == updated
        assert (work / "ledger.sqlite3-rows").exists()
    assert {str(one["display_name"])[-1] for one in connected.contacts()} == set("0123456789")


def test_the_memory_is_what_the_first_pass_goes_by(run: Run, work: Path, connected: RunningSandbox) -> None:
    """One that says something else makes every row look changed; the rows themselves then decide."""
    file = write_rows(work / "crm.csv", people(20))
    assert run("run", file, "-m", "m.yaml", *FAST, "--report", "0.csv").code == 0
    path = work / "ledger.sqlite3-rows"
    data = path.read_bytes()
    terms, digests = data[32:48], np.frombuffer(data[88 : 88 + 8 * 20], np.uint64)
    with MemoryWriter(MemoryPlace(path, terms)) as writer:
        writer.add(digests, ["f" * 32] * 20, ())
        writer.save()
    before = connected.stats()["updated"]
    stopped = run("run", file, "-m", "m.yaml", *FAST, "--max-change", "50%", "--report", "1.csv")
    assert (stopped.code, "20 of the 20 contacts" in stopped.err) == (4, True)
    assert run("run", file, "-m", "m.yaml", *FAST, "--report", "2.csv").code == 0
    assert connected.stats()["updated"] == before


def test_a_part_of_the_file_leaves_the_memory_of_the_whole(
    run: Run, work: Path, connected: RunningSandbox
) -> None:
    """`--limit` looks at a few rows, and the next whole run still knows the others."""
    file = write_rows(work / "crm.csv", people(20))
    assert run("run", file, "-m", "m.yaml", *FAST, "--report", "0.csv").code == 0
    memory = (work / "ledger.sqlite3-rows").read_bytes()
    assert run("run", file, "-m", "m.yaml", *FAST, "--limit", "3", "--report", "1.csv").code == 0
    assert (work / "ledger.sqlite3-rows").read_bytes() == memory
