-- The space system of our own, what connectors remember, and what doors with rentable units hold beside a group and an
-- edge. As in 00001, but for a sealed secret: it and its nonce are NULL where there is none.

-- +goose Up

-- The records of a house connection: what a vendor would hold of others, and fact holds of what was read from here.
CREATE TABLE house (
    workspace_id TEXT NOT NULL,
    connection   TEXT NOT NULL,
    kind         TEXT NOT NULL,
    id           TEXT NOT NULL,
    body         TEXT NOT NULL,
    changed_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, connection, kind, id),
    FOREIGN KEY (workspace_id, connection) REFERENCES connection (workspace_id, name)
);

CREATE TABLE kept (
    workspace_id TEXT NOT NULL,
    connection   TEXT NOT NULL,
    kind         TEXT NOT NULL,
    id           TEXT NOT NULL,
    body         TEXT NOT NULL,
    key_id       TEXT NOT NULL,
    nonce        BYTEA,
    sealed       BYTEA,
    changed_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, connection, kind, id),
    FOREIGN KEY (workspace_id, connection) REFERENCES connection (workspace_id, name)
);

-- Most accounts bear no id of ours: an index of those that do is small, and PostgreSQL takes it whatever it thinks of them.
DROP INDEX account_external;
CREATE INDEX account_external ON account (workspace_id, door, external) WHERE external <> '';

ALTER TABLE door_group ADD COLUMN unit TEXT NOT NULL DEFAULT '';

ALTER TABLE edge ADD COLUMN shut BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE edge ADD COLUMN guest BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE edge ADD COLUMN profile TEXT NOT NULL DEFAULT '';
ALTER TABLE edge ADD COLUMN time_group TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE edge DROP COLUMN time_group;
ALTER TABLE edge DROP COLUMN profile;
ALTER TABLE edge DROP COLUMN guest;
ALTER TABLE edge DROP COLUMN shut;
ALTER TABLE door_group DROP COLUMN unit;
DROP INDEX account_external;
CREATE INDEX account_external ON account (workspace_id, door, external);
DROP TABLE kept;
DROP TABLE house;
