-- What an operator says of people and integrations, against all that records give. What is over stays: until tells since when.

-- +goose Up

CREATE TABLE block (
    workspace_id TEXT NOT NULL REFERENCES workspace (workspace_id),
    person       TEXT NOT NULL,
    name         TEXT NOT NULL,
    email        TEXT NOT NULL,
    note         TEXT NOT NULL,
    by_whom      TEXT NOT NULL,
    since        BIGINT NOT NULL,
    until        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, person)
);

-- The integration '' is all of them.
CREATE TABLE frozen (
    workspace_id TEXT NOT NULL REFERENCES workspace (workspace_id),
    integration  TEXT NOT NULL,
    reason       TEXT NOT NULL,
    by_whom      TEXT NOT NULL,
    since        BIGINT NOT NULL,
    until        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, integration)
);

-- +goose Down
DROP TABLE frozen;
DROP TABLE block;
