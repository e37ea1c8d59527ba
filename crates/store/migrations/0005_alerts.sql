-- What a person was told, is being told, and need not be told again.
CREATE TABLE alerts (
    -- What it is about; the same thing has the same key each time it is found.
    key TEXT NOT NULL PRIMARY KEY,
    -- Empty when it concerns no single book.
    book TEXT NOT NULL,
    code TEXT NOT NULL,
    severity TEXT NOT NULL,
    -- How bad by its own measure: grows when a secret comes nearer to its end.
    level BIGINT NOT NULL,
    -- JSON of the application's own: what happened, what to do.
    body TEXT NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    -- When channels were last given it.
    notified BIGINT,
    -- When it was over; empty while it is not.
    resolved BIGINT
);
CREATE INDEX alerts_open ON alerts (key) WHERE resolved IS NULL;

-- One for each channel and time that it is told something. A row until it was taken.
CREATE TABLE deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    channel TEXT NOT NULL,
    created BIGINT NOT NULL,
    -- When it is tried next; empty when it was taken or given up.
    due BIGINT,
    lease_until BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    -- `waiting`, `delivered`, `given_up`.
    state TEXT NOT NULL,
    -- Why the last attempt failed.
    detail TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX deliveries_due ON deliveries (due) WHERE due IS NOT NULL;
CREATE INDEX deliveries_by_channel ON deliveries (channel, created);

-- An alarm that was mended is kept, and raised anew if it comes back.
ALTER TABLE alarms ADD COLUMN cleared BIGINT;
-- `check`, or who said that it is over.
ALTER TABLE alarms ADD COLUMN cleared_by TEXT;
CREATE INDEX alarms_open ON alarms (book, code) WHERE cleared IS NULL;

-- When a secret came that has an end, and when its owner gave the consent that tokens stand for.
ALTER TABLE secrets ADD COLUMN given BIGINT;
ALTER TABLE tokens ADD COLUMN authorised BIGINT;

-- An overview of every book looks at what is open, however much is settled.
CREATE INDEX outbox_open ON outbox (book, state, kind, decided)
    WHERE state NOT IN ('posted', 'withdrawn', 'reversed');
CREATE INDEX receipts_by_time ON receipts (posted, book);
CREATE INDEX subjects_by_note ON subjects (note_code, book) WHERE note_code IS NOT NULL;
