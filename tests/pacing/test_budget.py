"""The schedule that runs on one machine share: one time for one call, whoever claims it, whatever happens."""

import sqlite3
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from importer.zoom.budget import LONGEST_AHEAD_S, Budget

CLAIM_FOR_A_WHILE = """
import sys, time
from pathlib import Path
from importer.zoom.budget import Budget
budget = Budget(Path(sys.argv[1]), "account", "light")
for _ in range(int(sys.argv[2])):
    print(*budget.claim(0.002, 0.0), flush=True)
print(budget.note)
"""


class Clock:
    now = 500.0

    def __call__(self):
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "budget.sqlite"


def start(path: Path, claims: int) -> subprocess.Popen[str]:
    root = Path(__file__).parents[2]
    return subprocess.Popen(
        [sys.executable, "-c", CLAIM_FOR_A_WHILE, str(path), str(claims)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
    )


def test_two_processes_never_get_the_same_time(path):
    """Claims of two processes are apart by the interval, and numbered without a gap."""
    processes = [start(path, 150), start(path, 150)]
    lines = [line for process in processes for line in process.communicate()[0].splitlines()]
    turns = sorted(tuple(map(float, line.split())) for line in lines if line)
    assert [number for _, number in turns] == list(range(1, 301))
    assert min(b[0] - a[0] for a, b in pairwise(turns)) >= 0.002 - 1e-9
    assert all(process.returncode == 0 for process in processes)


def test_a_killed_process_leaves_nothing_locked(path):
    """A run that is killed in the middle of claiming takes at most its own claim with it."""
    process = start(path, 10_000_000)
    assert process.stdout is not None
    process.stdout.readline()
    process.kill()
    process.communicate()
    budget = Budget(path, "account", "light")
    before = time.monotonic()
    turn = budget.claim(0.002, 0.0)
    budget.close()
    assert turn is not None
    assert turn.at < before + LONGEST_AHEAD_S


def test_several_calls_are_claimed_at_once(path):
    """They take the times and the numbers that as many single claims would have taken."""
    clock = Clock()
    one, other = (Budget(path, "account", "light", clock=clock) for _ in range(2))
    turns = [one.claim(0.025, 0.0, count=3), other.claim(0.025, 0.0), one.claim(0.025, 0.0)]
    one.close()
    other.close()
    assert [(turn.at, turn.number) for turn in turns if turn] == [
        (pytest.approx(500.0), 1),
        (pytest.approx(500.075), 4),
        (pytest.approx(500.1), 5),
    ]


def test_credit_is_bounded(path):
    """After a pause the first time lies at most the credit in the past: no burst to catch up."""
    clock = Clock()
    budget = Budget(path, "account", "light", clock=clock)
    budget.claim(0.025, 0.01)
    clock.now += 60
    first, second = budget.claim(0.025, 0.01), budget.claim(0.025, 0.01)
    budget.close()
    assert first is not None and second is not None  # noqa: PT018
    assert first.at == pytest.approx(clock.now - 0.01)
    assert second.at == pytest.approx(clock.now + 0.015)


def test_the_schedule_outlives_the_run(path):
    """A run that starts right after another one gets the time after its last."""
    clock = Clock()
    first = Budget(path, "account", "light", clock=clock)
    last = [first.claim(0.025, 0.0) for _ in range(10)][-1]
    first.close()
    second = Budget(path, "account", "light", clock=clock)
    turn = second.claim(0.025, 0.0)
    second.close()
    assert last is not None and turn is not None  # noqa: PT018
    assert turn.at == pytest.approx(last.at + 0.025)


def test_a_time_from_before_a_restart_does_not_count(path):
    """The monotonic clock begins anew with the machine; a next time far ahead is then meaningless."""
    clock = Clock()
    budget = Budget(path, "account", "light", clock=clock)
    budget.claim(0.025, 0.0)
    clock.now = 3.0
    turn = budget.claim(0.025, 0.0)
    budget.close()
    assert turn is not None
    assert turn.at == 3.0


def test_a_pause_holds_everybody(path):
    """When one run is told to pause, the next time of all runs lies after the pause."""
    clock = Clock()
    one, other = (Budget(path, "account", "light", clock=clock) for _ in range(2))
    one.postpone(clock.now + 0.5)
    turn = other.claim(0.025, 0.0)
    one.close()
    other.close()
    assert turn is not None
    assert turn.at == clock.now + 0.5


@pytest.mark.parametrize(("account", "label"), [("other", "light"), ("account", "medium")])
def test_accounts_and_labels_have_schedules_of_their_own(path, account, label):
    """Another account or another rate label is not slowed down."""
    clock = Clock()
    first = Budget(path, "account", "light", clock=clock)
    second = Budget(path, account, label, clock=clock)
    for _ in range(10):
        first.claim(0.025, 0.0)
    turn = second.claim(0.025, 0.0)
    first.close()
    second.close()
    assert turn is not None
    assert turn.at == clock.now


def test_the_account_is_not_readable_in_the_file(path):
    """The file holds a hash of the account id only."""
    budget = Budget(path, "a-secret-account-id", "light")
    budget.claim(0.025, 0.0)
    budget.close()
    assert b"a-secret-account-id" not in b"".join(file.read_bytes() for file in path.parent.iterdir())


@pytest.mark.parametrize("content", [b"not a database " * 100, b"SQLite format 3\0" + b"\xff" * 4000])
def test_a_damaged_file_is_left_alone(path, content):
    """A file that is no schedule is not overwritten; the run works alone and says so."""
    path.parent.mkdir()
    path.write_bytes(content)
    budget = Budget(path, "account", "light")
    assert budget.claim(0.025, 0.0) is None
    budget.postpone(1e9)
    assert "cannot be used" in budget.note
    assert path.read_bytes() == content


def test_a_long_lock_makes_the_run_work_alone(path):
    """Somebody who keeps the file locked costs a bounded time, then the run goes on alone."""
    budget = Budget(path, "account", "light", busy_s=0.001)
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    claims = [budget.claim(0.025, 0.0) for _ in range(20)]
    blocker.close()
    assert claims == [None] * 20
    assert "cannot be used" in budget.note
