-- What people need besides machines: how they sign in, who approved what, what must hold, what they ask each other.

-- Whom to turn to, and until when it was agreed -----------------------------------------------------
ALTER TABLE partner ADD COLUMN contact TEXT NOT NULL DEFAULT '';
ALTER TABLE partner ADD COLUMN agreement_ends TEXT;   -- a day, ISO 8601

-- How persons sign in --------------------------------------------------------------------------------
CREATE TABLE credential (
    account TEXT PRIMARY KEY REFERENCES account, password TEXT NOT NULL,  -- an Argon2id hash; "" for none
    totp_secret TEXT NOT NULL, totp_step INTEGER NOT NULL,                -- the last step that was used
    subject TEXT UNIQUE                                                   -- who an identity provider says it is
) WITHOUT ROWID;
CREATE TABLE passkey (
    id BLOB PRIMARY KEY, account TEXT NOT NULL REFERENCES account, public_key BLOB NOT NULL,
    sign_count INTEGER NOT NULL, label TEXT NOT NULL, created INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX passkey_account ON passkey (account);
CREATE TABLE invitation (                         -- the last one of each account
    account TEXT PRIMARY KEY REFERENCES account, digest BLOB NOT NULL UNIQUE, created INTEGER NOT NULL,
    expires INTEGER NOT NULL, invited_by TEXT NOT NULL, used INTEGER
) WITHOUT ROWID;

-- What must hold whatever is granted -----------------------------------------------------------------
CREATE TABLE must_hold (
    id TEXT PRIMARY KEY, subject TEXT NOT NULL, collection TEXT NOT NULL REFERENCES collection,
    above TEXT, reason TEXT NOT NULL              -- above: a level that may be read; NULL: none
) WITHOUT ROWID;

-- Who approved what waits for a second reviewer ------------------------------------------------------
CREATE TABLE approval (
    item INTEGER NOT NULL REFERENCES item, account TEXT NOT NULL, partner TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (item, account)
) WITHOUT ROWID;
CREATE INDEX submission_partner ON submission (partner, at);

-- What readers ask producers -------------------------------------------------------------------------
CREATE TABLE question (
    id TEXT PRIMARY KEY, object_id TEXT NOT NULL, asker TEXT NOT NULL REFERENCES account,
    producer TEXT NOT NULL REFERENCES partner, at INTEGER NOT NULL, text TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX question_producer ON question (producer, at);
CREATE INDEX question_asker ON question (asker, at);
CREATE TABLE answer (
    question TEXT NOT NULL REFERENCES question, number INTEGER NOT NULL, account TEXT NOT NULL,
    at INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (question, number)
) WITHOUT ROWID;

-- How the search follows what the hub holds as public knowledge --------------------------------------
CREATE UNIQUE INDEX reference_stamp ON reference_object (stamp);

-- The audit trail, page by page from its end ---------------------------------------------------------
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_actor ON audit (actor, at);
CREATE INDEX audit_action ON audit (action, at);
