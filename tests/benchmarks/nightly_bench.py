"""What a nightly file costs, beside a check of it: an unchanged one, and one with 1 % of its rows changed.

    python tests/benchmarks/nightly_bench.py [--rows 100000] [--rounds 3]

Makes a file as the other benchmarks do, and a ledger that owns a contact for every good row of it. Then each
round takes, in turn: a check of the file; a run of the unchanged file, which must change nothing; a run of
the changed file, from the start of the process to its first request that changes something (then it is asked
to stop); a plan of the changed file. Everything is seconds by the clock, starting the process included. The
address book is a thread that answers every request and notes when the first change came.
"""

import argparse
import asyncio
import csv
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from generate import HEADINGS, rows

from importer.cli.inputs import opened
from importer.ledger import Adoption, Ledger, RunStart
from importer.mapping import digest
from importer.run.continuity import key_option
from importer.source import SourceOptions

MAPPING = Path(__file__).parents[2] / "mappings" / "legacy_crm.yaml"
ACCOUNT, BOOK = "bench-account", "bench-book"
TITLE = HEADINGS.index("Job Title")


class Book(ThreadingHTTPServer):
    """Answers as an address book does, and notes the moment of the first change."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, total: int) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.total = total
        self.changed = threading.Event()
        self.changed_at = 0.0
        self.changes = 0

    def change(self) -> None:
        """Note a request that changes something."""
        self.changes += 1
        if not self.changed.is_set():
            self.changed_at = time.monotonic()
            self.changed.set()

    def forget(self) -> None:
        """Begin anew."""
        self.changes = 0
        self.changed.clear()


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Book

    def do_GET(self) -> None:
        if self.path.split("?")[0].endswith("/contacts"):
            self._say(200, {"contacts": [], "next_page_token": ""})
            return
        self._say(
            200, {"address_book_id": BOOK, "address_book_name": "Bench", "total_contacts": self.server.total}
        )

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path.startswith("/oauth"):
            self._say(200, {"access_token": "token", "token_type": "bearer", "expires_in": 3600})
            return
        self.server.change()
        self._say(201, {"contact_id": f"new-{time.monotonic_ns()}"})

    def do_PATCH(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.change()
        self._say(204, None)

    def log_message(self, *_: object) -> None:
        """Keep the terminal for the table."""

    def _say(self, status: int, body: object) -> None:
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def served(total: int) -> Iterator[tuple[Book, dict[str, str]]]:
    """Serve a book; gives it and the settings that lead to it."""
    with Book(total) as book:
        threading.Thread(target=book.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{book.server_address[1]}"
        yield (
            book,
            {
                "ZOOM_API_URL": f"{url}/v2",
                "ZOOM_OAUTH_URL": f"{url}/oauth/token",
                "ZOOM_ACCOUNT_ID": ACCOUNT,
                "ZOOM_CLIENT_ID": "bench-client",
                "ZOOM_CLIENT_SECRET": "bench-secret",
                "ZOOM_ADDRESS_BOOK_ID": BOOK,
            },
        )
        book.shutdown()


def write_files(folder: Path, count: int) -> None:
    """Write the file of yesterday and the one of tonight."""
    with (
        (folder / "before.csv").open("w", encoding="utf-8", newline="") as before,
        (folder / "tonight.csv").open("w", encoding="utf-8", newline="") as tonight,
    ):
        old, new = csv.writer(before), csv.writer(tonight)
        old.writerow(HEADINGS)
        new.writerow(HEADINGS)
        for number, row in enumerate(rows(count, seed=7, defects=0.05)):
            old.writerow(row)
            if number % 100 == 50 and len(row) == len(HEADINGS):
                row[TITLE] = "Night Shift Lead"
            new.writerow(row)


async def fill_ledger(folder: Path, api_url: str) -> int:
    """Let a ledger own a contact for every good row; returns how many."""
    owned = 0
    with opened(str(folder / "before.csv"), str(MAPPING), SourceOptions()) as inputs:
        mapper = inputs.mapper()
        binding = {"account_id": ACCOUNT, "address_book_id": BOOK, "api_url": api_url}
        with Ledger.open(folder / "ledger.sqlite3", durability="process", **binding) as ledger:
            options = {"key": key_option(inputs.mapping)}
            start = RunStart("adopt", mapping_digest=digest(inputs.mapping), options=options)
            ledger.start_run(start)
            seen: set[str] = set()
            for chunk in inputs.source.chunks():
                mapped = mapper.apply(chunk)
                adoptions = []
                for position, key in enumerate(mapped.keys):
                    if mapped.rejected(position) or position in mapped.skipped or key in seen:
                        continue
                    seen.add(key)
                    adoptions.append(
                        Adoption(
                            key,
                            f"contact-{key}",
                            mapped.fingerprint(position),
                            mapped.contact(position).payload,
                            mapped.numbers[position],
                            mapped.lines[position],
                        )
                    )
                await asyncio.gather(*map(ledger.adopt, adoptions))
                owned += len(adoptions)
            ledger.finish_run("finished", {})
    return owned


class Bench:
    """Runs the commands in one folder."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.folder = folder
        self.environment = {**os.environ, **settings, "XDG_STATE_HOME": str(folder)}
        self._reports = 0

    def start(self, *arguments: str) -> tuple[subprocess.Popen[bytes], float]:
        """Start a command; gives it and the moment."""
        command = [sys.executable, "-m", "importer", *arguments]
        with (self.folder / "output.txt").open("w") as output:
            began = time.monotonic()
            process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stdout=output, stderr=subprocess.STDOUT
            )
        return process, began

    def whole(self, *arguments: str, codes: tuple[int, ...] = (0, 1)) -> float:
        """Seconds until a command has ended."""
        process, began = self.start(*arguments)
        code = process.wait()
        took = time.monotonic() - began
        if code not in codes:
            raise SystemExit((self.folder / "output.txt").read_text())
        return took

    def run_arguments(self, file: str) -> tuple[str, ...]:
        """Arguments of a run with a report of its own."""
        self._reports += 1
        return (
            *("run", file, "--mapping", str(MAPPING), "--ledger", "ledger.sqlite3", "--rate", "0"),
            *("--no-progress", "--report", f"report-{self._reports}.csv"),
        )

    def until_first_change(self, book: Book) -> float:
        """Seconds from the start of a run to its first change; the run is stopped then."""
        book.forget()
        process, began = self.start(*self.run_arguments("tonight.csv"))
        if not book.changed.wait(600):
            raise SystemExit((self.folder / "output.txt").read_text())
        process.send_signal(signal.SIGTERM)
        process.wait()
        return book.changed_at - began


