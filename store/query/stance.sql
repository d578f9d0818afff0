-- name: Stances :many
SELECT integration, state, how, hash, who, at FROM stance WHERE workspace_id = @workspace_id;

-- name: PutStance :exec
INSERT INTO stance (workspace_id, integration, state, how, hash, who, at)
VALUES (@workspace_id, @integration, @state, @how, @hash, @who, @at)
ON CONFLICT (workspace_id, integration) DO UPDATE SET
    state = excluded.state, how = excluded.how, hash = excluded.hash, who = excluded.who, at = excluded.at;

-- name: GroupStances :many
SELECT integration, group_id, state, kept, who, at FROM group_stance WHERE workspace_id = @workspace_id;

-- name: PutGroupStances :exec
INSERT INTO group_stance (workspace_id, integration, group_id, state, kept, who, at)
SELECT @workspace_id, @integration, j.key, @state, CAST(@kept AS BOOLEAN), @who, CAST(@at AS BIGINT)
FROM json_each(@bulk) j WHERE TRUE
ON CONFLICT (workspace_id, integration, group_id) DO UPDATE SET
    state = excluded.state, kept = excluded.kept, who = excluded.who, at = excluded.at;

-- name: DropGroupStances :exec
DELETE FROM group_stance WHERE workspace_id = @workspace_id AND integration = @integration;

-- name: DisownGroups :exec
UPDATE group_policy SET ours = FALSE
WHERE workspace_id = @workspace_id AND door = @door AND group_id IN (SELECT j.key FROM json_each(@bulk) j);

-- name: CloseLedgers :exec
UPDATE ledger SET ended_at = CAST(@ended_at AS BIGINT), ended = @ended, ended_op = '' FROM json_each(@bulk) j
WHERE ledger.workspace_id = @workspace_id AND ledger.door = @door AND ledger.ended_at = 0
  AND ledger.group_id = j.value ->> 'g' AND ledger.account = j.value ->> 'a';

-- name: DropLinks :exec
DELETE FROM link WHERE workspace_id = @workspace_id AND door = @door
  AND (person, account) IN (SELECT j.value ->> 'p', j.value ->> 'a' FROM json_each(@bulk) j);
