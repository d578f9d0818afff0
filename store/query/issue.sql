-- name: OpenIssues :many
SELECT cause_key, source, body, opened_at, seen_at FROM issue WHERE workspace_id = @workspace_id AND closed_at = 0;

-- name: PutIssues :exec
INSERT INTO issue (workspace_id, cause_key, n, source, body, opened_at, seen_at, closed_at)
SELECT @workspace_id, j.key,
    1 + COALESCE((SELECT MAX(i.n) FROM issue i WHERE i.workspace_id = @workspace_id AND i.cause_key = j.key), 0),
    @source, j.value ->> 'b', CAST(@at AS BIGINT), CAST(@at AS BIGINT), 0
FROM json_each(@bulk) j WHERE TRUE
ON CONFLICT (workspace_id, cause_key) WHERE closed_at = 0 DO UPDATE SET body = excluded.body, seen_at = excluded.seen_at;

-- name: OpenIssueKeys :many
SELECT cause_key FROM issue WHERE workspace_id = @workspace_id AND source = @source AND closed_at = 0;

-- name: CloseIssues :exec
UPDATE issue SET closed_at = @closed_at
WHERE workspace_id = @workspace_id AND closed_at = 0 AND cause_key IN (SELECT key FROM json_each(@bulk));

-- name: PutRun :exec
INSERT INTO run (workspace_id, id, unit, kind, outcome, detail, started, ended, counts, changeset)
VALUES (@workspace_id, @id, @unit, @kind, @outcome, @detail, @started, @ended, @counts, @changeset)
ON CONFLICT (workspace_id, id) DO UPDATE SET
    outcome = excluded.outcome, detail = excluded.detail, ended = excluded.ended, counts = excluded.counts,
    changeset = excluded.changeset;

-- name: Runs :many
SELECT * FROM run WHERE workspace_id = @workspace_id ORDER BY started DESC, id DESC LIMIT CAST(@most AS BIGINT);

-- name: RunByID :many
SELECT * FROM run WHERE workspace_id = @workspace_id AND id = @id;
