-- What was once seen of how a connection's server behaves, so that a new process need not see it again.

-- +goose Up
CREATE TABLE habit (
    workspace_id TEXT NOT NULL,
    connection   TEXT NOT NULL,
    name         TEXT NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, connection, name),
    FOREIGN KEY (workspace_id, connection) REFERENCES connection (workspace_id, name)
);

-- +goose Down
DROP TABLE habit;
