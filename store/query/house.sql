-- name: HouseRecords :many
SELECT body FROM house WHERE workspace_id = @workspace_id AND connection = @connection AND kind = @kind;

-- name: HouseRecord :many
SELECT body FROM house WHERE workspace_id = @workspace_id AND connection = @connection AND kind = @kind AND id = @id;

-- name: PutHouse :exec
-- A record that is put as it was keeps the time at which it changed.
INSERT INTO house (workspace_id, connection, kind, id, body, changed_at)
SELECT @workspace_id, @connection, value ->> 'k', value ->> 'i', value ->> 'b', CAST(@changed_at AS BIGINT)
FROM json_each(@bulk) WHERE TRUE
ON CONFLICT (workspace_id, connection, kind, id) DO UPDATE SET body = excluded.body, changed_at = excluded.changed_at
WHERE house.body <> excluded.body;

-- name: DropHouse :exec
DELETE FROM house WHERE workspace_id = @workspace_id AND connection = @connection
  AND (kind, id) IN (SELECT j.value ->> 'k', j.value ->> 'i' FROM json_each(@bulk) j);

-- name: Kept :many
SELECT id, body, key_id, nonce, sealed FROM kept
WHERE workspace_id = @workspace_id AND connection = @connection AND kind = @kind;

-- name: PutKept :exec
INSERT INTO kept (workspace_id, connection, kind, id, body, key_id, nonce, sealed, changed_at)
VALUES (@workspace_id, @connection, @kind, @id, @body, @key_id, @nonce, @sealed, @changed_at)
ON CONFLICT (workspace_id, connection, kind, id) DO UPDATE SET
    body = excluded.body, key_id = excluded.key_id, nonce = excluded.nonce, sealed = excluded.sealed,
    changed_at = excluded.changed_at;

-- name: DropKept :exec
DELETE FROM kept WHERE workspace_id = @workspace_id AND connection = @connection AND kind = @kind AND id = @id;
