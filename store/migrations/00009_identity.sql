-- What operators said of who is who, and what accounts show of their people's phones.

-- +goose Up

-- together: the account is theirs, or the two are one person; otherwise they are kept apart. Either account or other is ''.
CREATE TABLE identity_decision (
    workspace_id TEXT NOT NULL,
    door         TEXT NOT NULL,
    id           TEXT NOT NULL,
    conflict     TEXT NOT NULL,
    together     BOOLEAN NOT NULL,
    person       TEXT NOT NULL,
    account      TEXT NOT NULL,
    other        TEXT NOT NULL,
    note         TEXT NOT NULL,
    by_whom      TEXT NOT NULL,
    at           BIGINT NOT NULL,
    undone_at    BIGINT NOT NULL,
    undone_by    TEXT NOT NULL,
    PRIMARY KEY (workspace_id, door, id),
    FOREIGN KEY (workspace_id, door) REFERENCES connection (workspace_id, name)
);

-- Who else bears an address.
CREATE INDEX fact_email ON fact (workspace_id, email_folded) WHERE email_folded <> '';

ALTER TABLE account ADD COLUMN phone TEXT NOT NULL DEFAULT '';

-- +goose Down
DROP INDEX fact_email;
ALTER TABLE account DROP COLUMN phone;
DROP TABLE identity_decision;
