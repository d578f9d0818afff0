-- name: DirtySince :many
SELECT person FROM dirty WHERE workspace_id = @workspace_id AND unit = @unit AND seq > @seq;
