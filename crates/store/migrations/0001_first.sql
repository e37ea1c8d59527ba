-- One text for SQLite and PostgreSQL: TEXT, BIGINT and BLOB only (src/dialect.rs makes BLOB known
-- to PostgreSQL). Times are milliseconds since 1970 in UTC, yes and no are 1 and 0, lists and
-- bodies are JSON.

-- What the database knows about itself.
CREATE TABLE marks (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
);

CREATE TABLE books (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    settings TEXT NOT NULL
);

CREATE TABLE rule_books (
    book TEXT NOT NULL,
    version BIGINT NOT NULL,
    hash TEXT NOT NULL,
    body TEXT NOT NULL,
    published BIGINT NOT NULL,
    PRIMARY KEY (book, version)
);
CREATE INDEX rule_books_by_hash ON rule_books (book, hash);

CREATE TABLE connections (
    id TEXT NOT NULL PRIMARY KEY,
    book TEXT NOT NULL,
    vendor TEXT NOT NULL,
    label TEXT NOT NULL,
    details TEXT NOT NULL,
    state TEXT NOT NULL,
    state_detail TEXT NOT NULL
);
CREATE INDEX connections_by_book ON connections (book);

CREATE TABLE secrets (
    name TEXT NOT NULL PRIMARY KEY,
    sealed BLOB NOT NULL
);

-- One row per vendor, application and user.
CREATE TABLE tokens (
    name TEXT NOT NULL PRIMARY KEY,
    access BLOB,
    access_expires BIGINT NOT NULL,
    refresh BLOB,
    refreshed BIGINT NOT NULL,
    -- What `refresh` was before the last refresh, and when that was given to us.
    previous_refresh BLOB,
    previous_refreshed BIGINT,
    fence BIGINT NOT NULL,
    lease_until BIGINT NOT NULL
);

CREATE TABLE lanes (
    name TEXT NOT NULL PRIMARY KEY,
    book TEXT NOT NULL,
    due BIGINT NOT NULL,
    -- Empty between turns.
    node TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    fence BIGINT NOT NULL,
    -- A nudge came since the lane was claimed.
    nudged BIGINT NOT NULL,
    state TEXT NOT NULL
);

CREATE TABLE documents (
    hash TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    recorded BIGINT NOT NULL,
    bytes BLOB NOT NULL
);

CREATE TABLE cursors (
    book TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (book, name)
);

CREATE TABLE charts (
    book TEXT NOT NULL PRIMARY KEY,
    recorded BIGINT NOT NULL,
    body TEXT NOT NULL
);

-- Never changed, never deleted.
CREATE TABLE facts (
    book TEXT NOT NULL,
    id TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- Counts the subject's facts from 1; 0 for a stale one.
    number BIGINT NOT NULL,
    occurred BIGINT NOT NULL,
    recorded BIGINT NOT NULL,
    source TEXT NOT NULL,
    raw_hash TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (book, id)
);
CREATE INDEX facts_by_subject ON facts (book, subject);

CREATE TABLE subjects (
    book TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- How many facts it has, and the number of the newest one that a decision saw.
    facts BIGINT NOT NULL,
    saw BIGINT NOT NULL,
    -- When its newest order snapshot occurred.
    newest BIGINT,
    -- Since when it has to be decided again; empty if it need not.
    due BIGINT,
    waits BIGINT NOT NULL,
    rule_hash TEXT,
    stop_code TEXT,
    stop_detail TEXT,
    note_code TEXT,
    note_detail TEXT,
    PRIMARY KEY (book, subject)
);
CREATE INDEX subjects_due ON subjects (book, due, subject) WHERE due IS NOT NULL;
CREATE INDEX subjects_stopped ON subjects (book, subject) WHERE stop_code IS NOT NULL;
CREATE INDEX subjects_noted ON subjects (book, subject) WHERE note_code IS NOT NULL;
CREATE INDEX subjects_waiting ON subjects (book, subject) WHERE waits = 1;

CREATE TABLE decisions (
    book TEXT NOT NULL,
    subject TEXT NOT NULL,
    number BIGINT NOT NULL,
    decided BIGINT NOT NULL,
    rule_hash TEXT NOT NULL,
    stop_code TEXT,
    stop_detail TEXT,
    note_code TEXT,
    note_detail TEXT,
    -- Ids of the facts that were looked at.
    saw TEXT NOT NULL,
    PRIMARY KEY (book, subject, number)
);

