PRAGMA application_id = 1514753360;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE book (
    name  TEXT PRIMARY KEY,   -- account_id, address_book_id, api_host, holder
    value TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "book" VALUES('account_id','acc');
INSERT INTO "book" VALUES('address_book_id','book');
INSERT INTO "book" VALUES('api_host','api.zoom.us');
INSERT INTO "book" VALUES('holder','{}');
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
INSERT INTO "contacts" VALUES(1,1,'A','done','created','c-1','fa','{"display_name":"Zoë Example"}',NULL,NULL,1,2,1,1,201,0,'','','',NULL,NULL,1,1,1767323045000);
INSERT INTO "contacts" VALUES(2,1,'B','absent','rejected',NULL,'',NULL,NULL,NULL,2,3,1,0,0,0,'','','','[{"code":"phone_invalid","field":"phone_numbers","column":"Phone","message":"\"12\" is no number","severity":"error","value":"12"}]',NULL,NULL,1,1767323045000);
INSERT INTO "contacts" VALUES(3,1,'C','in_flight','',NULL,'',NULL,'fc','{"display_name":"Max Sample"}',3,4,1,0,0,0,'','','',NULL,NULL,1,1,1767323045000);
CREATE TABLE removed (
    contact_id TEXT PRIMARY KEY,
    source     INTEGER NOT NULL,
    key        TEXT NOT NULL,
    run        INTEGER,
    removed_ms INTEGER NOT NULL
) WITHOUT ROWID;
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
INSERT INTO "runs" VALUES(1,'20260102-030405-0001','','run','crm.csv','','','{}','stopped',1767323045000,1767323045000,3,'{"created": 1, "rejected": 1}',1);
CREATE TABLE sources (
    source INTEGER PRIMARY KEY,
    name   TEXT NOT NULL UNIQUE
);
INSERT INTO "sources" VALUES(1,'');
CREATE UNIQUE INDEX contact_owner ON contacts (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX unfinished ON contacts (state) WHERE state IN ('in_flight', 'resending', 'in_doubt', 'updating', 'deleting');
COMMIT;
