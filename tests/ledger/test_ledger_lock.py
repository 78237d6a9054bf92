import os
import signal
import subprocess
import sys

import pytest

from importer.errors import LedgerBusy
from importer.ledger import Reader

HOLDER = """
import sys, time
from importer.ledger import Ledger, RunStart
ledger = Ledger.open(sys.argv[1], account_id="acc", address_book_id="book", api_url="https://api.zoom.us/v2")
print(ledger.start_run(RunStart("run", "crm.csv")), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(path):
    """Another process that has the ledger, until it is killed or the test ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        yield process
        process.kill()


def test_a_second_writer_is_told_who_works(open_ledger, holder):
    """Run and process of the other one are named."""
    run_id = holder.stdout.readline().strip()
    with pytest.raises(LedgerBusy, match=rf"Run {run_id} \(process {holder.pid}, since 20"):
        open_ledger()


def test_the_lock_dies_with_its_process(open_ledger, holder):
    """After kill -9 the next one opens it at once, and finds that the run died."""
    run_id = holder.stdout.readline().strip()
    holder.kill()
    holder.wait()
    assert open_ledger().run(run_id).state == "died"


def test_reading_needs_no_lock(holder, path):
    """`zoom-import runs` works while a run is working."""
    run_id = holder.stdout.readline().strip()
    with Reader(path) as reader:
        assert [run.id for run in reader.runs()] == [run_id]


def test_two_writers_in_one_process_are_one_too_many(ledger, open_ledger):
    """The lock is not only between processes."""
    with pytest.raises(LedgerBusy, match="is working with the ledger"):
        open_ledger()
    ledger.close()
    open_ledger()


def test_a_refused_writer_changes_nothing(ledger, open_ledger):
    """What is under way is not taken for the remains of a dead process."""
    run_id = ledger.runs()[0].id
    with pytest.raises(LedgerBusy):
        open_ledger()
    assert ledger.run(run_id).state == "running"


ORPHAN = """
import os, signal, sys, time
from importer.ledger import Ledger
ledger = Ledger.open(sys.argv[1], account_id="acc", address_book_id="book", api_url="https://api.zoom.us/v2")
child = os.fork()
if child == 0:
    time.sleep(20)
    os._exit(0)
print(child, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_children_that_outlive_a_killed_run_do_not_keep_the_lock(open_ledger, path):
    """Forked helpers inherit open files; the ledger is free all the same."""
    with subprocess.Popen(
        [sys.executable, "-c", ORPHAN, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        child = int(process.stdout.readline())
        try:
            process.wait()
            open_ledger()
        finally:
            os.kill(child, signal.SIGKILL)