-- Never changed, never deleted; how far each has got is in `outbox`.
CREATE TABLE intents (
    id TEXT NOT NULL PRIMARY KEY,
    book TEXT NOT NULL,
    subject TEXT NOT NULL,
    part TEXT NOT NULL,
    revision BIGINT NOT NULL,
    kind TEXT NOT NULL,
    supersedes TEXT,
    -- The intent whose document is edited or voided.
    amends TEXT,
    decided BIGINT NOT NULL,
    -- When the newest of the facts occurred that it was decided from.
    since BIGINT NOT NULL,
    body_hash TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX intents_by_subject ON intents (book, subject);
CREATE INDEX intents_amending ON intents (amends) WHERE amends IS NOT NULL;

CREATE TABLE needs (
    intent TEXT NOT NULL,
    need TEXT NOT NULL,
    PRIMARY KEY (intent, need)
);
CREATE INDEX needs_by_need ON needs (need);

CREATE TABLE outbox (
    intent TEXT NOT NULL PRIMARY KEY,
    book TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- The order in which intents were decided: the moment, then the place in that moment.
    decided BIGINT NOT NULL,
    place BIGINT NOT NULL,
    -- Counts the changes of this row.
    version BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    not_before BIGINT NOT NULL,
    -- How many of its needs have no document that stands.
    unmet BIGINT NOT NULL,
    -- Its document was posted and not voided since.
    stands BIGINT NOT NULL,
    -- The send it is or was in last.
    send TEXT,
    reason_code TEXT,
    reason_detail TEXT
);
CREATE INDEX outbox_sendable ON outbox (book, kind, decided, place)
    WHERE state = 'ready' AND unmet = 0;
CREATE INDEX outbox_next ON outbox (book, not_before) WHERE state = 'ready' AND unmet = 0;
CREATE INDEX outbox_checking ON outbox (book, not_before) WHERE state = 'checking';
CREATE INDEX outbox_sending ON outbox (book) WHERE state = 'sending';
CREATE INDEX outbox_held ON outbox (book, decided, place) WHERE state = 'held';
CREATE INDEX outbox_dead ON outbox (book, decided, place) WHERE state = 'dead';

CREATE TABLE receipts (
    intent TEXT NOT NULL PRIMARY KEY,
    book TEXT NOT NULL,
    kind TEXT NOT NULL,
    remote_id TEXT NOT NULL,
    number TEXT,
    status TEXT NOT NULL,
    total TEXT,
    tax TEXT,
    -- When it was first written down.
    posted BIGINT NOT NULL,
    -- `current`; `reversed` when another intent's document took its place; `withdrawn` when the
    -- intent was withdrawn after something else was found in its place.
    claim TEXT NOT NULL
);
CREATE UNIQUE INDEX receipts_current ON receipts (book, remote_id, kind) WHERE claim = 'current';
CREATE INDEX receipts_by_remote_id ON receipts (book, remote_id);
CREATE INDEX receipts_by_kind ON receipts (book, kind);

-- Never changed but for who has it in hand and what the vendor's cache of keys makes of it.
CREATE TABLE sends (
    id TEXT NOT NULL PRIMARY KEY,
    book TEXT NOT NULL,
    kind TEXT NOT NULL,
    lane TEXT NOT NULL,
    fence BIGINT NOT NULL,
    first_sent BIGINT NOT NULL,
    saw_server_error BIGINT NOT NULL,
    members TEXT NOT NULL,
    request TEXT NOT NULL,
    body BLOB NOT NULL
);

-- One row per member and try, and one whenever a person acts.
CREATE TABLE attempts (
    intent TEXT NOT NULL,
    -- The version of the outbox row that it led to.
    number BIGINT NOT NULL,
    happened BIGINT NOT NULL,
    -- The send; or who acted.
    actor TEXT NOT NULL,
    outcome TEXT NOT NULL,
    status BIGINT,
    detail TEXT NOT NULL,
    PRIMARY KEY (intent, number)
);

CREATE TABLE calls (
    vendor TEXT NOT NULL,
    operation TEXT NOT NULL,
    calls BIGINT NOT NULL,
    PRIMARY KEY (vendor, operation)
);

CREATE TABLE alarms (
    book TEXT NOT NULL,
    code TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    first_raised BIGINT NOT NULL,
    last_raised BIGINT NOT NULL,
    times BIGINT NOT NULL,
    PRIMARY KEY (book, code, subject)
);
