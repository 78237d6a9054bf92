import os
import re
import sqlite3
import stat
from pathlib import Path

import pytest

from importer.errors import LedgerError
from importer.ledger import Intent, Reader, default_path
from importer.ledger.schema import MIGRATIONS, migrate, version_of
from importer.model import Created

posix = pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")


@posix
async def test_only_the_owner_can_read_the_ledger(ledger, path):
    """It holds people's data: 0600 for file, log and lock, 0700 for a folder that we make."""
    await ledger.begin(Intent("create", "k", 1, 2, "f", {"display_name": "A"}))
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert {"book.sqlite3", "book.sqlite3-wal", "book.sqlite3-shm"} <= modes.keys()
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@posix
def test_a_ledger_that_others_could_read_is_closed_to_them(open_ledger, path):
    """Copied about with the wrong permissions, it gets the right ones when it is opened."""
    open_ledger().close()
    path.chmod(0o644)
    open_ledger()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("account_id", "other", "account acc, not other"),
        ("address_book_id", "other", "address book book, not other"),
        ("api_url", "http://127.0.0.1:8765/v2", "API host api.zoom.us, not this machine"),
    ],
    ids=["account", "book", "host"],
)
def test_the_ledger_of_another_book_is_refused(open_ledger, option, value, words):
    """The sentence says whose it is; the ledger stays free for the right one."""
    open_ledger().close()
    with pytest.raises(LedgerError, match=words):
        open_ledger(**{option: value})
    open_ledger()


