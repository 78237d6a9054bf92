"""A migration that is killed again and again: sandbox and importer as processes, and the audit afterwards."""

import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from commands import read_csv, start

from importer.ledger import Reader
from importer.sandbox.store import Query, Store

BOOK = "sandbox-book"
RUN_LIMIT_S = 120.0


class SandboxProcess:
    """The sandbox as a process of its own, on a free port; contacts are in `state`, also after its end."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.state = folder / "book.sqlite3"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "importer.sandbox", "--port", "0", "--state", str(self.state), *arguments],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        self.variables = dict(word.split("=", 1) for word in line.removeprefix("sandbox: ").split())
        self._url = self.variables["ZOOM_API_URL"].removesuffix("/v2")

    def stats(self) -> dict[str, Any]:
        """Counters, see `importer.sandbox.stats`."""
        with urllib.request.urlopen(f"{self._url}/sandbox/stats", timeout=30) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
        return found

    def set_faults(self, faults: Sequence[Mapping[str, object]]) -> None:
        """Replace the faults."""
        body = json.dumps(list(faults)).encode()
        request = urllib.request.Request(f"{self._url}/sandbox/faults", body, method="POST")  # noqa: S310
        urllib.request.urlopen(request, timeout=30).close()  # noqa: S310

    def contacts(self) -> list[dict[str, Any]]:
        """All contacts of the book, while the sandbox goes on."""
        found: list[dict[str, Any]] = []
        while page := self._page(found[-1]["seq"] if found else 0):
            found += page
        return found

    def _page(self, after: int) -> list[dict[str, Any]]:
        with urllib.request.urlopen(f"{self._url}/sandbox/contacts?after={after}", timeout=30) as answer:  # noqa: S310
            found: list[dict[str, Any]] = json.load(answer)["contacts"]
        return found

    def close(self) -> list[dict[str, Any]]:
        """End it, with everything stored that was still to be stored late; give the contacts of the book."""
        self._process.terminate()
        self._process.communicate(timeout=60)
        store = Store(self.state)
        try:
            found: list[dict[str, Any]] = []
            after = 0
            while page := store.page(Query(BOOK), after, 10_000):
                found += [{"contact_id": each.contact_id, **each.body} for each in page]
                after = page[-1].seq
        finally:
            store.close()
        return found

    def kill(self) -> None:
        """End it however it stands."""
        self._process.kill()
        self._process.communicate()


@dataclass
class Migration:
    """`zoom-import run` on one file, killed at moments that a seed decides.

    Attributes:
        patience_s: how long a run that is to be killed after some rows is waited for, at most.
        codes: exit codes of all runs; negative is the signal that ended it.
        reports: report of each run.
    """

    folder: Path
    sandbox: SandboxProcess
    flags: Sequence[str | Path]
    chance: random.Random
    patience_s: float = 6.0
    codes: list[int] = field(default_factory=list)
    reports: list[Path] = field(default_factory=list)

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.folder / "ledger.sqlite3"

    def run(self, file: Path, stop: signal.Signals | None = None, *, rows_ahead: int = 40) -> int:
        """Run once; with a signal, end it after some rows have arrived, or after some time."""
        report = self.folder / f"report-{len(self.reports) + 1:03d}.csv"
        process = self._start(file, report)
        if stop is not None and self._wait_for_moment(process, rows_ahead):
            process.send_signal(stop)
        try:
            out, err = process.communicate(timeout=RUN_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            raise AssertionError(f"the run did not end by itself: {out}{err}") from None
        for bad in ("Traceback", "zoom-import does not know"):
            assert bad not in err, err
        self.codes.append(process.returncode)
        self.reports.append(report)
        return process.returncode

    def _start(self, file: Path, report: Path) -> "subprocess.Popen[str]":
        variables = {
            **self.sandbox.variables,
            "ZOOM_IMPORT_LEDGER": str(self.ledger),
            "XDG_STATE_HOME": str(self.folder / "state"),
        }
        arguments = ["run", file, *self.flags, "--report", report, "--no-progress"]
        return start(arguments, self.folder, variables)

    def _wait_for_moment(self, process: "subprocess.Popen[str]", rows_ahead: int) -> bool:
        """Wait for the moment to strike; False when the run ended before."""
        enough = self.sandbox.stats()["stored"] + self.chance.randint(1, rows_ahead)
        # Most strike while contacts are made, the others while doubt is settled or the file is read.
        late = self.chance.random() < 0.7
        end = time.monotonic() + (self.patience_s if late else self.chance.uniform(1.0, 4.0))
        while process.poll() is None and time.monotonic() < end:
            if late and self.sandbox.stats()["stored"] >= enough:
                break
            time.sleep(0.01)
        time.sleep(self.chance.uniform(0.0, 0.05))
        return process.poll() is None

    def until_done(self, file: Path, most: int = 12) -> list[dict[str, str]]:
        """Run undisturbed until nothing is left to do; give the last report."""
        for _ in range(most):
            code = self.run(file)
            if code in (0, 1):
                lines = read_csv(self.reports[-1])
                if not {line["outcome"] for line in lines} & {"failed", "in doubt", "not attempted"}:
                    return lines
            else:
                assert code in (3, 4), f"exit code {code}"
        raise AssertionError(f"not done after {most} undisturbed runs, exit codes {self.codes}")


@dataclass(frozen=True)
class Row:
    """A row of the file and what has to become of it; `payload` None = it has to be rejected."""

    key: str
    cells: tuple[str, ...]
    payload: Mapping[str, object] | None


@dataclass
class Audit:
    """What is wrong at the end; all empty or zero when the promise was kept."""

    duplicates: int = 0
    lost: int = 0
    disagreements: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """True when every row is there once and all three agree."""
        return not (self.duplicates or self.lost or self.disagreements)


def audit(
    rows: Sequence[Row], contacts: Sequence[dict[str, Any]], report: Sequence[dict[str, str]], ledger: Path
) -> Audit:
    """Compare the book with the file, and report and ledger with both."""
    found = Audit()
    wanted = Counter(canonical(row.payload) for row in rows if row.payload is not None)
    held = Counter(canonical(contact) for contact in contacts)
    found.duplicates = (held - wanted).total()
    found.lost = (wanted - held).total()
    book = {contact["contact_id"]: canonical(contact) for contact in contacts}
    if len(report) != len(rows):
        found.disagreements.append(f"{len(report)} lines for {len(rows)} rows")
    with Reader(ledger) as reader:
        entries = reader.entries([line["key"] for line in report])
    taken: Counter[str] = Counter()
    for number, (row, line) in enumerate(zip(rows, report, strict=False), 1):
        entry = entries.get(line["key"])
        owned = line["contact_id"]
        if row.payload is None:
            right = line["outcome"] == "rejected" and entry is not None and entry.outcome == "rejected"
        else:
            taken[owned] += 1
            right = (
                line["outcome"] in ("created", "updated", "unchanged")
                and book.get(owned) == canonical(row.payload)
                and entry is not None
                and (entry.state, entry.contact_id) == ("done", owned)
            )
        if row.key and line["key"] != row.key:
            right = False
        if not right:
            found.disagreements.append(f"row {number}: report {line}, ledger {entry}, book {book.get(owned)}")
    found.disagreements += [f"{times} rows own {owned}" for owned, times in taken.items() if times > 1]
    return found


def canonical(contact: Mapping[str, Any]) -> str:
    """Write what we send of a contact in one way, so that equal contacts are equal texts."""
    fields = ("display_name", "phone_numbers", "emails", "company")
    return json.dumps({name: contact[name] for name in fields if contact.get(name)}, ensure_ascii=False)


def person(key: str, n: int, company: str = "") -> Row:
    """A good row; those of one `n` are twins."""
    phone, email = f"+1212555{100 + n % 100:04d}", f"p{n}@example.com"
    payload = {"display_name": f"Pérson {n}", "phone_numbers": [phone], "emails": [email]}
    cells = (key, f"Pérson {n}", phone, email, company)
    return Row(key, cells, payload | ({"company": company} if company else {}))


def wrong(key: str) -> Row:
    """A row whose phone number is too short, and that has nothing else."""
    return Row(key, (key, f"Wrong {key}", "12", "", ""), None)


HEADINGS = ("id", "name", "phone", "email", "company")


def is_posix() -> bool:
    """Say whether processes can be ended by signals that they may catch."""
    return os.name == "posix"
