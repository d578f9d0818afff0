-- name: MarkWake :exec
INSERT INTO wake (workspace_id, kind, unit, next_wake_at, marked_at, seq, owner, fence, lease_until)
SELECT @workspace_id, value ->> 'k', value ->> 'u', CAST(value ->> 't' AS BIGINT), CAST(value ->> 't' AS BIGINT), 1, '', 0, 0
FROM json_each(@bulk) WHERE TRUE
ON CONFLICT (workspace_id, kind, unit) DO UPDATE SET
    next_wake_at = CASE WHEN wake.next_wake_at < excluded.next_wake_at THEN wake.next_wake_at ELSE excluded.next_wake_at END,
    marked_at = CASE WHEN wake.marked_at < excluded.marked_at THEN wake.marked_at ELSE excluded.marked_at END,
    seq = wake.seq + 1;

-- name: MakeWake :exec
INSERT INTO wake (workspace_id, kind, unit, next_wake_at, marked_at, seq, owner, fence, lease_until)
VALUES (@workspace_id, @kind, @unit, @next_wake_at, @next_wake_at, 0, '', 0, 0)
ON CONFLICT (workspace_id, kind, unit) DO NOTHING;

-- name: ClaimOne :many
-- Due or not; a claim that crashes leaves the row due.
UPDATE wake SET owner = @owner, lease_until = @lease_until, fence = fence + 1, marked_at = 9223372036854775807,
    next_wake_at = CASE WHEN next_wake_at < CAST(@now AS BIGINT) THEN next_wake_at ELSE CAST(@now AS BIGINT) END
WHERE workspace_id = @workspace_id AND kind = @kind AND unit = @unit AND lease_until <= @now
RETURNING workspace_id, kind, unit, seq, fence, next_wake_at;

-- name: ClaimDue :many
-- Over all workspaces. The predicate stands outside the sub-select too: PostgreSQL looks at it again when it gets the
-- row's lock, and not at the sub-select.
UPDATE wake SET owner = @owner, lease_until = @lease_until, fence = fence + 1, marked_at = 9223372036854775807
WHERE wake.lease_until <= @now AND wake.next_wake_at <= @now AND (wake.workspace_id, wake.kind, wake.unit) IN (
    SELECT w.workspace_id, w.kind, w.unit FROM wake w
    WHERE w.lease_until <= @now AND w.next_wake_at <= @now AND w.kind IN (SELECT j.key FROM json_each(@kinds) j)
    ORDER BY w.next_wake_at LIMIT CAST(@most AS BIGINT))
RETURNING wake.workspace_id, wake.kind, wake.unit, wake.seq, wake.fence, wake.next_wake_at;

-- name: NextWake :many
-- Over all workspaces: of what nobody works on, the earliest. An index has it first.
SELECT next_wake_at FROM wake WHERE owner = '' AND kind = @kind ORDER BY next_wake_at LIMIT 1;

-- name: NextFree :many
-- Over all workspaces: a leased unit can be claimed when its lease is over.
SELECT CAST(CASE WHEN lease_until > next_wake_at THEN lease_until ELSE next_wake_at END AS BIGINT) AS wake_at FROM wake
WHERE owner <> '' AND kind = @kind ORDER BY 1 LIMIT 1;

-- name: WakeTimes :many
SELECT kind, unit, next_wake_at, lease_until FROM wake WHERE workspace_id = @workspace_id;

-- name: HoldLease :execrows
-- Locks the row until the transaction ends, so that nobody claims it meanwhile.
UPDATE wake SET fence = fence
WHERE workspace_id = @workspace_id AND kind = @kind AND unit = @unit AND owner = @owner AND fence = @fence;

-- name: RenewLease :execrows
UPDATE wake SET lease_until = @lease_until
WHERE workspace_id = @workspace_id AND kind = @kind AND unit = @unit AND owner = @owner AND fence = @fence;

-- name: ReleaseLease :execrows
UPDATE wake SET owner = '', lease_until = 0,
    next_wake_at = CASE WHEN marked_at < CAST(@next AS BIGINT) THEN marked_at ELSE CAST(@next AS BIGINT) END,
    marked_at = 9223372036854775807
WHERE workspace_id = @workspace_id AND kind = @kind AND unit = @unit AND owner = @owner AND fence = @fence;

-- name: Reserve :one
INSERT INTO budget (workspace_id, name, tat) VALUES (@workspace_id, @name, CAST(@now AS BIGINT) + CAST(@step AS BIGINT))
ON CONFLICT (workspace_id, name) DO UPDATE SET
    tat = CASE WHEN budget.tat > CAST(@now AS BIGINT) THEN budget.tat ELSE CAST(@now AS BIGINT) END + CAST(@step AS BIGINT)
RETURNING tat;

-- name: LookAgain :exec
-- Over all workspaces: the clock that wrote these rows was ahead. A lease can reach no further than one life; whoever has it renews it.
UPDATE wake SET seq = seq + 1,
    next_wake_at = CASE WHEN next_wake_at < CAST(@now AS BIGINT) THEN next_wake_at ELSE CAST(@now AS BIGINT) END,
    marked_at = CASE WHEN marked_at < CAST(@now AS BIGINT) THEN marked_at ELSE CAST(@now AS BIGINT) END,
    lease_until = CASE WHEN lease_until > CAST(@latest AS BIGINT) THEN CAST(@latest AS BIGINT) ELSE lease_until END
WHERE kind IN (SELECT j.key FROM json_each(@kinds) j);

-- name: PullBudgets :exec
-- Over all workspaces: slots that were handed out by a clock that was ahead are nobody's. A month's quota looks weeks ahead.
UPDATE budget SET tat = CAST(@now AS BIGINT) WHERE tat > CAST(@latest AS BIGINT) AND REPLACE(name, '/month', '') = name;

-- name: WrittenAhead :one
-- Over all workspaces: leases and slots that only a clock that was ahead can have written.
SELECT CAST((SELECT COUNT(*) FROM wake WHERE lease_until > CAST(@leased AS BIGINT)) +
    (SELECT COUNT(*) FROM budget WHERE tat > CAST(@slots AS BIGINT) AND REPLACE(name, '/month', '') = name) AS BIGINT) AS rows_ahead;
