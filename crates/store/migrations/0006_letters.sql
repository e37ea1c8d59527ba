-- Since when an intent's tries have failed without an end yet.
ALTER TABLE outbox ADD COLUMN unclear_since BIGINT;

-- What went over the wire in tries that ended badly, without secrets and personal data.
CREATE TABLE exchanges (
    id TEXT NOT NULL PRIMARY KEY,
    book TEXT NOT NULL,
    lane TEXT NOT NULL,
    -- With the moment: the attempt that it belongs to. Empty for a read.
    send TEXT,
    happened BIGINT NOT NULL,
    code TEXT NOT NULL,
    -- Method and target, chosen headers (JSON), body.
    request TEXT NOT NULL,
    request_headers TEXT NOT NULL,
    request_body TEXT NOT NULL,
    -- Empty when there was no reply.
    status BIGINT,
    reply_headers TEXT NOT NULL,
    reply_body TEXT NOT NULL
);
CREATE INDEX exchanges_of_send ON exchanges (send, happened) WHERE send IS NOT NULL;
CREATE INDEX exchanges_of_reads ON exchanges (lane, happened) WHERE send IS NULL;
CREATE INDEX exchanges_by_age ON exchanges (happened);

-- What people did with dead letters. Never changed, never deleted.
CREATE TABLE letter_acts (
    book TEXT NOT NULL,
    -- An intent, or a subject.
    letter TEXT NOT NULL,
    number BIGINT NOT NULL,
    happened BIGINT NOT NULL,
    who TEXT NOT NULL,
    -- `replayed` or `ignored`.
    act TEXT NOT NULL,
    -- What was wrong with it then.
    code TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (book, letter, number)
);

CREATE INDEX facts_unreadable ON facts (book, subject)
    WHERE substr(body, 1, 20) = '{"kind":"unreadable"';
