-- How an integration stands beside what the configuration says of it, and the groups that it took over or gave back.

-- +goose Up

-- state: leaving (under way), left, back (it had left and takes over group by group). how: remove, hand-over, stop.
CREATE TABLE stance (
    workspace_id TEXT NOT NULL REFERENCES workspace (workspace_id),
    integration  TEXT NOT NULL,
    state        TEXT NOT NULL,
    how          TEXT NOT NULL,
    hash         TEXT NOT NULL,
    who          TEXT NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, integration)
);

-- state: adopted, observed, leaving. kept: entries that a grant explains do not become ours.
CREATE TABLE group_stance (
    workspace_id TEXT NOT NULL REFERENCES workspace (workspace_id),
    integration  TEXT NOT NULL,
    group_id     TEXT NOT NULL,
    state        TEXT NOT NULL,
    kept         BOOLEAN NOT NULL,
    who          TEXT NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, integration, group_id)
);

-- +goose Down
DROP TABLE group_stance;
DROP TABLE stance;
