-- name: PutMapping :execrows
-- No row changes when somebody else saved one since.
INSERT INTO mapping (workspace_id, integration, version, body, saved_at, saved_by)
VALUES (@workspace_id, @integration, CAST(@was AS BIGINT) + 1, @body, @saved_at, @saved_by)
ON CONFLICT (workspace_id, integration) DO UPDATE SET
    version = excluded.version, body = excluded.body, saved_at = excluded.saved_at, saved_by = excluded.saved_by
WHERE mapping.version = CAST(@was AS BIGINT);

-- name: Mapping :many
SELECT version, body, saved_at, saved_by FROM mapping WHERE workspace_id = @workspace_id AND integration = @integration;
