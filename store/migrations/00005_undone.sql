-- What a person undid: it waits until it is released.

-- +goose Up

CREATE TABLE undone (
    workspace_id TEXT NOT NULL,
    door         TEXT NOT NULL,
    key          TEXT NOT NULL,
    group_id     TEXT NOT NULL,
    account      TEXT NOT NULL,
    verb         TEXT NOT NULL,
    run          TEXT NOT NULL,
    who          TEXT NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, door, key),
    FOREIGN KEY (workspace_id, door) REFERENCES connection (workspace_id, name)
);

-- +goose Down
DROP TABLE undone;
