"""Calling zoom-import as a person calls it, and reading what it leaves behind."""

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from importer.sandbox.server import RunningSandbox

MAPPING = """\
version: 1
key: id
phone_region: US
contact:
  display_name: name
  phone_numbers: phone
  emails: email
  company: {column: company, optional: true}
"""


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Result]


def environment(sandbox: RunningSandbox, folder: Path) -> dict[str, str]:
    """The variables that point a command to a sandbox."""
    return {
        "ZOOM_ACCOUNT_ID": "sandbox-account",
        "ZOOM_CLIENT_ID": "sandbox-client",
        "ZOOM_CLIENT_SECRET": "sandbox-secret",
        "ZOOM_ADDRESS_BOOK_ID": "sandbox-book",
        "ZOOM_API_URL": sandbox.api_url,
        "ZOOM_OAUTH_URL": sandbox.oauth_url,
        "ZOOM_IMPORT_LEDGER": str(folder / "ledger.sqlite3"),
        "XDG_STATE_HOME": str(folder / "state"),
    }


def start(
    arguments: Sequence[str | Path], folder: Path, variables: dict[str, str], *, group: bool = False
) -> subprocess.Popen[str]:
    """Start zoom-import as a process of its own, with `group` in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "importer", *map(str, arguments)],
        cwd=folder,
        env={**{k: v for k, v in os.environ.items() if not k.startswith("ZOOM_")}, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=group,
    )


def write_rows(path: Path, rows: Sequence[Sequence[str]], headings: Sequence[str] | None = None) -> Path:
    """Write a CSV with the headings id, name, phone, email."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings or ("id", "name", "phone", "email"))
        writer.writerows(rows)
    return path


def people(count: int, first: int = 1) -> list[list[str]]:
    """Fictional people, each with a key, a name, a phone number and an address of their own."""
    return [
        [f"K{n:05d}", f"Person {n}", f"+1212555{100 + n % 100:04d}", f"p{n}@example.com"]
        for n in range(first, first + count)
    ]


def read_report(folder: Path, pattern: str = "*-report-*.csv") -> list[dict[str, str]]:
    """Read the newest report, corrections aside."""
    found = [path for path in folder.glob(pattern) if "corrections" not in path.name]
    return read_csv(max(found, key=lambda path: path.name))


def read_csv(path: Path) -> list[dict[str, str]]:
    """Read a CSV that we wrote."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def parse(text: str) -> object:
    """Read JSON."""
    return json.loads(text)


def wait_for(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
