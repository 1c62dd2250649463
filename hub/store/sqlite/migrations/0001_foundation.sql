-- Everything the first hub keeps. Stamps are µs of the hub clock; `at` columns are µs of the wall clock.
-- Lanes, rows, places: see docs/lanes.md.

CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;

-- Who takes part -------------------------------------------------------------------------------------
CREATE TABLE partner (name TEXT PRIMARY KEY, kind TEXT NOT NULL, suspended INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE identity (stix_id TEXT PRIMARY KEY, partner TEXT NOT NULL REFERENCES partner) WITHOUT ROWID;
CREATE TABLE account (
    name TEXT PRIMARY KEY, partner TEXT NOT NULL REFERENCES partner, kind TEXT NOT NULL,
    roles TEXT NOT NULL,                          -- JSON list, sorted
    red_capable INTEGER NOT NULL, suspended INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE token (
    id TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES account, digest BLOB NOT NULL UNIQUE, hint TEXT NOT NULL,
    created INTEGER NOT NULL, read_only INTEGER NOT NULL,
    collections TEXT, networks TEXT NOT NULL,     -- JSON lists; collections NULL: all
    expires INTEGER, revoked INTEGER
) WITHOUT ROWID;
CREATE INDEX token_account ON token (account);
CREATE TABLE sharing_group (name TEXT PRIMARY KEY, marking TEXT NOT NULL UNIQUE) WITHOUT ROWID;
CREATE TABLE marking (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, level TEXT, accounts TEXT NOT NULL  -- JSON list, sorted
) WITHOUT ROWID;
CREATE TABLE collection (
    id TEXT PRIMARY KEY, title TEXT NOT NULL UNIQUE, alias TEXT UNIQUE, default_tlp TEXT NOT NULL,
    default_group TEXT, intake TEXT NOT NULL, public INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE right_span (
    id INTEGER PRIMARY KEY, "right" TEXT NOT NULL, subject TEXT NOT NULL, object TEXT NOT NULL,
    since INTEGER NOT NULL, until INTEGER
);
CREATE UNIQUE INDEX right_open ON right_span ("right", subject, object) WHERE until IS NULL;
CREATE INDEX right_subject ON right_span (subject, "right", object);

-- The waiting shelf ----------------------------------------------------------------------------------
CREATE TABLE submission (
    id TEXT PRIMARY KEY, collection TEXT NOT NULL REFERENCES collection, account TEXT NOT NULL REFERENCES account,
    partner TEXT NOT NULL, at INTEGER NOT NULL, recipients TEXT NOT NULL, default_level TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE item (
    number INTEGER PRIMARY KEY, submission TEXT NOT NULL REFERENCES submission, position INTEGER NOT NULL,
    object_id TEXT NOT NULL, type TEXT NOT NULL, version TEXT NOT NULL, version_key TEXT NOT NULL,
    state TEXT NOT NULL, message TEXT NOT NULL, digest BLOB, place INTEGER,
    body BLOB                                     -- only while it waits
);
CREATE INDEX item_submission ON item (submission, position);
CREATE INDEX item_waiting ON item (object_id, version_key) WHERE state = 'review';
CREATE INDEX item_place ON item (place) WHERE place IS NOT NULL;

-- The released shelf ---------------------------------------------------------------------------------
CREATE TABLE contribution (
    place INTEGER PRIMARY KEY, collection TEXT NOT NULL, object_id TEXT NOT NULL, type TEXT NOT NULL,
    version TEXT NOT NULL, version_key TEXT NOT NULL, spec_version TEXT NOT NULL,
    producer TEXT NOT NULL, account TEXT NOT NULL, observable INTEGER NOT NULL, revoked INTEGER NOT NULL,
    item INTEGER NOT NULL,
    digest BLOB NOT NULL, body BLOB NOT NULL
);
CREATE INDEX contribution_object ON contribution (object_id, collection, producer, version_key);
CREATE TABLE standing (                           -- what changes of a contribution; absent once it is deleted
    place INTEGER PRIMARY KEY, label INTEGER NOT NULL,  -- the audience of its label alone
    closure INTEGER NOT NULL,                     -- with its references and its latest version (S11, S14)
    audience INTEGER NOT NULL,                    -- less who gets another producer's contribution instead (S12)
    r INTEGER NOT NULL                            -- its open row
);
CREATE TABLE reference (target TEXT NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (target, place)) WITHOUT ROWID;
CREATE INDEX reference_place ON reference (place, target);
CREATE TABLE marked (marking TEXT NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (marking, place)) WITHOUT ROWID;
CREATE TABLE statement (producer TEXT NOT NULL, marking TEXT NOT NULL, PRIMARY KEY (producer, marking)) WITHOUT ROWID;
CREATE TABLE raised (object_id TEXT PRIMARY KEY, level TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE reference_object (
    id TEXT PRIMARY KEY, type TEXT NOT NULL, version TEXT NOT NULL, version_key TEXT NOT NULL,
    spec_version TEXT NOT NULL, stamp INTEGER NOT NULL, digest BLOB NOT NULL, body BLOB NOT NULL
) WITHOUT ROWID;

-- Audiences and lanes --------------------------------------------------------------------------------
CREATE TABLE audience (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE lane (
    id INTEGER PRIMARY KEY, collection TEXT NOT NULL, audience INTEGER NOT NULL,
    open_rows INTEGER NOT NULL, UNIQUE (collection, audience)
);
CREATE TABLE entry_row (
    r INTEGER PRIMARY KEY, lane INTEGER NOT NULL, place INTEGER NOT NULL, since INTEGER NOT NULL,
    until INTEGER NOT NULL,                       -- 2^63-1 while open
    prev INTEGER, next INTEGER
);
CREATE INDEX row_lane ON entry_row (lane, r);
CREATE INDEX row_lane_place ON entry_row (lane, place, since, until);
CREATE INDEX row_lane_followed ON entry_row (lane, r) WHERE next IS NOT NULL;
CREATE INDEX row_place ON entry_row (place);
CREATE TABLE stamp (t INTEGER PRIMARY KEY, r0 INTEGER NOT NULL, p0 INTEGER NOT NULL);  -- last row, last place before t

-- The audit trail ------------------------------------------------------------------------------------
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, object TEXT NOT NULL,
    detail TEXT NOT NULL, hash BLOB NOT NULL
);
CREATE INDEX audit_object ON audit (object);
