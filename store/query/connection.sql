-- name: PutConnection :execrows
-- No row changes when the name is taken by another side or system.
INSERT INTO connection (workspace_id, name, side, system, settings, managed, state)
VALUES (@workspace_id, @name, @side, @system, @settings, @managed, @state)
ON CONFLICT (workspace_id, name) DO UPDATE SET
    settings = excluded.settings, managed = excluded.managed, state = excluded.state
WHERE connection.side = excluded.side AND connection.system = excluded.system;

-- name: Connections :many
SELECT * FROM connection WHERE workspace_id = @workspace_id;

-- name: Connection :one
SELECT * FROM connection WHERE workspace_id = @workspace_id AND name = @name;

-- name: PinnedTo :many
SELECT name FROM connection
WHERE workspace_id = @workspace_id AND system = @system AND organisation = @organisation AND name <> @name;

-- name: PinConnection :execrows
UPDATE connection SET organisation = @organisation, organisation_name = @organisation_name, clock_skew = @clock_skew
WHERE workspace_id = @workspace_id AND name = @name AND organisation IN ('', @organisation, @was);

-- name: PutIntegration :exec
INSERT INTO integration (workspace_id, name, space, door, settings, managed)
VALUES (@workspace_id, @name, @space, @door, @settings, @managed)
ON CONFLICT (workspace_id, name) DO UPDATE SET
    space = excluded.space, door = excluded.door, settings = excluded.settings, managed = excluded.managed;

-- name: Integrations :many
SELECT * FROM integration WHERE workspace_id = @workspace_id;

-- name: HasIntegration :one
SELECT COUNT(*) FROM integration WHERE workspace_id = @workspace_id AND name = @name;

-- name: PutResolved :exec
INSERT INTO resolved (workspace_id, integration, kind, name, id)
SELECT @workspace_id, @integration, value ->> 'k', value ->> 'n', value ->> 'i' FROM json_each(@bulk) WHERE TRUE
ON CONFLICT (workspace_id, integration, kind, name) DO UPDATE SET id = excluded.id;

-- name: Resolved :many
SELECT kind, name, id FROM resolved WHERE workspace_id = @workspace_id AND integration = @integration;

-- name: PutPolicy :exec
INSERT INTO group_policy (workspace_id, door, group_id, mode, keep, ours)
VALUES (@workspace_id, @door, @group_id, @mode, @keep, @ours)
ON CONFLICT (workspace_id, door, group_id) DO UPDATE SET mode = excluded.mode, keep = excluded.keep, ours = excluded.ours;

-- name: ApproveGroups :exec
INSERT INTO group_policy (workspace_id, door, group_id, mode, keep, ours)
SELECT @workspace_id, @door, key, 'exclusive', '[]', TRUE FROM json_each(@bulk) WHERE TRUE
ON CONFLICT (workspace_id, door, group_id) DO UPDATE SET ours = TRUE;

-- name: Policies :many
SELECT group_id, mode, keep, ours FROM group_policy WHERE workspace_id = @workspace_id AND door = @door;

-- name: PutSecret :exec
INSERT INTO secret (workspace_id, connection, name, key_id, nonce, sealed, version)
VALUES (@workspace_id, @connection, @name, @key_id, @nonce, @sealed, 1)
ON CONFLICT (workspace_id, connection, name) DO UPDATE SET
    key_id = excluded.key_id, nonce = excluded.nonce, sealed = excluded.sealed, version = secret.version + 1;

-- name: Secret :one
SELECT key_id, nonce, sealed FROM secret WHERE workspace_id = @workspace_id AND connection = @connection AND name = @name;
