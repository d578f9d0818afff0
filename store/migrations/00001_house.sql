-- One text for SQLite and PostgreSQL: TEXT, BIGINT, BOOLEAN and BYTEA only. Ids are text, instants are microseconds (0 is
-- "never", "not yet" or "open", as the Go types say), JSON is opaque text. Nothing is NULL. Every key starts with the workspace.

-- +goose Up
CREATE TABLE workspace (
    workspace_id TEXT NOT NULL PRIMARY KEY,
    audit_n      BIGINT NOT NULL DEFAULT 0,
    audit_hash   TEXT NOT NULL DEFAULT ''
);

CREATE TABLE connection (
    workspace_id      TEXT NOT NULL REFERENCES workspace (workspace_id),
    name              TEXT NOT NULL,
    side              TEXT NOT NULL,
    system            TEXT NOT NULL,
    organisation      TEXT NOT NULL DEFAULT '',
    organisation_name TEXT NOT NULL DEFAULT '',
    settings          TEXT NOT NULL,
    managed           TEXT NOT NULL,
    state             TEXT NOT NULL,
    clock_skew        BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (workspace_id, name)
);
-- Two connections that are one tenant would keep the same doors twice.
CREATE UNIQUE INDEX connection_organisation ON connection (workspace_id, system, organisation) WHERE organisation <> '';

CREATE TABLE secret (
    workspace_id TEXT NOT NULL REFERENCES workspace (workspace_id),
    connection   TEXT NOT NULL,
    name         TEXT NOT NULL,
    key_id       TEXT NOT NULL,
    nonce        BYTEA NOT NULL,
    sealed       BYTEA NOT NULL,
    version      BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, connection, name)
);

CREATE TABLE integration (
    workspace_id TEXT NOT NULL,
    name         TEXT NOT NULL,
    space        TEXT NOT NULL,
    door         TEXT NOT NULL,
    settings     TEXT NOT NULL,
    managed      TEXT NOT NULL,
    PRIMARY KEY (workspace_id, name),
    FOREIGN KEY (workspace_id, space) REFERENCES connection (workspace_id, name),
    FOREIGN KEY (workspace_id, door) REFERENCES connection (workspace_id, name)
);

CREATE TABLE resolved (
    workspace_id TEXT NOT NULL,
    integration  TEXT NOT NULL,
    kind         TEXT NOT NULL,
    name         TEXT NOT NULL,
    id           TEXT NOT NULL,
    PRIMARY KEY (workspace_id, integration, kind, name),
    FOREIGN KEY (workspace_id, integration) REFERENCES integration (workspace_id, name)
);

CREATE TABLE group_policy (
    workspace_id TEXT NOT NULL,
    door         TEXT NOT NULL,
    group_id     TEXT NOT NULL,
    mode         TEXT NOT NULL,
    keep         TEXT NOT NULL,
    ours         BOOLEAN NOT NULL,
    PRIMARY KEY (workspace_id, door, group_id),
    FOREIGN KEY (workspace_id, door) REFERENCES connection (workspace_id, name)
);

-- The space side: what was read, and how far it can be trusted.

CREATE TABLE collection (
    workspace_id  TEXT NOT NULL,
    connection    TEXT NOT NULL,
    kind          TEXT NOT NULL,
    grade         TEXT NOT NULL,
    why           TEXT NOT NULL,
    read_at       BIGINT NOT NULL,
    complete_at   BIGINT NOT NULL,
    suspect_since BIGINT NOT NULL,
    records       BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, connection, kind),
    FOREIGN KEY (workspace_id, connection) REFERENCES connection (workspace_id, name)
);

CREATE TABLE fact (
    workspace_id  TEXT NOT NULL,
    connection    TEXT NOT NULL,
    kind          TEXT NOT NULL,
    id            TEXT NOT NULL,
    body          TEXT NOT NULL,
    hash          TEXT NOT NULL,
    search        TEXT NOT NULL,
    email_folded  TEXT NOT NULL,
    missing_since BIGINT NOT NULL,
    gone_at       BIGINT NOT NULL,
    gone_cause    TEXT NOT NULL,
    unsure        BOOLEAN NOT NULL,
    PRIMARY KEY (workspace_id, connection, kind, id),
    FOREIGN KEY (workspace_id, connection) REFERENCES connection (workspace_id, name)
);

-- Holds all that a search looks at, so that it need not touch the bodies.
CREATE INDEX fact_people ON fact (workspace_id, connection, search, kind, id, gone_at) WHERE search <> '';

-- Both ways: what a record names (the key), and what names a record (the index).
CREATE TABLE fact_ref (
    workspace_id TEXT NOT NULL,
    connection   TEXT NOT NULL,
    kind         TEXT NOT NULL,
    id           TEXT NOT NULL,
    ref_kind     TEXT NOT NULL,
    ref_id       TEXT NOT NULL,
    PRIMARY KEY (workspace_id, connection, kind, id, ref_kind, ref_id),
    FOREIGN KEY (workspace_id, connection, kind, id) REFERENCES fact (workspace_id, connection, kind, id)
);
CREATE INDEX fact_ref_back ON fact_ref (workspace_id, connection, ref_kind, ref_id, kind, id);

