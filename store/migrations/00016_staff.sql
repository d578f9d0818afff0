-- Who was staff at the door system stays so until two listings of everybody, a while apart, do not say it any more.

-- +goose Up
-- The first listing that did not say it, 0 = none.
ALTER TABLE account ADD COLUMN unmarked_at BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE account DROP COLUMN unmarked_at;
