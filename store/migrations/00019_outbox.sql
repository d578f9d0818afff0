-- Webhooks that go out: who hears what, how they stand, and what is to be told.

-- +goose Up

-- events are those the endpoint is told of, each between spaces; address is a digest of where it is. n counts what was put out for it.
-- fails counts the sendings in a row that nobody answered, retry_at is when it is asked again; failing_since is 0 while it works.
CREATE TABLE endpoint (
    workspace_id  TEXT NOT NULL,
    name          TEXT NOT NULL,
    events        TEXT NOT NULL,
    address       TEXT NOT NULL,
    n             BIGINT NOT NULL,
    fails         BIGINT NOT NULL,
    retry_at      BIGINT NOT NULL,
    failing_since BIGINT NOT NULL,
    last_at       BIGINT NOT NULL,
    delivered     BIGINT NOT NULL,
    lost          BIGINT NOT NULL,
    off_at        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, name)
);

-- What an endpoint is to be told, in the order of n. id is what it is recognised by when it comes again. The body is sealed, and is
-- NULL once nobody needs it any more. first_at is the first sending, 0 = none yet; done_at is 0 while it waits.
CREATE TABLE outbox (
    workspace_id TEXT NOT NULL,
    endpoint     TEXT NOT NULL,
    n            BIGINT NOT NULL,
    id           TEXT NOT NULL,
    type         TEXT NOT NULL,
    at           BIGINT NOT NULL,
    tries        BIGINT NOT NULL,
    first_at     BIGINT NOT NULL,
    next_at      BIGINT NOT NULL,
    done_at      BIGINT NOT NULL,
    outcome      TEXT NOT NULL,
    key_id       TEXT NOT NULL,
    nonce        BYTEA,
    sealed       BYTEA,
    PRIMARY KEY (workspace_id, endpoint, n),
    FOREIGN KEY (workspace_id, endpoint) REFERENCES endpoint (workspace_id, name)
);
CREATE INDEX outbox_waiting ON outbox (workspace_id, endpoint, n) WHERE done_at = 0;
CREATE INDEX outbox_done ON outbox (workspace_id, endpoint, done_at) WHERE done_at > 0;

-- +goose Down
DROP TABLE outbox;
DROP TABLE endpoint;