CREATE TABLE dirty (
    workspace_id TEXT NOT NULL,
    unit         TEXT NOT NULL,
    person       TEXT NOT NULL,
    seq          BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, unit, person)
);

-- The door side: what is there, and what of it we put there.

-- n counts the reads; rows that a whole read did not touch bear an older one.
CREATE TABLE door_read (
    workspace_id TEXT NOT NULL,
    door         TEXT NOT NULL,
    n            BIGINT NOT NULL,
    whole_at     BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, door),
    FOREIGN KEY (workspace_id, door) REFERENCES connection (workspace_id, name)
);

CREATE TABLE door_group (
    workspace_id TEXT NOT NULL,
    door         TEXT NOT NULL,
    id           TEXT NOT NULL,
    name         TEXT NOT NULL,
    place        TEXT NOT NULL,
    edges_at     BIGINT NOT NULL,
    seen_read    BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, door, id),
    FOREIGN KEY (workspace_id, door) REFERENCES connection (workspace_id, name)
);

CREATE TABLE account (
    workspace_id TEXT NOT NULL,
    door         TEXT NOT NULL,
    id           TEXT NOT NULL,
    name         TEXT NOT NULL,
    email        TEXT NOT NULL,
    email_folded TEXT NOT NULL,
    external     TEXT NOT NULL,
    shut         BOOLEAN NOT NULL,
    staff        TEXT NOT NULL,
    seen_read    BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, door, id),
    FOREIGN KEY (workspace_id, door) REFERENCES connection (workspace_id, name)
);
CREATE INDEX account_email ON account (workspace_id, door, email_folded);
CREATE INDEX account_external ON account (workspace_id, door, external);

-- No foreign key to door_group and account: an edge may be read before its account, and outlive it.
CREATE TABLE edge (
    workspace_id TEXT NOT NULL,
    door         TEXT NOT NULL,
    group_id     TEXT NOT NULL,
    account      TEXT NOT NULL,
    ref          TEXT NOT NULL,
    valid_from   BIGINT NOT NULL,
    valid_until  BIGINT NOT NULL,
    alien        TEXT NOT NULL,
    seen_read    BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, door, group_id, account),
    FOREIGN KEY (workspace_id, door) REFERENCES connection (workspace_id, name)
);
CREATE INDEX edge_account ON edge (workspace_id, door, account);

CREATE TABLE link (
    workspace_id TEXT NOT NULL,
    door         TEXT NOT NULL,
    person       TEXT NOT NULL,
    account      TEXT NOT NULL,
    how          TEXT NOT NULL,
    PRIMARY KEY (workspace_id, door, person, account),
    FOREIGN KEY (workspace_id, door) REFERENCES connection (workspace_id, name)
);
CREATE INDEX link_account ON link (workspace_id, door, account);

CREATE TABLE ledger (
    workspace_id TEXT NOT NULL,
    door         TEXT NOT NULL,
    group_id     TEXT NOT NULL,
    account      TEXT NOT NULL,
    n            BIGINT NOT NULL,
    person       TEXT NOT NULL,
    adopted      BOOLEAN NOT NULL,
    valid_from   BIGINT NOT NULL,
    valid_until  BIGINT NOT NULL,
    reasons      TEXT NOT NULL,
    put_at       BIGINT NOT NULL,
    put_op       TEXT NOT NULL,
    ended_at     BIGINT NOT NULL,
    ended        TEXT NOT NULL,
    ended_op     TEXT NOT NULL,
    PRIMARY KEY (workspace_id, door, group_id, account, n),
    FOREIGN KEY (workspace_id, door) REFERENCES connection (workspace_id, name)
);
CREATE UNIQUE INDEX ledger_open ON ledger (workspace_id, door, group_id, account) WHERE ended_at = 0;
CREATE INDEX ledger_person ON ledger (workspace_id, door, person, group_id);
CREATE INDEX ledger_account ON ledger (workspace_id, door, account);

CREATE TABLE removal (
    workspace_id TEXT NOT NULL,
    door         TEXT NOT NULL,
    at           BIGINT NOT NULL,
    group_id     TEXT NOT NULL,
    account      TEXT NOT NULL,
    PRIMARY KEY (workspace_id, door, at, group_id, account),
    FOREIGN KEY (workspace_id, door) REFERENCES connection (workspace_id, name)
);

CREATE TABLE in_step (
    workspace_id TEXT NOT NULL,
    door         TEXT NOT NULL,
    group_id     TEXT NOT NULL,
    hour         BIGINT NOT NULL,
    edges        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, door, group_id, hour),
    FOREIGN KEY (workspace_id, door) REFERENCES connection (workspace_id, name)
);

