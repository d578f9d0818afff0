-- name: PutHookSeen :execrows
INSERT INTO hook_seen (workspace_id, connection, event, at) VALUES (@workspace_id, @connection, @event, @at)
ON CONFLICT (workspace_id, connection, event) DO NOTHING;

-- name: DropHooksSeen :exec
DELETE FROM hook_seen WHERE workspace_id = @workspace_id AND connection = @connection AND at < @before;

-- name: TouchHook :exec
INSERT INTO hook (workspace_id, connection, last_at, taken, missed, url, ref, installed_at)
VALUES (@workspace_id, @connection, @at, 1, 0, '', '', 0)
ON CONFLICT (workspace_id, connection) DO UPDATE SET last_at = excluded.last_at, taken = hook.taken + 1, missed = 0;

-- name: PutHook :exec
INSERT INTO hook (workspace_id, connection, last_at, taken, missed, url, ref, installed_at)
VALUES (@workspace_id, @connection, 0, 0, 0, @url, @ref, @installed_at)
ON CONFLICT (workspace_id, connection) DO UPDATE SET
    url = excluded.url, ref = excluded.ref, installed_at = excluded.installed_at, missed = 0;

-- name: MissHook :many
UPDATE hook SET missed = CASE WHEN last_at >= CAST(@since AS BIGINT) THEN 0 ELSE missed + 1 END
WHERE workspace_id = @workspace_id AND connection = @connection RETURNING missed;

-- name: Hooks :many
SELECT connection, last_at, taken, missed, url, ref, installed_at FROM hook WHERE workspace_id = @workspace_id;

-- name: AddLooks :exec
-- The mark's number goes with the record, as it does with people (AddDirty).
INSERT INTO look (workspace_id, connection, kind, id, seq, at)
SELECT w.workspace_id, w.unit, j.value ->> 'k', j.value ->> 'i', w.seq, CAST(@at AS BIGINT) FROM wake w CROSS JOIN json_each(@bulk) j
WHERE w.workspace_id = @workspace_id AND w.kind = @wake AND w.unit = @connection
ON CONFLICT (workspace_id, connection, kind, id) DO UPDATE SET seq = excluded.seq;

-- name: Looks :many
SELECT l.kind, l.id, l.at, CAST(COALESCE(d.at, 0) AS BIGINT) AS looked_at FROM look l
LEFT JOIN looked d ON d.workspace_id = @workspace_id AND d.connection = l.connection AND d.kind = l.kind AND d.id = l.id
WHERE l.workspace_id = @workspace_id AND l.connection = @connection;

-- name: DropLooks :exec
DELETE FROM look WHERE look.workspace_id = @workspace_id AND look.connection = @connection AND look.seq <= @seq
  AND (look.kind, look.id) IN (SELECT j.value ->> 'k', j.value ->> 'i' FROM json_each(@bulk) j);

-- name: PutLooked :exec
INSERT INTO looked (workspace_id, connection, kind, id, n, at)
SELECT @workspace_id, @connection, value ->> 'k', value ->> 'i', CAST(@n AS BIGINT), CAST(@at AS BIGINT) FROM json_each(@bulk) WHERE TRUE
ON CONFLICT (workspace_id, connection, kind, id) DO UPDATE SET n = excluded.n, at = excluded.at;

-- name: LookedSince :many
SELECT kind, id FROM looked WHERE workspace_id = @workspace_id AND connection = @connection AND n > @n;

-- name: DropLooked :exec
DELETE FROM looked WHERE workspace_id = @workspace_id AND connection = @connection AND n <= @n AND at < @before;

-- name: WakeFence :many
SELECT fence FROM wake WHERE workspace_id = @workspace_id AND kind = @kind AND unit = @unit;

-- name: CollectionTimes :many
SELECT kind, read_at FROM collection WHERE workspace_id = @workspace_id AND connection = @connection;

-- name: PutSeenAgain :exec
-- Records that were read by id for another reason need not be read again before their end is acted on.
INSERT INTO reread (workspace_id, connection, kind, id, ends_at, due_at, until_at, seen_at)
SELECT @workspace_id, @connection, value ->> 'k', value ->> 'i', 0, 0, CAST(@at AS BIGINT), CAST(@at AS BIGINT) FROM json_each(@bulk) WHERE TRUE
ON CONFLICT (workspace_id, connection, kind, id) DO UPDATE SET seen_at = excluded.seen_at;

-- name: Referring :many
SELECT r.kind, r.id FROM fact_ref r WHERE r.workspace_id = @workspace_id AND r.connection = @connection AND r.kind = @kind
  AND (r.ref_kind, r.ref_id) IN (SELECT j.value ->> 'k', j.value ->> 'i' FROM json_each(@bulk) j);
