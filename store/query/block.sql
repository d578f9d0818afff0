-- name: Blocks :many
SELECT person, name, email, note, by_whom, since, until FROM block WHERE workspace_id = @workspace_id;

-- name: PutBlock :exec
-- A block that is in force began when it began, whatever is said of it now.
INSERT INTO block (workspace_id, person, name, email, note, by_whom, since, until)
VALUES (@workspace_id, @person, @name, @email, @note, @by_whom, @since, @until)
ON CONFLICT (workspace_id, person) DO UPDATE SET
    name = excluded.name, email = excluded.email, note = excluded.note, by_whom = excluded.by_whom,
    since = CASE WHEN block.until > excluded.since THEN block.since ELSE excluded.since END, until = excluded.until;

-- name: LiftBlock :execrows
UPDATE block SET until = @at WHERE workspace_id = @workspace_id AND person = @person AND until > @at;

-- name: Freezes :many
SELECT integration, reason, by_whom, since, until FROM frozen WHERE workspace_id = @workspace_id;

-- name: PutFreeze :exec
INSERT INTO frozen (workspace_id, integration, reason, by_whom, since, until)
VALUES (@workspace_id, @integration, @reason, @by_whom, @since, @until)
ON CONFLICT (workspace_id, integration) DO UPDATE SET
    reason = excluded.reason, by_whom = excluded.by_whom, since = excluded.since, until = excluded.until;

-- name: LiftFreeze :execrows
UPDATE frozen SET until = @at WHERE workspace_id = @workspace_id AND integration = @integration AND until > @at;
