"""What earlier runs left behind: doubt, mended rows, a disk that was full, a quota that was used up."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from commands import environment, read_csv, write_rows
from migration import HEADINGS, Row, audit, person, wrong
from stand_in import Answer, Payload, StandIn

from importer.ledger import Intent, Ledger, Reader, RunStart
from importer.sandbox.server import RunningSandbox
from importer.sandbox.settings import SandboxSettings


@pytest.fixture
def sandbox(place) -> Iterator[RunningSandbox]:
    """A sandbox without a rate limit, to which the settings point."""
    settings = SandboxSettings(light_per_s=0, medium_per_s=0, heavy_per_s=0)
    with RunningSandbox(settings) as running:
        place.connect(running)
        yield running


def write(place, rows: list[Row], name: str = "c.csv") -> str:
    write_rows(place.folder / name, [row.cells for row in rows], HEADINGS)
    return name


def left_in_flight(place, sandbox: RunningSandbox, row: Row) -> None:
    """Leave a ledger as a process does that is killed between the request and its answer."""
    ledger = Ledger.open(
        place.ledger,
        account_id="sandbox-account",
        address_book_id="sandbox-book",
        api_url=sandbox.api_url,
    )
    try:
        ledger.start_run(RunStart("run"))
        asyncio.run(ledger.begin(Intent("create", row.key, 1, 2, "before", row.payload)))
    finally:
        ledger.close()


@pytest.mark.parametrize("stored", [True, False], ids=["stored", "not stored"])
@pytest.mark.parametrize("fate", ["same", "changed", "left"])
def test_doubt_of_a_killed_run(place, sandbox: RunningSandbox, fate: str, stored: bool) -> None:
    """Settled first, whatever the file says of the row now; then created, updated or left in peace."""
    before = person("K1", 1)
    left_in_flight(place, sandbox, before)
    if stored:
        sandbox.seed([before.payload])
    now = {"same": [before], "changed": [person("K1", 1, "Example Ltd")], "left": []}[fate]
    rows = [*now, person("K2", 2)]
    result = place.run(write(place, rows), "-m", "m.yaml")
    assert result.code == 0, result.err
    expected = [row.payload["display_name"] for row in rows]
    if fate == "left" and stored:
        expected.append(before.payload["display_name"])
    contacts = sandbox.contacts()
    assert sorted(one["display_name"] for one in contacts) == sorted(expected)
    if fate == "changed":
        assert "Example Ltd" in [one.get("company") for one in contacts]
    with Reader(place.ledger) as reader:
        assert not list(reader.in_doubt())
        assert reader.owned_count() == len(contacts)


def test_a_blank_key_that_was_filled_in_is_the_same_row(place, sandbox: RunningSandbox) -> None:
    """The report over all runs has one line for it, under its new key."""
    blank = Row("", ("", *person("", 2).cells[1:]), None)
    file = write(place, [person("K1", 1), blank])
    assert place.run(file, "-m", "m.yaml").code == 1
    (corrections,) = place.folder.glob("*corrections*")
    lines = read_csv(corrections)
    lines[0]["id"] = "K2"
    write_rows(place.folder / "mended.csv", [list(line.values()) for line in lines], list(lines[0]))
    result = place.run("mended.csv", "-m", "m.yaml")
    assert result.code == 0, result.err
    assert place.call("report", "--all", "--report", "all.csv").code == 0
    told = [(line["key"], line["outcome"]) for line in read_csv(place.folder / "all.csv")]
    assert told == [("K1", "created"), ("K2", "created")]


def test_a_blank_key_that_stays_blank_keeps_its_line(place, sandbox: RunningSandbox) -> None:
    """A corrections file that was not mended adds no further row to the report over all runs."""
    blank = Row("", ("", *person("", 2).cells[1:]), None)
    place.run(write(place, [person("K1", 1), person("K3", 3), blank]), "-m", "m.yaml")
    (corrections,) = place.folder.glob("*corrections*")
    assert place.run(corrections, "-m", "m.yaml").code == 1
    place.call("report", "--all", "--report", "all.csv")
    assert [line["key"] for line in read_csv(place.folder / "all.csv")] == ["K1", "K3", "row:3"]


def test_without_keys_the_mended_export_finds_the_mended_row(place, sandbox: RunningSandbox) -> None:
    """A row that was mended in the corrections file, and then in the export too, is one contact."""
    mapping = (place.folder / "m.yaml").read_text(encoding="utf-8").replace("key: id\n", "")
    (place.folder / "m.yaml").write_text(mapping, encoding="utf-8")
    good = person("", 2)
    place.run(write(place, [person("", 1), wrong("")]), "-m", "m.yaml")
    (corrections,) = place.folder.glob("*corrections*")
    line = read_csv(corrections)[0] | dict(zip(HEADINGS, good.cells, strict=True))
    write_rows(place.folder / "mended.csv", [list(line.values())], list(line))
    assert place.run("mended.csv", "-m", "m.yaml").code == 0
    assert place.run("mended.csv", "-m", "m.yaml").code == 0
    assert place.run(write(place, [person("", 1), good]), "-m", "m.yaml").code == 0
    assert {line["outcome"] for line in place.report} == {"unchanged"}
    assert len(sandbox.contacts()) == 2


def test_a_row_copied_in_the_corrections_file_is_sent_once(place, sandbox: RunningSandbox) -> None:
    """Two lines with one carried key end in outcomes, not in a crash."""
    mapping = (place.folder / "m.yaml").read_text(encoding="utf-8").replace("key: id\n", "")
    (place.folder / "m.yaml").write_text(mapping, encoding="utf-8")
    place.run(write(place, [person("", 1), wrong("")]), "-m", "m.yaml")
    (corrections,) = place.folder.glob("*corrections*")
    first = read_csv(corrections)[0] | dict(zip(HEADINGS, person("", 2).cells, strict=True))
    second = first | dict(zip(HEADINGS, person("", 3).cells, strict=True))
    write_rows(place.folder / "mended.csv", [list(one.values()) for one in (first, second)], list(first))
    place.run("mended.csv", "-m", "m.yaml")
    names = [one["display_name"] for one in sandbox.contacts()]
    assert len(names) == len(set(names))
    assert len(place.report) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files")
@pytest.mark.parametrize("kilobytes", [160, 260], ids=["early", "later"])
def test_a_disk_that_fills_up(place, sandbox: RunningSandbox, kilobytes: int) -> None:
    """Exit 4 with a sentence, nothing lost: with room again the next run completes the book."""
    rows = [person(f"K{n}", n) for n in range(900)]
    file = write(place, rows)
    command = f'ulimit -f {kilobytes} && exec "$@"'
    flags = ["--rate", "0", "--no-progress", "--settle-pause", "1", "--report", "full.csv"]
    run = [sys.executable, "-m", "importer", "run", file, "-m", "m.yaml", *flags]
    ended = subprocess.run(
        ["bash", "-c", command, "bash", *run],
        cwd=place.folder,
        env={**os.environ, **environment(sandbox, place.folder)},
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 4, ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    assert "same command again" in ended.stderr
    assert place.run(file, "-m", "m.yaml").code == 0
    found = audit(rows, sandbox.contacts(), place.report, place.ledger)
    assert found.clean, found


def test_the_daily_limit_stops_or_waits(place) -> None:
    """Without --wait-for-quota exit 4 and the time to come back; with it the run waits and completes."""
    settings = SandboxSettings(light_per_s=0, medium_per_s=0, light_per_day=15, day_s=3)
    rows = [person(f"K{n}", n) for n in range(25)]
    with RunningSandbox(settings) as sandbox:
        place.connect(sandbox)
        file = write(place, rows)
        stopped = place.run(file, "-m", "m.yaml")
        assert stopped.code == 4
        assert re.search(r"after \d{4}-\d\d-\d\d \d\d:\d\d \(UTC", stopped.err), stopped.err
        assert "--wait-for-quota" in stopped.err
        result = place.run(file, "-m", "m.yaml", "--wait-for-quota", "20s")
        assert result.code == 0, result.err
        found = audit(rows, sandbox.contacts(), place.report, place.ledger)
    assert found.clean, found


FORMS = {
    "seconds": lambda _moment: "2",
    "HTTP date": lambda moment: format_datetime(moment, usegmt=True),
    "ISO 8601": lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_the_three_forms_of_retry_after(place, form) -> None:
    """Each is waited for over real HTTP, and no contact is posted before its time."""
    until: list[datetime] = []

    async def create(server: StandIn, payload: Payload) -> Answer:
        now = datetime.now(UTC)
        if not until:
            until.append((now + timedelta(seconds=2)).replace(microsecond=0))
        if now < until[0]:
            body = {"code": 429, "message": "You have reached the maximum daily rate limit for this API."}
            return Answer(429, body, {"Retry-After": form(until[0])})
        return Answer(201, server.store(payload))

    rows = [person(f"K{n}", n) for n in range(12)]
    with StandIn(create) as server:
        place.connect(server)
        result = place.run(write(place, rows), "-m", "m.yaml", "--wait-for-quota", "10s")
        assert result.code == 0, result.err
        assert server.creates < 4 * len(rows)
    assert audit(rows, server.contacts, place.report, place.ledger).clean


def test_a_quota_longer_than_allowed_stops(place) -> None:
    """An hour is more than --wait-for-quota 10s: exit 4, and every row still has its line."""

    async def create(server: StandIn, payload: Payload) -> Answer:
        body = {"code": 429, "message": "You have reached the maximum daily rate limit for this API."}
        return Answer(429, body, {"Retry-After": "3600", "X-RateLimit-Type": "Daily-limit"})

    with StandIn(create) as server:
        place.connect(server)
        result = place.run(
            write(place, [person(f"K{n}", n) for n in range(5)]), "-m", "m.yaml", "--wait-for-quota", "10s"
        )
    assert result.code == 4
    assert {line["outcome"] for line in place.report} == {"not attempted"}
    assert len(place.report) == 5
