-- name: Endpoints :many
SELECT name, events, address, fails, retry_at, failing_since, last_at, delivered, lost, off_at FROM endpoint
WHERE workspace_id = @workspace_id;

-- name: Endpoint :many
SELECT name, events, address, fails, retry_at, failing_since, last_at, delivered, lost, off_at FROM endpoint
WHERE workspace_id = @workspace_id AND name = @name;

-- name: PutEndpoint :exec
-- One that is somewhere else now is a new one, which may work.
INSERT INTO endpoint (workspace_id, name, events, address, n, fails, retry_at, failing_since, last_at, delivered, lost, off_at)
VALUES (@workspace_id, @name, @events, @address, 0, 0, 0, 0, 0, 0, 0, 0)
ON CONFLICT (workspace_id, name) DO UPDATE SET events = excluded.events, address = excluded.address,
    fails = CASE WHEN endpoint.address = excluded.address THEN endpoint.fails ELSE 0 END,
    retry_at = CASE WHEN endpoint.address = excluded.address THEN endpoint.retry_at ELSE 0 END,
    off_at = CASE WHEN endpoint.address = excluded.address THEN endpoint.off_at ELSE 0 END;

-- name: DropEndpointOuts :exec
DELETE FROM outbox WHERE workspace_id = @workspace_id AND endpoint = @endpoint;

-- name: DropEndpoint :exec
DELETE FROM endpoint WHERE workspace_id = @workspace_id AND name = @name;

-- name: NextOut :many
-- Locks the endpoint's row until the transaction ends: what is put out for it comes in the order of its numbers.
UPDATE endpoint SET n = n + 1 WHERE workspace_id = @workspace_id AND name = @name RETURNING n;

-- name: PutOut :exec
INSERT INTO outbox (workspace_id, endpoint, n, id, type, at, tries, first_at, next_at, done_at, outcome, key_id, nonce, sealed)
VALUES (@workspace_id, @endpoint, @n, @id, @type, @at, 0, 0, @at, 0, '', @key_id, @nonce, @sealed);

-- name: Outs :many
-- Oldest first, those that are due and those that waited for too long.
SELECT n, id, type, at, tries, first_at, next_at, key_id, nonce, sealed FROM outbox
WHERE workspace_id = @workspace_id AND endpoint = @endpoint AND done_at = 0
  AND (next_at <= CAST(@now AS BIGINT) OR at <= CAST(@old AS BIGINT))
ORDER BY n LIMIT CAST(@most AS BIGINT);

-- name: OutCounts :many
-- Of what waits at each endpoint: how many, the oldest, the first that is due, and the first sending that failed.
SELECT endpoint, COUNT(*) AS waiting, CAST(MIN(at) AS BIGINT) AS oldest, CAST(MIN(next_at) AS BIGINT) AS due,
    CAST(COALESCE(MIN(CASE WHEN first_at > 0 THEN first_at END), 0) AS BIGINT) AS tried
FROM outbox WHERE workspace_id = @workspace_id AND done_at = 0 GROUP BY endpoint;

-- name: OutCount :many
-- OutCounts of one endpoint; no row when nothing waits at it.
SELECT endpoint, COUNT(*) AS waiting, CAST(MIN(at) AS BIGINT) AS oldest, CAST(MIN(next_at) AS BIGINT) AS due,
    CAST(COALESCE(MIN(CASE WHEN first_at > 0 THEN first_at END), 0) AS BIGINT) AS tried
FROM outbox WHERE workspace_id = @workspace_id AND endpoint = @endpoint AND done_at = 0 GROUP BY endpoint;

-- name: DeferOut :execrows
UPDATE outbox SET tries = tries + 1, next_at = @next_at,
    first_at = CASE WHEN first_at = 0 THEN CAST(@at AS BIGINT) ELSE first_at END
WHERE workspace_id = @workspace_id AND endpoint = @endpoint AND n = @n AND done_at = 0;

-- name: EndOut :execrows
-- What it said goes at once.
UPDATE outbox SET done_at = @at, outcome = @outcome, key_id = '', nonce = NULL, sealed = NULL
WHERE workspace_id = @workspace_id AND endpoint = @endpoint AND n = @n AND done_at = 0;

-- name: EndpointWorks :exec
UPDATE endpoint SET fails = 0, retry_at = 0, failing_since = 0, off_at = 0, last_at = @at,
    delivered = delivered + CAST(@delivered AS BIGINT)
WHERE workspace_id = @workspace_id AND name = @name;

-- name: EndpointFails :exec
UPDATE endpoint SET fails = @fails, retry_at = @retry_at,
    failing_since = CASE WHEN failing_since = 0 THEN CAST(@at AS BIGINT) ELSE failing_since END
WHERE workspace_id = @workspace_id AND name = @name;

-- name: EndpointLost :exec
UPDATE endpoint SET lost = lost + 1 WHERE workspace_id = @workspace_id AND name = @name;

-- name: EndpointOff :exec
UPDATE endpoint SET off_at = @at WHERE workspace_id = @workspace_id AND name = @name;

-- name: ForgetOuts :execrows
DELETE FROM outbox WHERE workspace_id = @workspace_id AND endpoint = @endpoint AND done_at > 0 AND done_at < CAST(@before AS BIGINT);

-- name: TakeKept :execrows
DELETE FROM kept WHERE workspace_id = @workspace_id AND connection = @connection AND kind = @kind AND id = @id;
