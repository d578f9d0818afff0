-- name: PutRereads :exec
-- A record whose end is another than it was is asked for again; what was asked already stays as it is.
INSERT INTO reread (workspace_id, connection, kind, id, ends_at, due_at, until_at, seen_at)
SELECT @workspace_id, @connection, value ->> 'k', value ->> 'i', CAST(value ->> 'e' AS BIGINT), CAST(value ->> 'd' AS BIGINT),
    CAST(value ->> 'u' AS BIGINT), 0
FROM json_each(@bulk) WHERE TRUE
ON CONFLICT (workspace_id, connection, kind, id) DO UPDATE SET
    ends_at = excluded.ends_at, due_at = excluded.due_at, until_at = excluded.until_at, seen_at = 0
WHERE reread.ends_at <> excluded.ends_at;

-- name: Rereads :many
SELECT kind, id, ends_at, due_at, until_at, seen_at FROM reread WHERE workspace_id = @workspace_id AND connection = @connection;

-- name: RereadDone :exec
UPDATE reread SET seen_at = @at FROM json_each(@bulk) j
WHERE reread.workspace_id = @workspace_id AND reread.connection = @connection
  AND reread.kind = j.value ->> 'k' AND reread.id = j.value ->> 'i';

-- name: DropRereads :exec
DELETE FROM reread WHERE workspace_id = @workspace_id AND connection = @connection AND until_at < @before;
