-- name: PutPush :execrows
-- An older push, or the same one again, changes nothing. Of two of one instant the later to come counts.
INSERT INTO push (workspace_id, connection, person, location, at, came, body)
VALUES (@workspace_id, @connection, @person, @location, @at, @came, @body)
ON CONFLICT (workspace_id, connection, person, location) DO UPDATE SET at = excluded.at, came = excluded.came, body = excluded.body
WHERE excluded.at > push.at OR (excluded.at = push.at AND excluded.body <> push.body);

-- name: Pushes :many
SELECT person, location, at, came, body FROM push WHERE workspace_id = @workspace_id AND connection = @connection;

-- name: PushesOf :many
SELECT person, location, at, came, body FROM push WHERE workspace_id = @workspace_id AND connection = @connection
  AND person IN (SELECT j.key FROM json_each(@bulk) j);
