-- name: AddAPIToken :exec
INSERT INTO token (workspace_id, hash, name, scopes, made_at, made_by, expires_at, last_used_at, revoked_at)
VALUES (@workspace_id, @hash, @name, @scopes, @made_at, @made_by, @expires_at, 0, 0);

-- name: APITokens :many
SELECT hash, name, scopes, made_at, made_by, expires_at, last_used_at, revoked_at FROM token WHERE workspace_id = @workspace_id;

-- name: APIToken :many
SELECT hash, name, scopes, made_at, made_by, expires_at, last_used_at, revoked_at FROM token
WHERE workspace_id = @workspace_id AND hash = @hash;

-- name: UseAPIToken :exec
-- Of many uses within a while one is written.
UPDATE token SET last_used_at = @at WHERE workspace_id = @workspace_id AND hash = @hash AND last_used_at <= @after;

-- name: RevokeAPIToken :execrows
UPDATE token SET revoked_at = @at WHERE workspace_id = @workspace_id AND name = @name AND revoked_at = 0;
