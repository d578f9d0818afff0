-- In which situation edges, accounts and groups are that are not in step, since when, and how it ended. An entry of a mapped
-- group that no open row speaks of is in step. subject is the account, or the person who has none yet.

-- +goose Up

CREATE TABLE situation (
    workspace_id TEXT NOT NULL,
    door         TEXT NOT NULL,
    group_id     TEXT NOT NULL,
    subject      TEXT NOT NULL,
    code         TEXT NOT NULL,
    n            BIGINT NOT NULL,
    account      TEXT NOT NULL,
    person       TEXT NOT NULL,
    detail       TEXT NOT NULL,
    does         TEXT NOT NULL,
    held         TEXT NOT NULL,
    since        BIGINT NOT NULL,
    ended_at     BIGINT NOT NULL,
    -- reverted when Cardea set it right, over when it ended without it
    ended        TEXT NOT NULL,
    PRIMARY KEY (workspace_id, door, group_id, subject, code, n),
    FOREIGN KEY (workspace_id, door) REFERENCES connection (workspace_id, name)
);
CREATE UNIQUE INDEX situation_open ON situation (workspace_id, door, group_id, subject, code) WHERE ended_at = 0;
CREATE INDEX situation_ended ON situation (workspace_id, door, ended_at) WHERE ended = 'reverted';

-- What a linked account and a mapped group were called when they became that.
ALTER TABLE account ADD COLUMN known BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE account ADD COLUMN known_name TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN known_email TEXT NOT NULL DEFAULT '';
ALTER TABLE door_group ADD COLUMN known_name TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE door_group DROP COLUMN known_name;
ALTER TABLE account DROP COLUMN known_email;
ALTER TABLE account DROP COLUMN known_name;
ALTER TABLE account DROP COLUMN known;
DROP TABLE situation;
