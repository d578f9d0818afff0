-- Revocations that were due and were not seen to be done, and how long changes took.

-- name: LateOf :many
SELECT group_id, account, person, since FROM late WHERE workspace_id = @workspace_id AND door = @door;

-- name: PutLate :exec
-- The first of them counts.
INSERT INTO late (workspace_id, door, group_id, account, person, since)
SELECT @workspace_id, @door, j.value ->> 'g', j.value ->> 'a', j.value ->> 'p', CAST(j.value ->> 's' AS BIGINT)
FROM json_each(@bulk) j WHERE TRUE
ON CONFLICT (workspace_id, door, group_id, account) DO UPDATE SET
    since = CASE WHEN late.since < excluded.since THEN late.since ELSE excluded.since END, person = excluded.person;

-- name: DropLate :exec
DELETE FROM late WHERE workspace_id = @workspace_id AND door = @door AND group_id = @group_id AND account = @account;

-- name: UnfinishedOf :many
SELECT o.body, o.fact_at, o.error FROM run r JOIN operation o ON o.workspace_id = @workspace_id AND o.run = r.id
WHERE r.workspace_id = @workspace_id AND r.unit = @door AND r.started >= CAST(@early AS BIGINT)
  AND (r.started >= CAST(@since AS BIGINT) OR o.answered_at >= CAST(@since AS BIGINT))
  AND o.fact_at > 0 AND o.state NOT IN ('confirmed', 'held');

-- name: Measures :many
SELECT measure, fact_at, confirmed_at FROM operation
WHERE workspace_id = @workspace_id AND door = @door AND measure <> '' AND confirmed_at > 0 AND state = 'confirmed'
  AND confirmed_at > CAST(@after AS BIGINT) AND confirmed_at <= CAST(@until AS BIGINT)
ORDER BY confirmed_at;
