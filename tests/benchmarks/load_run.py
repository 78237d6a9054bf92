"""Real imports against the load server, each a process of its own, and what the server saw of them."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
MAPPING = "version: 1\nkey: id\ncontact: {display_name: name, phone_numbers: phone, emails: email}\n"


@dataclass(frozen=True)
class Cost:
    """What one process took, start-up included."""

    cpu_s: float
    peak_mb: float
    exit_code: int


@dataclass(frozen=True)
class Seen:
    """What the server saw of contacts: (seconds since the first, client, accepted)."""

    calls: list[tuple[float, str, bool]]

    def accepted(self, start: float, end: float, client: str = "") -> float:
        """Accepted contacts a second between two times; of all clients, or those whose name begins so."""
        return sum(ok and start <= t < end for t, name, ok in self.of(client)) / (end - start)

    def refused(self, start: float, end: float, client: str = "") -> float:
        """Share of 429 between two times."""
        seen = [ok for t, _, ok in self.of(client) if start <= t < end]
        return seen.count(False) / max(1, len(seen))

    def of(self, client: str) -> list[tuple[float, str, bool]]:
        return [call for call in self.calls if call[1].startswith(client)]

    def each_second(self, *, accepted: bool) -> Counter[tuple[int, str]]:
        """Calls by second and client."""
        return Counter((int(t), name) for t, name, ok in self.calls if ok is accepted)

    def span(self, client: str = "") -> tuple[float, float]:
        """From the client's first call to its last."""
        times = [t for t, _, _ in self.of(client)] or [0.0]
        return times[0], times[-1]


class LoadServer:
    """A running `load_server.py`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self.port = int(process.stdout.readline())
        self.url = f"http://127.0.0.1:{self.port}"

    def seen(self) -> Seen:
        """What has arrived so far."""
        with urllib.request.urlopen(f"{self.url}/log") as answer:  # noqa: S310 - our own
            log = [(t, *name.split(" ", 1), ok) for t, name, ok in json.load(answer)]
        first = next((t for t, method, _, _ in log if method == "POST"), 0.0)
        return Seen([(t - first, client, ok) for t, method, client, ok in log if method == "POST"])

    def wait_for(self, *clients: str) -> None:
        """Wait until each of them has sent its first contact."""
        while not all(self.seen().of(client) for client in clients):
            time.sleep(0.5)


@contextmanager
def load_server(flags: Sequence[str]) -> Iterator[LoadServer]:
    """Serve until the end of the block."""
    command = [sys.executable, str(HERE / "load_server.py"), *flags]
    path = os.pathsep.join((str(ROOT), str(ROOT / "tests" / "support")))
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    ) as process:
        yield LoadServer(process)
        process.communicate()


def write_people(path: Path, rows: int) -> None:
    """Write fictional people, all different."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "name", "phone", "email"))
        writer.writerows(
            (f"K{n:06d}", f"Person {n}", f"+1212555{100 + n % 100:04d}", f"p{n}@example.com")
            for n in range(rows)
        )


class Import:
    """One `zoom-import run`, from its start on.

    Args:
        folder: where it works; imports with the same one share its state.
        name: the address book it imports into.
        rows: contacts.
        server: where to.
        flags: further flags of the command.
    """

    def __init__(self, folder: Path, name: str, rows: int, server: LoadServer, *flags: str) -> None:
        write_people(folder / f"{name}.csv", rows)
        (folder / "people.yaml").write_text(MAPPING)
        self.output = folder / f"{name}.txt"
        settings = {
            "ZOOM_ACCOUNT_ID": f"bench-{server.port}",
            "ZOOM_CLIENT_ID": "client",
            "ZOOM_CLIENT_SECRET": "secret",
            "ZOOM_ADDRESS_BOOK_ID": name,
            "ZOOM_API_URL": f"{server.url}/v2",
            "ZOOM_OAUTH_URL": f"{server.url}/oauth/token",
            "XDG_STATE_HOME": str(folder),
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-m", "importer", "run", f"{name}.csv", "--mapping", "people.yaml"]
        command += ["--ledger", f"{name}.sqlite3", "--no-progress", *flags]
        with self.output.open("w") as output:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env={**_as_installed(), **settings},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def stop(self) -> None:
        """Ctrl-C."""
        self._process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """Let it have no last word."""
        self._process.kill()

    def wait(self) -> Cost:
        """Wait for the end and ask the system what it took."""
        _, status, usage = os.wait4(self._process.pid, 0)
        code = self._process.returncode = os.waitstatus_to_exitcode(status)
        if code not in (0, 4, -signal.SIGKILL):
            raise SystemExit(self.output.read_text())
        scale = 1024 * 1024 if sys.platform == "darwin" else 1024
        return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / scale, code)


def _as_installed() -> dict[str, str]:
    """The environment of a program whose byte code is kept, as that of an installed one is."""
    return {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def other_client(server: LoadServer, rate: float, seconds: float) -> subprocess.Popen[bytes]:
    """Somebody else's program on the same account."""
    command = [sys.executable, str(HERE / "other_client.py"), "--port", str(server.port)]
    return subprocess.Popen([*command, "--rate", str(rate), "--seconds", str(seconds)])
