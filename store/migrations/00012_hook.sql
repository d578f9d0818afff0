-- Hooks: what they say to read again, what was delivered already, how each connection's hooks stand.

-- +goose Up

-- event is the vendor's own name of a delivery, or a digest of what was signed. Kept for a few days.
CREATE TABLE hook_seen (
    workspace_id TEXT NOT NULL,
    connection   TEXT NOT NULL,
    event        TEXT NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, connection, event),
    FOREIGN KEY (workspace_id, connection) REFERENCES connection (workspace_id, name)
);
CREATE INDEX hook_seen_at ON hook_seen (workspace_id, connection, at);

-- Records to read again. seq is that of the wake row when the mark was made: a look clears what was marked before it was claimed.
CREATE TABLE look (
    workspace_id TEXT NOT NULL,
    connection   TEXT NOT NULL,
    kind         TEXT NOT NULL,
    id           TEXT NOT NULL,
    seq          BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, connection, kind, id),
    FOREIGN KEY (workspace_id, connection) REFERENCES connection (workspace_id, name)
);

-- Records that a look brought. n is the fence of its lease: a listing that began before does not write over them.
CREATE TABLE looked (
    workspace_id TEXT NOT NULL,
    connection   TEXT NOT NULL,
    kind         TEXT NOT NULL,
    id           TEXT NOT NULL,
    n            BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, connection, kind, id),
    FOREIGN KEY (workspace_id, connection) REFERENCES connection (workspace_id, name)
);

-- last_at is the last delivery that was believed. missed counts the readings in a row that found changes nobody announced.
CREATE TABLE hook (
    workspace_id TEXT NOT NULL,
    connection   TEXT NOT NULL,
    last_at      BIGINT NOT NULL,
    taken        BIGINT NOT NULL,
    missed       BIGINT NOT NULL,
    url          TEXT NOT NULL,
    ref          TEXT NOT NULL,
    installed_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, connection),
    FOREIGN KEY (workspace_id, connection) REFERENCES connection (workspace_id, name)
);

-- +goose Down
DROP TABLE hook;
DROP TABLE looked;
DROP TABLE look;
DROP TABLE hook_seen;
