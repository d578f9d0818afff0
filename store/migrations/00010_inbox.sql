-- Issues that come back are the same issue, and have an owner; how long changes take; revocations that are late.

-- +goose Up

-- seen counts the looks that found it, reopened how often it came back after it was closed. facts is a digest of what it says;
-- dropped is the digest that a person said is fine, '' = none.
ALTER TABLE issue ADD COLUMN seen BIGINT NOT NULL DEFAULT 1;
ALTER TABLE issue ADD COLUMN reopened BIGINT NOT NULL DEFAULT 0;
ALTER TABLE issue ADD COLUMN reopened_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE issue ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE issue ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE issue ADD COLUMN facts TEXT NOT NULL DEFAULT '';
ALTER TABLE issue ADD COLUMN dropped TEXT NOT NULL DEFAULT '';
CREATE INDEX issue_closed ON issue (workspace_id, closed_at);

-- What an operation was due for, and whether it gives or takes access: '' = neither.
ALTER TABLE operation ADD COLUMN fact_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE operation ADD COLUMN measure TEXT NOT NULL DEFAULT '';
CREATE INDEX operation_measured ON operation (workspace_id, door, confirmed_at) WHERE measure <> '' AND confirmed_at > 0;

-- Revocations that were due and were not seen to be done. since is when the first of them was due.
CREATE TABLE late (
    workspace_id TEXT NOT NULL,
    door         TEXT NOT NULL,
    group_id     TEXT NOT NULL,
    account      TEXT NOT NULL,
    person       TEXT NOT NULL,
    since        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, door, group_id, account),
    FOREIGN KEY (workspace_id, door) REFERENCES connection (workspace_id, name)
);

-- +goose Down
DROP TABLE late;
DROP INDEX operation_measured;
ALTER TABLE operation DROP COLUMN measure;
ALTER TABLE operation DROP COLUMN fact_at;
DROP INDEX issue_closed;
ALTER TABLE issue DROP COLUMN dropped;
ALTER TABLE issue DROP COLUMN facts;
ALTER TABLE issue DROP COLUMN note;
ALTER TABLE issue DROP COLUMN owner;
ALTER TABLE issue DROP COLUMN reopened_at;
ALTER TABLE issue DROP COLUMN reopened;
ALTER TABLE issue DROP COLUMN seen;
