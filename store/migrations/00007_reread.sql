-- Records that are read again by id before their end is acted on: when, until when the end waits for that, and when it was done.

-- +goose Up

CREATE TABLE reread (
    workspace_id TEXT NOT NULL,
    connection   TEXT NOT NULL,
    kind         TEXT NOT NULL,
    id           TEXT NOT NULL,
    ends_at      BIGINT NOT NULL,
    due_at       BIGINT NOT NULL,
    until_at     BIGINT NOT NULL,
    seen_at      BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, connection, kind, id),
    FOREIGN KEY (workspace_id, connection) REFERENCES connection (workspace_id, name)
);

-- +goose Down
DROP TABLE reread;
