-- Settlements as they were footed when they were last decided. Amounts are minor units of the
-- settlement's currency.
CREATE TABLE settlements (
    book TEXT NOT NULL,
    settlement_id TEXT NOT NULL,
    -- The fact it was decided from, and the archived report.
    fact TEXT NOT NULL,
    report TEXT NOT NULL,
    region TEXT NOT NULL,
    seller TEXT NOT NULL,
    -- Account and currency: settlements of one series follow each other without a gap.
    series TEXT NOT NULL,
    currency TEXT NOT NULL,
    starts BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    deposited BIGINT,
    rows_read BIGINT NOT NULL,
    total BIGINT NOT NULL,
    current_reserve BIGINT NOT NULL,
    covered BIGINT NOT NULL,
    posted BIGINT NOT NULL,
    held BIGINT NOT NULL,
    PRIMARY KEY (book, settlement_id)
);
CREATE INDEX settlements_in_series ON settlements (book, series, starts);

-- What settlement rows claim of order documents: by order, item and component.
CREATE TABLE claims (
    book TEXT NOT NULL,
    settlement_id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    component TEXT NOT NULL,
    is_refund BIGINT NOT NULL,
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL,
    rows_read BIGINT NOT NULL,
    PRIMARY KEY (book, settlement_id, order_id, item_id, component, is_refund)
);
CREATE INDEX claims_by_order ON claims (book, order_id);

-- Reports that were fetched, so that none is fetched twice.
CREATE TABLE reports (
    book TEXT NOT NULL,
    report_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    fetched BIGINT NOT NULL,
    PRIMARY KEY (book, report_id)
);

CREATE INDEX facts_by_source ON facts (book, source, occurred);