def foreign_database(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (a)")
    connection.close()


FOREIGN = {
    "text": lambda path: path.write_text("Name;Phone\nA;1\n", encoding="utf-8"),
    "database": foreign_database,
    "short": lambda path: path.write_bytes(b"SQLite format 3\x00"),
}


@pytest.mark.parametrize("make", FOREIGN.values(), ids=FOREIGN)
@pytest.mark.parametrize("reading", [False, True], ids=["write", "read"])
def test_a_foreign_file_is_not_touched(open_ledger, tmp_path, make, reading):
    """Refused with a sentence, byte for byte as before, and nothing laid beside it."""
    file = tmp_path / "foreign"
    make(file)
    before = file.read_bytes()
    with pytest.raises(LedgerError, match="is not a ledger of zoom-import"):
        Reader(file) if reading else open_ledger(file)
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("damage", ["truncated", "overwritten"])
async def test_a_damaged_ledger_is_not_touched(ledger, open_ledger, path, damage):
    """Refused with what to do, byte for byte as before."""
    for i in range(300):
        await ledger.begin(Intent("create", f"k{i}", i, i, "f", {"display_name": "A" * 100}))
    ledger.close()
    whole = path.read_bytes()
    middle = whole[: len(whole) // 2]
    broken = middle if damage == "truncated" else middle + b"\x55" * (len(whole) - len(middle))
    path.write_bytes(broken)
    with pytest.raises(LedgerError, match="is damaged and has been left untouched"):
        open_ledger()
    assert path.read_bytes() == broken


async def test_damage_is_found_by_reading_it_all(ledger, path):
    """`verify` is silent on a sound ledger and finds a broken page."""
    for i in range(300):
        await ledger.begin(Intent("create", f"k{i}", i, i, "f", {"display_name": "A" * 100}))
    ledger.close()
    with Reader(path) as reader:
        reader.verify()
    content = bytearray(path.read_bytes())
    content[-8192:] = b"\x55" * 8192
    path.write_bytes(content)
    with Reader(path) as reader, pytest.raises(LedgerError, match="is damaged"):
        reader.verify()


def test_an_empty_file_becomes_a_ledger(open_ledger, path):
    """A file of no bytes holds nothing that could be lost."""
    path.parent.mkdir()
    path.touch()
    assert open_ledger().runs() == []


def test_leftovers_of_a_crash_while_making_one_do_no_harm(open_ledger, path):
    """A half made ledger never had the name; the next one starts afresh."""
    path.parent.mkdir()
    path.with_name(path.name + ".new").write_bytes(b"half")
    assert open_ledger().runs() == []
    assert not path.with_name(path.name + ".new").exists()


def test_the_log_of_a_moved_ledger_is_not_played_into_a_new_one(open_ledger, path):
    """Somebody moved the file away without its log: refused, since the log may hold the newest rows."""
    path.parent.mkdir()
    log = path.with_name(path.name + "-wal")
    log.write_bytes(b"rows of the old one")
    with pytest.raises(LedgerError, match="no longer beside it"):
        open_ledger()
    assert log.read_bytes() == b"rows of the old one"
    assert not path.exists()


@pytest.mark.parametrize("reading", [False, True], ids=["write", "read"])
def test_a_folder_is_no_ledger(open_ledger, tmp_path, reading):
    """A sentence, not a traceback."""
    with pytest.raises(LedgerError, match="is a folder"):
        Reader(tmp_path) if reading else open_ledger(tmp_path)


def test_a_place_that_cannot_hold_a_ledger_is_named(open_ledger, tmp_path):
    """The folder cannot be made since a file has its name."""
    blocker = tmp_path / "file"
    blocker.write_text("x", encoding="utf-8")
    with pytest.raises(LedgerError, match=r"--ledger"):
        open_ledger(blocker / "book.sqlite3")


def test_reading_where_nothing_was_imported_yet_says_so(path):
    """And makes no file."""
    with pytest.raises(LedgerError, match="no ledger at"):
        Reader(path)
    assert not path.exists()


def test_the_default_place_tells_books_apart():
    """Account, book and host each make another file, also where upper and lower case are one."""
    url = "https://api.zoom.us/v2"
    places = [
        default_path("acc", "book", url),
        default_path("acc", "Book", url),
        default_path("ac", "cbook", url),
        default_path("acc", "book", "http://127.0.0.1:1"),
        default_path("acc/../..", "b?k*", url),
    ]
    assert len({str(place).lower() for place in places}) == 5
    assert len({place.parent for place in places}) == 1
    assert default_path("acc", "book", url) == places[0]


# --- layouts -----------------------------------------------------------------------------------------


async def test_a_ledger_of_the_first_layout_can_be_used(open_ledger, tmp_path):
    """Opened, migrated, read and written: what version 1 wrote is never lost."""
    file = tmp_path / "v1.sqlite3"
    connection = sqlite3.connect(file)
    connection.executescript(Path(__file__).with_name("layout_1.sql").read_text(encoding="utf-8"))
    connection.close()
    ledger = open_ledger(file)
    done, rejected, doubt = ledger.in_row_order()
    assert (done.contact_id, done.payload) == ("c-1", {"display_name": "Zoë Example"})
    assert [issue.code for issue in rejected.issues] == ["phone_invalid"]
    assert (doubt.state, doubt.sent_payload) == ("in_doubt", {"display_name": "Max Sample"})
    ledger.start_run(ledger.runs()[0].start)
    await ledger.settle("C", Created("c-3", 201, 1, adopted=True))
    assert ledger.owner("c-3") == "C"


def test_layouts_are_brought_up_to_date_step_by_step(tmp_path):
    """Each step once, in order; a later opening does nothing."""
    connection = sqlite3.connect(tmp_path / "l", isolation_level=None)
    migrate(connection, ["CREATE TABLE t (a);"])
    steps = ["CREATE TABLE t (a);", "ALTER TABLE t ADD COLUMN b;", "INSERT INTO t VALUES (1, 2);"]
    migrate(connection, steps)
    migrate(connection, steps)
    assert connection.execute("SELECT * FROM t").fetchall() == [(1, 2)]
    assert version_of(connection) == 3
    connection.close()


def test_a_step_that_fails_leaves_the_old_layout(tmp_path):
    """All steps or none."""
    connection = sqlite3.connect(tmp_path / "l", isolation_level=None)
    migrate(connection, ["CREATE TABLE t (a);"])
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, ["", "ALTER TABLE t ADD COLUMN b;", "nonsense;"])
    assert version_of(connection) == 1
    assert [column[1] for column in connection.execute("PRAGMA table_info (t)")] == ["a"]
    connection.close()


@pytest.mark.parametrize("reading", [False, True], ids=["write", "read"])
def test_a_newer_layout_is_refused(open_ledger, path, reading):
    """Written by a newer zoom-import: a sentence that says so."""
    open_ledger().close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    with pytest.raises(LedgerError, match=f"{re.escape(str(path))}.*newer zoom-import"):
        Reader(path) if reading else open_ledger()


def test_a_sandbox_may_come_back_on_another_port(open_ledger):
    """On this machine the port says nothing about which book it is; a name that only looks local does."""
    open_ledger(api_url="http://127.0.0.1:8765/v2").close()
    open_ledger(api_url="http://localhost:9000/v2").close()
    with pytest.raises(LedgerError, match=r"not 127-0-0-1\.example\.com"):
        open_ledger(api_url="https://127-0-0-1.example.com/v2")