CREATE TABLE changeset (
    workspace_id TEXT NOT NULL,
    door         TEXT NOT NULL,
    hash         TEXT NOT NULL,
    made_at      BIGINT NOT NULL,
    run          TEXT NOT NULL,
    issues       TEXT NOT NULL,
    PRIMARY KEY (workspace_id, door, hash),
    FOREIGN KEY (workspace_id, door) REFERENCES connection (workspace_id, name)
);
CREATE INDEX changeset_made ON changeset (workspace_id, door, made_at);

-- No foreign key to changeset: a block may be sent without one, under the hash ''.
CREATE TABLE operation (
    workspace_id TEXT NOT NULL,
    door         TEXT NOT NULL,
    changeset    TEXT NOT NULL,
    key          TEXT NOT NULL,
    seq          BIGINT NOT NULL,
    run          TEXT NOT NULL,
    body         TEXT NOT NULL,
    state        TEXT NOT NULL,
    sending_at   BIGINT NOT NULL,
    answered_at  BIGINT NOT NULL,
    confirmed_at BIGINT NOT NULL,
    error        TEXT NOT NULL,
    attempts     BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, door, changeset, key),
    FOREIGN KEY (workspace_id, door) REFERENCES connection (workspace_id, name)
);
CREATE INDEX operation_run ON operation (workspace_id, run, seq);
-- An intent is open at most once.
CREATE UNIQUE INDEX operation_open ON operation (workspace_id, door, key)
    WHERE state IN ('waiting', 'held', 'sending', 'sent');
CREATE INDEX operation_state ON operation (workspace_id, door, state)
    WHERE state IN ('waiting', 'held', 'sending', 'sent');

CREATE TABLE approval (
    workspace_id TEXT NOT NULL,
    door         TEXT NOT NULL,
    key          TEXT NOT NULL,
    who          TEXT NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, door, key),
    FOREIGN KEY (workspace_id, door) REFERENCES connection (workspace_id, name)
);

-- What goes on by itself, and what it tells.

CREATE TABLE wake (
    workspace_id TEXT NOT NULL REFERENCES workspace (workspace_id),
    kind         TEXT NOT NULL,
    unit         TEXT NOT NULL,
    next_wake_at BIGINT NOT NULL,
    -- marked_at is the earliest mark since the row was claimed: what a release must not lose.
    marked_at    BIGINT NOT NULL,
    seq          BIGINT NOT NULL,
    owner        TEXT NOT NULL,
    fence        BIGINT NOT NULL,
    lease_until  BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, kind, unit)
);
CREATE INDEX wake_due ON wake (next_wake_at);

CREATE TABLE budget (
    workspace_id TEXT NOT NULL REFERENCES workspace (workspace_id),
    name         TEXT NOT NULL,
    tat          BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, name)
);

CREATE TABLE issue (
    workspace_id TEXT NOT NULL REFERENCES workspace (workspace_id),
    cause_key    TEXT NOT NULL,
    n            BIGINT NOT NULL,
    source       TEXT NOT NULL,
    body         TEXT NOT NULL,
    opened_at    BIGINT NOT NULL,
    seen_at      BIGINT NOT NULL,
    closed_at    BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, cause_key, n)
);
CREATE UNIQUE INDEX issue_open ON issue (workspace_id, cause_key) WHERE closed_at = 0;
CREATE INDEX issue_source ON issue (workspace_id, source) WHERE closed_at = 0;

CREATE TABLE run (
    workspace_id TEXT NOT NULL REFERENCES workspace (workspace_id),
    id           TEXT NOT NULL,
    unit         TEXT NOT NULL,
    kind         TEXT NOT NULL,
    outcome      TEXT NOT NULL,
    detail       TEXT NOT NULL,
    started      BIGINT NOT NULL,
    ended        BIGINT NOT NULL,
    counts       TEXT NOT NULL,
    changeset    TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX run_started ON run (workspace_id, started);

-- Append-only: nothing in the house changes or removes a line.
CREATE TABLE audit (
    workspace_id TEXT NOT NULL REFERENCES workspace (workspace_id),
    n            BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    who          TEXT NOT NULL,
    what         TEXT NOT NULL,
    detail       TEXT NOT NULL,
    prev         TEXT NOT NULL,
    hash         TEXT NOT NULL,
    PRIMARY KEY (workspace_id, n)
);

-- +goose Down
DROP TABLE audit;
DROP TABLE run;
DROP TABLE issue;
DROP TABLE budget;
DROP TABLE wake;
DROP TABLE approval;
DROP TABLE operation;
DROP TABLE changeset;
DROP TABLE in_step;
DROP TABLE removal;
DROP TABLE ledger;
DROP TABLE link;
DROP TABLE edge;
DROP TABLE account;
DROP TABLE door_group;
DROP TABLE door_read;
DROP TABLE dirty;
DROP TABLE fact_ref;
DROP TABLE fact;
DROP TABLE collection;
DROP TABLE group_policy;
DROP TABLE resolved;
DROP TABLE integration;
DROP TABLE secret;
DROP TABLE connection;
DROP TABLE workspace;
