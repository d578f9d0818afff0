-- API tokens: what a program that is no person may ask.

-- +goose Up

-- hash is the SHA-256 of the token's text, which is kept nowhere. scopes is a JSON list. expires_at is Never where none was given.
-- What was revoked stays, so that it can be told when it was used last: 0 = it was not.
CREATE TABLE token (
    workspace_id TEXT NOT NULL REFERENCES workspace (workspace_id),
    hash         TEXT NOT NULL,
    name         TEXT NOT NULL,
    scopes       TEXT NOT NULL,
    made_at      BIGINT NOT NULL,
    made_by      TEXT NOT NULL,
    expires_at   BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    revoked_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, hash)
);
CREATE UNIQUE INDEX token_name ON token (workspace_id, name) WHERE revoked_at = 0;

-- +goose Down
DROP TABLE token;