def measured(bench: Bench, book: Book, rounds: int) -> dict[str, list[float]]:
    """Take all figures, in turn."""
    found: dict[str, list[float]] = {"check": [], "unchanged": [], "first": [], "plan": []}
    for turn in range(rounds):
        found["check"].append(bench.whole("check", "before.csv", "--mapping", str(MAPPING)))
        book.forget()
        found["unchanged"].append(bench.whole(*bench.run_arguments("before.csv")))
        if book.changes:
            raise SystemExit(f"the unchanged file changed {book.changes} contacts")
        saved = {path: path.read_bytes() for path in bench.folder.glob("ledger.sqlite3*")}
        plan = ("plan", "tonight.csv", "--mapping", str(MAPPING), "--ledger", "ledger.sqlite3")
        found["plan"].append(bench.whole(*plan, "--out", f"steps-{turn}.csv"))
        found["first"].append(bench.until_first_change(book))
        for path in bench.folder.glob("ledger.sqlite3*"):
            path.unlink()
        for path, data in saved.items():
            path.write_bytes(data)
    return found


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, served(asked.rows) as (book, settings):
        folder = Path(name)
        write_files(folder, asked.rows)
        book.total = asyncio.run(fill_ledger(folder, settings["ZOOM_API_URL"]))
        bench = Bench(folder, settings)
        # What a first run notes of rejected and skipped rows is there before anything is measured.
        bench.whole(*bench.run_arguments("before.csv"))
        found = measured(bench, book, asked.rounds)
    check = statistics.median(found["check"])
    print(f"| {asked.rows:,} rows, {book.total:,} contacts | s | of the check |")
    print("|---|---|---|")
    for label, figures in (
        ("check", found["check"]),
        ("run, nothing changed, to its end", found["unchanged"]),
        ("run, 1 % changed, to the first change sent", found["first"]),
        ("plan, 1 % changed", found["plan"]),
    ):
        middle = statistics.median(figures)
        print(f"| {label} | {middle:.1f} ({min(figures):.1f} to {max(figures):.1f}) | {middle / check:.2f} |")


if __name__ == "__main__":
    main()
