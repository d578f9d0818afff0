-- name: PutChangeset :exec
INSERT INTO changeset (workspace_id, door, hash, made_at, run, issues)
VALUES (@workspace_id, @door, @hash, @made_at, @run, @issues)
ON CONFLICT (workspace_id, door, hash) DO UPDATE SET made_at = excluded.made_at, run = excluded.run, issues = excluded.issues;

-- name: ChangesetByHash :many
SELECT hash, made_at, issues FROM changeset WHERE workspace_id = @workspace_id AND door = @door AND hash = @hash;

-- name: OperationsOf :many
SELECT body FROM operation WHERE workspace_id = @workspace_id AND door = @door AND changeset = @changeset ORDER BY seq;

-- name: SkipWaiting :exec
-- Runs of a door are serialised: what an earlier one left waiting, it will not do any more.
UPDATE operation SET state = 'skipped', error = 'the run ended before it'
WHERE workspace_id = @workspace_id AND door = @door AND state = 'waiting';

-- name: SkipHeld :exec
UPDATE operation SET state = 'skipped', error = 'planned again'
WHERE workspace_id = @workspace_id AND door = @door AND state = 'held' AND key IN (SELECT j.key FROM json_each(@bulk) j);

-- name: PutOperations :exec
-- A key that is being sent keeps its row; its new row is born skipped, so that the changeset reads as it was planned.
INSERT INTO operation (
    workspace_id, door, changeset, key, seq, run, body, state, sending_at, answered_at, confirmed_at, error, attempts, fact_at,
    measure)
SELECT @workspace_id, @door, @changeset, j.key, CAST(j.value ->> 'n' AS BIGINT), @run, j.value ->> 'b',
    CASE WHEN o.key IS NULL THEN j.value ->> 's' ELSE 'skipped' END, 0, 0, 0,
    CASE WHEN o.key IS NULL THEN '' ELSE 'being sent already' END, 0, CAST(j.value ->> 'f' AS BIGINT), j.value ->> 'm'
FROM json_each(@bulk) j LEFT JOIN operation o
    ON o.workspace_id = @workspace_id AND o.door = @door AND o.key = j.key AND o.state IN ('sending', 'sent')
WHERE TRUE
ON CONFLICT (workspace_id, door, changeset, key) DO UPDATE SET
    seq = excluded.seq, run = excluded.run, body = excluded.body, state = excluded.state, error = excluded.error,
    fact_at = excluded.fact_at, measure = excluded.measure
WHERE operation.state NOT IN ('sending', 'sent');

-- name: SendOperation :execrows
-- The row that is planned for the key, whichever changeset planned it.
UPDATE operation SET
    state = 'sending', run = @run, body = @body, sending_at = @sending_at, answered_at = 0, error = '', attempts = attempts + 1
WHERE workspace_id = @workspace_id AND door = @door AND key = @key AND state IN ('waiting', 'held');

-- name: OpenStates :many
SELECT state FROM operation WHERE workspace_id = @workspace_id AND door = @door AND key = @key
  AND state IN ('waiting', 'held', 'sending', 'sent');

-- name: SendUnplanned :exec
INSERT INTO operation (
    workspace_id, door, changeset, key, seq, run, body, state, sending_at, answered_at, confirmed_at, error, attempts, fact_at,
    measure)
VALUES (@workspace_id, @door, '', @key, 0, @run, @body, 'sending', @sending_at, 0, 0, '', 1, @fact_at, @measure)
ON CONFLICT (workspace_id, door, changeset, key) DO UPDATE SET
    run = excluded.run, body = excluded.body, state = 'sending', sending_at = excluded.sending_at, answered_at = 0,
    confirmed_at = 0, error = '', attempts = operation.attempts + 1, fact_at = excluded.fact_at, measure = excluded.measure;

-- name: AnswerOperation :execrows
UPDATE operation SET state = @state, answered_at = @answered_at, error = @error
WHERE workspace_id = @workspace_id AND door = @door AND key = @key AND state IN ('waiting', 'held', 'sending', 'sent');

-- name: AnswerUnplanned :exec
INSERT INTO operation (
    workspace_id, door, changeset, key, seq, run, body, state, sending_at, answered_at, confirmed_at, error, attempts)
VALUES (@workspace_id, @door, '', @key, 0, @run, @body, @state, 0, @answered_at, 0, @error, 0)
ON CONFLICT (workspace_id, door, changeset, key) DO UPDATE SET
    run = excluded.run, body = excluded.body, state = excluded.state, answered_at = excluded.answered_at, error = excluded.error;

-- name: ConfirmOperations :exec
UPDATE operation SET state = 'confirmed', confirmed_at = @confirmed_at
WHERE workspace_id = @workspace_id AND door = @door AND state = 'sent' AND key IN (SELECT j.key FROM json_each(@bulk) j);

-- name: OperationsIn :many
SELECT changeset, run, body, state, sending_at, answered_at, confirmed_at, error, attempts FROM operation
WHERE workspace_id = @workspace_id AND door = @door AND state = @state
  AND state IN ('waiting', 'held', 'sending', 'sent');

-- name: AddApprovals :exec
INSERT INTO approval (workspace_id, door, key, who, at)
SELECT @workspace_id, @door, j.key, @who, CAST(@at AS BIGINT) FROM json_each(@bulk) j WHERE TRUE
ON CONFLICT (workspace_id, door, key) DO NOTHING;

-- name: Approvals :many
SELECT key FROM approval WHERE workspace_id = @workspace_id AND door = @door;

-- name: OperationsOfRun :many
SELECT changeset, run, body, state, sending_at, answered_at, confirmed_at, error, attempts FROM operation
WHERE workspace_id = @workspace_id AND run = @run ORDER BY seq;

-- name: FirstOperationsOfRun :many
SELECT changeset, run, body, state, sending_at, answered_at, confirmed_at, error, attempts FROM operation
WHERE workspace_id = @workspace_id AND run = @run ORDER BY seq LIMIT CAST(@most AS BIGINT);

-- name: FirstOperationsOf :many
SELECT changeset, run, body, state, sending_at, answered_at, confirmed_at, error, attempts FROM operation
WHERE workspace_id = @workspace_id AND door = @door AND changeset = @changeset ORDER BY seq LIMIT CAST(@most AS BIGINT);

-- name: CountOpen :many
-- The states stand as in the index, so that SQLite takes it.
SELECT state, COUNT(*) AS operations FROM operation
WHERE workspace_id = @workspace_id AND door = @door AND state IN ('waiting', 'held', 'sending', 'sent') GROUP BY state;
