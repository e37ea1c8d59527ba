-- Hints: what a vendor said had changed, so that a lane looks at once. They hold no fact; a lost
-- one costs minutes, since everything is asked for regularly as well.
CREATE TABLE hints (
    book TEXT NOT NULL,
    lane TEXT NOT NULL,
    -- The vendor's id of the notification.
    id TEXT NOT NULL,
    -- What it is about: `order` and the order's number.
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    -- By the vendor's clock.
    occurred BIGINT NOT NULL,
    received BIGINT NOT NULL,
    -- From when on to look; empty when it is done.
    due BIGINT,
    tries BIGINT NOT NULL,
    done BIGINT,
    -- `read`, `swept`, `left` to the next sweep, or `nothing` to do.
    outcome TEXT,
    PRIMARY KEY (book, lane, id)
);
CREATE INDEX hints_waiting ON hints (lane, received) WHERE due IS NOT NULL;
CREATE INDEX hints_done ON hints (done) WHERE done IS NOT NULL;

-- Notifications that could not be read, or that belong to no book, once each. Personal data is
-- taken out before they come here.
CREATE TABLE unread_notifications (
    -- SHA-256 of the bytes as they came.
    hash TEXT NOT NULL PRIMARY KEY,
    -- How many bytes there were.
    size BIGINT NOT NULL,
    code TEXT NOT NULL,
    detail TEXT NOT NULL,
    -- Empty where nobody could tell what may be kept of it.
    body TEXT,
    first_received BIGINT NOT NULL,
    last_received BIGINT NOT NULL,
    times BIGINT NOT NULL
);
