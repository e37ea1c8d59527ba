-- Processes at work on this database. One that stopped saying that it is alive loses its lanes at
-- once: nobody waits for their leases to run out.
CREATE TABLE nodes (
    name TEXT NOT NULL PRIMARY KEY,
    alive_until BIGINT NOT NULL,
    -- When this process began, and what it says of itself (JSON).
    started BIGINT NOT NULL,
    about TEXT NOT NULL
);

-- Who leads: the one node that gives turns (embedded engine) or that does what is done once.
CREATE TABLE leaders (
    office TEXT NOT NULL PRIMARY KEY,
    node TEXT NOT NULL,
    lease_until BIGINT NOT NULL
);

-- The claim before this one was never settled: what it spent of a budget is unknown.
ALTER TABLE lanes ADD COLUMN was_left BIGINT NOT NULL DEFAULT 0;

CREATE INDEX lanes_due ON lanes (due, name);
