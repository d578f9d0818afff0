-- name: HeldOperations :many
-- What an earlier look held and a later look at everyone did not find any more, waits no more.
SELECT o.body, c.made_at FROM operation o JOIN changeset c
    ON c.workspace_id = @workspace_id AND c.door = o.door AND c.hash = o.changeset
WHERE o.workspace_id = @workspace_id AND o.door = @door AND o.state = 'held'
  AND o.state IN ('waiting', 'held', 'sending', 'sent') AND c.made_at >= CAST(@since AS BIGINT)
  AND c.made_at >= COALESCE((SELECT MAX(p.made_at) FROM changeset p
    WHERE p.workspace_id = @workspace_id AND p.door = @door AND p.run = 'preview'), 0)
ORDER BY c.made_at, o.seq;

-- name: HeldBodies :many
SELECT o.body FROM json_each(@bulk) j CROSS JOIN operation o
WHERE o.workspace_id = @workspace_id AND o.door = @door AND o.key = j.key AND o.state = 'held'
  AND o.state IN ('waiting', 'held', 'sending', 'sent');

-- name: HeldIn :many
-- A quotation mark within a text of the body has a backslash before it, so that no text looks like the hold.
SELECT o.changeset, o.key FROM json_each(@bulk) j CROSS JOIN operation o
WHERE o.workspace_id = @workspace_id AND o.door = @door AND o.changeset = j.key AND o.body <> REPLACE(o.body, '"held":{', '');

-- name: RunsThatPlanned :many
SELECT * FROM run WHERE workspace_id = @workspace_id AND unit = @unit AND changeset <> '' AND started < CAST(@before AS BIGINT)
ORDER BY started DESC, id DESC LIMIT CAST(@most AS BIGINT);
