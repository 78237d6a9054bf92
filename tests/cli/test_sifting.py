"""A second night looks only at the rows that have something to be said about them, and misses none."""

import csv
import runpy
from pathlib import Path

from commands import Run, read_csv

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
