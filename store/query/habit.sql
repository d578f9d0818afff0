-- name: PutHabit :exec
-- Of a connection that is not kept yet nothing is remembered.
INSERT INTO habit (workspace_id, connection, name, at)
SELECT c.workspace_id, c.name, @name, CAST(@at AS BIGINT) FROM connection c
WHERE c.workspace_id = @workspace_id AND c.name = @connection
ON CONFLICT (workspace_id, connection, name) DO UPDATE SET at = excluded.at;

-- name: HasHabit :one
SELECT COUNT(*) FROM habit WHERE workspace_id = @workspace_id AND connection = @connection AND name = @name;
