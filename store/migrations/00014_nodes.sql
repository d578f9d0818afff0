-- Many units, many nodes: what a node asks for again and again is found without looking at every row.

-- +goose Up

-- Leased rows are few: as many as there is work under way.
CREATE INDEX wake_leased ON wake (lease_until) WHERE owner <> '';

CREATE INDEX wake_idle ON wake (kind, next_wake_at) WHERE owner = '';

CREATE INDEX run_unit ON run (workspace_id, unit, kind, started);

-- +goose Down
DROP INDEX run_unit;
DROP INDEX wake_idle;
DROP INDEX wake_leased;
