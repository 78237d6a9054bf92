"""The layout of the ledger file and the steps by which older layouts become this one."""

import sqlite3
from collections.abc import Sequence
from typing import Final

from importer.errors import LedgerError
from importer.ledger.states import UNFINISHED, sql_list

APPLICATION_ID: Final = 0x5A494D50
"""Stands in the header of every ledger ("ZIMP"), so that another program's database is told apart."""

UNFINISHED_CONDITION: Final = f"state IN {sql_list(UNFINISHED)}"
"""Queries repeat it word for word, else SQLite does not use the partial index."""

_VERSION_1 = f"""
CREATE TABLE book (
    name  TEXT PRIMARY KEY,   -- account_id, address_book_id, api_host, holder
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE sources (
    source INTEGER PRIMARY KEY,
    name   TEXT NOT NULL UNIQUE
);

CREATE TABLE runs (
    run            INTEGER PRIMARY KEY,
    id             TEXT NOT NULL UNIQUE,
    source         TEXT NOT NULL,
    command        TEXT NOT NULL,
    file_name      TEXT NOT NULL,
    file_digest    TEXT NOT NULL,
    mapping_digest TEXT NOT NULL,
    options        TEXT NOT NULL,    -- JSON object
    state          TEXT NOT NULL,    -- running, finished, stopped, died
    started_ms     INTEGER NOT NULL, -- since 1970, UTC
    finished_ms    INTEGER,
    rows           INTEGER,
    counts         TEXT,             -- JSON object: outcome to rows
    process        INTEGER NOT NULL
);

-- A rowid table, not one clustered by key: rows are appended in file order whatever their keys are, so a
-- group of commits touches few pages, and reading in row order is nearly sequential.
CREATE TABLE contacts (
    entry            INTEGER PRIMARY KEY,
    source           INTEGER NOT NULL REFERENCES sources (source),
    key              TEXT NOT NULL,
    state            TEXT NOT NULL,
    outcome          TEXT NOT NULL DEFAULT '',   -- of the last run that judged the row
    contact_id       TEXT,
    fingerprint      TEXT NOT NULL DEFAULT '',   -- of what the book has
    payload          TEXT,                       -- what the book has, JSON
    sent_fingerprint TEXT,                       -- of what was tried last and is not (certainly) in the book
    sent_payload     TEXT,                       -- what is on its way or in doubt, JSON
    number           INTEGER NOT NULL,
    line             INTEGER NOT NULL,
    attempt          INTEGER NOT NULL DEFAULT 0, -- runs that judged the row since it was last right
    http_attempts    INTEGER NOT NULL DEFAULT 0, -- HTTP attempts of the last outcome
    http_status      INTEGER NOT NULL DEFAULT 0,
    transient        INTEGER NOT NULL DEFAULT 0,
    code             TEXT NOT NULL DEFAULT '',
    field            TEXT NOT NULL DEFAULT '',
    message          TEXT NOT NULL DEFAULT '',
    issues           TEXT,                       -- JSON list of issues
    candidates       TEXT,                       -- JSON list of contact ids
    created_run      INTEGER REFERENCES runs (run),
    run              INTEGER REFERENCES runs (run),
    changed_ms       INTEGER NOT NULL,
    UNIQUE (source, key)
);

CREATE UNIQUE INDEX contact_owner ON contacts (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX unfinished ON contacts (state) WHERE {UNFINISHED_CONDITION};

-- Ids that this tool deleted. A listing that lags behind still shows them; nobody may adopt them.
CREATE TABLE removed (
    contact_id TEXT PRIMARY KEY,
    source     INTEGER NOT NULL,
    key        TEXT NOT NULL,
    run        INTEGER,
    removed_ms INTEGER NOT NULL
) WITHOUT ROWID;
"""

_VERSION_2 = """
-- What somebody has changed in Zoom by hand and was told to stay: field to text, as a comparison shows it.
CREATE TABLE kept (
    contact_id TEXT PRIMARY KEY,
    fields     TEXT NOT NULL            -- JSON object
) WITHOUT ROWID;
"""

MIGRATIONS: Final[tuple[str, ...]] = (_VERSION_1, _VERSION_2)
"""Step n turns layout n into layout n + 1. A published step is never edited: a change is a new step."""


def version_of(connection: sqlite3.Connection) -> int:
    """Return the layout's number as the file says it."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, steps: Sequence[str] = MIGRATIONS) -> None:
    """Bring the layout up to date, all steps or none.

    Raises:
        LedgerError: the file was written by a newer zoom-import.
    """
    version = version_of(connection)
    if version > len(steps):
        place = connection.execute("PRAGMA database_list").fetchone()[2]
        raise LedgerError(
            f"The ledger {place} has layout {version}, and this zoom-import knows layouts up to "
            f"{len(steps)}: a newer zoom-import has written it. Install that version again, or give another "
            "file with --ledger."
        )
    if version == len(steps):
        return
    script = "".join(steps[version:])
    # One script, one transaction: executescript would commit an open one first, so BEGIN stands inside.
    try:
        connection.executescript(f"BEGIN IMMEDIATE;{script};PRAGMA user_version = {len(steps)};COMMIT;")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
