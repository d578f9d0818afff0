-- The mappings of the integrations of which the configuration file says none: each a whole, with what it was last changed by.

-- +goose Up

CREATE TABLE mapping (
    workspace_id TEXT NOT NULL REFERENCES workspace (workspace_id),
    integration  TEXT NOT NULL,
    version      BIGINT NOT NULL,
    body         TEXT NOT NULL,
    saved_at     BIGINT NOT NULL,
    saved_by     TEXT NOT NULL,
    PRIMARY KEY (workspace_id, integration)
);

-- +goose Down
DROP TABLE mapping;
