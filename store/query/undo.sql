-- name: UndoneOf :many
SELECT key, group_id, account, verb, run, who, at FROM undone WHERE workspace_id = @workspace_id AND door = @door;

-- name: PutUndone :exec
INSERT INTO undone (workspace_id, door, key, group_id, account, verb, run, who, at)
SELECT @workspace_id, @door, j.key, j.value ->> 'g', j.value ->> 'a', j.value ->> 'v', @run, @who, CAST(@at AS BIGINT)
FROM json_each(@bulk) j WHERE TRUE
ON CONFLICT (workspace_id, door, key) DO UPDATE SET
    group_id = excluded.group_id, account = excluded.account, verb = excluded.verb, run = excluded.run, who = excluded.who,
    at = excluded.at;

-- name: DropUndone :exec
DELETE FROM undone WHERE workspace_id = @workspace_id AND door = @door AND key IN (SELECT j.key FROM json_each(@bulk) j);

-- name: DropApprovals :exec
-- A release from before it was undone does not speak for it any more.
DELETE FROM approval WHERE workspace_id = @workspace_id AND door = @door AND key IN (SELECT j.key FROM json_each(@bulk) j);
