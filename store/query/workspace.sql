-- name: MakeWorkspace :exec
INSERT INTO workspace (workspace_id) VALUES (@workspace_id) ON CONFLICT (workspace_id) DO NOTHING;

-- name: NextAudit :one
-- The update comes first: it takes the lock under which the chain grows, on both engines.
UPDATE workspace SET audit_n = audit_n + 1 WHERE workspace_id = @workspace_id RETURNING audit_n, audit_hash;

-- name: AuditHead :one
SELECT audit_n, audit_hash FROM workspace WHERE workspace_id = @workspace_id;

-- name: SetAuditHead :exec
UPDATE workspace SET audit_hash = @audit_hash WHERE workspace_id = @workspace_id;

-- name: AddAudit :exec
INSERT INTO audit (workspace_id, n, at, who, what, detail, prev, hash)
VALUES (@workspace_id, @n, @at, @who, @what, @detail, @prev, @hash);

-- name: LastAudit :many
SELECT * FROM audit WHERE workspace_id = @workspace_id ORDER BY n DESC LIMIT CAST(@most AS BIGINT);

-- name: AuditFrom :many
SELECT * FROM audit WHERE workspace_id = @workspace_id AND n > @after ORDER BY n LIMIT CAST(@most AS BIGINT);
