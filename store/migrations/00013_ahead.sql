-- Large changesets: an operation is found by its key without looking at every other that is open.

-- +goose Up
CREATE INDEX operation_key ON operation (workspace_id, door, key);

-- +goose Down
DROP INDEX operation_key;
