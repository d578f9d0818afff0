-- What a space system pushed: of each person and location the newest alone.

-- +goose Up

-- at is the space system's clock, came ours. body holds the groups and until when.
CREATE TABLE push (
    workspace_id TEXT NOT NULL,
    connection   TEXT NOT NULL,
    person       TEXT NOT NULL,
    location     TEXT NOT NULL,
    at           BIGINT NOT NULL,
    came         BIGINT NOT NULL,
    body         TEXT NOT NULL,
    PRIMARY KEY (workspace_id, connection, person, location),
    FOREIGN KEY (workspace_id, connection) REFERENCES connection (workspace_id, name)
);

-- +goose Down
DROP TABLE push;
