-- The more urgent, the smaller: 0 what happened lately, 1 settlements, 2 stock, 3 the past.
ALTER TABLE outbox ADD COLUMN priority BIGINT NOT NULL DEFAULT 0;
DROP INDEX outbox_sendable;
CREATE INDEX outbox_sendable ON outbox (book, kind, priority, decided, place)
    WHERE state = 'ready' AND unmet = 0;
CREATE INDEX outbox_urgent ON outbox (book, priority, not_before)
    WHERE state = 'ready' AND unmet = 0;
DROP INDEX outbox_open;
CREATE INDEX outbox_open ON outbox (book, state, kind, priority, decided)
    WHERE state NOT IN ('posted', 'withdrawn', 'reversed');

-- A stretch of the past that a person wants to have read. How far that has got is among the cursors.
CREATE TABLE backfills (
    book TEXT NOT NULL PRIMARY KEY,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL,
    -- `running` or `paused`; who said so last, and when.
    state TEXT NOT NULL,
    who TEXT NOT NULL,
    asked BIGINT NOT NULL,
    -- JSON of the application's own: what was foretold.
    forecast TEXT NOT NULL
);
