-- name: OpenIssues :many
-- What a person dropped stays open and is not told.
SELECT cause_key, source, body, opened_at, seen_at, closed_at, seen, reopened, reopened_at, owner, note, dropped FROM issue
WHERE workspace_id = @workspace_id AND closed_at = 0 AND dropped = '';

-- name: Inbox :many
-- Everything that is open, and what was closed since. Of one cause the newest row tells.
SELECT i.cause_key, i.source, i.body, i.opened_at, i.seen_at, i.closed_at, i.seen, i.reopened, i.reopened_at, i.owner, i.note, i.dropped
FROM issue i WHERE i.workspace_id = @workspace_id AND (i.closed_at = 0 OR i.closed_at >= CAST(@since AS BIGINT))
  AND i.n = (SELECT MAX(l.n) FROM issue l WHERE l.workspace_id = @workspace_id AND l.cause_key = i.cause_key);

-- name: ReopenIssues :exec
-- A cause that comes back soon is the same issue again.
UPDATE issue SET closed_at = 0, reopened = issue.reopened + 1, reopened_at = @at
WHERE issue.workspace_id = @workspace_id AND issue.closed_at > CAST(@since AS BIGINT)
  AND issue.cause_key IN (SELECT j.key FROM json_each(@bulk) j)
  AND issue.n = (SELECT MAX(l.n) FROM issue l WHERE l.workspace_id = @workspace_id AND l.cause_key = issue.cause_key);

-- name: PutIssues :exec
-- What was dropped stays so for as long as it says the same.
INSERT INTO issue (workspace_id, cause_key, n, source, body, opened_at, seen_at, closed_at, facts)
SELECT @workspace_id, j.key,
    1 + COALESCE((SELECT MAX(i.n) FROM issue i WHERE i.workspace_id = @workspace_id AND i.cause_key = j.key), 0),
    @source, j.value ->> 'b', CAST(@at AS BIGINT), CAST(@at AS BIGINT), 0, j.value ->> 'f'
FROM json_each(@bulk) j WHERE TRUE
ON CONFLICT (workspace_id, cause_key) WHERE closed_at = 0 DO UPDATE SET
    body = excluded.body, seen_at = excluded.seen_at, seen = issue.seen + 1, facts = excluded.facts,
    dropped = CASE WHEN issue.dropped = excluded.facts THEN issue.dropped ELSE '' END;

-- name: OwnIssue :execrows
UPDATE issue SET owner = @owner WHERE workspace_id = @workspace_id AND cause_key = @cause_key AND closed_at = 0;

-- name: NoteIssue :execrows
UPDATE issue SET note = @note WHERE workspace_id = @workspace_id AND cause_key = @cause_key AND closed_at = 0;

-- name: DropIssue :execrows
UPDATE issue SET dropped = facts WHERE workspace_id = @workspace_id AND cause_key = @cause_key AND closed_at = 0;

-- name: UndropIssue :execrows
UPDATE issue SET dropped = '' WHERE workspace_id = @workspace_id AND cause_key = @cause_key AND closed_at = 0;

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

-- name: RunsOf :many
SELECT * FROM run WHERE workspace_id = @workspace_id AND unit = @unit AND kind = @kind
ORDER BY started DESC, id DESC LIMIT CAST(@most AS BIGINT);

-- name: RunByID :many
SELECT * FROM run WHERE workspace_id = @workspace_id AND id = @id;
