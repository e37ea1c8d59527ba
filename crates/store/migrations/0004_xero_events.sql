-- What Xero said by webhook, until it was looked at, and a while longer so that what is said again
-- is known.
CREATE TABLE xero_notices (
    -- The same each time Xero says it.
    said TEXT NOT NULL PRIMARY KEY,
    book TEXT NOT NULL,
    category TEXT NOT NULL,
    change TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    -- When the thing changed, by Xero's clock; empty where Xero's text for it could not be read.
    occurred BIGINT,
    sequence BIGINT,
    received BIGINT NOT NULL,
    -- When it was looked at; empty until then.
    done BIGINT
);
CREATE INDEX xero_notices_due ON xero_notices (book, received, sequence, said) WHERE done IS NULL;
CREATE INDEX xero_notices_done ON xero_notices (done) WHERE done IS NOT NULL;

-- Posted documents that are not in Xero as they were posted. One row for each document and kind.
CREATE TABLE drifts (
    id TEXT NOT NULL PRIMARY KEY,
    book TEXT NOT NULL,
    intent TEXT NOT NULL,
    subject TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- What in Xero it is about: our document, or the one that doubles it.
    remote_id TEXT NOT NULL,
    -- For people: `invoice AMZ-202-1`.
    document TEXT NOT NULL,
    -- What differs, in words and amounts.
    found TEXT NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    state TEXT NOT NULL,
    -- What a person asked for that is not carried out yet; empty if nothing.
    wish TEXT NOT NULL
);
CREATE INDEX drifts_by_intent ON drifts (book, intent);
CREATE INDEX drifts_by_remote_id ON drifts (book, remote_id);
CREATE INDEX drifts_by_state ON drifts (book, state, first_seen);
CREATE INDEX drifts_wished ON drifts (book, id) WHERE wish <> '';

-- Never changed: who did what about a drift, and when.
CREATE TABLE drift_acts (
    drift TEXT NOT NULL,
    number BIGINT NOT NULL,
    happened BIGINT NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (drift, number)
);

-- What stands in the other system by our receipts, in the order in which it is looked at again.
CREATE INDEX receipts_standing ON receipts (book, kind, intent) WHERE claim = 'current';
