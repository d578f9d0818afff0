-- What nobody will ask for any more: see docs/retention.md.

-- name: ForgetOperations :execrows
-- What is open stays, however old.
DELETE FROM operation WHERE operation.workspace_id = @workspace_id AND operation.door = @door
  AND operation.state NOT IN ('waiting', 'held', 'sending', 'sent')
  AND operation.changeset IN (SELECT c.hash FROM changeset c
    WHERE c.workspace_id = @workspace_id AND c.door = @door AND c.made_at < CAST(@before AS BIGINT));

-- name: ForgetUnplanned :execrows
DELETE FROM operation WHERE workspace_id = @workspace_id AND door = @door AND changeset = ''
  AND state NOT IN ('waiting', 'held', 'sending', 'sent') AND sending_at < CAST(@before AS BIGINT)
  AND answered_at < CAST(@before AS BIGINT);

-- name: ForgetChangesets :execrows
DELETE FROM changeset WHERE changeset.workspace_id = @workspace_id AND changeset.door = @door
  AND changeset.made_at < CAST(@before AS BIGINT)
  AND NOT EXISTS (SELECT 1 FROM operation o
    WHERE o.workspace_id = @workspace_id AND o.door = @door AND o.changeset = changeset.hash);

-- name: ForgetApprovals :execrows
DELETE FROM approval WHERE approval.workspace_id = @workspace_id AND approval.door = @door AND approval.at < CAST(@before AS BIGINT)
  AND NOT EXISTS (SELECT 1 FROM operation o
    WHERE o.workspace_id = @workspace_id AND o.door = @door AND o.key = approval.key);

-- name: ForgetSituations :execrows
DELETE FROM situation WHERE workspace_id = @workspace_id AND door = @door AND ended_at > 0 AND ended_at < CAST(@before AS BIGINT);

-- name: ForgetRemovals :execrows
DELETE FROM removal WHERE workspace_id = @workspace_id AND door = @door AND at < CAST(@before AS BIGINT);

-- name: ForgetInStep :execrows
DELETE FROM in_step WHERE workspace_id = @workspace_id AND door = @door AND hour < CAST(@before AS BIGINT);

-- name: ForgetRuns :execrows
DELETE FROM run WHERE workspace_id = @workspace_id AND unit = @unit AND started < CAST(@before AS BIGINT);

-- name: ForgetIssues :execrows
DELETE FROM issue WHERE workspace_id = @workspace_id AND closed_at > 0 AND closed_at < CAST(@before AS BIGINT);

-- name: ForgetRefs :exec
-- Of records that no other record names.
DELETE FROM fact_ref WHERE fact_ref.workspace_id = @workspace_id AND fact_ref.connection = @connection AND fact_ref.kind = @kind
  AND fact_ref.id IN (SELECT key FROM json_each(@bulk))
  AND NOT EXISTS (SELECT 1 FROM fact_ref b
    WHERE b.workspace_id = @workspace_id AND b.connection = @connection AND b.ref_kind = @kind AND b.ref_id = fact_ref.id);

-- name: ForgetFacts :execrows
DELETE FROM fact WHERE fact.workspace_id = @workspace_id AND fact.connection = @connection AND fact.kind = @kind
  AND fact.id IN (SELECT key FROM json_each(@bulk))
  AND NOT EXISTS (SELECT 1 FROM fact_ref b
    WHERE b.workspace_id = @workspace_id AND b.connection = @connection AND b.ref_kind = @kind AND b.ref_id = fact.id)
  AND NOT EXISTS (SELECT 1 FROM fact_ref o
    WHERE o.workspace_id = @workspace_id AND o.connection = @connection AND o.kind = @kind AND o.id = fact.id);
